/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the checks of pptpctl doctor say: sentences of two levels. A problem is
 * certain and keeps something from working; a note may be as it is meant to be.
 */
#ifndef CTL_FINDINGS_H
#define CTL_FINDINGS_H

#include <stdbool.h>

#include <jansson.h>

/**
 * struct findings - all that was found
 * @list: array of objects with "check", "level" and "text"
 * @check: name of the check that runs
 * @said: findings of this check, those that are not listed included
 * @problem: there is one
 */
struct findings {
	json_t *list;
	const char *check;
	unsigned int said;
	bool problem;
};

/* Begins with the check @name, which must stay, and ends with the last one. */
void findings_begin(struct findings *found, const char *name);
void findings_end(struct findings *found);

/* One sentence each. */
void findings_problem(struct findings *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void findings_note(struct findings *found, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A line each on standard output. */
void findings_print(const struct findings *found);

#endif /* CTL_FINDINGS_H */
