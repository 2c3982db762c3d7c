#include "rehearsal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "log.h"
#include "sinks.h"

enum { PATIENCE_MS = 5000 };

static const struct row {
	enum notice_kind kind;
	enum notice_state state;
	enum severity severity;
	enum verdict verdict;
	const char *msgid, *reason, *sentence; /* msgid: NULL, the kind's own */
	uint32_t code, refusals, expulsions, devices;
} rows[] = {
	{NOTICE_ALERT, STATE_RAISED, SEVERITY_ERR, VERDICT_AUTH_FAILURE, "AUTH_FAIL", "test",
	 "test: the device has lost its right to connect; 3 refusals in 1 min", 401003, 3, 0, 0},
	{NOTICE_ALERT, STATE_CLEARED, SEVERITY_ERR, VERDICT_AUTH_FAILURE, "AUTH_FAIL", "test",
	 "test: over: the device is connected again and settled", 401003, 3, 0, 0},
	{NOTICE_ALERT, STATE_WITHDRAWN, SEVERITY_ERR, VERDICT_AUTH_FAILURE, "AUTH_FAIL", "test",
	 "test: withdrawn: a late record shows that it was not so", 401003, 3, 0, 0},
	{NOTICE_ALERT, STATE_RAISED, SEVERITY_WARNING, VERDICT_NOT_RETURNED, "NOT_RETURNED", NULL,
	 "test: the token lapsed and the device stayed away; 1 expulsion, not back", 401003, 0, 1, 0},
	{NOTICE_FLEET, STATE_RAISED, SEVERITY_CRIT, VERDICT_AUTH_FAILURE, NULL, NULL,
	 "test: 20 devices fail alike within 5 min; look at the hub, not at the devices", 0, 0, 0, 20},
	{NOTICE_DIGEST, STATE_RAISED, SEVERITY_INFO, VERDICT_NONE, NULL, NULL,
	 "test: nothing needed anybody; 0 alerts stand", 0, 0, 0, 0},
	{NOTICE_STALLED, STATE_RAISED, SEVERITY_WARNING, VERDICT_NONE, NULL, NULL,
	 "test: nothing came from a source for 45 min", 0, 0, 0, 0},
	{NOTICE_GAP, STATE_RAISED, SEVERITY_WARNING, VERDICT_NONE, NULL, NULL,
	 "test: input lost unread: up to 1 byte", 0, 0, 0, 0},
};

static void fill(struct notice *notice, const struct row *row, int64_t now_ns)
{
	if (row->msgid)
		notice->msgid = row->msgid;
	notice->verdict = row->verdict;
	notice->reason = row->reason;
	snprintf(notice->sentence, sizeof notice->sentence, "%s", row->sentence);
	if (row->verdict == VERDICT_NONE)
		return;
	notice->hub = "lapsed-test";
	if (row->kind == NOTICE_ALERT)
		notice->device = SPAN("lapsed-test");
	notice->code = row->code;
	notice->refusals = row->refusals;
	notice->expulsions = row->expulsions;
	notice->devices = row->devices;
	notice->first_ns = now_ns - 60 * STAMP_SECOND;
	notice->last_ns = now_ns;
	alert_id(notice->hub, notice->device, notice->module, verdict_names[row->verdict], notice->first_ns,
		 notice->id);
}

int rehearsal_run(const struct config *config)
{
	struct notices notices = {0};
	struct timespec wall;
	struct sinks *sinks;
	struct moment now;
	uv_loop_t loop;
	bool good;

	clock_gettime(CLOCK_REALTIME, &wall);
	now = (struct moment){wall.tv_sec * STAMP_SECOND + wall.tv_nsec, 0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct notice *notice = notices_add(&notices, rows[i].kind, rows[i].state, rows[i].severity);

		if (!notice)
			break;
		fill(notice, &rows[i], now.wall_ns);
	}
	if (uv_loop_init(&loop) < 0 || !(sinks = sinks_new(&loop)))
		return -ENOMEM;
	good = sinks_adopt(sinks, &config->alerts) == 0 && sinks_rehearse(sinks, &notices, now, PATIENCE_MS);
	log_flush();
	if (sinks_are_resolving(sinks)) {
		/* The name server does not answer, and exit() would wait for it. */
		fflush(NULL);
		_exit(3);
	}
	sinks_free(sinks);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	free(notices.list);
	return good;
}
