// SPDX-License-Identifier: GPL-2.0-or-later
#include "args.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

const char *args_take(struct args *args)
{
	if (!args->left)
		return NULL;
	args->left--;
	return *args->next++;
}

const char *args_word(struct args *args, const char *what)
{
	const char *word = args_take(args);

	if (!word)
		ctl_usage("%s is missing", what);
	return word;
}

bool args_number_of(const char *word, const char *what, unsigned long min,
		    unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(word, &end, 0);
	if (!isdigit((unsigned char)*word) || *end || errno || *value < min || *value > max) {
		ctl_usage("%s is a number from %lu to %lu, not \"%s\"", what, min, max, word);
		return false;
	}
	return true;
}

bool args_number(struct args *args, const char *what, unsigned long min,
		 unsigned long max, unsigned long *value)
{
	const char *word = args_word(args, what);

	return word && args_number_of(word, what, min, max, value);
}

bool args_address(struct args *args, const char *what, struct in_addr *address)
{
	const char *word = args_word(args, what);

	if (!word)
		return false;
	if (inet_pton(AF_INET, word, address) != 1) {
		ctl_usage("%s is an IPv4 address like 192.0.2.1, not \"%s\"", what, word);
		return false;
	}
	return true;
}

const char *args_device(struct args *args)
{
	const char *name = args_word(args, "the name of the device");

	if (!name)
		return NULL;
	if (!*name || strlen(name) >= IF_NAMESIZE || strpbrk(name, "/: \t\n") ||
	    !strcmp(name, ".") || !strcmp(name, "..")) {
		ctl_usage("\"%s\" is no name for a device: 1 to %d characters, no blanks, / or :",
			  name, IF_NAMESIZE - 1);
		return NULL;
	}
	return name;
}

bool args_end(const struct args *args)
{
	if (!args->left)
		return true;
	ctl_usage("\"%s\" was not expected", *args->next);
	return false;
}
