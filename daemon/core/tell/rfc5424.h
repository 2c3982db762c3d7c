/* A notice as one syslog message of RFC 5424 with structured data. The text
 * stands alone, for many receivers drop the rest. ASCII only. */
#ifndef LAPSED_RFC5424_H
#define LAPSED_RFC5424_H

#include "../basic/moment.h"
#include "notice.h"

enum {
	RFC5424_UDP_MAX = 1180, /* octets that pass every network in one datagram */
	RFC5424_MAX = 2048,     /* what every receiver should take (section 6.1) */
};

struct rfc5424 {
	const char *host;      /* NULL or empty: "-" */
	const char *version;   /* of the program */
	int facility;          /* RFC 5424 numbers */
	int enterprise_number; /* of the structured data's id */
	int process;
	uint64_t sequence;     /* of the message, from 1, so that loss shows */
};

/* size: RFC5424_UDP_MAX or RFC5424_MAX. What does not fit of the longer fields
 * is left out or cut; the message is whole in any case. Returns its length. */
size_t rfc5424_encode(const struct rfc5424 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size);

/* The text part: "AUTH_FAIL state=raised hub=... : sentence". */
size_t notice_line(const struct notice *notice, char *buffer, size_t size);

#endif
