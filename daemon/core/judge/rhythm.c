#include "rhythm.h"

#include <stddef.h>

#include "../basic/stamp.h"

void rhythm_note(struct rhythm *rhythm, int64_t interval_ns)
{
	int64_t slack = rhythm->cadence_ns / 10;

	if (rhythm->count > 0 && interval_ns >= rhythm->cadence_ns - slack &&
	    interval_ns <= rhythm->cadence_ns + slack) {
		rhythm->cadence_ns += (interval_ns - rhythm->cadence_ns) / 4;
		rhythm->count++;
	} else {
		*rhythm = (struct rhythm){interval_ns, 1};
	}
}

int64_t rhythm_cadence_s(const struct rhythm *rhythm)
{
	return rhythm->count >= 2 ? (rhythm->cadence_ns + STAMP_SECOND / 2) / STAMP_SECOND : 0;
}

int64_t rhythm_token_lifespan_s(const struct rhythm *rhythm)
{
	/* The hub enforces an expiry 4 to 11 minutes late; lifespans are round. */
	static const int64_t round[] = {86400, 3600, 1800, 900, 600, 300, 60};
	int64_t cadence = rhythm_cadence_s(rhythm);

	for (size_t i = 0; i < sizeof round / sizeof *round; i++) {
		int64_t lifespan = (cadence - 240) / round[i] * round[i];

		if (cadence > 240 && lifespan > 0 && lifespan >= cadence - 660)
			return lifespan;
	}
	return 0;
}
