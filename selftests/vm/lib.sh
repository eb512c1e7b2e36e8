# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the scripts of this directory share: the cache, its lock, plain words
# on standard error. Sourced, never run.

shopt -s inherit_errexit

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Its users read it.
# shellcheck disable=SC2034
REPO=$(cd "$VM_DIR/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/kpptp

say()
{
	printf 'kpptp: %s\n' "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

# usage FILE: the comment block at the top of FILE, after its SPDX line.
usage()
{
	sed -n '/^# SPDX/,/^[^#]/{/^# SPDX/d;/^#$/{s/.*//;p};s/^# //p}' "$1"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

# Short and stable: the name of what was built from exactly this.
key_of()
{
	printf '%s\n' "$@" | sha256sum | cut -c1-12
}

# loud STEP COMMAND...: run COMMAND quietly, with a line of progress every
# 15 s that tells the last line of its output; all of it when it fails.
loud()
{
	local step=$1 log began pid timer rc=0
	shift
	log=$(mktemp)
	began=$SECONDS
	say "$step"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 15 &
		timer=$!
		wait -n "$pid" "$timer" || true
		if kill "$timer" 2>/dev/null; then
			break
		fi
		say "$step: $((SECONDS - began)) s: $(tail -n 1 "$log" | cut -c1-100)"
	done
	wait "$pid" || rc=$?
	if [ "$rc" != 0 ]; then
		tail -n 60 "$log" >&2
		say "$step: failed after $((SECONDS - began)) s"
	else
		say "$step: done in $((SECONDS - began)) s"
	fi
	rm -f "$log"
	return "$rc"
}

# artefact NAME-KEY BUILDER [ARG...]: print the directory NAME-KEY of the
# cache. Where it is missing, "BUILDER ARG... DIR" fills an empty directory
# that gets its name only once it is complete; whoever asks at the same time
# waits. BUILDER's standard output goes to standard error.
artefact()
{
	local name=$1 dir=$CACHE/$1 lock half rc
	shift
	if [ ! -d "$dir" ]; then
		mkdir -p "$CACHE"
		exec {lock}>"$CACHE/.$name.lock"
		flock "$lock"
		if [ ! -d "$dir" ]; then
			half=$CACHE/.half-$name
			as_root rm -rf "$half"
			mkdir "$half"
			# In a condition, -e would not hold in the builder.
			set +e
			(set -e; "$@" "$half") >&2
			rc=$?
			set -e
			[ "$rc" = 0 ] || die "could not make $name"
			mv "$half" "$dir"
		fi
		exec {lock}>&-
	fi
	printf '%s\n' "$dir"
}
