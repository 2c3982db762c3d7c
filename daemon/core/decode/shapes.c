#include "shapes.h"

#include <stdlib.h>

#include "../basic/lookup.h"
#include "quoting.h"

enum {
	NODES_MAX = 8192,
	SHAPES_MAX = 1024,
	SHAPES_TEXT_MAX = 1 << 19, /* bytes of all their texts; a day of four hubs has 84 KB */
	SLOTS_MAX = 32,
	TEXT_MAX = 4096,    /* longer records are not worth their shape */
	VALUES_MAX = 128,   /* more values than this are not few; a hub has some sixty operations */
	/* Where records are not alike, looking for their shape is a loss: */
	CREDIT_MAX = 256,   /* misses in a row until it is given up */
	PAUSE = 16384,      /* for so many records */
};

/* What record_begin() and record_access() look at. */
enum {
	KIN_FIELDS = 1 << FIELD_CATEGORY | 1 << FIELD_RESOURCE_ID | 1 << FIELD_RESOURCE | 1 << FIELD_OPERATION |
		     1 << FIELD_CODE | 1 << FIELD_LEVEL,
	ACCESS_FIELDS = 1 << FIELD_PROTOCOL | 1 << FIELD_AUTHENTICATION,
};

enum ending_of_node { BRANCH, STRING_SLOT, NUMBER_SLOT, END };

/* A text between two slots, and what follows it; or a branch, where texts that
 * began alike part. A branch looks at one byte: the text is compared when it
 * is known which, and all at once. */
struct node {
	const char *text; /* in a shape's; of a branch that of any below it */
	union {
		struct node *next;   /* behind a slot; of a branch the first child */
		struct shape *shape; /* of an end */
	};
	struct node *sibling; /* NULL: the last */
	uint16_t size;        /* of a branch: how far the texts below it are the same */
	char first;           /* the byte in which it differs from its siblings; 0: a digit, in a slot */
	uint8_t ending;       /* enum ending_of_node */
	uint8_t level, part, field; /* of the slot */
};

struct shapes {
	uint32_t node_count, shape_count, text_bytes;
	uint64_t first_kin;
	int credit; /* below 0: a pause */
	struct shape *shapes[SHAPES_MAX];
	uint32_t branches[FIELD_COUNT]; /* how often values of a field made one */
	struct values {
		unsigned count;
		uint32_t hash[VALUES_MAX];
	} values[FIELD_COUNT];          /* that were seen there */
	bool many[FIELD_COUNT];         /* they are not few after all: slots */
	struct node nodes[NODES_MAX]; /* the first is the root */
};

static void plant(struct shapes *shapes)
{
	shapes->nodes[0] = (struct node){.text = ""};
	shapes->node_count = 1;
}

struct shapes *shapes_new(void)
{
	struct shapes *shapes = calloc(1, sizeof *shapes);

	if (!shapes)
		return NULL;
	plant(shapes);
	shapes->first_kin = 1;
	shapes->credit = CREDIT_MAX;
	return shapes;
}

/* Kin numbers are never given twice. */
static void forget(struct shapes *shapes)
{
	for (uint32_t i = 0; i < shapes->shape_count; i++) {
		free(shapes->shapes[i]->text);
		free(shapes->shapes[i]);
	}
	shapes->shape_count = shapes->text_bytes = 0;
	plant(shapes);
	shapes->first_kin += SHAPES_MAX;
	memset(shapes->branches, 0, sizeof shapes->branches);
	memset(shapes->values, 0, sizeof shapes->values);
}

void shapes_free(struct shapes *take_shapes)
{
	if (!take_shapes)
		return;
	forget(take_shapes);
	free(take_shapes);
}

/* --- matching ----------------------------------------------------------- */

/* What stands in a slot of the record at hand. */
struct slot {
	const struct node *node;
	const char *start, *end;
	bool escaped;
};

static const char *number_end(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && at - start <= 15 && is_digit(*at))
		at++;
	return at == start || at - start > 15 || (*start == '0' && at - start > 1) ? NULL : at;
}

