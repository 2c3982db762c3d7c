#define _GNU_SOURCE
#include "sinks.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../core/tell/journal_entry.h"
#include "../core/tell/rfc3164.h"
#include "../core/tell/rfc5424.h"
#include "build.h"
#include "log.h"
#include "sink.h"

/* One entry of "alerts". */
struct outlet {
	struct sink_config config;
	struct sink *sink;     /* NULL: stderr */
	uint64_t sequence;     /* of what it was given */
};

struct sinks {
	uv_loop_t *loop;
	uv_timer_t patience;
	struct outlet *outlets;
	size_t count;
	char host[256];
	int process;
	int64_t zone_minute;   /* for which the next is known; 0: none yet */
	int32_t zone_offset_s; /* of the local time, east of UTC */
	bool all_hubs, impatient;
};

struct sinks *sinks_new(uv_loop_t *loop)
{
	struct sinks *sinks = calloc(1, sizeof *sinks);

	if (!sinks)
		return NULL;
	sinks->loop = loop;
	sinks->process = getpid();
	gethostname(sinks->host, sizeof sinks->host - 1);
	uv_timer_init(loop, &sinks->patience);
	sinks->patience.data = sinks;
	return sinks;
}

static void tell_loss(const struct outlet *outlet)
{
	const struct outbox *outbox = outlet->sink ? sink_outbox(outlet->sink) : NULL;

	if (outbox && outbox->lost + outbox->count > 0)
		log_line(SEVERITY_WARNING, "alerts to %s: %llu of %llu did not arrive%s%s", sink_name(outlet->sink),
			 (unsigned long long)(outbox->lost + outbox->count),
			 (unsigned long long)(outbox->lost + outbox->count + outbox->taken),
			 sink_trouble(outlet->sink) ? "; " : "",
			 sink_trouble(outlet->sink) ? sink_trouble(outlet->sink) : "");
}

static void close_outlet(struct outlet *outlet)
{
	if (outlet->sink)
		sink_free(outlet->sink);
	sink_config_clear(&outlet->config);
	*outlet = (struct outlet){0};
}

static struct outlet *find_same(struct sinks *sinks, const struct sink_config *config)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (sinks->outlets[i].sink && sink_config_is_same(&sinks->outlets[i].config, config))
			return &sinks->outlets[i];
	return NULL;
}

int sinks_adopt(struct sinks *sinks, const struct sinks_config *config)
{
	struct outlet *outlets = calloc(config->count + 1, sizeof *outlets);

	if (!outlets)
		return -ENOMEM;
	for (size_t i = 0; i < config->count; i++) {
		struct outlet *same = find_same(sinks, &config->list[i]);

		if (!sink_config_copy(&outlets[i].config, &config->list[i]))
			log_line(SEVERITY_WARNING, "out of memory: an entry of \"alerts\" is not whole");
		if (same) {
			outlets[i].sink = same->sink;
			outlets[i].sequence = same->sequence;
			same->sink = NULL;
		} else if (config->list[i].kind != SINK_STDERR &&
			   !(outlets[i].sink = sink_new(sinks->loop, &config->list[i]))) {
			log_line(SEVERITY_WARNING, "out of memory: an entry of \"alerts\" is not served");
		}
	}
	for (size_t i = 0; i < sinks->count; i++) {
		tell_loss(&sinks->outlets[i]);
		close_outlet(&sinks->outlets[i]);
	}
	free(sinks->outlets);
	sinks->outlets = outlets;
	sinks->count = config->count;
	return 0;
}

/* By the severity of the alert itself: who heard of it hears of its end. */
static bool passes(const struct sinks *sinks, const struct sink_config *config, const struct notice *notice)
{
	if (notice->alert_severity > config->least)
		return false;
	if (config->hubs.count == 0 || !notice->hub || sinks->all_hubs)
		return true;
	for (size_t i = 0; i < config->hubs.count; i++)
		if (fnmatch(config->hubs.patterns[i], notice->hub, 0) == 0)
			return true;
	return false;
}

static size_t encode_5424(const struct sinks *sinks, const struct outlet *outlet, const struct notice *notice,
			  struct moment now, char *buffer, size_t size)
{
	const struct rfc5424 from = {
		.host = sinks->host,
		.version = LAPSED_VERSION,
		.facility = outlet->config.facility,
		.enterprise_number = outlet->config.enterprise_number,
		.process = sinks->process,
		.sequence = outlet->sequence,
	};

	return rfc5424_encode(&from, notice, now, buffer, size);
}

/* Asked once a minute, for it changes at whole ones, and many alerts may come. */
static int32_t zone_offset_s(struct sinks *sinks, int64_t wall_ns)
{
	time_t seconds = wall_ns / STAMP_SECOND;
	struct tm local;

	if (sinks->zone_minute != seconds / 60 && localtime_r(&seconds, &local)) {
		sinks->zone_minute = seconds / 60;
		sinks->zone_offset_s = (int32_t)local.tm_gmtoff;
	}
	return sinks->zone_offset_s;
}

static size_t encode_3164(struct sinks *sinks, const struct outlet *outlet, const struct notice *notice,
			  struct moment now, char *buffer, size_t size)
{
	const struct rfc3164 from = {
		.facility = outlet->config.facility,
		.process = sinks->process,
		.offset_s = zone_offset_s(sinks, now.wall_ns),
	};

