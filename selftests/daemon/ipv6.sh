#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 through sessions: an unmodified pppd with +ipv6, and kpptpd as a client, get
# addresses, routes and DNS servers. See bed.sh; C1 has the pppd, and C2 kpptpd as a
# client of the one in G.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
FAR=2001:db8:99::1		# beyond the gateway
NET=2001:db8:77:		# what sessions' networks begin with
client_pid=
client_log=$work/client.log

# write_conf [LINE...]: LINEs are those of [ipv6].
write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $sock
		log-level = debug

		[ppp]
		restart-interval = 1

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.100-10.77.0.150

		[tunnels]
		directory = $work/no-tunnels

		[users]
		file = $users

		$([ $# = 0 ] || printf '%s\n' "[ipv6]" "$@")
	END
}

write_client_conf()
{
	cat >"$work/client.conf" <<-END
		[server]
		listen = none
		control-socket = $work/client.sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[tunnels]
		directory = $work/tunnels.d
		connect-timeout = 3
		retry-min = 1
		retry-max = 3
		resolv-conf = $work/resolv.conf

		[users]
		file = $work/no-users
	END
	install -m 600 /dev/null "$work/no-users"
}

in_client()
{
	ip netns exec "$NS_C2" "$@"
}

dial_ctl()
{
	in_client "$BUILD/pptpctl" -s "$work/client.sock" "$@"
}

starts()
{
	local user

	install -m 600 /dev/null "$users"
	for user in alice bob carol; do
		printf '%s\n' "$SECRET" | ctl add-user "$user" || return
	done
	start_daemon
}

client_starts()
{
	write_client_conf
	ip netns exec "$NS_C2" "$BUILD/kpptpd" -c "$work/client.conf" 2>>"$client_log" &
	client_pid=$!
	slowwait $WAIT dial_ctl show tunnels
}

tunnel_is()
{
	dial_ctl -j show tunnels vpn | grep -q "\"state\":\"$1\""
}

reaches()
{
	slowwait $WAIT tunnel_is "$1" || { dial_ctl show tunnels; tail -20 "$client_log"; return 1; }
}

# has_address NS DEVICE: one that the kernel made of the network that was announced.
has_address()
{
	ip -n "$1" -6 addr show dev "$2" scope global | grep -q "inet6 $NET"
}

# route6 NS PATTERN: of one line.
route6()
{
	ip -n "$1" -6 route show | grep -qE -- "$2"
}

# no_route6 NS PATTERN
no_route6()
{
	! route6 "$@"
}

has_route6()
{
	slowwait $WAIT route6 "$@" || { ip -n "$1" -6 route show; return 1; }
}

# pings6 NS ADDRESS: every one is answered.
pings6()
{
	ip netns exec "$1" ping -6 -q -i 0.2 -c 3 -W 10 "$2" | grep -q '3 received'
}

# conf6 NS DEVICE NAME
conf6()
{
	ip netns exec "$1" sysctl -n "net.ipv6.conf.$2.$3"
}

announced()
{
	grep -q "rdnss option.*addr: 2001:db8:99::53" "$work/ra.text" &&
		grep -q "prefix info option.*$NET" "$work/ra.text"
}

# Link-local addresses by IPV6CP, the rest by the kernel from what is announced.
pppd_gets_addresses()
{
	local sniffer

	ip netns exec "$NS_C1" tcpdump -Z root -n -v -l -i any 'icmp6 and ip6[40] == 134' \
		>"$work/ra.text" 2>"$work/ra.err" &
	sniffer=$!
	slowwait $WAIT grep -q 'listening on' "$work/ra.err" || return
	dial one "$NS_C1" $GATE1 alice "$SECRET" +ipv6
	client_up one && slowwait $WAIT has_address "$NS_C1" one &&
		has_route6 "$NS_C1" '^default via fe80::.* dev one proto ra' &&
		grep -q 'local  LL address fe80::' "$work/one.log" &&
		grep -q 'remote LL address fe80::' "$work/one.log" &&
		slowwait $WAIT announced
	set -- $?
	kill $sniffer
	wait $sniffer
	[ "$1" = 0 ] || cat "$work/ra.text"
	return "$1"
}

# A session without IPV6CP: the peer cannot make itself the gateway's router.
closed_without_ipv6cp()
{
	local device
	dial two "$NS_C1" $GATE1 carol "$SECRET" noipv6
	client_up two && device=$(session carol ifname) &&
		[ "$(conf6 "$NS_G" "$device" disable_ipv6)" = 1 ] &&
		[ "$(conf6 "$NS_G" "$(session alice ifname)" disable_ipv6)" = 0 ] &&
		[ "$(conf6 "$NS_G" "$(session alice ifname)" accept_ra)" = 0 ] && hang_up two
}

# The routes that are configured, and no default router by advertisement.
tunnel_has_routes()
{
	printf '%s\n' "$SECRET" | dial_ctl add-tunnel vpn --server $GATE2 --user bob \
		--route 2001:db8:99::/48,10.88.0.0/16 --kill-switch --password-file - &&
		reaches up && slowwait $WAIT has_address "$NS_C2" vpn || return
	has_route6 "$NS_C2" '^2001:db8:99::/48 dev vpn proto 112 metric 1024' &&
		has_route6 "$NS_C2" \
			'^unreachable 2001:db8:99::/48 dev lo proto 112 metric 4294967294' &&
		no_route6 "$NS_C2" '^default' &&
		ip -n "$NS_C2" route show | grep -q '^10.88.0.0/16 dev vpn proto 112' &&
		pings6 "$NS_C2" $FAR
}

unreachable6()
{
	in_client ping -6 -c 1 -W 2 "$1" 2>&1 | grep -qiE 'unreachable|no route'
}

# Without IPv6 at the server the tunnel is up, and its IPv6 goes nowhere.
kill_switch()
{
	stop_daemon TERM && reaches waiting && unreachable6 $FAR && write_conf && start_daemon &&
		reaches up && unreachable6 $FAR && in_client ping -q -c 1 -W 10 10.77.0.1 &&
		no_route6 "$NS_C2" 'dev vpn proto 112' &&
		[ "$(conf6 "$NS_C2" vpn disable_ipv6)" = 1 ] || return
	stop_daemon TERM && write_conf "${ipv6_conf[@]}" && start_daemon && reaches up &&
		has_route6 "$NS_C2" '^2001:db8:99::/48 dev vpn proto 112' && pings6 "$NS_C2" $FAR
}

# --default-route is of both families where IPv6 is asked for.
everything()
{
	dial_ctl set-tunnel vpn --default-route --ipv6 --route "" && reaches up &&
		has_route6 "$NS_C2" '^2000::/3 dev vpn proto 112' &&
		has_route6 "$NS_C2" '^unreachable 2000::/3 ' &&
		no_route6 "$NS_C2" '2001:db8:99::/48' && pings6 "$NS_C2" $FAR || return
	dial_ctl disconnect vpn && reaches idle && ip -n "$NS_C2" -6 route show &&
		no_route6 "$NS_C2" 'proto 112'
}

# With IPv6 only as far as it is wanted: none.
not_wanted()
{
	dial_ctl set-tunnel vpn --no-ipv6 --no-kill-switch && dial_ctl connect vpn && reaches up &&
		no_route6 "$NS_C2" 'proto 112' && [ "$(conf6 "$NS_C2" vpn disable_ipv6)" = 1 ] &&
		dial_ctl del-tunnel vpn
}

stops()
{
	kill -TERM "$client_pid" && wait "$client_pid" && stop_daemon TERM &&
		no_route6 "$NS_G" 'proto 112' && no_route6 "$NS_C2" 'proto 112'
}

bed_open
in_gate sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n "$NS_G" addr add $FAR/128 dev lo
ipv6_conf=("prefix = 2001:db8:77:f000::/56" "dns = 2001:db8:99::53")
write_conf "${ipv6_conf[@]}"

TESTS_TABLE=(
	"kpptpd starts:starts"
	"pppd gets addresses, a router and DNS servers:pppd_gets_addresses"
	"pings beyond the gateway are answered:pings6 $NS_C1 $FAR"
	"a session without IPV6CP has no IPv6:closed_without_ipv6cp"
	"kpptpd starts as a client:client_starts"
	"a tunnel has the routes that it should have:tunnel_has_routes"
	"the kill switch is for IPv6, too:kill_switch"
	"the default route is for IPv6, too:everything"
	"a tunnel that does not want IPv6:not_wanted"
	"both stop and leave nothing:stops"
)

bed_run "${TESTS_TABLE[@]}"
