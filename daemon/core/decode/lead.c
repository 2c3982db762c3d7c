#include "lead.h"

#include <assert.h>

const struct meaning no_meaning = {FIELD_NONE, 0, false};

#define BIT(field) (UINT32_C(1) << FIELD_##field)

/* Which fields count where. */
static const uint32_t fields_of_role[ROLE_COUNT] = {
	[ROLE_OUTER] = ~BIT(TYPE),
	[ROLE_PROPERTIES] = ~(BIT(TYPE) | BIT(PROPERTIES)),
	[ROLE_AUTHENTICATION] = BIT(FAMILIAR),
	[ROLE_AUTHENTICATION_TOO] = BIT(FAMILIAR),
};

static void fill_meanings(struct lead *lead, const struct key *key)
{
	/* "type" is the value of the authType around it. */
	static const struct meaning type = {FIELD_AUTHENTICATION, 0, true}, type_too = {FIELD_AUTHENTICATION, 1, true};

	for (int role = 0; role < ROLE_COUNT; role++)
		lead->meaning[role] = fields_of_role[role] >> key->meaning.field & 1 ? &key->meaning : &no_meaning;
	if (key->meaning.field == FIELD_TYPE) {
		lead->meaning[ROLE_AUTHENTICATION] = &type;
		lead->meaning[ROLE_AUTHENTICATION_TOO] = &type_too;
	}
}

static void fill_text(struct lead *lead, const struct key *key, unsigned level)
{
	const size_t escapes = quote_size(level) - 1, size = 1 + escapes + 1 + key->size + escapes + 2;
	char *out = lead->text[0];

	if (size > sizeof lead->mask)
		return;
	*out++ = ',';
	out = (char *)memset(out, '\\', escapes) + escapes;
	*out++ = '"';
	out = (char *)memcpy(out, key->name, key->size) + key->size;
	out = (char *)memset(out, '\\', escapes) + escapes;
	*out++ = '"';
	*out = ':';
	memcpy(lead->text[1], lead->text[0], size);
	lead->text[1][0] = '{';
	memset(lead->mask, 0xFF, size);
	lead->size = (uint32_t)size;
}

/* Nothing is expected behind it yet; it is like no text. */
static void clear(struct lead *lead, struct lead *stranger)
{
	lead->text[0][0] = lead->text[1][0] = ',';
	lead->next = lead->first[0] = lead->first[1] = stranger;
	for (int role = 0; role < ROLE_COUNT; role++)
		lead->meaning[role] = &no_meaning;
}

void leads_fill(struct leads *leads)
{
	key_index_fill(&leads->index);
	leads->first = &leads->lead[0][STRANGER];
	for (unsigned level = 0; level <= LEVEL_MAX; level++) {
		struct lead *stranger = &leads->lead[level][STRANGER];

		clear(stranger, stranger);
		for (size_t i = 0; i < sizeof leads->index.place / sizeof *leads->index.place; i++) {
			const struct key *key = leads->index.place[i];
			struct lead *lead;

			if (!key)
				continue;
			assert(key->row < STRANGER); /* else LEADS_MAX is too small */
			lead = &leads->lead[level][key->row];
			clear(lead, stranger);
			lead->bit = UINT64_C(1) << key->row;
			fill_meanings(lead, key);
			fill_text(lead, key, level);
		}
	}
}
