/* Bytes of a log to its records, whatever holds them: JSON Lines, objects one
 * after the other or pretty-printed, arrays, {"records":[...]} envelopes, and
 * the {"tables":[{"columns":...,"rows":...}]} of Log Analytics. Nothing larger
 * than one record is ever held. What is broken is reported by kind, and
 * reading goes on at the next record. It finds borders; whether a record is
 * good JSON is for the decoder to say. */
#ifndef LAPSED_SPLITTER_H
#define LAPSED_SPLITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "../basic/span.h"

/* Why something is counted and skipped. */
#define MALFORMED(X) \
	X(SYNTAX, "syntax", "not valid JSON") \
	X(NOT_JSON, "not-json", "a line that is no JSON") \
	X(TRUNCATED, "truncated", "the end of the record is missing") \
	X(TOO_LONG, "too-long", "longer than record_max") \
	X(TOO_DEEP, "too-deep", "nested too deeply") \
	X(UTF8, "utf-8", "not valid UTF-8") \
	X(NUL, "nul", "a NUL character in a string") \
	X(DUPLICATE, "duplicate-key", "a key twice in one object") \
	X(NUMBER, "number", "a number out of range") \
	X(MEMORY, "memory", "needs more memory than a record may") \
	X(TIME, "time", "no usable time stamp") \
	X(SHAPE, "shape", "a field is not of its kind")

enum malformed {
#define X(name, ...) MALFORMED_##name,
	MALFORMED(X)
#undef X
	MALFORMED_COUNT
};

extern const char *const malformed_names[MALFORMED_COUNT];

struct document {
	struct span bytes;   /* one JSON object, or one array where columns are given; borrowed until the next call */
	struct span columns; /* {"columns":[...],...} of a table that bytes is a row of; else empty */
	uint64_t columns_id; /* another number for every other table */
	uint64_t line;       /* where it begins, from 1 */
};

enum split { SPLIT_MORE, SPLIT_DOCUMENT, SPLIT_MALFORMED };

struct splitter;

struct splitter *splitter_new(size_t record_max);
void splitter_free(struct splitter *take_splitter);

/* Another record_max, from here on. */
void splitter_limit(struct splitter *splitter, size_t record_max);

/* Gives it the next bytes, borrowed until splitter_next() says SPLIT_MORE. */
void splitter_feed(struct splitter *splitter, struct span bytes);

/* Nothing more will come: what is unfinished is truncated. Then call
 * splitter_next() until SPLIT_MORE; after that it stands at a first line again. */
void splitter_end(struct splitter *splitter);

enum split splitter_next(struct splitter *splitter, struct document *ret, enum malformed *ret_why);

/* Whether a record begins here, in the bytes at hand: ret_text begins with its
 * '{', and holds no more than a record may. Then either splitter_pass() what
 * has been read of it, which was the whole record on one line, or ask for it
 * by splitter_next(). */
bool splitter_peek(struct splitter *splitter, struct span *ret_text, uint64_t *ret_line);
void splitter_pass(struct splitter *splitter, size_t size);

/* Bytes of an unfinished record that it holds. */
size_t splitter_held(const struct splitter *splitter);

/* Where it stands before those bytes: enough to go on there with a new one. */
struct place {
	uint64_t line;
	uint32_t nest; /* brackets that are open around it */
};

struct place splitter_place(const struct splitter *splitter);
void splitter_resume(struct splitter *splitter, struct place place);

#endif
