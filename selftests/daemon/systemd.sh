#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd as it is installed: the unit of this tree under an unmodified systemd, which
# restarts it, misses it, finds it hanging, and keeps its sockets meanwhile; see
# outlive.sh. What the unit forbids is forbidden.
#
# systemd is process 1 of a machine of its own in namespace G: it has the files of this
# one, but for /run, /etc/kpptp and /usr/local/sbin, and no units but the journal's, of
# the distribution, and ours.

# shellcheck source=selftests/daemon/outlive.sh
. "$(dirname "$0")/outlive.sh"

INIT=/lib/systemd/systemd
UNITS=/lib/systemd/system
GROUP=/sys/fs/cgroup/kpptp-test
WATCHDOG=3		# seconds
FLOOD=150		# for so long kpptpd is away
CAPABILITIES=00000000000035c0	# the unit's

conf=$work/etc/kpptpd.conf
users=$work/etc/users
sock=$work/run/kpptp/kpptpd.sock
init=		# process 1 of the machine, as it is called outside

# What "make install" makes of the unit.
write_units()
{
	local name
	mkdir "$work/units"
	for name in sysinit basic shutdown default; do
		printf '[Unit]\nDefaultDependencies=no\n' >"$work/units/$name.target"
	done
	echo Requires=systemd-journald.service >>"$work/units/sysinit.target"
	echo Requires=sysinit.target >>"$work/units/default.target"
	ln -s $UNITS/systemd-journald.service $UNITS/systemd-journald.socket "$work/units/"
	sed 's|@SBINDIR@|/usr/local/sbin|g; s|@SYSCONFDIR@|/etc|g' \
		"$TOP/userspace/dist/kpptpd.service.in" >"$work/units/kpptpd.service"
}

write_script()
{
	printf '\n[scripts]\nup = /etc/kpptp/script\ndown = /etc/kpptp/script\n' >>"$conf"
	# The variables are the script's.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "$PEERNAME ${CONNECT_TIME:+down}" >>/etc/kpptp/ran\n' >"$work/etc/script"
	chmod 755 "$work/etc/script"
}

write_files()
{
	mkdir -m 755 "$work/etc" "$work/run"
	write_conf /run/kpptp/kpptpd.sock /etc/kpptp/users
	write_script
	write_units
	cat >"$work/boot" <<-END
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		mount --bind $work/run /run
		mount --bind $work/etc /etc/kpptp
		mount --bind $work/bin /usr/local/sbin
		exec env -i PATH="$PATH" container=kpptp-test SYSTEMD_UNIT_PATH=$work/units \
			SYSTEMD_GENERATOR_PATH=$work/none $INIT --log-target=journal --show-status=no
	END
}

machine()
{
	nsenter -t "$init" -m -p "$@"
}

unit()
{
	machine systemctl "$@" kpptpd
}

unit_is()
{
	[ "$(unit show -P "$1")" = "$2" ] || { unit show -p "$1"; return 1; }
}

booted()
{
	machine systemctl -q is-active default.target 2>/dev/null
}

# The unit's lines of its journal are the daemon's log here. All these processes are in
# the namespace, so that cleanup finds them.
boot()
{
	mkdir -p $GROUP /etc/kpptp || return
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' $GROUP ip netns exec "$NS_G" \
		unshare --cgroup --fork --kill-child --mount --mount-proc --pid --uts \
		sh "$work/boot" </dev/null >"$work/boot.out" 2>&1 &
	disown
	init=$(slowwait $WAIT pgrep -P $!)
	slowwait $WAIT booted || { cat "$work/boot.out"; return 1; }
	ip netns exec "$NS_G" journalctl -D "$work/run/log/journal" -f -n all -o cat -t kpptpd \
		>>"$daemon_log" 2>/dev/null &
	disown
}

worker()
{
	pgrep -P "$init" -x kpptpd
}

leave()
{
	unit restart
}

starts()
{
	unit start && unit_is ActiveState active && answers &&
		slowwait $WAIT logged_since 0 'is ready'
}

reload()
{
	local from
	from=$(mark)
	unit reload && slowwait $WAIT logged_since "$from" 'reloaded: 3 users'
}

# status_is PROCESS MEMBER VALUE: of /proc/PROCESS/status; the value is an expression.
status_is()
{
	grep -qE "^$2:[[:space:]]+$3([[:space:]]|$)" "/proc/$1/status" ||
		{ grep . "/proc/$1/status"; return 1; }
}

