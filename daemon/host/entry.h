/* One entry of the journal: the record that it holds, or what journald says in
 * it of messages that it refused. What this service said itself is neither. */
#ifndef LAPSED_ENTRY_H
#define LAPSED_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-journal.h>

#include "journal.h"

enum { ENTRY_MAX = JOURNAL_RECORDS_MAX - JOURNAL_BATCH_SIZE }; /* bytes of a record, with what is put behind it */

struct entry {
	size_t size;      /* of the record, with its line end; 0: none */
	uint64_t refused; /* messages, as journald says */
	bool is_whole;    /* no: its message may be one that cannot be read */
};

/* Reads the entry at hand and puts its record to `room`, of ENTRY_MAX bytes.
 * own_match: "_SYSTEMD_UNIT=...", what this service's entries have; "": unknown. */
void entry_read(sd_journal *journal, const char *own_match, char *room, struct entry *ret);

#endif
