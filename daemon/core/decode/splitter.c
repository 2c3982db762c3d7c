/* Around the records: what holds them, what is between them, and how to go on
 * after a broken one. */
#include <stdlib.h>

#include "splitter_parts.h"

const char *const malformed_names[] = {
#define X(name, text, ...) text,
	MALFORMED(X)
#undef X
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

void splitter_limit(struct splitter *splitter, size_t record_max)
{
	splitter->record_max = record_max;
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

/* A character between records. Returns whether it has no business there. */
static bool between(struct splitter *splitter, char c)
{
	if (c == '{' || (c == '[' && splitter->rows)) {
		splitter_begin(splitter, c == '[');
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
			splitter->state = c == '\0' ? SKIP_NULS : SKIP_LINE;
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
	case SKIP_NULS:
		if (c)
			splitter->state = BETWEEN;
		else
			splitter->at++;
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
	step = splitter_step(splitter);
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
