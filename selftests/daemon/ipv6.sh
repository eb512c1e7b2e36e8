#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 through sessions: an unmodified pppd with +ipv6, and kpptpd as a client, get
# addresses, routes and DNS servers, and dhcpcd gets a prefix from Kea. See bed.sh;
# C1 has the pppd and a network "lan", C2 kpptpd as a client of the one in G, and
# there is one more:
#
#	G  2001:db8:fe::1 ---- k0 ==== k0 ---- 2001:db8:fe::2  K  Kea

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
FAR=2001:db8:99::1		# beyond the gateway
NET=2001:db8:77:		# what sessions' networks begin with
RELAY=2001:db8:fe::1
KEA=2001:db8:fe::2
DELEGATED=2001:db8:80		# what delegated networks begin with
client_pid=
kea_pid=
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

in_client()
{
	ip netns exec "$NS_C2" "$@"
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
	write_dialer_conf
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

# wire_kea: without duplicate address detection, for which Kea does not wait.
wire_kea()
{
	local ns

	setup_ns NS_K || return
	for ns in "$NS_G" "$NS_K"; do
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.accept_dad=0
	done
	ip link add k0 netns "$NS_G" type veth peer name k0 netns "$NS_K" || return
	ip -n "$NS_G" addr add $RELAY/64 dev k0 nodad
	ip -n "$NS_K" addr add $KEA/64 dev k0 nodad
	ip -n "$NS_G" link set k0 up && ip -n "$NS_K" link set k0 up
	ip -n "$NS_K" route add 2001:db8::/32 via $RELAY
}

# The subnet is that of all sessions: a relay agent's link-address is in it.
write_kea_conf()
{
	cat >"$work/kea.json" <<-END
		{ "Dhcp6": {
			"interfaces-config": { "interfaces": [ "k0/$KEA" ] },
			"lease-database": { "type": "memfile", "persist": false },
			"valid-lifetime": 7200, "preferred-lifetime": 3600,
			"subnet6": [ {
				"id": 1, "subnet": "2001:db8:77:f000::/56",
				"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 40,
					"delegated-len": 56 } ]
			} ]
		} }
	END
}

kea_listens()
{
	ip netns exec "$NS_K" ss -6Hlun | grep -qF "[$KEA]:547"
}

kea_starts()
{
	write_kea_conf
	# Its own state is in /var/lib/kea, which root may be unable to write.
	KEA_LOCKFILE_DIR=none KEA_PIDFILE_DIR=$work ip netns exec "$NS_K" unshare -m sh -c \
		'mkdir -p /var/lib/kea && mount -t tmpfs none /var/lib/kea && exec "$@"' sh \
		kea-dhcp6 -c "$work/kea.json" >"$work/kea.log" 2>&1 &
	kea_pid=$!
	slowwait $WAIT kea_listens || { cat "$work/kea.log"; return 1; }
}

write_dhcpcd_conf()
{
	cat >"$work/dhcpcd.conf" <<-END
		duid
		release
		noipv6rs
		ipv6only
		script /bin/true
		interface one
		ipv6
		ia_pd 1/::/56 lan/0/64
	END
}

# dhcpcd_in_c1 OPTION...
dhcpcd_in_c1()
{
	ip netns exec "$NS_C1" dhcpcd -f "$work/dhcpcd.conf" "$@" >>"$work/dhcpcd.log" 2>&1
}

delegated()
{
	ip -n "$NS_G" -6 route show proto 112 | sed -n "s/^\\(${DELEGATED}[^ ]*\\) dev .*/\\1/p"
}

is_delegated()
{
	[ -n "$(delegated)" ]
}

# A host of the client's own network, which has its address from dhcpcd.
lan_address()
{
	ip -n "$NS_C1" -6 -o addr show dev lan scope global -tentative | sed -n 's|.* inet6 \([^/]*\)/.*|\1|p'
}

has_lan()
{
	[ -n "$(lan_address)" ]
}

# From Kea's end to the network behind the client, over the route of the relay agent.
gets_a_prefix()
{
	write_dhcpcd_conf
	ip -n "$NS_C1" link add lan type veth peer name lan-host &&
		ip -n "$NS_C1" link set lan up && ip -n "$NS_C1" link set lan-host up || return
	dhcpcd_in_c1 -b one
	slowwait $WAIT is_delegated && slowwait $WAIT has_lan
	tail -n 20 "$work/dhcpcd.log" "$work/kea.log" "$daemon_log"
	[[ "$(delegated)" == $DELEGATED*/56 ]] && pings6 "$NS_K" "$(lan_address)"
}

