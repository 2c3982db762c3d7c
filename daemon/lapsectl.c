/* lapsectl: the tool for people. */
#include "command/command.h"

static const struct verb verbs[] = {
	{"scan", "FILE...", "judge logs: which devices need somebody, and why", command_scan},
	{"explain", "--device DEVICE FILE...", "tell every step from record to verdict of one device", command_explain},
	{"check", "", "verify configuration and rules", command_check},
	{0},
};

int main(int argc, char **argv)
{
	return command_main(argc, argv, verbs, NULL);
}