static const char *slot_end(const struct node *node, const char *at, const char *end, bool *ret_escaped)
{
	*ret_escaped = false;
	if (node->ending == NUMBER_SLOT)
		return number_end(at, end);
	at = vector_plain(at, end);
	return quote_is_at(at, end, node->level) ? at : quoting_end(at, end, node->level, ret_escaped);
}

static int64_t number_of(const char *at, const char *end)
{
	int64_t number = 0;

	while (at < end)
		number = number * 10 + (*at++ - '0');
	return number;
}

static bool fill(struct shape *shape, struct scanner *scanner, const struct slot *slot)
{
	struct value *value = &shape->fields.value[slot->node->part][slot->node->field];
	struct span raw = {slot->start, (size_t)(slot->end - slot->start)};

	if (slot->escaped)
		return scanner_decode(scanner, raw, slot->node->level, value);
	if (slot->node->ending == NUMBER_SLOT) {
		value->kind = VALUE_INTEGER;
		value->number = number_of(slot->start, slot->end);
	} else {
		value->kind = VALUE_STRING;
		value->text = raw.data;
		value->size = (uint32_t)raw.size;
	}
	return true;
}

static struct node *child_for(const struct node *branch, char c)
{
	struct node *child = branch->next;

	while (child && child->first != c && (child->first != 0 || !is_digit(c)))
		child = child->sibling;
	return child;
}

static const struct node *choose(const struct node *node, const char *at, const char *end)
{
	while (node && node->ending == BRANCH)
		node = end - at > node->size ? child_for(node, at[node->size]) : NULL;
	return node;
}

static size_t match(struct shapes *shapes, struct span text, struct scanner *scanner, struct shape **ret)
{
	const char *at = text.data, *end = text.data + text.size;
	const struct node *node = shapes->nodes;
	struct slot slots[SLOTS_MAX], *slot = slots;

	while ((node = choose(node, at, end)) && vector_same(at, end, node->text, node->size)) {
		at += node->size;
		if (node->ending == END) {
			*ret = node->shape;
			for (const struct slot *filled = slots; filled < slot; filled++)
				if (!fill(*ret, scanner, filled))
					return 0;
			return (size_t)(at - text.data);
		}
		slot->node = node;
		slot->start = at;
		slot->end = at = slot_end(node, at, end, &slot->escaped);
		if (!at)
			return 0;
		slot += node->field != FIELD_NONE;
		node = node->next;
	}
	return 0;
}

size_t shapes_match(struct shapes *shapes, struct span text, struct scanner *scanner, struct shape **ret)
{
	size_t size;

	if (shapes->credit < 0) {
		if (++shapes->credit == 0)
			shapes->credit = CREDIT_MAX / 4;
		return 0;
	}
	scanner->scratch_size = 0;
	size = match(shapes, text, scanner, ret);
	if (size > 0)
		shapes->credit += shapes->credit < CREDIT_MAX;
	else if (--shapes->credit < 0)
		shapes->credit = -PAUSE;
	return size;
}

/* --- learning ----------------------------------------------------------- */

/* A record on its way into the tree. */
struct lesson {
	struct shapes *shapes;
	const struct scanner *scanner;
	const char *text;
	uint32_t size;
	uint32_t begin, at; /* of the text between two slots; how far it is known */
	const struct token *slots[SLOTS_MAX + 1]; /* NULL behind the last */
	unsigned slot;
};

static bool is_slot(const struct shapes *shapes, const struct token *token)
{
	return !token->meaning.few || shapes->many[token->meaning.field];
}

/* Returns false if it is no good example. */
static bool find_slots(struct lesson *lesson)
{
	unsigned count = 0;

	if (lesson->size > TEXT_MAX || lesson->scanner->token_count > TOKENS_MAX)
		return false;
	for (unsigned i = 0; i < lesson->scanner->token_count; i++) {
		const struct token *token = &lesson->scanner->tokens[i];

		if (token->kind != VALUE_STRING && token->kind != VALUE_INTEGER)
			return false;
		if (!is_slot(lesson->shapes, token)) {
			if (token->escaped)
				return false;
			continue;
		}
		if (count == SLOTS_MAX)
			return false;
		lesson->slots[count++] = token;
	}
	return true;
}

