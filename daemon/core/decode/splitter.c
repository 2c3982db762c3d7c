#include "splitter.h"

#include <stdlib.h>

enum { DEPTH_MAX = 64 };

const char *const malformed_names[] = {
#define X(name, text, ...) text,
	MALFORMED(X)
#undef X
};

enum state {
	BETWEEN,        /* at a place where a record may begin */
	BETWEEN_STRING, /* in a key or value of an envelope */
	SKIP_LINE,      /* nothing more of this line counts */
	RESYNC_LINE,    /* after a broken record: at the begin of a line */
	RESYNC_INLINE,  /* after a broken record in an array that stands on one line */
	/* within a record: */
	KEY_OR_END,
	KEY,
	COLON,
	VALUE,
	VALUE_OR_END,
	STRING,
	LITERAL,
	AFTER_VALUE,
};

struct splitter {
	size_t record_max;
	const char *data; /* the bytes at hand */
	size_t size, at;
	struct span fed;  /* what comes behind them */
	char *carry;
	size_t carry_capacity, carry_size;
	uint64_t line;
	enum state state;
	bool escaped, ended;

	/* the record under way */
	bool open, dropped; /* dropped: too long, its bytes are not kept */
	bool is_key, is_row;
	bool fresh;         /* it began at the very begin of its line: nothing is around it */
	bool folded;        /* it has gone on to a second line */
	size_t start, key;  /* offsets in data */
	size_t second;      /* where its second line begins */
	uint64_t start_line;
	unsigned depth;
	uint64_t objects;   /* a bit a level: object, not array */

	/* around it */
	unsigned nest;      /* brackets of arrays and envelopes that are open */
	bool rows;          /* in the rows of a table */
	char *columns;
	size_t columns_size;
	uint64_t columns_id;
	bool torn;          /* something broken was counted within them */
	bool resync;        /* looking for the next record: counted already */
	bool line_start;    /* nothing stood on this line yet */
	char previous;      /* the last character that was not blank */
};

struct splitter *splitter_new(size_t record_max)
{
	struct splitter *splitter = calloc(1, sizeof *splitter);

	if (splitter) {
		splitter->record_max = record_max;
		splitter->line = 1;
		splitter->line_start = true;
	}
	return splitter;
}

void splitter_free(struct splitter *take_splitter)
{
	if (!take_splitter)
		return;
	free(take_splitter->carry);
	free(take_splitter->columns);
	free(take_splitter);
}

size_t splitter_held(const struct splitter *splitter)
{
	return splitter->carry_size;
}

struct place splitter_place(const struct splitter *splitter)
{
	return (struct place){splitter->carry_size > 0 ? splitter->start_line : splitter->line, splitter->nest};
}

void splitter_resume(struct splitter *splitter, struct place place)
{
	splitter->line = place.line;
	splitter->nest = place.nest;
}

static bool reserve(struct splitter *splitter, size_t size)
{
	char *carry;

	if (size <= splitter->carry_capacity)
		return true;
	carry = realloc(splitter->carry, size);
	if (!carry)
		return false;
	splitter->carry = carry;
	splitter->carry_capacity = size;
	return true;
}

void splitter_feed(struct splitter *splitter, struct span bytes)
{
	splitter->fed = bytes;
}

void splitter_end(struct splitter *splitter)
{
	splitter->ended = true;
}

/* Keeps the bytes of a record under way, and nothing else. */
static void carry_over(struct splitter *splitter)
{
	size_t keep = splitter->open && !splitter->dropped ? splitter->size - splitter->start : 0;

	if (keep > 0 && splitter->data != splitter->carry) {
		if (reserve(splitter, keep))
			memcpy(splitter->carry, splitter->data + splitter->start, keep);
		else
			splitter->dropped = true; /* out of memory: as if too long */
	} else if (keep > 0 && splitter->start > 0) {
		memmove(splitter->carry, splitter->carry + splitter->start, keep);
	}
	if (splitter->dropped)
		keep = 0;
	splitter->key -= splitter->start;
	splitter->second -= splitter->start;
	splitter->start = 0;
	splitter->carry_size = splitter->size = splitter->at = keep;
	splitter->data = splitter->carry;
	if (keep == 0 && splitter->carry_capacity > 65536) {
		free(splitter->carry);
		splitter->carry = NULL;
		splitter->carry_capacity = 0;
	}
}

