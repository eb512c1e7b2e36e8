#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# DHCPINFORM through sessions: an unmodified dhcping on pppd's device, what Windows
# sends, and kpptpd as a client are answered, and what others send is not. (dhcpcd knows
# no PPP devices, other DHCP clients no DHCPINFORM.) See bed.sh; C1 has the pppd, C2
# kpptpd as a client of the one in G, and G has the networks that routes lead to.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
FAR=10.20.0.1		# behind the gateway, in a network that the listener gives
BOBS=10.30.0.1		# in one that bob is given
holder=

# write_conf [LINE...]: LINEs are added to those of [network].
write_conf()
{
	{
		cat <<-END
			[server]
			listen = $GATE1, $GATE2
			name = gate
			control-socket = $sock
			log-level = debug

			[ppp]
			restart-interval = 1

			[tunnels]
			directory = $work/no-tunnels

			[users]
			file = $users

			[network]
			local-address = 10.77.0.1
			pool = 10.77.0.100-10.77.0.150
			dns = 10.20.0.53
			wins = 10.20.0.44
		END
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$conf"
}

# hold: somebody else has the port of DHCP servers.
hold()
{
	ip netns exec "$NS_G" "$here/dhcp4.py" hold >"$work/held" 2>&1 &
	holder=$!
	slowwait $WAIT grep -q held "$work/held" || { cat "$work/held"; return 1; }
}

let_go()
{
	kill "$holder"
	wait "$holder"
	holder=
}

starts()
{
	local user

	install -m 600 /dev/null "$users"
	for user in alice bob; do
		printf '%s\n' "$SECRET" | ctl add-user "$user" || return
	done
	ctl set-user bob client-route=10.30.0.0/16 domain=bob.example && start_daemon
}

starts_beside_another()
{
	hold && starts && kill -0 "$holder" && let_go
}

# listens: tcpdump on alice's device, for tshark.
listens()
{
	ip netns exec "$NS_C1" tcpdump -Z root --immediate-mode -U -i one -w "$work/one.pcap" udp port 67 or \
		udp port 68 2>"$work/tcpdump.err" &
	sniffer=$!
	slowwait $WAIT grep -q 'listening on' "$work/tcpdump.err"
}

dials()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one && listens
}

# route NS PATTERN: of one line.
route()
{
	ip -n "$1" route show | grep -qE -- "$2"
}

no_route()
{
	! route "$@"
}

has_route()
{
	slowwait $WAIT route "$@" || { ip -n "$1" route show; return 1; }
}

# reached NS ADDRESS: three pings, three answers.
reached()
{
	ip netns exec "$1" ping -q -i 0.2 -c 3 -W 10 "$2" | grep -q '3 received'
}

# It binds to no device, so that there has to be a route to all; and it expects the answer
# from the address that it has asked, says where it is from, and waits on.
dhcping_is_answered()
{
	local address pid
	address=$(client_address one)
	ip -n "$NS_C1" route add 255.255.255.255/32 dev one || return
	ip netns exec "$NS_C1" stdbuf -oL dhcping -i -v -t $WAIT -c "$address" \
		-s 255.255.255.255 -h 02:00:0a:4d:00:64 >"$work/dhcping.log" 2>&1 &
	pid=$!
	slowwait $WAIT grep -q 'received from 10.77.0.1' "$work/dhcping.log"
	set -- $?
	kill $pid
	wait $pid
	cat "$work/dhcping.log"
	return "$1"
}

# answered WANTED LINE...: these are the answer's options, one after the other.
answered()
{
	local wanted=$1
	shift
	ip netns exec "$NS_C1" "$here/dhcp4.py" ask one "$wanted" >"$work/answer" 2>&1
	printf '%s\n' "from 10.77.0.1 port 67" "53 5" "54 10.77.0.1" "$@" | diff - "$work/answer"
}

windows_gets_routes()
{
	local routes="10.20.0.0/16 via 10.77.0.1, 192.0.2.128/25 via 10.77.0.1"
	local rest=("15 corp.example" "6 10.20.0.53" "44 10.20.0.44")

	answered windows10 "121 $routes" "${rest[@]}" &&
		answered windowsxp "249 $routes" "${rest[@]}"
}

shown()
{
	ctl -j show sessions alice | grep -qE '"informed":([3-9]|[1-9][0-9])'
}

# The last answer is the one with Microsoft's option.
captured()
{
	tshark -r "$work/one.pcap" -Y 'dhcp.option.dhcp == 5 && dhcp.option.type == 249' \
		2>/dev/null | grep -q .
}

# Nothing malformed, and the routes are what tshark reads as such.
decoded()
{
	slowwait $WAIT captured
	kill "$sniffer"
	wait "$sniffer"
	tshark -r "$work/one.pcap" -Y _ws.malformed >"$work/malformed" 2>/dev/null
	tshark -r "$work/one.pcap" -Y 'dhcp.option.dhcp == 5' -V >"$work/decoded" 2>/dev/null
	cat "$work/malformed" "$work/decoded"
	[ ! -s "$work/malformed" ] &&
		grep -q 'Option: (121) Classless Static Route' "$work/decoded" &&
		grep -q 'Option: (249) .*Classless Static Route' "$work/decoded" &&
		grep -q '10.20.0.0/16-10.77.0.1' "$work/decoded" &&
		! grep -qi 'checksum.*bad\|incorrect' "$work/decoded"
}

