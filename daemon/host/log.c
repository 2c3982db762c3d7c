#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../core/basic/text.h"
#include "../core/tell/rfc5424.h"
#include "terminal.h"

enum { LINE_MAX_BYTES = 2048, WAITING_MAX = 1024 };

/* Lines that stderr did not take at once: a pipe or the journal that nobody
 * reads must not stop the program. */
static struct {
	char *lines[WAITING_MAX];
	size_t first, count;
	uint64_t lost;
} waiting;

static int is_terminal(void)
{
	static int known = -1;

	if (known < 0)
		known = isatty(STDERR_FILENO);
	return known;
}

/* A pipe that can be written takes PIPE_BUF bytes whole, and no line is longer. */
static bool put(const char *line)
{
	struct pollfd stderr_poll = {.fd = STDERR_FILENO, .events = POLLOUT};

	if (poll(&stderr_poll, 1, 0) == 0)
		return false;
	(void)!write(STDERR_FILENO, line, strlen(line));
	return true;
}

bool log_flush(void)
{
	char line[96];

	while (waiting.count > 0 && put(waiting.lines[waiting.first])) {
		free(waiting.lines[waiting.first]);
		waiting.first = (waiting.first + 1) % WAITING_MAX;
		waiting.count--;
	}
	if (waiting.count == 0 && waiting.lost > 0) {
		snprintf(line, sizeof line, "%s%llu lines could not be written here\n", is_terminal() ? "" : "<4>",
			 (unsigned long long)waiting.lost);
		if (put(line))
			waiting.lost = 0;
	}
	return waiting.count == 0 && waiting.lost == 0;
}

static void emit(const char *line)
{
	if (log_flush() && put(line))
		return;
	if (waiting.count == WAITING_MAX) {
		free(waiting.lines[waiting.first]);
		waiting.first = (waiting.first + 1) % WAITING_MAX;
		waiting.count--;
		waiting.lost++;
	}
	if ((waiting.lines[(waiting.first + waiting.count) % WAITING_MAX] = strdup(line)))
		waiting.count++;
	else
		waiting.lost++;
}

static void tell(int severity, const char *text)
{
	char line[LINE_MAX_BYTES], head[8] = "";

	if (!is_terminal())
		snprintf(head, sizeof head, "<%d>", severity);
	snprintf(line, sizeof line, "%s%.*s\n", head, LINE_MAX_BYTES - (int)sizeof head - 1, text);
	emit(line);
}

/* Names of files come from outside too. */
void log_line(int severity, const char *format, ...)
{
	char text[LINE_MAX_BYTES], escaped[LINE_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	text_escape_controls(span_of(text), escaped, sizeof escaped);
	tell(severity, escaped);
}

static const char *colour_of(const struct notice *notice)
{
	if (!terminal_has_colour(STDERR_FILENO))
		return "";
	if (notice->state == STATE_CLEARED || notice->state == STATE_WITHDRAWN)
		return "\033[32m";
	if (notice->severity <= SEVERITY_ERR)
		return "\033[31m";
	return notice->severity == SEVERITY_WARNING ? "\033[33m" : "";
}

void log_notice(const struct notice *notice)
{
	const char *colour = colour_of(notice);
	char line[1400], text[1420];

	notice_line(notice, line, sizeof line);
	snprintf(text, sizeof text, "%s%s%s", colour, line, *colour ? "\033[0m" : "");
	tell(notice->severity, text);
}
