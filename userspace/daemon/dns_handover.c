// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "disk.h"
#include "dns_handover.h"
#include "lib/log.h"

/* The first line of a resolv.conf that is ours. */
#define DNS_MARK	"# kpptp: DNS servers of a PPTP tunnel; the former file comes back with its end\n"

/* resolv.conf(5): MAXNS. */
#define DNS_FILE_SERVERS_MAX 3

/* In the state directory: the former file, and the devices that the hook knows. */
#define DNS_SAVED	"resolv.conf.saved"
#define DNS_DEVICES	"dns.devices"

/* Octets of all servers of a tunnel, as lines. */
#define DNS_INPUT_MAX	(DNS_SERVERS_MAX * (INET_ADDRSTRLEN + 12))

/* systemd-resolved writes it again at its own pleasure. */
#define DNS_RESOLVED	"/run/systemd/resolve/"

struct dns_claim {
	struct dns_claim *prev, *next;
	char device[IF_NAMESIZE];
	struct in_addr server[DNS_SERVERS_MAX];
};

/* @claims: the newest first. @ours: what stands in the file, empty: the former text. */
struct dns_handover {
	struct dns_config cfg;
	struct scripts *scripts;
	struct dns_claim *claims;
	char original[DNS_FILE_MAX + 1];
	char ours[DNS_FILE_MAX + 1];
};

static bool dns_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) == 0 && (line[len] == ' ' || line[len] == '\t');
}

/* All of the former text but its servers. */
static size_t dns_copy_rest(const char *original, char *text, size_t room)
{
	size_t len, n = 0;

	for (; *original; original += len) {
		len = strcspn(original, "\n");
		if (original[len])
			len++;
		if (dns_word(original, "nameserver"))
			continue;
		if (len >= room - n)
			return room;
		memcpy(text + n, original, len);
		n += len;
	}
	text[n] = 0;
	return n;
}

size_t dns_handover_compose(const char *original, const struct in_addr *server,
			    unsigned int n, char *text, size_t room)
{
	size_t len = (size_t)snprintf(text, room, "%s", DNS_MARK);
	char address[INET_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < n && len < room; i++) {
		inet_ntop(AF_INET, &server[i], address, sizeof(address));
		len += (size_t)snprintf(text + len, room - len, "nameserver %s\n", address);
	}
	if (len < room)
		len += dns_copy_rest(original, text + len, room - len);
	return len < room ? len : 0;
}

/* The whole file into @text; false with a warning. */
static bool dns_read_file(const char *file, char text[DNS_FILE_MAX + 1])
{
	int fd = disk_open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, DNS_FILE_MAX + 1);

	if (n < 0)
		log_warning("cannot read %s: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (n > DNS_FILE_MAX) {
		log_warning("%s is larger than %d octets and stays as it is", file, DNS_FILE_MAX);
		n = -1;
	}
	text[n < 0 ? 0 : n] = 0;
	return n >= 0;
}

