#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_is_smart(int file)
{
	const char *kind = getenv("TERM");

	return isatty(file) && !(kind && strcmp(kind, "dumb") == 0);
}

bool terminal_has_colour(int file)
{
	const char *no = getenv("NO_COLOR");

	return terminal_is_smart(file) && !(no && *no);
}

unsigned terminal_columns(int file)
{
	struct winsize size = {0};

	return isatty(file) && ioctl(file, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
