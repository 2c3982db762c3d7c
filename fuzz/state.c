/* Any bytes as what the state holds: nothing crashes, what is left out is left
 * out whole, and the engine goes on. The rows are those of an engine with
 * alerts, a fleet and a long dossier; each four bytes of the input change one
 * byte of them. */
#include "../daemon/core/basic/packed.h"
#include "../daemon/core/engine_parts.h"
#include "../daemon/core/snapshot.h"
#include "fuzz.h"

enum { ROWS_MAX = 100, DEVICES = 6 };

static struct plan plan;
static struct row {
	enum row_kind kind;
	struct packed key, value;
} rows[ROWS_MAX];
static size_t row_count;
static const struct moment begun = {INT64_C(1772445600) * STAMP_SECOND, 0}; /* 2026-03-02T10:00:00Z */

static struct engine *begin(void)
{
	struct engine *engine =
		engine_new(plan.rules, &plan.config.settings, &plan.config.mute, &plan.config.x509, 7, begun);

	fuzz_expect(engine && engine_source(engine, "fuzz", 0) && engine_stream(engine, 0));
	return engine;
}

static void step(struct engine *engine, enum input_type type, const char *text, int64_t later_ns)
{
	struct moment now = {begun.wall_ns + later_ns, begun.mono_ns + later_ns};
	struct output output;

	engine_step(engine, &(struct input){.type = type, .now = now, .bytes = span_of(text)}, &output);
}

static void refuse(struct engine *engine, int device, int second)
{
	char text[400];

	snprintf(text, sizeof text,
		 "{\"time\":\"2026-03-02T10:%02d:%02dZ\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\","
		 "\"operationName\":\"deviceConnect\",\"category\":\"Connections\",\"level\":\"Error\","
		 "\"resultType\":\"401003\",\"properties\":{\"deviceId\":\"pump-%d\",\"errorMessage\":"
		 "\"Authorization header missing\"}}\n", second / 60, second % 60, device);
	step(engine, INPUT_BYTES, text, (second + 1) * STAMP_SECOND);
}

static void put(void *owner, enum row_kind kind, struct span key, struct span value)
{
	struct row *row = &rows[row_count++];

	(void)owner;
	fuzz_expect(row_count <= ROWS_MAX);
	row->kind = kind;
	packed_put(&row->key, key.data, key.size);
	packed_put(&row->value, value.data, value.size);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct engine *engine;

	(void)argc, (void)argv;
	fuzz_plan(&plan);
	plan.config.settings.value[SETTING_EVENTS_MAX] = 16; /* so that one has a base */
	engine = begin();
	step(engine, INPUT_CAUGHT_UP, "", 0);
	for (int device = 0; device < DEVICES; device++)
		refuse(engine, device, device);
	for (int second = DEVICES; second < 600; second += 10)
		refuse(engine, 0, second);
	engine_save(engine, put, NULL);
	engine_free(engine);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct engine *engine = begin();
	char *changed[ROWS_MAX];

	for (size_t i = 0; i < row_count; i++) {
		changed[i] = malloc(rows[i].value.size + 1);
		memcpy(changed[i], rows[i].value.data, rows[i].value.size);
	}
	for (size_t i = 0; i + 4 <= size; i += 4) {
		const struct row *row = &rows[data[i] % row_count];

		changed[row - rows][((size_t)data[i + 1] << 8 | data[i + 2]) % row->value.size] ^= (char)data[i + 3];
	}
	for (int kind = 0; kind < ROW_COUNT; kind++)
		for (size_t i = 0; i < row_count; i++)
			if ((int)rows[i].kind == kind)
				engine_load(engine, rows[i].kind, (struct span){rows[i].key.data, rows[i].key.size},
					    (struct span){changed[i], rows[i].value.size});
	engine_loaded(engine);
	for (size_t i = 0; i < row_count; i++)
		free(changed[i]);
	step(engine, INPUT_CAUGHT_UP, "", 700 * STAMP_SECOND);
	for (int device = 0; device < DEVICES; device++)
		refuse(engine, device, 700 + device);
	step(engine, INPUT_TICK, "", STAMP_DAY);
	step(engine, INPUT_TICK, "", 400 * STAMP_DAY);
	engine_free(engine);
	return 0;
}
