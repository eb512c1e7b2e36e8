// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "ppp_auth.h"

void ppp_auth_refuse(const struct ppp_auth_request *request, unsigned int error,
		     const char *message, struct ppp_auth_result *result)
{
	memset(result, 0, sizeof(*result));
	result->serial = request->serial;
	result->error = error;
	snprintf(result->message, sizeof(result->message), "%s", message);
}

bool ppp_auth_check(const struct ppp_auth_request *request,
		    const uint8_t nt_hash[MSCHAP_HASH_LEN],
		    struct ppp_auth_result *result)
{
	const struct mschap_response *response = &request->mschap;

	if (!mschap_verify(response, request->user, nt_hash)) {
		ppp_auth_refuse(request, MSCHAP_ERROR_FAILED,
				"Authentication failed", result);
		return false;
	}
	memset(result, 0, sizeof(*result));
	result->serial = request->serial;
	result->ok = true;
	snprintf(result->message, sizeof(result->message), "Access granted");
	mschap_authenticator(response, request->user, nt_hash,
			     result->authenticator);
	mppe_start_server(nt_hash, response->nt, result->tx_start,
			  result->rx_start);
	return true;
}
