/* One reading of both clocks, taken by the host and handed in as a value. */
#ifndef LAPSED_MOMENT_H
#define LAPSED_MOMENT_H

#include <stdint.h>

struct moment {
	int64_t wall_ns; /* since 1970: compared with what records claim; may step */
	int64_t mono_ns; /* never steps: how long something has lasted */
};

#endif
