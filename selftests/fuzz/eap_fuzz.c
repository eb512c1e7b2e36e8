// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both ends of EAP and somebody between them. The input says which methods, and
 * then, in steps of an octet of what and an octet of how much, what happens to
 * the packets on the line; packets may also be put on it.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lib/array.h"
#include "proto/eap_rig.h"

enum step {
	STEP_TO_SERVER,		/* the next packet arrives */
	STEP_TO_PEER,
	STEP_FORGE_TO_SERVER,	/* one that stands in the input does */
	STEP_FORGE_TO_PEER,
	STEP_LOSE,		/* the next one for the server, or odd: the peer */
	STEP_DOUBLE,
	STEP_SPOIL,		/* its octet of that number */
	STEP_TIME,
	STEPS,
};

/* The first octet: a mask of methods for the user, and which TLS. */
#define MODE_METHODS	0x07
#define MODE_TLS12	0x08
#define MODE_EXPIRED	0x10
#define MODE_BIG	0x20
#define MODE_SMALL_MTU	0x40

static struct tls_config *server_tls[3], *peer_tls[2];
static struct rig rig;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static struct tls_config *load(const struct tls_pki *pki, const char *name,
			       enum tls_version version)
{
	struct tls_files files = {
		.certificate = tls_pki_file(pki, name),
		.key = tls_pki_file(pki, "key"),
		.ca = tls_pki_file(pki, "ca"),
		.max_version = version,
		.depth = 4,
	};
	struct tls_config *config;
	char err[200];

	config = tls_config_load(&files, err, sizeof(err));
	must(config);
	return config;
}

static void load_all(void)
{
	struct tls_pki pki;

	if (server_tls[0])
		return;
	must(tls_pki_make(&pki));
	server_tls[0] = load(&pki, "gw", TLS_VERSION_1_3);
	server_tls[1] = load(&pki, "gw", TLS_VERSION_1_2);
	server_tls[2] = load(&pki, "big", TLS_VERSION_1_3);
	peer_tls[0] = load(&pki, "alice", TLS_VERSION_1_3);
	peer_tls[1] = load(&pki, "alice", TLS_VERSION_1_2);
	tls_pki_remove(&pki);
}

static void set_up(uint8_t mode)
{
	load_all();
	rig_server_config.tls = server_tls[mode & MODE_BIG ? 2 :
					   !!(mode & MODE_TLS12)];
	rig_server_config.mtu = mode & MODE_SMALL_MTU ? 200 : 1400;
	rig_credentials.tls = peer_tls[0];
	rig_credentials.new_password = "newPass";
	rig_init(&rig);
	rig.peer.cfg.mtu = rig_server_config.mtu;
	rig.user_methods = (unsigned int)(mode & MODE_METHODS) << PPP_AUTH_EAP_MD5;
	rig.expired = mode & MODE_EXPIRED;
	eap_peer_start(&rig.peer);
	eap_server_start(&rig.server, 0, &rig.acts);
	rig_perform(&rig, RIG_SERVER);
}

/* What stands at @data, as a packet of EAP. */
static void forge(enum rig_end to, const uint8_t *data, size_t len)
{
	struct rig_frame frame = { .len = 2 + len, .data = { 0xc2, 0x27 } };

	memcpy(frame.data + 2, data, len);
	rig_deliver(&rig, to, &frame);
}

static void lose(struct rig_line *line)
{
	if (line->n)
		memmove(line->frame, line->frame + 1,
			--line->n * sizeof(line->frame[0]));
}

static void spoil(struct rig_line *line, uint8_t at)
{
	if (line->n && at < line->frame[0].len)
		line->frame[0].data[at] ^= 0x55;
}

/* Performs the step at @data; returns how many octets it took. */
static size_t perform(const uint8_t *data, size_t size)
{
	uint8_t much = data[1];
	struct rig_line *line = &rig.line[much & 1];
	size_t len = much < size - 2 ? much : size - 2;

	switch ((enum step)(data[0] % STEPS)) {
	case STEP_TO_SERVER:
		rig_pass_one(&rig, RIG_SERVER);
		break;
	case STEP_TO_PEER:
		rig_pass_one(&rig, RIG_PEER);
		break;
	case STEP_FORGE_TO_SERVER:
		forge(RIG_SERVER, data + 2, len);
		return 2 + len;
	case STEP_FORGE_TO_PEER:
		forge(RIG_PEER, data + 2, len);
		return 2 + len;
	case STEP_LOSE:
		lose(line);
		break;
	case STEP_DOUBLE:
		if (line->n)
			rig_push(line, &line->frame[0]);
		break;
	case STEP_SPOIL:
		spoil(line, much >> 1);
		break;
	case STEP_TIME:
		rig_wait(&rig);
		break;
	case STEPS:
		break;
	}
	return 2;
}

/* Nobody is let in whom the daemon did not let in. */
static void check(void)
{
	unsigned int decided = rig.asked[PPP_AUTH_LOGIN] +
			       rig.asked[PPP_AUTH_CHANGE];
	bool server = rig.outcome[RIG_SERVER] == PPP_AUTH_DONE_OK;
	bool peer = rig.outcome[RIG_PEER] == PPP_AUTH_DONE_OK;

	must(rig.server.out.len <= EAP_MESSAGE_MAX);
	must(rig.peer.out.len <= EAP_MESSAGE_MAX);
	must(rig.server.requests <= EAP_SERVER_REQUESTS_MAX + 1);
	must(!server || decided);
	must(!peer || decided || rig.peer.method == PPP_AUTH_EAP_MD5);
	must(rig.server.state != EAP_SERVER_DONE || !rig.server.tls.tls);
	if (rig.server.state == EAP_SERVER_DONE && server &&
	    rig.peer.state == EAP_PEER_DONE && rig.peer.keys)
		must(rig_keys_match(&rig));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	set_up(data[0]);
	for (data++, size--; size >= 2;) {
		size_t took = perform(data, size);

		check();
		data += took;
		size -= took;
	}
	rig_go(&rig);
	check();
	must(rig.server.state == EAP_SERVER_DONE || rig.over[RIG_SERVER]);
	rig_free(&rig);
	return 0;
}
