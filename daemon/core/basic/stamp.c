#include "stamp.h"

#include <endian.h>

#include "line.h"

/* Days since 1970-01-01 of a date in the Gregorian calendar, counted in
 * years that begin in March so that the leap day comes last. */
static int64_t days_of(int year, int month, int day)
{
	int64_t shifted = month > 2 ? year : year - 1;
	int64_t era = shifted / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = days + 719468;
	int64_t era = shifted / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	*ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (int)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_is_valid(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

/* A cursor over the text; every step fails once one has failed. */
struct cursor {
	const char *at, *end;
	bool failed;
};

static int digits(struct cursor *cursor, int count)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		if (cursor->failed || cursor->at == cursor->end || !is_digit(*cursor->at)) {
			cursor->failed = true;
			return 0;
		}
		value = value * 10 + (*cursor->at++ - '0');
	}
	return value;
}

static bool take(struct cursor *cursor, const char *any_of)
{
	if (cursor->failed || cursor->at == cursor->end || !*cursor->at || !strchr(any_of, *cursor->at))
		return false;
	cursor->at++;
	return true;
}

static void expect(struct cursor *cursor, const char *any_of)
{
	if (!take(cursor, any_of))
		cursor->failed = true;
}

static int64_t fraction(struct cursor *cursor)
{
	int64_t value = 0, unit = STAMP_SECOND;
	int count = 0;

	if (!take(cursor, ".,"))
		return 0;
	while (cursor->at < cursor->end && is_digit(*cursor->at)) {
		if ((unit /= 10) > 0)
			value += (*cursor->at - '0') * unit;
		cursor->at++;
		count++;
	}
	if (count == 0)
		cursor->failed = true;
	return value;
}

/* Seconds east of Greenwich. */
static int64_t offset(struct cursor *cursor)
{
	int sign, hours, minutes;

	take(cursor, " ");
	if (cursor->at == cursor->end || take(cursor, "Zz"))
		return 0;
	sign = *cursor->at == '-' ? -1 : 1;
	expect(cursor, "+-");
	hours = digits(cursor, 2);
	take(cursor, ":");
	minutes = digits(cursor, 2);
	if (hours > 23 || minutes > 59)
		cursor->failed = true;
	return sign * (hours * 3600 + minutes * 60);
}

bool stamp_parse(struct span text, int64_t *ret_ns)
{
	struct cursor cursor = {text.data};
	int year, month, day, hour, minute, second;
	int64_t nanoseconds, east;

	if (text.size < 10)
		return false;
	cursor.end = text.data + text.size;
	if (text.data[2] == '/') {
		month = digits(&cursor, 2);
		expect(&cursor, "/");
		day = digits(&cursor, 2);
		expect(&cursor, "/");
		year = digits(&cursor, 4);
	} else {
		year = digits(&cursor, 4);
		expect(&cursor, "-");
		month = digits(&cursor, 2);
		expect(&cursor, "-");
		day = digits(&cursor, 2);
	}
	expect(&cursor, "Tt ");
	hour = digits(&cursor, 2);
	expect(&cursor, ":");
	minute = digits(&cursor, 2);
	expect(&cursor, ":");
	second = digits(&cursor, 2);
	nanoseconds = fraction(&cursor);
	east = offset(&cursor);
	if (cursor.failed || cursor.at != cursor.end || !date_is_valid(year, month, day))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (second == 60)
		second = 59;
	*ret_ns = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east) * STAMP_SECOND
		+ nanoseconds;
	return true;
}

/* Eight digits are read at once, the first in the lowest byte. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static uint64_t eight_at(const char *at)
{
	uint64_t bytes;

	memcpy(&bytes, at, sizeof bytes);
	return le64toh(bytes);
}

/* Whether none of eight is more than 9. */
static bool are_digits(uint64_t values)
{
	return !((values | (values + EACH(6))) & EACH(0xF0));
}

