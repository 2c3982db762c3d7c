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
	bool quoted;           /* it is a document in a string */
	unsigned names;        /* of this object: from here on in walk.names */
	uint64_t known;        /* keys of the table that it has, a bit each */
	const struct key *key; /* whose value is under way */
	bool holds_document;   /* that value may be an object of ours */
};

struct walk {
	struct scanner *scanner;
	const char *begin, *end;
	struct frame frames[FRAMES_MAX], *frame;
	struct span names[NAMES_MAX]; /* other keys of all objects that are open */
	unsigned name_count;
	struct span name; /* the last key */
	const struct key **successor; /* of it */
};

struct scanner *scanner_new(void)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	if (!scanner)
		return NULL;
	key_index_fill(&scanner->index);
	scanner->keeps_tokens = true;
	return scanner;
}

void scanner_free(struct scanner *take_scanner)
{
	free(take_scanner);
}

bool scanner_decode(struct scanner *scanner, struct span raw, unsigned level, struct value *ret)
{
	char *out = scanner->scratch + scanner->scratch_size;

	if (raw.size > sizeof scanner->scratch - scanner->scratch_size)
		return false;
	*ret = (struct value){.kind = VALUE_STRING, .text = out};
	ret->size = (uint32_t)quoting_decode(raw.data, raw.data + raw.size, level, out);
	scanner->scratch_size += ret->size;
	return true;
}

/* All readers below begin at a place in the text and return the place behind
 * what they have read; NULL: it is nothing for this scanner. The level of the
 * document is handed to them as a constant: each is compiled once for each. */
#define READER static inline __attribute__((always_inline)) const char *

READER skip_blanks(const struct walk *walk, const char *at, unsigned level)
{
	if (at < walk->end && (unsigned char)*at <= ' ')
		at = vector_skip_blanks(at, walk->end, level == 0);
	if (level == 0 || at == walk->end || *at != '\\' || quote_is_at(at, walk->end, level))
		return at;
	return quoting_skip_blanks(at, walk->end, level);
}

/* Behind a character that blanks may stand around. */
READER skip_mark(const struct walk *walk, const char *at, char mark, unsigned level)
{
	if (at == walk->end || *at != mark)
		at = skip_blanks(walk, at, level);
	return at < walk->end && *at == mark ? skip_blanks(walk, at + 1, level) : NULL;
}

READER skip_quote(const struct walk *walk, const char *at, unsigned level)
{
	return quote_is_at(at, walk->end, level) ? at + quote_size(level) : NULL;
}

/* --- objects ------------------------------------------------------------ */

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
	return true;
}

/* Notes a key of the object at hand. Returns false if it has it already, or
 * there are too many. */
static bool note_key(struct walk *walk, struct span name, const struct key *key)
{
	struct frame *frame = walk->frame;

	if (key) {
		uint64_t bit = UINT64_C(1) << key->row;

		if (frame->known & bit)
			return false;
		frame->known |= bit;
		return true;
	}
	for (unsigned i = frame->names; i < walk->name_count; i++)
		if (span_equal(walk->names[i], name))
			return false;
	if (walk->name_count == NAMES_MAX)
		return false;
	walk->names[walk->name_count++] = name;
	return true;
}

#define BIT(field) (UINT32_C(1) << FIELD_##field)

/* Which fields count where. */
static const uint32_t fields_of_role[] = {
	[ROLE_NONE] = 0,
	[ROLE_OUTER] = ~BIT(TYPE),
	[ROLE_PROPERTIES] = ~(BIT(TYPE) | BIT(PROPERTIES)),
	[ROLE_AUTHENTICATION] = BIT(TYPE) | BIT(FAMILIAR),
};

/* "name": up to the value. */
READER read_key(struct walk *walk, const char *at, unsigned level)
{
	struct frame *frame = walk->frame;
	const struct key *key;
	const char *name_end;

	at = skip_quote(walk, at, level);
	if (!at)
		return NULL;
	/* What followed the last key before most often does again. Only to compare is quicker than to look for the
	 * name's end, on which all that comes after has to wait. */
	key = *walk->successor;
	if (key && vector_same_name(at, walk->end, key->name, key->size) &&
	    quote_is_at(at + key->size, walk->end, level)) {
		walk->name = (struct span){at, key->size};
		at += key->size + quote_size(level);
	} else {
		name_end = vector_plain(at, walk->end);
		walk->name = (struct span){at, (size_t)(name_end - at)};
		at = skip_quote(walk, name_end, level);
		if (!at || walk->name.size == 0)
			return NULL;
		key = key_find(&walk->scanner->index, walk->name, walk->end);
		*walk->successor = key;
	}
	walk->successor = &walk->scanner->successors[key ? key->row : STRANGE_KEY];
	if (!note_key(walk, walk->name, key))
		return NULL;
	frame->key = key && (fields_of_role[frame->role] >> key->field & 1) ? key : NULL;
	frame->holds_document = frame->key && field_may_be_document(key->field);
	/* A "type" is the value of the authType around it. */
	if (frame->key && key->field == FIELD_TYPE)
		frame->key = frame[-1].key;
	return skip_mark(walk, at, ':', level);
}

