#include "settings.h"

#include <stdio.h>

const struct setting_row setting_rows[SETTING_COUNT] = {
#define X(name, key, unit, fallback, least, most, help) {key, unit, fallback, least, most, help},
	SETTINGS(X)
#undef X
};

void settings_default(struct settings *ret)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		ret->value[i] = setting_rows[i].fallback;
}

enum setting settings_find(struct span key)
{
	int i = 0;

	while (i < SETTING_COUNT && !span_equal(key, span_of(setting_rows[i].key)))
		i++;
	return (enum setting)i;
}

/* 0 for a unit that is none. */
static int64_t seconds_of(struct span unit)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_equal(unit, span_of(units[i].name)))
			return units[i].seconds;
	return 0;
}

const char *settings_read(enum setting setting, struct span text, int64_t *ret_value)
{
	static char expected[128];
	const struct setting_row *row = &setting_rows[setting];
	bool timed = strcmp(row->unit, "s") == 0;
	int64_t value = 0, factor;
	size_t i = 0;

	snprintf(expected, sizeof expected, "expected a whole number from %lld to %lld (%s)%s",
		 (long long)row->least, (long long)row->most, row->unit, timed ? ", or with min, h or d" : "");
	for (; i < text.size && is_digit(text.data[i]); i++)
		if ((value = value * 10 + (text.data[i] - '0')) > INT64_C(1000000000000))
			return expected;
	factor = timed ? seconds_of((struct span){text.data + i, text.size - i}) : i == text.size;
	value *= factor;
	if (i == 0 || factor == 0 || value < row->least || value > row->most)
		return expected;
	*ret_value = value;
	return NULL;
}
