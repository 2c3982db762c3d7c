/* One document to its fields by jansson: slow, and right about everything. It
 * alone says what is malformed and how. */
#ifndef LAPSED_DOCUMENT_H
#define LAPSED_DOCUMENT_H

#include "field.h"
#include "splitter.h"

/* Once in a program, before any JSON is read: bounds what one record may
 * allocate and seeds jansson's hash, which must not be guessable. */
void document_prepare(uint64_t seed);

/* Remembers a table's columns by their number. */
struct documents;

struct documents *documents_new(void);
void documents_free(struct documents *take_documents);

/* Returns whether it is JSON; else ret_why says why not. The fields live until
 * the next call. */
bool documents_read(struct documents *documents, const struct document *document, struct fields *ret,
		    enum malformed *ret_why);

#endif
