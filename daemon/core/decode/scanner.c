#include "scanner.h"

#include <stdlib.h>

enum { DEPTH_MAX = 12, NAMES_MAX = 96, DIGITS_MAX = 15 };

/* An object or array that is being read. */
struct container {
	uint8_t level, role, part;
	struct value *values; /* of its part */
	struct lead **first;  /* what its first key is expected to be */
	unsigned names;       /* its keys that are in no table: from here on in walk.names */
};

struct walk {
	struct scanner *scanner;
	const char *begin, *end;
	unsigned depth;
	struct span names[NAMES_MAX]; /* keys that are in no table, of all objects that are open */
	unsigned name_count;
};

struct scanner *scanner_new(void)
{
	struct scanner *scanner = calloc(1, sizeof *scanner);

	if (!scanner)
		return NULL;
	scanner->keeps_tokens = true;
	leads_fill(&scanner->leads);
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
 * what they have read; NULL: it is nothing for this scanner. What is done for
 * every member is compiled once for each level. */
#define READER static inline __attribute__((always_inline)) const char *

READER skip_quote(const struct walk *walk, const char *at, unsigned level)
{
	return quote_is_at(at, walk->end, level) ? at + quote_size(level) : NULL;
}

/* --- values ------------------------------------------------------------- */

static inline void keep(const struct container *container, const struct meaning *meaning, struct value value)
{
	value_set(&container->values[meaning->field], value, meaning->rank);
}

static void note_token(struct walk *walk, const struct container *container, const struct meaning *meaning,
		       struct span text, enum value_kind kind, bool escaped)
{
	struct scanner *scanner = walk->scanner;
	uint32_t start = (uint32_t)(text.data - walk->begin);

	if (!scanner->keeps_tokens)
		return;
	if (scanner->token_count < TOKENS_MAX)
		scanner->tokens[scanner->token_count] =
			(struct token){start, start + (uint32_t)text.size, (uint8_t)kind, container->level,
				       container->part, escaped, *meaning};
	scanner->token_count += scanner->token_count <= TOKENS_MAX;
}

/* A string that is to be noted, or decoded. */
static const char *read_closely(struct walk *walk, const struct container *container, const struct meaning *meaning,
				struct span text, bool escaped)
{
	struct value value = {.kind = VALUE_STRING, .text = text.data, .size = (uint32_t)text.size};

