/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks for a password. */
#ifndef CTL_PASSWORD_H
#define CTL_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads a password into @text with a final 0: from a terminal twice and without
 * echo, else one line of standard input. False, with a message, when there is
 * none, it does not fit or the two differ. The caller wipes @text.
 */
bool password_read(char *text, size_t room);

#endif /* CTL_PASSWORD_H */
