#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pptpctl doctor: every failure is provoked, in the namespaces of ../net/lib.sh,
# and its sentence compared; A is looked at. KPPTP_BUILD: where kpptpd and
# pptpctl are.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
PPTPCTL=$BUILD/pptpctl
KEY=00112233445566778899aabbccddeeff
work=$(mktemp -d)
sock=$work/socket
helper=

start_helper()
{
	ip netns exec "$NS_A" "$@" >"$work/helper" 2>&1 &
	helper=$!
}

stop_helper()
{
	[ -n "$helper" ] || return 0
	kill "$helper" 2>/dev/null
	wait "$helper" 2>/dev/null
	helper=
	rm -f "$sock"
}

cleanup()
{
	stop_helper
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

doctor()
{
	pptpctl_in "$NS_A" -s "$sock" "$@" doctor >"$work/out" 2>&1
}

# says STATUS LINE...: this exit status, and these lines among those of doctor.
says()
{
	local want=$1 line got
	shift
	doctor
	got=$?
	for line in "$@"; do
		grep -qxF -- "$line" "$work/out" || { cat "$work/out"; return 1; }
	done
	[ $got = "$want" ] || { echo "exit status $got"; cat "$work/out"; return 1; }
}

lines_are()
{
	[ "$(wc -l <"$work/out")" = "$1" ] || { cat "$work/out"; return 1; }
}

# only STATUS LINE: this is all that doctor says.
only()
{
	says "$@" && lines_are 1
}

# A session of static tunnels needs no daemon, and doctor says so each time.
no_daemon="note: kpptpd does not run (no daemon at $sock): only static tunnels work without it"

# found STATUS LINE: beside that.
found()
{
	says "$@" "$no_daemon" && lines_are 2
}

no_module()
{
	local list
	list=/lib/modules/$(uname -r)/modules.dep
	if [ -r "$list" ] && ! grep -q /kpptp.ko "$list"; then
		says 1 "problem: the kpptp module is not installed for the running kernel $(uname -r): build it for that one, then run depmod and modprobe kpptp"
	else
		says 1 "problem: the kpptp module is not loaded: run modprobe kpptp, and where that fails see dmesg"
	fi && [ ! -d /sys/module/kpptp ]
}

no_daemon()
{
	only 1 "problem: kpptpd does not run (no daemon at $sock): run systemctl start kpptpd, and where that fails see its log"
}

port_taken()
{
	start_helper python3 -c 'import socket, signal
s = socket.socket()
s.bind(("0.0.0.0", 1723))
s.listen()
open("/proc/self/comm", "w").write("squatter")
print("ready", flush=True)
signal.pause()'
	slowwait 60 grep -q ready "$work/helper" &&
		says 1 "problem: TCP port 1723 is taken by squatter (process $helper), kpptpd cannot listen there: stop that program"
}

not_listening()
{
	start_helper python3 "$here/../ctl/daemon.py" "$sock" "$work/requests" good
	slowwait 60 test -S "$sock" &&
		slowwait 60 only 1 "problem: kpptpd runs, but nobody listens at TCP port 1723: set listen in kpptpd.conf and restart it"
}

junk_daemon()
{
	start_helper python3 "$here/../ctl/daemon.py" "$sock" "$work/requests" junk
	slowwait 60 says 1 "problem: kpptpd at $sock does not answer as it should: restart it"
}

server()
{
	cat >"$work/kpptpd.conf" <<-END
		[server]
		control-socket = $sock
		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		[users]
		file = $work/users
		[tunnels]
		directory = $work/tunnels.d
	END
	install -m 600 /dev/null "$work/users"
	mkdir -p "$work/tunnels.d"
	start_helper "$BUILD/kpptpd" -c "$work/kpptpd.conf"
	slowwait 60 pptpctl_in "$NS_A" -s "$sock" show tunnels
}

no_forwarding()
{
	ip netns exec "$NS_A" sysctl -qw net.ipv4.ip_forward=0
	server || { cat "$work/helper"; return 1; }
	only 0 "note: IPv4 forwarding is off, clients reach this machine and nothing behind it: run sysctl -w net.ipv4.ip_forward=1"
}

healthy()
{
	ip netns exec "$NS_A" sysctl -qw net.ipv4.ip_forward=1
	only 0 "nothing was found"
}

as_json()
{
	doctor -j && [ "$(cat "$work/out")" = '{"problem":false,"findings":[]}' ] || return
	nft_in add table ip t && nft_in add chain ip t c && nft_in add rule ip t c ip protocol gre drop
	doctor -j
	[ $? = 1 ] && grep -qF '{"problem":true,"findings":[{"check":"firewall","level":"problem","text":"the firewall drops GRE' "$work/out"
	local got=$?
	nft_in flush ruleset
	return $got
}

nft_in()
{
	ip netns exec "$NS_A" nft "$@"
}

# What doctor advises is done, and helps.
gre_dropped()
{
	local advice
	nft_in add table inet f && nft_in add chain inet f in '{ type filter hook input priority 0; }' &&
		nft_in add rule inet f in tcp dport 25 drop &&
		nft_in add rule inet f in meta l4proto '{ 47, 50 }' counter drop || return
	only 1 "problem: the firewall drops GRE: run nft delete rule inet f in handle $(rule_handle)" ||
		return
	advice=$(sed 's/.*: run nft //' "$work/out")
	# shellcheck disable=SC2086
	nft_in $advice && only 0 "nothing was found"
}

rule_handle()
{
	nft_in -a list chain inet f in | sed -n 's/.*counter.*# handle //p'
}

some_gre_dropped()
{
	nft_in add rule inet f in ip saddr 192.0.2.9 ip protocol gre counter reject || return
	only 0 "note: the firewall drops some GRE, by rule $(rule_handle) of chain in in table inet f: see nft -a list ruleset"
	local got=$?
	nft_in flush ruleset
	return $got
}

closed_input()
{
	nft_in add table inet f &&
		nft_in add chain inet f in '{ type filter hook input priority 0; policy drop; }' || return
	only 0 'note: chain in in table inet f drops what no rule accepts, and no rule names GRE: add "meta l4proto gre accept"' &&
		nft_in add rule inet f in meta l4proto gre accept && only 0 "nothing was found"
	local got=$?
	nft_in flush ruleset
	return $got
}

no_helper()
{
	nft_in add table ip n &&
		nft_in add chain ip n post '{ type nat hook postrouting priority 100; }' &&
		nft_in add rule ip n post oifname v0 masquerade || return
	only 0 "note: this machine translates addresses without the PPTP helper, so PPTP clients behind it cannot call out: run modprobe nf_nat_pptp and give TCP port 1723 the helper pptp"
	local got=$?
	nft_in flush ruleset
	return $got
}

tunnel_says()
{
	pptpctl_in "$NS_A" -j -s "$sock" show tunnels |
		sed -n 's/.*"error":"\([^"]\{1,\}\)".*/\1/p' | grep . >"$work/error"
}

tunnel_down()
{
	install -m 600 /dev/null "$work/password"
	echo secret >"$work/password"
	pptpctl_in "$NS_A" -s "$sock" add-tunnel office --server 192.0.2.2 --user ann \
		--password-file "$work/password" && slowwait 60 tunnel_says || return
	only 1 "problem: the tunnel office does not come up: $(cat "$work/error")"
	local got=$?
	pptpctl_in "$NS_A" -s "$sock" del-tunnel office
	return $got
}

# one_end NS LOCAL PEER LOCAL_ID PEER_ID [ARG...]
one_end()
{
	local ns=$1 local=$2 peer=$3 id=$4 peer_id=$5
	shift 5
	pptpctl_in "$ns" add-tunnel t0 local "192.0.2.$local" peer "192.0.2.$peer" \
		local-id "$id" peer-id "$peer_id" address "10.0.0.$local" \
		peer-address "10.0.0.$peer" "$@"
}

no_tunnels()
{
	pptpctl_in "$NS_A" del-tunnel t0 2>/dev/null
	pptpctl_in "$NS_B" del-tunnel t0 2>/dev/null
	true
}

silent()
{
	one_end "$NS_A" 1 2 11 22 || return
	ip netns exec "$NS_A" ping -q -i 0.1 -c 2 -W 1 10.0.0.2
	only 0 "$no_daemon" || return
	ip netns exec "$NS_A" ping -q -c 1 -W 1 10.0.0.2
	found 1 "problem: t0 (192.0.2.2): 3 packets were sent and no GRE came back: let IP protocol 47 pass every firewall on the way, both ways"
	local got=$?
	no_tunnels
	return $got
}

# refused "ARG..." "ARG..." SENTENCE: the tunnel of A, that of B, which pings.
refused()
{
	local got
	# shellcheck disable=SC2086
	one_end "$NS_A" 1 2 11 22 $1 && one_end "$NS_B" 2 1 22 11 $2 || return
	ip netns exec "$NS_B" ping -q -i 0.1 -c 5 -W 1 10.0.0.1
	found 1 "problem: t0 (192.0.2.2): $3 (5 dropped)"
	got=$?
	no_tunnels
	return $got
}

# mtu_is "ARG..." LEVEL SENTENCE
mtu_is()
{
	local want=0 got
	[ "$2" = note ] || want=1
	# shellcheck disable=SC2086
	one_end "$NS_A" 1 2 11 22 $1 || return
	found $want "$2: t0 (192.0.2.2): $3"
	got=$?
	no_tunnels
	return $got
}

# The path takes less than the device believes.
path_shrinks()
{
	local got
	one_end "$NS_A" 1 2 11 22 && ip -n "$NS_A" route add 192.0.2.2/32 dev v0 mtu 1480 || return
	ip netns exec "$NS_A" ping -q -c 1 -W 1 10.0.0.2
	found 0 "note: t0 (192.0.2.2): the path takes packets of 1440 octets and the device has an MTU of 1460: run ip link set t0 mtu 1440" &&
		ip -n "$NS_A" link set t0 mtu 1440 && only 0 "$no_daemon"
	got=$?
	ip -n "$NS_A" route del 192.0.2.2/32 dev v0
	no_tunnels
	return $got
}

strict()
{
	one_end "$NS_A" 1 2 11 22 || return
	ip netns exec "$NS_A" sysctl -qw net.ipv4.conf.t0.rp_filter=1
	found 0 "note: t0 (192.0.2.2): rp_filter is strict and drops what comes from networks without a route to this device: add their routes, or run sysctl -w net.ipv4.conf.t0.rp_filter=2"
	local got=$?
	no_tunnels
	return $got
}

# told STATUS: of a function that left a process behind and so had to run in this
# shell; what it said is the explanation.
told()
{
	cat "$work/why"
	return "$1"
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
for tool in nft python3; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
trap cleanup EXIT
make_pair || skip_all "cannot make namespaces"
printf 'tx %s\nrx %s\n' $KEY $KEY >"$work/key"
printf 'tx %s\nrx %s\n' ${KEY/00/ff} ${KEY/00/ff} >"$work/wrong"
chmod 600 "$work/key" "$work/wrong"
ktap_print_header
ktap_set_plan 24
unload_module
check "the module is missing, and stays so" no_module
load_module
check "the daemon is missing" no_daemon
port_taken >"$work/why" 2>&1
status=$?
check "another program has the port" told $status
stop_helper
not_listening >"$work/why" 2>&1
status=$?
check "nobody listens" told $status
stop_helper
junk_daemon >"$work/why" 2>&1
status=$?
check "the daemon talks nonsense" told $status
stop_helper
no_forwarding >"$work/why" 2>&1
status=$?
check "forwarding is off" told $status
check "all is well" healthy
check "JSON" as_json
check "a rule drops GRE" gre_dropped
check "a rule drops some GRE" some_gre_dropped
check "an input chain drops what is not named" closed_input
check "NAT without the helper" no_helper
check "a tunnel does not come up" tunnel_down
stop_helper
check "no GRE comes back" silent
check "wrong keys" refused "mppe 128 key-file $work/key" "mppe 128 key-file $work/wrong" \
	"packets came and none could be decrypted: both ends need the same MPPE keys, and a static tunnel the other end's tx as its rx"
check "no key" refused "" "mppe 128 key-file $work/key" \
	"encrypted packets came and this end has no MPPE key: let both ends encrypt or none"
check "cleartext" refused "mppe 128 key-file $work/key require-mppe" "" \
	"packets came in clear where MPPE is required: let both ends encrypt or none"
check "another mode" refused "mppe 128 key-file $work/key" "mppe 128 stateful key-file $work/key" \
	"packets came with MPPE flags of another mode: make both ends stateless or both stateful"
check "the MTU is low" mtu_is "mru 1390" note \
	"the MTU is 1390, because the other end or the path takes no more"
check "the MTU is too low for IPv6" mtu_is "mru 1200" problem \
	"the MTU is 1200, too small for IPv6: look for the link on the way that takes so little"
check "the path takes less than the device believes" path_shrinks
check "rp_filter" strict
check "no other words" test "$(pptpctl_in "$NS_A" doctor now 2>&1)" = \
	'pptpctl: "now" was not expected'
pptpctl_in "$NS_A" doctor now 2>/dev/null
status=$?
check "and exit status 2" test $status = 2
ktap_finished