/* One write, so that who reads meanwhile misses at most the end. */
static bool dns_write_file(const char *file, const char *text)
{
	size_t len = strlen(text);
	int fd = disk_open(file, O_WRONLY | O_CLOEXEC);
	bool good;

	good = fd >= 0 && pwrite(fd, text, len, 0) == (ssize_t)len &&
	       ftruncate(fd, (off_t)len) == 0 && fsync(fd) == 0;
	if (!good)
		log_warning("cannot write %s: %s", file, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

static bool dns_is_resolved(const char *file)
{
	char name[32], target[PATH_MAX] = "";
	int fd = disk_open(file, O_RDONLY | O_CLOEXEC);

	/* By the descriptor, since the way to the file need not be open to us. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (fd >= 0 && readlink(name, target, sizeof(target) - 1) < 0)
		target[0] = 0;
	if (fd >= 0)
		close(fd);
	return strncmp(target, DNS_RESOLVED, strlen(DNS_RESOLVED)) == 0;
}

/* Keeps the text that will come back. False with a warning. */
static bool dns_save(struct dns_handover *dns)
{
	char err[STATEDIR_ERROR_MAX];

	if (dns_is_resolved(dns->cfg.file)) {
		log_warning("%s is systemd-resolved's: give the program resolvconf as dns-hook",
			    dns->cfg.file);
		return false;
	}
	if (!dns_read_file(dns->cfg.file, dns->original))
		return false;
	if (statedir_write(&dns->cfg.dir, DNS_SAVED, dns->original, strlen(dns->original), err))
		return true;
	log_warning("the DNS servers stay as they are: %s", err);
	return false;
}

/* Somebody else, a DHCP client perhaps, has written the file since: it is his now. */
static bool dns_still_ours(const struct dns_handover *dns)
{
	char now[DNS_FILE_MAX + 1];

	return dns_read_file(dns->cfg.file, now) && strcmp(now, dns->ours) == 0;
}

static void dns_forget(struct dns_handover *dns)
{
	char err[STATEDIR_ERROR_MAX];

	dns->ours[0] = 0;
	if (!statedir_remove(&dns->cfg.dir, DNS_SAVED, err))
		log_warning("%s", err);
}

static void dns_restore_file(struct dns_handover *dns)
{
	if (!dns->ours[0])
		return;
	if (!dns_still_ours(dns))
		log_notice("%s was changed by another program and stays so", dns->cfg.file);
	else if (!dns_write_file(dns->cfg.file, dns->original))
		return;
	dns_forget(dns);
}

/* The servers of all claims, the newest claim's first. */
static unsigned int dns_servers(const struct dns_handover *dns,
				struct in_addr server[DNS_FILE_SERVERS_MAX])
{
	const struct dns_claim *claim;
	unsigned int i, n = 0;

	DL_FOREACH(dns->claims, claim) {
		for (i = 0; i < DNS_SERVERS_MAX && n < DNS_FILE_SERVERS_MAX; i++) {
			if (claim->server[i].s_addr)
				server[n++] = claim->server[i];
		}
	}
	return n;
}

/* Makes the file what the claims want. */
static void dns_update_file(struct dns_handover *dns)
{
	struct in_addr server[DNS_FILE_SERVERS_MAX];
	unsigned int n = dns_servers(dns, server);
	char text[DNS_FILE_MAX + 1];

	if (dns->ours[0] && !dns_still_ours(dns))
		dns_forget(dns);
	if (!n) {
		dns_restore_file(dns);
		return;
	}
	if (!dns->ours[0] && !dns_save(dns))
		return;
	if (!dns_handover_compose(dns->original, server, n, text, sizeof(text))) {
		log_warning("%s has no room for more servers", dns->cfg.file);
		return;
	}
	memcpy(dns->ours, text, sizeof(dns->ours));
	dns_write_file(dns->cfg.file, text);
}

/* The devices that a later kpptpd has to give back. */
static void dns_save_devices(const struct dns_handover *dns)
{
	char text[DNS_FILE_MAX] = "", err[STATEDIR_ERROR_MAX];
	const struct dns_claim *claim;
	size_t len = 0;
	bool good;

	DL_FOREACH(dns->claims, claim) {
		if (len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s\n",
						claim->device);
	}
	good = len ? statedir_write(&dns->cfg.dir, DNS_DEVICES, text, strlen(text), err) :
		     statedir_remove(&dns->cfg.dir, DNS_DEVICES, err);
	if (!good)
		log_warning("%s", err);
}

static void dns_hook_take(struct dns_handover *dns, const struct dns_claim *claim)
{
	char text[DNS_INPUT_MAX] = "", address[INET_ADDRSTRLEN];
	unsigned int i;

	for (i = 0; i < DNS_SERVERS_MAX; i++) {
		if (!claim->server[i].s_addr)
			continue;
		inet_ntop(AF_INET, &claim->server[i], address, sizeof(address));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "nameserver %s\n",
			 address);
	}
	scripts_run_hook(dns->scripts, "-a", claim->device, text);
}

static struct dns_claim *dns_find(const struct dns_handover *dns, const char *device)
{
	struct dns_claim *claim;

	DL_FOREACH(dns->claims, claim) {
		if (strcmp(claim->device, device) == 0)
			return claim;
	}
	return NULL;
}

void dns_handover_take(struct dns_handover *dns, const char *device,
		       const struct in_addr server[DNS_SERVERS_MAX])
{
	struct dns_claim *claim = dns_find(dns, device);

	if (claim)
		DL_DELETE(dns->claims, claim);
	else
		claim = calloc(1, sizeof(*claim));
	if (!claim) {
		log_error("cannot take over the DNS servers: no memory");
		return;
	}
	snprintf(claim->device, sizeof(claim->device), "%s", device);
	memcpy(claim->server, server, sizeof(claim->server));
	DL_PREPEND(dns->claims, claim);
	if (!dns->cfg.hook) {
		dns_update_file(dns);
		return;
	}
	dns_save_devices(dns);
	dns_hook_take(dns, claim);
}

void dns_handover_give(struct dns_handover *dns, const char *device)
{
	struct dns_claim *claim = dns_find(dns, device);

	if (!claim)
		return;
	DL_DELETE(dns->claims, claim);
	if (dns->cfg.hook) {
		scripts_run_hook(dns->scripts, "-d", claim->device, "");
		dns_save_devices(dns);
	} else {
		dns_update_file(dns);
	}
	free(claim);
}

/* A file that was saved and still is ours is of a kpptpd that did not end in order. */
static void dns_recover_file(struct dns_handover *dns)
{
	char err[STATEDIR_ERROR_MAX];
	ssize_t n;

	n = statedir_read(&dns->cfg.dir, DNS_SAVED, dns->original, sizeof(dns->original), err);
	if (n == -ENOENT)
		return;
	if (n < 0) {
		log_warning("the former DNS servers are lost: %s", err);
		return;
	}
	if (dns_read_file(dns->cfg.file, dns->ours) &&
	    strncmp(dns->ours, DNS_MARK, strlen(DNS_MARK)) == 0) {
		log_notice("giving back the DNS servers that a former kpptpd had taken over");
		dns_restore_file(dns);
	} else {
		dns_forget(dns);
	}
}

static void dns_recover_devices(struct dns_handover *dns)
{
	char text[DNS_FILE_MAX], err[STATEDIR_ERROR_MAX];
	char *device, *rest = text;

	if (statedir_read(&dns->cfg.dir, DNS_DEVICES, text, sizeof(text), err) < 0)
		return;
	while ((device = strsep(&rest, "\n"))) {
		if (device[0])
			scripts_run_hook(dns->scripts, "-d", device, "");
	}
	dns_save_devices(dns);
}

struct dns_handover *dns_handover_new(struct scripts *scripts, const struct dns_config *cfg)
{
	struct dns_handover *dns = calloc(1, sizeof(*dns));

	if (!dns)
		return NULL;
	dns->cfg = *cfg;
	dns->scripts = scripts;
	dns_recover_file(dns);
	if (dns->cfg.hook)
		dns_recover_devices(dns);
	return dns;
}

void dns_handover_free(struct dns_handover *dns)
{
	if (!dns)
		return;
	while (dns->claims)
		dns_handover_give(dns, dns->claims->device);
	free(dns);
}
