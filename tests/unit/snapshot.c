/* A row of the state that is damaged is left out, whole. */
#include "rules.h"

#include "../../daemon/core/basic/packed.h"
#include "../../daemon/core/engine_parts.h"
#include "../../daemon/core/snapshot.h"

#define RECORD \
	"{\"time\":\"2026-03-02T10:00:00Z\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\"," \
	"\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\",\"resultType\":\"401003\"," \
	"\"properties\":\"{\\\"deviceId\\\":\\\"pump-1\\\",\\\"errorMessage\\\":\\\"Thumbprint does not match " \
	"configuration: Thumbprint: SHA1Hash=0A1B, SHA2Hash=2C3D; Configuration: PrimaryThumbprint=4E5F, " \
	"SecondaryThumbprint=6071\\\"}\"}\n"

enum { ROWS_MAX = 100, ROW_BYTES = 8192 };

static struct row {
	enum row_kind kind;
	char key[64], value[ROW_BYTES];
	size_t key_size, value_size;
} rows[ROWS_MAX];

static size_t row_count;
static struct settings settings;
static struct ruleset *rules;
static const struct roster nobody;
static struct moment now;

static void put(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct row *row = &rows[row_count++];

	(void)owner;
	assert_true(row_count <= ROWS_MAX && key.size <= sizeof row->key && value.size <= sizeof row->value);
	*row = (struct row){.kind = kind, .key_size = key.size, .value_size = value.size};
	memcpy(row->key, key.data, key.size);
	memcpy(row->value, value.data, value.size);
}

static struct engine *begin(void)
{
	struct engine *engine;

	now = (struct moment){.wall_ns = moment("2026-03-02T10:00:01Z"), .mono_ns = STAMP_SECOND};
	engine = engine_new(rules, &settings, &nobody, &nobody, 1, now);
	assert_true(engine && engine_source(engine, "log", 0) && engine_stream(engine, 0));
	return engine;
}

static void step(struct engine *engine, enum input_type type, const char *text)
{
	struct output output;

	engine_step(engine, &(struct input){.type = type, .now = now, .bytes = span_of(text)}, &output);
}

/* An engine in which one alert stands, as rows. */
static int save(void **state)
{
	struct engine *engine;

	(void)state;
	rules = shipped_rules();
	settings_default(&settings);
	engine = begin();
	step(engine, INPUT_CAUGHT_UP, "");
	step(engine, INPUT_BYTES, RECORD);
	engine_save(engine, put, NULL);
	engine_free(engine);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	ruleset_free(rules);
	return 0;
}

/* Loads all, of the device only so many bytes; then time passes. */
static struct engine_status load(size_t device_bytes)
{
	struct engine *engine = begin();
	struct engine_status status;

	for (int kind = 0; kind < ROW_COUNT; kind++)
		for (size_t i = 0; i < row_count; i++) {
			const struct row *row = &rows[i];
			size_t size = row->kind == ROW_DEVICE && device_bytes < row->value_size ? device_bytes
												: row->value_size;
			char *value = malloc(size + 1); /* so that a checker sees whoever reads beyond it */

			memcpy(value, row->value, size);
			if ((int)row->kind == kind)
				assert_int_equal(engine_load(engine, row->kind, (struct span){row->key, row->key_size},
							     (struct span){value, size}),
						 size == row->value_size);
			free(value);
		}
	engine_loaded(engine);
	step(engine, INPUT_CAUGHT_UP, "");
	engine_status(engine, &status);
	now.wall_ns += STAMP_DAY;
	now.mono_ns += STAMP_DAY;
	step(engine, INPUT_TICK, "");
	engine_free(engine);
	return status;
}

static void test_a_whole_row_brings_its_alert_back(void **state)
{
	struct engine_status status = load(SIZE_MAX);

	assert_int_equal(status.devices, 1);
	assert_int_equal(status.watched, 1);
	assert_int_equal(status.alerts, 1);
}

static void test_of_half_a_row_nothing_is_watched(void **state)
{
	size_t size = 0;

	for (size_t i = 0; i < row_count; i++)
		if (rows[i].kind == ROW_DEVICE)
			size = rows[i].value_size;
	assert_true(size > 100);
	for (size_t bytes = 0; bytes < size; bytes++) {
		struct engine_status status = load(bytes);

		assert_int_equal(status.watched, 0);
		assert_int_equal(status.alerts, 0);
	}
}