/* All at hand has been looked at: what was fed comes next. To what was carried
 * over it is added by the line, for the rest needs not be copied. Returns
 * false if nothing is left. */
static bool take_fed(struct splitter *splitter)
{
	struct span fed = splitter->fed;
	const char *line_end;

	carry_over(splitter);
	if (fed.size == 0)
		return false;
	if (splitter->carry_size > 0) {
		line_end = memchr(fed.data, '\n', fed.size);
		if (line_end)
			fed.size = (size_t)(line_end + 1 - fed.data);
		if (reserve(splitter, splitter->carry_size + fed.size)) {
			memcpy(splitter->carry + splitter->carry_size, fed.data, fed.size);
			splitter->data = splitter->carry;
			splitter->size += fed.size;
		} else {
			splitter->dropped = true;
		}
	}
	if (splitter->carry_size == 0 || splitter->dropped) {
		splitter->carry_size = splitter->at = 0;
		splitter->data = fed.data;
		splitter->size = fed.size;
	}
	splitter->fed.data += fed.size;
	splitter->fed.size -= fed.size;
	return true;
}

static void begin(struct splitter *splitter, bool row)
{
	splitter->open = true;
	splitter->dropped = false;
	splitter->is_row = row;
	splitter->fresh = splitter->line_start;
	splitter->start = splitter->at++;
	splitter->start_line = splitter->line;
	splitter->folded = false;
	splitter->depth = 1;
	splitter->objects = !row;
	splitter->state = row ? VALUE_OR_END : KEY_OR_END;
}

/* The record under way is broken. Reading goes on at the second of its lines,
 * for it may have been the first that was cut off; on the same line only
 * within an array. Returns whether this is to be counted. */
static bool broken(struct splitter *splitter)
{
	bool count = !splitter->resync, again = splitter->open && !splitter->dropped && splitter->folded;

	splitter->torn = splitter->nest > 0;
	splitter->open = false;
	splitter->dropped = false;
	if (again) {
		splitter->at = splitter->second;
		splitter->line_start = true;
		splitter->line = splitter->start_line + 1;
		splitter->state = RESYNC_LINE;
		splitter->resync = true;
	} else if (splitter->nest > 0) {
		splitter->state = RESYNC_INLINE;
		splitter->previous = ',';
		splitter->resync = true;
	} else {
		splitter->state = SKIP_LINE;
	}
	return count;
}

/* An envelope's array begins: what came before it was no record. */
static void enter_array(struct splitter *splitter)
{
	splitter->open = false;
	splitter->nest += 2;
	splitter->state = BETWEEN;
}

static void enter_rows(struct splitter *splitter)
{
	static const char rest[] = "null}";
	size_t size = splitter->at - splitter->start;
	char *columns = realloc(splitter->columns, size + sizeof rest);

	if (!columns)
		return;
	memcpy(columns, splitter->data + splitter->start, size);
	memcpy(columns + size, rest, sizeof rest);
	splitter->columns = columns;
	splitter->columns_size = size + sizeof rest - 1;
	splitter->columns_id++;
	enter_array(splitter);
	splitter->rows = true;
}

/* An array is the value of a key of the record under way: if the key says
 * that records are in it, it is no record but an envelope. */
