/* Any bytes as what a log says of a device: the alert is one line of printable
 * ASCII, one syslog frame whose structured data ends where it should. */
#include <string.h>

#include "../daemon/core/basic/text.h"
#include "../daemon/core/tell/rfc5424.h"
#include "fuzz.h"

/* Walks the frame as a receiver does; returns where the text begins. */
static const char *skip_structured_data(const char *at)
{
	while (*at == '[') {
		int quoted = 0;

		for (at++; *at && (quoted || *at != ']'); at++) {
			if (quoted && *at == '\\')
				at++;
			else if (*at == '"')
				quoted = !quoted;
		}
		fuzz_expect(*at == ']');
		at++;
	}
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t third = size / 3 < 255 ? size / 3 : 255, length;
	struct notice notice = {.kind = NOTICE_ALERT, .severity = 3, .msgid = "AUTH_FAIL", .verdict = VERDICT_AUTH_FAILURE,
				.reason = "refused", .first_ns = 0, .last_ns = 0};
	struct rfc5424 from = {.host = "host", .version = "0", .enterprise_number = 32473, .sequence = 1};
	char frame[RFC5424_UDP_MAX], hub[256] = "";
	const char *at;

	text_redact((struct span){(const char *)data, size}, notice.message, sizeof notice.message);
	text_redact((struct span){(const char *)data, size}, notice.captures, sizeof notice.captures);
	text_escape((struct span){(const char *)data, size}, "", notice.sentence, sizeof notice.sentence);
	memcpy(hub, data, third);
	notice.hub = hub;
	notice.device = (struct span){(const char *)data + third, third};
	notice.module = (struct span){(const char *)data + 2 * third, third};
	length = rfc5424_encode(&from, &notice, (struct moment){0, 0}, frame, sizeof frame);
	fuzz_expect(length < sizeof frame && strlen(frame) == length);
	for (size_t i = 0; i < length; i++)
		fuzz_expect(frame[i] >= 0x20 && frame[i] < 0x7F);
	at = strstr(frame, " [iothub@32473 ");
	fuzz_expect(at);
	at = skip_structured_data(at + 1);
	fuzz_expect(strncmp(at, " AUTH_FAIL state=", 17) == 0);
	return 0;
}
