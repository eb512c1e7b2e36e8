#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pptpctl without a kernel module and without kpptpd: the command line, the
# users file, and the control socket against a daemon that answers from a script.
#
# PPTPCTL: the program; make run_tests names that of build/userspace.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tool=${PPTPCTL:-$here/../../build/userspace/pptpctl}
work=$(mktemp -d)
socket=$work/socket
users=$work/users
daemon=
number=0
failed=0
umask 077
export PYTHONDONTWRITEBYTECODE=1

stop_daemon()
{
	[ -n "$daemon" ] || return
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
	daemon=
	rm -f "$socket"
}
trap 'stop_daemon; rm -rf "$work"' EXIT

# start_daemon MODE: and waits until it listens.
start_daemon()
{
	stop_daemon
	: >"$work/requests"
	python3 "$here/daemon.py" "$socket" "$work/requests" "$1" 2>"$work/daemon.log" &
	daemon=$!
	until python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$socket" 2>/dev/null; do
		kill -0 "$daemon" 2>/dev/null || return
	done
}

# verdict WHAT: of the last command's status.
verdict()
{
	local good=$?

	number=$((number + 1))
	if [ $good = 0 ]; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		sed 's/^/# /' "$work/out" "$work/err"
		failed=$((failed + 1))
	fi
}

# Within a bound, because monitor does not end where the module is loaded.
ctl()
{
	timeout 20 "$tool" -s "$socket" -u "$users" "$@" >"$work/out" 2>"$work/err" </dev/null
}

# refused STATUS SENTENCE ARG...: exactly one sentence with these words in it.
refused()
{
	local want=$1 words=$2 got
	shift 2
	ctl "$@"
	got=$?
	[ $got = "$want" ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] &&
		grep -qF -- "$words" "$work/err"
	verdict "${*@Q} -> $want, $words"
}

# add PASSWORD ARG...: adds a user with a password from a pipe.
add()
{
	local password=$1
	shift
	printf '%s\n' "$password" |
		"$tool" -s "$socket" -u "$users" add-user "$@" >"$work/out" 2>"$work/err"
}

# holds LINE...: exactly these lines are in the users file.
holds()
{
	printf '%s\n' "$@" | diff - "$users" >"$work/err"
}

echo "TAP version 13"
if [ ! -x "$tool" ]; then
	echo "1..0 # SKIP $tool is not built"
	exit 4
fi

