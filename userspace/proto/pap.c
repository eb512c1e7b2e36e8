// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data of an Authenticate-Request (RFC 1334 section 2.2.1):
 *
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | Peer-ID Length|  Peer-Id ...  | Passwd-Length |  Password ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * and of an Authenticate-Ack or -Nak (section 2.2.2):
 *
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Msg-Length   |  Message ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
#include <stdio.h>
#include <string.h>

#include "pap.h"

enum {
	CODE_REQUEST = 1,
	CODE_ACK = 2,
	CODE_NAK = 3,
};

void pap_start(struct pap *pap)
{
	pap->state = PAP_OPEN;
}

static void forget_password(struct pap *pap)
{
	explicit_bzero(pap->request.pap.password,
		       sizeof(pap->request.pap.password));
}

void pap_stop(struct pap *pap)
{
	pap->state = PAP_IDLE;
	forget_password(pap);
}

static void send_reply(struct pap *pap, uint8_t id, struct ppp_actions *acts)
{
	uint8_t data[1 + PPP_AUTH_MESSAGE_MAX];
	struct writer w = writer_of(data, sizeof(data));
	size_t len = strlen(pap->reply);

	writer_u8(&w, (uint8_t)len);
	writer_put(&w, pap->reply, len);
	ppp_action_packet(acts, PAP_PROTOCOL, pap->reply_code, id, data, w.len);
}

/* One of the two words, which no text of ours can have a NUL in. */
static bool take_word(struct reader *r, char *out)
{
	size_t len = reader_u8(r);
	const uint8_t *p = reader_take(r, len);

	if (!p || memchr(p, '\0', len))
		return false;
	memcpy(out, p, len);
	out[len] = '\0';
	return true;
}

static bool fill_request(struct pap *pap, const struct ppp_packet *pkt)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	struct ppp_auth_request *req = &pap->request;

	req->kind = PPP_AUTH_LOGIN;
	req->method = PPP_AUTH_PAP;
	return take_word(&r, req->user) && req->user[0] &&
	       take_word(&r, req->pap.password);
}

enum ppp_auth_outcome pap_input(struct pap *pap, const struct ppp_packet *pkt,
				struct ppp_actions *acts)
{
	if (pkt->code != CODE_REQUEST)
		return PPP_AUTH_IGNORED;
	switch (pap->state) {
	case PAP_IDLE:
	case PAP_PENDING:
		return PPP_AUTH_IGNORED;
	case PAP_OPEN:
		break;
	case PAP_DONE:
		/* Our reply was lost; section 2.2.1 wants the same one again. */
		send_reply(pap, pkt->id, acts);
		return PPP_AUTH_IGNORED;
	}
	if (!fill_request(pap, pkt)) {
		forget_password(pap);
		return PPP_AUTH_IGNORED;
	}
	pap->id = pkt->id;
	pap->request.serial++;
	pap->state = PAP_PENDING;
	ppp_action_add(acts, PPP_ACTION_AUTHENTICATE)->auth = pap->request;
	forget_password(pap);
	return PPP_AUTH_WAITING;
}

enum ppp_auth_outcome pap_result(struct pap *pap,
				 const struct ppp_auth_result *result,
				 struct ppp_actions *acts)
{
	if (pap->state != PAP_PENDING || result->serial != pap->request.serial)
		return PPP_AUTH_IGNORED;
	pap->state = PAP_DONE;
	pap->reply_code = result->ok ? CODE_ACK : CODE_NAK;
	snprintf(pap->reply, sizeof(pap->reply), "%s", result->message);
	send_reply(pap, pap->id, acts);
	return result->ok ? PPP_AUTH_DONE_OK : PPP_AUTH_DONE_FAILED;
}

void pap_peer_init(struct pap_peer *peer, const struct ppp_credentials *credentials,
		   unsigned int restart, unsigned int max_transmit)
{
	*peer = (struct pap_peer){
		.credentials = credentials,
		.restart = restart,
		.max_transmit = max_transmit,
		.deadline = UINT64_MAX,
	};
}

static void send_request(struct pap_peer *peer, uint64_t now,
			 struct ppp_actions *acts)
{
	const struct ppp_credentials *own = peer->credentials;
	uint8_t data[2 + 2 * UINT8_MAX];
	struct writer w = writer_of(data, sizeof(data));
	size_t user = strnlen(own->user, UINT8_MAX);
	size_t password = strnlen(own->password, UINT8_MAX);

	writer_u8(&w, (uint8_t)user);
	writer_put(&w, own->user, user);
	writer_u8(&w, (uint8_t)password);
	writer_put(&w, own->password, password);
	ppp_action_packet(acts, PAP_PROTOCOL, CODE_REQUEST, peer->id, data, w.len);
	explicit_bzero(data, sizeof(data));
	peer->sent++;
	peer->deadline = now + peer->restart;
}

void pap_peer_start(struct pap_peer *peer, uint64_t now, struct ppp_actions *acts)
{
	peer->state = PAP_OPEN;
	peer->id++;
	peer->sent = 0;
	send_request(peer, now, acts);
}

void pap_peer_stop(struct pap_peer *peer)
{
	peer->state = PAP_IDLE;
	peer->deadline = UINT64_MAX;
}

/* The peer's words; some peers leave even the length octet out. */
static void take_message(struct pap_peer *peer, const struct ppp_packet *pkt)
{
	struct reader r = reader_of(pkt->data, pkt->len);
	size_t said = reader_u8(&r);

	ppp_auth_message(r.p, said < r.left ? said : r.left,
			 peer->failure.message);
}

enum ppp_auth_outcome pap_peer_input(struct pap_peer *peer,
				     const struct ppp_packet *pkt)
{
	if (peer->state != PAP_OPEN || pkt->id != peer->id ||
	    (pkt->code != CODE_ACK && pkt->code != CODE_NAK))
		return PPP_AUTH_IGNORED;
	peer->state = PAP_DONE;
	peer->deadline = UINT64_MAX;
	if (pkt->code == CODE_ACK)
		return PPP_AUTH_DONE_OK;
	take_message(peer, pkt);
	return PPP_AUTH_DONE_FAILED;
}

bool pap_peer_timer(struct pap_peer *peer, uint64_t now, struct ppp_actions *acts)
{
	if (now < peer->deadline)
		return true;
	if (peer->sent >= peer->max_transmit) {
		peer->deadline = UINT64_MAX;
		return false;
	}
	send_request(peer, now, acts);
	return true;
}
