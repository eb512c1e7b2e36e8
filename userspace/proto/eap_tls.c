// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "eap_tls.h"

#define FLAG_LENGTH	0x80
#define FLAG_MORE	0x40
#define FLAG_START	0x20

/* Header, type, flags and length around the TLS data of a packet. */
#define OVERHEAD	(PPP_PACKET_HEADER + 1 + 1 + 4)
#define MTU_MIN		64	/* a link that says less gets that much */

/* What a message of the other end was. */
enum event {
	EVENT_BAD,
	EVENT_ANSWER,	/* a fragment, or the word for one: the answer is in @out */
	EVENT_EMPTY,	/* no data, and none of ours was waiting for it */
	EVENT_FLIGHT,	/* the last of a flight, which TLS has seen */
};

static void open_conversation(struct eap_tls *t, size_t mtu)
{
	if (mtu > EAP_TLS_PACKET_MAX)
		mtu = EAP_TLS_PACKET_MAX;
	if (mtu < MTU_MIN)
		mtu = MTU_MIN;
	memset(t, 0, sizeof(*t));
	t->fragment = mtu - OVERHEAD;
}

static void put_flags(struct eap_message *out, uint8_t flags)
{
	struct writer w = eap_message_begin(out, EAP_TYPE_TLS);

	writer_u8(&w, flags);
	eap_message_end(out, &w);
}

/*
 * The next fragment of our flight. An unfragmented one goes without a length
 * (RFC 9190 section 2.1.9).
 */
static void put_fragment(struct eap_tls *t, struct eap_message *out)
{
	struct writer w = eap_message_begin(out, EAP_TYPE_TLS);
	size_t total, n;
	const uint8_t *data = tls_output(t->tls, &total);
	bool first = !t->sent, more;

	n = total - t->sent;
	more = n > t->fragment;
	if (more)
		n = t->fragment;
	writer_u8(&w, (first && more ? FLAG_LENGTH : 0) | (more ? FLAG_MORE : 0));
	if (first && more)
		writer_u32(&w, (uint32_t)total);
	writer_put(&w, data + t->sent, n);
	eap_message_end(out, &w);
	t->sent += n;
	t->sending = more;
	if (!more) {
		t->sent = 0;
		tls_output_done(t->tls);
	}
}

static bool has_output(const struct eap_tls *t)
{
	size_t len;

	tls_output(t->tls, &len);
	return len;
}

/* One fragment of the other end's flight, bounded before TLS sees any of it. */
static bool take_fragment(struct eap_tls *t, uint8_t flags, struct reader *r)
{
	uint32_t total = flags & FLAG_LENGTH ? reader_u32(r) : 0;
	size_t len = r->left;

	if (r->bad || total > TLS_FLIGHT_MAX)
		return false;
	if (!t->receiving) {
		t->receiving = true;
		t->taken = 0;
		t->announced = total;
	}
	t->taken += len;
	if (t->announced && t->taken > t->announced)
		return false;
	return tls_input(t->tls, reader_take(r, len), len);
}

static enum event take_data(struct eap_tls *t, uint8_t flags, struct reader *r,
			    struct eap_message *out)
{
	if (!take_fragment(t, flags, r))
		return EVENT_BAD;
	if (flags & FLAG_MORE) {
		put_flags(out, 0);
		return EVENT_ANSWER;
	}
	t->receiving = false;
	if (t->announced && t->taken != t->announced)
		return EVENT_BAD;
	tls_run(t->tls);
	return EVENT_FLIGHT;
}

/* One message of the conversation, after the Start. */
static enum event take(struct eap_tls *t, const uint8_t *data, size_t len,
		       struct eap_message *out)
{
	struct reader r = reader_of(data, len);
	uint8_t flags = reader_u8(&r);

	if (r.bad)
		return EVENT_BAD;
	if (t->sending) {
		if (r.left)
			return EVENT_BAD;
		put_fragment(t, out);
		return EVENT_ANSWER;
	}
	if (!r.left && !t->receiving)
		return EVENT_EMPTY;
	return take_data(t, flags, &r, out);
}

/* The certificate names a user, the domain is the network's (as in MS-CHAP). */
static const char *without_domain(const char *user)
{
	const char *slash = strrchr(user, '\\');

	return slash ? slash + 1 : user;
}

