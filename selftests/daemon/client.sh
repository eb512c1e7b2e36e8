#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd as a client: against unmodified poptop with pppd, and against kpptpd.
#
#	C 198.51.100.1 ---- c0 === c0 198.51.100.254, .253 \
#	  kpptpd						R  forwards
#	S 203.0.113.1 ----- s0 === s0 203.0.113.254 -------/  10.99.0.1, "the Internet"
#	  poptop						|
#	T 192.0.2.1 ------- t0 === t0 192.0.2.254 ---------------+
#	  kpptpd, the other server
#
# Inner addresses are 10.77.0.0/24 at S, 10.78.0.0/24 at T; see bed.sh for the rest.
# CLIENT_LOGS=1 shows the logs; CLIENT_ONLY is a regular expression for the names of
# the steps to run.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
POPTOP=203.0.113.1
OTHER=192.0.2.1
FAR=10.99.0.1
OCTETS=$((256 * 1024))
poptop_pid=
resolv=$work/resolv.conf
tunnels=$work/tunnels.d

in_client()
{
	ip netns exec "$NS_C" "$@"
}

ctl()
{
	in_client "$BUILD/pptpctl" -s "$sock" "$@"
}

write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = none
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1
		echo-interval = 1
		echo-failures = 3

		[tunnels]
		directory = $tunnels
		connect-timeout = 3
		retry-min = 1
		retry-max = 20
		resolv-conf = $resolv
		${1:-}

		[users]
		file = $work/no-users
	END
	install -m 600 /dev/null "$work/no-users"
}

write_other_conf()
{
	cat >"$work/other.conf" <<-END
		[server]
		listen = $OTHER
		name = other
		control-socket = $work/other.sock
		log-level = debug
		max-connections-per-address = 1000

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[mppe]
		compression = yes

		[network]
		local-address = 10.78.0.1
		pool = 10.78.0.10-10.78.0.200
		dns = 10.78.0.53

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
		remoteip 10.77.0.100-110
	END
	cat >"$work/pptpd.options" <<-END
		name gate
		require-mschap-v2
		require-mppe-128
		nobsdcomp
		ms-dns 10.77.0.53
		ms-dns 10.77.0.54
		lock
		debug
		logfile $work/pppd.log
	END
	mkdir -p /etc/ppp
	printf 'alice gate "%s" *\n' "$SECRET" >/etc/ppp/chap-secrets
	chmod 600 /etc/ppp/chap-secrets
}

# join NS NAME ADDRESS GATEWAY: a namespace and its way to R.
join_router()
{
	ip link add "$2" netns "$1" type veth peer name "$2" netns "$NS_R" || return
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$NS_R" addr add "$4/24" dev "$2"
	ip -n "$1" link set "$2" up
	ip -n "$NS_R" link set "$2" up
	ip -n "$1" route add default via "$4"
}

make_network()
{
	local ns

	setup_ns NS_C NS_R NS_S NS_T || return
	for ns in "$NS_C" "$NS_R" "$NS_S" "$NS_T"; do
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1 2>/dev/null
	done
	join_router "$NS_C" c0 198.51.100.1 198.51.100.254 &&
		join_router "$NS_S" s0 $POPTOP 203.0.113.254 &&
		join_router "$NS_T" t0 $OTHER 192.0.2.254 || return
	ip -n "$NS_R" addr add 198.51.100.253/24 dev c0
	ip -n "$NS_R" addr add $FAR/32 dev lo
	# What comes from C in clear and is neither for the servers nor from them.
	ip netns exec "$NS_R" nft -f - <<-END
		table ip watch {
			counter leaked { }
			chain in {
				type filter hook prerouting priority -300;
				iifname c0 ip daddr { $POPTOP, $OTHER, 198.51.100.0/24 } accept
				iifname c0 counter name leaked
			}
		}
	END
}

