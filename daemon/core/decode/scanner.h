/* One record to its fields in one pass over its bytes, whatever the order of
 * its keys. It reads what any exporter writes; what is unusual (several
 * lines, other characters than ASCII, large numbers, keys twice, whatever is
 * wrong) it leaves to jansson, which alone says what is malformed. What it
 * does read, it reads as jansson does. */
#ifndef LAPSED_SCANNER_H
#define LAPSED_SCANNER_H

#include "lead.h"

enum { TOKENS_MAX = 64 };

/* A value as it stands in the bytes: of a string, what is between its quotes. */
struct token {
	uint32_t start, end; /* offsets from the record's begin */
	uint8_t kind;        /* VALUE_STRING or VALUE_INTEGER */
	uint8_t level;       /* of its document, see quoting.h */
	uint8_t part;        /* enum part */
	bool escaped;
	struct meaning meaning;
};

struct scanner {
	struct fields fields;
	struct token tokens[TOKENS_MAX]; /* the values of the record, in order; kept if there is room */
	unsigned token_count;            /* more than TOKENS_MAX: there was none */
	bool keeps_tokens;               /* somebody wants them */
	size_t scratch_size;
	char scratch[16384];             /* fields that had to be decoded */
	struct leads leads;
};

struct scanner *scanner_new(void);
void scanner_free(struct scanner *take_scanner);

/* Reads the record that begins with text's first byte, '{'; more may follow
 * it. Returns its size, or 0: it is not for this reader, or not all there.
 * scanner->fields are then good until the next call, or as long as text is. */
size_t scanner_read(struct scanner *scanner, struct span text);

/* What quoting_end() has passed, decoded into the scratch. Returns false if
 * that is full. */
bool scanner_decode(struct scanner *scanner, struct span raw, unsigned level, struct value *ret);

#endif