# The command line. No network is reached: the words are read first.
t="add-tunnel p0 local 192.0.2.1 peer 192.0.2.2"
"$tool" -h >"$work/out" 2>"$work/err" && grep -q add-tunnel "$work/out" && [ ! -s "$work/err" ]
verdict "-h"
"$tool" >"$work/out" 2>"$work/err"
[ $? = 2 ] && grep -q usage "$work/err"
verdict "no verb -> 2"
"$tool" -x show users >"$work/out" 2>"$work/err"
[ $? = 2 ]
verdict "unknown option -> 2"
refused 2 'no verb "frobnicate"' frobnicate
refused 2 'not "trees"' show trees
refused 2 'what to show' show
refused 2 '"b" was not expected' show sessions a b
refused 2 'name of the device is missing' add-tunnel
refused 2 'is no name for a device' add-tunnel a/b
refused 2 'is no name for a device' add-tunnel a234567890123456
refused 2 'is no name for a device' add-tunnel ..
refused 2 'is no name for a device' add-tunnel ''
refused 2 'needs "local' add-tunnel p0
refused 2 'needs "peer' add-tunnel p0 local 192.0.2.1
# shellcheck disable=SC2086
{
refused 2 'needs "peer-id' $t
refused 2 'like 10.0.0.2,10.1.0.0/16, "10.0.0.1/8" is none' $t peer-id 1 inner 10.0.0.1/8
refused 2 '"" is none' $t peer-id 1 inner 10.0.0.1,
refused 2 'inner is missing' $t peer-id 1 inner
refused 2 'there are many peers' $t peer-id 1 inner 10.0.0.2 address 10.0.0.1 peer-address 10.0.0.2
refused 2 'session is a number' del-tunnel p0 session x
refused 2 '"1" was not expected' del-tunnel p0 session 1 1
refused 2 'not "300.1.1.1"' add-tunnel p0 local 300.1.1.1
refused 2 'local is missing' add-tunnel p0 local
refused 2 '"local" is there twice' $t local 192.0.2.3
refused 2 'does not know "colour"' $t colour red
refused 2 'from 0 to 65535, not "65536"' $t peer-id 65536
refused 2 'from 0 to 65535, not "-1"' $t peer-id -1
refused 2 'from 0 to 65535, not "1x"' $t peer-id 1x
refused 2 'from 0 to 65535, not ""' $t peer-id ''
refused 2 'from 1 to 65535, not "0"' $t local-id 0
refused 2 'mppe is 40, 56 or 128' $t peer-id 1 mppe 64
refused 2 'mppe needs "key-file' $t peer-id 1 mppe 128
refused 2 'key-file needs "mppe' $t peer-id 1 key-file "$work/key"
refused 2 'require-mppe needs "mppe' $t peer-id 1 require-mppe
refused 2 'from 128 to 65535' $t peer-id 1 mru 127
refused 2 'reorder is PACKETS,MILLISECONDS' $t peer-id 1 reorder 64
refused 2 'from 0 to 1024' $t peer-id 1 reorder 1025,1
refused 2 'from 0 to 1000' $t peer-id 1 reorder 1,1001
refused 2 'from 1 to 255' $t peer-id 1 ttl 0
refused 2 'from 0 to 255' $t peer-id 1 tos 256
refused 2 'not "10.0.0"' $t peer-id 1 address 10.0.0
refused 2 'from 0 to 32' $t peer-id 1 address 10.0.0.1/33
refused 2 'not "10.0.0.1234567890"' $t peer-id 1 address 10.0.0.1234567890
refused 2 'peer-address needs "address' $t peer-id 1 peer-address 10.0.0.2
}
refused 2 'name of the device is missing' del-tunnel
refused 2 '"p1" was not expected' del-tunnel p0 p1
refused 2 'what to disconnect' disconnect
refused 2 'not "everything"' disconnect everything now
refused 1 'kpptpd does not run' disconnect office
refused 2 'name of the file' record
refused 2 'no option "--bits"' record "$work/r" --bits 1
refused 2 'from 4096' record "$work/r" --bytes 4095
refused 2 'not also "b"' record "$work/r" address 192.0.2.1 b
refused 2 'not "a.b.c.d"' record "$work/r" address a.b.c.d
refused 1 'no device nodev0' record "$work/r" nodev0
refused 1 'kpptpd does not run' record "$work/r" user bob
refused 2 'from 1 to 4294967295' disconnect session 0
refused 2 'peer is an IPv4 address' disconnect peer ::1
refused 2 'name of the user is missing' disconnect user
refused 2 'not UTF-8' disconnect user $'\xff'
refused 2 '"now" was not expected' reload now
refused 2 'name of the user is missing' add-user
refused 2 'name of a user has' add-user '*'
refused 2 'name of a user has' add-user ''
refused 2 'name of a user has' add-user $'a\nb'
refused 2 'not "shell"' add-user bob shell
refused 2 'none that a client can have' add-user bob address 224.0.0.1
refused 2 'del-user takes server' del-user bob address
refused 2 'sessions must be a number' add-user bob sessions=many
refused 2 'is none of auth=' set-user bob session=1
refused 2 'set-user takes address, server and NAME=VALUE' set-user bob cleartext

# Key files: nothing gets as far as the kernel.
keys()
{
	local words=$1 bits=$2
	shift 2
	printf '%s\n' "$@" >"$work/key"
	# shellcheck disable=SC2086
	refused 1 "$words" $t peer-id 1 mppe "$bits" key-file "$work/key"
}
k16=00112233445566778899aabbccddeeff
keys 'no rx line' 128 "tx $k16"
keys 'no tx line' 128 "# only one" "rx $k16"
keys 'no tx line' 128
keys 'line 2 of the key file' 128 "tx $k16" "tx $k16"
keys 'line 1 of the key file' 128 "tx ${k16}00"
keys 'line 1 of the key file' 40 "tx $k16"
keys 'line 1 of the key file' 128 "tx ${k16%f}g"
keys 'line 1 of the key file' 128 "key $k16"
keys 'line 1 of the key file' 128 "tx"
keys 'line 1 of the key file' 128 "tx $k16 more"
! grep -q "$k16" "$work/err" "$work/out"
verdict "keys are not printed"
chmod 604 "$work/key"
# shellcheck disable=SC2086
refused 1 'open to others' $t peer-id 1 mppe 128 key-file "$work/key"
# shellcheck disable=SC2086
refused 1 'cannot read' $t peer-id 1 mppe 128 key-file "$work/nothing"

# Users. The hash is that of RFC 2759 section 9.2.
add clientPass User && holds 'User * nt:44ebba8d5312b8d611474411f56989ae *'
verdict "add-user stores the NT hash"
[ "$(stat -c %a "$users")" = 600 ]
verdict "a new users file has mode 600"
cat >"$users" <<'END'
# the staff
User * nt:44ebba8d5312b8d611474411f56989ae *
  ann  vpn "old secret" 10.0.0.5   # fixed

