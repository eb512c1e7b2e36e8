#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients and servers behind NAT, with the rules of Documentation/firewall.rst:
#
#    C1 10.1.0.2 --\
#    C2 10.1.0.3 ---- lan  R  wan ---- 198.51.100.2  O
#    C3 10.1.0.4 --/       198.51.100.1
#
# kpptpd is in O for clients in C1 to C3, and in C1 for clients in O. What the
# kernel's NAT cannot do is expected too; the table at the end says it all.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/peers/lib.sh
. "$here/lib.sh"

OUTER=198.51.100.2
ROUTER=198.51.100.1
RULES=$TOP/Documentation/nft
table=()

# One ip a namespace: each costs a second in a debug kernel.
make_network()
{
	local ns n=1
	link "$NS_R" $ROUTER "$NS_O" $OUTER wan || return
	{
		echo "link add lan type bridge"
		for ns in "$NS_C1" "$NS_C2" "$NS_C3"; do
			n=$((n + 1))
			echo "link add lan$n type veth peer name lan netns $ns"
			echo "link set lan$n master lan up"
		done
		echo "addr add 10.1.0.1/24 dev lan"
		echo "link set lan up"
	} | ip -n "$NS_R" -batch - || return
	n=1
	for ns in "$NS_C1" "$NS_C2" "$NS_C3"; do
		n=$((n + 1))
		ip -n "$ns" -batch - <<-END || return
			addr add 10.1.0.$n/24 dev lan
			link set lan up
			route add default via 10.1.0.1
		END
	done
	ip netns exec "$NS_R" sysctl -qw net.ipv4.ip_forward=1
}

prepare()
{
	make_network && capture_start "$NS_O" "$work/nat.pcap" &&
		gateway "$NS_O" outside $OUTER 10.77.0 ppp.max-configure=4 &&
		gateway "$NS_C1" inside 10.1.0.2 10.78.0 ppp.max-configure=4
}

# rules NS [FILE]: these, and no others.
rules()
{
	ip netns exec "$1" nft flush ruleset && { [ -z "$2" ] || ip netns exec "$1" nft -f "$2"; }
}

no_sessions()
{
	slowwait $WAIT sessions_are "$NS_O" outside 0 &&
		slowwait $WAIT sessions_are "$NS_C1" inside 0
}

# personas FILE CALL-ID SERVER INNER NS=ADDRESS...: prints how many are up together.
personas()
{
	local file=$1 id=$2 server=$3 inner=$4
	shift 4
	/usr/bin/python3 "$here/together.py" "$here/personas/$file.yaml" "$id" "$server" \
		"$inner" "$PEER_USER" "$SECRET" "$@"
}

# pppds NS...: the same with unmodified clients.
pppds()
{
	local ns n=0 up=0
	for ns; do
		n=$((n + 1))
		dial "n$n" "$ns" $OUTER require-mppe-128 nomppe-stateful
	done
	n=0
	for ns; do
		n=$((n + 1))
		client_up "n$n"
	done
	n=0
	for ns; do
		n=$((n + 1))
		pings "$ns" "n$n" 10.77.0.1 3 && up=$((up + 1))
	done
	while [ $n -gt 0 ]; do
		hang_up "n$n"
		n=$((n - 1))
	done
	echo $up
}

# row WHAT CLIENTS EXPECTED COMMAND...: a line of the table, ok if as many of the
# clients work as expected.
row()
{
	local what=$1 clients=$2 expected=$3 got
	shift 3
	"$@" >"$work/row" 2>&1
	got=$(tail -1 "$work/row")
	table+=("$(printf '%-52s %d of %d' "$what" "$got" "$clients")")
	cat "$work/row"
	no_sessions && [ "$got" = "$expected" ]
}

# with RULES-OF-R WHAT ...: a row with these rules in the router.
with()
{
	local file=$1
	shift
	rules "$NS_R" "${file:+$RULES/$file.nft}" && row "$@"
}

without_helper()
{
	sed '/ct helper set/d' "$RULES/router.nft" >"$work/bare.nft"
	rules "$NS_R" "$work/bare.nft" && row "$@"
}

# gateway_rules FILTER WHAT ...: on the machine of kpptpd, less what FILTER deletes.
gateway_rules()
{
	local filter=$1
	shift
	sed "$filter" "$RULES/gateway.nft" >"$work/gateway.nft"
	rules "$NS_R" "$RULES/router.nft" && rules "$NS_O" "$work/gateway.nft" && row "$@"
	set -- $?
	rules "$NS_O" ""
	return "$1"
}

blocked_gre_is_named()
{
	slowwait $WAIT grep -q "no GRE received from $ROUTER: is IP protocol 47 blocked" \
		"$work/outside.log"
}

decoded()
{
	capture_stop
	well_formed "$work/nat.pcap"
}

begin tshark nft pppd pptp
setup_ns NS_R NS_O NS_C1 NS_C2 NS_C3 || skip_all "cannot make namespaces"
C1=$NS_C1=10.1.0.2 C2=$NS_C2=10.1.0.3 C3=$NS_C3=10.1.0.4
OUT=$NS_O=$OUTER

TESTS_TABLE=(
	"a router and two gateways:prepare"
	"call ID 0 three times:with router 'helper, call ID 0 in all three' 3 3
		personas windows-xp 0 $OUTER 10.77.0.1 $C1 $C2 $C3"
	"pppd and pptp-linux twice:with router 'helper, pppd with pptp-linux' 2 2
		pppds $NS_C1 $NS_C2"
	"one client without the helper:without_helper 'no helper, one client' 1 0
		personas mikrotik own $OUTER 10.77.0.1 $C1"
	"a gateway with a firewall:gateway_rules '' 'helper, firewall on the gateway' 2 2
		personas windows-xp 0 $OUTER 10.77.0.1 $C1 $C2"
	"a gateway that does not let GRE in:gateway_rules /gre/d 'helper, no GRE on the gateway' 1 0
		personas mikrotik own $OUTER 10.77.0.1 $C1"
	"which is named in the log:blocked_gre_is_named"
	"a server behind NAT:with port-forward 'server behind NAT, helper' 1 1
		personas windows-xp 0 $ROUTER 10.78.0.1 $OUT"
	"the same without a helper:with port-forward-plain 'server behind NAT, no helper' 1 1
		personas windows-xp 0 $ROUTER 10.78.0.1 $OUT"
	"tshark finds nothing malformed:decoded"
)

ktap_print_header
ktap_set_plan ${#TESTS_TABLE[@]}
for test in "${TESTS_TABLE[@]}"; do
	# The words of a command, on one line or two, are split here.
	test=${test//$'\n'/ }
	eval "step \"\${test%%:*}\" ${test#*:}"
done
printf '# %s\n' "rules of the router, clients                         work" "${table[@]}"
ktap_finished
