// SPDX-License-Identifier: GPL-2.0-or-later
#include "ctl.h"

#include <stdarg.h>
#include <stdio.h>

#include "nl/types.h"

static void say(const char *fmt, va_list args)
	__attribute__((format(printf, 1, 0)));

static void say(const char *fmt, va_list args)
{
	fputs("pptpctl: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

int ctl_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	return CTL_FAILED;
}

int ctl_usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	return CTL_USAGE;
}

int ctl_refused(const char *what, const struct nl_error *err)
{
	if (err->attr[0])
		return ctl_fail("%s: %s (%s)", what, err->text, err->attr);
	return ctl_fail("%s: %s", what, err->text);
}
