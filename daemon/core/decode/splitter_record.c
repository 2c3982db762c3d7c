/* Within one record: where it ends, and whether it is one, or an envelope around
 * records. */
#include <stdlib.h>

#include "splitter_parts.h"

void splitter_begin(struct splitter *splitter, bool row)
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
	const char *key;
	size_t left;

	if (splitter->depth != 1 || splitter->is_row || splitter->dropped || !(splitter->objects & 1))
		return false;
	key = splitter->data + splitter->key;
	left = splitter->at - splitter->key;
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

enum step splitter_step(struct splitter *splitter)
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
