#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Life of sessions and devices, every refusal over netlink, namespaces and
# the module going with live sessions. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"

LOADS=10

# Sessions over netlink: its own TAP, as comments, and one line of ours.
requests()
{
	set -o pipefail
	ip netns exec "$NS_A" ip link add k0 type kpptp &&
		ip -n "$NS_A" link add k1 type kpptp &&
		ip -n "$NS_A" link set k0 up &&
		ip -n "$NS_A" route add 198.51.100.0/24 dev k0 &&
		python3 -u "$TESTS/session.py" "$NS_A" "$NS_B" | sed -u 's/^/# /' >&3
}

shows_kind()
{
	local out

	out=$(ip -n "$NS_A" -d link show k0)
	[[ $out == *link/ppp* && $out == *"kpptp "* && $out == *POINTOPOINT* ]]
}

stays_in_namespace()
{
	! ip -n "$NS_A" link set k0 netns "$NS_B" 2>/dev/null
}

new_in()
{
	local ns=$1
	shift
	ip netns exec "$ns" python3 "$TESTS/genl.py" session-new \
		local-address=192.0.2.9 peer-address=192.0.2.10 peer-call-id=1 "$@"
}

link_index()
{
	ip -n "$1" -o link show "$2" | cut -d: -f1
}

# A namespace goes while it has a session with a device and one without.
dying_namespace()
{
	local gone i

	for ((i = 0; i < 3; i++)); do
		unset -v gone
		setup_ns gone || return
		ip -n "$gone" addr add 192.0.2.9/32 dev lo
		ip -n "$gone" link add k0 type kpptp
		new_in "$gone" ifindex="$(link_index "$gone" k0)" &&
			new_in "$gone" || return
		cleanup_ns "$gone" || return
	done
}

# The module goes while sessions live; somebody listens to the last.
goes_and_tells()
{
	local heard

	heard=$(mktemp)
	ip netns exec "$NS_A" python3 -u "$TESTS/genl.py" events 1 >"$heard" &
	slowwait 20 grep -q listening "$heard" && unload_module &&
		slowwait 20 grep -q session-deleted "$heard"
	cat "$heard"
	grep -q '"reason": "module-removed"' "$heard"
}

no_device()
{
	! ip -n "$NS_A" link show k0
}

loads()
{
	local i

	for ((i = 0; i < LOADS; i++)); do
		load_module && unload_module || return
	done
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
exec 3>&1
trap 'cleanup_all_ns; unload_module 2>/dev/null' EXIT
load_module || skip_all "cannot load kpptp"
make_pair || skip_all "cannot make namespaces"

ktap_print_header
ktap_set_plan 7
check "requests and refusals" requests
check "ip link shows the kind" shows_kind
check "a device stays in its namespace" stays_in_namespace
check "namespaces go with live sessions" dying_namespace
check "the module goes with live sessions and says so" goes_and_tells
check "and takes the devices along" no_device
check "$LOADS times in and out" loads
ktap_finished
