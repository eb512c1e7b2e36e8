/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every verb of pptpctl shares: the options before the verb, and how
 * errors are told.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <stdbool.h>

struct nl_error;

/* Exit codes, documented in pptpctl(8). */
#define CTL_OK		0
#define CTL_FAILED	1
#define CTL_USAGE	2

struct ctl {
	bool json;
	const char *socket;	/* of the daemon */
	const char *users;	/* file */
};

/* A verb: @argc words after it. Returns an exit code. */
typedef int (*ctl_verb_fn)(const struct ctl *ctl, int argc, char **argv);

/* One sentence on standard error; returns CTL_FAILED. */
int ctl_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for a wrong command line; returns CTL_USAGE. */
int ctl_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The kernel's refusal of @what; returns CTL_FAILED. */
int ctl_refused(const char *what, const struct nl_error *err);

#endif /* CTL_CTL_H */
