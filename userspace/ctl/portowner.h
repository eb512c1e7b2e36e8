/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who listens at a TCP port of this network namespace. */
#ifndef CTL_PORTOWNER_H
#define CTL_PORTOWNER_H

#include <stddef.h>
#include <stdint.h>

/* @pid 0 and @name "": the process cannot be seen, which takes root. */
struct portowner {
	unsigned long inode;
	unsigned int pid;
	char name[32];
};

/* Fills at most @room of @owners, one a listening socket; returns how many. */
size_t portowner_find(uint16_t port, struct portowner *owners, size_t room);

#endif /* CTL_PORTOWNER_H */
