#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pptpctl doctor --server: B asks whether it can reach the server in A, which is
# kpptpd at 192.0.2.1 and something else at 192.0.2.3; B has no daemon. KPPTP_BUILD:
# where kpptpd and pptpctl are.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
PPTPCTL=$BUILD/pptpctl
WAIT=180		# seconds, a bound for slow guests and not a measure
work=$(mktemp -d)
daemon=
pretender=

cleanup()
{
	local pid
	for pid in $pretender $daemon; do
		kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

server()
{
	cat >"$work/A.conf" <<-END
		[server]
		listen = 192.0.2.1
		control-socket = $work/A.sock
		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		[users]
		file = $work/users
		[tunnels]
		directory = $work/A.d
	END
	install -m 600 /dev/null "$work/users"
	ip netns exec "$NS_A" "$BUILD/kpptpd" -c "$work/A.conf" 2>"$work/A.log" &
	daemon=$!
	slowwait $WAIT pptpctl_in "$NS_A" -s "$work/A.sock" show tunnels ||
		{ cat "$work/A.log"; return 1; }
}

nft_a()
{
	ip netns exec "$NS_A" nft "$@"
}

# doctor SERVER STATUS LINE: that is all it says, an extended regular expression.
doctor()
{
	local status
	pptpctl_in "$NS_B" -s "$work/B.sock" doctor --server "$1" >"$work/out" 2>&1
	status=$?
	cat "$work/out"
	[ $status = "$2" ] && [ "$(wc -l <"$work/out")" = 1 ] && grep -qE -- "^$3\$" "$work/out"
}

# behind RULE SERVER STATUS LINE: the same, where A drops what comes; or what goes.
behind()
{
	filtered input "$@"
}

behind_out()
{
	filtered output "$@"
}

filtered()
{
	local hook=$1 rule=$2 got
	shift 2
	# shellcheck disable=SC2086
	nft_a add table ip f && nft_a add chain ip f c "{ type filter hook $hook priority 0; }" &&
		nft_a add rule ip f c $rule && doctor "$@"
	got=$?
	nft_a flush ruleset
	return $got
}

# pretends MODE: in the shell of the script.
pretends()
{
	[ -z "$pretender" ] || { kill "$pretender" && wait "$pretender"; }
	ip netns exec "$NS_A" python3 "$here/pretender.py" 192.0.2.3 "$1" >"$work/said" 2>&1 &
	pretender=$!
	slowwait $WAIT grep -q ready "$work/said"
}

# pretended WHAT MODE LINE
pretended()
{
	pretends "$2" 2>/dev/null
	check "$1" doctor 192.0.2.3 1 "$3"
}

answers()
{
	doctor 192.0.2.1 0 'note: 192.0.2.1 answers \(host ".+", vendor "kpptp"\): TCP, control connection, call and GRE work; packets of 1500 octets pass, which makes an MTU of 1456 in the tunnel'
}

nothing_is_left()
{
	slowwait $WAIT no_session
}

no_session()
{
	[ "$(pptpctl_in "$NS_A" -s "$work/A.sock" -j show sessions)" = '[]' ] &&
		[ "$(pptpctl_in "$NS_A" -s "$work/A.sock" -j show tunnels)" = '[]' ]
}

shorter_path()
{
	ip -n "$NS_B" route add 192.0.2.1/32 dev v0 mtu 1300 &&
		doctor 192.0.2.1 0 'note: .*packets of 1300 octets pass, which makes an MTU of 1256 in the tunnel'
	local got=$?
	ip -n "$NS_B" route del 192.0.2.1/32 dev v0
	return $got
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
for tool in nft python3; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
trap cleanup EXIT
load_module || skip_all "cannot load kpptp"
make_pair || skip_all "cannot make namespaces"
ip -n "$NS_A" addr add 192.0.2.3/24 dev v0
server >"$work/why" 2>&1 || { cat "$work/why"; skip_all "cannot start kpptpd"; }
ktap_print_header
ktap_set_plan 16
start="problem: 192.0.2.3 takes connections at TCP port 1723, but"
check "a server answers" answers
check "nothing is left of it" nothing_is_left
check "the path takes less" shorter_path
check "no such name" doctor no.such.name.invalid 1 \
	'problem: the name no.such.name.invalid cannot be looked up .*DNS servers of this machine'
check "no way" doctor 203.0.113.1 1 \
	'problem: this machine has no way to 203.0.113.1 \(Network is unreachable\): see ip route .*'
check "refused" doctor 192.0.2.3 1 'problem: 192.0.2.3 refuses TCP port 1723: start .*'
check "dropped" behind "tcp dport 1723 drop" 192.0.2.1 1 \
	'problem: 192.0.2.1 does not answer at TCP port 1723: check .*'
pretended "it hangs up" close "$start closes the connection: is it a PPTP server, .*"
pretended "it says nothing" mute "$start does not answer: .*"
pretended "it is something else" http "$start answers with something else than PPTP: .*"
pretended "it refuses us" stranger "$start refuses: .* \(result 4, error 0\): .*"
pretended "it refuses the call" busy \
	"problem: 192.0.2.3 has a control connection with us, but for a call it refuses: .* \(result 4, error 0\)"
check "GRE is blocked" behind_out "ip protocol gre drop" 192.0.2.1 1 \
	'problem: GRE is blocked: 192.0.2.1 answers at TCP port 1723, but no GRE comes back: let .*'
check "GRE is blocked one way" behind "ip protocol gre drop" 192.0.2.1 1 \
	'problem: GRE is blocked one way: packets of 192.0.2.1 come here, but it answers none .*'
check "large GRE is blocked" behind "ip protocol gre meta length > 1000 drop" 192.0.2.1 1 \
	'problem: GRE packets of 1500 octets get lost on the way to 192.0.2.1, smaller ones do not: set .*'
check "nothing is left in the end" nothing_is_left
ktap_finished
