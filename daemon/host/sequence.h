/* The numbers that journald gives to entries: up to where they were read, and
 * which the heads of the files name. Maps nothing, and reads no more than the
 * heads: what a damaged file does to others it cannot do here. */
#ifndef LAPSED_SEQUENCE_H
#define LAPSED_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SEQUENCE_ID_SIZE = 33, /* as text */
	SEQUENCES_MAX = 64,
};

/* Numbers under one id grow by one. A journal of several machines has several
 * ids. */
struct sequence {
	char id[SEQUENCE_ID_SIZE];
	uint64_t number;        /* of the newest entry that was read */
	uint64_t first, newest; /* in the files, as surveyed last; 0: none */
	uint64_t awaited;       /* the newest as surveyed when all had been read */
	/* Entries behind `number` in files that are cut short: first, count, newest. */
	uint64_t cut_from, cut, cut_newest;
	uint64_t cut_told;      /* up to this one */
};

struct sequences {
	const char *place;      /* a folder; of the system's journal anything */
	bool is_system;
	bool has_users;         /* some of its files are those of users */
	unsigned files, readable; /* of the system's journal without the files of users */
	int error;              /* of a file that could not be opened */
	struct sequence seen[SEQUENCES_MAX]; /* of which entries were read */
	size_t count;
};

/* Reads a cursor, "s=ID;i=NUMBER;..." in any order. Returns whether it is one. */
bool sequence_read(const char *cursor, struct sequence *ret);

/* The one with the id, begun if there is none. Good until the next call. */
struct sequence *sequences_find(struct sequences *sequences, const char *id);

/* Looks at all files. Returns 0, or -errno if there are none to look at. */
int sequences_survey(struct sequences *sequences);

#endif
