// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "admission.h"

struct admission_source {
	in_addr_t address;
	unsigned int n;
	unsigned int half_open;
	UT_hash_handle hh;
};

static struct admission_source *admission_find(const struct admission *a,
					       struct in_addr address)
{
	struct admission_source *source;

	HASH_FIND(hh, a->sources, &address.s_addr, sizeof(address.s_addr), source);
	return source;
}

static struct admission_source *admission_add(struct admission *a,
					      struct in_addr address)
{
	struct admission_source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->address = address.s_addr;
	HASH_ADD(hh, a->sources, address, sizeof(source->address), source);
	return source;
}

void admission_init(struct admission *a, uint32_t secret)
{
	memset(a, 0, sizeof(*a));
	a->factor = secret | 1;
}

/* Whether the address has been too fast; counts this one if it has not. */
static bool admission_rate(struct admission *a, const struct config *cfg,
			   struct in_addr address, uint64_t now)
{
	/* Multiplicative hashing: only the uppermost bits depend on all of the address. */
	uint32_t hash = (uint32_t)address.s_addr * a->factor;
	struct allowance *rate = &a->rate[(uint64_t)hash * ADMISSION_RATES >> 32];
	unsigned int burst = cfg->max_rate * CONFIG_RATE_BURST;

	if (!cfg->max_rate)
		return true;
	if (burst < cfg->max_connections_per_address)
		burst = cfg->max_connections_per_address;
	if (rate->burst != burst)
		allowance_init(rate, burst, 1000 / cfg->max_rate, now);
	return allowance_take(rate, now);
}

/* How many half-open ones an address may have. */
static unsigned int admission_half_open(const struct config *cfg)
{
	uint64_t part = (uint64_t)cfg->max_half_open * cfg->max_connections_per_address /
			cfg->max_connections;
	unsigned int least = cfg->max_half_open / ADMISSION_HALF_OPEN_PART;

	if (part < least)
		part = least;
	return part ? (unsigned int)part : 1;
}

static const char *admission_full(const struct admission *a, const struct config *cfg,
				  const struct admission_source *source)
{
	if (a->total >= cfg->max_connections)
		return "max-connections is reached";
	if (a->half_open >= cfg->max_half_open)
		return "max-half-open is reached";
	if (!source)
		return NULL;
	if (source->n >= cfg->max_connections_per_address)
		return "max-connections-per-address is reached";
	if (source->half_open >= admission_half_open(cfg))
		return "the address has its part of max-half-open";
	return NULL;
}

static const char *admission_count(struct admission *a, struct in_addr address)
{
	struct admission_source *source = admission_find(a, address);

	if (!source)
		source = admission_add(a, address);
	if (!source)
		return "no memory";
	source->n++;
	source->half_open++;
	a->total++;
	a->half_open++;
	return NULL;
}

const char *admission_enter(struct admission *a, const struct config *cfg,
			    struct in_addr address, uint64_t now)
{
	const char *full = admission_full(a, cfg, admission_find(a, address));

	if (!full && !admission_rate(a, cfg, address, now))
		full = "max-rate is reached";
	return full ? full : admission_count(a, address);
}

const char *admission_return(struct admission *a, const struct config *cfg,
			     struct in_addr address)
{
	const char *full = admission_full(a, cfg, admission_find(a, address));

	return full ? full : admission_count(a, address);
}

void admission_established(struct admission *a, struct in_addr address)
{
	struct admission_source *source = admission_find(a, address);

	a->half_open--;
	if (source)
		source->half_open--;
}

void admission_leave(struct admission *a, struct in_addr address, bool half_open)
{
	struct admission_source *source;

	if (half_open)
		admission_established(a, address);
	source = admission_find(a, address);
	a->total--;
	if (source && --source->n == 0) {
		HASH_DEL(a->sources, source);
		free(source);
	}
}
