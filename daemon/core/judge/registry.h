/* Who there is: hubs, devices, and the names of SDKs. A device is known by
 * hub, device id and module id; a quiet one costs one compact entry. */
#ifndef LAPSED_REGISTRY_H
#define LAPSED_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "../basic/span.h"
#include "hub.h"
#include "life.h"

/* What a quiet life remembers beyond its entry. */
struct habits {
	struct recent loops, displaced, renewals;
	int64_t expelled_last_ns, signal_ns, closed_ahead_ns;
	int64_t returns_ns[RETURNS_MAX];
	unsigned return_count;
	bool churn_told;
};

/* One cache line: there may be millions, and nearly all are quiet. */
struct device {
	union {
		char inline_id[24];
		char *id; /* where both ids together are longer */
	};
	union {
		void *file;            /* what its owner keeps while it is not quiet; NULL */
		struct habits *habits; /* has_habits: what does not fit here of a quiet life */
	};
	int64_t heard_ns, since_ns, expelled_ns; /* of the quiet life; see device_rest() */
	uint16_t hub, sdk;
	uint8_t device_size, module_size;
	uint8_t protocol : 3, authentication : 2, standing : 2, live : 1;
	uint8_t known : 1, begun : 1, expelled_closed : 1, expelled_ended : 1, expelled_back : 1;
	uint8_t renewed : 1; /* the last expulsion was a token that lapsed */
	uint8_t has_habits : 1;
	uint8_t changed : 1; /* since it was stored last */
};

struct registry;

/* seed: of the hash; ids come from devices and must not be able to choose
 * their place. most: devices; the registry refuses more. */
struct registry *registry_new(uint64_t seed, size_t most);
void registry_free(struct registry *take_registry);

/* The registry refuses more devices than this from now on. */
void registry_limit(struct registry *registry, size_t most);

enum { HUB_NAME_MAX = 255 }; /* bytes, as an id has at most */

/* Returns the index of a hub, created if need be; names compare without case.
 * UINT16_MAX: no more fit, or it is too long. */
uint16_t registry_hub(struct registry *registry, struct span name);
struct hub *registry_hub_at(struct registry *registry, uint16_t hub);
size_t registry_hubs(const struct registry *registry);

/* Index of a SDK's name, cut before its first blank followed by '(' (the rest
 * names the machine); 0: none, or no more fit. */
uint16_t registry_sdk(struct registry *registry, struct span sdk_version);
const char *registry_sdk_name(const struct registry *registry, uint16_t sdk);

/* NULL: unknown, or with create: the registry is full. */
struct device *registry_device(struct registry *registry, uint16_t hub, struct span id, struct span module,
			       bool create);
struct device *registry_at(struct registry *registry, size_t index);
size_t registry_devices(const struct registry *registry);

struct span device_id(const struct device *device);
struct span device_module(const struct device *device);

/* What its owner keeps of a device that is not quiet; NULL. */
static inline void *device_file(const struct device *device)
{
	return device->has_habits ? NULL : device->file;
}

/* The file takes the place of the habits, which are returned: its owner's to
 * keep until the file is closed. NULL: it has none. */
struct habits *device_open_file(struct device *device, void *file);
void device_close_file(struct device *device, struct habits *take_habits);

/* The full life of a device at rest. habits may be NULL. */
void device_wake(const struct device *device, const struct habits *habits, struct life *ret);

/* The life goes back into the entry. Returns what does not fit there, yours to
 * free, or NULL: all does, or there is no memory and it is lost. */
struct habits *device_rest(struct device *device, const struct life *life, const struct settings *settings);

#endif