	return rfc3164_encode(&from, notice, now, buffer, size);
}

static void send_one(struct sinks *sinks, struct outlet *outlet, const struct notice *notice, struct moment now)
{
	char message[JOURNAL_ENTRY_MAX], framed[RFC5424_MAX + 16];
	size_t size;

	outlet->sequence++;
	switch (outlet->config.kind) {
	case SINK_STDERR:
		log_notice(notice);
		return;
	case SINK_JOURNAL:
		size = journal_entry_encode(&(struct journal_entry){outlet->config.facility}, notice, message,
					    sizeof message);
		break;
	case SINK_DEVLOG:
		size = encode_3164(sinks, outlet, notice, now, message, RFC3164_MAX);
		break;
	case SINK_UDP:
		size = encode_5424(sinks, outlet, notice, now, message, RFC5424_UDP_MAX);
		break;
	case SINK_TCP:
		/* Counted octets: no text can forge a second message. */
		size = encode_5424(sinks, outlet, notice, now, message, RFC5424_MAX);
		size = (size_t)snprintf(framed, sizeof framed, "%zu %s", size, message);
		memcpy(message, framed, size);
		break;
	default:
		return;
	}
	if (outlet->sink)
		sink_push(outlet->sink, message, size);
}

void sinks_send(struct sinks *sinks, const struct notice *notice, struct moment now)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (passes(sinks, &sinks->outlets[i].config, notice))
			send_one(sinks, &sinks->outlets[i], notice, now);
}

/* --- the end ------------------------------------------------------------ */

bool sinks_are_done(const struct sinks *sinks)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (sinks->outlets[i].sink && !sink_is_done(sinks->outlets[i].sink))
			return false;
	return true;
}

static bool is_settled(const struct sinks *sinks)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (sinks->outlets[i].sink && !sink_is_done(sinks->outlets[i].sink) &&
		    !sink_is_down(sinks->outlets[i].sink))
			return false;
	return true;
}

static void on_patience(uv_timer_t *timer)
{
	((struct sinks *)timer->data)->impatient = true;
}

void sinks_drain(struct sinks *sinks, unsigned patience_ms)
{
	sinks->impatient = false;
	uv_timer_start(&sinks->patience, on_patience, patience_ms, 0);
	for (size_t i = 0; i < sinks->count; i++)
		if (sinks->outlets[i].sink)
			sink_hurry(sinks->outlets[i].sink);
	uv_run(sinks->loop, UV_RUN_NOWAIT);
	while (!sinks->impatient && !is_settled(sinks))
		uv_run(sinks->loop, UV_RUN_ONCE);
	uv_timer_stop(&sinks->patience);
}

bool sinks_are_resolving(const struct sinks *sinks)
{
	for (size_t i = 0; i < sinks->count; i++)
		if (sinks->outlets[i].sink && sink_is_resolving(sinks->outlets[i].sink))
			return true;
	return false;
}

void sinks_tell_losses(const struct sinks *sinks)
{
	for (size_t i = 0; i < sinks->count; i++)
		tell_loss(&sinks->outlets[i]);
}

static bool tell_rehearsal(const struct outlet *outlet, size_t total)
{
	static const char *const taken[SINK_COUNT] = {
		[SINK_STDERR] = "written",
		[SINK_JOURNAL] = "read by journald",
		[SINK_DEVLOG] = "read by the syslog daemon",
		[SINK_UDP] = "sent",
		[SINK_TCP] = "acknowledged by the other end",
	};
	const struct outbox *outbox = outlet->sink ? sink_outbox(outlet->sink) : NULL;
	uint64_t got = outlet->sink ? outbox->taken : outlet->config.kind == SINK_STDERR ? outlet->sequence : 0;
	bool good = got == outlet->sequence;
	char name[320];

	printf("%s: %s: %llu of %llu %s", sink_config_name(&outlet->config, name, sizeof name),
	       good ? "good" : "not reached", (unsigned long long)got, (unsigned long long)outlet->sequence,
	       taken[outlet->config.kind]);
	if (good && outlet->config.kind == SINK_UDP)
		printf(", and no error came back; UDP cannot tell whether they arrived");
	if (outlet->sequence < total)
		printf("; %llu are less severe than its \"least\"", (unsigned long long)(total - outlet->sequence));
	if (!good && outlet->sink && sink_trouble(outlet->sink))
		printf("; %s", sink_trouble(outlet->sink));
	printf("\n");
	return good;
}

bool sinks_rehearse(struct sinks *sinks, const struct notices *notices, struct moment now, unsigned patience_ms)
{
	bool good = true;

	sinks->all_hubs = true;
	for (size_t i = 0; i < notices->count; i++)
		sinks_send(sinks, &notices->list[i], now);
	sinks_drain(sinks, patience_ms);
	for (size_t i = 0; i < sinks->count; i++)
		good = tell_rehearsal(&sinks->outlets[i], notices->count) && good;
	return good;
}

static void on_patience_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void sinks_free(struct sinks *take_sinks)
{
	if (!take_sinks)
		return;
	for (size_t i = 0; i < take_sinks->count; i++)
		close_outlet(&take_sinks->outlets[i]);
	free(take_sinks->outlets);
	uv_close((uv_handle_t *)&take_sinks->patience, on_patience_closed);
}
