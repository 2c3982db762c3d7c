#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../core/rfc5424.h"

static int is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDERR_FILENO);
	return known;
}

void log_line(int severity, const char *format, ...)
{
	va_list arguments;

	if (!is_terminal())
		fprintf(stderr, "<%d>", severity);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static const char *colour_of(const struct notice *notice)
{
	const char *no = getenv("NO_COLOR");

	if (!is_terminal() || (no && *no))
		return "";
	if (notice->state == STATE_CLEARED || notice->state == STATE_WITHDRAWN)
		return "\033[32m";
	return notice->severity <= 3 ? "\033[31m" : notice->severity == 4 ? "\033[33m" : "";
}

void log_notice(const struct notice *notice)
{
	const char *colour = colour_of(notice);
	char line[1400];

	notice_line(notice, line, sizeof line);
	log_line(notice->severity, "%s%s%s", colour, line, *colour ? "\033[0m" : "");
}
