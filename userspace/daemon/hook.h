/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program of the administrator's without waiting for it: one at a time,
 * in the order in which they were asked for, each with a time limit. It has no
 * capability (privilege.h) and none of our descriptors.
 */
#ifndef DAEMON_HOOK_H
#define DAEMON_HOOK_H

#include <stdbool.h>

#include "loop.h"

#define HOOK_WORDS_MAX	4	/* the program itself included */
#define HOOK_WORD_MAX	128
#define HOOK_INPUT_MAX	2048	/* octets, which a pipe takes at once */

struct hooks;

/* NULL: no memory. */
struct hooks *hooks_new(struct loop *loop);

/* A program that still runs is left alone, those that wait are forgotten. */
void hooks_free(struct hooks *hooks);

/*
 * Runs @words, NULL at the end, the first being the path, with @input on its
 * standard input. What goes wrong is logged. False: no memory.
 */
bool hooks_run(struct hooks *hooks, const char *const *words, const char *input);

/* Runs what is left and waits for it: at the end of kpptpd. */
void hooks_finish(struct hooks *hooks);

#endif /* DAEMON_HOOK_H */
