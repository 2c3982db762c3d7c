/* A notice as one datagram of journald's native protocol: fields KEY=value,
 * each ended by a newline; a value that holds one goes with its length before
 * it. Values are the bytes themselves, for a field cannot end early here;
 * MESSAGE is the escaped line that every sink tells. */
#ifndef LAPSED_JOURNAL_ENTRY_H
#define LAPSED_JOURNAL_ENTRY_H

#include "notice.h"

enum { JOURNAL_ENTRY_MAX = 8192 };

struct journal_entry {
	int facility;
};

/* Returns its length. A field that does not fit is left out whole; the first
 * ones always fit. */
size_t journal_entry_encode(const struct journal_entry *from, const struct notice *notice, char *buffer, size_t size);

/* 32 hex digits, the same for ever for one kind of message: what
 * `journalctl MESSAGE_ID=` selects by. */
const char *journal_entry_id(const struct notice *notice);

#endif
