#include "registry.h"

#include <ctype.h>
#include <stdlib.h>

#include "../basic/hash.h"

enum { LINE_BYTES = 64, CHUNK = 4096, HUBS_MAX = 4096, SDKS_MAX = 4096, SDK_SIZE = 128 };

_Static_assert(sizeof(struct device) <= LINE_BYTES, "an entry is one cache line");

struct registry {
	uint64_t seed[2];
	size_t most, count, chunk_count;
	struct device **chunks; /* never move: indices and pointers stay good */
	uint64_t *slots;        /* hash << 32 | index + 1, in the order of hashes; 0: free */
	size_t slot_count;
	struct hub *hubs;
	size_t hub_count, last_hub; /* nearly always the next one, too */
	uint16_t hub_slots[2 * HUBS_MAX]; /* index + 1, by the hash of the name */
	char **sdks;
	size_t sdk_count;
};

static uint32_t hash_of(const struct registry *registry, uint16_t hub, struct span id, struct span module)
{
	struct hash hash;

	/* With the id's size, for it says where the module begins. */
	hash_begin(&hash, registry->seed[0] ^ hub, registry->seed[1] ^ id.size);
	hash_add(&hash, id.data, id.size);
	hash_add(&hash, module.data, module.size);
	return (uint32_t)hash_end(&hash);
}

static size_t next_slot(size_t at, size_t slot_count)
{
	return at + 1 < slot_count ? at + 1 : 0;
}

/* --- hubs and SDKs: few ------------------------------------------------- */

struct registry *registry_new(uint64_t seed, size_t most)
{
	struct registry *registry = calloc(1, sizeof *registry);

	if (!registry)
		return NULL;
	registry->seed[0] = seed;
	registry->seed[1] = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	registry->most = most;
	registry->slot_count = 1024;
	registry->slots = calloc(registry->slot_count, sizeof *registry->slots);
	registry->hubs = calloc(HUBS_MAX, sizeof *registry->hubs);
	registry->sdks = calloc(SDKS_MAX, sizeof *registry->sdks);
	registry->sdk_count = 1;
	if (registry->slots && registry->hubs && registry->sdks)
		return registry;
	registry_free(registry);
	return NULL;
}

void registry_free(struct registry *take_registry)
{
	if (!take_registry)
		return;
	for (size_t i = 0; i < take_registry->count; i++) {
		struct device *device = registry_at(take_registry, i);

		if ((size_t)device->device_size + device->module_size > sizeof device->inline_id)
			free(device->id);
		if (device->has_habits)
			free(device->habits);
	}
	for (size_t i = 0; i < take_registry->chunk_count; i++)
		free(take_registry->chunks[i]);
	for (size_t i = 0; i < take_registry->hub_count; i++) {
		free(take_registry->hubs[i].name);
		free(take_registry->hubs[i].troubles);
	}
	for (size_t i = 1; i < take_registry->sdk_count; i++)
		free(take_registry->sdks[i]);
	free(take_registry->chunks);
	free(take_registry->slots);
	free(take_registry->hubs);
	free(take_registry->sdks);
	free(take_registry);
}

void registry_limit(struct registry *registry, size_t most)
{
	registry->most = most;
}

static bool is_hub(const struct registry *registry, size_t hub, struct span name)
{
	return span_equal_nocase(name, span_of(registry->hubs[hub].name));
}

/* The slot of a hub, or where it would belong. */
static uint16_t *hub_slot(struct registry *registry, struct span name)
{
	struct hash hash;
	size_t at;

	hash_begin(&hash, registry->seed[0], registry->seed[1]);
	for (size_t i = 0; i < name.size; i++)
		hash_add(&hash, &(char){(char)tolower((unsigned char)name.data[i])}, 1);
	at = hash_end(&hash) % (2 * HUBS_MAX);
	while (registry->hub_slots[at] && !is_hub(registry, registry->hub_slots[at] - 1u, name))
		at = next_slot(at, 2 * HUBS_MAX);
	return &registry->hub_slots[at];
}

