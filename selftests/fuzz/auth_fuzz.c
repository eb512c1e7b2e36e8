// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Authentication, both ends. The first octet is the method and what the account
 * is like; then steps, an octet of what and an octet of how much: a packet of so
 * many octets for one end, or the packets that the ends have for each other.
 *
 * The input does not know the password. So nobody gets in whom the daemon has
 * not let in, and no server is believed by MS-CHAP version 2 but the real one.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/crypto.h"
#include "fuzz.h"
#include "lib/array.h"
#include "proto/ppp_authenticator.h"
#include "proto/ppp_authpeer.h"

#define PASSWORD	"a password that is not in the corpus"
#define CHANGED		"another one"

enum step {
	STEP_TO_SERVER,		/* a packet as it stands in the input */
	STEP_TO_PEER,
	STEP_CARRY,		/* what the ends have said, bit 0: peer's is lost */
	STEP_TIME,		/* so many tenths of a second pass */
	STEP_ANSWER,		/* the daemon's */
	STEP_RESTART,
	STEPS,
};

static const enum ppp_auth_method methods[] = {
	PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP, PPP_AUTH_MSCHAP_V2,
	PPP_AUTH_EAP_MD5,
};

static struct ppp_authenticator server;
static struct ppp_authpeer peer;
static struct ppp_actions said[2];	/* by the server, by the peer */
static struct ppp_auth_request asked;
static enum ppp_auth_method method;
static uint64_t now;
static unsigned int let_in;	/* by the daemon */
static bool expired, asking, by_hash;
static const char *password;

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_server(enum ppp_auth_outcome outcome)
{
	const struct ppp_auth_done *done = ppp_authenticator_done(&server);

	if (outcome != PPP_AUTH_DONE_OK)
		return;
	must(let_in && done->user[0]);
	must(ppp_auth_protocol(done->method) == ppp_auth_protocol(method));
	must(done->has_keys == ppp_auth_method_keys(done->method));
}

static void check_peer(enum ppp_auth_outcome outcome)
{
	const struct ppp_auth_done *done = ppp_authpeer_done(&peer);

	if (outcome == PPP_AUTH_DONE_FAILED)
		must(memchr(ppp_authpeer_failure(&peer)->message, '\0',
			    PPP_AUTH_MESSAGE_MAX));
	if (outcome != PPP_AUTH_DONE_OK)
		return;
	must(done->has_keys == ppp_auth_method_keys(done->method));
	/* The proof of the server cannot be made without the password. */
	if (done->method == PPP_AUTH_MSCHAP_V2 ||
	    done->method == PPP_AUTH_EAP_MSCHAP_V2)
		must(let_in);
}

/* A packet in a block of its own size, so that ASan sees a step past its end. */
static void input(unsigned int end, uint16_t protocol, const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct ppp_packet pkt;

	must(copy);
	memcpy(copy, p, len);
	if (ppp_packet_parse(copy, len, &pkt)) {
		if (end)
			check_peer(ppp_authpeer_input(&peer, protocol, &pkt, now,
						      &said[1]));
		else
			check_server(ppp_authenticator_input(&server, protocol, &pkt,
							     now, &said[0]));
	}
	free(copy);
}

static void answer(void)
{
	struct ppp_auth_secret secret = {
		.known = true, .password = by_hash ? NULL : password,
	};
	struct ppp_auth_result result = { .serial = asked.serial, .ok = true };

	if (!asking)
		return;
	asking = false;
	crypto_nt_hash(password, strlen(password), secret.nt_hash);
	if (asked.kind == PPP_AUTH_IDENTITY)
		result.methods = ~0u;
	else
		ppp_auth_check(&asked, &secret, &result);
	if (result.ok && asked.kind == PPP_AUTH_CHANGE) {
		password = CHANGED;
		expired = false;
	}
	if (result.ok && asked.kind == PPP_AUTH_LOGIN && expired)
		ppp_auth_refuse(&asked, MSCHAP_ERROR_EXPIRED, "", &result);
	let_in += result.ok && asked.kind != PPP_AUTH_IDENTITY;
	check_server(ppp_authenticator_result(&server, &result, now, &said[0]));
}

