/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the authentication methods: the one table behind what is read, written
 * and logged.
 */
#ifndef LIB_AUTHNAME_H
#define LIB_AUTHNAME_H

/* In the order of enum ppp_auth_method. */
#define AUTHNAME_TABLE {						\
	"none", "PAP", "CHAP-MD5", "MS-CHAP", "MS-CHAP-V2", "EAP-MD5",	\
	"EAP-MSCHAP-V2", "EAP-TLS",					\
}

#endif /* LIB_AUTHNAME_H */
