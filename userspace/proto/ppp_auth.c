// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "crypto/crypto.h"
#include "lib/array.h"
#include "lib/authname.h"
#include "ppp_auth.h"

/**
 * struct method - what is known of a method
 * @option: LCP's, @option_len octets
 */
struct method {
	uint8_t option[3];
	uint8_t option_len;
	bool keys;
	bool short_keys;
	bool weak;
	bool password;
};

static const struct method methods[PPP_AUTH_METHODS] = {
	[PPP_AUTH_PAP] = {
		.weak = true,
		.option = { 0xc0, 0x23 }, .option_len = 2,
	},
	[PPP_AUTH_CHAP_MD5] = {
		.weak = true, .password = true,
		.option = { 0xc2, 0x23, 0x05 }, .option_len = 3,
	},
	[PPP_AUTH_MSCHAP] = {
		.weak = true, .keys = true,
		.option = { 0xc2, 0x23, 0x80 }, .option_len = 3,
	},
	[PPP_AUTH_MSCHAP_V2] = {
		.keys = true, .short_keys = true,
		.option = { 0xc2, 0x23, 0x81 }, .option_len = 3,
	},
	[PPP_AUTH_EAP_MD5] = {
		.weak = true, .password = true,
		.option = { 0xc2, 0x27 }, .option_len = 2,
	},
	[PPP_AUTH_EAP_MSCHAP_V2] = {
		.keys = true, .short_keys = true,
		.option = { 0xc2, 0x27 }, .option_len = 2,
	},
	[PPP_AUTH_EAP_TLS] = {
		.keys = true, .short_keys = true,
		.option = { 0xc2, 0x27 }, .option_len = 2,
	},
};

const char *ppp_auth_method_text(enum ppp_auth_method method)
{
	static const char * const names[] = AUTHNAME_TABLE;

	_Static_assert(ARRAY_SIZE(names) == PPP_AUTH_METHODS && PPP_AUTH_PAP == 1 &&
		       PPP_AUTH_EAP_TLS == 7, "the table is in the order of the enum");
	return names[method];
}

bool ppp_auth_method_keys(enum ppp_auth_method method)
{
	return methods[method].keys;
}

bool ppp_auth_method_short_keys(enum ppp_auth_method method)
{
	return methods[method].short_keys;
}

bool ppp_auth_method_weak(enum ppp_auth_method method)
{
	return methods[method].weak;
}

bool ppp_auth_method_password(enum ppp_auth_method method)
{
	return methods[method].password;
}

size_t ppp_auth_lcp_option(enum ppp_auth_method method, uint8_t out[3])
{
	memcpy(out, methods[method].option, 3);
	return methods[method].option_len;
}

uint16_t ppp_auth_protocol(enum ppp_auth_method method)
{
	const uint8_t *option = methods[method].option;

	return (uint16_t)(option[0] << 8 | option[1]);
}

unsigned int ppp_auth_lcp_methods(const uint8_t *data, size_t len)
{
	unsigned int mask = 0, i;

	for (i = PPP_AUTH_NONE + 1; i < PPP_AUTH_METHODS; i++) {
		if (methods[i].option_len == len &&
		    !memcmp(methods[i].option, data, len))
			mask |= PPP_AUTH_BIT(i);
	}
	return mask;
}

void ppp_auth_message(const uint8_t *text, size_t len,
		      char message[PPP_AUTH_MESSAGE_MAX])
{
	size_t n;

	for (n = 0; n < len && n < PPP_AUTH_MESSAGE_MAX - 1; n++)
		message[n] = text[n] < ' ' || text[n] > '~' ? '?' : (char)text[n];
	message[n] = '\0';
}

bool ppp_auth_hash(const struct ppp_credentials *credentials,
		   uint8_t hash[MSCHAP_HASH_LEN])
{
	const char *password = credentials->password;

	if (!credentials->has_hash)
		return password && crypto_nt_hash(password, strlen(password), hash);
	memcpy(hash, credentials->nt_hash, MSCHAP_HASH_LEN);
	return true;
}

unsigned int ppp_auth_usable(const struct ppp_credentials *credentials)
{
	unsigned int mask = credentials->methods & ~PPP_AUTH_BIT(PPP_AUTH_NONE);
	uint8_t hash[MSCHAP_HASH_LEN];

	if (!credentials->tls)
		mask &= ~PPP_AUTH_BIT(PPP_AUTH_EAP_TLS);
	if (!credentials->password)
		mask &= ~(PPP_AUTH_BIT(PPP_AUTH_PAP) |
			  PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
			  PPP_AUTH_BIT(PPP_AUTH_EAP_MD5));
	if (!ppp_auth_hash(credentials, hash))
		mask &= ~(PPP_AUTH_BIT(PPP_AUTH_MSCHAP) |
			  PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2) |
			  PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2));
	explicit_bzero(hash, sizeof(hash));
	return mask;
}

