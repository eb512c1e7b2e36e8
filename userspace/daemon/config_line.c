// SPDX-License-Identifier: GPL-2.0-or-later
/* The sections [line NAME] of a configuration: serial lines that callers come in by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_reader.h"
#include "lib/array.h"

#define CONFIG_LINE_SPEED	115200	/* bit/s */

static bool config_line_speed(struct ini *ini, const struct ini_setting *s, const char *value,
			      void *to)
{
	unsigned long speed;
	char *end;

	speed = strtoul(value, &end, 10);
	if (value[0] < '0' || value[0] > '9' || *end || speed > UINT32_MAX ||
	    !tty_has_speed((unsigned int)speed))
		return ini_refuse(ini, "%s: \"%s\" is no speed of a serial line, like 115200",
				  s->name, value);
	*(unsigned int *)to = (unsigned int)speed;
	return true;
}

static bool config_line_flow(struct ini *ini, const struct ini_setting *s, const char *value,
			     void *to)
{
	static const char *const words[] = {
		[TTY_FLOW_RTSCTS] = "rtscts",
		[TTY_FLOW_XONXOFF] = "xonxoff",
		[TTY_FLOW_NONE] = "none",
	};
	unsigned int i = 0;

	while (i < ARRAY_SIZE(words) && strcmp(words[i], value) != 0)
		i++;
	if (i == ARRAY_SIZE(words))
		return ini_refuse(ini, "%s must be rtscts, xonxoff or none, not \"%s\"", s->name,
				  value);
	*(enum tty_flow *)to = (enum tty_flow)i;
	return true;
}

#define AT(...) INI_PLACE(struct config_line, __VA_ARGS__)

static const struct ini_setting config_line_settings[] = {
	{ "", "device", ini_set_path, AT(device), 0, 0 },
	{ "", "speed", config_line_speed, AT(tty.speed), 0, 0 },
	{ "", "flow-control", config_line_flow, AT(tty.flow), 0, 0 },
	{ "", "local", ini_set_bool, AT(tty.local), 0, 0 },
	{ "", "called", ini_set_text, AT(called), 0, 0 },
	{ "", "calling", ini_set_text, AT(calling), 0, 0 },
	{ "", "to", ini_set_host_address, AT(to), 0, 0 },
};

#define CONFIG_LINE_SETTINGS ARRAY_SIZE(config_line_settings)

_Static_assert(CONFIG_LINE_SETTINGS <= CONFIG_LINE_SETTINGS_MAX, "line_seen has one for each");

/* The one called @name, which a section's first line makes. NULL: refused. */
static struct config_line *config_line_get(struct config_reader *r, const char *name)
{
	struct config *cfg = r->base;
	struct config_line *line;
	unsigned int i;

	for (i = 0; i < cfg->line_n; i++) {
		if (!strcmp(cfg->line[i].name, name))
			return &cfg->line[i];
	}
	if (!policy_name_valid(name)) {
		ini_refuse(&r->ini, "the name of a line has 1 to %d letters, digits, - and _",
			   POLICY_NAME_MAX - 1);
		return NULL;
	}
	if (cfg->line_n == CONFIG_LINES_MAX) {
		ini_refuse(&r->ini, "more than %d sections [line]", CONFIG_LINES_MAX);
		return NULL;
	}
	line = &cfg->line[cfg->line_n++];
	snprintf(line->name, sizeof(line->name), "%s", name);
	snprintf(line->calling, sizeof(line->calling), "%s", name);
	line->tty.speed = CONFIG_LINE_SPEED;
	return line;
}

bool config_line_setting(struct config_reader *r, const char *section, const char *name,
			 const char *value)
{
	struct config_line *line = config_line_get(r, section);
	bool known;
	int i;

	if (!line)
		return false;
	i = ini_find(config_line_settings, CONFIG_LINE_SETTINGS, "", name, &known);
	if (i < 0)
		return ini_refuse(&r->ini, "[line] has no setting \"%s\"", name);
	return ini_take(&r->ini, &config_line_settings[i], name, value, false,
			&r->line_seen[line - r->base->line][i], line);
}

/* What passes on a line is not looked at: nobody there has an address or a name. */
static bool config_line_resolve(struct config_reader *r, struct config_line *line)
{
	const struct config_caller caller = { .called = line->called, .name = "" };
	const struct config_forward *forward;

	if (line->to.s_addr)
		return true;
	forward = config_forward_find(r->base, &caller);
	if (!forward)
		return ini_refuse(&r->ini, "[line %s] has no to, and no [forward] fits its called",
				  line->name);
	line->to = forward->to;
	return true;
}

static bool config_line_check_device(struct config_reader *r, const struct config_line *line)
{
	const struct config_line *other;

	if (!line->device[0])
		return ini_refuse(&r->ini, "[line %s] does not say which device", line->name);
	for (other = r->base->line; other < line; other++) {
		if (!strcmp(other->device, line->device))
			return ini_refuse(&r->ini, "[line %s] and [line %s] have the same device",
					  other->name, line->name);
	}
	return true;
}

bool config_line_check(struct config_reader *r)
{
	struct config *cfg = r->base;
	unsigned int i;

	r->ini.line = 0;
	for (i = 0; i < cfg->line_n; i++) {
		if (!config_line_check_device(r, &cfg->line[i]) ||
		    !config_line_resolve(r, &cfg->line[i]))
			return false;
	}
	return true;
}