/* --- values ------------------------------------------------------------- */

static inline enum field field_at(const struct walk *walk)
{
	return walk->frame->key ? walk->frame->key->field : FIELD_NONE;
}

static inline void keep(struct walk *walk, struct value value)
{
	const struct key *key = walk->frame->key;

	if (key && key->field != FIELD_FAMILIAR)
		fields_set(&walk->scanner->fields, walk->frame->part, key, value);
}

static inline void note_token(struct walk *walk, const char *start, const char *end, enum value_kind kind, bool escaped)
{
	struct scanner *scanner = walk->scanner;

	if (!scanner->keeps_tokens)
		return;
	if (scanner->token_count < TOKENS_MAX)
		scanner->tokens[scanner->token_count] = (struct token){
			(uint32_t)(start - walk->begin), (uint32_t)(end - walk->begin), (uint8_t)kind,
			walk->frame->level, walk->frame->part, escaped, walk->frame->key};
	scanner->token_count += scanner->token_count <= TOKENS_MAX;
}

/* Of several "properties" only the first name's may be the inner object. */
static bool may_enter(const struct walk *walk)
{
	return field_at(walk) != FIELD_PROPERTIES || walk->frame->key->rank == 0;
}

/* properties or authType as an object: behind its '{'. */
static const char *enter(struct walk *walk, const char *at, bool quoted)
{
	bool inner = field_at(walk) == FIELD_PROPERTIES;

	if (!may_enter(walk))
		return NULL;
	keep(walk, (struct value){.kind = VALUE_OTHER});
	walk->scanner->fields.has_inner |= inner;
	return push(walk, true, inner ? ROLE_PROPERTIES : ROLE_AUTHENTICATION,
		    inner ? PART_INNER : walk->frame->part, quoted)
		       ? at
		       : NULL;
}

/* What a string of these fields holds must be read as a document, or is none. */
static bool may_be_plain(const struct walk *walk, struct span text, bool escaped)
{
	if (field_at(walk) == FIELD_PROPERTIES)
		return text.size == 0;
	return !escaped && !memchr(text.data, '{', text.size);
}

READER read_string(struct walk *walk, const char *at, unsigned level)
{
	struct value value = {.kind = VALUE_STRING};
	const char *start, *end;
	bool escaped = false;

	start = skip_quote(walk, at, level);
	if (!start)
		return NULL;
	if (walk->frame->holds_document && start < walk->end && *start == '{')
		return level < LEVEL_MAX ? enter(walk, start + 1, true) : NULL;
	end = vector_plain(start, walk->end);
	if (!quote_is_at(end, walk->end, level) && !(end = quoting_end(end, walk->end, level, &escaped)))
		return NULL;
	note_token(walk, start, end, VALUE_STRING, escaped);
	value.text = start;
	value.size = (uint32_t)(end - start);
	if (walk->frame->holds_document && !may_be_plain(walk, (struct span){start, value.size}, escaped))
		return NULL;
	if (escaped && walk->frame->key &&
	    !scanner_decode(walk->scanner, (struct span){start, value.size}, level, &value))
		return NULL;
	keep(walk, value);
	return end + quote_size(level);
}

static const char *skip_digits(const struct walk *walk, const char *at)
{
	while (at < walk->end && is_digit(*at))
		at++;
	return at;
}

/* Numbers that every reader holds exactly, and no exponents. */
static const char *read_number(struct walk *walk, const char *start)
{
	const char *first = start + (*start == '-'), *at = skip_digits(walk, first);
	struct value value = {.kind = VALUE_INTEGER};

	if (at == first || at - start > DIGITS_MAX || (*first == '0' && at - first > 1))
		return NULL;
	for (const char *digit = first; digit < at; digit++)
		value.number = value.number * 10 + (*digit - '0');
	if (first > start)
		value.number = -value.number;
	if (at < walk->end && *at == '.') {
		const char *point = at;

		at = skip_digits(walk, at + 1);
		if (at == point + 1 || at - start > DIGITS_MAX)
			return NULL;
		value = (struct value){.kind = VALUE_OTHER};
	}
	if (at == walk->end || (*at | 0x20) == 'e')
		return NULL;
	note_token(walk, start, at, first > start ? VALUE_OTHER : value.kind, false);
	keep(walk, value);
	return at;
}

