#include "scanner.h"

#include <stdlib.h>

#include "quoting.h"

enum { FRAMES_MAX = 12, NAMES_MAX = 96, DIGITS_MAX = 15 };

/* What the keys of an object mean. */
enum role {
	ROLE_NONE,           /* nothing */
	ROLE_OUTER,
	ROLE_PROPERTIES,
	ROLE_AUTHENTICATION, /* authType as an object */
};

/* An object or array that is open. */
struct frame {
	bool object;
	uint8_t level, role, part;
	bool quoted;      /* it is a document in a string */
	unsigned names;   /* of this object: from here on in walk.names */
	uint64_t seen;    /* of their hashes, a bit each */
	const struct key *key; /* whose value is under way */
};

struct walk {
	struct scanner *scanner;
	const char *begin, *at, *end;
	struct frame frames[FRAMES_MAX], *frame;
	bool entered; /* the frame has no value yet */
	struct span names[NAMES_MAX]; /* keys of all objects that are open */
	unsigned name_count;
};

struct scanner *scanner_new(void)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	if (scanner)
		key_index_fill(&scanner->index);
	return scanner;
}

void scanner_free(struct scanner *take_scanner)
{
	free(take_scanner);
}

bool scanner_decode(struct scanner *scanner, struct span raw, unsigned level, bool escaped, struct value *ret)
{
	*ret = (struct value){.kind = VALUE_STRING, .text = raw.data, .size = (uint32_t)raw.size};
	if (!escaped)
		return true;
	if (raw.size > sizeof scanner->scratch - scanner->scratch_size)
		return false;
	ret->text = scanner->scratch + scanner->scratch_size;
	ret->size = (uint32_t)quoting_decode(raw.data, raw.data + raw.size, level, scanner->scratch + scanner->scratch_size);
	scanner->scratch_size += ret->size;
	return true;
}

/* Within a document in a string, any blank but ' ' would be an escape. */
static void skip_blanks(struct walk *walk)
{
	while (walk->at < walk->end &&
	       (*walk->at == ' ' || (walk->frame->level == 0 && (*walk->at == '\t' || *walk->at == '\r'))))
		walk->at++;
}

static bool skip(struct walk *walk, char c)
{
	skip_blanks(walk);
	if (walk->at == walk->end || *walk->at != c)
		return false;
	walk->at++;
	return true;
}

static bool push(struct walk *walk, bool object, enum role role, enum part part, bool quoted)
{
	struct frame *frame = walk->frame + 1;

	if (frame == walk->frames + FRAMES_MAX)
		return false;
	*frame = (struct frame){
		.object = object,
		.level = (uint8_t)(walk->frame->level + quoted),
		.role = role,
		.part = part,
		.quoted = quoted,
		.names = walk->name_count,
	};
	walk->frame = frame;
	walk->entered = true;
	walk->at++;
	return true;
}

static bool is_repeated(struct walk *walk, struct span name)
{
	struct frame *frame = walk->frame;
	uint64_t bit = UINT64_C(1) << ((name.size * 7 + (size_t)name.data[0] + (size_t)name.data[name.size - 1] * 5) % 64);

	if (frame->seen & bit)
		for (unsigned i = frame->names; i < walk->name_count; i++)
			if (span_equal(walk->names[i], name))
				return true;
	frame->seen |= bit;
	return false;
}

/* Whether a field is one where it stands. */
static bool belongs(enum field field, enum role role)
{
	if (field == FIELD_FAMILIAR)
		return true;
	if (role == ROLE_AUTHENTICATION)
		return field == FIELD_TYPE;
	return field != FIELD_TYPE && (field != FIELD_PROPERTIES || role == ROLE_OUTER);
}

/* "name": up to the value. */
static bool read_key(struct walk *walk)
{
	struct frame *frame = walk->frame;
	struct span name;

	if (!quote_is_at(walk->at, walk->end, frame->level))
		return false;
	name.data = walk->at += quote_escapes(frame->level) + 1;
	walk->at = vector_plain(walk->at, walk->end);
	name.size = (size_t)(walk->at - name.data);
	if (name.size == 0 || walk->name_count == NAMES_MAX || !quote_is_at(walk->at, walk->end, frame->level) ||
	    is_repeated(walk, name))
		return false;
	walk->names[walk->name_count++] = name;
	walk->at += quote_escapes(frame->level) + 1;
	frame->key = frame->role == ROLE_NONE ? NULL : key_find(&walk->scanner->index, name);
	if (frame->key && !belongs(frame->key->field, frame->role))
		frame->key = NULL;
	if (!skip(walk, ':'))
		return false;
	skip_blanks(walk);
	return walk->at < walk->end;
}

