/* What does it cost to decode a log? Every record of it, held in memory, is
 * decoded by each of the methods in turn, again and again; the least CPU time
 * of each is printed, as JSON. Every method hands over the same fields of
 * every record, and a checksum over all of them has to come out the same:
 * where it does not, the times mean nothing, and the program fails.
 *
 *     decode ROUNDS FILE METHOD...
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../daemon/core/decode/decoder.h"
#include "../daemon/core/decode/splitter.h"
#include "../daemon/core/rules/terms.h"

enum {
	READ_BYTES = 256 << 10,  /* what the programs hand to the splitter at a time */
	RECORD_MAX = 1 << 20,    /* bytes */
	METHODS_MAX = 8,
};

static const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);

/* What every method finds in a record. */
struct found {
	int64_t time_ns;
	struct span category, operation, device, address;
	uint32_t code;
	enum protocol protocol;
	enum authentication authentication;
};

struct tally {
	uint64_t checksum;
	size_t records;
	uint64_t *each; /* the sum of every record, or NULL */
};

/* --- what is compared --------------------------------------------------- */

static uint64_t turned(uint64_t word, unsigned by)
{
	return word << by | word >> (64 - by);
}

/* All bytes count, some twice; cheap, so that it is little beside the fastest
 * method: nothing waits for a product. */
static uint64_t sum_of_text(struct span text)
{
	uint64_t sum = text.size, word = 0;

	if (text.size < sizeof word) {
		if (text.size > 0)
			memcpy(&word, text.data, text.size);
		return sum << 56 ^ word;
	}
	for (size_t at = 0; at + sizeof word < text.size; at += sizeof word) {
		memcpy(&word, text.data + at, sizeof word);
		sum = turned(sum, 23) + word;
	}
	memcpy(&word, text.data + text.size - sizeof word, sizeof word);
	return turned(sum, 23) + word;
}

static void add(struct tally *tally, uint64_t sum)
{
	tally->checksum = tally->checksum * odd + sum;
	if (tally->each)
		tally->each[tally->records] = sum;
	tally->records++;
}

static void add_record(struct tally *tally, const struct found *found)
{
	uint64_t numbers = (uint64_t)found->time_ns ^ (uint64_t)found->code << 32 ^ (uint64_t)found->protocol << 4 ^
			   (uint64_t)found->authentication;

	add(tally, numbers ^ turned(sum_of_text(found->category), 9) ^ turned(sum_of_text(found->operation), 21) ^
			   turned(sum_of_text(found->device), 33) ^ turned(sum_of_text(found->address), 45));
}

static void add_malformed(struct tally *tally)
{
	add(tally, 1);
}

/* --- jansson: the plain loop that anyone would write --------------------- */

static struct span text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return (struct span){json_string_value(value), json_string_length(value)};
}

/* A member that is a text that holds a document. NULL if it is null or missing. */
static json_t *load_member(const json_t *object, const char *key)
{
	struct span text = text_of(object, key);

	return text.data ? json_loadb(text.data, text.size, 0, NULL) : NULL;
}

static void decode_line(struct span line, struct tally *tally)
{
	json_t *outer = json_loadb(line.data, line.size, 0, NULL), *inner = load_member(outer, "properties");
	json_t *authentication = load_member(inner, "authType");
	struct span code = text_of(outer, "resultType");
	struct found found = {
		.category = text_of(outer, "category"),
		.operation = text_of(outer, "operationName"),
		.code = code.size > 0 ? (uint32_t)strtoul(code.data, NULL, 10) : 0,
		.device = text_of(inner, "deviceId"),
		.address = text_of(inner, "maskedIpAddress"),
		.protocol = protocol_of(text_of(inner, "protocol")),
	};

	if (!authentication)
		authentication = load_member(inner, "authenticationType");
	found.authentication = authentication_of(text_of(authentication, "type"));
	if (inner && stamp_parse(text_of(outer, "time"), &found.time_ns))
		add_record(tally, &found);
	else
		add_malformed(tally);
	json_decref(authentication);
	json_decref(inner);
	json_decref(outer);
}

static void pass_jansson(struct span log, struct tally *tally)
{
	const char *line = log.data, *end = log.data + log.size, *newline;

	json_set_alloc_funcs(malloc, free); /* as it comes: without our bound on a record's memory */
	for (; line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline)
			newline = end;
		decode_line((struct span){line, (size_t)(newline - line)}, tally);
	}
}

/* --- lapsed: splitter and decoder, as the intake uses them --------------- */

static void add_decoded(struct tally *tally, enum decoded decoded, const struct record *record)
{
	if (decoded == DECODED_RECORD)
		add_record(tally, &(struct found){
					  .time_ns = record->time_ns,
					  .category = record->category,
					  .operation = record->operation,
					  .code = record->code,
					  .device = record->device,
					  .address = record->address,
					  .protocol = record->protocol,
					  .authentication = record->authentication,
				  });
	else
		add_malformed(tally);
}