shown()
{
	ctl -j show sessions alice | grep -q "\"delegated\":\[\"$(delegated)\"\]" &&
		ctl -j show sessions alice | grep -q "\"network6\":\"${NET}[^\"]*/64\"" &&
		ctl show sessions | grep -q "DELEGATED.*" &&
		ctl show sessions alice | grep -qF "$(delegated)"
}

alices_duid()
{
	sed -n 1p /var/lib/dhcpcd/duid
}

# Another user, who knows what alice's client calls itself.
forged()
{
	local before device from prefix
	before=$(delegated)
	device=$(session alice ifname)
	dial two "$NS_C1" $GATE1 carol "$SECRET" +ipv6
	client_up two && slowwait $WAIT has_address "$NS_C1" two || return
	from=$(mark)
	prefix=$(ip netns exec "$NS_C1" "$here/dhcp6.py" rebind two "$(alices_duid)" 1)
	echo "the server confirms $prefix"
	[ "$prefix" = "$before" ] &&
		logged_since "$from" "$before is not routed to carol: it is delegated to another" ||
		return
	ip netns exec "$NS_C1" "$here/dhcp6.py" release two "$(alices_duid)" 1 000300 "$before"
	ip netns exec "$NS_C1" "$here/dhcp6.py" relay two
	slowwait $WAIT logged_since "$from" 'carol sends a DHCPv6 message that is no client' &&
		ip netns exec "$NS_C1" "$here/dhcp6.py" server two $KEA $RELAY "${DELEGATED}ff::/56" &&
		slowwait $WAIT logged_since "$from" 'carol pretends to be the DHCPv6 server' &&
		ip netns exec "$NS_C1" "$here/dhcp6.py" flood two &&
		slowwait $WAIT logged_since "$from" 'carol sends more DHCPv6 messages than it may' &&
		[ "$(delegated)" = "$before" ] &&
		route6 "$NS_G" "^$before dev $device proto 112" &&
		pings6 "$NS_K" "$(lan_address)" && hang_up two && [ "$(delegated)" = "$before" ]
}

not_delegated()
{
	! is_delegated
}

# Given up by the client, and got again; and with the end of the session.
loses_the_prefix()
{
	dhcpcd_in_c1 -k one
	slowwait $WAIT not_delegated || { cat "$work/dhcpcd.log"; return 1; }
	dhcpcd_in_c1 -b one
	slowwait $WAIT is_delegated && [ "$(session alice delegated)" != "[]" ] &&
		hang_up one && slowwait $WAIT sessions_are 0 && not_delegated || return
	dhcpcd_in_c1 -x one
	kill "$kea_pid"
	wait "$kea_pid"
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

for tool in kea-dhcp6 dhcpcd tcpdump; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
bed_open
in_gate sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n "$NS_G" addr add $FAR/128 dev lo
wire_kea || skip_all "cannot make namespaces"
ipv6_conf=("prefix = 2001:db8:77:f000::/56" "dns = 2001:db8:99::53"
	"dhcpv6-server = $KEA" "delegate = 2001:db8:8000::/40")
write_conf "${ipv6_conf[@]}"

TESTS_TABLE=(
	"kpptpd starts:starts"
	"pppd gets addresses, a router and DNS servers:pppd_gets_addresses"
	"pings beyond the gateway are answered:pings6 $NS_C1 $FAR"
	"a session without IPV6CP has no IPv6:closed_without_ipv6cp"
	"Kea starts:kea_starts"
	"a client gets a prefix, and is reached by it:gets_a_prefix"
	"sessions are shown with their networks:shown"
	"what another forges changes nothing:forged"
	"a prefix goes with its release and its session:loses_the_prefix"
	"kpptpd starts as a client:client_starts"
	"a tunnel has the routes that it should have:tunnel_has_routes"
	"the kill switch is for IPv6, too:kill_switch"
	"the default route is for IPv6, too:everything"
	"a tunnel that does not want IPv6:not_wanted"
	"both stop and leave nothing:stops"
)

bed_run "${TESTS_TABLE[@]}"