static enum field field_at(const struct walk *walk)
{
	return walk->frame->key ? walk->frame->key->field : FIELD_NONE;
}

static void keep(struct walk *walk, struct value value)
{
	const struct frame *frame = walk->frame;

	if (!frame->key || frame->key->field == FIELD_FAMILIAR)
		return;
	/* A "type" is the value of the authType around it. */
	fields_set(&walk->scanner->fields, frame->part,
		   frame->key->field == FIELD_TYPE ? frame[-1].key : frame->key, value);
}

static void note_token(struct walk *walk, const char *start, const char *end, enum value_kind kind, bool escaped)
{
	const struct frame *frame = walk->frame;
	struct scanner *scanner = walk->scanner;

	if (scanner->token_count < TOKENS_MAX)
		scanner->tokens[scanner->token_count] = (struct token){
			(uint32_t)(start - walk->begin), (uint32_t)(end - walk->begin), (uint8_t)kind, frame->level,
			frame->part, escaped,
			frame->key && frame->key->field == FIELD_TYPE ? frame[-1].key : frame->key};
	scanner->token_count += scanner->token_count <= TOKENS_MAX;
}

enum content { PLAIN_VALUE, DOCUMENT, UNUSUAL };

/* Whether what is in the string is a document that counts. */
static enum content look_into(const struct walk *walk, const char *start)
{
	enum field field = field_at(walk);

	if (field != FIELD_PROPERTIES && field != FIELD_AUTHENTICATION)
		return PLAIN_VALUE;
	if (start < walk->end && *start == '{')
		return walk->frame->key->rank == 0 && walk->frame->level < LEVEL_MAX ? DOCUMENT : UNUSUAL;
	return PLAIN_VALUE;
}

static enum role role_of(enum field field)
{
	return field == FIELD_PROPERTIES ? ROLE_PROPERTIES : ROLE_AUTHENTICATION;
}

static bool enter(struct walk *walk, bool quoted)
{
	enum field field = field_at(walk);
	bool inner = field == FIELD_PROPERTIES;

	keep(walk, (struct value){.kind = VALUE_OTHER});
	walk->scanner->fields.has_inner |= inner;
	return push(walk, true, role_of(field), inner ? PART_INNER : walk->frame->part, quoted);
}

static bool read_string(struct walk *walk)
{
	struct frame *frame = walk->frame;
	const char *start, *end;
	bool escaped = false;
	struct value value;

	if (!quote_is_at(walk->at, walk->end, frame->level))
		return false;
	start = walk->at + quote_escapes(frame->level) + 1;
	switch (look_into(walk, start)) {
	case DOCUMENT:
		walk->at = start;
		return enter(walk, true);
	case UNUSUAL:
		return false;
	case PLAIN_VALUE:
		break;
	}
	end = vector_plain(start, walk->end);
	if (!quote_is_at(end, walk->end, frame->level) && !(end = quoting_end(end, walk->end, frame->level, &escaped)))
		return false;
	walk->at = end + quote_escapes(frame->level) + 1;
	note_token(walk, start, end, VALUE_STRING, escaped);
	if (!frame->key)
		return true;
	/* What these hold must be read as a document after all. */
	if (frame->key->field == FIELD_PROPERTIES && end > start)
		return false;
	if (frame->key->field == FIELD_AUTHENTICATION &&
	    (escaped || memchr(start, '{', (size_t)(end - start))))
		return false;
	if (!scanner_decode(walk->scanner, (struct span){start, (size_t)(end - start)}, frame->level, escaped, &value))
		return false;
	keep(walk, value);
	return true;
}

