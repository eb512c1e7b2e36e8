// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target over its seeds, or over the files that are named: what
 * libFuzzer's own main does with file arguments, for compilers without it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

/* In a heap block of its own size, so that ASan sees a step past the end. */
static int replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file)
		return -errno;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	data = malloc(size > 0 ? (size_t)size : 1);
	if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) {
		free(data);
		fclose(file);
		return -EIO;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 0;
}

static int report(unsigned int number, const char *path)
{
	int err = replay(path);

	printf("%sok %u %s%s%s\n", err ? "not " : "", number, path,
	       err ? " # " : "", err ? strerror(-err) : "");
	return err;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The seeds of program NAME_fuzz are in corpus/NAME. */
static int replay_corpus(const char *program)
{
	int n, i, failed = 0, len = (int)strlen(program) - (int)strlen("_fuzz");
	char dir[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	struct dirent **seed;

	snprintf(dir, sizeof(dir), "%s/%.*s", CORPUS, len > 0 ? len : 0, program);
	n = scandir(dir, &seed, is_seed, alphasort);
	if (n <= 0) {
		printf("1..1\nnot ok 1 %s has no seeds\n", dir);
		return 1;
	}
	printf("1..%d\n", n);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, seed[i]->d_name);
		failed |= report((unsigned int)i + 1, path) != 0;
		free(seed[i]);
	}
	free(seed);
	return failed;
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	printf("TAP version 13\n");
	if (argc < 2)
		return replay_corpus(program_invocation_short_name);
	printf("1..%d\n", argc - 1);
	for (i = 1; i < argc; i++)
		failed |= report((unsigned int)i, argv[i]) != 0;
	return failed;
}
