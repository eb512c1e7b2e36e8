// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "weak.h"

void weak_note(struct weak *weak, enum ppp_auth_method method, const char *user,
	       struct in_addr peer, time_t when)
{
	struct weak_use *use = &weak->use[method];

	if (!ppp_auth_method_weak(method))
		return;
	use->logins++;
	snprintf(use->user, sizeof(use->user), "%s", user);
	use->peer = peer;
	use->when = when;
}