/* --- bytes that cannot be ours ---------------------------------------------------------- */

enum { WATCH = 1, BASE = 4 }; /* what a device's row holds */

/* A device's row, taken apart. */
struct parts {
	uint8_t parts;
	struct device device;
	struct life base; /* which save() has none of */
	uint16_t source;
	struct told told[SCOPE_COUNT];
	uint32_t fleets[SCOPE_COUNT];
	uint32_t mentions;
	struct mention mention;
	bool announced;
	uint32_t events;
	struct event event;
};

static const struct row *row_of(enum row_kind kind)
{
	for (size_t i = 0; i < row_count; i++)
		if (rows[i].kind == kind)
			return &rows[i];
	fail_msg("no row of kind %d was saved", (int)kind);
	return NULL;
}

#define EACH(parts, X) \
	X(parts.told) X(parts.fleets) X(parts.mentions) X(parts.mention) X(parts.announced) X(parts.events) X(parts.event)

/* Returns what stands behind the parts. */
static struct span take_apart(struct parts *ret)
{
	const struct row *row = row_of(ROW_DEVICE);
	struct span from = {row->value, row->value_size};
	bool good = packed_take(&from, &ret->parts, 1) && packed_take(&from, &ret->device, sizeof ret->device) &&
		    packed_take(&from, &ret->source, sizeof ret->source);

#define X(part) good = good && packed_take(&from, &part, sizeof part);
	EACH((*ret), X)
#undef X
	assert_true(good && ret->parts == WATCH && ret->mentions == 1 && ret->events == 1);
	life_begin(&ret->base);
	return from;
}

/* Whether an engine takes the row that the parts make. */
static bool is_taken(const struct parts *parts, struct span rest)
{
	const struct row *row = row_of(ROW_DEVICE);
	struct engine *engine = begin();
	struct packed value = {0};
	struct engine_status status;
	bool taken;

	for (size_t i = 0; i < row_count; i++)
		if (rows[i].kind < ROW_DEVICE)
			engine_load(engine, rows[i].kind, (struct span){rows[i].key, rows[i].key_size},
				    (struct span){rows[i].value, rows[i].value_size});
	packed_put(&value, &parts->parts, 1);
	packed_put(&value, &parts->device, sizeof parts->device);
	if (parts->parts & BASE)
		packed_put(&value, &parts->base, sizeof parts->base);
	packed_put(&value, &parts->source, sizeof parts->source);
#define X(part) packed_put(&value, &part, sizeof part);
	EACH((*parts), X)
#undef X
	packed_put(&value, rest.data, rest.size);
	taken = engine_load(engine, ROW_DEVICE, (struct span){row->key, row->key_size},
			    (struct span){value.data, value.size});
	free(value.data);
	engine_loaded(engine);
	step(engine, INPUT_CAUGHT_UP, "");
	engine_status(engine, &status);
	assert_int_equal(status.watched, taken);
	assert_int_equal(status.alerts, taken);
	now.wall_ns += 30 * STAMP_DAY;
	now.mono_ns += 30 * STAMP_DAY;
	step(engine, INPUT_TICK, "");
	engine_free(engine);
	return taken;
}

