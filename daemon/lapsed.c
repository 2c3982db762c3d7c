/* lapsed: the daemon. */
#include "command/command.h"

int main(int argc, char **argv)
{
	static const struct verb daemon = {
		"daemon", "", "follows logs and raises alerts; in the foreground, systemd does the rest", command_run};

	return command_main(argc, argv, NULL, &daemon);
}
