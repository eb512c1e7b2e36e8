// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <uthash.h>

#include "admission.h"

struct admission_source {
	in_addr_t address;
	unsigned int n;
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

const char *admission_enter(struct admission *a, const struct config *cfg,
			    struct in_addr address)
{
	struct admission_source *source;

	if (a->total >= cfg->max_connections)
		return "max-connections is reached";
	if (a->half_open >= cfg->max_half_open)
		return "max-half-open is reached";
	source = admission_find(a, address);
	if (source && source->n >= cfg->max_connections_per_address)
		return "max-connections-per-address is reached";
	if (!source)
		source = admission_add(a, address);
	if (!source)
		return "no memory";
	source->n++;
	a->total++;
	a->half_open++;
	return NULL;
}

void admission_established(struct admission *a)
{
	a->half_open--;
}

void admission_leave(struct admission *a, struct in_addr address, bool half_open)
{
	struct admission_source *source = admission_find(a, address);

	a->total--;
	if (half_open)
		a->half_open--;
	if (source && --source->n == 0) {
		HASH_DEL(a->sources, source);
		free(source);
	}
}
