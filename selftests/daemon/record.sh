#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pptpctl record on a static session: whom it listens to, its bounds and its file.
# What it writes of calls is looked at in ../peers/personas.sh.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

work=$(mktemp -d)
recorder=

cleanup()
{
	[ -z "$recorder" ] || kill "$recorder" 2>/dev/null
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

# start FILE ARG...: in the shell of the script, which has to wait for it.
start()
{
	ip netns exec "$NS_A" "${PPTPCTL:-$TOP/build/userspace/pptpctl}" record "$@" \
		>"$work/said" 2>&1 &
	recorder=$!
	slowwait 60 grep -q '^recording to' "$work/said"
}

# ended WHY [SIGNAL]: by itself, or when it is told to.
ended()
{
	local pid=$recorder status
	[ -z "${2:-}" ] || kill "-$2" "$pid"
	wait "$pid"
	status=$?
	recorder=
	cat "$work/said"
	[ $status = 0 ] && grep -q ": $1\$" "$work/said"
}

pings()
{
	ip netns exec "$NS_B" ping -q -i 0.01 -c "$1" -W 10 10.0.0.1 >"$work/ping"
}

# A refused connection is two packets.
knock()
{
	local i
	for ((i = 0; i < $1; i++)); do
		ip netns exec "$NS_B" bash -c ': </dev/tcp/192.0.2.1/1723' 2>/dev/null
	done
	true
}

packets()
{
	tshark -n -r "$work/$1" -Y "$2" 2>/dev/null | grep -c .
}

# told STATUS: of a step in this shell.
told()
{
	sed 's/^/# /' "$work/said"
	return "$1"
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
command -v tshark >/dev/null || skip_all "needs tshark"
trap cleanup EXIT
load_module || skip_all "cannot load kpptp"
make_pair || skip_all "cannot make namespaces"
# shellcheck disable=SC2119
static_pair || skip_all "cannot make sessions"
ktap_print_header
ktap_set_plan 9

start "$work/data" t0 && pings 100 && knock 2 && pings 10 && ended interrupted INT >"$work/why"
status=$?
check "it ends when it is interrupted" told $status
check "it writes 64 headers, and as many again when a call begins" \
	test "$(packets data gre)" -gt 64 -a "$(packets data gre)" -le 192
check "and no data" test "$(packets data 'frame.cap_len > 40 and gre')" = 0
check "the control connection is in it" test "$(packets data tcp)" = 4
check "nobody else may read it" test "$(stat -c %a "$work/data")" = 600
start "$work/other" address 192.0.2.9 --time 1 && knock 1 && ended "the time is over" >"$work/why"
status=$?
check "its time is bounded" told $status
check "another peer is not in it" test "$(packets other ip)" = 0
start "$work/small" --bytes 4096 && knock 40 && ended "the file is as large as was allowed" \
	>"$work/why" && [ "$(stat -c %s "$work/small")" -le 4096 ]
status=$?
check "its size is bounded" told $status
check "a file that is there is kept" test "$(pptpctl_in "$NS_A" record "$work/small" 2>&1)" = \
	"pptpctl: cannot make $work/small: File exists"
ktap_finished
