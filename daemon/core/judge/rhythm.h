/* How often a device is expelled, where that keeps a rhythm: then it is the
 * life of its tokens that shows. */
#ifndef LAPSED_RHYTHM_H
#define LAPSED_RHYTHM_H

#include <stdint.h>

struct rhythm {
	int64_t cadence_ns; /* between expulsions */
	unsigned count;     /* intervals that kept it, one after the other */
};

/* One more interval, which may begin another rhythm. */
void rhythm_note(struct rhythm *rhythm, int64_t interval_ns);

/* 0: it keeps none. */
int64_t rhythm_cadence_s(const struct rhythm *rhythm);

/* The token's lifespan that it speaks of; 0: none. */
int64_t rhythm_token_lifespan_s(const struct rhythm *rhythm);

#endif
