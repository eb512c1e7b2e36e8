#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Clients that share a multipoint device, in the network of bed.sh: pppd in C1 and C2
# reach the daemon and each other, all through the device "vpn".

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"

# write_conf DEVICE
write_conf()
{
	cat >"$conf" <<-END
		[server]
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1
		echo-interval = 1

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		device = mp $1

		[ipv6]
		prefix = 2001:db8:77:f000::/56

		[users]
		file = $users

		[scripts]
		up = $work/script
		down = $work/script
	END
}

add()
{
	printf '%s\n' "$SECRET" | ctl add-user "$@"
}

starts()
{
	cat >"$work/script" <<-END
		#!/bin/sh
		echo "\$PEERNAME \${CONNECT_TIME:+down} \$1 \$5" >>$work/scripts.log
	END
	chmod 755 "$work/script"
	write_conf vpn && install -m 600 /dev/null "$users" && add alice && add bob &&
		add idle idle-timeout=2 && add home route=192.168.50.0/24 address 10.77.0.150 &&
		start_daemon
}

# route_to PREFIX: how G reaches it.
route_to()
{
	ip -n "$NS_G" route show "$1" | sed 's/ *$//'
}

devices()
{
	ip -n "$NS_G" -br link show type "$1" | sed 's/ .*//'
}

two_clients()
{
	local address
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	dial two "$NS_C2" $GATE2 home "$SECRET"
	client_up one && client_up two || return
	address=$(client_address one)
	ctl show sessions
	route_to "$address"
	[ "$(session alice ifname) $(session home ifname)" = "vpn vpn" ] &&
		[ "$(session alice inner)" = "['$address/32']" ] &&
		[ "$(route_to "$address")" = "$address dev vpn proto 112 scope link src 10.77.0.1" ] &&
		[ "$(devices kpptp-mp)" = vpn ] && [ -z "$(devices kpptp)" ]
}

# reaches NS SOURCE DESTINATION [SECONDS]
reaches()
{
	ip netns exec "$1" ping -q -i 0.2 -c 3 -W "${4:-10}" -I "$2" "$3" | grep -q '3 received'
}

to_the_gateway()
{
	pings "$NS_C1" 3 one && pings "$NS_C2" 3 two
}

to_each_other()
{
	ip -n "$NS_C1" route add 10.77.0.150 dev one
	ip -n "$NS_C1" route add 192.168.50.0/24 dev one
	ip -n "$NS_C2" route add 10.77.0.0/24 dev two
	reaches "$NS_C1" "$(client_address one)" 10.77.0.150 &&
		reaches "$NS_C2" 10.77.0.150 "$(client_address one)"
}

# The network of "home", and what it says of itself.
behind_a_client()
{
	ip -n "$NS_C2" addr add 192.168.50.1/32 dev lo
	[ "$(session home inner | tr -d "[]'," | tr ' ' '\n' | sort | tr '\n' ' ')" = \
		"10.77.0.150/32 192.168.50.0/24 " ] &&
		[ "$(route_to 192.168.50.0/24)" = \
			"192.168.50.0/24 dev vpn proto 112 scope link src 10.77.0.1" ] &&
		reaches "$NS_C1" "$(client_address one)" 192.168.50.1 &&
		reaches "$NS_C2" 192.168.50.1 10.77.0.1
}

# drops USER REASON
drops()
{
	ctl -j show drops "$1" | grep -o "\"$2\":[0-9]*" | cut -d: -f2
}

# Another client's address, and one of nobody.
spoofed()
{
	local source
	for source in 10.77.0.150 10.77.0.77; do
		ip -n "$NS_C1" addr add "$source/32" dev lo
		ip netns exec "$NS_C1" ping -q -i 0.2 -c 2 -W 1 -I "$source" 10.77.0.1 &&
			return 1
		ip -n "$NS_C1" addr del "$source/32" dev lo
	done
	ctl show drops alice
	[ "$(drops alice inner_source)" = 4 ] && [ "$(drops home inner_source)" = 0 ] &&
		pings "$NS_C1" 2 one
}

# IPV6CP is refused, and the client does without.
no_ipv6()
{
	dial three "$NS_C1" $GATE1 bob "$SECRET" +ipv6
	client_up three && slowwait $WAIT grep -q 'rcvd \[LCP ProtRej.*80 57' "$work/three.log" &&
		pings "$NS_C1" 2 three
}

# One goes; the device, the others and their routes stay.
one_goes()
{
	local address
	address=$(client_address three)
	[ -n "$(route_to "$address")" ] && ctl disconnect user bob &&
		slowwait $WAIT gone "$(pid_of three)" && slowwait $WAIT sessions_are 2 &&
		[ -z "$(route_to "$address")" ] && to_the_gateway &&
		slowwait $WAIT grep "^bob down vpn $address\$" "$work/scripts.log" &&
		grep "^bob  vpn $address\$" "$work/scripts.log"
}

idle_time()
{
	local from
	from=$(mark)
	dial three "$NS_C1" $GATE1 idle "$SECRET"
	client_up three && slowwait $WAIT gone "$(pid_of three)" &&
		logged_since "$from" 'idle is down: nothing was sent or received for too long'
}

# The daemon dies; the next one takes the device and clears what is left on it.
left_behind()
{
	stop_daemon KILL
	start_daemon && slowwait $WAIT sessions_are 0 || return
	ip -n "$NS_G" route show proto 112
	[ -z "$(ip -n "$NS_G" route show proto 112)" ] && [ "$(devices kpptp-mp)" = vpn ] || return
	slowwait $WAIT gone "$(pid_of one)"
	slowwait $WAIT gone "$(pid_of two)"
	two_clients && to_the_gateway
}

# Somebody removes the device: its sessions end, and the next one makes it anew.
device_removed()
{
	ip -n "$NS_G" link del vpn
	slowwait $WAIT gone "$(pid_of one)" && slowwait $WAIT gone "$(pid_of two)" &&
		slowwait $WAIT sessions_are 0 && two_clients && to_the_gateway
}

other_kind()
{
	local from
	from=$(mark)
	write_conf c2 && ctl reload || return
	dial three "$NS_C1" $GATE1 bob "$SECRET"
	slowwait $WAIT gone "$(pid_of three)" &&
		logged_since "$from" 'cannot open the session of bob: c2 is no device of kind kpptp-mp' &&
		to_the_gateway
}

stops()
{
	stop_daemon TERM && slowwait $WAIT gone "$(pid_of one)" &&
		slowwait $WAIT gone "$(pid_of two)" && [ "$(devices kpptp-mp)" = vpn ] &&
		[ -z "$(ip -n "$NS_G" route show proto 112)" ]
}

bed_open
in_gate sysctl -qw net.ipv4.ip_forward=1

TESTS_TABLE=(
	"kpptpd starts:starts"
	"two clients are on one device:two_clients"
	"they reach the gateway:to_the_gateway"
	"they reach each other:to_each_other"
	"a network behind a client:behind_a_client"
	"who sends from another's address is not heard:spoofed"
	"there is no IPv6:no_ipv6"
	"one goes and the others stay:one_goes"
	"an idle client is sent away:idle_time"
	"what a dead daemon leaves is cleared:left_behind"
	"the device is removed and made again:device_removed"
	"a device of another kind is refused:other_kind"
	"kpptpd stops:stops"
)
bed_run "${TESTS_TABLE[@]}"