# guests
'bo b' * guest
END
cp "$users" "$work/before"
add x ann server vpn && sed 's/"old secret" 10.0.0.5/X/; s/ann  vpn/ann vpn/' "$work/before" |
	diff - <(sed 's/nt:[0-9a-f]* 10.0.0.5/X/' "$users") >"$work/err"
verdict "a new password keeps order, comments, address and blanks"
add x ann server vpn address 10.0.0.6 && grep -q '^  ann vpn nt:[0-9a-f]\{32\} 10.0.0.6   # fixed$' "$users"
verdict "an address replaces the old one"
add 'p"a s\s#' 'D\x y' cleartext &&
	[ "$(tail -1 "$users")" = '"D\\x y" * "p\"a s\\s#" *' ]
verdict "names and passwords are quoted"
ctl show users && [ "$(wc -l <"$work/out")" = 5 ] && ! grep -q 'guest\|nt:\|p"a' "$work/out"
verdict "show users shows no secret"
ctl -j show users 'D\x y' && python3 - "$work/out" <<'END'
import json, sys
assert json.load(open(sys.argv[1])) == [
    {"name": "D\\x y", "server": "*", "secret": "cleartext"}]
END
verdict "show users as JSON"
cp "$users" "$work/saved"
ctl set-user 'D\x y' sessions=1 pool=lan route=10.9.0.0/16 route=10.8.0.0/16 &&
	[ "$(tail -1 "$users")" = '"D\\x y" * "p\"a s\\s#" * -- set sessions=1 set pool=lan set route=10.9.0.0/16 set route=10.8.0.0/16' ]
verdict "set-user keeps the password and writes a policy"
ctl set-user 'D\x y' pool= route= address 10.0.0.9 idle-timeout=60 &&
	[ "$(tail -1 "$users")" = '"D\\x y" * "p\"a s\\s#" 10.0.0.9 -- set sessions=1 set idle-timeout=60' ]
verdict "an empty value takes a policy away"
ctl set-user User disabled=yes && grep -qx 'User \* nt:44ebba8d5312b8d611474411f56989ae \* -- set disabled=yes' "$users"
verdict "set-user keeps an NT hash"
add clientPass User && grep -qx 'User \* nt:44ebba8d5312b8d611474411f56989ae \* -- set disabled=yes' "$users"
verdict "a new password keeps the policy"
ctl -j show users 'D\x y' && python3 - "$work/out" <<'END'
import json, sys
assert json.load(open(sys.argv[1])) == [
    {"name": "D\\x y", "server": "*", "secret": "cleartext", "address": "10.0.0.9",
     "policy": ["sessions=1", "idle-timeout=60"]}]
END
verdict "show users has the policy in JSON"
ctl show users 'D\x y' && grep -q 'sessions=1,idle-timeout=60' "$work/out"
verdict "show users has the policy in text"
cp "$users" "$work/now"
refused 1 'no user "eve" with server "*"' set-user eve sessions=1
cmp -s "$users" "$work/now" && cp "$work/saved" "$users"
verdict "set-user makes no user"
ctl del-user 'D\x y' && ctl del-user 'bo b' && ! grep -q 'bo b' "$users" &&
	grep -q '^# guests$' "$users" && [ "$(wc -l <"$users")" = 5 ]
verdict "del-user takes out its line alone"
refused 1 'no user "ann" with server "*"' del-user ann
refused 1 'no user "eve"' show users eve
printf 'a * b' >"$users"
add pw b cleartext && holds 'a * b' 'b * pw *'
verdict "a last line without a line feed"
cp "$users" "$work/before"
refused 1 'the password is empty' add-user carl
add "$(printf 'x%.0s' {1..256})" carl
[ $? = 1 ] && grep -q 'at most 255' "$work/err"
verdict "a password of 256 octets is refused"
add $'\xff' carl
[ $? = 1 ] && grep -q UTF-8 "$work/err"
verdict "a password that is no UTF-8 is refused"
cmp -s "$users" "$work/before"
verdict "nothing of that changed the file"
printf 'a * b\nc *\n' >"$users"
cp "$users" "$work/before"
add pw carl
[ $? = 1 ] && grep -q 'users:2: there is no secret' "$work/err" && cmp -s "$users" "$work/before"
verdict "a file with a mistake is refused with its line, and stays"
chmod 644 "$users"
refused 1 'open to others' show users
chmod 600 "$users"
printf 'a * b\n' >"$users"
ln -s users "$work/link"
printf 'pw\n' | "$tool" -s "$socket" -u "$work/link" add-user c cleartext 2>"$work/err" &&
	[ -L "$work/link" ] && holds 'a * b' 'c * pw *'