static bool opens_envelope(struct splitter *splitter)
{
	const char *key = splitter->data + splitter->key;
	size_t left = splitter->at - splitter->key;

	if (splitter->depth != 1 || splitter->is_row || splitter->dropped || !(splitter->objects & 1))
		return false;
	if ((left > 8 && memcmp(key, "records\"", 8) == 0) || (left > 7 && memcmp(key, "tables\"", 7) == 0)) {
		if (splitter->fresh) { /* whatever was around it has been cut short */
			splitter->nest = 0;
			splitter->rows = false;
		}
		enter_array(splitter);
	} else if (left > 5 && memcmp(key, "rows\"", 5) == 0)
		enter_rows(splitter);
	else
		return false;
	splitter->at++;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_literal(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '+' ||
	       c == '.';
}

enum step { GO_ON, DONE, BROKEN, DEEP };

static enum step open_container(struct splitter *splitter, bool object)
{
	if (!object && opens_envelope(splitter))
		return GO_ON;
	if (splitter->depth == DEPTH_MAX)
		return DEEP;
	splitter->objects = splitter->objects << 1 | object;
	splitter->depth++;
	splitter->at++;
	splitter->state = object ? KEY_OR_END : VALUE_OR_END;
	return GO_ON;
}

static enum step close_container(struct splitter *splitter, bool object)
{
	if ((splitter->objects & 1) != object)
		return BROKEN;
	splitter->objects >>= 1;
	splitter->depth--;
	splitter->at++;
	splitter->state = AFTER_VALUE;
	return splitter->depth == 0 ? DONE : GO_ON;
}

static enum step begin_string(struct splitter *splitter, bool is_key)
{
	splitter->is_key = is_key;
	splitter->escaped = false;
	splitter->state = STRING;
	splitter->key = is_key && splitter->depth == 1 ? splitter->at + 1 : splitter->key;
	splitter->at++;
	return GO_ON;
}

static enum step value(struct splitter *splitter, char c)
{
	switch (c) {
	case '{':
		return open_container(splitter, true);
	case '[':
		return open_container(splitter, false);
	case '"':
		return begin_string(splitter, false);
	case ']':
		return splitter->state == VALUE_OR_END ? close_container(splitter, false) : BROKEN;
	default:
		splitter->state = LITERAL;
		return is_literal(c) ? GO_ON : BROKEN;
	}
}

static enum step string(struct splitter *splitter)
{
	for (; splitter->at < splitter->size; splitter->at++) {
		unsigned char c = (unsigned char)splitter->data[splitter->at];

		if (c < 0x20)
			return BROKEN;
		if (splitter->escaped)
			splitter->escaped = false;
		else if (c == '\\')
			splitter->escaped = true;
		else if (c == '"') {
			splitter->at++;
			splitter->state = splitter->is_key ? COLON : AFTER_VALUE;
			return GO_ON;
		}
	}
	return GO_ON;
}

/* One step within a record. */
static enum step within(struct splitter *splitter)
{
	char c = splitter->data[splitter->at];

	if (splitter->state == STRING)
		return string(splitter);
	if (splitter->state == LITERAL) {
		if (is_literal(c))
			splitter->at++;
		else
			splitter->state = AFTER_VALUE;
		return GO_ON;
	}
	if (is_blank(c)) {
		splitter->line += c == '\n';
		splitter->at++;
		if (c == '\n' && !splitter->folded) {
			splitter->folded = true;
			splitter->second = splitter->at;
		}
		return GO_ON;
	}
	switch (splitter->state) {
	case KEY_OR_END:
		if (c == '}')
			return close_container(splitter, true);
		/* fall through */
	case KEY:
		return c == '"' ? begin_string(splitter, true) : BROKEN;
	case COLON:
		splitter->at++;
		splitter->state = VALUE;
		return c == ':' ? GO_ON : BROKEN;
	case VALUE:
	case VALUE_OR_END:
		return value(splitter, c);
	default: /* AFTER_VALUE */
		if (c == '}' || c == ']')
			return close_container(splitter, c == '}');
		splitter->state = splitter->objects & 1 ? KEY : VALUE;
		splitter->at += c == ',';
		return c == ',' ? GO_ON : BROKEN;
	}
}

/* A character between records. Returns whether it has no business there. */
static bool between(struct splitter *splitter, char c)
{
	if (c == '{' || (c == '[' && splitter->rows)) {
		begin(splitter, c == '[');
		splitter->line_start = false;
		return false;
	}
	splitter->at++;
	splitter->line_start = c == '\n' || (splitter->line_start && c == (char)0xEF);
	switch (c) {
	case '\n':
		splitter->line++;
		return false;
	case '[':
		splitter->nest++;
		return false;
	case ']':
	case '}':
		if (c == ']')
			splitter->rows = false;
		if (splitter->nest == 0)
			return true;
		splitter->torn &= --splitter->nest > 0;
		return false;
	case '"':
		splitter->state = BETWEEN_STRING;
		splitter->escaped = false;
		return splitter->nest == 0;
	case ' ':
	case '\t':
	case '\r':
	case ',':
	case (char)0xEF: /* a byte order mark */
	case (char)0xBB:
	case (char)0xBF:
		return false;
	default:
		return splitter->nest == 0 || !(c == ':' || is_literal(c));
	}
}

/* The key or value of an envelope; it may hold anything but a line's end. */
static void between_string(struct splitter *splitter, char c)
{
	if (c == '\n')
		splitter->state = BETWEEN;
	else if (splitter->escaped)
		splitter->escaped = false;
	else if (c == '\\')
		splitter->escaped = true;
	else if (c == '"')
		splitter->state = BETWEEN;
	splitter->at += c != '\n';
}

static void skip_line(struct splitter *splitter)
{
	const char *newline = memchr(splitter->data + splitter->at, '\n', splitter->size - splitter->at);

	splitter->at = newline ? (size_t)(newline - splitter->data) : splitter->size;
	if (newline)
		splitter->state = splitter->resync ? RESYNC_LINE : BETWEEN;
	if (newline && splitter->resync) {
		splitter->at++;
		splitter->line++;
		splitter->line_start = true;
	}
}

static void resync_line(struct splitter *splitter, char c)
{
	if (c == '[' && splitter->line_start) {
		splitter->rows = false; /* no row of the table that broke off, but something new */
		splitter->nest = 0;
	}
	if (c == '{' || c == '[') {
		splitter->state = BETWEEN;
		return;
	}
	splitter->at++;
	splitter->line += c == '\n';
	splitter->line_start = c == '\n';
	if (!is_blank(c) && c != '}' && c != ']' && c != ',')
		splitter->state = SKIP_LINE;
}

static void resync_inline(struct splitter *splitter, char c)
{
	if (splitter->previous == ',' && c == (splitter->rows ? '[' : '{')) {
		splitter->state = BETWEEN;
		return;
	}
	splitter->at++;
	if (c == '\n') {
		splitter->line++;
		splitter->line_start = true;
		splitter->state = RESYNC_LINE;
	} else if (!is_blank(c)) {
		splitter->previous = c;
	}
}

static enum split give_up(struct splitter *splitter, enum malformed why, enum malformed *ret_why)
{
	*ret_why = why;
	return broken(splitter) ? SPLIT_MALFORMED : SPLIT_MORE;
}

static enum split finish(struct splitter *splitter, struct document *ret, enum malformed *ret_why)
{
	splitter->open = false;
	splitter->state = BETWEEN;
	splitter->resync = false;
	if (splitter->dropped) {
		splitter->dropped = false;
		*ret_why = MALFORMED_TOO_LONG;
		return SPLIT_MALFORMED;
	}
	*ret = (struct document){
		.bytes = {splitter->data + splitter->start, splitter->at - splitter->start},
		.columns = splitter->is_row ? (struct span){splitter->columns, splitter->columns_size}
					    : (struct span){NULL, 0},
		.columns_id = splitter->columns_id,
		.line = splitter->start_line,
	};
	return SPLIT_DOCUMENT;
}

/* One step; SPLIT_MORE stands for nothing to tell. */
static enum split advance(struct splitter *splitter, struct document *ret, enum malformed *ret_why)
{
	char c = splitter->data[splitter->at];
	enum step step;

	switch (splitter->state) {
	case BETWEEN:
		if (between(splitter, c)) {
			splitter->state = SKIP_LINE;
			*ret_why = MALFORMED_NOT_JSON;
			return splitter->resync ? SPLIT_MORE : SPLIT_MALFORMED;
		}
		if (splitter->nest > DEPTH_MAX) {
			splitter->nest = 0;
			splitter->state = SKIP_LINE;
			*ret_why = MALFORMED_TOO_DEEP;
			return SPLIT_MALFORMED;
		}
		return SPLIT_MORE;
	case BETWEEN_STRING:
		between_string(splitter, c);
		return SPLIT_MORE;
	case SKIP_LINE:
		skip_line(splitter);
		return SPLIT_MORE;
	case RESYNC_LINE:
		resync_line(splitter, c);
		return SPLIT_MORE;
	case RESYNC_INLINE:
		resync_inline(splitter, c);
		return SPLIT_MORE;
	default:
		break;
	}
	step = within(splitter);
	if (splitter->open && !splitter->dropped && splitter->at - splitter->start > splitter->record_max) {
		/* On several lines it is rather a broken one that swallows its
		 * successors; on one line it is skipped to its end, unkept. */
		if (splitter->folded)
			return give_up(splitter, MALFORMED_TOO_LONG, ret_why);
		splitter->dropped = true;
	}
	switch (step) {
	case DONE:
		return finish(splitter, ret, ret_why);
	case BROKEN:
		return give_up(splitter, MALFORMED_SYNTAX, ret_why);
	case DEEP:
		return give_up(splitter, MALFORMED_TOO_DEEP, ret_why);
	case GO_ON:
		break;
	}
	return SPLIT_MORE;
}

bool splitter_peek(struct splitter *splitter, struct span *ret_text, uint64_t *ret_line)
{
	while (splitter->state == BETWEEN && (splitter->at < splitter->size || take_fed(splitter))) {
		char c = splitter->data[splitter->at];
		size_t left = splitter->size - splitter->at;

		if (c == '{') {
			*ret_text = (struct span){splitter->data + splitter->at,
						  left < splitter->record_max ? left : splitter->record_max};
			*ret_line = splitter->line;
			return true;
		}
		if (c != '\n' && c != ',' && c != '\r' && c != ' ')
			return false;
		between(splitter, c);
	}
	return false;
}

void splitter_pass(struct splitter *splitter, size_t size)
{
	splitter->at += size;
	splitter->line_start = false;
	splitter->resync = false;
}

enum split splitter_next(struct splitter *splitter, struct document *ret, enum malformed *ret_why)
{
	enum split split;

	for (;;) {
		while (splitter->at < splitter->size) {
			split = advance(splitter, ret, ret_why);
			if (split != SPLIT_MORE)
				return split;
		}
		if (take_fed(splitter))
			continue;
		if (!splitter->ended)
			break;
		if (splitter->open) {
			if (give_up(splitter, MALFORMED_TRUNCATED, ret_why) == SPLIT_MALFORMED)
				return SPLIT_MALFORMED;
			continue;
		}
		if (splitter->nest > 0 && !splitter->resync && !splitter->torn) {
			splitter->nest = 0; /* an array or envelope that nothing closed */
			*ret_why = MALFORMED_TRUNCATED;
			return SPLIT_MALFORMED;
		}
		splitter->ended = false;
		splitter->state = BETWEEN;
		splitter->resync = splitter->rows = splitter->torn = false;
		splitter->nest = 0;
		splitter->line = 1;
		splitter->line_start = true;
		break;
	}
	return SPLIT_MORE;
}
