/* Text from outside, made safe to quote: secrets out, nothing that could
 * forge a line, a field or a terminal command. */
#ifndef LAPSED_TEXT_H
#define LAPSED_TEXT_H

#include <stdint.h>

#include "span.h"

/* Copies text with secrets (sig=, SharedAccessKey=, keys in Base64, bearers'
 * tokens) replaced by "[redacted]" and tracking ids and their stamps by "...",
 * cut to size - 1 bytes at a character border, NUL-ended. */
void text_redact(struct span text, char *buffer, size_t size);

/* Printable ASCII as it is, everything else and the characters of also (no
 * letters or digits) as \xHH; a backslash as \x5c. Cut to size - 1, never
 * within an escape. Returns its length. */
size_t text_escape(struct span text, const char *also, char *buffer, size_t size);

/* Control characters as \xHH and the rest as it is, for names that people read.
 * Cut to size - 8 at the least, never within an escape. Returns its length. */
size_t text_escape_controls(struct span text, char *buffer, size_t size);

/* Room for any number in decimal digits. */
enum { NUMBER_TEXT = 20 };

/* The digits of a number; no NUL behind them. */
struct span text_number(uint64_t number, char buffer[NUMBER_TEXT]);

#endif