static uint32_t text_end(const struct lesson *lesson)
{
	return lesson->slots[lesson->slot] ? lesson->slots[lesson->slot]->start : lesson->size;
}

/* The token wins its field: see value_set(). */
static bool counts(const struct scanner *scanner, const struct token *token)
{
	return token->meaning.field != FIELD_NONE && token->meaning.field != FIELD_FAMILIAR &&
	       scanner->fields.value[token->part][token->meaning.field].rank == token->meaning.rank;
}

/* Nodes for the rest of the record. Returns the first. */
static struct node *append(struct lesson *lesson, struct shape *shape)
{
	struct shapes *shapes = lesson->shapes;
	struct node *first = &shapes->nodes[shapes->node_count];

	for (;;) {
		const struct token *token = lesson->slots[lesson->slot];
		struct node *node = &shapes->nodes[shapes->node_count++];

		*node = (struct node){
			.text = lesson->text + lesson->begin,
			.size = (uint16_t)(text_end(lesson) - lesson->begin),
			.first = lesson->at < text_end(lesson) ? lesson->text[lesson->at] : 0,
			.ending = END,
			.shape = shape,
		};
		if (!token)
			return first;
		node->ending = token->kind == VALUE_STRING ? STRING_SLOT : NUMBER_SLOT;
		node->next = node + 1;
		node->level = token->level;
		node->part = token->part;
		node->field = counts(lesson->scanner, token) ? token->meaning.field : FIELD_NONE;
		lesson->begin = lesson->at = token->end;
		lesson->slot++;
	}
}

/* Returns false if it is one too many. */
static bool add_value(struct values *values, uint32_t hash)
{
	for (unsigned i = 0; i < values->count; i++)
		if (values->hash[i] == hash)
			return true;
	if (values->count == VALUES_MAX)
		return false;
	values->hash[values->count++] = hash;
	return true;
}

/* A value that few were thought to have differs here. Returns false if there
 * have been too many: then it is a slot from now on, in new shapes. But never
 * where a document may stand instead: a slot would take it for any text. */
static bool note_value(struct lesson *lesson)
{
	struct shapes *shapes = lesson->shapes;
	struct span value;

	for (unsigned i = 0; i < lesson->scanner->token_count; i++) {
		const struct token *token = &lesson->scanner->tokens[i];

		if (token->start > lesson->at || token->end < lesson->at || is_slot(shapes, token) ||
		    field_may_be_document(token->meaning.field))
			continue;
		shapes->branches[token->meaning.field]++;
		value = (struct span){lesson->text + token->start, token->end - token->start};
		if (add_value(&shapes->values[token->meaning.field], (uint32_t)lookup_hash(0, value)))
			return true;
		shapes->many[token->meaning.field] = true;
		return false;
	}
	return true;
}

/* Makes a branch of a node, where its text is no longer the same. */
static void split(struct shapes *shapes, struct node *node, uint16_t same)
{
	struct node *rest = &shapes->nodes[shapes->node_count++];

	*rest = *node;
	rest->first = node->text[same];
	rest->sibling = NULL;
	node->size = same;
	node->ending = BRANCH;
	node->next = rest;
}

enum learned { LEARNED, UNSUITED, OUTGROWN };

static enum learned add_child(struct lesson *lesson, struct node *branch, struct shape *shape)
{
	const struct token *slot = lesson->slots[lesson->slot];
	struct node **link = &branch->next;

	if (slot && slot->start == lesson->at && slot->kind == VALUE_STRING)
		return UNSUITED; /* there is no byte to tell it from its siblings by */
	if (!note_value(lesson))
		return OUTGROWN;
	while (*link)
		link = &(*link)->sibling;
	*link = append(lesson, shape);
	return LEARNED;
}

