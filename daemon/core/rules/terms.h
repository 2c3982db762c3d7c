/* The vocabulary: what is said of a device, and how it is spelled outside. */
#ifndef LAPSED_TERMS_H
#define LAPSED_TERMS_H

#include "../basic/span.h"

/* What one record says about one device, in tie order: records often bear
 * whole seconds, and these are the order of cause and effect within one. */
enum signal {
	SIGNAL_NONE,
	SIGNAL_ALIVE,     /* a success that only the device itself causes */
	SIGNAL_EXPELLED,  /* the hub dropped a live session: 401 family on deviceDisconnect */
	SIGNAL_REFUSED,   /* an attempt to connect was turned down */
	SIGNAL_DENIED,    /* a request was turned down; no session is concerned */
	SIGNAL_DISPLACED, /* another client took the identity */
	SIGNAL_PLATFORM,  /* the hub's own trouble */
	SIGNAL_CLOSED,    /* 404104: the connection is gone */
	SIGNAL_LEFT,      /* a disconnect without an error */
	SIGNAL_CONNECTED, /* a connect without an error */
	SIGNAL_MOVED,     /* connected for the first time on another hub */
	SIGNAL_COUNT
};

/* The worst last: an episode has the worst that it reached. */
enum verdict {
	VERDICT_NONE,
	VERDICT_RECOVERED,
	VERDICT_TOKEN_EXPIRY,
	VERDICT_RECONNECT_LOOP,
	VERDICT_NOT_RETURNED,
	VERDICT_AUTH_FAILURE,
	VERDICT_IDENTITY_CONFLICT,
	VERDICT_COUNT
};

/* The kinds of trouble that one device can have at the same time. */
enum scope {
	SCOPE_CONNECTION,
	SCOPE_REQUEST,  /* denied requests */
	SCOPE_IDENTITY, /* two clients with one identity */
	SCOPE_COUNT
};

enum ending {
	ENDING_NONE, /* still open */
	ENDING_CLEARED,
	ENDING_MOVED,
	ENDING_EXPIRED,
	ENDING_QUIET,
	ENDING_COUNT
};

enum protocol { PROTOCOL_UNKNOWN, PROTOCOL_MQTT, PROTOCOL_MQTT_WS, PROTOCOL_AMQP, PROTOCOL_AMQP_WS, PROTOCOL_HTTP,
		PROTOCOL_COUNT };

enum authentication { AUTHENTICATION_UNKNOWN, AUTHENTICATION_SAS, AUTHENTICATION_X509, AUTHENTICATION_COUNT };

enum operation { OPERATION_OTHER, OPERATION_CONNECT, OPERATION_DISCONNECT, OPERATION_COUNT };

enum standing { STANDING_UNKNOWN, STANDING_ONLINE, STANDING_OFFLINE, STANDING_FAILING, STANDING_COUNT };

/* Of what is told: RFC 5424's numbers, the worst first. */
enum severity { SEVERITY_EMERG, SEVERITY_ALERT, SEVERITY_CRIT, SEVERITY_ERR, SEVERITY_WARNING, SEVERITY_NOTICE,
		SEVERITY_INFO, SEVERITY_DEBUG, SEVERITY_COUNT };

extern const char *const signal_names[SIGNAL_COUNT];
extern const char *const verdict_names[VERDICT_COUNT];
extern const char *const scope_names[SCOPE_COUNT];
extern const char *const ending_names[ENDING_COUNT];
extern const char *const protocol_names[PROTOCOL_COUNT];
extern const char *const authentication_names[AUTHENTICATION_COUNT];
extern const char *const standing_names[STANDING_COUNT];
extern const char *const severity_names[SEVERITY_COUNT];

/* The index of a name in one of the tables above, or count. */
unsigned term_find(const char *const *names, unsigned count, struct span name);

enum protocol protocol_of(struct span text);

/* type is what authType says in "type" ("sas", "x509Certificate", ...). */
enum authentication authentication_of(struct span type);

/* 1 benign, 2 genuine, 0 neither. */
int verdict_cause(enum verdict verdict);

#endif
