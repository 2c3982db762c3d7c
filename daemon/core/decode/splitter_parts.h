/* What the two halves of the splitter share: splitter.c is around the records,
 * splitter_record.c within one. */
#ifndef LAPSED_SPLITTER_PARTS_H
#define LAPSED_SPLITTER_PARTS_H

#include "splitter.h"

enum { DEPTH_MAX = 64 };

enum state {
	BETWEEN,        /* at a place where a record may begin */
	BETWEEN_STRING, /* in a key or value of an envelope */
	SKIP_LINE,      /* nothing more of this line counts */
	SKIP_NULS,      /* a file was emptied under a writer that went on where it was */
	RESYNC_LINE,    /* after a broken record: at the begin of a line */
	RESYNC_INLINE,  /* after a broken record in an array that stands on one line */
	/* within a record: */
	KEY_OR_END,
	KEY,
	COLON,
	VALUE,
	VALUE_OR_END,
	STRING,
	LITERAL,
	AFTER_VALUE,
};

struct splitter {
	size_t record_max;
	const char *data; /* the bytes at hand */
	size_t size, at;
	struct span fed;  /* what comes behind them */
	char *carry;
	size_t carry_capacity, carry_size;
	uint64_t line;
	enum state state;
	bool escaped, ended;

	/* the record under way */
	bool open, dropped; /* dropped: too long, its bytes are not kept */
	bool is_key, is_row;
	bool fresh;         /* it began at the very begin of its line: nothing is around it */
	bool folded;        /* it has gone on to a second line */
	size_t start, key;  /* offsets in data */
	size_t second;      /* where its second line begins */
	uint64_t start_line;
	unsigned depth;
	uint64_t objects;   /* a bit a level: object, not array */

	/* around it */
	unsigned nest;      /* brackets of arrays and envelopes that are open */
	bool rows;          /* in the rows of a table */
	char *columns;
	size_t columns_size;
	uint64_t columns_id;
	bool torn;          /* something broken was counted within them */
	bool resync;        /* looking for the next record: counted already */
	bool line_start;    /* nothing stood on this line yet */
	char previous;      /* the last character that was not blank */
};

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool is_literal(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
	       c == '.';
}

/* A record begins at the bracket at hand. row: of a table. */
void splitter_begin(struct splitter *splitter, bool row);

enum step { GO_ON, DONE, BROKEN, DEEP };

/* One step within the record under way: a character, or a string. */
enum step splitter_step(struct splitter *splitter);

#endif
