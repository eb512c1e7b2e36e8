// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections [forward NAME] of a configuration: which caller goes on to which PNS. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"

/* The one called @name, which a section's first line makes. NULL: refused. */
static struct config_forward *config_forward_get(struct config_reader *r, const char *name)
{
	struct config *cfg = r->base;
	struct config_forward *forward;
	unsigned int i;

	for (i = 0; i < cfg->forward_n; i++) {
		if (!strcmp(cfg->forward[i].name, name))
			return &cfg->forward[i];
	}
	if (!policy_name_valid(name)) {
		config_refuse(r, "the name of a forward has 1 to %d letters, digits, - and _",
			      POLICY_NAME_MAX - 1);
		return NULL;
	}
	if (cfg->forward_n == CONFIG_FORWARDS_MAX) {
		config_refuse(r, "more than %d sections [forward]", CONFIG_FORWARDS_MAX);
		return NULL;
	}
	forward = &cfg->forward[cfg->forward_n++];
	snprintf(forward->name, sizeof(forward->name), "%s", name);
	return forward;
}

static bool config_forward_called(struct config_reader *r, struct config_forward *forward,
				  const char *value)
{
	if (forward->called[0])
		return config_refuse(r, "called is given twice");
	if (strlen(value) >= sizeof(forward->called))
		return config_refuse(r, "called has more than %d characters", PPTP_NAME_LEN);
	snprintf(forward->called, sizeof(forward->called), "%s", value);
	return true;
}

/* "A" or "A/N" */
static bool config_forward_source(struct config_reader *r, struct config_forward *forward,
				  const char *value)
{
	const char *slash = strchr(value, '/');
	char word[CONFIG_WORD_MAX];
	char *end = word;
	unsigned long bits = 32;
	uint32_t mask;

	if (forward->source_mask)
		return config_refuse(r, "source is given twice");
	snprintf(word, sizeof(word), "%.*s", slash ? (int)(slash - value) : -1, value);
	if (!config_host_address(r, word, &forward->source))
		return false;
	if (slash)
		bits = strtoul(slash + 1, &end, 10);
	if (slash && (slash[1] < '0' || slash[1] > '9' || *end || bits < 1 || bits > 32))
		return config_refuse(r, "\"%s\": the prefix must be from 1 to 32", value);
	mask = ~0u << (32 - bits);
	if (ntohl(forward->source.s_addr) & ~mask)
		return config_refuse(r, "\"%s\" has address bits outside of its prefix", value);
	forward->source_mask = htonl(mask);
	return true;
}

bool config_forward_setting(struct config_reader *r, const char *section, const char *name,
			    const char *value)
{
	struct config_forward *forward = config_forward_get(r, section);

	if (!forward)
		return false;
	if (!value[0])
		return config_refuse(r, "%s has no value", name);
	if (!strcmp(name, "called"))
		return config_forward_called(r, forward, value);
	if (!strcmp(name, "source"))
		return config_forward_source(r, forward, value);
	if (strcmp(name, "to"))
		return config_refuse(r, "[forward] has no setting \"%s\"", name);
	if (forward->to.s_addr)
		return config_refuse(r, "to is given twice");
	return config_host_address(r, value, &forward->to);
}

bool config_forward_check(struct config_reader *r)
{
	const struct config *cfg = r->base;
	const struct config_forward *forward;
	unsigned int i;

	r->line = 0;
	for (i = 0; i < cfg->forward_n; i++) {
		forward = &cfg->forward[i];
		if (!forward->to.s_addr)
			return config_refuse(r, "[forward %s] does not say to which server",
					     forward->name);
		if (!forward->called[0] && !forward->source_mask)
			return config_refuse(r, "[forward %s] needs called, source or both",
					     forward->name);
	}
	return true;
}

const struct config_forward *config_forward_find(const struct config *cfg, const char *called,
						 struct in_addr source)
{
	const struct config_forward *forward = cfg->forward;
	unsigned int i;

	for (i = 0; i < cfg->forward_n; i++, forward++) {
		if (forward->called[0] && strcmp(forward->called, called) != 0)
			continue;
		if ((source.s_addr & forward->source_mask) == forward->source.s_addr)
			return forward;
	}
	return NULL;
}
