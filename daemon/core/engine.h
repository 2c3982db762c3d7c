/* The door of the core in the daemon: one function, time as a value, no
 * call-backs. Bytes go in as they are read, alerts come out; silence goes the
 * same way. It cannot fail: what it has no memory for is counted and told. */
#ifndef LAPSED_ENGINE_H
#define LAPSED_ENGINE_H

#include "basic/moment.h"
#include "intake.h"
#include "rules/roster.h"
#include "rules/ruleset.h"
#include "rules/settings.h"
#include "tell/notice.h"

struct engine;

enum input_type {
	INPUT_BYTES,  /* of a stream, in its order */
	INPUT_BREAK,  /* the stream's file has ended; what is unfinished is truncated */
	INPUT_GAP,    /* something of a stream is lost unread */
	INPUT_CAUGHT_UP, /* all that was there at the start has been read */
	INPUT_TICK,   /* time has passed; all that there is to read has been read */
};

/* What a gap is made of. */
enum loss {
	LOSS_BYTES,   /* of a file, from an offset on */
	LOSS_ENTRIES, /* of a journal, from a number on; whose they were is not known */
	LOSS_REFUSED, /* messages that journald did not take, for its rate limit */
};

#define LOST_UNKNOWN UINT64_MAX /* nobody can say how many */

struct input {
	enum input_type type;
	struct moment now;
	uint16_t stream;
	struct span bytes; /* of a GAP: the name of the file or journal; empty: the source's */
	enum loss loss;    /* of a GAP, and so are these */
	uint64_t lost_from, lost;
};

struct output {
	const struct notice *notices; /* until the next step */
	size_t count;
	int64_t wait_ns; /* TICK at the latest after this; STAMP_NEVER */
	bool freed_much; /* many devices have come to rest: memory may be given back */
};

/* Everything given is borrowed until engine_free(). Returns NULL without
 * memory. */
struct engine *engine_new(const struct ruleset *rules, const struct settings *settings,
			  const struct roster *mute, const struct roster *x509, uint64_t seed, struct moment now);
void engine_free(struct engine *take_engine);

/* Takes over another configuration; what is known of devices stays, and is
 * judged by it from its next review on. The old one is not needed any more
 * when this returns. */
void engine_adopt(struct engine *engine, const struct ruleset *rules, const struct settings *settings,
		  const struct roster *mute, const struct roster *x509);

/* Sources and streams are numbered from 0 in the order in which they are added.
 * delay_ns: how late a source's records may be when it is quiet. A stream is
 * one file of a source; all share the source's watermark. */
bool engine_source(struct engine *engine, const char *name, int64_t delay_ns);
bool engine_stream(struct engine *engine, uint16_t source);
void engine_delay(struct engine *engine, uint16_t source, int64_t delay_ns);

/* Nothing more will come of a source. What waits for it is judged as time passes. */
void engine_source_end(struct engine *engine, uint16_t source);

/* Where a stream stands: so many bytes before the end of what it was given a
 * record has begun that is not finished. A new stream can go on there. */
struct place engine_stream_place(const struct engine *engine, uint16_t stream, size_t *ret_held);
void engine_stream_resume(struct engine *engine, uint16_t stream, struct place place);

void engine_step(struct engine *engine, const struct input *input, struct output *ret);

struct engine_status {
	struct counts counts;
	size_t devices, watched, alerts;
	uint64_t verdicts[VERDICT_COUNT], losses, late, unjudged;
	int64_t watermark_ns; /* the newest of all sources; STAMP_NONE */
};

void engine_status(const struct engine *engine, struct engine_status *ret);

#endif
