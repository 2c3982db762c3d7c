/* Any bytes as a log: read as lapsed does, they say what jansson says of them.
 * The decoder knows some records before, so that their shapes are compared
 * with; and reads everything twice, so that it knows that as well. The last
 * two bytes say how the log is cut, and what the decoder has seen. */
#include "../tests/decode/compare.h"
#include "fuzz.h"

enum { FEW = 60 }; /* more values than are few */

#define HEAD "{\"time\":\"2026-11-22T04:31:07Z\",\"resourceId\":\"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/PLANT\","
#define TAIL "\"category\":\"Connections\",\"operationName\":\"deviceConnect\","

static const char *const known[] = {
	HEAD TAIL "\"level\":\"Information\",\"properties\":\"{\\\"deviceId\\\":\\\"pump\\\",\\\"protocol\\\":\\\"Mqtt\\\","
		  "\\\"authType\\\":\\\"{\\\\\\\"scope\\\\\\\":\\\\\\\"device\\\\\\\",\\\\\\\"type\\\\\\\":\\\\\\\"sas\\\\\\\"}\\\"}\"}\n",
	HEAD TAIL "\"resultType\":\"401003\",\"properties\":\"{\\\"deviceId\\\":\\\"pump\\\",\\\"authType\\\":null,"
		  "\\\"errorMessage\\\":\\\"no\\\"}\"}\n",
	HEAD TAIL "\"resultType\":401003,\"durationMs\":17,\"properties\":{\"deviceId\":\"pump\",\"authType\":\"sas\"}}\n",
	HEAD TAIL "\"properties\":null,\"deviceId\":\"pump\",\"x\":[\"y\",5],\"z\":{}}\n",
};

/* Fields of which few values are expected, in properties and around them. */
static const char *const outer[] = {"category", "resourceId", "Resource", "operationName", "resultType", "level",
				    "resultDescription", "location", "authType"};
static const char *const inner[] = {"authType", "authenticationType", "protocol", "scope"};

enum { OUTERS = sizeof outer / sizeof *outer, INNERS = sizeof inner / sizeof *inner };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	decoder_prepare(7);
	return 0;
}

static void learn(struct decoder *decoder, const char *line)
{
	struct record record;
	enum malformed why;
	size_t size;

	decoder_glance(decoder, span_of(line), &size, &record, &why);
}

/* So many values of one field that it is held for one that has many. */
static void wear_out(struct decoder *decoder, unsigned field)
{
	char line[1024];

	for (int i = 0; i < FEW; i++) {
		if (field < OUTERS)
			snprintf(line, sizeof line, "{\"%s\":\"v%d\",\"properties\":\"{}\"}\n", outer[field], i);
		else if (field < OUTERS + INNERS)
			snprintf(line, sizeof line, HEAD TAIL "\"properties\":\"{\\\"%s\\\":\\\"v%d\\\"}\"}\n",
				 inner[field - OUTERS], i);
		else
			snprintf(line, sizeof line, HEAD TAIL "\"a%d\":1,\"properties\":%s}\n", i / 2, i % 2 ? "\"\"" : "\"{}\"");
		learn(decoder, line);
	}
}

static struct decoder *experienced(unsigned what)
{
	struct decoder *decoder = decoder_new();

	if (what % 2)
		wear_out(decoder, what / 2 % (OUTERS + INNERS + 1));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		learn(decoder, known[i]);
	return decoder;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { SHORT = 700, LONG = 1 << 18 };
	struct span bytes = {(const char *)data, size - 2};
	struct decoder *decoder;
	struct reader lapsed, jansson;
	uint64_t records = 0;

	if (size < 3)
		return 0;
	decoder = experienced(data[size - 1] / 2);
	lapsed = reader_new(decoder, data[size - 1] % 2 ? SHORT : LONG);
	jansson = reader_new(NULL, data[size - 1] % 2 ? SHORT : LONG);
	for (int i = 0; i < 2; i++) {
		size_t chunk_max = i ? bytes.size : 1 + (size_t)data[size - 2] * data[size - 2] / 16;
		bool end = data[size - 2] % 2 == 0;
		const char *differs = readers_differ(&lapsed, &jansson, bytes, chunk_max, end, &records);

		if (differs)
			fprintf(stderr, "%s differs\n", differs);
		fuzz_expect(!differs);
	}
	reader_free(&lapsed);
	reader_free(&jansson);
	decoder_free(decoder);
	return 0;
}