# The unit's filters are there beside kpptpd's own, and its view of files; kpptpd-scripts
# has kept what the unit lets it have. Of IPv6 a session's device has nothing, which takes
# the one part of /proc/sys that can be written.
is_confined()
{
	local pid ifname
	pid=$(worker)
	ifname=$(session alice ifname)
	status_is "$pid" Uid "$(id -u kpptp)" && status_is "$pid" NoNewPrivs 1 &&
		status_is "$pid" Seccomp_filters '([2-9]|[1-9][0-9]+)' &&
		status_is "$(pgrep -P "$pid" -x kpptpd-scripts)" CapBnd $CAPABILITIES &&
		awk '$5 == "/" { mode = $6 } END { exit mode !~ /^ro/ }' "/proc/$pid/mountinfo" &&
		in_gate grep -qx 1 "/proc/sys/net/ipv6/conf/$ifname/disable_ipv6"
}

# Two listeners, three connections, and the records.
sockets_are_kept()
{
	unit_is NFileDescriptorStore 6
}

# More often than systemd lets a unit start that does not say how often that may be.
often()
{
	for _ in {1..5}; do
		leave || return
	done
	upgrade
}

restarted()
{
	unharmed often && [ "/proc/$(worker)/exe" -ef "$BUILD/kpptpd" ]
}

# An upgrade of systemd, with a unit that has changed, and then what kpptpd(8) has beside
# "systemctl restart".
systemd_itself()
{
	mkdir "$work/units/kpptpd.service.d"
	printf '[Service]\nWatchdogSec=%s\n' $WATCHDOG >"$work/units/kpptpd.service.d/watchdog.conf"
	machine systemctl daemon-reexec && kill -USR2 "$(worker)"
}

# Sessions wait until somebody mends it.
misconfigured()
{
	local from
	from=$(mark)
	mv "$conf" "$conf.good"
	! unit restart && slowwait $WAIT logged_since "$from" 'cannot open.*kpptpd.conf' &&
		mv "$conf.good" "$conf"
}

hang()
{
	kill -STOP "$(worker)"
}

# One that does not hang is let live for longer than that.
watched()
{
	local FLOOD=250
	unit_is WatchdogUSec ${WATCHDOG}s && ! journal | grep 'Watchdog timeout' &&
		unharmed hang && journal | grep -q 'Watchdog timeout'
}

journal()
{
	journalctl -q -D "$work/run/log/journal" -o cat -u kpptpd "$@"
}

stopped()
{
	local from
	from=$(mark)
	unit stop && unit_is ActiveState inactive && unit_is Result success &&
		unit_is NFileDescriptorStore 0 &&
		client_ended one '[0-9]+' && client_ended three '[0-9]+' &&
		grep -q 'LCP terminated by peer' "$work/one.log" &&
		slowwait $WAIT logged_since "$from" 'alice is down: ' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] && [ ! -e "$sock" ]
}

# Once at the beginning of each session and once at its end, whoever was kpptpd then.
scripts_ran_once()
{
	sort "$work/etc/ran" |
		diff - <(printf '%s\n' 'alice ' 'alice down' 'bob ' 'bob down' 'fixed ' 'fixed down')
}

# But for what misconfigured has to expect.
nothing_is_wrong()
{
	journal -t kpptpd | grep -q 'is ready' &&
		! journal -p warning -t kpptpd | grep -v 'cannot open /etc/kpptp/kpptpd.conf'
}

[ -n "${KPPTP_KERNEL:-}" ] || skip_all "needs a guest, for a systemd that takes it for its own"
bed_open
need_tools systemctl journalctl nsenter unshare $INIT
own_programs
write_files
trap 'cleanup; find $GROUP -depth -type d -exec rmdir {} + 2>/dev/null' EXIT

echo "# $($INIT --version | head -1)"

TESTS_TABLE=(
	"systemd starts:boot"
	"users are added:make_users"
	"kpptpd starts as the unit says:starts"
	"systemctl reload:reload"
	"three clients connect with MPPE-128:connect"
	"the unit's confines are there:is_confined"
	"systemd has the sockets:sockets_are_kept"
	"systemctl restart, often and with an upgrade, costs no session and no packet:restarted"
	"nor does kill -9:unharmed kill_worker"
	"nor a new systemd and SIGUSR2:unharmed systemd_itself"
	"nor a configuration that is wrong for a while:unharmed misconfigured"
	"echoes of both protocols go on:echoes"
	"no socket was kept twice:sockets_are_kept"
	"a kpptpd that hangs is replaced, without harm either:watched"
	"systemctl stop ends all:stopped"
	"scripts ran once:scripts_ran_once"
	"the journal has no warning:nothing_is_wrong"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
