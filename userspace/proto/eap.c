// SPDX-License-Identifier: GPL-2.0-or-later
#include "eap.h"

#include "lib/array.h"

/* Strongest first. */
static const struct {
	enum ppp_auth_method method;
	uint8_t type;
} types[] = {
	{ PPP_AUTH_EAP_TLS, EAP_TYPE_TLS },
	{ PPP_AUTH_EAP_MSCHAP_V2, EAP_TYPE_MSCHAP_V2 },
	{ PPP_AUTH_EAP_MD5, EAP_TYPE_MD5 },
};

uint8_t eap_type_of(enum ppp_auth_method method)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].method == method)
			return types[i].type;
	}
	return EAP_TYPE_NONE;
}

static enum ppp_auth_method method_of(uint8_t type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].type == type)
			return types[i].method;
	}
	return PPP_AUTH_NONE;
}

unsigned int eap_type_methods(const uint8_t *list, size_t len)
{
	unsigned int mask = 0;
	size_t i;

	for (i = 0; i < len; i++)
		mask |= PPP_AUTH_BIT(method_of(list[i]));
	return mask & PPP_AUTH_EAP_MASK;
}

enum ppp_auth_method eap_strongest(unsigned int methods)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (methods & PPP_AUTH_BIT(types[i].method))
			return types[i].method;
	}
	return PPP_AUTH_NONE;
}

struct writer eap_message_begin(struct eap_message *msg, uint8_t type)
{
	struct writer w = writer_of(msg->octets, sizeof(msg->octets));

	writer_u8(&w, type);
	return w;
}

void eap_message_end(struct eap_message *msg, const struct writer *w)
{
	msg->len = w->len;
}

void eap_message_send(const struct eap_message *msg, enum eap_code code,
		      uint8_t id, struct ppp_actions *acts)
{
	ppp_action_packet(acts, EAP_PROTOCOL, code, id, msg->octets, msg->len);
}
