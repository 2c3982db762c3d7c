/* All ways to read a record say the same: reads the lines of a corpus, most of
 * them damaged or changed at random, once as lapsed does and once by jansson
 * alone, and compares what came out.
 *
 *   mutate FILE COUNT SEED
 *
 * Prints one line of JSON; exit status 1 if there was a difference. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare.h"

enum { LINE_MAX = 16384, RECORD_MAX = 8192, EPISODE = 64, LIFETIME = 512, SHOWN = 10 };

static const char *const bits[] = {
	"\"", "\\", "\\\\", "\\\"", "\\\\\\\"", "{", "}", "[", "]", ",", ":", " ", "\t", "\n", "\r", "\x01", "\x7f", "\xc3\xa9",
	"\xff", "\\u00e9", "\\\\u00e9", "\\\\\\\\u00e9", "\\u0000", "\\\\u0000", "\\ud83d\\ude00", "\\\\ud800", "\\n", "\\\\n",
	"\\/", "\\\\/", "\\u0022", "\\\\u0022", "null", "true", "false", "0", "7", "-1", "1.5", "1e5", "01", "123456789012345678",
	"\"a\":1,", "\\\"a\\\":1,", "\"category\":\"Connections\",", "\\\"deviceId\\\":\\\"x\\\",", "\"level\":\"Error\",",
	"\"properties\":\"\",", "\"properties\":null,", "\"resultType\":401003,", "\"time\":\"2026-11-22T00:00:00Z\",",
	"\"records\":[", "\"rows\":[", "\"properties_s\":\"{}\",", "\\\"authType\\\":\\\"sas\\\",", "\\\"authenticationType\\\":null,",
	"\\\"maskedIpAddresss\\\":\\\"1.2.3.XXX\\\",", "{}", "[{},1,\"\\\"\"]", "None", "\"\"", "\\\"\\\"",
};

static uint64_t state;

static size_t below(size_t limit)
{
	state ^= state << 13, state ^= state >> 7, state ^= state << 17;
	return limit ? (size_t)(state >> 11) % limit : 0;
}

/* --- the corpus --------------------------------------------------------- */

static struct span *lines;
static size_t line_count;

static bool load(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL, *line_end;
	size_t size = 0, capacity = 0;

	if (!file)
		return false;
	for (;;) {
		if (capacity - size < 1 << 16)
			text = realloc(text, capacity = capacity * 2 + (1 << 17));
		size_t n = fread(text + size, 1, capacity - size, file);

		if (n == 0)
			break;
		size += n;
	}
	fclose(file);
	for (char *at = text; (line_end = memchr(at, '\n', (size_t)(text + size - at))); at = line_end + 1) {
		if (line_count % 1024 == 0)
			lines = realloc(lines, (line_count + 1024) * sizeof *lines);
		lines[line_count++] = (struct span){at, (size_t)(line_end - at)};
	}
	return line_count > 0;
}

/* --- mutation ----------------------------------------------------------- */

static size_t replace(char *line, size_t size, size_t at, size_t remove, const char *with, size_t length)
{
	if (size - remove + length > LINE_MAX)
		return size;
	memmove(line + at + length, line + at + remove, size - at - remove);
	memcpy(line + at, with, length);
	return size - remove + length;
}

/* Mostly where something is: at a quote, a comma, a bracket. */
static size_t place(const char *line, size_t size)
{
	size_t at = below(size + 1);

	if (below(3) == 0)
		return at;
	while (at < size && !strchr("\"\\{}[],:", line[at]))
		at++;
	return at;
}

/* Such as leaves it valid more often than not. */
static size_t change(char *line, size_t size)
{
	static const char *const words[] = {"a", "Z", "x509", "sas", "Mqtt", " ", "  ", "401003", "9", "é", "\\u00e9", "\\\\u00e9",
					    "\\\\\\\\n", "\\\\n", "\\n", "\\/", "\\\\\\\"", "sig=abc", "PROVIDERS/"};
	const char *word = words[below(sizeof words / sizeof *words)];
	size_t at = below(size + 1), count = below(3);

	switch (below(3)) {
	case 0: /* in a word */
		while (at < size && !((line[at] | 0x20) >= 'a' && (line[at] | 0x20) <= 'z'))
			at++;
		count = count < size - at ? count : size - at;
		return replace(line, size, at, count, word, strlen(word));
	case 1: /* in a number */
		while (at < size && !(line[at] >= '0' && line[at] <= '9'))
			at++;
		if (at < size)
			line[at] = (char)('0' + below(10));
		return size;
	default: /* between the parts */
		while (at < size && !strchr(",:{}", line[at]))
			at++;
		return replace(line, size, at < size ? at + 1 : at, 0, "  ", 1 + below(2));
	}
}

