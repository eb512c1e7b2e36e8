// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "probe.h"

/* Octets around a packet in a tunnel: IPv4, GRE and PPP with MPPE, all at their longest. */
#define OVERHEAD	44

#define NAME_PROBLEM \
	"the name %s cannot be looked up (%s): check it, and the DNS servers of this machine"

#define ROUTE_PROBLEM \
	"this machine has no way to %s (%s): see ip route get %s"

#define GRE_PROBLEM \
	"GRE is blocked: %s answers at TCP port 1723, but no GRE comes back: let IP " \
	"protocol 47 pass every firewall on the way, both ways, and give NAT routers the " \
	"PPTP helper (modprobe nf_nat_pptp)"

#define GRE_OUT_PROBLEM \
	"GRE is blocked one way: packets of %s come here, but it answers none of ours: let " \
	"IP protocol 47 pass every firewall on the way out, and that of the server"

#define SIZE_PROBLEM \
	"GRE packets of %u octets get lost on the way to %s, smaller ones do not: set a " \
	"smaller MTU (--mtu 1300), or let ICMP pass, which says what the way takes"

#define DONE_NOTE \
	"%s answers (host \"%s\", vendor \"%s\"): TCP, control connection, call and GRE " \
	"work; packets of %u octets pass, which makes an MTU of %u in the tunnel"

static bool in_use(const struct doctor_facts *facts, uint16_t call_id)
{
	size_t i;

	for (i = 0; i < facts->sessions_n; i++) {
		if (facts->sessions[i].local_call_id == call_id)
			return true;
	}
	return false;
}

static uint16_t free_call_id(const struct doctor_facts *facts)
{
	uint16_t id = 0;

	do {
		if (getrandom(&id, sizeof(id), 0) != sizeof(id))
			id++;
	} while (!id || in_use(facts, id));
	return id;
}

static void tell_connect(const struct probe *probe, const char *address,
			 struct findings *found)
{
	switch (probe->code) {
	case ECONNREFUSED:
		findings_problem(found,
				 "%s refuses TCP port 1723: start the PPTP server there, or let its firewall accept the port",
				 address);
		break;
	case ETIMEDOUT:
		findings_problem(found,
				 "%s does not answer at TCP port 1723: check the address, and let the firewalls on the way pass the port",
				 address);
		break;
	case ECONNRESET:
		findings_problem(found,
				 "%s resets connections to TCP port 1723: look for a firewall on the way, or a limit of the server",
				 address);
		break;
	default:
		findings_problem(found, "%s cannot be reached (%s): see ip route get %s", address,
				 probe->error, address);
	}
}

static void tell(const struct probe *probe, const char *server, struct findings *found)
{
	char address[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &probe->address, address, sizeof(address));
	switch (probe->step) {
	case PROBE_NAME:
		findings_problem(found, NAME_PROBLEM, server, probe->error);
		break;
	case PROBE_ROUTE:
		findings_problem(found, ROUTE_PROBLEM, address, probe->error, address);
		break;
	case PROBE_CONNECT:
		tell_connect(probe, address, found);
		break;
	case PROBE_START:
		findings_problem(found,
				 "%s takes connections at TCP port 1723, but %s: is it a PPTP server, and may this machine use it?",
				 address, probe->error);
		break;
	case PROBE_CALL:
		findings_problem(found, "%s has a control connection with us, but for a call it %s",
				 address, probe->error);
		break;
	case PROBE_GRE:
		findings_problem(found, GRE_PROBLEM, address);
		break;
	case PROBE_GRE_OUT:
		findings_problem(found, GRE_OUT_PROBLEM, address);
		break;
	case PROBE_SIZE:
		findings_problem(found, SIZE_PROBLEM, probe->path, address);
		break;
	case PROBE_DONE:
		findings_note(found, DONE_NOTE, address, probe->host, probe->vendor, probe->path,
			      probe->path - OVERHEAD);
		break;
	}
}

void doctor_server(const struct doctor_facts *facts, const char *server,
		   struct findings *found)
{
	struct probe probe;

	if (geteuid()) {
		findings_problem(found, "a server cannot be tried: run pptpctl doctor as root");
		return;
	}
	probe_run(&probe, server, free_call_id(facts));
	tell(&probe, server, found);
}
