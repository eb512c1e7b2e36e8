/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files. */
#ifndef LIB_SLURP_H
#define LIB_SLURP_H

#include <sys/types.h>

/*
 * Reads @fd up to its end, or @room octets of it, into @text. The number, which is
 * @room when there may be more; or a negative errno.
 */
ssize_t slurp(int fd, char *text, size_t room);

#endif /* LIB_SLURP_H */
