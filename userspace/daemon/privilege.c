// SPDX-License-Identifier: GPL-2.0-or-later
#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/log.h"
#include "privilege.h"

bool privilege_sufficient(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) == 1;
}

/*
 * Without CAP_SETPCAP the bounding set stays; the unit has bounded it then. To be asked
 * before libcap-ng notes what we want to have, which is what it would tell.
 */
static bool privilege_may_bound(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) == 1;
}

/* Makes the capabilities what libcap-ng has noted. */
static bool privilege_apply(bool bound)
{
	if (capng_apply(bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) == 0)
		return true;
	errno = EPERM;
	return false;
}

/* The same, and from now on the user is another one. */
static bool privilege_become(const struct passwd *user, bool bound)
{
	capng_flags_t flags = CAPNG_INIT_SUPP_GRP;

	if (bound)
		flags |= CAPNG_CLEAR_BOUNDING;
	if (capng_change_id((int)user->pw_uid, (int)user->pw_gid, flags) == 0)
		return true;
	errno = EPERM;
	return false;
}

static bool privilege_may_become(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) == 1 &&
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID) == 1;
}

/* The user to become, NULL: the one that we are. */
static const struct passwd *privilege_user(const char *name)
{
	const struct passwd *user;

	if (geteuid() != 0 || strcmp(name, "root") == 0)
		return NULL;
	user = getpwnam(name);
	if (!user)
		log_warning("there is no user \"%s\", and kpptpd stays root: make one, or say user = root",
			    name);
	else if (!privilege_may_become())
		log_warning("kpptpd may not become %s, and stays root: give it CAP_SETUID and CAP_SETGID",
			    name);
	else
		return user;
	return NULL;
}

bool privilege_drop(const char *name)
{
	const struct passwd *user = privilege_user(name);
	bool bound = privilege_may_bound();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN,
		      CAP_NET_BIND_SERVICE, -1);
	return (user ? privilege_become(user, bound) : privilege_apply(bound)) &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool privilege_give_up(void)
{
	bool bound = privilege_may_bound();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return false;
	capng_clear(CAPNG_SELECT_BOTH);
	return privilege_apply(bound);
}
