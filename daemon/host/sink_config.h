/* Where alerts go: the array "alerts", an object each. */
#ifndef LAPSED_SINK_CONFIG_H
#define LAPSED_SINK_CONFIG_H

#include <stdbool.h>

#include "../core/rules/jsonc.h"
#include "../core/rules/roster.h"

#define SINKS(X) \
	X(STDERR, "stderr", "lines on stderr, which systemd hands to the journal") \
	X(JOURNAL, "journal", "to journald, with every field of its own") \
	X(DEVLOG, "devlog", "to the syslog daemon of this machine by /dev/log, as RFC 3164") \
	X(UDP, "udp", "to a syslog receiver by UDP, as RFC 5424: some may get lost") \
	X(TCP, "tcp", "to a syslog receiver by TCP, as RFC 5424 with octet counts (RFC 6587)")

enum sink_kind {
#define X(name, ...) SINK_##name,
	SINKS(X)
#undef X
	SINK_COUNT
};

struct sink_config {
	enum sink_kind kind;
	char *host;          /* of UDP and TCP */
	char *path;          /* of JOURNAL and DEVLOG */
	int port, facility, enterprise_number;
	int least;           /* enum severity: of the mildest alert that passes */
	struct roster hubs;  /* patterns; none: all */
};

struct sinks_config {
	struct sink_config *list;
	size_t count;
};

/* stderr alone. Returns false without memory. */
bool sinks_config_default(struct sinks_config *ret);
void sinks_config_clear(struct sinks_config *config);

/* Replaces what there was. Returns 0 or FAULT. */
int sinks_config_read(struct sinks_config *config, const json_t *array, const struct jsonc *file);

/* As the value of "alerts", with a comment that tells the keys. */
void sinks_config_print(const struct sinks_config *config);

bool sink_config_copy(struct sink_config *ret, const struct sink_config *config);
void sink_config_clear(struct sink_config *config);

/* The same receiver in the same form; what passes may differ. */
bool sink_config_is_same(const struct sink_config *a, const struct sink_config *b);

/* For people: "udp 192.0.2.1:514". */
const char *sink_config_name(const struct sink_config *config, char *buffer, size_t size);

#endif