static size_t mutate(char *line, size_t size)
{
	const char *bit = bits[below(sizeof bits / sizeof *bits)];
	size_t at = place(line, size), left = size - at, count = 1 + below(below(4) ? 4 : 200);
	char copy[LINE_MAX];

	if (count > left)
		count = left;
	switch (below(6)) {
	case 0:
		return replace(line, size, at, 0, bit, strlen(bit));
	case 1:
		return replace(line, size, at, count, bit, strlen(bit));
	case 2:
		return replace(line, size, at, count, "", 0);
	case 3:
		if (left > 0)
			line[at] = (char)(below(2) ? line[at] ^ (1 << below(8)) : (char)below(256));
		return size;
	case 4: /* what stands here stands elsewhere too: a key twice */
		memcpy(copy, line + at, count);
		return replace(line, size, place(line, size), 0, copy, count);
	default: { /* the head of one and the tail of another */
		struct span other = lines[below(line_count)];
		size_t from = place(other.data, other.size);

		return replace(line, size, at, left, other.data + from, other.size - from);
	}
	}
}

/* --- reading ------------------------------------------------------------ */

/* Shapes are looked for as long as they are found: what is about to be damaged
 * is known, and found more often than the damaged is not. */
static void teach(struct decoder *decoder, struct span line)
{
	enum { TIMES = 4 };
	struct record record;
	enum malformed why;
	size_t size;

	for (int i = 0; i < TIMES; i++)
		if (decoder_glance(decoder, line, &size, &record, &why) == DECODED_UNSEEN)
			return;
}

/* end: of the log, too; out of whatever was opened. */
static bool agree(struct reader *lapsed, struct reader *jansson, struct span bytes, bool end, uint64_t *ret_records)
{
	const char *what = readers_differ(lapsed, jansson, bytes, bytes.size, end, ret_records);

	if (what)
		fprintf(stderr, "%s differs: %.*s\n", what, (int)bytes.size, bytes.data);
	return !what;
}

/* Its splitter too: a decoder belongs to one, and keeps the columns of its table. */
static void renew(struct reader *reader, struct decoder *decoder)
{
	uint64_t fast = reader->fast, shaped = reader->shaped;

	decoder_free(reader->decoder);
	reader_free(reader);
	*reader = reader_new(decoder, RECORD_MAX);
	reader->fast = fast;
	reader->shaped = shaped;
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX + 1];
	uint64_t count, records = 0, different = 0;
	struct reader lapsed = reader_new(decoder_new(), RECORD_MAX), jansson = reader_new(NULL, RECORD_MAX);

	if (argc != 4 || !load(argv[1])) {
		fprintf(stderr, "usage: mutate FILE COUNT SEED, with lines in the file\n");
		return 2;
	}
	count = strtoull(argv[2], NULL, 10);
	state = strtoull(argv[3], NULL, 10) * 2 + 1;
	decoder_prepare(state);
	for (uint64_t i = 0; i < count && different < SHOWN; i++) {
		struct span from = lines[below(line_count)];
		size_t size = from.size < LINE_MAX ? from.size : LINE_MAX;
		bool tame = below(3) > 0, alike;

		teach(lapsed.decoder, from);
		memcpy(line, from.data, size);
		/* Some stay as they are. */
		for (size_t times = below(8) ? 1 + below(3) : 0; times > 0; times--)
			size = tame ? change(line, size) : mutate(line, size);
		line[size++] = '\n';
		alike = agree(&lapsed, &jansson, (struct span){line, size}, i % EPISODE == EPISODE - 1, &records);
		different += !alike;
		if (!alike || i % LIFETIME == LIFETIME - 1) { /* by now it expects anything anywhere */
			renew(&lapsed, decoder_new());
			renew(&jansson, NULL);
		}
	}
	printf("{\"lines\": %" PRIu64 ", \"records\": %" PRIu64 ", \"by_the_fast_way\": %" PRIu64 ", \"by_shape\": %" PRIu64
	       ", \"different\": %" PRIu64 "}\n",
	       count, records, lapsed.fast, lapsed.shaped, different);
	decoder_free(lapsed.decoder);
	reader_free(&lapsed);
	reader_free(&jansson);
	return different > 0;
}
