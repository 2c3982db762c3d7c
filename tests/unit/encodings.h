/* Notices that the encodings are tried with. */
#ifndef LAPSED_ENCODINGS_H
#define LAPSED_ENCODINGS_H

#include "unit.h"

#include "../../daemon/core/tell/notice.h"

#define NOW "2026-03-04T05:06:07.123456789Z"

static inline struct notice refusal(void)
{
	struct notice notice = {.kind = NOTICE_ALERT, .state = STATE_RAISED, .severity = 3, .alert_severity = 3,
				.msgid = "AUTH_FAIL", .id = "7f3a91c2c0ffee11", .verdict = VERDICT_AUTH_FAILURE,
				.reason = "thumbprint-mismatch", .hub = "contoso", .device = SPAN("pump-7"),
				.code = 401003, .refusals = 4, .first_ns = STAMP_NONE, .last_ns = STAMP_NONE,
				.message = "Thumbprint differs", .sentence = "no right; 4 refusals",
				.doc = "https://example.net/", .remedy = "Look."};

	return notice;
}

/* Names that try to end a line, a field, an element or a message. */
static inline struct notice hostile(void)
{
	struct notice notice = refusal();

	notice.hub = "h u=b";
	notice.device = SPAN("a\n<0>1 - b]\"\\\x1b[31m\xc3\xa9");
	notice.module = SPAN("m\r\x7f");
	snprintf(notice.message, sizeof notice.message, "one\nPRIORITY=0\n");
	return notice;
}

static inline struct notice digest(void)
{
	struct notice notice = {.kind = NOTICE_DIGEST, .state = STATE_RAISED, .severity = 6, .alert_severity = 6,
				.msgid = "DIGEST", .first_ns = STAMP_NONE, .last_ns = STAMP_NONE,
				.sentence = "0 alerts stand"};

	return notice;
}

#endif