static void perform_action(const struct ppp_action *act, unsigned int from, bool lose)
{
	const uint8_t *p = act->send.data;

	switch (act->type) {
	case PPP_ACTION_SEND:
		must(act->send.len >= 6 && act->send.len <= PPP_FRAME_MAX);
		if (!lose)
			input(!from, (uint16_t)(p[0] << 8 | p[1]), p + 2,
			      act->send.len - 2);
		break;
	case PPP_ACTION_AUTHENTICATE:
		must(!from && memchr(act->auth.user, '\0', sizeof(act->auth.user)));
		asked = act->auth;
		asking = true;
		break;
	case PPP_ACTION_NOTE:
		must(act->text);
		break;
	case PPP_ACTION_GET_ADDRESS:
	case PPP_ACTION_KEYS:
	case PPP_ACTION_UP:
	case PPP_ACTION_DOWN:
	case PPP_ACTION_FINISHED:
	case PPP_ACTION_ECHO:
	case PPP_ACTION_ECHOED:
	case PPP_ACTION_IDENT:
	case PPP_ACTION_FORGED:
	case PPP_ACTION_PASSWORD:
		abort();
	}
}

/* Whoever has more to say than this is not listened to. */
#define SAID_MAX 6

/* What both have said; @lose: what is sent is not delivered. */
static void carry(unsigned int lose)
{
	static struct ppp_actions acts[2];
	unsigned int from, i;

	memcpy(acts, said, sizeof(acts));
	said[0].n = 0;
	said[1].n = 0;
	for (from = 0; from < 2; from++) {
		for (i = 0; i < acts[from].n; i++)
			perform_action(&acts[from].act[i], from, lose & 1u << from);
	}
	must(said[0].n <= PPP_ACTIONS_MAX && said[1].n <= PPP_ACTIONS_MAX);
}

static void restart(void)
{
	ppp_authenticator_start(&server, method, now, &said[0]);
	ppp_authpeer_start(&peer, method, now, &said[1]);
	asking = false;
}

static size_t perform(const uint8_t *data, size_t size)
{
	uint8_t much = data[1];
	size_t len = 0;

	switch ((enum step)(data[0] % STEPS)) {
	case STEP_TO_SERVER:
	case STEP_TO_PEER:
		len = much < size - 2 ? much : size - 2;
		input(data[0] % STEPS == STEP_TO_PEER, ppp_auth_protocol(method),
		      data + 2, len);
		break;
	case STEP_CARRY:
		carry(much);
		break;
	case STEP_TIME:
		now += much * 100;
		ppp_authenticator_timer(&server, now, &said[0]);
		ppp_authpeer_timer(&peer, now, &said[1]);
		break;
	case STEP_ANSWER:
		answer();
		break;
	case STEP_RESTART:
		restart();
		break;
	case STEPS:
		break;
	}
	if (said[0].n > SAID_MAX || said[1].n > SAID_MAX)
		carry(3);
	return 2 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seeds[2][PPP_RAND_SEED_LEN] = { { 1 }, { 2 } };
	struct ppp_credentials own = {
		.user = "LAB\\alice", .password = PASSWORD, .methods = ~0u,
	};
	const struct ppp_authenticator_config cfg = {
		.name = "gate", .methods = ~0u, .restart = 3000, .max_transmit = 10,
		.tries = 3, .mtu = 1020,
	};
	const struct ppp_authpeer_config peer_cfg = {
		.credentials = &own, .restart = 3000, .max_transmit = 10, .mtu = 1020,
	};
	struct ppp_rand rand[2];

	if (!size)
		return 0;
	method = methods[(data[0] & 7) % ARRAY_SIZE(methods)];
	expired = data[0] & 8;
	own.new_password = data[0] & 16 ? CHANGED : NULL;
	own.remote_name = data[0] & 32 ? "gate" : NULL;
	password = data[0] & 64 ? CHANGED : PASSWORD;
	by_hash = data[0] & 128;
	own.has_hash = by_hash && crypto_nt_hash(PASSWORD, strlen(PASSWORD), own.nt_hash);
	now = 1000;
	let_in = 0;
	said[0].n = 0;
	said[1].n = 0;
	ppp_rand_init(&rand[0], seeds[0]);
	ppp_rand_init(&rand[1], seeds[1]);
	ppp_authenticator_init(&server, &cfg, &rand[0]);
	ppp_authpeer_init(&peer, &peer_cfg, &rand[1]);
	restart();
	for (data++, size--; size >= 2;) {
		size_t took = perform(data, size);

		data += took;
		size -= took;
	}
	ppp_authenticator_stop(&server);
	ppp_authpeer_stop(&peer);
	return 0;
}