/* Side by side: pairs of digits, then fours, then all. */
static uint32_t number_of(uint64_t values)
{
	uint64_t pairs = (values * 10 + (values >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
	uint64_t fours = (pairs * 100 + (pairs >> 16)) & UINT64_C(0x0000FFFF0000FFFF);

	return (uint32_t)(fours * 10000 + (fours >> 32));
}

/* The digits between at and last, eight at most; there are as many bytes before
 * last as are read. */
static bool parse_fraction(const char *at, const char *last, int64_t *ret_ns)
{
	static const int32_t units[] = {0, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10};
	size_t count = (size_t)(last - at);
	uint64_t values;

	if (count == 0 || count > 8)
		return false;
	values = (eight_at(last - 8) ^ EACH('0')) & UINT64_MAX << 8 * (8 - count);
	*ret_ns = (int64_t)number_of(values) * units[count];
	return are_digits(values);
}

/* "04:31:07.1234567Z": the time of a day, as logs have it. */
static bool parse_clock(struct span text, int64_t *ret_ns)
{
	const char *at = text.data + 8, *last = text.data + text.size - 1;
	uint64_t values = eight_at(text.data) ^ UINT64_C(0x30303A30303A3030); /* "00:00:00" */
	uint64_t pairs = values * 10 + (values >> 8);
	unsigned hour = pairs & 0xFF, minute = pairs >> 24 & 0xFF, second = pairs >> 48 & 0xFF;
	int64_t fraction = 0;

	if (!are_digits(values) || (values & UINT64_C(0x0000FF0000FF0000)) || *last != 'Z')
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	if (at < last && (*at != '.' || !parse_fraction(at + 1, last, &fraction)))
		return false;
	*ret_ns = (hour * 3600 + minute * 60 + second) * STAMP_SECOND + fraction;
	return true;
}

bool stamp_parse_near(struct stamp_recall *recall, struct span text, int64_t *ret_ns)
{
	enum { DAY = sizeof recall->day, SHORTEST = DAY + sizeof "04:31:07Z" - 1, LONGEST = SHORTEST + 10 };
	int64_t ns;

	if (text.size < SHORTEST || text.size > LONGEST ||
	    !parse_clock((struct span){text.data + DAY, text.size - DAY}, &ns))
		return stamp_parse(text, ret_ns);
	if (!*recall->day || memcmp(text.data, recall->day, DAY) != 0) {
		if (!stamp_parse(text, ret_ns))
			return false;
		if (text.data[DAY - 1] == 'T') {
			memcpy(recall->day, text.data, DAY);
			recall->ns = *ret_ns - ns;
		}
		return true;
	}
	*ret_ns = recall->ns + ns;
	return true;
}

static int64_t floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

/* Two digits at a time, from a table: a report is mostly stamps. */
static inline char *put_pair(char *at, unsigned number)
{
	static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334"
				    "3536373839404142434445464748495051525354555657585960616263646566676869"
				    "707172737475767778798081828384858687888990919293949596979899";

	memcpy(at, pairs + 2 * number, 2);
	return at + 2;
}

/* As put_pair(), with a separator behind it. */
static inline char *put_field(char *at, unsigned number, char separator)
{
	at = put_pair(at, number);
	*at++ = separator;
	return at;
}

enum { DATE_SIZE = sizeof "2026-11-22T" - 1 };

static void put_date(char *at, int64_t days)
{
	int year, month, day;

	date_of(days, &year, &month, &day);
	at = put_pair(at, (unsigned)year / 100);
	at = put_field(at, (unsigned)year % 100, '-');
	at = put_field(at, (unsigned)month, '-');
	put_field(at, (unsigned)day, 'T');
}

/* Of a time since midnight; returns its end, where a NUL is. */
static char *put_clock(char *at, uint64_t ns)
{
	unsigned seconds = (unsigned)(ns / STAMP_SECOND), rest = (unsigned)(ns % STAMP_SECOND);

	at = put_field(at, seconds / 3600, ':');
	at = put_field(at, seconds / 60 % 60, ':');
	at = put_pair(at, seconds % 60);
	if (rest > 0) {
		*at++ = '.';
		at = put_pair(at, rest / 10000000);
		at = put_pair(at, rest / 100000 % 100);
		at = put_pair(at, rest / 1000 % 100);
		at = put_pair(at, rest / 10 % 100);
		*at++ = (char)('0' + rest % 10);
		while (at[-1] == '0')
			at--;
	}
	*at++ = 'Z';
	*at = '\0';
	return at;
}

size_t stamp_write(struct stamp_day *day, int64_t ns, char buffer[STAMP_TEXT])
{
	uint64_t clock = (uint64_t)ns - day->midnight_ns;

	if (!*day->date || clock >= STAMP_DAY) {
		int64_t days = floor_divide(ns, STAMP_DAY);

		put_date(day->date, days);
		day->midnight_ns = (uint64_t)days * STAMP_DAY;
		clock = (uint64_t)ns - day->midnight_ns;
	}
	memcpy(buffer, day->date, sizeof day->date);
	return (size_t)(put_clock(buffer + DATE_SIZE, clock) - buffer);
}

const char *stamp_format(int64_t ns, char buffer[STAMP_TEXT])
{
	stamp_write(&(struct stamp_day){0}, ns, buffer);
	return buffer;
}

static void put_count(struct line *line, int64_t count, const char *unit)
{
	line_number(line, (uint64_t)count);
	line_words(line, unit);
}

const char *stamp_span(int64_t ns, char buffer[STAMP_TEXT])
{
	int64_t seconds = (ns + STAMP_SECOND / 2) / STAMP_SECOND;
	struct line line = line_begin(buffer, STAMP_TEXT);

	if (seconds < 0)
		line_words(&line, "-");
	if (seconds < 60) {
		put_count(&line, seconds < 0 ? -seconds : seconds, " s");
	} else if (seconds < 3600) {
		put_count(&line, seconds / 60, " min");
		if (seconds % 60) {
			line_words(&line, " ");
			put_count(&line, seconds % 60, " s");
		}
	} else if (seconds < 86400) {
		put_count(&line, seconds / 3600, " h ");
		put_count(&line, seconds / 60 % 60, " min");
	} else {
		put_count(&line, seconds / 86400, " d ");
		put_count(&line, seconds / 3600 % 24, " h");
	}
	return buffer;
}
