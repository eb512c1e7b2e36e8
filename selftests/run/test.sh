#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test: every lane, and one line at the end.
#
# usage: test.sh [LANE...]	lanes: smp unit meta daemon debug peers trixie stock, which
#				are the default, and rc4
#
# A job is a command that prints TAP. Its "ok" and "not ok" lines are counted;
# a job that ends badly without having said so, or that has tested nothing,
# counts as one failure. Logs are in build/test/; what failed is said once more
# at the end. More lanes than processors run at a time, as half of them wait for
# timers most of the time; the long ones go first.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
logs=$top/build/test
cd "$top" || exit 1
mkdir -p "$logs"
rm -f "$logs"/*.log "$logs"/*.log.cpu
counts=$logs/counts
failures=$logs/failures
again=$logs/again
: >"$counts"
: >"$failures"
: >"$again"
began=$SECONDS

say() {
	printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"
}

count() {
	grep -cE "$1" "$2" || true
}

# complain NAME LOG: the failures in a log, each with what was said about it.
complain() {
	echo "$1:"
	awk '/^not ok / { said = 8; print "    " $0; next }
		/^#/ && said > 0 { said--; print "    " $0; next }
		{ said = 0 }' "$2"
}

# job NAME COMMAND...: runs it and adds up what it said; its exit status.
job() {
	local name=$1 log begin=$SECONDS status bad good skip TIMEFORMAT='%0U + %0S s'
	shift
	log=$logs/${name//\//-}.log
	# In a shell of its own: workers that end meanwhile are this one's children.
	(time "$@" >"$log" 2>&1 </dev/null) 2>"$log.cpu"
	status=$?
	skip=$(count '^ok .*# SKIP' "$log")
	good=$(($(count '^ok ' "$log") - skip))
	bad=$(count '^not ok ' "$log")
	if [ "$bad" = 0 ] && { [ $status != 0 ] || [ $((good + skip)) = 0 ]; }; then
		bad=1
		echo "not ok $name: ended with status $status" >>"$log"
	fi
	echo "$good $bad $skip" >>"$counts"
	say "$(printf '%-24s %4d ok %3d failed %3d skipped  %4d s (processor %s)' \
		"$name" "$good" "$bad" "$skip" $((SECONDS - begin)) "$(cat "$log.cpu")")"
	if [ "$bad" != 0 ]; then
		complain "$name" "$log" | tee -a "$failures"
		echo "    the end of $log:"
		tail -25 "$log" | sed 's/^/    | /'
	fi
	grep -E '^ok .*# SKIP|^# == ' "$log" | sed 's/^/    /'
	return $status
}

# step WHAT COMMAND...: something that has to work before its jobs can.
step() {
	local what=$1 begin=$SECONDS log
	shift
	log=$logs/step-${what//[ \/]/-}.log
	if "$@" >"$log" 2>&1 </dev/null; then
		say "$what ($((SECONDS - begin)) s)"
		return 0
	fi
	say "$what: failed"
	tail -40 "$log" | sed 's/^/    | /'
	{ echo "$what: failed"; tail -4 "$log" | sed 's/^/    /'; } >>"$failures"
	echo "0 1 0" >>"$counts"
	return 1
}

lane_meta() {
	job meta selftests/meta/check.sh "$ksrc"
}

# The runner's own line about a program counts only when it is not ok. Its 45 s are
# few where sanitizers share processors with guests: they are to end what hangs.
unit() {
	kselftest_override_timeout=600 make -C "$1" CC="ccache gcc" KSRC="$ksrc" \
		OUTPUT="$top/build/$1" run_tests 2>&1 |
		sed -e '/^ok [0-9]* selftests: /d' -e 's/^# \(\(not \)\?ok \)/\1/'
}

lane_unit() {
	local dir
	for dir in selftests/{core,lib,crypto,proto,nl,daemon,ctl,fuzz}; do
		[ -f "$dir/Makefile" ] && job "unit/${dir#selftests/}" unit "$dir"
	done
}

# guest KERNEL ARGS... -- COMMAND...
guest() {
	KPPTP_MODULE=$(cat "$logs/module-$1") \
		KPPTP_PASS_ENV="KPPTP_MODULE KPPTP_LANES KSRC" KSRC=$ksrc "$vm/run.sh" "$@"
}

# prepare KERNEL [MAKEVARS...]: what its jobs need.
prepare() {
	step "kernel $1" "$vm/kernel.sh" "$1" && step "module for $1" module "$@"
}

# module KERNEL [MAKEVARS...]: leaves its path in a file for guest.
module() {
	local kernel=$1 path
	shift
	(
		flock 9
		path=$("$vm/module.sh" "$kernel" -- "$@") &&
			echo "$path" >"$logs/module-$kernel"
	) 9>"$logs/module-$kernel.lock"
}

# in_guest KERNEL/WHAT ARGS... -- SCRIPT...: test programs in one guest.
in_guest() {
	local name=$1 args=()
	shift
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	job "$name" guest "${name%%/*}" "${args[@]}" -- \
		selftests/run/in-guest.sh "$@"
	# That is what in-guest.sh says; a kernel's complaint is another status.
	[ $? != 1 ] || note_failed "$name" "$@"
}

# note_failed NAME SCRIPT...: those of the scripts that failed in a guest.
note_failed() {
	local name=$1 log=$logs/${1//\//-}.log script failed
	shift
	for script; do
		failed=$(count "^not ok ([0-9]+ )?$(basename "$script" .sh): " "$log")
		[ "$failed" = 0 ] || echo "$failed $name $script" >>"$again"
	done
}

# look_again FAILED NAME SCRIPT: a script of which FAILED tests failed. What passes now
# is taken for passed, and told.
look_again() {
	local failed=$1 kernel=${2%%/*} script=$3 log
	log=$logs/again-$kernel-$(basename "$script").log
	if guest "$kernel" --timeout 1200 -- selftests/run/in-guest.sh "$script" \
		>"$log" 2>&1 </dev/null; then
		say "unsteady: $kernel, $script passes when nothing runs beside it"
		echo "$failed -$failed 0" >>"$counts"
	else
		say "$kernel, $script fails again"
	fi
}

# Real peers have timers of seconds, and a machine with more guests than processors can
# keep anybody waiting for as long: a few scripts are run once more when it is idle.
second_look() {
	[ "$(wc -l <"$again")" -le 3 ] || return 0
	while read -r failed name script; do
		look_again "$failed" "$name" "$script"
	done <"$again"
}

# in_guests N KERNEL/WHAT ARGS... -- SCRIPT...: the same in N at once, for lists
# whose programs mostly wait.
in_guests() {
	local count=$1 name=$2 args=() scripts guest n i pids=()
	shift 2
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	scripts=("$@")
	for ((n = 0; n < count; n++)); do
		guest=()
		for ((i = n; i < ${#scripts[@]}; i += count)); do
			guest+=("${scripts[i]}")
		done
		in_guest "$name-$((n + 1))" "${args[@]}" -- "${guest[@]}" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# scripts DIR [NOT...]: the test programs of a directory but for some.
scripts() {
	local dir=$1 not=()
	shift
	for script; do
		not+=(! -name "$script")
	done
	find "$dir" -maxdepth 1 -name '*.sh' "${not[@]}" | sort
}

# The module and its vectors, on one processor and with every check; and once the
# daemon with it.
lane_debug() {
	local list
	prepare uml-debug KPPTP_KUNIT=m "KPPTP_SELFTESTS=$top/selftests" || return
	mapfile -t list < <(scripts selftests/net lib.sh lanes.sh smoke.sh)
	in_guests 2 uml-debug/net --timeout 2400 -- "${list[@]}" selftests/kunit/kunit.sh \
		selftests/daemon/incoming.sh
}

# The daemon with real peers. That the clocks of checks do not slow it down is why
# these lanes have the kernel without them.
lane_daemon() {
	local list
	prepare uml-plain || return
	mapfile -t list < <(scripts selftests/daemon bed.sh outlive.sh)
	in_guests 4 uml-plain/daemon --timeout 3000 -- "${list[@]}"
}

# Personas of clients, real clients, and both behind NAT; and what needs a kernel that
# is fast, but no daemon.
lane_peers() {
	local list
	prepare uml-plain || return
	mapfile -t list < <(scripts selftests/peers lib.sh)
	in_guest uml-plain/peers --timeout 2400 -- "${list[@]}" selftests/net/lanes.sh \
		selftests/net/outage.sh selftests/net/adverse.sh
}

# Real clients and servers of Debian 13: pppd 2.5.2 and poptop 1.5.0; the host's are
# 2.4.9 and 1.4.0 on Debian 12.
lane_trixie() {
	prepare uml-plain && step "kernel trixie-plain" "$vm/kernel.sh" trixie-plain ||
		return
	cp "$logs/module-uml-plain" "$logs/module-trixie-plain"
	in_guest trixie-plain/peers --timeout 2400 -- selftests/daemon/e2e.sh \
		selftests/peers/real.sh
}

# What concerns concurrency, on two processors.
lane_smp() {
	prepare qemu-debug || return
	in_guest qemu-debug/smp --cpus 2 --timeout 2400 -- \
		selftests/net/{storm,teardown}.sh
}

# All that concerns the module, with each way to run RC4; otherwise that is drawn.
lane_rc4() {
	local list lanes
	prepare uml-plain || return
	mapfile -t list < <(scripts selftests/net lib.sh lanes.sh smoke.sh)
	for lanes in scalar1 scalar4 sse4; do
		KPPTP_LANES=$lanes in_guest "uml-plain/$lanes" --timeout 2400 -- "${list[@]}"
	done
}

# One kernel that users run.
stock() {
	step "kernel $1" "$vm/kernel.sh" "$1" &&
		SPARSE=1 step "module for $1 (W=1, sparse)" module "$1" || return
	# Two emulated processors now and then die at boot, where a kernel patches code
	# that the other one runs (an int3 that nobody handles).
	job "stock/$1" guest "$1" --cpus 1 --timeout 1200 -- selftests/net/smoke.sh
}

lane_stock() {
	local kernel pids=()
	for kernel in stock-6.1 stock-6.12 stock-7; do
		stock "$kernel" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

say "looking for what is missing"
"$vm/deps.sh" build run test kernel check || exit 1
ksrc=$("$vm/kernel.sh" --source) || exit 1
export KSRC=$ksrc
# What another checkout has compiled from the same text is not compiled again; paths are
# relative for that, also in what a debugger is told.
export CCACHE_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/kpptp/ccache CCACHE_BASEDIR=$top
export CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=500M
step "kpptpd and pptpctl" make "-j$(nproc)" CC="ccache gcc" programs

lanes=("$@")
[ $# -gt 0 ] || lanes=(smp unit meta daemon debug peers trixie stock)
for lane in "${lanes[@]}"; do
	if ! declare -F "lane_$lane" >/dev/null; then
		echo "there is no lane $lane: smp unit meta daemon debug peers trixie stock rc4" >&2
		exit 2
	fi
done
printf '%s\n' "${lanes[@]}" >"$logs/lanes"

# begins LANE: is it to be run, and nobody has begun it?
begins() {
	(
		flock 9
		grep -qx "$1" "$logs/lanes" && sed -i "/^$1\$/d" "$logs/lanes"
	) 9>"$logs/lanes.lock"
}

# Takes the next lane that nobody has begun.
next_lane() {
	(
		flock 9
		head -n 1 "$logs/lanes"
		sed -i 1d "$logs/lanes"
	) 9>"$logs/lanes.lock"
}

# What only computes gives way to who has timers to keep, and everything to the pair.
yields() {
	case $1 in
	smp) renice -n -10 -p "$BASHPID" >/dev/null ;;
	unit|meta) renice -n 10 -p "$BASHPID" >/dev/null ;;
	debug) renice -n 2 -p "$BASHPID" >/dev/null ;;
	esac
}

run_lanes() {
	local lane

	while lane=$(next_lane) && [ -n "$lane" ]; do
		(yields "$lane"; "lane_$lane")
	done
}

# Two emulated processors wait for each other by spinning, five times as long when guests
# share the machine's with them: first they, and beside them only what gives way.
for lane in stock unit meta; do
	if begins "$lane"; then
		(yields "$lane"; "lane_$lane") &
	fi
done
if begins smp; then
	(yields smp; lane_smp)
fi
for _ in $(seq $(($(nproc) + 3))); do
	run_lanes &
done
wait

[ ! -s "$failures" ] || { echo "What failed:"; head -60 "$failures"; }
second_look
say "$((SECONDS - began)) s in all"
awk '{ good += $1; bad += $2; skip += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", good, bad, skip; exit bad > 0 }' "$counts"
