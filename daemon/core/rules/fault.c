#include "fault.h"

#include <stdarg.h>
#include <stdio.h>

int fault_set(struct fault *fault, const char *file, int line, int column, const char *format, ...)
{
	va_list arguments;

	snprintf(fault->file, sizeof fault->file, "%s", file ? file : "");
	fault->line = line;
	fault->column = column;
	va_start(arguments, format);
	vsnprintf(fault->text, sizeof fault->text, format, arguments);
	va_end(arguments);
	return FAULT;
}

const char *fault_describe(const struct fault *fault, char *buffer, unsigned size)
{
	if (fault->line > 0)
		snprintf(buffer, size, "%s:%d:%d: %s", fault->file, fault->line, fault->column, fault->text);
	else
		snprintf(buffer, size, "%s%s%s", fault->file, fault->file[0] ? ": " : "", fault->text);
	return buffer;
}
