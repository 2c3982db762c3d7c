/* lapsed: the daemon. */
#include <string.h>

#include "command/command.h"
#include "host/journal.h"
#include "host/reader.h"

int main(int argc, char **argv)
{
	static const struct verb daemon = {
		"daemon", "", "follows logs and raises alerts; in the foreground, systemd does the rest", command_run};

	/* Not for people: host/journal starts it. */
	if (argc > 1 && strcmp(argv[1], JOURNAL_READ) == 0)
		return reader_run(argc - 2, argv + 2);
	return command_main(argc, argv, NULL, &daemon);
}
