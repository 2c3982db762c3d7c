/* What is asked of the terminal behind stdout or stderr, if there is one. */
#ifndef LAPSED_TERMINAL_H
#define LAPSED_TERMINAL_H

#include <stdbool.h>

/* Whether it is one that understands control sequences: not a dumb one. */
bool terminal_is_smart(int file);

/* The same, and nobody has set NO_COLOR. */
bool terminal_has_colour(int file);

/* How wide it is; 0: it is none, or does not say. */
unsigned terminal_columns(int file);

#endif
