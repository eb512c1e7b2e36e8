// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor_daemon.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crypto/certificate.h"
#include "crypto/tls.h"
#include "lib/userfile.h"

/* Seconds; what failed before is history, and show failures has it. */
#define RECENT		3600

#define DAY		86400
#define SOON		(14 * DAY)

/* A pool is nearly empty when of so many addresses, or fewer, no more than one is free. */
#define POOL_SHARE	10

/* More than any chain of certificates has; the daemon has its own limit. */
#define CHAIN_MAX	16

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *text_of(const json_t *item, const char *key)
{
	const char *text = json_string_value(json_object_get(item, key));

	return text ? text : "";
}

static json_int_t number_of(const json_t *item, const char *key)
{
	return json_integer_value(json_object_get(item, key));
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!strcmp(words[i], word))
			return true;
	}
	return false;
}

/*
 * Anybody may mistype a password or be cut off. What is of no call is left out: on
 * the Internet something knocks at every port.
 */
static void tell_failure(const json_t *item, struct findings *found)
{
	static const char *const left_out[] = { "connection", "lost" };
	static const char *const notes[] = { "password", "account", "call" };
	const char *kind = text_of(item, "kind"), *user = text_of(item, "user");
	const char *peer = text_of(item, "peer");
	void (*tell)(struct findings *findings, const char *fmt, ...) = findings_problem;
	json_int_t times = number_of(item, "times");

	if (is_one_of(kind, left_out, COUNT(left_out)))
		return;
	if (is_one_of(kind, notes, COUNT(notes)))
		tell = findings_note;
	tell(found, "%s%s%s%s%s (%lld %s): %s", peer, *user ? " " : "", user,
	     *peer || *user ? ": " : "", text_of(item, "reason"), (long long)times,
	     times == 1 ? "time" : "times", text_of(item, "help"));
}

void doctor_daemon_failures(const struct doctor_facts *facts, struct findings *found)
{
	json_int_t now = (json_int_t)time(NULL);
	json_t *item;
	size_t i;

	json_array_foreach(facts->failures, i, item) {
		if (json_is_false(json_object_get(item, "over")) &&
		    number_of(item, "last") + RECENT >= now)
			tell_failure(item, found);
	}
}

/* Where another pool follows, that one is looked at. */
void doctor_daemon_pools(const struct doctor_facts *facts, struct findings *found)
{
	json_int_t size, taken;
	const char *name;
	json_t *item;
	size_t i;

	json_array_foreach(facts->pools, i, item) {
		name = text_of(item, "name");
		size = number_of(item, "size");
		taken = number_of(item, "taken");
		if (!size || *text_of(item, "next"))
			continue;
		if (taken >= size)
			findings_problem(found,
					 "the pool %s is empty, all of its %lld addresses are in use: add some in kpptpd.conf and run pptpctl reload",
					 name, (long long)size);
		else if (taken && size - taken <= (size + POOL_SHARE - 1) / POOL_SHARE)
			findings_note(found,
				      "the pool %s is nearly empty, %lld of its %lld addresses are in use: add some in kpptpd.conf and run pptpctl reload",
				      name, (long long)taken, (long long)size);
	}
}

/* The daemon has read it once; it may not be able to do so again. */
void doctor_daemon_users(const struct doctor_facts *facts, struct findings *found)
{
	char err[USERFILE_ERROR_MAX];
	struct userfile file;
	json_t *item;
	size_t i;

	if (geteuid())
		return;
	json_array_foreach(facts->files, i, item) {
		if (!*text_of(item, "users"))
			continue;
		if (!userfile_open(&file, text_of(item, "users"), false, err))
			findings_problem(found, "%s", err);
		userfile_close(&file);
	}
}

static void look_at_term(const char *path, struct findings *found)
{
	struct certificate_term term;
	time_t now = time(NULL);

	if (!certificate_term(path, &term))
		return;
	if (term.end < now)
		findings_problem(found, "the certificate %s expired %lld days ago: renew it", path,
				 (long long)(now - term.end) / DAY);
	else if (term.begin > now)
		findings_problem(found,
				 "the certificate %s is not valid yet: is the clock right?", path);
	else if (term.end - now < SOON)
		findings_note(found, "the certificate %s expires in %lld days: renew it", path,
			      (long long)(term.end - now) / DAY);
}

static void look_at_files(const json_t *item, struct findings *found)
{
	const struct tls_files files = {
		.certificate = text_of(item, "certificate"),
		.key = text_of(item, "key"),
		.ca = text_of(item, "ca"),
		.crl = *text_of(item, "crl") ? text_of(item, "crl") : NULL,
		.min_version = TLS_VERSION_1_2,
		.max_version = TLS_VERSION_1_3,
		.depth = CHAIN_MAX,
	};
	struct tls_config *config;
	char err[USERFILE_ERROR_MAX];

	config = tls_config_load(&files, err, sizeof(err));
	if (!config)
		findings_problem(found, "EAP-TLS cannot work with these files: %s", err);
	tls_config_put(config);
	look_at_term(files.certificate, found);
}

void doctor_daemon_certificates(const struct doctor_facts *facts, struct findings *found)
{
	json_t *item;
	size_t i;

	if (geteuid())
		return;
	json_array_foreach(facts->files, i, item) {
		if (*text_of(item, "certificate"))
			look_at_files(item, found);
	}
}