static uint16_t same_size(const struct lesson *lesson, const struct node *node, uint16_t from)
{
	uint32_t most = text_end(lesson) - lesson->begin;

	while (from < node->size && from < most && node->text[from] == lesson->text[lesson->begin + from])
		from++;
	return from;
}

/* Goes down the tree as far as it says what the record says, and branches off
 * there. */
static enum learned insert(struct lesson *lesson, struct shape *shape)
{
	struct shapes *shapes = lesson->shapes;
	struct node *node = shapes->nodes, *child;
	uint16_t same = 0;

	for (;;) {
		same = same_size(lesson, node, same);
		lesson->at = lesson->begin + same;
		if (same < node->size)
			split(shapes, node, same);
		if (node->ending == BRANCH) {
			child = lesson->at < lesson->size ? child_for(node, lesson->text[lesson->at]) : NULL;
			if (!child)
				return add_child(lesson, node, shape);
			node = child;
			continue;
		}
		if (node->ending == END || !lesson->slots[lesson->slot] || text_end(lesson) != lesson->at)
			return UNSUITED;
		lesson->begin = lesson->slots[lesson->slot++]->end;
		node = node->next;
		same = 0;
	}
}

static struct shape *shape_of(struct lesson *lesson)
{
	struct shape *shape = malloc(sizeof *shape);
	char *text = malloc(lesson->size);

	if (!shape || !text) {
		free(shape);
		free(text);
		return NULL;
	}
	memcpy(text, lesson->text, lesson->size);
	*shape = (struct shape){
		.fields = lesson->scanner->fields, .settled = true, .access_settled = true, .text = text};
	/* What is no slot stands in the shape's own text from now on. */
	for (unsigned i = 0; i < lesson->scanner->token_count; i++) {
		const struct token *token = &lesson->scanner->tokens[i];

		if (!counts(lesson->scanner, token))
			continue;
		if (is_slot(lesson->shapes, token)) {
			shape->settled &= !(KIN_FIELDS >> token->meaning.field & 1);
			shape->access_settled &= !(ACCESS_FIELDS >> token->meaning.field & 1);
		} else if (token->kind == VALUE_STRING) {
			shape->fields.value[token->part][token->meaning.field].text = text + token->start;
		}
	}
	lesson->text = text;
	return shape;
}

static bool is_full(const struct shapes *shapes)
{
	return shapes->shape_count == SHAPES_MAX || shapes->node_count + SLOTS_MAX + 3 > NODES_MAX ||
	       shapes->text_bytes + TEXT_MAX > SHAPES_TEXT_MAX;
}

/* Too many shapes: what most of them differ in has too many values. */
static void outgrow(struct shapes *shapes)
{
	unsigned most = 0;

	for (unsigned i = 0; i < FIELD_COUNT; i++)
		most = shapes->branches[i] > shapes->branches[most] ? i : most;
	shapes->many[most] |= shapes->branches[most] > 0;
	forget(shapes);
}

struct shape *shapes_learn(struct shapes *shapes, const struct scanner *scanner, struct span text)
{
	struct lesson lesson = {shapes, scanner, text.data, (uint32_t)text.size};
	struct shape *shape;

	if (shapes->credit < 0)
		return NULL;
	if (is_full(shapes))
		outgrow(shapes);
	if (!find_slots(&lesson))
		return NULL;
	shape = shape_of(&lesson);
	if (!shape)
		return NULL;
	shape->record.kin = shapes->first_kin + shapes->shape_count;
	shapes->shapes[shapes->shape_count++] = shape;
	switch (insert(&lesson, shape)) {
	case LEARNED:
		shapes->text_bytes += lesson.size;
		return shape;
	case UNSUITED:
		free(shape->text);
		free(shape);
		shapes->shape_count--;
		break;
	case OUTGROWN:
		forget(shapes);
	}
	return NULL;
}
