/* A notice as a line for /dev/log, as the C library's syslog() would write it:
 * "<27>Nov 22 04:31:07 lapsed[1873]: AUTH_FAIL state=raised ...: sentence".
 * Local receivers take RFC 5424 there for a message of a program named "1". */
#ifndef LAPSED_RFC3164_H
#define LAPSED_RFC3164_H

#include "../basic/moment.h"
#include "notice.h"

enum { RFC3164_MAX = 1024 }; /* octets (section 4.1) */

struct rfc3164 {
	int facility;
	int process;
	int32_t offset_s; /* of the local time zone, east of UTC */
};

/* Returns its length; what is too long is cut. ASCII only. */
size_t rfc3164_encode(const struct rfc3164 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size);

#endif