informed()
{
	ctl -j show sessions alice | grep -o '"informed":[0-9]*'
}

# says WHAT PATTERN: the daemon's log after what dhcp4.py has sent.
says()
{
	local from
	from=$(mark)
	ip netns exec "$NS_C1" "$here/dhcp4.py" "$1" one || return
	slowwait $WAIT logged_since "$from" "$2" || { tail -5 "$daemon_log"; return 1; }
}

# What comes from another address is nobody's. That one is behind it is seen by the log.
refused()
{
	local before
	before=$(informed)
	ip netns exec "$NS_C1" "$here/dhcp4.py" forged one
	says foreign 'alice sends a DHCPINFORM for another address' &&
		says discover 'alice sends a DHCP message that is no DHCPINFORM' &&
		says garbled 'alice sends a DHCP message that is no DHCPINFORM' &&
		[ "$(informed)" = "$before" ] &&
		says flood 'alice sends more DHCP messages than it may'
}

another_starts_beside_it()
{
	hold && let_go
}

hangs_up()
{
	hang_up one && no_sessions
}

client_starts()
{
	write_dialer_conf
	start_kpptpd "$NS_C2" client
}

tunnel_is()
{
	dial_ctl -j show tunnels vpn | grep -q "\"state\":\"$1\""
}

reaches()
{
	slowwait $WAIT tunnel_is "$1" || { dial_ctl show tunnels; tail -20 "$work/client.log"; return 1; }
}

# The user's own go before the listener's.
tunnel_gets_routes()
{
	printf '%s\n' "$SECRET" | dial_ctl add-tunnel vpn --server $GATE2 --user bob \
		--password-file - --dhcp-routes --metric 20 && reaches up &&
		has_route "$NS_C2" '^10.30.0.0/16 dev vpn proto 112 .*metric 20' &&
		no_route "$NS_C2" '^10.20.0.0/16' && reached "$NS_C2" $BOBS &&
		dial_ctl -j show tunnels vpn | grep -q '"dhcp_routes":\["10.30.0.0/16"\]'
}

# A route that is not wanted, or in somebody's way, leaves the others.
tunnel_refuses_routes()
{
	ctl set-user bob client-route= client-route=0.0.0.0/1 client-route=10.30.0.0/16 \
		client-route=10.31.0.0/16 && ctl reload &&
		ip -n "$NS_C2" route add 10.31.0.0/16 dev c2 metric 20 &&
		dial_ctl disconnect vpn && reaches idle && no_route "$NS_C2" 'dev vpn' &&
		dial_ctl connect vpn && reaches up && has_route "$NS_C2" '^10.30.0.0/16 dev vpn' &&
		no_route "$NS_C2" '^0.0.0.0/1' && no_route "$NS_C2" '^10.31.0.0/16 dev vpn' &&
		grep -q 'route to 0.0.0.0/1 that the server gives by DHCP is refused' \
			"$work/client.log" &&
		grep -q 'there is another route to 10.31.0.0/16' "$work/client.log"
}

# What is not wanted is not asked for; what is switched off is not answered.
not_wanted()
{
	dial_ctl set-tunnel vpn --no-dhcp-routes && reaches up && reached "$NS_C2" 10.77.0.1 &&
		no_route "$NS_C2" '^10.30.0.0/16' || return
	write_conf "${routes_conf[@]}" "dhcp-inform = no"
	ctl reload && dial_ctl set-tunnel vpn --dhcp-routes && reaches up &&
		slowwait $WAIT grep -q 'the server does not answer DHCPINFORM' "$work/client.log" &&
		no_route "$NS_C2" '^10.30.0.0/16' && tunnel_is up
}

stops()
{
	stop_kpptpd client TERM && stop_daemon TERM && no_route "$NS_C2" 'proto 112'
}

need_tools dhcping tcpdump tshark
bed_open
ip -n "$NS_G" addr add $FAR/32 dev lo
ip -n "$NS_G" addr add $BOBS/32 dev lo
routes_conf=("client-route = 10.20.0.0/16, 192.0.2.128/25" "domain = corp.example")
write_conf "${routes_conf[@]}"

TESTS_TABLE=(
	"kpptpd starts where another has the port:starts_beside_another"
	"pppd dials:dials"
	"an unmodified dhcping is answered:dhcping_is_answered"
	"Windows 10 and Windows XP get routes:windows_gets_routes"
	"the answers are shown:shown"
	"tshark reads them, and finds nothing malformed:decoded"
	"what is no question of this host is not answered:refused"
	"another DHCP server starts beside it:another_starts_beside_it"
	"pppd hangs up:hangs_up"
	"kpptpd starts as a client:client_starts"
	"a tunnel has the routes of its user:tunnel_gets_routes"
	"a tunnel does without routes that it refuses:tunnel_refuses_routes"
	"a tunnel that does not ask, a server that does not answer:not_wanted"
	"both stop and leave nothing:stops"
)

bed_run "${TESTS_TABLE[@]}"
