// SPDX-License-Identifier: GPL-2.0-or-later
/* What a former daemon has left in the kernel. */
#include <errno.h>
#include <stdlib.h>

#include "ksession_priv.h"
#include "mpdev.h"
#include "nl/nlsock.h"

/* Devices of a former daemon that are remembered in one sweep. */
#define KSESSION_SWEEP_MAX	65536

/* Sessions to remove: a dump is not to be mixed with deletions. */
struct ksession_sweep {
	struct ksessions *ks;
	unsigned int n;
	unsigned int room;
	struct {
		uint32_t id;
		uint32_t ifindex;
	} *entry;
};

/* A shared device stays, and so would the routes to who is gone. */
static void ksession_sweep_routes(struct ksessions *ks, const struct nl_session *session)
{
	unsigned int i;

	for (i = 0; i < session->inner_count; i++)
		mpdev_unroute(ks->route, session->ifindex, &session->inner[i].prefix);
}

static void ksession_sweep_note(const struct nl_session *session, void *arg)
{
	struct ksession_sweep *sweep = arg;

	if (!(session->flags & KPPTP_SESSION_FLAGS_CONTROL) ||
	    !(session->status & KPPTP_SESSION_STATUS_ORPHANED))
		return;
	if (sweep->n == sweep->room)
		return;
	if (mpdev_is(sweep->ks->route, session->ifindex))
		ksession_sweep_routes(sweep->ks, session);
	else
		sweep->entry[sweep->n].ifindex = session->ifindex;
	sweep->entry[sweep->n].id = session->id;
	sweep->n++;
}

int ksessions_sweep(struct ksessions *ks, struct nl_error *err)
{
	struct nl_session filter = { .given = NL_GIVEN(KPPTP_A_SESSION_ORPHANED),
				     .orphaned = true };
	struct ksession_sweep sweep = { .ks = ks, .room = KSESSION_SWEEP_MAX };
	unsigned int i;
	int r;

	sweep.entry = calloc(sweep.room, sizeof(*sweep.entry));
	if (!sweep.entry)
		return nlsock_refuse(err, ENOMEM, "no memory");
	r = kernel_session_each(&ks->kernel, &filter, ksession_sweep_note, &sweep, err);
	for (i = 0; r == 0 && i < sweep.n; i++)
		ksession_remove(ks, sweep.entry[i].id, sweep.entry[i].ifindex);
	free(sweep.entry);
	ksessions_kept(ks);
	return r < 0 ? r : (int)sweep.n;
}