#define REFUSED(parts, rest, place, content) \
	do { \
		struct parts changed = parts; \
		changed.place = (content); \
		if (is_taken(&changed, rest)) \
			fail_msg("taken: %s = %s", #place, #content); \
	} while (0)
#define REFUSED_TRUTH(parts, rest, place) \
	do { \
		struct parts changed = parts; \
		*(unsigned char *)&changed.place = 2; \
		if (is_taken(&changed, rest)) \
			fail_msg("taken: %s = 2", #place); \
	} while (0)

static void test_a_device_with_a_value_that_is_none_is_left_out(void **state)
{
	struct parts parts;
	struct span rest = take_apart(&parts);

	assert_true(is_taken(&parts, rest));
	REFUSED(parts, rest, device.protocol, PROTOCOL_COUNT);
	REFUSED(parts, rest, device.authentication, AUTHENTICATION_COUNT);
	REFUSED(parts, rest, device.heard_ns, INT64_MAX);
	REFUSED(parts, rest, device.renewed, 1);
	REFUSED(parts, rest, told[1].verdict, VERDICT_COUNT);
	REFUSED(parts, rest, told[0].opened_ns, INT64_MAX);
	REFUSED_TRUTH(parts, rest, told[0].pending);
	REFUSED(parts, rest, mentions, UINT32_MAX);
	REFUSED(parts, rest, mention.scope, SCOPE_COUNT);
	REFUSED(parts, rest, mention.opened_ns, INT64_MAX);
	REFUSED_TRUTH(parts, rest, announced);
	REFUSED(parts, rest, events, 2);
	REFUSED(parts, rest, event.signal, SIGNAL_NONE);
	REFUSED(parts, rest, event.signal, SIGNAL_COUNT);
	REFUSED(parts, rest, event.protocol, PROTOCOL_COUNT);
	REFUSED(parts, rest, event.operation, OPERATION_COUNT);
	REFUSED(parts, rest, event.authentication, AUTHENTICATION_COUNT);
	REFUSED(parts, rest, event.time_ns, STAMP_NONE);
	REFUSED(parts, rest, event.time_ns, INT64_MAX);
}

static void test_so_is_one_with_a_life_that_is_none(void **state)
{
	struct parts parts;
	struct span rest = take_apart(&parts);

	parts.parts |= BASE;
	assert_true(is_taken(&parts, rest));
	REFUSED(parts, rest, base.loops.count, RECENT_MAX + 1);
	REFUSED(parts, rest, base.denied.count, UINT32_MAX);
	REFUSED(parts, rest, base.renewals, ((struct recent){{STAMP_NONE}, 1}));
	REFUSED(parts, rest, base.standing, STANDING_COUNT);
	REFUSED(parts, rest, base.protocol, PROTOCOL_COUNT);
	REFUSED(parts, rest, base.authentication, AUTHENTICATION_COUNT);
	REFUSED(parts, rest, base.signal_ns, INT64_MAX);
	REFUSED(parts, rest, base.expelled_ns, STAMP_DAY); /* without its last echo */
	REFUSED(parts, rest, base.rhythm.cadence_ns, INT64_MIN);
	REFUSED_TRUTH(parts, rest, base.live);
	REFUSED_TRUTH(parts, rest, base.churn_told);
	REFUSED(parts, rest, base.churn_told, true); /* without a renewal */
	REFUSED(parts, rest, base.episodes[1].scope, SCOPE_COUNT);
	REFUSED(parts, rest, base.episodes[1].open, true); /* which says that it is of scope 0 */
	REFUSED(parts, rest, base.episodes[0].verdict, VERDICT_COUNT);
	REFUSED(parts, rest, base.episodes[0].leaning, VERDICT_COUNT);
	REFUSED(parts, rest, base.episodes[0].ending, ENDING_COUNT);
	REFUSED(parts, rest, base.episodes[0].protocol, PROTOCOL_COUNT);
	REFUSED(parts, rest, base.episodes[0].reached, 1u << VERDICT_COUNT);
	REFUSED(parts, rest, base.episodes[0].deadline_ns, INT64_MAX - 1);
	REFUSED(parts, rest, base.episodes[2].anchor_ns, INT64_MAX);
	REFUSED_TRUTH(parts, rest, base.episodes[2].overdue);
}

static void test_and_one_that_goes_on_behind_its_end_or_comes_twice(void **state)
{
	const struct row *row = row_of(ROW_DEVICE);
	struct span key = {row->key, row->key_size}, value = {row->value, row->value_size};
	struct engine *engine = begin();
	char more[ROW_BYTES + 1] = {0};
	struct engine_status status;

	memcpy(more, value.data, value.size);
	assert_true(engine_load(engine, ROW_DEVICE, key, value));
	assert_false(engine_load(engine, ROW_DEVICE, key, value));
	engine_status(engine, &status);
	assert_int_equal(status.alerts, 1);
	engine_free(engine);
	engine = begin();
	assert_false(engine_load(engine, ROW_DEVICE, key, (struct span){more, value.size + 1}));
	engine_free(engine);
}

/* It is stored again under a key that has room for what records can name. */
static void test_one_of_a_hub_that_no_record_can_name_is_left_out(void **state)
{
	const struct row *row = row_of(ROW_DEVICE);
	struct engine *engine = begin();
	char key[2000];

	memset(key, 'h', sizeof key);
	memcpy(key + sizeof key - row->key_size, row->key, row->key_size);
	assert_false(engine_load(engine, ROW_DEVICE, (struct span){key, sizeof key},
				 (struct span){row->value, row->value_size}));
	engine_save_again(engine);
	row_count = 0;
	assert_true(engine_save(engine, put, NULL));
	engine_free(engine);
}

static bool takes(struct engine *engine, enum row_kind kind, struct span key, const void *value, size_t size)
{
	return engine_load(engine, kind, key, (struct span){value, size});
}

static void test_fleets_hubs_and_sources_are_looked_at_as_well(void **state)
{
	struct engine *engine = begin();
	struct {
		struct fleet fleet;
		uint32_t hub_size;
		char hub[4];
	} fleet = {{.verdict = VERDICT_AUTH_FAILURE, .raised = true, .id = "0123456789abcdef"}, 4, "hub"}, odd = fleet;
	struct trouble troubles[] = {{STAMP_DAY, 2 * STAMP_DAY}, {0, 0}}, longest = {0, INT64_MAX};
	const size_t size = offsetof(__typeof__(fleet), hub) + sizeof fleet.hub;
	struct span key = SPAN("\0\0\0\1"), none = SPAN("\0\0\0\0"), hub = span_of("hub");
	const struct row *source = row_of(ROW_SOURCE), *last = row_of(ROW_ENGINE);
	char value[ROW_BYTES];

	odd.fleet.verdict = VERDICT_COUNT;
	assert_false(takes(engine, ROW_FLEET, key, &odd, size));
	odd = fleet;
	odd.fleet.id[16] = 'x';
	assert_false(takes(engine, ROW_FLEET, key, &odd, size));
	odd = fleet;
	odd.fleet.last_ns = INT64_MAX;
	assert_false(takes(engine, ROW_FLEET, key, &odd, size));
	assert_true(takes(engine, ROW_FLEET, key, &fleet, size));
	assert_false(takes(engine, ROW_FLEET, key, &fleet, size));
	assert_true(takes(engine, ROW_HUB, hub, troubles, sizeof *troubles));
	assert_false(takes(engine, ROW_HUB, hub, troubles, sizeof troubles));
	assert_false(takes(engine, ROW_HUB, span_of("other"), &longest, sizeof longest));
	memcpy(value, source->value, source->value_size);
	assert_true(takes(engine, ROW_SOURCE, key, value, source->value_size));
	assert_false(takes(engine, ROW_SOURCE, none, value, source->value_size));
	memset(value + sizeof(uint32_t) + sizeof "log", 0x7F, sizeof(int64_t));
	assert_false(takes(engine, ROW_SOURCE, key, value, source->value_size));
	memset(value, 0x7F, sizeof value);
	assert_false(takes(engine, ROW_ENGINE, span_of("engine"), value, last->value_size));
	assert_false(takes(engine, ROW_REASON, none, "\2\0\0\0x", 6));
	engine_loaded(engine);
	step(engine, INPUT_CAUGHT_UP, ""); /* a fleet without members is no more */
	assert_null(engine->fleets);
	engine_free(engine);
}

/* Whatever byte is another: a checker sees what it should not do. */
static void test_no_byte_of_a_row_does_harm(void **state)
{
	for (size_t i = 0; i < row_count; i++)
		for (size_t at = 0; at < rows[i].value_size; at++)
			for (int bit = 0; bit < 8; bit += 7) {
				struct engine *engine = begin();

				rows[i].value[at] ^= (char)(1 << bit);
				for (int kind = 0; kind < ROW_COUNT; kind++)
					for (size_t j = 0; j < row_count; j++)
						if ((int)rows[j].kind == kind)
							engine_load(engine, rows[j].kind,
								    (struct span){rows[j].key, rows[j].key_size},
								    (struct span){rows[j].value, rows[j].value_size});
				rows[i].value[at] ^= (char)(1 << bit);
				engine_loaded(engine);
				step(engine, INPUT_CAUGHT_UP, "");
				step(engine, INPUT_BYTES, RECORD);
				now.wall_ns += STAMP_DAY;
				now.mono_ns += STAMP_DAY;
				step(engine, INPUT_TICK, "");
				engine_free(engine);
			}
}

static void test_a_notice_with_a_value_that_is_none_is_left_out(void **state)
{
	struct notice notice = {.kind = NOTICE_ALERT, .verdict = VERDICT_AUTH_FAILURE, .severity = 3, .alert_severity = 3,
				.hub = "plant", .device = span_of("pump-1"), .first_ns = 0, .last_ns = 0},
		      taken;
	struct notice *stored = malloc(sizeof *stored);
	struct packed packed = {0};
	const char *bytes;
	size_t size;

	notice_pack(&notice, &packed);
	bytes = packed.data;
	size = packed.size;
	assert_true(size > sizeof notice && stored && notice_unpack((struct span){bytes, size}, rules, &taken));
#define REFUSED_NOTICE(change) \
	memcpy(stored, bytes, sizeof *stored); \
	change; \
	{ \
		char odd[ROW_BYTES]; \
		memcpy(odd, bytes, size); \
		memcpy(odd, stored, sizeof *stored); \
		if (notice_unpack((struct span){odd, size}, rules, &taken)) \
			fail_msg("taken: %s", #change); \
	}
	REFUSED_NOTICE(stored->kind = NOTICE_COUNT)
	REFUSED_NOTICE(stored->verdict = VERDICT_COUNT)
	REFUSED_NOTICE(stored->state = STATE_COUNT)
	REFUSED_NOTICE(stored->severity = 8)
	REFUSED_NOTICE(stored->alert_severity = -1)
	REFUSED_NOTICE(memset(stored->id, 'x', sizeof stored->id))
	REFUSED_NOTICE(memset(stored->message, 'x', sizeof stored->message))
	REFUSED_NOTICE(memset(stored->captures, 'x', sizeof stored->captures))
	REFUSED_NOTICE(memset(stored->sentence, 'x', sizeof stored->sentence))
	free(stored);
	free(packed.data);
}

/* A rule file may give a reason's id of any length. */
static void test_a_notice_is_kept_however_long_its_texts_are(void **state)
{
	char *reason = calloc(1, 100001);
	struct notice notice = {.kind = NOTICE_ALERT, .verdict = VERDICT_AUTH_FAILURE, .reason = reason}, taken;
	struct packed packed = {0};

	assert_non_null(reason);
	memset(reason, 'r', 100000);
	notice_pack(&notice, &packed);
	assert_false(packed.failed);
	assert_true(notice_unpack((struct span){packed.data, packed.size}, rules, &taken));
	assert_string_equal(taken.reason, reason);
	free(packed.data);
	free(reason);
}

static void put_hub(void *owner, enum row_kind kind, struct span key, struct span value)
{
	(void)key;
	if (kind == ROW_HUB)
		*(size_t *)owner = value.size;
}

/* It is stored with every commit. */
static void test_a_hub_that_is_in_trouble_for_years_does_not_grow(void **state)
{
	struct engine *engine = begin();
	size_t bytes = 0;

	step(engine, INPUT_CAUGHT_UP, "");
	for (int i = 0; i < 5000; i++) {
		char text[512], stamp[STAMP_TEXT];

		now.wall_ns += 3600 * STAMP_SECOND;
		snprintf(text, sizeof text,
			 "{\"time\":\"%s\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\",\"operationName\":"
			 "\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\",\"resultType\":\"500001\","
			 "\"properties\":{\"deviceId\":\"pump-1\"}}\n", stamp_format(now.wall_ns, stamp));
		step(engine, INPUT_BYTES, text);
	}
	engine_save(engine, put_hub, &bytes);
	assert_in_range(bytes, 100 * sizeof(struct trouble), 1025 * sizeof(struct trouble));
	engine_free(engine);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_row_brings_its_alert_back),
		cmocka_unit_test(test_of_half_a_row_nothing_is_watched),
		cmocka_unit_test(test_a_device_with_a_value_that_is_none_is_left_out),
		cmocka_unit_test(test_so_is_one_with_a_life_that_is_none),
		cmocka_unit_test(test_and_one_that_goes_on_behind_its_end_or_comes_twice),
		cmocka_unit_test(test_fleets_hubs_and_sources_are_looked_at_as_well),
		cmocka_unit_test(test_no_byte_of_a_row_does_harm),
		cmocka_unit_test(test_a_notice_with_a_value_that_is_none_is_left_out),
		cmocka_unit_test(test_a_notice_is_kept_however_long_its_texts_are),
		cmocka_unit_test(test_one_of_a_hub_that_no_record_can_name_is_left_out),
		cmocka_unit_test(test_a_hub_that_is_in_trouble_for_years_does_not_grow),
	};

	return (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests(tests, save, forget));
}
