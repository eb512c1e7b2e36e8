// SPDX-License-Identifier: GPL-2.0-or-later
#include "portowner.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_LISTEN	0x0a	/* TCP_LISTEN as /proc/net/tcp writes it */

/* A line of /proc/net/tcp: number, local, remote, state, …, inode. */
static bool listens(const char *line, uint16_t port, unsigned long *inode)
{
	unsigned int local, state;

	return sscanf(line, "%*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %*u %*d %lu",
		      &local, &state, inode) == 3 &&
	       local == port && state == STATE_LISTEN;
}

static size_t read_table(const char *path, uint16_t port, struct portowner *owners,
			 size_t count, size_t room)
{
	FILE *file = fopen(path, "re");
	unsigned long inode;
	char line[512];

	if (!file)
		return count;
	while (count < room && fgets(line, sizeof(line), file)) {
		if (listens(line, port, &inode))
			owners[count++] = (struct portowner){ .inode = inode };
	}
	fclose(file);
	return count;
}

/* The name of the process, without the line feed. */
static void read_name(struct portowner *owner)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/comm", owner->pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(owner->name, sizeof(owner->name), file))
		owner->name[strcspn(owner->name, "\n")] = '\0';
	fclose(file);
}

/* @link is what a file descriptor of the process @pid is. */
static void compare(const char *link, unsigned int pid, struct portowner *owners,
		    size_t count)
{
	unsigned long inode;
	size_t i;

	if (sscanf(link, "socket:[%lu]", &inode) != 1)
		return;
	for (i = 0; i < count; i++) {
		if (owners[i].inode != inode || owners[i].pid)
			continue;
		owners[i].pid = pid;
		read_name(&owners[i]);
	}
}

static void look_into(unsigned int pid, struct portowner *owners, size_t count)
{
	struct dirent *entry;
	char path[64];
	char link[64];
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		len = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);
		if (len <= 0)
			continue;
		link[len] = '\0';
		compare(link, pid, owners, count);
	}
	closedir(dir);
}

size_t portowner_find(uint16_t port, struct portowner *owners, size_t room)
{
	struct dirent *entry;
	size_t count;
	DIR *dir;

	count = read_table("/proc/net/tcp", port, owners, 0, room);
	count = read_table("/proc/net/tcp6", port, owners, count, room);
	dir = count ? opendir("/proc") : NULL;
	if (!dir)
		return count;
	while ((entry = readdir(dir))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			look_into((unsigned int)strtoul(entry->d_name, NULL, 10), owners, count);
	}
	closedir(dir);
	return count;
}
