/* What the files of the configuration share. */
#ifndef LAPSED_CONFIG_PARTS_H
#define LAPSED_CONFIG_PARTS_H

#include "../core/rules/roster.h"

/* As JSON on stdout: a string or null, and an array of strings. */
void config_print_text(const char *text);
void config_print_roster(const struct roster *roster);

#endif
