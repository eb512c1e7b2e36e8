#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tunnels that are dialled on demand: the network of bed.sh, where G is the client.
#
#	G  kpptpd, the client
#	C1 198.51.100.1  poptop, 10.77.0.1 inside
#	C2 203.0.113.1   kpptpd, 10.78.0.1 inside and 10.99.0.1 behind
#
# E2E_LOGS and E2E_ONLY as in bed.sh.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
POPTOP=198.51.100.1
OTHER=203.0.113.1
FAR=10.99.0.1

# write_other_conf POOL
write_other_conf()
{
	cat >"$work/other.conf" <<-END
		[server]
		listen = $OTHER
		control-socket = $work/other.sock
		log-level = debug
		[control]
		stop-timeout = 1
		[ppp]
		restart-interval = 1
		[network]
		local-address = 10.78.0.1
		pool = $1
		[tunnels]
		directory = $work/other.d
		[users]
		file = $work/users
	END
	printf 'alice * "%s" *\n' "$SECRET" >"$work/users"
	chmod 600 "$work/users"
}

write_poptop_conf()
{
	cat >"$work/pptpd.conf" <<-END
		option $work/pptpd.options
		listen $POPTOP
		localip 10.77.0.1
		remoteip 10.77.0.100
	END
	cat >"$work/pptpd.options" <<-END
		name gate
		require-mschap-v2
		require-mppe-128
		nobsdcomp
		lock
		debug
		logfile $work/pppd.log
	END
	mkdir -p /etc/ppp
	printf 'alice gate "%s" *\n' "$SECRET" >/etc/ppp/chap-secrets
	chmod 600 /etc/ppp/chap-secrets
}

start_poptop()
{
	ip netns exec "$NS_C1" pptpd -f -c "$work/pptpd.conf" >>"$work/poptop.log" 2>&1 &
	slowwait $WAIT sh -c "ip netns exec $NS_C1 ss -ltn | grep -q ':1723 '"
}

start_other()
{
	ip -n "$NS_C2" addr replace $FAR/32 dev lo && ip -n "$NS_C2" link set lo up &&
		start_kpptpd "$NS_C2" other
}

# field MEMBER: of the tunnel, as it is in JSON.
field()
{
	ctl -j show tunnels vpn | tr ',{}' '\n' | sed -n "s/^\"$1\":\"\\{0,1\\}\\([^\"]*\\).*/\\1/p"
}

state_is()
{
	[ "$(field state)" = "$1" ]
}

reaches()
{
	slowwait $WAIT state_is "$1" || { ctl show tunnels; tail -20 "$daemon_log"; return 1; }
}

device()
{
	ip -n "$NS_G" -o addr show dev vpn
	ip -n "$NS_G" route show dev vpn
}

# waits_with ADDRESS ROUTE: for a packet, with carrier, and no call is there.
waits_with()
{
	if device | grep -q "inet $1[/ ]" && device | grep -q "^$2 proto 112" &&
		ip -n "$NS_G" link show dev vpn | grep -q LOWER_UP && no_call; then
		return
	fi
	device
	return 1
}

no_call()
{
	! ip netns exec "$NS_C2" "$BUILD/pptpctl" -s "$work/other.sock" -j show sessions |
		grep -q '"user":"alice"'
}

# answered ADDRESS: some packet is. What has waited may reach a server that is not up yet,
# which loses it then.
answered()
{
	slowwait $WAIT in_gate ping -q -c 1 -W 1 "$1" >/dev/null ||
		{ tail -20 "$daemon_log"; return 1; }
}

dropped()
{
	ctl -j show drops | sed -n 's/.*"tx_demand":\([0-9]*\).*/\1/p' | grep . || echo 0
}

# The one call that is made without a packet.
learns_its_address()
{
	printf '%s\n' "$SECRET" | ctl add-tunnel vpn --server $OTHER --user alice --demand \
		--idle-timeout 2 --route 10.99.0.0/24 --password-file - &&
		slowwait $WAIT logged_since 0 'tunnel vpn: up on vpn' && reaches demand &&
		logged_since 0 'tunnel vpn: hangs up, idle for 2 s' && slowwait $WAIT no_call &&
		waits_with 10.78.0.10 10.99.0.0/24
}