void ppp_auth_refuse(const struct ppp_auth_request *request, unsigned int error,
		     const char *message, struct ppp_auth_result *result)
{
	memset(result, 0, sizeof(*result));
	result->serial = request->serial;
	result->error = error;
	snprintf(result->message, sizeof(result->message), "%s", message);
}

/*
 * Without the password its hash decides. Digests are compared, so that the time
 * does not tell how long the right password is.
 */
static bool check_pap(const char *given, const struct ppp_auth_secret *secret)
{
	struct crypto_part right = { secret->password, 0 };
	uint8_t a[CRYPTO_SHA1_LEN], b[CRYPTO_SHA1_LEN];
	bool ok;

	if (secret->password) {
		right.len = strlen(secret->password);
		crypto_sha1(&(struct crypto_part){ given, strlen(given) }, 1, a);
		crypto_sha1(&right, 1, b);
		ok = crypto_equal(a, b, CRYPTO_SHA1_LEN);
	} else {
		ok = crypto_nt_hash(given, strlen(given), a) &&
		     crypto_equal(a, secret->nt_hash, MSCHAP_HASH_LEN);
	}
	explicit_bzero(a, sizeof(a));
	explicit_bzero(b, sizeof(b));
	return ok;
}

static bool check_md5(const struct chap_md5_response *response,
		      const struct ppp_auth_secret *secret)
{
	bool ok = chap_md5_verify(response, secret->password ? secret->password : "");

	return ok && secret->password;
}

static bool check_mschap1(const struct mschap1_response *response,
			  const struct ppp_auth_secret *secret,
			  struct ppp_auth_result *result)
{
	if (!mschap1_verify(response, secret->nt_hash))
		return false;
	mppe_start_mschap1(secret->nt_hash, response->challenge,
			   result->tx_start);
	memcpy(result->rx_start, result->tx_start, MPPE_START_LEN);
	result->has_keys = true;
	return true;
}

/* What follows from a response that is right. */
static void prove_ourselves(const struct mschap_response *response,
			    const char *user, const uint8_t *nt_hash,
			    struct ppp_auth_result *result)
{
	mschap_authenticator(response, user, nt_hash, result->authenticator);
	mppe_start_server(nt_hash, response->nt, result->tx_start,
			  result->rx_start);
	result->has_keys = true;
}

static bool check_mschap(const struct ppp_auth_request *request,
			 const struct ppp_auth_secret *secret,
			 struct ppp_auth_result *result)
{
	if (!mschap_verify(&request->mschap, request->user, secret->nt_hash))
		return false;
	prove_ourselves(&request->mschap, request->user, secret->nt_hash, result);
	return true;
}

static bool check_change(const struct ppp_auth_request *request,
			 const struct ppp_auth_secret *secret,
			 struct ppp_auth_result *result)
{
	if (!mschap_change_verify(&request->change, request->user,
				  secret->nt_hash, result->new_nt_hash))
		return false;
	prove_ourselves(&request->change.response, request->user,
			result->new_nt_hash, result);
	return true;
}

static bool check_login(const struct ppp_auth_request *request,
			const struct ppp_auth_secret *secret,
			struct ppp_auth_result *result)
{
	switch (request->method) {
	case PPP_AUTH_PAP:
		return check_pap(request->pap.password, secret);
	case PPP_AUTH_CHAP_MD5:
	case PPP_AUTH_EAP_MD5:
		return check_md5(&request->md5, secret);
	case PPP_AUTH_MSCHAP:
		return check_mschap1(&request->mschap1, secret, result);
	case PPP_AUTH_MSCHAP_V2:
	case PPP_AUTH_EAP_MSCHAP_V2:
		return check_mschap(request, secret, result);
	case PPP_AUTH_EAP_TLS:
		return true;
	case PPP_AUTH_NONE:
	case PPP_AUTH_METHODS:
		break;
	}
	return false;
}

static bool check(const struct ppp_auth_request *request,
		  const struct ppp_auth_secret *secret,
		  struct ppp_auth_result *result)
{
	switch (request->kind) {
	case PPP_AUTH_LOGIN:
		return check_login(request, secret, result) && secret->known;
	case PPP_AUTH_CHANGE:
		return check_change(request, secret, result) && secret->known;
	case PPP_AUTH_IDENTITY:
		break;
	}
	return false;
}

bool ppp_auth_check(const struct ppp_auth_request *request,
		    const struct ppp_auth_secret *secret,
		    struct ppp_auth_result *result)
{
	memset(result, 0, sizeof(*result));
	if (check(request, secret, result)) {
		result->serial = request->serial;
		result->ok = true;
		snprintf(result->message, sizeof(result->message),
			 "Access granted");
		return true;
	}
	if (request->kind == PPP_AUTH_CHANGE)
		ppp_auth_refuse(request, MSCHAP_ERROR_CHANGE,
				"The password was not changed", result);
	else
		ppp_auth_refuse(request, MSCHAP_ERROR_FAILED,
				"Authentication failed", result);
	return false;
}
