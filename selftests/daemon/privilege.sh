#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What kpptpd may do once it is open for everybody, and what is in its memory while
# clients are in; see bed.sh for the network.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
BOB_SECRET="mind the gap please"
DIALLED_SECRET="open sesame, I said"
CAPABILITIES=0000000000001400	# CAP_NET_ADMIN and CAP_NET_BIND_SERVICE

write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		auth = ms-chap-v2, pap
		weak-auth = yes
		restart-interval = 1
		echo-interval = 1

		[mppe]
		policy = allow

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19

		[tunnels]
		directory = $work/tunnels.d
		resolv-conf = $work/resolv.conf

		[scripts]
		up = $work/script

		[users]
		file = $users
	END
	printf '#!/bin/sh\nid -u >%s/script.user\n' "$work" >"$work/script"
	chmod 755 "$work/script"
	echo "nameserver 192.0.2.53" >"$work/resolv.conf"
}

# helper NAME: the process of the daemon's that is called so.
helper()
{
	pgrep -P "${daemons[kpptpd]}" -x "$1"
}

# status PROCESS MEMBER: of /proc/PROCESS/status, the first word.
status()
{
	awk -v member="$2:" '$1 == member { print $2 }' "/proc/$1/status"
}

# has PROCESS MEMBER=VALUE...
has()
{
	local process=$1 pair
	shift
	for pair; do
		[ "$(status "$process" "${pair%=*}")" = "${pair#*=}" ] ||
			{ echo "$(cat "/proc/$process/comm"): not $pair"; grep . "/proc/$process/status"; return 1; }
	done
}

starts()
{
	write_conf && install -m 600 /dev/null "$users" && start_daemon &&
		printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$BOB_SECRET" | ctl add-user bob
}

# The filter's is mode 2.
daemon_is_little()
{
	local user=899
	[ -n "${KPPTP_KERNEL:-}" ] || user=$(id -u kpptp 2>/dev/null || echo 0)
	has "${daemons[kpptpd]}" "Uid=$user" "CapEff=$CAPABILITIES" "CapPrm=$CAPABILITIES" \
		CapInh=0000000000000000 CapBnd=0000000000000000 CapAmb=0000000000000000 \
		NoNewPrivs=1 Seccomp=2
}

helpers_are_little()
{
	has "$(helper kpptpd-files)" Uid=0 CapEff=0000000000000000 CapPrm=0000000000000000 \
		CapBnd=0000000000000000 NoNewPrivs=1 && has "$(helper kpptpd-scripts)" Uid=0
}

# Sockets, and what has no name; standard descriptors are the test's.
no_file_is_open()
{
	local process=$1 fd target bad=0
	for fd in /proc/"$process"/fd/*; do
		target=$(readlink "$fd") || continue
		case ${fd##*/}:$target in
		[012]:*|*:socket:*|*:anon_inode:*|*:pipe:*) ;;
		*) echo "$fd is $target"; bad=1 ;;
		esac
	done
	return $bad
}

no_files_are_open()
{
	no_file_is_open "${daemons[kpptpd]}" && no_file_is_open "$(helper kpptpd-files)"
}

# The users file and its directory are root's alone.
reload_reads_them()
{
	local from
	from=$(mark)
	[ "$(stat -c '%a %U' "$users")" = "600 root" ] && [ "$(stat -c %a "$work")" = 700 ] &&
		ctl reload && logged_since "$from" 'reloaded: 2 users'
}

tunnel_is_stored()
{
	printf '%s\n' "$DIALLED_SECRET" | ctl add-tunnel t --server 192.0.2.9 --user x \
		--password-file - --no-persist &&
		[ "$(stat -c '%a %U' "$work/tunnels.d/t.conf")" = "600 root" ]
}

password_file_is_refused()
{
	local out
	install -m 644 /dev/null "$work/open" && echo x >"$work/open" || return
	! out=$(ctl add-tunnel u --server 192.0.2.9 --user x --password-file "$work/open" 2>&1) &&
		grep -qF "the password file $work/open is open to others" <<<"$out"
}

clients_are_in()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET" &&
		dial_with two "$NS_C2" $GATE2 bob "$BOB_SECRET" refuse-eap refuse-chap \
			refuse-mschap refuse-mschap-v2 nomppe &&
		client_up one && client_up two && pings "$NS_C1" 3 one && pings "$NS_C2" 3 two &&
		slowwait $WAIT grep -qx 0 "$work/script.user"
}

# What may be there, and why, is in security.rst.
memory_is_clean()
{
	/usr/bin/python3 "$here/secrets.py" "$daemon_log" "$SECRET" \
		"${daemons[kpptpd]},$(helper kpptpd-files),$(helper kpptpd-scripts)" \
		"$work/one.log" -- "$BOB_SECRET" "$DIALLED_SECRET" >"$work/places" || return
	cat "$work/places"
	grep -qx 'kpptpd nt-hash 1' "$work/places" &&
		grep -qE '^kpptpd start-key [1-9]' "$work/places" &&
		! grep -vE '^kpptpd (nt-hash|other-nt-hash|start-key) | 0$' "$work/places"
}

# A session's keys go with it; the hash stays for the next one.
keys_are_gone()
{
	hang_up one && hang_up two && no_sessions &&
		/usr/bin/python3 "$here/secrets.py" "$daemon_log" "$SECRET" "${daemons[kpptpd]}" \
			"$work/one.log" -- "$BOB_SECRET" "$DIALLED_SECRET" >"$work/places" || return
	cat "$work/places"
	! grep -vE '^kpptpd nt-hash 1$|^kpptpd other-nt-hash | 0$' "$work/places"
}

nothing_was_refused()
{
	! grep -n 'was refused\|cannot\|Permission denied' "$daemon_log"
}

# Who is to be root says so, and then it is no matter for a warning.
stays_root_if_told()
{
	stop_daemon TERM && [ ! -e "$sock" ] && sed -i '/^\[server\]/a user = root' "$conf" &&
		start_daemon && has "${daemons[kpptpd]}" Uid=0 "CapEff=$CAPABILITIES" Seccomp=2 &&
		! grep -q 'there is no user' "$daemon_log"
}

stays_root_without_a_user()
{
	stop_daemon TERM && sed -i 's/^user = root/user = nobody-of-this-name/' "$conf" &&
		start_daemon && has "${daemons[kpptpd]}" Uid=0 "CapEff=$CAPABILITIES" Seccomp=2 &&
		[ "$(grep -c 'there is no user "nobody-of-this-name"' "$daemon_log")" = 1 ] &&
		stop_daemon TERM
}

bed_open
need_tools pgrep
bed_run "the daemon starts:starts" \
	"it is a user of its own with two capabilities:daemon_is_little" \
	"what helps it can do little, too:helpers_are_little" \
	"a reload reads what is root's alone:reload_reads_them" \
	"a tunnel is stored where only root may:tunnel_is_stored" \
	"a password file that others can read is refused:password_file_is_refused" \
	"no file is open:no_files_are_open" \
	"clients are in by MS-CHAPv2 and PAP, and a script is root's:clients_are_in" \
	"no secret is in memory or log that need not be:memory_is_clean" \
	"keys go with their session:keys_are_gone" \
	"nothing was refused to the daemon:nothing_was_refused" \
	"user = root:stays_root_if_told" \
	"a user that there is not:stays_root_without_a_user"
