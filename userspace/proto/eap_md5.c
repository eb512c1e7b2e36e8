// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "eap_md5.h"

/* A Request or Response; pointers go into the receive buffer. */
struct value {
	const uint8_t *value;
	size_t value_len;
	const uint8_t *name;
	size_t name_len;
};

static bool parse(const uint8_t *data, size_t len, struct value *v)
{
	struct reader r = reader_of(data, len);

	v->value_len = reader_u8(&r);
	v->value = reader_take(&r, v->value_len);
	v->name_len = r.left;
	v->name = reader_take(&r, v->name_len);
	return !r.bad;
}

static void put(struct eap_message *out, const uint8_t value[CHAP_MD5_LEN],
		const char *name)
{
	struct writer w = eap_message_begin(out, EAP_TYPE_MD5);

	writer_u8(&w, CHAP_MD5_LEN);
	writer_put(&w, value, CHAP_MD5_LEN);
	writer_put(&w, name, strnlen(name, PPP_USER_MAX));
	eap_message_end(out, &w);
}

void eap_md5_challenge(struct eap_md5 *m, const char *name,
		       struct ppp_rand *rand, struct eap_message *out)
{
	ppp_rand_fill(rand, m->challenge, sizeof(m->challenge));
	put(out, m->challenge, name);
}

/* Who it is was said in the Identity; RFC 3748 gives the name here no meaning. */
enum eap_step eap_md5_input(struct eap_md5 *m, uint8_t id, const uint8_t *data,
			    size_t len, struct ppp_auth_request *request)
{
	struct value v;

	if (!parse(data, len, &v) || v.value_len != CHAP_MD5_LEN)
		return EAP_STEP_DISCARD;
	request->kind = PPP_AUTH_LOGIN;
	request->method = PPP_AUTH_EAP_MD5;
	request->md5.id = id;
	memcpy(request->md5.challenge, m->challenge, CHAP_MD5_CHALLENGE_LEN);
	memcpy(request->md5.digest, v.value, CHAP_MD5_LEN);
	return EAP_STEP_ASK;
}

enum eap_step eap_md5_answer(const struct ppp_credentials *credentials,
			     uint8_t id, const uint8_t *data, size_t len,
			     struct eap_message *out)
{
	const char *wanted = credentials->remote_name;
	uint8_t digest[CHAP_MD5_LEN];
	struct value v;

	if (!parse(data, len, &v) || !v.value_len)
		return EAP_STEP_DISCARD;
	if (wanted && (v.name_len != strlen(wanted) ||
		       memcmp(v.name, wanted, v.name_len)))
		return EAP_STEP_FAILURE;
	chap_md5_digest(id, credentials->password, v.value, v.value_len, digest);
	put(out, digest, credentials->user);
	return EAP_STEP_SEND;
}
