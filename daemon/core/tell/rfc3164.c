#include "rfc3164.h"

#include <stdio.h>
#include <stdlib.h>

#include "rfc5424.h"

size_t rfc3164_encode(const struct rfc3164 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char stamp[STAMP_TEXT];
	int length;

	/* "2026-11-22T04:31:07Z": all that is needed stands in it. */
	stamp_format(now.wall_ns / STAMP_SECOND * STAMP_SECOND + from->offset_s * STAMP_SECOND, stamp);
	length = snprintf(buffer, size, "<%d>%.3s %2d %.8s lapsed[%d]: ", from->facility * 8 + notice->severity,
			  months + (atoi(stamp + 5) - 1) * 3, atoi(stamp + 8), stamp + 11, from->process);
	return (size_t)length + notice_line(notice, buffer + length, size - (size_t)length);
}
