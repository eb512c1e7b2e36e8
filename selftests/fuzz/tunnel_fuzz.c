// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of a tunnel: what is read, can be written and is read back the same;
 * what is refused, is refused with a sentence and leaves no secret behind. Its lines
 * are also settings one by one, as pptpctl sends them.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/tunnel_config.h"
#include "fuzz.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

/*
 * A text that takes three octets for each of its own may be too long for a line
 * when it is written, and the daemon refuses it then; nothing else may be.
 */
static void check_again(const struct tunnel_config *cfg)
{
	char text[TUNNEL_FILE_MAX], err[TUNNEL_ERROR_MAX];
	struct tunnel_config again;
	size_t len;

	len = tunnel_config_format(cfg, text, sizeof(text));
	must(len && len == strlen(text));
	if (tunnel_config_parse(&again, "f", cfg->name, text, len, err))
		must(!memcmp(cfg, &again, sizeof(again)));
	else
		must(strstr(err, "the line has more than"));
}

/* "NAME = VALUE" */
static void set_line(struct tunnel_config *cfg, char *line)
{
	char *value = strchr(line, '='), *end = value;
	char err[TUNNEL_ERROR_MAX];
	bool good;

	if (!value)
		return;
	while (end > line && end[-1] == ' ')
		end--;
	*end = 0;
	value += 1 + strspn(value + 1, " ");
	good = tunnel_config_set(cfg, line, value, err);
	must(good == !err[0]);
}

static void check_settings(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *line, *rest = text;
	char err[TUNNEL_ERROR_MAX];
	struct tunnel_config cfg;

	must(text);
	memcpy(text, data, size);
	text[size] = 0;
	must(tunnel_config_name("vpn") && !tunnel_config_name(".vpn") &&
	     !tunnel_config_name("v/n"));
	tunnel_config_init(&cfg, "vpn");
	while ((line = strsep(&rest, "\n")))
		set_line(&cfg, line);
	must(tunnel_config_finish(&cfg, err) == !err[0]);
	tunnel_config_wipe(&cfg);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t no_hash[16];
	struct tunnel_config cfg;
	char err[TUNNEL_ERROR_MAX];

	check_settings(data, size);
	if (!tunnel_config_parse(&cfg, "f", "vpn", (const char *)data, size, err)) {
		must(err[0] && !cfg.has_hash && !cfg.password[0]);
		must(!memcmp(cfg.nt_hash, no_hash, sizeof(no_hash)));
		return 0;
	}
	must(!err[0] && cfg.server_n && cfg.user[0] && cfg.methods && cfg.mppe_bits);
	must(cfg.server_n <= TUNNEL_SERVERS_MAX && cfg.route_n <= TUNNEL_ROUTES_MAX);
	check_again(&cfg);
	return 0;
}
