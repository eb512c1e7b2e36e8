#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: suite.sh SUITE DESTDIR [--with REGEX] PACKAGE...
#        suite.sh SUITE --sources
#
# Downloads the .deb files of PACKAGEs of a Debian suite (trixie,
# trixie-backports, sid, or "host" for the suites that this machine uses)
# into DESTDIR. With --with, their dependencies, direct and indirect, whose
# whole names match REGEX come too. --sources prints a sources.list of SUITE.
#
# Mirror and keyring are those of this machine's own apt, whose configuration
# and state are left alone.
set -eu
. "$(dirname "$0")/lib.sh"

# "URI SOURCES-FILE" of the machine's main archive: indextargets knows both
# the one-line and the deb822 form.
main_archive()
{
	# The words in parentheses are apt's.
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(LABEL) $(COMPONENT) $(REPO_URI) $(SOURCESENTRY)' \
		'Created-By: Packages' 2>/dev/null |
		sed -n 's/^Debian main \([^ ]*\) \(.*\):[0-9]*$/\1 \2/p' | head -n 1
}

# A key that stands inline in a deb822 file is no path and is not taken; apt
# then asks trusted.gpg.d.
keyring_of()
{
	sed -n 's/.*[Ss]igned-[Bb]y[:=] *\(\/[^] ,]*\).*/\1/p' "$1" | head -n 1
}

print_sources()
{
	local archive uri keyring

	archive=$(main_archive)
	if [ -z "$archive" ]; then
		as_root apt-get -q update >&2
		archive=$(main_archive)
	fi
	[ -n "$archive" ] || die "this machine's apt has no Debian archive"
	uri=${archive%% *}
	keyring=$(keyring_of "${archive#* }")
	printf 'deb [%s] %s %s main\n' "${keyring:+signed-by=$keyring}" "$uri" \
		"$1" | sed 's/\[\] //'
}

# Points the array OPTIONS at a private state directory and brings its lists
# up to date, at most twice a day.
use_suite()
{
	local state=$CACHE/apt/$1

	OPTIONS=()
	[ "$1" != host ] || return 0
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	exec {SUITE_LOCK}>"$state/lock"
	flock "$SUITE_LOCK"
	print_sources "$1" >"$state/sources.list"
	: >"$state/status"
	OPTIONS=(-o "Dir::State=$state" -o "Dir::State::status=$state/status"
		-o "Dir::Cache=$state" -o "Dir::Etc::sourcelist=$state/sources.list"
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root
		-o Acquire::Languages=none)
	if [ -z "$(find "$state/updated" -mmin -720 2>/dev/null)" ]; then
		loud "fetching the package lists of $1" \
			apt-get "${OPTIONS[@]}" -q update
		touch "$state/updated"
	fi
}

# The names, among everything that PACKAGEs depend on, that match REGEX.
dependencies()
{
	local regex=$1
	shift
	apt-cache "${OPTIONS[@]}" depends --recurse --no-recommends \
		--no-suggests --no-conflicts --no-breaks --no-replaces \
		--no-enhances "$@" | sed -n 's/^\([a-z0-9].*\)/\1/p' |
		grep -Ex "$regex" || true
}

case ${1-} in
-h|--help|'') usage "$0"; exit 0 ;;
esac
suite=$1
if [ "${2-}" = --sources ]; then
	print_sources "$suite"
	exit 0
fi
dest=${2:?a directory to download to is missing}
shift 2
use_suite "$suite"
if [ "${1-}" = --with ]; then
	regex=$2
	shift 2
	mapfile -t more < <(dependencies "$regex" "$@")
	set -- "$@" "${more[@]}"
fi
[ $# -gt 0 ] || die "no package named"
mapfile -t packages < <(printf '%s\n' "$@" | sort -u)
mkdir -p "$dest"
cd "$dest"
loud "downloading ${packages[*]} from $suite" \
	apt-get "${OPTIONS[@]}" -q download "${packages[@]}"