static const char *read_word(struct walk *walk, const char *at, struct span word, enum value_kind kind)
{
	if ((size_t)(walk->end - at) < word.size || memcmp(at, word.data, word.size) != 0)
		return NULL;
	keep(walk, (struct value){.kind = (uint8_t)kind});
	return at + word.size;
}

/* Arrays under these names hold records: see the splitter. */
static bool holds_records(const struct walk *walk)
{
	return walk->frame == walk->frames + 1 &&
	       (span_equal(walk->name, SPAN("records")) || span_equal(walk->name, SPAN("tables")) ||
		span_equal(walk->name, SPAN("rows")));
}

static const char *read_container(struct walk *walk, const char *at)
{
	bool object = *at == '{';

	if (object && walk->frame->holds_document)
		return enter(walk, at + 1, false);
	if (!object && (field_at(walk) == FIELD_PROPERTIES || holds_records(walk)))
		return NULL;
	keep(walk, (struct value){.kind = VALUE_OTHER});
	return push(walk, object, ROLE_NONE, walk->frame->part, false) ? at + 1 : NULL;
}

static const char *read_other(struct walk *walk, const char *at)
{
	switch (*at) {
	case '{':
	case '[':
		return read_container(walk, at);
	case 'n':
		return read_word(walk, at, SPAN("null"), VALUE_NULL);
	}
	if (field_at(walk) == FIELD_PROPERTIES)
		return NULL; /* malformed */
	switch (*at) {
	case 't':
		return read_word(walk, at, SPAN("true"), VALUE_OTHER);
	case 'f':
		return read_word(walk, at, SPAN("false"), VALUE_OTHER);
	default:
		return read_number(walk, at);
	}
}

/* --- the walk ----------------------------------------------------------- */

/* Behind '}' or ']'. */
static const char *pop(struct walk *walk, const char *at)
{
	const struct frame *frame = walk->frame--;

	walk->name_count = frame->names;
	return frame->quoted ? skip_quote(walk, at, walk->frame->level) : at;
}

/* Where the level is no constant; most often no blank is there. */
static inline const char *pass_blanks(const struct walk *walk, const char *at)
{
	bool solid = at < walk->end && (unsigned char)*at > ' ' && *at != '\\';

	return solid ? at : quoting_skip_blanks(at, walk->end, walk->frame->level);
}

/* From behind a value that others may end with: to the next, or behind the
 * record. */
static const char *leave(struct walk *walk, const char *at)
{
	while (walk->frame > walk->frames) {
		at = pass_blanks(walk, at);
		if (at == walk->end)
			return NULL;
		if (*at == ',')
			return pass_blanks(walk, at + 1);
		if (*at != (walk->frame->object ? '}' : ']') || !(at = pop(walk, at + 1)))
			return NULL;
	}
	return at;
}

/* From the begin of an object or array to its first value, or behind it. */
static const char *arrive(struct walk *walk, const char *at)
{
	at = pass_blanks(walk, at);
	if (at < walk->end && *at == (walk->frame->object ? '}' : ']'))
		return leave(walk, at);
	return at;
}

/* From the begin of a key, or of a value in an array, to the next. */
READER read_member(struct walk *walk, const char *at, unsigned level)
{
	const struct frame *around = walk->frame;
	const char *next;

	if (around->object)
		at = read_key(walk, at, level);
	if (!at || at == walk->end)
		return NULL;
	at = *at == '"' || *at == '\\' ? read_string(walk, at, level) : read_other(walk, at);
	if (!at)
		return NULL;
	if (walk->frame > around)
		return arrive(walk, at);
	next = skip_mark(walk, at, ',', level);
	return next ? next : leave(walk, at);
}

size_t scanner_read(struct scanner *scanner, struct span text)
{
	struct walk walk;
	const char *at;

	walk.scanner = scanner;
	walk.begin = text.data;
	walk.end = text.data + text.size;
	walk.frame = walk.frames;
	walk.frames[0] = (struct frame){0};
	walk.name_count = 0;
	walk.successor = &scanner->successors[NO_KEY];
	scanner->fields = (struct fields){0};
	scanner->token_count = 0;
	scanner->scratch_size = 0;
	push(&walk, true, ROLE_OUTER, PART_OUTER, false);
	at = arrive(&walk, text.data + 1);
	while (at && walk.frame > walk.frames)
		switch (walk.frame->level) {
		case 0:
			at = read_member(&walk, at, 0);
			break;
		case 1:
			at = read_member(&walk, at, 1);
			break;
		default:
			at = read_member(&walk, at, LEVEL_MAX);
		}
	return at ? (size_t)(at - text.data) : 0;
}