dials_for_a_packet()
{
	local from
	from=$(mark)
	in_gate ping -q -c 1 -W 1 $FAR >/dev/null
	slowwait $WAIT logged_since "$from" 'alice is down: .*, sent 84$' &&
		logged_since "$from" 'tunnel vpn: a packet wants to leave' && [ "$(dropped)" = 0 ]
}

hangs_up_and_dials_again()
{
	reaches demand && slowwait $WAIT no_call && waits_with 10.78.0.10 10.99.0.0/24 && answered $FAR
}

# A packet that waits has the old address and is dropped.
takes_another_address()
{
	local from
	reaches demand && stop_kpptpd other TERM || return
	from=$(mark)
	write_other_conf 10.78.0.20
	start_other || return
	answered $FAR && logged_since "$from" 'gives another address than before' && device | grep -q 'inet 10.78.0.20 ' &&
		! device | grep -q 10.78.0.10 && device | grep -q '^10.99.0.0/24 proto 112' &&
		reaches demand && waits_with 10.78.0.20 10.99.0.0/24 && answered $FAR
}

drops_grew()
{
	[ "$(dropped)" -gt "$1" ]
}

backs_off()
{
	local from before
	reaches demand && stop_kpptpd other TERM || return
	from=$(mark)
	before=$(dropped)
	in_gate ping -q -i 0.01 -c 20 -W 1 $FAR >/dev/null
	slowwait $WAIT logged_since "$from" 'tunnel vpn: waits for packets again in' &&
		slowwait $WAIT drops_grew "$before" && reaches demand || return
	start_other && answered $FAR
}

connect_dials()
{
	reaches demand && ctl connect vpn && reaches up && reaches demand
}

device_comes_back()
{
	local index
	index=$(ip -n "$NS_G" -o link show dev vpn | cut -d: -f1)
	ip -n "$NS_G" link del vpn && slowwait $WAIT device_is_new "$index" && reaches demand &&
		waits_with 10.78.0.20 10.99.0.0/24 && answered $FAR
}

device_is_new()
{
	local index
	index=$(ip -n "$NS_G" -o link show dev vpn 2>/dev/null | cut -d: -f1)
	[ -n "$index" ] && [ "$index" != "$1" ]
}

disconnects()
{
	reaches demand && ctl disconnect vpn && reaches idle &&
		! ip -n "$NS_G" link show dev vpn 2>/dev/null &&
		ctl connect vpn && reaches demand && waits_with 10.78.0.20 10.99.0.0/24
}

# The address is known beforehand, and no call is made to learn it.
configured_address()
{
	local from
	from=$(mark)
	ctl set-tunnel vpn --server $POPTOP --local-address 10.77.0.100 --route 10.77.0.0/24 &&
		reaches demand && waits_with 10.77.0.100 10.77.0.0/24 &&
		! logged_since "$from" 'tunnel vpn: (resolving|connecting)' && answered 10.77.0.1 &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/pppd.log" && reaches demand &&
		answered 10.77.0.1
}

after_a_crash()
{
	stop_daemon KILL
	start_daemon && reaches demand && waits_with 10.77.0.100 10.77.0.0/24 && answered 10.77.0.1
}

stopped()
{
	stop_daemon TERM && [ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] &&
		[ -z "$(ip -n "$NS_G" route show proto 112)" ]
}

# A step of this test cleans up behind itself.
mend()
{
	return
}

need_tools pptpd
bed_open
touch "$work/pppd.log"
for ns in "$NS_G" "$NS_C1" "$NS_C2"; do
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv6.conf.all.disable_ipv6=1 2>/dev/null
done
dialer_conf "$conf" "$sock"
write_other_conf 10.78.0.10
write_poptop_conf

bed_run \
	"poptop starts:start_poptop" \
	"the other kpptpd starts:start_other" \
	"kpptpd starts:start_daemon" \
	"one call learns the address, and ends when it is idle:learns_its_address" \
	"a packet dials, waits and is sent:dials_for_a_packet" \
	"idle again, dialled again:hangs_up_and_dials_again" \
	"the server gives another address:takes_another_address" \
	"nobody answers, and what waits is dropped:backs_off" \
	"connect does not wait for a packet:connect_dials" \
	"a device that somebody removes comes back:device_comes_back" \
	"disconnected, the device is gone:disconnects" \
	"a configured address, and poptop:configured_address" \
	"after a crash:after_a_crash" \
	"kpptpd stops and leaves nothing:stopped"
