#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must work on every kernel that users run, in a minute: loading, static
# sessions in every MPPE mode, traffic both ways, unloading. See lib.sh.
. "$(dirname "$0")/lib.sh"

OCTETS=1048576
WORK=$(mktemp -d)

key_files()
{
	local one=00112233445566778899aabbccddeeff
	local two=0f1e2d3c4b5a69788796a5b4c3d2e1f0

	if [ "$1" != 128 ]; then
		one=${one:0:16}
		two=${two:0:16}
	fi
	(
		umask 077
		printf 'tx %s\nrx %s\n' "$one" "$two" >"$WORK/a"
		printf 'tx %s\nrx %s\n' "$two" "$one" >"$WORK/b"
	)
}

# tunnel_pair [ARG...]: t0 on both ends; key files where ARG... asks for MPPE. What
# overtakes on two processors waits for the slower one, which the host may have
# stopped for long.
tunnel_pair()
{
	local a=() b=()

	if [ $# -gt 0 ]; then
		key_files "$2"
		a=(key-file "$WORK/a" require-mppe)
		b=(key-file "$WORK/b" require-mppe)
	fi
	pptpctl_in "$NS_A" add-tunnel t0 local 192.0.2.1 peer 192.0.2.2 \
		local-id 11 peer-id 22 reorder 64,1000 "$@" "${a[@]}" \
		address 10.0.0.1 peer-address 10.0.0.2 >/dev/null &&
		pptpctl_in "$NS_B" add-tunnel t0 local 192.0.2.2 peer 192.0.2.1 \
			local-id 22 peer-id 11 reorder 64,1000 "$@" "${b[@]}" \
			address 10.0.0.2 peer-address 10.0.0.1 >/dev/null
}

remove_pair()
{
	pptpctl_in "$NS_A" del-tunnel t0 && pptpctl_in "$NS_B" del-tunnel t0
}

pings()
{
	ip netns exec "$NS_A" ping -q -c 10 -i 0.05 -W 5 10.0.0.2 | grep ' 0% packet loss'
}

# Both ends have seen the same octets.
stream()
{
	python3 "$TESTS/stream.py" "$NS_A" 10.0.0.1 "$NS_B" 10.0.0.2 $OCTETS
}

# no_drops [REASON]: nothing was dropped on the way, but for REASON perhaps.
no_drops()
{
	local ns drops

	for ns in "$NS_A" "$NS_B"; do
		drops=$(pptpctl_in "$ns" -j show drops |
			jq -c --arg but "${1:-}" '.[] | select(.sessions == 0).drops |
				with_entries(select(.value != 0 and .key != $but))') || return
		echo "$drops"
		[ "$drops" = "{}" ] || return
	done
}

mode()
{
	local name=$1
	shift
	check "$name: sessions on both ends" tunnel_pair "$@"
	check "$name: ping" pings
	check "$name: TCP each way" stream
	check "$name: removed" remove_pair
}

# The in-tree driver and ours exclude each other, and the log says why.
beside_pptp()
{
	local loaded=0

	modprobe pptp || return
	load_module 2>/dev/null || loaded=$?
	rmmod pptp
	[ $loaded != 0 ] && dmesg | grep 'kpptp: .*pptp'
}

shows_kind()
{
	ip -n "$NS_A" link add k0 type kpptp &&
		ip -n "$NS_A" -d link show k0 | grep -qw kpptp &&
		ip -n "$NS_A" link del k0
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
trap 'cleanup_all_ns; rm -rf "$WORK"; unload_module 2>/dev/null' EXIT

ktap_print_header
ktap_set_plan 30
check "beside pptp.ko it says why it does not load" beside_pptp
check "the module loads" load_module
[ -d /sys/module/kpptp ] || exit 1
make_pair || skip_all "cannot make namespaces"
check "ip link shows the kind" shows_kind
mode "in clear"
mode "128 bit stateless" mppe 128
mode "56 bit stateless" mppe 56
mode "40 bit stateless" mppe 40
check "no packet was dropped" no_drops
mode "128 bit stateful" mppe 128 stateful
mode "40 bit stateful" mppe 40 stateful
# A slow guest loses packets in its veth; stateful MPPE then waits for a reset.
check "only what waited for a reset was dropped" no_drops mppe_discard
check "the module unloads" unload_module
ktap_finished
