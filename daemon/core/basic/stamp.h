/* Points in time: nanoseconds since 1970-01-01T00:00:00Z, as values.
 * Nothing here asks a clock. */
#ifndef LAPSED_STAMP_H
#define LAPSED_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "span.h"

#define STAMP_NONE INT64_MIN
#define STAMP_NEVER INT64_MAX
#define STAMP_SECOND INT64_C(1000000000)
#define STAMP_DAY (86400 * STAMP_SECOND)

/* Room for "2026-11-22T04:31:07.123456789Z" and its NUL. */
enum { STAMP_TEXT = 32 };

/* RFC 3339 with Z, an offset or nothing (UTC is meant then); 'T' or a blank
 * between; up to nine digits of fraction, more are cut; second 60 is read as
 * 59. Also "MM/DD/YYYY HH:MM:SS" as in Azure's tracking ids. Years 1970 to
 * 2199. Returns false for anything else. */
bool stamp_parse(struct span text, int64_t *ret_ns);

/* The day that was read last; zeros: none. */
struct stamp_recall {
	char day[11]; /* "2026-11-22T" */
	int64_t ns;
};

/* The same, quicker where stamps of one day follow each other. */
bool stamp_parse_near(struct stamp_recall *recall, struct span text, int64_t *ret_ns);

/* RFC 3339, UTC, the fraction only as long as it needs to be. */
const char *stamp_format(int64_t ns, char buffer[STAMP_TEXT]);

/* The same for many, one after the other, which are nearly always of one day:
 * that is put together once. All zero before the first. Returns the length. */
struct stamp_day {
	uint64_t midnight_ns; /* modulo 2^64: that of the first day of all is below INT64_MIN */
	char date[16]; /* "2026-11-22T" */
};

size_t stamp_write(struct stamp_day *day, int64_t ns, char buffer[STAMP_TEXT]);

/* "5 s", "12 min", "3 h 20 min", "2 d 4 h": a duration for people. */
const char *stamp_span(int64_t ns, char buffer[STAMP_TEXT]);

/* a + b without overflow: stays STAMP_NEVER at the top. */
static inline int64_t stamp_add(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? STAMP_NONE : STAMP_NEVER) : sum;
}

static inline int64_t stamp_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t stamp_max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