leaked()
{
	ip netns exec "$NS_R" nft list counter ip watch leaked |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

start_poptop()
{
	ip netns exec "$NS_S" pptpd -f -c "$work/pptpd.conf" >>"$work/poptop.log" 2>&1 &
	poptop_pid=$!
	slowwait $WAIT sh -c "ip netns exec $NS_S ss -ltn | grep -q ':1723 '"
}

# With all of its children, who are of another group.
kill_poptop()
{
	kill_clients "$NS_S"
	wait "$poptop_pid" 2>/dev/null
	poptop_pid=
}

start_other()
{
	start_kpptpd "$NS_T" other
}

start_daemon()
{
	start_kpptpd "$NS_C" kpptpd
}

# field NAME MEMBER: of a tunnel, as it is in JSON.
field()
{
	ctl -j show tunnels "$1" | tr ',{}' '\n' | sed -n "s/^\"$2\":\"\\{0,1\\}\\([^\"]*\\).*/\\1/p"
}

state_is()
{
	[ "$(field "$1" state)" = "$2" ]
}

reaches()
{
	slowwait $WAIT state_is "$1" "$2" || { ctl show tunnels; tail -20 "$daemon_log"; return 1; }
}

add()
{
	printf '%s\n' "${PASSWORD:-$SECRET}" | ctl add-tunnel "$@" --password-file -
}

routes()
{
	ip -n "$NS_C" route show table main
}

has_route()
{
	routes | grep -qE -- "$1" || { routes; return 1; }
}

pings()
{
	in_client ping -q -i 0.2 -c 5 -W 10 "$1" | grep -q '5 received'
}

connects()
{
	add vpn --server $POPTOP --user alice --route 10.88.0.0/16,10.99.0.0/24 && reaches vpn up &&
		[ "$(field vpn server)" = $POPTOP ] && [ "$(field vpn ifname)" = vpn ] &&
		[ "$(field vpn remote)" = 10.77.0.1 ] &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/pppd.log"
}

keeps_the_hash()
{
	local file=$tunnels/vpn.conf
	[ "$(stat -c '%a %U' "$file")" = "600 root" ] && [ "$(stat -c %a "$tunnels")" = 700 ] &&
		grep -qE '^password = nt:[0-9a-f]{32}$' "$file" && ! grep -q horse "$file"
}

has_routes()
{
	has_route '^10.88.0.0/16 dev vpn proto 112' && has_route '^10.99.0.0/24 dev vpn proto 112' &&
		has_route "^$POPTOP via 198.51.100.254 dev c0 proto 112"
}

transfer()
{
	local server
	ip netns exec "$NS_S" /usr/bin/python3 "$here/transfer.py" serve 10.77.0.1 7000 &
	server=$!
	slowwait $WAIT sh -c "ip netns exec $NS_S ss -ltn | grep -q ':7000 '"
	in_client /usr/bin/python3 "$here/transfer.py" call 10.77.0.1 7000 $OCTETS |
		grep -qx $OCTETS && wait "$server"
}

pin_is()
{
	routes | grep -q "^$POPTOP via $1 dev c0 proto 112"
}

pin_follows()
{
	ip -n "$NS_C" route replace default via 198.51.100.253 && slowwait $WAIT pin_is 198.51.100.253 &&
		ip -n "$NS_C" route replace default via 198.51.100.254 &&
		slowwait $WAIT pin_is 198.51.100.254 && pings 10.77.0.1
}

# Everything goes in, and nothing leaves in clear but what it is made of.
default_route()
{
	local before
	ctl set-tunnel vpn --default-route --route "" && reaches vpn up || return
	before=$(leaked)
	has_route '^0.0.0.0/1 dev vpn' && has_route '^128.0.0.0/1 dev vpn' &&
		has_route '^default via 198.51.100.254 dev c0' && ! has_route 10.88 >/dev/null || return
	# S sends it back to R, from which it is answered: not to C, so S hides it.
	ip netns exec "$NS_S" nft -f - <<-END
		table ip hide {
			chain out {
				type nat hook postrouting priority 100;
				oifname s0 ip saddr 10.77.0.0/24 masquerade
			}
		}
	END
	pings $FAR && [ "$(leaked)" = "$before" ]
}

routes_are_gone()
{
	ctl disconnect vpn && reaches vpn idle && routes | diff "$work/routes" -
}

# refused NAME: and tried again later. All in one look, as the next try may begin at any
# time; one of them is seen, because waits grow, and so is the reason, if pppd hangs up
# before it has told it once.
refused()
{
	local out
	out=$(ctl -j show tunnels "$1")
	grep -q '"state":"waiting"' <<<"$out" && grep -q '"error":"[^"]*refuse' <<<"$out" &&
		grep -q '"next_try":[1-9]' <<<"$out"
}

tells_why()
{
	local from
	from=$(mark)
	PASSWORD=wrong add bad --server $POPTOP --user alice || return
	slowwait $WAIT refused bad || { ctl show tunnels; return 1; }
	logged_since "$from" 'tunnel bad: .*refuse' && ctl del-tunnel bad &&
		[ ! -e "$tunnels/bad.conf" ] && ! ctl show tunnels bad 2>/dev/null
}

nobody_there()
{
	local from
	from=$(mark)
	add none --server 203.0.113.77,no-such-name.invalid --user alice && reaches none waiting &&
		logged_since "$from" 'tunnel none: 203.0.113.77: cannot connect' &&
		logged_since "$from" 'tunnel none: no-such-name.invalid: cannot find the address' &&
		ctl del-tunnel none
}

up_through()
{
	state_is "$1" up && [ "$(field "$1" server)" = "$2" ]
}

# TCP ends with its process, and the first server is asked again before the second.
second_server()
{
	ctl set-tunnel vpn --server $POPTOP,$OTHER --no-default-route --route 10.99.0.0/24 &&
		ctl connect vpn && reaches vpn up && [ "$(field vpn server)" = $POPTOP ] || return
	kill_poptop
	slowwait $WAIT up_through vpn $OTHER || { tail -20 "$daemon_log"; return 1; }
	has_route "^$OTHER via 198.51.100.254 dev c0 proto 112" && pings 10.78.0.1 &&
		! has_route "^$POPTOP " >/dev/null
}

restored()
{
	cmp -s "$resolv" "$work/resolv.before"
}

taken_over()
{
	grep -q '^nameserver 10.78.0.53$' "$resolv" && grep -q '^search example.org$' "$resolv" &&
		! grep -q 192.0.2.53 "$resolv"
}

dns_is_handed_over()
{
	printf 'nameserver 192.0.2.53\nsearch example.org\noptions edns0\n' >"$resolv"
	cp "$resolv" "$work/resolv.before"
	ctl set-tunnel vpn --server $OTHER --dns && reaches vpn up && slowwait $WAIT taken_over &&
		ctl disconnect vpn && reaches vpn idle && slowwait $WAIT restored
}

dns_after_a_crash()
{
	ctl connect vpn && reaches vpn up && slowwait $WAIT taken_over || return
	stop_daemon KILL 2>/dev/null
	taken_over && rm "$tunnels/vpn.conf" && start_daemon && restored &&
		[ -z "$(ls "$tunnels")" ] && routes | diff "$work/routes" -
}

hook_says()
{
	diff - "$work/hook.log" <<-END
		$1
	END
}

dns_by_a_hook()
{
	cat >"$work/hook" <<-END
		#!/bin/sh
		{ echo "\$*"; cat; } >>$work/hook.log
	END
	chmod +x "$work/hook"
	: >"$work/hook.log"
	stop_daemon TERM && write_conf "dns-hook = $work/hook" && start_daemon || return
	add vpn --server $OTHER --user alice --dns && reaches vpn up &&
		slowwait $WAIT hook_says "-a vpn
nameserver 10.78.0.53" || return
	stop_daemon KILL 2>/dev/null
	: >"$work/hook.log"
	rm "$tunnels/vpn.conf"
	start_daemon && slowwait $WAIT hook_says "-d vpn" && restored && write_conf &&
		stop_daemon TERM && start_daemon
}

unreachable()
{
	in_client ping -c 1 -W 2 "$1" 2>&1 | grep -qiE 'unreachable|no route'
}

# T's kpptpd is stopped: pings go on while the link dies and is dialled again.
kill_switch()
{
	local before pinger
	add safe --server $OTHER --user alice --route 10.99.0.0/24 --kill-switch && reaches safe up ||
		return
	has_route '^unreachable 10.99.0.0/24 proto 112 metric 4294967294' &&
		has_route '^10.99.0.0/24 dev safe' || return
	before=$(leaked)
	in_client ping -q -i 0.1 -w 30 $FAR >/dev/null 2>&1 &
	pinger=$!
	stop_kpptpd other KILL 2>/dev/null
	reaches safe waiting && unreachable $FAR || return
	stop_daemon KILL 2>/dev/null
	unreachable $FAR && start_daemon && unreachable $FAR && start_other && reaches safe up || return
	kill $pinger
	wait $pinger
	[ "$(leaked)" = "$before" ] && pings 10.78.0.1 || return
	# An administrator who hangs up wants the way back.
	ctl disconnect safe && reaches safe idle && in_client ping -q -c 1 -W 10 $FAR &&
		[ "$(leaked)" -gt "$before" ] && ctl del-tunnel safe && routes | diff "$work/routes" -
}

no_persist()
{
	add once --server $OTHER --user alice --no-persist && state_is once idle &&
		ctl connect once && reaches once up || return
	ip netns exec "$NS_T" "$BUILD/pptpctl" -s "$work/other.sock" disconnect user alice &&
		reaches once idle && ctl del-tunnel once
}

# A change that is refused changes nothing.
bad_requests()
{
	local out before
	ctl del-tunnel vpn 2>/dev/null
	add vpn --server $OTHER --user alice && reaches vpn up || return
	before=$(cat "$tunnels/vpn.conf")
	out=$(ctl set-tunnel vpn --mtu 17 2>&1) && return 1
	grep -q 'mtu must be a number from 576 to 1500, not "17"' <<<"$out" || { echo "$out"; return 1; }
	out=$(ctl set-tunnel vpn --auth PAP 2>&1) && return 1
	grep -q 'mppe = require needs MS-CHAP-V2' <<<"$out" || { echo "$out"; return 1; }
	out=$(add vpn --server $OTHER --user alice 2>&1) && return 1
	grep -q 'there is a tunnel "vpn" already' <<<"$out" || { echo "$out"; return 1; }
	out=$(ctl del-tunnel nothing 2>&1) && return 1
	grep -q 'there is no device nothing' <<<"$out" || { echo "$out"; return 1; }
	[ "$before" = "$(cat "$tunnels/vpn.conf")" ] && state_is vpn up
}

bad_files()
{
	local from
	stop_daemon TERM || return
	from=$(mark)
	printf '[tunnel x]\nserver = a\ncolour = red\n' >"$tunnels/x.conf"
	cp "$tunnels/vpn.conf" "$tunnels/open.conf"
	chmod 600 "$tunnels/x.conf"
	chmod 644 "$tunnels/open.conf"
	start_daemon && logged_since "$from" "$tunnels/x.conf:3: a tunnel has no setting \"colour\"" &&
		logged_since "$from" "$tunnels/open.conf must be a file that only its owner can read" &&
		rm "$tunnels/x.conf" "$tunnels/open.conf" && reaches vpn up
}

# The zeros of a ping shrink in both directions.
compresses()
{
	ctl set-tunnel vpn --server $OTHER --mppe-compression && reaches vpn up &&
		in_client ping -q -c 5 -i 0.2 -p 00 -s 1000 10.78.0.1 &&
		ctl show sessions | grep -q "128-bit stateless MPPC" &&
		ctl -j show stats | grep -q '"tx_compressed":5,"rx_compressed":5' &&
		ctl set-tunnel vpn --no-mppe-compression && reaches vpn up
}

stopped()
{
	stop_daemon TERM && [ -z "$(ip -n "$NS_C" -o link show type kpptp)" ] &&
		routes | diff "$work/routes" - && [ -z "$(ls "$tunnels"/*.saved 2>/dev/null)" ]
}

# A step of this test cleans up behind itself.
mend()
{
	return
}

end()
{
	[ -z "${CLIENT_LOGS:-}" ] || tail -n 400 "$work"/{other,poptop,pppd}.log | sed 's/^/# /'
	cleanup
}

touch "$daemon_log" "$work/pppd.log"
[ -z "${CLIENT_LOGS:-}" ] || { tail -F "$daemon_log" | sed -u 's/^/# /'; } 2>/dev/null &
need_tools pptpd nft
bed_open
trap end EXIT
routes >"$work/routes"
write_conf
write_other_conf
write_poptop_conf

E2E_ONLY=${CLIENT_ONLY:-} bed_run \
	"poptop starts:start_poptop" \
	"the other kpptpd starts:start_other" \
	"kpptpd starts without a tunnel:start_daemon" \
	"a tunnel to poptop comes up:connects" \
	"its file has the hash of the password only:keeps_the_hash" \
	"five pings, five answers:pings 10.77.0.1" \
	"TCP both ways, digests compared:transfer" \
	"its routes are there, and the server's:has_routes" \
	"the server's route follows the system's:pin_follows" \
	"the default route goes through the tunnel:default_route" \
	"disconnected, the routes are as before:routes_are_gone" \
	"a wrong password is told in one sentence:tells_why" \
	"a server that is not there, a name that is none:nobody_there" \
	"the second server takes over:second_server" \
	"DNS is taken over and given back:dns_is_handed_over" \
	"DNS is given back after a crash:dns_after_a_crash" \
	"DNS by a hook, and after a crash:dns_by_a_hook" \
	"the kill switch lets nothing out:kill_switch" \
	"a tunnel that does not persist:no_persist" \
	"wrong requests change nothing:bad_requests" \
	"wrong files are told of by line:bad_files" \
	"MPPC where both ends have it:compresses" \
	"kpptpd stops and leaves nothing:stopped"
