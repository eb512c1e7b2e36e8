/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of settings that kpptpd.conf(5) and kpptp-tunnel(5) have in common because
 * both are about PPP; for struct ini_setting.set.
 */
#ifndef DAEMON_PPP_SETTING_H
#define DAEMON_PPP_SETTING_H

#include "lib/ini.h"

/* A mask of PPP_AUTH_BIT(). */
bool ppp_setting_auth(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* An enum ppp_mppe_policy. */
bool ppp_setting_mppe(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* An enum ccp_stateful. */
bool ppp_setting_stateful(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to);

/* A mask of CCP_MPPE_*, in an unsigned int. */
bool ppp_setting_strength(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to);

#endif /* DAEMON_PPP_SETTING_H */
