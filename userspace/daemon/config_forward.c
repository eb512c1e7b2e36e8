// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections [forward NAME] of a configuration: which caller goes on to which PNS. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
		ini_refuse(&r->ini, "the name of a forward has 1 to %d letters, digits, - and _",
			   POLICY_NAME_MAX - 1);
		return NULL;
	}
	if (cfg->forward_n == CONFIG_FORWARDS_MAX) {
		ini_refuse(&r->ini, "more than %d sections [forward]", CONFIG_FORWARDS_MAX);
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
		return ini_refuse(&r->ini, "called is given twice");
	if (strlen(value) >= sizeof(forward->called))
		return ini_refuse(&r->ini, "called has more than %d characters", PPTP_NAME_LEN);
	snprintf(forward->called, sizeof(forward->called), "%s", value);
	return true;
}

/* "A" or "A/N" */
static bool config_forward_source(struct config_reader *r, struct config_forward *forward,
				  const char *value)
{
	const char *slash = strchr(value, '/');
	char word[INI_WORD_MAX];
	char *end = word;
	unsigned long bits = 32;
	uint32_t mask;

	if (forward->source_mask)
		return ini_refuse(&r->ini, "source is given twice");
	snprintf(word, sizeof(word), "%.*s", slash ? (int)(slash - value) : -1, value);
	if (!ini_host_address(&r->ini, word, &forward->source))
		return false;
	if (slash)
		bits = strtoul(slash + 1, &end, 10);
	if (slash && (slash[1] < '0' || slash[1] > '9' || *end || bits < 1 || bits > 32))
		return ini_refuse(&r->ini, "\"%s\": the prefix must be from 1 to 32", value);
	mask = ~0u << (32 - bits);
	if (ntohl(forward->source.s_addr) & ~mask)
		return ini_refuse(&r->ini, "\"%s\" has address bits outside of its prefix", value);
	forward->source_mask = htonl(mask);
	return true;
}

/* A name to compare with; a line has no room for one that is too long. */
static bool config_forward_text(struct config_reader *r, const char *name, const char *value,
				char to[CONFIG_LINE_MAX])
{
	if (to[0])
		return ini_refuse(&r->ini, "%s is given twice", name);
	snprintf(to, CONFIG_LINE_MAX, "%s", value);
	return true;
}

bool config_forward_setting(struct config_reader *r, const char *section, const char *name,
			    const char *value)
{
	struct config_forward *forward = config_forward_get(r, section);

	if (!forward)
		return false;
	if (!value[0])
		return ini_refuse(&r->ini, "%s has no value", name);
	if (!strcmp(name, "called"))
		return config_forward_called(r, forward, value);
	if (!strcmp(name, "source"))
		return config_forward_source(r, forward, value);
	if (!strcmp(name, "user"))
		return config_forward_text(r, name, value, forward->user);
	if (!strcmp(name, "realm"))
		return config_forward_text(r, name, value, forward->realm);
	if (strcmp(name, "to"))
		return ini_refuse(&r->ini, "[forward] has no setting \"%s\"", name);
	if (forward->to.s_addr)
		return ini_refuse(&r->ini, "to is given twice");
	return ini_host_address(&r->ini, value, &forward->to);
}

bool config_forward_check(struct config_reader *r)
{
	const struct config *cfg = r->base;
	const struct config_forward *forward;
	unsigned int i;

	r->ini.line = 0;
	for (i = 0; i < cfg->forward_n; i++) {
		forward = &cfg->forward[i];
		if (!forward->to.s_addr)
			return ini_refuse(&r->ini, "[forward %s] does not say to which server",
					  forward->name);
		if (!forward->called[0] && !forward->source_mask &&
		    !config_forward_needs_name(forward))
			return ini_refuse(&r->ini,
					  "[forward %s] needs called, source, user or realm",
					  forward->name);
	}
	return true;
}

bool config_forward_needs_name(const struct config_forward *forward)
{
	return forward->user[0] || forward->realm[0];
}

/* Is @name "REALM\user" or "user@REALM"? Realms are DNS or Windows names: no case. */
static bool config_forward_realm(const char *name, const char *realm)
{
	const char *slash = strchr(name, '\\');
	const char *at = strrchr(name, '@');
	size_t len = strlen(realm);

	if (slash)
		return (size_t)(slash - name) == len && !strncasecmp(name, realm, len);
	return at && !strcasecmp(at + 1, realm);
}

static bool config_forward_fits(const struct config_forward *forward,
				const struct config_caller *caller)
{
	if (forward->called[0] && strcmp(forward->called, caller->called) != 0)
		return false;
	if ((caller->source.s_addr & forward->source_mask) != forward->source.s_addr)
		return false;
	if (!caller->name)
		return true;
	if (forward->user[0] && strcmp(forward->user, caller->name) != 0)
		return false;
	return !forward->realm[0] || config_forward_realm(caller->name, forward->realm);
}

const struct config_forward *config_forward_find(const struct config *cfg,
						 const struct config_caller *caller)
{
	unsigned int i;

	for (i = 0; i < cfg->forward_n; i++) {
		if (config_forward_fits(&cfg->forward[i], caller))
			return &cfg->forward[i];
	}
	return NULL;
}
