// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of a tunnel: what is read, can be written and is read back the same;
 * what is refused, is refused with a sentence and leaves no secret behind.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t no_hash[16];
	struct tunnel_config cfg;
	char err[TUNNEL_ERROR_MAX];

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