uint16_t registry_hub(struct registry *registry, struct span name)
{
	uint16_t *slot;
	char *copy;

	if (registry->last_hub < registry->hub_count && is_hub(registry, registry->last_hub, name))
		return (uint16_t)registry->last_hub;
	slot = hub_slot(registry, name);
	if (*slot)
		return (uint16_t)(registry->last_hub = *slot - 1u);
	if (registry->hub_count == HUBS_MAX || name.size > HUB_NAME_MAX)
		return UINT16_MAX;
	copy = name.size > 0 ? strndup(name.data, name.size) : NULL;
	if (name.size > 0 && !copy)
		return UINT16_MAX;
	for (char *c = copy; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	registry->hubs[registry->hub_count].name = copy;
	*slot = (uint16_t)++registry->hub_count;
	return (uint16_t)(registry->last_hub = *slot - 1u);
}

struct hub *registry_hub_at(struct registry *registry, uint16_t hub)
{
	return &registry->hubs[hub];
}

size_t registry_hubs(const struct registry *registry)
{
	return registry->hub_count;
}

uint16_t registry_sdk(struct registry *registry, struct span sdk_version)
{
	char name[SDK_SIZE];
	size_t size = 0;

	while (size < sdk_version.size && size + 1 < sizeof name &&
	       !(sdk_version.data[size] == ' ' && size + 1 < sdk_version.size && sdk_version.data[size + 1] == '(')) {
		name[size] = sdk_version.data[size];
		size++;
	}
	if (size == 0)
		return 0;
	name[size] = '\0';
	for (size_t i = 1; i < registry->sdk_count; i++)
		if (strcmp(registry->sdks[i], name) == 0)
			return (uint16_t)i;
	if (registry->sdk_count == SDKS_MAX || !(registry->sdks[registry->sdk_count] = strdup(name)))
		return 0;
	return (uint16_t)registry->sdk_count++;
}

const char *registry_sdk_name(const struct registry *registry, uint16_t sdk)
{
	return sdk && sdk < registry->sdk_count ? registry->sdks[sdk] : NULL;
}

/* --- devices ------------------------------------------------------------ */

struct device *registry_at(struct registry *registry, size_t index)
{
	return &registry->chunks[index / CHUNK][index % CHUNK];
}

size_t registry_devices(const struct registry *registry)
{
	return registry->count;
}

static const char *ids(const struct device *device)
{
	return (size_t)device->device_size + device->module_size > sizeof device->inline_id ? device->id
											    : device->inline_id;
}

struct span device_id(const struct device *device)
{
	return (struct span){ids(device), device->device_size};
}

struct span device_module(const struct device *device)
{
	return (struct span){ids(device) + device->device_size, device->module_size};
}

/* Where the search for a hash begins: slots lie in the order of their hashes,
 * but for collisions. So growing needs no look at the devices, and is one walk
 * from front to back. */
static size_t first_slot(uint32_t hash, size_t slot_count)
{
	return (size_t)((uint64_t)hash * slot_count >> 32);
}

static void grow_slots(struct registry *registry)
{
	size_t count = registry->slot_count + registry->slot_count / 4;
	uint64_t *slots = calloc(count, sizeof *slots);

	if (!slots)
		return;
	for (size_t i = 0; i < registry->slot_count; i++) {
		uint64_t slot = registry->slots[i];
		size_t at = first_slot((uint32_t)(slot >> 32), count);

		if (!slot)
			continue;
		while (slots[at])
			at = next_slot(at, count);
		slots[at] = slot;
	}
	free(registry->slots);
	registry->slots = slots;
	registry->slot_count = count;
}

static struct device *append(struct registry *registry, uint16_t hub, struct span id, struct span module)
{
	struct device *device;
	char *place;

	/* One slot stays free, or a search would not end. */
	if (registry->count >= registry->most || registry->count + 1 >= registry->slot_count)
		return NULL;
	if (registry->count == registry->chunk_count * CHUNK) {
		struct device **chunks =
			realloc(registry->chunks, (registry->chunk_count + 1) * sizeof *registry->chunks);

		if (!chunks)
			return NULL;
		registry->chunks = chunks;
		if (!(chunks[registry->chunk_count] = aligned_alloc(LINE_BYTES, CHUNK * sizeof **chunks)))
			return NULL;
		registry->chunk_count++;
	}
	device = registry_at(registry, registry->count);
	*device = (struct device){
		.hub = hub,
		.device_size = (uint8_t)id.size,
		.module_size = (uint8_t)module.size,
		.heard_ns = STAMP_NONE,
		.since_ns = STAMP_NONE,
		.expelled_ns = STAMP_NONE,
	};
	place = device->inline_id;
	if (id.size + module.size > sizeof device->inline_id && !(place = device->id = malloc(id.size + module.size)))
		return NULL;
	if (id.size)
		memcpy(place, id.data, id.size);
	if (module.size)
		memcpy(place + id.size, module.data, module.size);
	registry->count++;
	return device;
}

struct device *registry_device(struct registry *registry, uint16_t hub, struct span id, struct span module,
			       bool create)
{
	uint32_t hash = hash_of(registry, hub, id, module);
	size_t at = first_slot(hash, registry->slot_count);
	struct device *device;
	uint64_t slot;

	for (; (slot = registry->slots[at]); at = next_slot(at, registry->slot_count)) {
		if (slot >> 32 != hash)
			continue;
		device = registry_at(registry, (uint32_t)slot - 1);
		if (device->hub == hub && span_equal(device_id(device), id) &&
		    span_equal(device_module(device), module))
			return device;
	}
	if (!create || !(device = append(registry, hub, id, module)))
		return NULL;
	registry->slots[at] = (uint64_t)hash << 32 | (uint32_t)registry->count;
	if (registry->count * 4 > registry->slot_count * 3)
		grow_slots(registry);
	return device;
}

/* --- rest --------------------------------------------------------------- */

struct habits *device_open_file(struct device *device, void *file)
{
	struct habits *habits = device->has_habits ? device->habits : NULL;

	device->has_habits = false;
	device->file = file;
	return habits;
}

void device_close_file(struct device *device, struct habits *take_habits)
{
	device->habits = take_habits;
	device->has_habits = take_habits != NULL;
}

void device_wake(const struct device *device, const struct habits *habits, struct life *ret)
{
	life_begin(ret);
	ret->heard_ns = device->heard_ns;
	ret->since_ns = device->since_ns;
	ret->expelled_ns = ret->expelled_last_ns = ret->signal_ns = device->expelled_ns;
	if (device->renewed)
		ret->renewals = (struct recent){{device->expelled_ns}, 1};
	ret->sdk = device->sdk;
	ret->protocol = device->protocol;
	ret->authentication = device->authentication;
	ret->standing = device->standing;
	ret->live = device->live;
	ret->begun = device->begun;
	ret->known = device->known;
	ret->expelled_closed = device->expelled_closed;
	ret->expelled_ended = device->expelled_ended;
	ret->expelled_back = device->expelled_back;
	if (!habits)
		return;
	ret->loops = habits->loops;
	ret->displaced = habits->displaced;
	ret->renewals = habits->renewals;
	ret->expelled_last_ns = habits->expelled_last_ns;
	ret->signal_ns = habits->signal_ns;
	ret->closed_ahead_ns = habits->closed_ahead_ns;
	memcpy(ret->returns_ns, habits->returns_ns, sizeof ret->returns_ns);
	ret->return_count = habits->return_count;
	ret->churn_told = habits->churn_told;
}

static struct habits *habits_of(const struct life *life)
{
	struct habits *habits = malloc(sizeof *habits);

	if (!habits)
		return NULL;
	*habits = (struct habits){
		.loops = life->loops,
		.displaced = life->displaced,
		.renewals = life->renewals,
		.expelled_last_ns = life->expelled_last_ns,
		.signal_ns = life->signal_ns,
		.closed_ahead_ns = life->closed_ahead_ns,
		.return_count = life->return_count,
		.churn_told = life->churn_told,
	};
	memcpy(habits->returns_ns, life->returns_ns, sizeof habits->returns_ns);
	return habits;
}

/* Whether the newest of them can still count in a window that ends later. */
static bool recent_matters(const struct recent *recent, int64_t now_ns, int64_t window_ns)
{
	return recent->count > 0 && now_ns - recent->at_ns[0] <= window_ns;
}

static bool is_renewed(const struct life *life)
{
	return life->renewals.count > 0 && life->renewals.at_ns[0] == life->expelled_ns;
}

/* Whether the entry holds all that may ever matter of this life. */
static bool fits(const struct life *life, const struct settings *settings)
{
	int64_t now = life->heard_ns, half = settings_ns(settings, SETTING_RETURN_WITHIN) / 2;
	int64_t pair = settings_ns(settings, SETTING_PAIR_WITHIN), churn = settings_ns(settings, SETTING_CHURN_OVER);

	if (recent_matters(&life->loops, now, settings_ns(settings, SETTING_LOOP_WITHIN)) ||
	    recent_matters(&life->displaced, now, settings_ns(settings, SETTING_DISPLACED_WITHIN)) ||
	    (!is_renewed(life) && recent_matters(&life->renewals, now, churn)) ||
	    (life->renewals.count > 1 && life->renewals.at_ns[0] - life->renewals.at_ns[1] < churn))
		return false;
	for (unsigned i = 0; i < RETURNS_MAX && i < life->return_count; i++)
		if (life->returns_ns[i] > half)
			return false;
	if (life->closed_ahead_ns != STAMP_NONE && now - life->closed_ahead_ns <= pair)
		return false;
	if (life->expelled_last_ns != life->expelled_ns && now - life->expelled_last_ns <= pair)
		return false;
	return life->signal_ns == life->expelled_ns || life->signal_ns == STAMP_NONE ||
	       now - life->signal_ns >= settings_ns(settings, SETTING_SETTLE);
}

struct habits *device_rest(struct device *device, const struct life *life, const struct settings *settings)
{
	device->heard_ns = life->heard_ns;
	device->since_ns = life->since_ns;
	device->expelled_ns = life->expelled_ns;
	device->sdk = life->sdk;
	device->protocol = life->protocol & 7;
	device->authentication = life->authentication & 3;
	device->standing = life->standing & 3;
	device->live = life->live;
	device->begun = life->begun;
	device->known = life->known;
	device->expelled_closed = life->expelled_closed;
	device->expelled_ended = life->expelled_ended;
	device->expelled_back = life->expelled_back;
	device->renewed = is_renewed(life);
	return fits(life, settings) ? NULL : habits_of(life);
}
