/* The load of the device bench: a fleet whose tokens lapse in turn, as events
 * in the order of their time. */
#ifndef LAPSED_BENCH_LOAD_H
#define LAPSED_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_SIZE = 24, CHUNK_EVENTS = 400 /* about what 256 KiB of log hold */ };

/* What stands for a record among the bytes that the engine is fed. */
struct sample {
	int64_t time_ns;
	uint32_t code;
	uint8_t signal, operation, id_size;
	char id[ID_SIZE];
};

struct load {
	uint32_t devices;
	uint64_t emitted;      /* lapses, or first connects, so far */
	int64_t begin_ns, now_ns;
	int64_t interval_ns;   /* between two devices' lapses */
	struct sample *returns; /* connects that are still to come, a ring */
	size_t return_first, return_count, return_capacity;
};

/* every_s: how long a token lives. Returns false without memory. */
bool load_begin(struct load *ret, uint32_t devices, int64_t begin_ns, int64_t every_s);
void load_end(struct load *load);

/* All devices connect for the first time, one after the other. Returns how
 * many samples there are; 0: all have. */
size_t load_arrivals(struct load *load, struct sample *samples);

/* From now on tokens lapse: a device in random order is expelled, its
 * connection is closed, and seconds later it is back. */
void load_lapses_begin(struct load *load);
size_t load_lapses(struct load *load, struct sample *samples);

/* Those that are still away come back. 0: all have. */
size_t load_last_returns(struct load *load, struct sample *samples);

#endif
