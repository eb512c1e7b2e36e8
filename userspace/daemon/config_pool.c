// SPDX-License-Identifier: GPL-2.0-or-later
/* The pools of a configuration: address ranges by name, and which follows which. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"

/* "A/N": every address of the network but its first and last ones. */
static bool config_pool_network(struct config_reader *r, const char *word, uint32_t base,
				const char *prefix, struct config_range *range)
{
	unsigned long bits;
	uint32_t mask;
	char *end;

	bits = strtoul(prefix, &end, 10);
	if (prefix[0] < '0' || prefix[0] > '9' || *end || bits < 8 || bits > 30)
		return ini_refuse(&r->ini, "\"%s\": the prefix must be from 8 to 30", word);
	mask = ~0u << (32 - bits);
	if (base & ~mask)
		return ini_refuse(&r->ini, "\"%s\" has address bits outside of its prefix", word);
	range->first = base + 1;
	range->last = (base | ~mask) - 1;
	return true;
}

static bool config_pool_range(struct config_reader *r, char *word,
			      struct config_range *range)
{
	char *mark = strpbrk(word, "-/");
	char kind = mark ? *mark : 0;
	struct in_addr address;
	bool ok;

	if (mark)
		*mark = 0;
	ok = ini_host_address(&r->ini, word, &address);
	if (mark)
		*mark = kind;
	if (!ok)
		return false;
	range->first = ntohl(address.s_addr);
	range->last = range->first;
	if (kind == '/')
		return config_pool_network(r, word, range->first, mark + 1, range);
	if (kind == '-') {
		if (!ini_host_address(&r->ini, mark + 1, &address))
			return false;
		range->last = ntohl(address.s_addr);
	}
	if (range->last < range->first)
		return ini_refuse(&r->ini, "\"%s\" ends before it begins", word);
	return true;
}

/* Address ranges, a list, for the pool number @pool. */
static bool config_pool_ranges(struct config_reader *r, unsigned int pool, const char *value)
{
	struct config *cfg = r->base;
	struct config_range range = { .pool = pool };
	char word[INI_WORD_MAX];
	unsigned int i;

	while (ini_word(&value, word)) {
		if (cfg->range_n == CONFIG_RANGES_MAX)
			return ini_refuse(&r->ini, "more than %d address ranges",
					  CONFIG_RANGES_MAX);
		if (!config_pool_range(r, word, &range))
			return false;
		for (i = 0; i < cfg->range_n; i++) {
			if (range.first <= cfg->range[i].last &&
			    range.last >= cfg->range[i].first)
				return ini_refuse(&r->ini, "\"%s\" overlaps an earlier range",
						  word);
		}
		if (range.last - range.first >= CONFIG_POOL_SIZE_MAX)
			return ini_refuse(&r->ini, "\"%s\" has more than %d addresses", word,
					  CONFIG_POOL_SIZE_MAX);
		cfg->range[cfg->range_n++] = range;
	}
	return true;
}

bool config_pool(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	(void)s;
	(void)to;
	return config_pool_ranges(ini->arg, 0, value);
}

int config_pool_find(const struct config *cfg, const char *name)
{
	unsigned int i;

	for (i = 0; i < cfg->pool_n; i++) {
		if (!strcmp(cfg->pool[i].name, name))
			return (int)i;
	}
	return -1;
}

/* The pool called @name, which a section's first line makes. -1: refused. */
static int config_pool_get(struct config_reader *r, const char *name)
{
	struct config *cfg = r->base;
	int found = config_pool_find(cfg, name);
	struct config_pool *pool = &cfg->pool[cfg->pool_n];

	if (found >= 0)
		return found;
	if (!policy_name_valid(name)) {
		ini_refuse(&r->ini, "the name of a pool has 1 to %d letters, digits, - and _",
			   POLICY_NAME_MAX - 1);
		return -1;
	}
	if (cfg->pool_n == CONFIG_POOLS_MAX) {
		ini_refuse(&r->ini, "more than %d pools", CONFIG_POOLS_MAX);
		return -1;
	}
	snprintf(pool->name, sizeof(pool->name), "%s", name);
	pool->next = -1;
	return (int)cfg->pool_n++;
}

bool config_pool_setting(struct config_reader *r, const char *pool, const char *name,
			 const char *value)
{
	int at = config_pool_get(r, pool);

	if (at < 0)
		return false;
	if (!value[0])
		return ini_refuse(&r->ini, "%s has no value", name);
	if (!strcmp(name, "range"))
		return config_pool_ranges(r, (unsigned int)at, value);
	if (strcmp(name, "next"))
		return ini_refuse(&r->ini, "[pool] has no setting \"%s\"", name);
	if (r->pool_next_line[at])
		return ini_refuse(&r->ini, "next is given twice");
	if (!policy_name_valid(value))
		return ini_refuse(&r->ini, "there is no pool \"%s\"", value);
	snprintf(r->pool_next[at], sizeof(r->pool_next[at]), "%s", value);
	r->pool_next_line[at] = r->ini.line;
	return true;
}

/* The way from pool to pool has an end. */
static bool config_pool_ends(const struct config *cfg, unsigned int pool)
{
	int at = (int)pool;
	unsigned int i;

	for (i = 0; i < cfg->pool_n && at >= 0; i++)
		at = cfg->pool[at].next;
	return at < 0;
}

bool config_pool_check(struct config_reader *r)
{
	struct config *cfg = r->base;
	unsigned int i;

	for (i = 0; i < cfg->pool_n; i++) {
		r->ini.line = r->pool_next_line[i];
		if (!r->ini.line)
			continue;
		cfg->pool[i].next = config_pool_find(cfg, r->pool_next[i]);
		if (cfg->pool[i].next < 0)
			return ini_refuse(&r->ini, "there is no pool \"%s\"", r->pool_next[i]);
	}
	for (i = 0; i < cfg->pool_n; i++) {
		r->ini.line = r->pool_next_line[i];
		if (!config_pool_ends(cfg, i))
			return ini_refuse(&r->ini, "the pools that follow \"%s\" are a circle",
					  cfg->pool[i].name);
	}
	r->ini.line = 0;
	return true;
}