	note_token(walk, container, meaning, text, VALUE_STRING, escaped);
	if (escaped && meaning->field != FIELD_NONE && !scanner_decode(walk->scanner, text, container->level, &value))
		return NULL;
	keep(container, meaning, value);
	return text.data + text.size + quote_size(container->level);
}

/* From behind the quote that begins a string; to end all is plain. */
READER read_string(struct walk *walk, const struct container *container, const struct meaning *meaning,
		   const char *start, const char *end, unsigned level)
{
	struct span text = {start, (size_t)(end - start)};
	bool escaped = false;

	if (quote_is_at(end, walk->end, level)) {
		if (walk->scanner->keeps_tokens)
			return read_closely(walk, container, meaning, text, false);
		keep(container, meaning,
		     (struct value){.kind = VALUE_STRING, .text = start, .size = (uint32_t)text.size});
		return end + quote_size(level);
	}
	end = quoting_end(end, walk->end, level, &escaped);
	text.size = (size_t)(end - start);
	return end ? read_closely(walk, container, meaning, text, escaped) : NULL;
}

static const char *skip_digits(const struct walk *walk, const char *at, uint64_t *number)
{
	for (; at < walk->end && is_digit(*at); at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	return at;
}

/* Numbers that every reader holds exactly, and no exponents. */
static const char *read_number(struct walk *walk, const struct container *container, const struct meaning *meaning,
			       const char *start)
{
	const bool negative = *start == '-';
	const char *first = start + negative, *at, *point;
	struct value value = {.kind = VALUE_INTEGER};
	uint64_t number = 0;

	at = point = skip_digits(walk, first, &number);
	if (at == first || at - start > DIGITS_MAX || (*first == '0' && at - first > 1))
		return NULL;
	value.number = negative ? -(int64_t)number : (int64_t)number;
	if (at < walk->end && *at == '.') {
		at = skip_digits(walk, at + 1, &number);
		if (at == point + 1 || at - start > DIGITS_MAX)
			return NULL;
		value = (struct value){.kind = VALUE_OTHER};
	}
	if (at == walk->end || (*at | 0x20) == 'e')
		return NULL;
	note_token(walk, container, meaning, (struct span){start, (size_t)(at - start)},
		   negative ? VALUE_OTHER : value.kind, false);
	keep(container, meaning, value);
	return at;
}

static const char *read_word(struct walk *walk, const struct container *container, const struct meaning *meaning,
			     const char *at, struct span word, enum value_kind kind)
{
	if ((size_t)(walk->end - at) < word.size || memcmp(at, word.data, word.size) != 0)
		return NULL;
	keep(container, meaning, (struct value){.kind = (uint8_t)kind});
	return at + word.size;
}

static const char *read_object(struct walk *walk, struct container *container, const char *at);
static const char *read_array(struct walk *walk, struct container *container, const char *at);

/* Arrays under these names hold records: see the splitter. */
static bool may_hold_records(const struct walk *walk)
{
	struct span name;

	if (walk->depth != 1 || walk->name_count == 0)
		return false;
	name = walk->names[walk->name_count - 1];
	return span_equal(name, SPAN("records")) || span_equal(name, SPAN("tables")) || span_equal(name, SPAN("rows"));
}

/* An object or array of no meaning. */
static const char *read_container(struct walk *walk, const struct container *around, const struct meaning *meaning,
				  const char *at)
{
	struct container inside = {
		.level = around->level,
		.part = around->part,
		.values = around->values,
		.first = &walk->scanner->leads.lead[around->level][STRANGER].first[0],
	};

	keep(around, meaning, (struct value){.kind = VALUE_OTHER});
	return *at == '{' ? read_object(walk, &inside, at) : read_array(walk, &inside, at);
}

/* What is no string, and no document of ours. */
static const char *read_other(struct walk *walk, const struct container *container, const struct meaning *meaning,
			      const char *at)
{
	if (at == walk->end)
		return NULL;
	switch (*at) {
	case '[':
		if (may_hold_records(walk))
			return NULL;
		/* fall through */
	case '{':
		return read_container(walk, container, meaning, at);
	case 'n':
		return read_word(walk, container, meaning, at, SPAN("null"), VALUE_NULL);
	case 't':
		return read_word(walk, container, meaning, at, SPAN("true"), VALUE_OTHER);
	case 'f':
		return read_word(walk, container, meaning, at, SPAN("false"), VALUE_OTHER);
	default:
		return read_number(walk, container, meaning, at);
	}
}

/* --- documents ---------------------------------------------------------- */

/* properties or authType as an object: from its '{'. */
static const char *enter(struct walk *walk, const struct container *around, struct lead *lead, const char *at,
			 bool quoted)
{
	const struct meaning *meaning = lead->meaning[around->role];
	bool inner = meaning->field == FIELD_PROPERTIES;
	struct container inside = {
		.level = (uint8_t)(around->level + quoted),
		.role = inner ? ROLE_PROPERTIES : meaning->rank ? ROLE_AUTHENTICATION_TOO : ROLE_AUTHENTICATION,
		.part = inner ? PART_INNER : around->part,
		.values = inner ? walk->scanner->fields.value[PART_INNER] : around->values,
		.first = &lead->first[quoted],
	};

	/* Of several "properties" only the first name's may be the inner object. */
	if (inside.level > LEVEL_MAX || (inner && meaning->rank > 0))
		return NULL;
	keep(around, meaning, (struct value){.kind = VALUE_OTHER});
	walk->scanner->fields.has_inner |= inner;
	at = read_object(walk, &inside, at);
	return at && quoted ? skip_quote(walk, at, around->level) : at;
}

/* A value that may be a document, or a string that holds one. What it holds
 * must be read as a document then, or is none. */
static const char *read_document(struct walk *walk, const struct container *around, struct lead *lead, const char *at)
{
	const struct meaning *meaning = lead->meaning[around->role];
	bool inner = meaning->field == FIELD_PROPERTIES;
	const char *start = skip_quote(walk, at, around->level), *end;

	if (at == walk->end || start == walk->end)
		return NULL;
	if (*(start ? start : at) == '{')
		return enter(walk, around, lead, start ? start : at, start);
	if (!start)
		return !inner || *at == 'n' ? read_other(walk, around, meaning, at) : NULL;
	end = vector_plain(start, walk->end);
	if (!quote_is_at(end, walk->end, around->level) || (inner && end > start) ||
	    memchr(start, '{', (size_t)(end - start)))
		return NULL;
	return read_string(walk, around, meaning, start, end, around->level);
}

/* --- keys --------------------------------------------------------------- */

/* A name that is in no table. Returns false if the object has it already, or
 * there are too many. */
static bool note_name(struct walk *walk, const struct container *container, struct span name)
{
	for (unsigned i = container->names; i < walk->name_count; i++)
		if (span_equal(walk->names[i], name))
			return false;
	if (walk->name_count == NAMES_MAX)
		return false;
	walk->names[walk->name_count++] = name;
	return true;
}

/* Returns NULL if it cannot be a key of this object. */
static inline struct lead *find_lead(struct walk *walk, const struct container *container, struct span name,
				     unsigned level)
{
	struct lead *lead = name.size > 0 ? lead_find(&walk->scanner->leads, name, walk->end, level) : NULL;

	return !lead || lead->bit || note_name(walk, container, name) ? lead : NULL;
}

/* From the mark before a key to its value, step by step. */
READER read_key(struct walk *walk, const struct container *container, const char *at, char mark, unsigned level,
		struct lead **ret)
{
	struct span name;

	at = quoting_skip_mark(at, walk->end, mark, level);
	name.data = at ? skip_quote(walk, at, level) : NULL;
	if (!name.data)
		return NULL;
	name.size = (size_t)(vector_plain(name.data, walk->end) - name.data);
	at = skip_quote(walk, name.data + name.size, level);
	if (!at || !(*ret = find_lead(walk, container, name, level)))
		return NULL;
	return quoting_skip_mark(at, walk->end, ':', level);
}

#ifdef VECTOR_BITS
/* The same in one look at so many bytes, of which most keys with all the
 * blanks around have less: each look has to wait for what the one before has
 * found. NULL: look step by step. If the value is a string, *ret_end is the
 * first byte in it that is not plain; NULL: not seen. */
READER look_ahead(struct walk *walk, const struct container *container, const char *at, char mark, unsigned level,
		  struct lead **ret, const char **ret_end)
{
	enum { SIZE = 3 * VECTOR_SIZE };
	uint64_t solid, rest, stops = 0;
	unsigned place;
	struct span name;

	if (walk->end - at < SIZE)
		return NULL;
	for (unsigned i = 0; i < SIZE; i += VECTOR_SIZE)
		stops |= vector_bits(vector_unplain(vector_load(at + i))) << i;
	solid = quoting_solid(at, SIZE, level);
	rest = solid & (solid - 1); /* but for the first */
	if (!rest || at[__builtin_ctzll(solid)] != mark)
		return NULL;
	place = (unsigned)__builtin_ctzll(rest) + quote_size(level);
	if (!quote_is_at(at + place - quote_size(level), walk->end, level) || !(stops >> place))
		return NULL;
	name = (struct span){at + place, (size_t)__builtin_ctzll(stops >> place)};
	place += (unsigned)name.size + quote_size(level);
	if (!quote_is_at(at + place - quote_size(level), walk->end, level))
		return NULL;
	solid >>= place;
	rest = solid & (solid - 1);
	if (!rest || at[place + (unsigned)__builtin_ctzll(solid)] != ':')
		return NULL;
	place += (unsigned)__builtin_ctzll(rest);
	at += place;
	stops >>= place + quote_size(level);
	*ret_end = stops ? at + quote_size(level) + __builtin_ctzll(stops) : NULL;
	*ret = find_lead(walk, container, name, level);
	return *ret ? at : NULL;
}
#endif

/* --- objects and arrays ------------------------------------------------- */

/* From behind the last value, or the bracket that begins it. */
static const char *leave(struct walk *walk, const char *at, char bracket, unsigned level)
{
	walk->depth--;
	at = quoting_skip_blanks(at, walk->end, level);
	return at < walk->end && *at == bracket ? at + 1 : NULL;
}

/* An object: from its '{' to behind its '}'. Between its members at stands
 * behind a value, before the mark that comes next. */
READER read_members(struct walk *walk, const struct container *container, const char *at, unsigned level)
{
	const unsigned role = container->role;
	struct lead **expected = container->first;
	uint64_t known = 0; /* keys of the table that it has */
	bool first = true;

	for (;; first = false) {
		struct lead *lead = *expected;
		const struct meaning *meaning;
		const char *value, *start, *end = NULL;

		if (lead_is_at(lead, at, walk->end, first)) {
			value = at + lead->size;
			if (!quote_is_at(value, walk->end, level))
				value = quoting_skip_blanks(value, walk->end, level);
		} else {
			if (!first && at < walk->end && *at == '}')
				return leave(walk, at, '}', level);
#ifdef VECTOR_BITS
			value = look_ahead(walk, container, at, first ? '{' : ',', level, &lead, &end);
			if (!value)
#endif
				value = read_key(walk, container, at, first ? '{' : ',', level, &lead);
			if (!value)
				return leave(walk, at + first, '}', level);
			*expected = lead;
		}
		if (known & lead->bit)
			return NULL;
		known |= lead->bit;
		expected = &lead->next;
		meaning = lead->meaning[role];
		start = skip_quote(walk, value, level);
		if (field_may_be_document(meaning->field) && role < ROLE_AUTHENTICATION)
			at = read_document(walk, container, lead, value);
		else if (start)
			at = read_string(walk, container, meaning, start, end ? end : vector_plain(start, walk->end),
					 level);
		else
			at = read_other(walk, container, meaning, value);
		if (!at)
			return NULL;
	}
}

static const char *read_members_0(struct walk *walk, const struct container *container, const char *at)
{
	return read_members(walk, container, at, 0);
}

static const char *read_members_1(struct walk *walk, const struct container *container, const char *at)
{
	return read_members(walk, container, at, 1);
}

static const char *read_members_2(struct walk *walk, const struct container *container, const char *at)
{
	return read_members(walk, container, at, LEVEL_MAX);
}

/* The same, of any level. */
static const char *read_object(struct walk *walk, struct container *container, const char *at)
{
	static const char *(*const readers[])(struct walk *, const struct container *, const char *) = {
		read_members_0, read_members_1, read_members_2};
	unsigned names = walk->name_count;

	if (++walk->depth == DEPTH_MAX)
		return NULL;
	container->names = names;
	at = readers[container->level](walk, container, at);
	walk->name_count = names;
	return at;
}

/* From its '[' to behind its ']'. */
static const char *read_array(struct walk *walk, struct container *container, const char *at)
{
	const unsigned level = container->level;
	const char *next = quoting_skip_blanks(at + 1, walk->end, level), *start;

	if (++walk->depth == DEPTH_MAX)
		return NULL;
	if (next < walk->end && *next == ']')
		return leave(walk, next, ']', level);
	do {
		start = skip_quote(walk, next, level);
		at = start ? read_string(walk, container, &no_meaning, start, vector_plain(start, walk->end), level)
			   : read_other(walk, container, &no_meaning, next);
		if (!at)
			return NULL;
	} while ((next = quoting_skip_mark(at, walk->end, ',', level)));
	return leave(walk, at, ']', level);
}

size_t scanner_read(struct scanner *scanner, struct span text)
{
	struct container outermost = {
		.role = ROLE_OUTER,
		.values = scanner->fields.value[PART_OUTER],
		.first = &scanner->leads.first,
	};
	struct walk walk;
	const char *at;

	walk.scanner = scanner;
	walk.begin = text.data;
	walk.end = text.data + text.size;
	walk.depth = walk.name_count = 0;
	scanner->fields = (struct fields){0};
	scanner->token_count = 0;
	scanner->scratch_size = 0;
	at = read_object(&walk, &outermost, text.data);
	return at ? (size_t)(at - text.data) : 0;
}
