/* What the engine's own files share: engine.c lets records and time in,
 * review.c looks at one device, herald.c tells. Not for anybody else. */
#ifndef LAPSED_ENGINE_PARTS_H
#define LAPSED_ENGINE_PARTS_H

#include "engine.h"
#include "judge/agenda.h"
#include "tell/fleet.h"

enum { LAGS = 256 };

/* One file, or one journal: bytes in their order. */
struct stream {
	struct intake *intake;
	uint16_t source;
};

/* How late the last LAGS records came: those of them that no later one exceeds,
 * the longest first, in a ring. Less than 0: the clock is behind the records. */
struct lags {
	struct lag {
		uint64_t number; /* of the record that came so late */
		int64_t lag_ns;
	} ring[LAGS];
	uint64_t noted; /* records in all */
	uint32_t first, count;
};

/* Streams that tell of one thing: the paths of a pattern, the blobs of a hub. */
struct source {
	char *name;
	struct agenda agenda;
	int64_t watermark_ns;      /* its highest event time; STAMP_NONE */
	int64_t delay_ns;          /* as configured for its kind */
	struct lags lags;
	bool measured;             /* in this run: by the clock that there is now */
	int64_t heard_mono_ns;
	bool stalled;
	bool ended; /* it is silent for good */
};

/* A device's first session on a hub, which its namesakes have to hear of. */
struct arrival {
	const struct device *device;
	int64_t time_ns;
};

struct engine {
	const struct ruleset *rules;
	const struct settings *settings;
	const struct roster *mute, *x509;
	struct registry *registry;
	struct source *sources;
	size_t source_count;
	struct stream *streams;
	size_t stream_count;
	struct court firm_court, tip_court, fold_court;
	const struct life *tip; /* of the watch that is reviewed */
	struct life tip_room;
	struct watch *watches; /* all, newest first */
	size_t watched, told;
	int64_t repeat_mono_ns; /* until then no device's alert is to be repeated; it may be too early */
	size_t most_watched; /* since much was freed last */
	struct arrival *arrivals; /* since review_arrivals() */
	size_t arrival_count, arrival_capacity;
	struct fleet *fleets;
	struct candidate *candidates; /* raised in this step, not told yet */
	size_t candidate_count, candidate_capacity;
	struct candidate *recent;     /* the last that were told by themselves */
	size_t recent_count, recent_capacity;
	int64_t oldest_recent_ns;     /* none of them was decided before */
	struct notices notices;
	struct moment now;
	int64_t boot_wall_ns;  /* when the monotonic clock began, as last seen: it moves when the wall clock is set */
	int64_t quiet_wall_ns; /* the wall clock when all there was had been read */
	int64_t backlog_ns;    /* the newest event of the backlog */
	bool caught_up, limit_told, limited_told;
	int64_t digest_mono_ns;
	uint64_t digest[VERDICT_COUNT], digest_losses, digest_muted;
	struct engine_status status;
	/* see snapshot.c */
	struct device **changed;
	size_t changed_count, changed_capacity;
	uint32_t saved_sdks, saved_fleets, loaded_sources;
	bool saved_names, saves; /* saves: what is not in changed is stored as it is */
	struct loader *loader;
};

/* Behind this mark nothing more is expected of the source. */
int64_t source_low(const struct engine *engine, const struct source *source);

/* Everything that may follow for a device from a new event or from the
 * low-water mark. The watch may be gone afterwards. */
void review(struct engine *engine, struct watch *watch);

/* The newest of the watch that is reviewed, or of one that an alert tells of. */
static inline const struct life *review_tip(const struct engine *engine, const struct watch *watch)
{
	return watch->tip ? watch->tip : engine->tip;
}

/* Announces the arrivals that reviews have found. Other watches may go by it:
 * not while walking the list of them. */
void review_arrivals(struct engine *engine);

/* The dossier of a device's watch, which is begun if need be, with room for an
 * event; owner: the engine. NULL: no memory. */
struct dossier *review_file(void *owner, struct device *device);

/* From now on the source's time is the watch's. Without memory it stays with the
 * one that it had. */
void review_move(struct engine *engine, struct watch *watch, uint16_t source);

/* The device is to be stored anew. */
void review_note_change(struct engine *engine, struct device *device);

/* The device rests as it was before the first event kept. */
void review_drop(struct engine *engine, struct watch *take_watch);

/* An alert of one device is found to stand; herald_tell() decides whether it
 * is told by itself. Returns false without memory: then nothing was told. */
bool herald_raise(struct engine *engine, struct watch *watch, enum scope scope, const struct episode *episode);

/* It stands no more. */
void herald_untell(struct engine *engine, struct watch *watch, enum scope scope, const struct episode *episode,
		   enum notice_state state);

/* An episode that needs nobody, for the log. */
void herald_recovered(struct engine *engine, const struct watch *watch, const struct episode *episode);
/* A genuine failure that was over before it could be known: raised and
 * cleared, for it must not pass in silence. */
void herald_over(struct engine *engine, const struct watch *watch, const struct episode *episode);
void herald_churn(struct engine *engine, const struct watch *watch, const struct life *life, bool churns);

/* The watch is about to go. */
void herald_forget(struct engine *engine, const struct watch *watch);

/* At the end of a step: what was raised is told, many as one; what stands is
 * repeated; the digest. */
void herald_tell(struct engine *engine);

/* There is no room for a device: told once, and counted. */
void health_full(struct engine *engine);

/* A rule's pattern has run into its limits on a message: told once. */
void health_pattern(struct engine *engine, reason_id reason);

/* Input was lost. Its name is that of the source, if the gap has none. */
void health_gap(struct engine *engine, const struct input *gap, struct span source);

/* Whether the source is silent: told when that changes. */
void health_stall(struct engine *engine, struct source *source);

#endif
