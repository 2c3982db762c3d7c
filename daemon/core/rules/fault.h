/* What is wrong with a text that a user wrote: where, and what was expected.
 * Functions that read such a text return a positive number and fill a fault. */
#ifndef LAPSED_FAULT_H
#define LAPSED_FAULT_H

enum { FAULT = 1 };

struct fault {
	char file[256];
	int line;   /* from 1; 0 where the whole file is meant */
	int column; /* from 1 */
	char text[512];
};

/* Always returns FAULT, so that a finding is one statement. */
int fault_set(struct fault *fault, const char *file, int line, int column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* "file:line:column: text" into buffer; returns buffer. */
const char *fault_describe(const struct fault *fault, char *buffer, unsigned size);

#endif
