// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor_session.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* So many packets without any answer are no accident. */
#define UNANSWERED	3

/* Lower than any usual link leaves: PPPoE, and PPTP with MPPE inside of it. */
#define MTU_LOW		1400
#define MTU_IPV6	1280	/* RFC 8200 section 5 */

/* The setting's name, and its value that asks for the way back. */
#define RP_FILTER "rp_filter"
#define RP_FILTER_STRICT 1

#define RP_FILTER_NOTE \
	"%s: " RP_FILTER " is strict and drops what comes from networks without a " \
	"route to this device: add their routes, or run sysctl -w " \
	"net.ipv4.conf.%s." RP_FILTER "=2"

#define WRONG_KEYS \
	"packets came and none could be decrypted: both ends need the same MPPE keys, " \
	"and a static tunnel the other end's tx as its rx"

#define OTHER_MODE \
	"packets came with MPPE flags of another mode: make both ends stateless or " \
	"both stateful"

#define FRAGMENTS_NOTE \
	"%s: %" PRIu64 " packets left in fragments, which firewalls often drop: " \
	"set a smaller MTU"

#define PATH_NOTE \
	"%s: the path takes packets of %u octets and the device has an MTU of %u: " \
	"run ip link set %s mtu %u"

#define NO_GRE_PROBLEM \
	"%s: %" PRIu64 " packets were sent and no GRE came back: let IP protocol 47 " \
	"pass every firewall on the way, both ways"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* How a session is called: "pptp0 (198.51.100.1)". */
struct title {
	char text[IF_NAMESIZE + INET_ADDRSTRLEN + 24];
};

static struct title title_of(const struct nl_session *session)
{
	char name[IF_NAMESIZE], peer[INET_ADDRSTRLEN];
	struct title title;

	inet_ntop(AF_INET, &session->peer, peer, sizeof(peer));
	if (session->ifindex && if_indextoname(session->ifindex, name))
		snprintf(title.text, sizeof(title.text), "%s (%s)", name, peer);
	else
		snprintf(title.text, sizeof(title.text), "session %u (%s)", session->id, peer);
	return title;
}

static uint64_t accepted(const struct nl_session *session)
{
	return session->stats[KPPTP_A_STATS_RX_PACKETS] +
	       session->stats[KPPTP_A_STATS_RX_CONTROL];
}

static uint64_t dropped(const struct nl_session *session)
{
	uint64_t sum = 0;
	int attr;

	for (attr = 1; attr <= KPPTP_A_DROPS_MAX; attr++)
		sum += session->drops[attr];
	return sum;
}

/*
 * Even a peer with nothing to send acknowledges what it gets (RFC 2637 section
 * 4.4), so that nothing at all means that GRE does not pass.
 */
void doctor_session_silent(const struct doctor_facts *facts, struct findings *found)
{
	const struct nl_session *session;
	uint64_t sent;
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		session = &facts->sessions[i];
		sent = session->stats[KPPTP_A_STATS_TX_PACKETS] +
		       session->stats[KPPTP_A_STATS_TX_CONTROL];
		if (sent < UNANSWERED || accepted(session) || dropped(session) ||
		    session->stats[KPPTP_A_STATS_RX_ACKS])
			continue;
		findings_problem(found,
				 NO_GRE_PROBLEM,
				 title_of(session).text, sent);
	}
}

/* A reason to drop, and what it means where nothing was ever accepted. */
struct refusal {
	int attr;
	const char *text;
};

/*
 * A forged packet may raise these counters, so only a session that has accepted no
 * network packet at all is told of.
 */
static const struct refusal refusals[] = {
	{ KPPTP_A_DROPS_MPPE_IMPLAUSIBLE,
	  WRONG_KEYS },
	{ KPPTP_A_DROPS_MPPE_NO_KEY,
	  "encrypted packets came and this end has no MPPE key: let both ends encrypt or none" },
	{ KPPTP_A_DROPS_RX_CLEARTEXT,
	  "packets came in clear where MPPE is required: let both ends encrypt or none" },
	{ KPPTP_A_DROPS_MPPE_BITS,
	  OTHER_MODE },
};

static void refusing(const struct nl_session *session, struct findings *found)
{
	size_t i;

	for (i = 0; i < COUNT(refusals); i++) {
		if (session->drops[refusals[i].attr])
			findings_problem(found, "%s: %s (%" PRIu64 " dropped)",
					 title_of(session).text, refusals[i].text,
					 session->drops[refusals[i].attr]);
	}
}

void doctor_session_refusing(const struct doctor_facts *facts, struct findings *found)
{
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		if (!facts->sessions[i].stats[KPPTP_A_STATS_RX_PACKETS])
			refusing(&facts->sessions[i], found);
	}
}

/* Of the device @name, 0 when it is not there. */
static unsigned int device_mtu(const char *name)
{
	char path[64 + IF_NAMESIZE], value[16];

	snprintf(path, sizeof(path), "/sys/class/net/%s/mtu", name);
	return doctor_facts_line(path, value, sizeof(value)) ?
	       (unsigned int)strtoul(value, NULL, 10) : 0;
}

/*
 * The session's MTU follows the path, the device's does not, and what is between is
 * answered by ICMP, which not everybody believes. That of a device with many sessions
 * is not to be lowered for one.
 */
void doctor_session_path(const struct doctor_facts *facts, struct findings *found)
{
	const struct nl_session *session;
	char name[IF_NAMESIZE];
	unsigned int mtu;
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		session = &facts->sessions[i];
		if (!session->mtu || !session->ifindex || session->inner_count ||
		    !if_indextoname(session->ifindex, name))
			continue;
		mtu = device_mtu(name);
		if (mtu > session->mtu)
			findings_note(found, PATH_NOTE, title_of(session).text, session->mtu, mtu,
				      name, session->mtu);
	}
}

void doctor_session_mtu(const struct doctor_facts *facts, struct findings *found)
{
	const struct nl_session *session;
	uint64_t fragments;
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		session = &facts->sessions[i];
		fragments = session->stats[KPPTP_A_STATS_TX_FRAGMENTED];
		if (session->mtu && session->mtu < MTU_IPV6)
			findings_problem(found,
					 "%s: the MTU is %u, too small for IPv6: look for the link on the way that takes so little",
					 title_of(session).text, session->mtu);
		else if (session->mtu && session->mtu < MTU_LOW)
			findings_note(found,
				      "%s: the MTU is %u, because the other end or the path takes no more",
				      title_of(session).text, session->mtu);
		if (fragments)
			findings_note(found,
				      FRAGMENTS_NOTE,
				      title_of(session).text, fragments);
	}
}

/* net.ipv4.conf.@name.rp_filter, 0 when it cannot be read. */
static int rp_filter(const char *name)
{
	char path[64 + IF_NAMESIZE], value[16];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/" RP_FILTER, name);
	return doctor_facts_line(path, value, sizeof(value)) ? atoi(value) : 0;
}

/* The kernel takes the larger of all's and the device's. */
void doctor_session_rp_filter(const struct doctor_facts *facts, struct findings *found)
{
	int all = rp_filter("all"), own;
	char name[IF_NAMESIZE];
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		if (!facts->sessions[i].ifindex ||
		    !if_indextoname(facts->sessions[i].ifindex, name))
			continue;
		own = rp_filter(name);
		if ((own > all ? own : all) == RP_FILTER_STRICT)
			findings_note(found,
				      RP_FILTER_NOTE,
				      title_of(&facts->sessions[i]).text, name);
	}
}
