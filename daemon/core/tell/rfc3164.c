#include "rfc3164.h"

#include "../basic/line.h"
#include "rfc5424.h"

/* "2026-11-22T04:31:07Z" as "Nov 22 04:31:07". */
static void put_stamp(struct line *line, const char *stamp)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int month = (stamp[5] - '0') * 10 + stamp[6] - '0';

	line_put(line, (struct span){months + (month - 1) * 3, 3});
	line_words(line, stamp[8] == '0' ? "  " : " ");
	line_put(line, (struct span){stamp + (stamp[8] == '0' ? 9 : 8), stamp[8] == '0' ? 1 : 2});
	line_words(line, " ");
	line_put(line, (struct span){stamp + 11, 8});
}

size_t rfc3164_encode(const struct rfc3164 *from, const struct notice *notice, struct moment now, char *buffer,
		      size_t size)
{
	struct line line = line_begin(buffer, size);
	char stamp[STAMP_TEXT];

	line_words(&line, "<");
	line_number(&line, (uint64_t)(from->facility * 8 + notice->severity));
	line_words(&line, ">");
	/* All that is needed of the time stands in it. */
	put_stamp(&line, stamp_format((now.wall_ns / STAMP_SECOND + from->offset_s) * STAMP_SECOND, stamp));
	line_words(&line, " lapsed[");
	line_number(&line, (uint64_t)from->process);
	line_words(&line, "]: ");
	return line.length + notice_line(notice, buffer + line.length, size - line.length);
}
