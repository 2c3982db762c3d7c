/* The records that the live programs write, stamped with the time of writing. */
#ifndef LAPSED_BENCH_RECORD_H
#define LAPSED_BENCH_RECORD_H

#include <stddef.h>

enum { RECORD_BYTES = 2048 };

/* One line each; returns its size. */
size_t record_connected(char line[RECORD_BYTES], unsigned device);
size_t record_closed(char line[RECORD_BYTES], unsigned device);

/* Refused with a message that proves a wrong certificate: an alert at once. */
size_t record_refused(char line[RECORD_BYTES], unsigned device);

#endif
