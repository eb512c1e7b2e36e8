// SPDX-License-Identifier: GPL-2.0-or-later
#include "password.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl.h"

#define INTERRUPT	0x03	/* what Ctrl-C is without signals */

/* One line without its line feed, unbuffered, so that nothing stays in stdio. */
static bool read_line(char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;
	char c;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (c == INTERRUPT) {
			ctl_fail("interrupted");
			return false;
		}
		if (!c || len + 1 >= room) {
			ctl_fail("a password has at most %zu octets and no octet 0", room - 1);
			return false;
		}
		text[len++] = c;
	}
	text[len] = '\0';
	if (len && text[len - 1] == '\r')
		text[--len] = '\0';
	if (!len)
		ctl_fail(n < 0 ? "cannot read the password" : "the password is empty");
	return len;
}

static bool ask(const char *prompt, char *text, size_t room)
{
	bool good;

	fputs(prompt, stderr);
	good = read_line(text, room);
	fputc('\n', stderr);
	return good;
}

static bool ask_twice(char *text, size_t room)
{
	char again[1024];
	bool same;

	if (room > sizeof(again))
		room = sizeof(again);
	if (!ask("Password: ", text, room) || !ask("Again: ", again, room))
		return false;
	same = !strcmp(text, again);
	explicit_bzero(again, sizeof(again));
	if (!same)
		ctl_fail("the two passwords differ");
	return same;
}

bool password_read(char *text, size_t room)
{
	struct termios old, silent;
	bool good;

	if (tcgetattr(STDIN_FILENO, &old))
		return read_line(text, room);
	silent = old;
	/* Without signals, so that an interrupt cannot leave the echo off. */
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)) {
		ctl_fail("cannot switch off the terminal's echo");
		return false;
	}
	good = ask_twice(text, room);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	return good;
}
