#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Callback: kpptpd in G calls users back who came from kpptpd in C1, or from unmodified
# pppd in C2, which speaks CBCP but takes no call. In the network of bed.sh; inner
# addresses are 10.77.0.0/24.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
dialler_conf=$work/dialler.conf
dialler_sock=$work/dialler.sock
dialler_log=$work/dialler.log
dialler_pid=

write_confs()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1
		callback = yes

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19

		[users]
		file = $users
	END
	cat >"$dialler_conf" <<-END
		[server]
		listen = none
		control-socket = $dialler_sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[tunnels]
		directory = $work/tunnels.d

		[users]
		file = $users
	END
}

# alice says to which number, bob's is known, carol is not called back.
make_users()
{
	local user
	install -m 600 /dev/null "$users" || return
	for user in alice bob carol; do
		printf '%s\n' "$SECRET" | ctl add-user $user || return
	done
	ctl set-user alice callback=yes && ctl set-user bob callback=5551212
}

dialler_ctl()
{
	ip netns exec "$NS_C1" "$BUILD/pptpctl" -s "$dialler_sock" "$@"
}

start_dialler()
{
	ip netns exec "$NS_C1" "$BUILD/kpptpd" -c "$dialler_conf" 2>>"$dialler_log" &
	dialler_pid=$!
	slowwait $WAIT dialler_ctl show tunnels
}

stop_dialler()
{
	kill -TERM "$dialler_pid" && wait "$dialler_pid"
}

tunnel_is()
{
	dialler_ctl -j show tunnels vpn | grep -qE "\"state\": ?\"$1\""
}

reaches()
{
	slowwait $WAIT tunnel_is "$1" || { dialler_ctl show tunnels; tail -20 "$dialler_log"; return 1; }
}

# tunnel USER [OPTION...]: dialled once; a former one goes first.
tunnel()
{
	local user=$1
	shift
	dialler_ctl del-tunnel vpn 2>/dev/null
	no_sessions && printf '%s\n' "$SECRET" | dialler_ctl add-tunnel vpn --server $GATE1 \
		--user "$user" --no-persist --password-file - "$@" && dialler_ctl connect vpn
}

# dialler_logged_since LINE REGEX
dialler_logged_since()
{
	tail -n "+$(($1 + 1))" "$dialler_log" | grep -qE -- "$2"
}

# How often REGEX is in the server's log after LINE.
count_since()
{
	tail -n "+$(($1 + 1))" "$daemon_log" | grep -cE -- "$2"
}

# called_back USER NUMBER OPTION...: on the connection that the tunnel has opened.
called_back()
{
	local user=$1 number=$2 from dialler_from
	shift 2
	from=$(mark)
	dialler_from=$(wc -l <"$dialler_log")
	tunnel "$user" "$@" && reaches up &&
		logged_since "$from" "$user is called back at \"$number\"" &&
		logged_since "$from" "$user answers the callback" &&
		dialler_logged_since "$dialler_from" 'tunnel vpn: the server is to call back' &&
		dialler_logged_since "$dialler_from" "incoming call from \"\" to \"$number\"" &&
		[ "$(count_since "$from" 'control connection established')" = 1 ] &&
		[ "$(count_since "$from" "$user has authenticated")" = 2 ] &&
		sessions_are 1 && [ "$(session "$user" mppe)" = "128-bit stateless" ] &&
		pings "$NS_C1" 3 vpn
}

# not_called_back USER OPTION...
not_called_back()
{
	local user=$1 from
	shift
	from=$(mark)
	tunnel "$user" "$@" && reaches up && pings "$NS_C1" 3 vpn &&
		! logged_since "$from" 'called back' &&
		[ "$(count_since "$from" "$user has authenticated")" = 1 ]
}

ends_in_order()
{
	dialler_ctl disconnect vpn && reaches idle && no_sessions
}

# A tunnel that did not ask: the call that comes is refused, or finds no connection.
tunnel_without_callback()
{
	local from
	from=$(mark)
	tunnel bob && reaches idle && no_sessions &&
		logged_since "$from" 'bob has authenticated' &&
		! logged_since "$from" 'answers the callback|bob is up' &&
		slowwait $WAIT logged_since "$from" 'bob is not called back|given up|cannot be called' &&
		dialler_ctl -j show tunnels vpn |
			grep -qE 'the peer ended the link|cleared by the peer'
}

# pppd's words for the three packets of CBCP are in its log.
pppd_is_offered_nothing()
{
	local from
	from=$(mark)
	dial one "$NS_C2" $GATE2 carol "$SECRET" callback 12345
	client_up one && pings "$NS_C2" 3 one && grep -q 'rcvd \[CBCP Request' "$work/one.log" &&
		grep -q 'sent \[CBCP Response' "$work/one.log" &&
		! logged_since "$from" 'called back' && hang_up one && no_sessions
}

# Its exit status 14: called back; or 16, where pptp has hung up before pppd has looked
# at why it ends itself. It takes no call, and so that is all.
pppd_asks_for_callback()
{
	local from
	from=$(mark)
	dial one "$NS_C2" $GATE2 alice "$SECRET" callback 12345
	client_ended one '14|16' && no_sessions && grep -q 'rcvd \[CBCP Ack' "$work/one.log" &&
		logged_since "$from" 'the link ended before it was up: it ends for a callback' &&
		slowwait $WAIT logged_since "$from" \
			'alice (is called back at "12345"|is not called back: its control connection)'
}

# The default, and what every server does: LCP's option is rejected.
refused_by_default()
{
	sed -i '/^callback = yes/d' "$conf"
	ctl reload && dial one "$NS_C2" $GATE2 carol "$SECRET" callback 12345
	client_up one && grep -q 'rcvd \[LCP ConfRej .*callback CBCP' "$work/one.log" &&
		! grep -q '\[CBCP' "$work/one.log" && hang_up one && no_sessions
}

# The user has to be called back nevertheless, and a tunnel that asked in vain was told
# nothing: it is as if it had not asked.
marked_user_without_cbcp()
{
	local from
	from=$(mark)
	tunnel bob --callback yes && reaches idle && no_sessions &&
		logged_since "$from" 'the link ended before it was up: it ends for a callback' &&
		! logged_since "$from" 'bob is up'
}

stopped_server()
{
	tunnel carol && reaches up && stop_daemon TERM && reaches idle && stop_dialler
}

bed_open
write_confs

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"the server starts:start_daemon"
	"the client starts:start_dialler"
	"a user is called back at the number that it says:called_back alice 5559999 --callback 5559999"
	"the tunnel ends in order:ends_in_order"
	"a user is called back at the number that is known:called_back bob 5551212 --callback yes"
	"the tunnel's own number counts less than that:called_back bob 5551212 --callback 5559999"
	"a user who says no number is called back:called_back alice '' --callback yes"
	"a user who is not to be called back goes on:not_called_back carol --callback 5559999"
	"a tunnel that does not ask goes on:not_called_back carol"
	"a marked user is dropped, its tunnel takes no call:tunnel_without_callback"
	"pppd speaks CBCP and is offered no callback:pppd_is_offered_nothing"
	"pppd asks for a callback, gets the Ack and ends:pppd_asks_for_callback"
	"the option is refused by default:refused_by_default"
	"a marked user is dropped without CBCP too:marked_user_without_cbcp"
	"a tunnel that asks in vain goes on:not_called_back carol --callback 5559999"
	"both stop in order:stopped_server"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
