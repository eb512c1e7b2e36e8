#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A listener in a VRF beside one outside, at the same address, with clients that have the
# same address too; and a tunnel that is dialled in a VRF. See bed.sh for the rest.
#
#	C1  198.51.100.1 ---- c1 ==== c1 ---- 198.51.100.254  \
#							       G  kpptpd
#	C2  198.51.100.1 ---- c2 ==== c2 ---- 198.51.100.254  /
#	    kpptpd		      in the VRF blue, table 20

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"

make_network()
{
	setup_ns NS_G NS_C1 NS_C2 || return
	ip -n "$NS_G" link add blue type vrf table 20 && ip -n "$NS_G" link set blue up || return
	ip link add c1 netns "$NS_G" type veth peer name c1 netns "$NS_C1" || return
	ip link add c2 netns "$NS_G" type veth peer name c2 netns "$NS_C2" || return
	ip -n "$NS_G" link set c2 master blue
	ip -n "$NS_G" addr add $GATE1/24 dev c1
	ip -n "$NS_G" addr add $GATE1/24 dev c2
	ip -n "$NS_C1" addr add 198.51.100.1/24 dev c1
	ip -n "$NS_C2" addr add 198.51.100.1/24 dev c2
	ip -n "$NS_G" link set c1 up && ip -n "$NS_G" link set c2 up
	ip -n "$NS_C1" link set c1 up && ip -n "$NS_C2" link set c2 up
}

# The tunnel's server is reached in the VRF red, which has all of C2's wire.
write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1
		bind-device = c1
		control-socket = $sock
		log-level = debug

		[ppp]
		restart-interval = 1

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.100-10.77.0.150

		[listener blue]
		listen = $GATE1
		bind-device = blue
		local-address = 10.78.0.1
		pool = blue

		[pool blue]
		range = 10.78.0.100-10.78.0.150

		[tunnels]
		directory = $work/no-tunnels

		[users]
		file = $users
	END
	write_dialer_conf
}

starts()
{
	write_conf
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice && printf '%s\n' "$SECRET" | ctl add-user bob &&
		start_daemon
}

listens()
{
	in_gate ss -Hltn "sport = :1723"
	[ "$(in_gate ss -Hltn "sport = :1723" | grep -cE "$GATE1%(c1|blue):1723")" = 2 ]
}

# address USER: of its session.
inner()
{
	ctl -j show sessions "$1" | grep -o "\"address\": *\"$2"
}

pppd_outside()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one && inner alice 10.77.0. && pings "$NS_C1" 3 one
}

client_in_vrf()
{
	ip -n "$NS_C2" link add red type vrf table 30 && ip -n "$NS_C2" link set red up &&
		ip -n "$NS_C2" link set c2 master red && start_kpptpd "$NS_C2" client
}

tunnel_is()
{
	dial_ctl -j show tunnels vpn | grep -q "\"state\":\"$1\""
}

reaches()
{
	slowwait $WAIT tunnel_is "$1" || { dial_ctl show tunnels; tail -20 "$work/client.log"; return 1; }
}

# tunnel_pings ADDRESS: every one is answered, by the main routes.
tunnel_pings()
{
	ip netns exec "$NS_C2" ping -q -i 0.2 -c 3 -W 10 "$1" | grep -q '3 received'
}

# No route of C2's own leads to the server, and none is made.
tunnel_in_vrf()
{
	printf '%s\n' "$SECRET" | dial_ctl add-tunnel vpn --server $GATE1 --user bob \
		--password-file - --bind-dev red && reaches up && inner bob 10.78.0. &&
		tunnel_pings 10.78.0.1 && [ -z "$(ip -n "$NS_C2" route show proto 112)" ]
}

# Both have the same outer addresses.
both_at_once()
{
	ctl show sessions
	[ "$(ctl -j show sessions | grep -o '"peer": *"198.51.100.1"' | grep -c .)" = 2 ] &&
		pings "$NS_C1" 3 one && tunnel_pings 10.78.0.1
}

default_route()
{
	dial_ctl set-tunnel vpn --default-route && reaches up &&
		ip -n "$NS_C2" route show | grep -q '^0.0.0.0/1 dev vpn proto 112' &&
		tunnel_pings 10.78.0.1 && dial_ctl set-tunnel vpn --no-default-route && reaches up
}

no_such_device()
{
	dial_ctl set-tunnel vpn --bind-dev nothing && reaches waiting &&
		dial_ctl -j show tunnels vpn | grep -q 'No such device' &&
		dial_ctl del-tunnel vpn
}

stops()
{
	hang_up one && stop_kpptpd client TERM && stop_daemon TERM
}

bed_open

TESTS_TABLE=(
	"kpptpd starts with a listener in a VRF:starts"
	"it listens twice at one address:listens"
	"pppd dials outside of the VRF:pppd_outside"
	"kpptpd starts as a client:client_in_vrf"
	"a tunnel is dialled in a VRF, to one in a VRF:tunnel_in_vrf"
	"both sessions are there, from one address:both_at_once"
	"a default route through the tunnel does not catch it:default_route"
	"a device that is not there is told of:no_such_device"
	"both stop:stops"
)

bed_run "${TESTS_TABLE[@]}"
