// SPDX-License-Identifier: GPL-2.0-or-later
#include "ppp_setting.h"

#include <string.h>

#include "lib/policy.h"
#include "proto/ppp_link.h"

bool ppp_setting_auth(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	if (policy_auth_parse(value, to))
		return true;
	return ini_refuse(ini, "%s must be of " POLICY_AUTH_WORDS ", not \"%s\"", s->name, value);
}

bool ppp_setting_mppe(struct ini *ini, const struct ini_setting *s, const char *value, void *to)
{
	unsigned int policy;

	_Static_assert(PPP_MPPE_DENY == 0 && PPP_MPPE_REQUIRE == 3, "lib/policy.c has them so");
	if (!policy_mppe_parse(value, &policy))
		return ini_refuse(ini, "%s must be require, prefer, allow or deny, not \"%s\"",
				  s->name, value);
	*(enum ppp_mppe_policy *)to = (enum ppp_mppe_policy)policy;
	return true;
}

bool ppp_setting_stateful(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to)
{
	unsigned int stateful;

	_Static_assert(CCP_STATEFUL_DENY == 0 && CCP_STATEFUL_PREFER == 2,
		       "lib/policy.c has them so");
	if (!policy_stateful_parse(value, &stateful))
		return ini_refuse(ini, "%s must be prefer, allow or deny, not \"%s\"", s->name,
				  value);
	*(enum ccp_stateful *)to = (enum ccp_stateful)stateful;
	return true;
}

bool ppp_setting_strength(struct ini *ini, const struct ini_setting *s, const char *value,
			  void *to)
{
	unsigned int *bits = to;
	char word[INI_WORD_MAX];

	*bits = 0;
	while (ini_word(&value, word)) {
		if (strcmp(word, "128") == 0)
			*bits |= CCP_MPPE_128;
		else if (strcmp(word, "56") == 0)
			*bits |= CCP_MPPE_56;
		else if (strcmp(word, "40") == 0)
			*bits |= CCP_MPPE_40;
		else
			return ini_refuse(ini, "%s must be of 128, 56 and 40, not \"%s\"",
					  s->name, word);
	}
	return true;
}
