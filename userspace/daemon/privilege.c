// SPDX-License-Identifier: GPL-2.0-or-later
#include <cap-ng.h>
#include <errno.h>
#include <sys/prctl.h>

#include "privilege.h"

bool privilege_sufficient(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) == 1;
}

bool privilege_drop(void)
{
	capng_select_t what = CAPNG_SELECT_BOTH;

	/* Without CAP_SETPCAP the bounding set stays; the unit has bounded it then. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 1)
		what = CAPNG_SELECT_CAPS;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
		      CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, -1);
	if (capng_apply(what) == 0)
		return true;
	errno = EPERM;
	return false;
}
