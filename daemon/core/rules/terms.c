#include "terms.h"

const char *const signal_names[] = {"none",      "alive",    "expelled", "refused", "denied",   "displaced",
				    "platform",  "closed",   "left",     "connected", "moved"};
const char *const verdict_names[] = {"undecided",    "recovered",    "token-expiry",     "reconnect-loop",
				     "not-returned", "auth-failure", "identity-conflict"};
const char *const scope_names[] = {"connection", "request", "connection"};
const char *const ending_names[] = {NULL, "cleared", "moved", "expired", "quiet"};
const char *const protocol_names[] = {NULL, "Mqtt", "MqttWs", "Amqp", "AmqpWs", "Http"};
const char *const authentication_names[] = {NULL, "sas", "x509"};
const char *const standing_names[] = {"unknown", "online", "offline", "failing"};
const char *const severity_names[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

unsigned term_find(const char *const *names, unsigned count, struct span name)
{
	unsigned i = 0;

	while (i < count && !(names[i] && span_equal(name, span_of(names[i]))))
		i++;
	return i;
}

static bool contains_nocase(struct span text, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= text.size; i++)
		if (strncasecmp(text.data + i, word, size) == 0)
			return true;
	return false;
}

enum protocol protocol_of(struct span text)
{
	unsigned known;
	bool sockets;

	if (span_equal(text, SPAN("Mqtt"))) /* as most have it */
		return PROTOCOL_MQTT;
	known = term_find(protocol_names, PROTOCOL_COUNT, text);
	if (known < PROTOCOL_COUNT)
		return (enum protocol)known;
	sockets = contains_nocase(text, "ws") || contains_nocase(text, "websocket");
	if (contains_nocase(text, "mqtt"))
		return sockets ? PROTOCOL_MQTT_WS : PROTOCOL_MQTT;
	if (contains_nocase(text, "amqp"))
		return sockets ? PROTOCOL_AMQP_WS : PROTOCOL_AMQP;
	return contains_nocase(text, "http") ? PROTOCOL_HTTP : PROTOCOL_UNKNOWN;
}

enum authentication authentication_of(struct span type)
{
	if (span_equal(type, SPAN("sas")))
		return AUTHENTICATION_SAS;
	if (contains_nocase(type, "cert") || contains_nocase(type, "x509") || contains_nocase(type, "x.509"))
		return AUTHENTICATION_X509;
	return contains_nocase(type, "sas") ? AUTHENTICATION_SAS : AUTHENTICATION_UNKNOWN;
}

int verdict_cause(enum verdict verdict)
{
	return verdict == VERDICT_TOKEN_EXPIRY ? 1 : verdict == VERDICT_AUTH_FAILURE ? 2 : 0;
}
