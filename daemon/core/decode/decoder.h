/* From bytes to records, by the quickest way that is sure of what it reads:
 * a shape that is known, the scanner, jansson. All three say the same. */
#ifndef LAPSED_DECODER_H
#define LAPSED_DECODER_H

#include "record.h"

/* Belongs to one splitter. */
struct decoder;

struct decoder *decoder_new(void);
void decoder_free(struct decoder *take_decoder);

/* The record that begins with text's first byte, '{', if it is as most are.
 * DECODED_UNSEEN: it is not, or its end is not there; else *ret_size says
 * where it ends. */
enum decoded decoder_glance(struct decoder *decoder, struct span text, size_t *ret_size, struct record *ret,
			    enum malformed *ret_why);

/* Any document whose borders are known. */
enum decoded decoder_read(struct decoder *decoder, const struct document *document, struct record *ret,
			  enum malformed *ret_why);

/* Shapes are not looked for; for measuring. */
void decoder_forgo_shapes(struct decoder *decoder);

/* Once in a program, before any JSON is read. */
void decoder_prepare(uint64_t seed);

#endif