static bool read_number(struct walk *walk)
{
	const char *start = walk->at;
	int64_t number = 0;
	bool whole = true;

	while (walk->at < walk->end && walk->at - start <= DIGITS_MAX && *walk->at >= '0' && *walk->at <= '9')
		number = number * 10 + (*walk->at++ - '0');
	if (walk->at == start || walk->at - start > DIGITS_MAX || (*start == '0' && walk->at - start > 1))
		return false;
	if (walk->at < walk->end && *walk->at == '.') {
		const char *point = walk->at++;

		whole = false;
		while (walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9')
			walk->at++;
		if (walk->at == point + 1 || walk->at - start > DIGITS_MAX)
			return false;
	}
	if (walk->at == walk->end || (*walk->at | 0x20) == 'e')
		return false;
	note_token(walk, start, walk->at, whole ? VALUE_INTEGER : VALUE_OTHER, false);
	keep(walk, whole ? (struct value){.kind = VALUE_INTEGER, .number = number} : (struct value){.kind = VALUE_OTHER});
	return true;
}

static bool read_word(struct walk *walk, struct span word, enum value_kind kind)
{
	if ((size_t)(walk->end - walk->at) < word.size || memcmp(walk->at, word.data, word.size) != 0)
		return false;
	walk->at += word.size;
	keep(walk, (struct value){.kind = (uint8_t)kind});
	return true;
}

/* Arrays under these names hold records: see the splitter. */
static bool holds_records(const struct walk *walk)
{
	struct span name = walk->names[walk->name_count - 1];

	return walk->frame == walk->frames + 1 && (span_equal(name, SPAN("records")) ||
						   span_equal(name, SPAN("tables")) || span_equal(name, SPAN("rows")));
}

static bool read_value(struct walk *walk)
{
	enum field field = field_at(walk);

	switch (*walk->at) {
	case '{':
		if (field == FIELD_PROPERTIES || field == FIELD_AUTHENTICATION)
			return walk->frame->key->rank == 0 && enter(walk, false);
		keep(walk, (struct value){.kind = VALUE_OTHER});
		return push(walk, true, ROLE_NONE, walk->frame->part, false);
	case '[':
		if (holds_records(walk) || field == FIELD_PROPERTIES)
			return false;
		keep(walk, (struct value){.kind = VALUE_OTHER});
		return push(walk, false, ROLE_NONE, walk->frame->part, false);
	case 'n':
		return read_word(walk, SPAN("null"), VALUE_NULL);
	case 't':
		return read_word(walk, SPAN("true"), VALUE_OTHER);
	case 'f':
		return read_word(walk, SPAN("false"), VALUE_OTHER);
	case '"':
	case '\\':
		return read_string(walk);
	default:
		return read_number(walk);
	}
}

/* Behind '}' or ']'. */
static bool pop(struct walk *walk)
{
	const struct frame *frame = walk->frame--;

	walk->name_count = frame->names;
	if (!frame->quoted)
		return true;
	if (!quote_is_at(walk->at, walk->end, walk->frame->level))
		return false;
	walk->at += quote_escapes(walk->frame->level) + 1;
	return true;
}

/* From where a container begins, or behind a value, through the next value
 * or to behind the container's end. */
static bool step(struct walk *walk)
{
	char close = walk->frame->object ? '}' : ']';

	if (walk->entered) {
		walk->entered = false;
		if (skip(walk, close))
			return pop(walk);
	} else if (!skip(walk, ',')) {
		return skip(walk, close) && pop(walk);
	}
	skip_blanks(walk);
	if (walk->frame->object && !read_key(walk))
		return false;
	return walk->at < walk->end && read_value(walk);
}

size_t scanner_read(struct scanner *scanner, struct span text)
{
	struct walk walk;

	walk.scanner = scanner;
	walk.begin = walk.at = text.data;
	walk.end = text.data + text.size;
	walk.frame = walk.frames;
	walk.frames[0] = (struct frame){0};
	walk.name_count = 0;
	scanner->fields = (struct fields){0};
	scanner->token_count = 0;
	scanner->scratch_size = 0;
	push(&walk, true, ROLE_OUTER, PART_OUTER, false);
	while (walk.frame > walk.frames)
		if (!step(&walk))
			return 0;
	return (size_t)(walk.at - walk.begin);
}