/* Returns false if more bytes are wanted. */
static bool decode_next(struct splitter *splitter, struct decoder *decoder, struct tally *tally)
{
	enum decoded decoded = DECODED_UNSEEN;
	struct document document;
	struct record record;
	enum malformed why;
	struct span text;
	uint64_t line;
	size_t size;

	if (splitter_peek(splitter, &text, &line))
		decoded = decoder_glance(decoder, text, &size, &record, &why);
	if (decoded != DECODED_UNSEEN) {
		splitter_pass(splitter, size);
	} else {
		enum split split = splitter_next(splitter, &document, &why);

		if (split == SPLIT_MORE)
			return false;
		decoded = split == SPLIT_DOCUMENT ? decoder_read(decoder, &document, &record, &why) : DECODED_MALFORMED;
	}
	add_decoded(tally, decoded, &record);
	return true;
}

static void decode_bytes(struct splitter *splitter, struct decoder *decoder, struct span bytes, struct tally *tally)
{
	splitter_feed(splitter, bytes);
	while (decode_next(splitter, decoder, tally))
		;
}

static void decode_log(struct decoder *decoder, struct span log, struct tally *tally)
{
	struct splitter *splitter = splitter_new(RECORD_MAX);

	for (; log.size > READ_BYTES; log.data += READ_BYTES, log.size -= READ_BYTES)
		decode_bytes(splitter, decoder, (struct span){log.data, READ_BYTES}, tally);
	decode_bytes(splitter, decoder, log, tally);
	splitter_end(splitter);
	while (decode_next(splitter, decoder, tally))
		;
	splitter_free(splitter);
}

static void pass_lapsed(struct span log, struct tally *tally)
{
	struct decoder *decoder;

	decoder_prepare(1);
	decoder = decoder_new();
	decode_log(decoder, log, tally);
	decoder_free(decoder);
}

/* The decoder without what it remembers of earlier records. */
static void pass_scanner(struct span log, struct tally *tally)
{
	struct decoder *decoder;

	decoder_prepare(1);
	decoder = decoder_new();
	decoder_forgo_shapes(decoder);
	decode_log(decoder, log, tally);
	decoder_free(decoder);
}

/* --- turns --------------------------------------------------------------- */

struct method {
	const char *name;
	void (*pass)(struct span log, struct tally *tally);
};

static const struct method methods[] = {
	{"jansson", pass_jansson},
	{"lapsed", pass_lapsed},
	{"scanner", pass_scanner},
};

struct result {
	const struct method *method;
	uint64_t best_ns; /* of CPU time */
	struct tally tally;
};

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void take_turn(struct result *result, struct span log)
{
	uint64_t before_ns = cpu_ns(), taken_ns;

	result->tally = (struct tally){0};
	result->method->pass(log, &result->tally);
	taken_ns = cpu_ns() - before_ns;
	if (result->best_ns == 0 || taken_ns < result->best_ns)
		result->best_ns = taken_ns;
}

/* Says which record it is that two methods do not agree about. */
static void tell_difference(const struct result *one, const struct result *other, struct span log)
{
	struct tally tally = {.each = calloc(one->tally.records + 1, sizeof(uint64_t))};
	struct tally against = {.each = calloc(other->tally.records + 1, sizeof(uint64_t))};
	size_t at = 0;

	one->method->pass(log, &tally);
	other->method->pass(log, &against);
	while (at < tally.records && at < against.records && tally.each[at] == against.each[at])
		at++;
	fprintf(stderr, "%s (%zu records) and %s (%zu records) do unequal work, first at record %zu\n",
		one->method->name, tally.records, other->method->name, against.records, at + 1);
	free(tally.each);
	free(against.each);
}

static bool same_work(const struct result *results, int count, struct span log)
{
	for (int i = 1; i < count; i++)
		if (results[i].tally.checksum != results[0].tally.checksum ||
		    results[i].tally.records != results[0].tally.records) {
			tell_difference(&results[0], &results[i], log);
			return false;
		}
	return true;
}

/* Yours to free, if there is any. */
static bool read_file(const char *path, struct span *ret_log)
{
	FILE *file = fopen(path, "rb");
	char *data = NULL;
	long size = -1;

	if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0)
		data = malloc((size_t)size);
	if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) {
		fprintf(stderr, "%s: %s\n", path, errno ? strerror(errno) : "is empty");
		size = -1;
	}
	if (file)
		fclose(file);
	*ret_log = (struct span){data, (size_t)size};
	return size > 0;
}

static const struct method *method_named(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct result results[METHODS_MAX] = {0};
	int count = argc - 3, rounds = argc > 1 ? atoi(argv[1]) : 0;
	struct span log;
	bool same;

	if (count < 1 || count > METHODS_MAX || rounds < 1) {
		fprintf(stderr, "usage: decode ROUNDS FILE METHOD...\n");
		return 2;
	}
	for (int i = 0; i < count; i++) {
		results[i].method = method_named(argv[3 + i]);
		if (!results[i].method) {
			fprintf(stderr, "there is no method %s\n", argv[3 + i]);
			return 2;
		}
	}
	if (!read_file(argv[2], &log))
		return 2;
	json_object_seed(1); /* the same work in every run */
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < count; i++)
			take_turn(&results[i], log);
	same = same_work(results, count, log);
	printf("{\"records\": %zu, \"bytes\": %zu, \"cpu_ns\": {", results[0].tally.records, log.size);
	for (int i = 0; i < count; i++)
		printf("%s\"%s\": %" PRIu64, i > 0 ? ", " : "", results[i].method->name, results[i].best_ns);
	printf("}}\n");
	free((char *)log.data);
	return same ? 0 : 1;
}
