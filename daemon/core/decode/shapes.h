/* Records are written by programs: in the same order of keys, with the same
 * few values in most places. A shape is all of a record that was the same
 * before: the text between the slots, and the slots, whose values differ from
 * record to record (time, device, address, message). Shapes are learned from
 * records that the scanner has read, and kept as one tree of texts, so that
 * what several have in common is compared once. What fits a shape has been
 * read when it has been compared. */
#ifndef LAPSED_SHAPES_H
#define LAPSED_SHAPES_H

#include "record.h"
#include "scanner.h"

struct shape {
	struct fields fields; /* of slots: as the record at hand has them */
	struct record record; /* what the text between the slots says; see record_begin() */
	enum decoded begun;
	bool settled;         /* begun and what is in record do not depend on a slot; but perhaps: */
	bool access_settled;  /* protocol and authentication do not either */
	char *text;           /* the record that it was learned from */
};

struct shapes;

struct shapes *shapes_new(void);
void shapes_free(struct shapes *take_shapes);

/* Returns the size of the record at the begin of text, with the shape that
 * it has, its fields filled in; or 0: none fits. The scanner lends its scratch. */
size_t shapes_match(struct shapes *shapes, struct span text, struct scanner *scanner, struct shape **ret);

/* The shape of what the scanner has just read from these bytes. NULL: none is
 * to be had of it. The caller fills record and begun. */
struct shape *shapes_learn(struct shapes *shapes, const struct scanner *scanner, struct span text);

#endif
