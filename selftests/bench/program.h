/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of the bench share. Each reads commands, one a line, from its
 * standard input, and answers each with one line when it is done, so that whoever
 * gives them reads the clocks while nothing moves. It ends with its input.
 */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/* Says why, and what errno says if it is not 0, and ends the program with 1. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* @value if it is not negative; dies, naming @what, otherwise. */
int need(int value, const char *what);

/* The process goes to the network namespace that ip-netns(8) calls @name. */
void enter(const char *name);

/* CLOCK_MONOTONIC, in nanoseconds. */
uint64_t now_ns(void);

/* A whole number from @least on; dies, naming @what, where @text is none. */
uint64_t parse_number(const char *text, uint64_t least, const char *what);

/* The number in the next command. False at the end of the input. */
bool next_command(uint64_t *value);

/* Tells how long the command took. */
void answer(uint64_t nanoseconds);

/* As many files as the system lets a process have open. */
void allow_files(void);

#endif /* BENCH_PROGRAM_H */
