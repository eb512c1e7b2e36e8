/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the command line, one after the other. The readers print what is
 * wrong (ctl_usage()) and return false.
 */
#ifndef CTL_ARGS_H
#define CTL_ARGS_H

#include <netinet/in.h>
#include <stdbool.h>

struct args {
	int left;
	char **next;
};

/* The next word if there is one, else NULL. */
const char *args_take(struct args *args);

/* The next word, for @what. NULL, with a message, when there is none. */
const char *args_word(struct args *args, const char *what);

/* A number in [@min, @max], decimal or 0x. */
bool args_number(struct args *args, const char *what, unsigned long min,
		 unsigned long max, unsigned long *value);

/* @word as such a number. */
bool args_number_of(const char *word, const char *what, unsigned long min,
		    unsigned long max, unsigned long *value);

/* An IPv4 address. */
bool args_address(struct args *args, const char *what, struct in_addr *address);

/* The name of a network device, at most IF_NAMESIZE - 1 octets. */
const char *args_device(struct args *args);

/* Nothing may be left. */
bool args_end(const struct args *args);

#endif /* CTL_ARGS_H */
