#include "entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/basic/stamp.h"
#include "undated.h"

static bool is_field(const char *data, size_t size, const char *field)
{
	return size == strlen(field) && memcmp(data, field, size) == 0;
}

static bool starts_with(const char *data, size_t size, const char *start)
{
	return size >= strlen(start) && memcmp(data, start, strlen(start)) == 0;
}

static bool is_own(const char *own_match, const char *data, size_t size)
{
	return is_field(data, size, "SYSLOG_IDENTIFIER=lapsed") ||
	       is_field(data, size, "_SYSTEMD_UNIT=lapsed.service") ||
	       (*own_match && is_field(data, size, own_match));
}

/* Returns the bytes of the record with its line end. */
static size_t put_record(sd_journal *journal, const char *text, size_t size, char *room)
{
	char stamp[STAMP_TEXT];
	uint64_t us;
	size_t end;
	bool empty;

	if (size > JOURNAL_MESSAGE_MAX)
		size = JOURNAL_MESSAGE_MAX;
	if (undated_record(text, size, &end, &empty) && sd_journal_get_realtime_usec(journal, &us) == 0 &&
	    us < INT64_MAX / 1000) {
		memcpy(room, text, end);
		return end + (size_t)snprintf(room + end, ENTRY_MAX - end, "%s\"time\":\"%s\"}\n", empty ? "" : ",",
					      stamp_format((int64_t)us * 1000, stamp));
	}
	memcpy(room, text, size);
	room[size] = '\n';
	return size + 1;
}

/* Its data once, for each look may decompress it. The data of a field is good
 * only until the next: the record stands in its room when another field says
 * that it is ours, or journald's own, and counts for nothing then. */
void entry_read(sd_journal *journal, const char *own_match, char *room, struct entry *ret)
{
	bool has_message = false, is_journald = false;
	unsigned long long refused = 0;
	const void *data;
	size_t size;
	int r;

	*ret = (struct entry){.is_whole = true};
	sd_journal_restart_data(journal);
	while ((r = sd_journal_enumerate_available_data(journal, &data, &size)) > 0) {
		if (!has_message && starts_with(data, size, "MESSAGE=")) {
			ret->size = put_record(journal, (const char *)data + 8, size - 8, room);
			has_message = true;
		} else if (is_field(data, size, "_TRANSPORT=driver")) {
			is_journald = true;
		} else if (starts_with(data, size, "N_DROPPED=")) {
			/* The data does not end in NUL. */
			char number[24];

			snprintf(number, sizeof number, "%.*s", (int)(size - 10), (const char *)data + 10);
			refused = strtoull(number, NULL, 10);
		} else if (is_own(own_match, data, size)) {
			ret->size = 0;
			return;
		}
	}
	if (is_journald && refused) {
		ret->size = 0;
		ret->refused = refused;
	}
	ret->is_whole = r >= 0 || has_message;
}