bool eap_tls_start(struct eap_tls *t, struct tls_config *config,
		   const char *user, size_t mtu, struct eap_message *out)
{
	eap_tls_stop(t);
	open_conversation(t, mtu);
	t->tls = tls_new(config, TLS_SERVER, without_domain(user));
	put_flags(out, FLAG_START);
	return t->tls;
}

void eap_tls_stop(struct eap_tls *t)
{
	tls_free(t->tls);
	t->tls = NULL;
}

/* Our next flight; a state of TLS that has nothing to say is a dead end. */
static enum eap_step say(struct eap_tls *t, struct eap_message *out)
{
	if (!has_output(t))
		return EAP_STEP_FAILURE;
	put_fragment(t, out);
	return EAP_STEP_SEND;
}

/*
 * The daemon is asked before our last flight goes: with TLS 1.3 it ends with the
 * word that nothing but Success will follow (RFC 9190 section 2.5). An alert
 * waits for any answer, and Failure is next (RFC 5216 section 2.1.3).
 */
enum eap_step eap_tls_input(struct eap_tls *t, const uint8_t *data, size_t len,
			    struct eap_message *out)
{
	switch (take(t, data, len, out)) {
	case EVENT_BAD:
		return EAP_STEP_FAILURE;
	case EVENT_ANSWER:
		return EAP_STEP_SEND;
	case EVENT_EMPTY:
		return t->granted ? EAP_STEP_SUCCESS : EAP_STEP_FAILURE;
	case EVENT_FLIGHT:
		break;
	}
	if (t->granted)
		return EAP_STEP_FAILURE;
	return eap_tls_open(t) ? EAP_STEP_ASK : say(t, out);
}

enum eap_step eap_tls_result(struct eap_tls *t, bool ok, struct eap_message *out)
{
	if (!ok)
		return EAP_STEP_FAILURE;
	t->granted = true;
	return say(t, out);
}

/* Until the server's first flight is here a Start begins it all. */
static enum eap_step take_start(struct eap_tls *t, struct tls_config *config,
				const char *name, size_t mtu,
				struct eap_message *out)
{
	open_conversation(t, mtu);
	t->tls = tls_new(config, TLS_CLIENT, name);
	if (!t->tls)
		return EAP_STEP_FAILURE;
	tls_run(t->tls);
	return say(t, out);
}

/* What TLS made of the server's flight; with nothing to say we acknowledge. */
static enum eap_step reply(struct eap_tls *t, struct eap_message *out)
{
	if (say(t, out) != EAP_STEP_SEND)
		put_flags(out, 0);
	return tls_run(t->tls) == TLS_FAILED ? EAP_STEP_FAILURE : EAP_STEP_SEND;
}

enum eap_step eap_tls_peer_input(struct eap_tls *t, struct tls_config *config,
				 const char *name, size_t mtu,
				 const uint8_t *data, size_t len,
				 struct eap_message *out)
{
	if (!t->tls) {
		if (!len || !(data[0] & FLAG_START))
			return EAP_STEP_DISCARD;
		return take_start(t, config, name, mtu, out);
	}
	switch (take(t, data, len, out)) {
	case EVENT_BAD:
		return EAP_STEP_FAILURE;
	case EVENT_ANSWER:
		return EAP_STEP_SEND;
	case EVENT_EMPTY:
		return EAP_STEP_DISCARD;
	case EVENT_FLIGHT:
		break;
	}
	return reply(t, out);
}

bool eap_tls_open(struct eap_tls *t)
{
	return t->tls && tls_run(t->tls) == TLS_OPEN;
}

const char *eap_tls_why(const struct eap_tls *t)
{
	enum tls_error error = t->tls ? tls_error(t->tls) : TLS_ERROR_NONE;

	return tls_error_text(error ? error : TLS_ERROR_PROTOCOL);
}

bool eap_tls_refused(const struct eap_tls *t)
{
	return t->tls && tls_error_identity(tls_error(t->tls));
}

bool eap_tls_keys(struct eap_tls *t, uint8_t tx[MPPE_START_LEN],
		  uint8_t rx[MPPE_START_LEN])
{
	uint8_t keys[TLS_EAP_KEY_LEN];
	bool ok = tls_eap_keys(t->tls, keys);

	if (ok)
		mppe_start_msk(keys, tx, rx);
	explicit_bzero(keys, sizeof(keys));
	return ok;
}