verdict "a symbolic link stays one"
refused 1 'cannot open' -u "$work/none" show users
refused 1 'No such file' -u "$work/none/users" del-user x
# Twenty writers at once: each waits for the others.
: >"$users"
writers=()
for i in {1..20}; do
	printf 'pw\n' | "$tool" -s "$socket" -u "$users" add-user "u$i" 2>>"$work/err" &
	writers+=($!)
done
wait "${writers[@]}"
[ "$(sort -u "$users" | wc -l)" = 20 ]
verdict "writers do not lose each other's users"
[ "$(find "$work" -name 'users.*' | wc -l)" = 0 ]
verdict "no temporary file stays"
python3 - "$tool" "$users" "$socket" >"$work/out" 2>"$work/err" <<'END'
import os, pty, sys
def ask(first, second):
    pid, fd = pty.fork()
    if not pid:
        os.execv(sys.argv[1], [sys.argv[1], "-s", sys.argv[3], "-u", sys.argv[2],
                               "add-user", "tty", "cleartext"])
    seen = b""
    def until(word):
        nonlocal seen
        while word not in seen:
            seen += os.read(fd, 1000)
    until(b"Password: ")
    os.write(fd, first + b"\n")
    until(b"Again: ")
    os.write(fd, second + b"\n")
    try:
        while True:
            more = os.read(fd, 1000)
            if not more:
                break
            seen += more
    except OSError:
        pass
    assert first not in seen, seen
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
assert ask(b"quite-secret", b"other") == 1
assert "tty" not in open(sys.argv[2]).read()
assert ask(b"quite-secret", b"quite-secret") == 0
assert "tty * quite-secret *" in open(sys.argv[2]).read()
END
verdict "the terminal is asked twice, without echo"

# Without a daemon.
refused 1 'kpptpd does not run' reload
refused 1 'kpptpd does not run' show tunnels
refused 1 'kpptpd does not run' disconnect user ann
ctl version && grep -q '^kpptpd *not there$' "$work/out"
verdict "version without a daemon"

start_daemon good
ctl version && grep -q '^kpptpd *9.9-test$' "$work/out" && grep -q '^pptpctl ' "$work/out"
verdict "version"
ctl -j version && python3 -c 'import json, sys
assert json.load(open(sys.argv[1]))["kpptpd"] == "9.9-test"' "$work/out"
verdict "version as JSON"
ctl reload && [ ! -s "$work/out" ] && [ "$(tail -1 "$work/requests")" = '{"command":"reload"}' ]
verdict "reload"
ctl disconnect user ann && [ "$(cat "$work/out")" = "disconnected: 2" ]
verdict "disconnect prints how many"
refused 1 'no session of kpptpd fits' disconnect session 5
[ "$(tail -1 "$work/requests")" = '{"command":"disconnect","session":5}' ]
verdict "disconnect asks for a number"
refused 1 'no session of kpptpd fits' disconnect device pptp0
[ "$(tail -1 "$work/requests")" = '{"command":"disconnect","ifname":"pptp0"}' ]
verdict "disconnect asks for a device"
ctl show tunnels && grep -q 'pc *- .* 1h02m05s *1m01s *7$' "$work/out" && [ "$(wc -l <"$work/out")" = 2 ]
verdict "show tunnels"
ctl -j show tunnels pc && python3 -c 'import json, sys
assert json.load(open(sys.argv[1]))[0]["port"] == 4242' "$work/out"
verdict "show tunnels as JSON, chosen by host"
refused 1 'no tunnel of "mac"' show tunnels mac
ctl show lines && grep -qE '^modem +/dev/ttyS0 +connected +1h02m05s +192.0.2.7 .* 3 +4 +0 +5$' "$work/out"
verdict "show lines"
ctl -j show lines modem && python3 -c 'import json, sys
assert json.load(open(sys.argv[1]))[0]["crc_errors"] == 5' "$work/out"
verdict "show lines as JSON, chosen by name"
refused 1 'no line of "other"' show lines other
ctl monitor
grep -qE '^[0-9:]{8}\.500 session-up user ann source daemon$' "$work/out"
verdict "monitor prints the daemon's events"
ctl -j monitor
grep -qF '"event":"session-up","time":1.5' "$work/out"
verdict "monitor as JSON"
: >"$work/requests"
add pw late && [ "$(cat "$work/requests")" = '{"command":"reload"}' ]
verdict "add-user has the daemon reload"

start_daemon refuse
refused 1 'kpptpd: kpptpd.conf:3: no such setting' reload
add pw late
[ $? = 1 ] && grep -q 'file is changed, but kpptpd did not take it' "$work/err"
verdict "add-user says when the daemon did not reload"
start_daemon junk
refused 1 'no JSON object' reload
start_daemon hang-up
refused 1 'closed the connection' reload
stop_daemon

echo "1..$number"
[ $failed = 0 ]
