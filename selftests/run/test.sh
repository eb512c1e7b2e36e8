#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test: every lane, and one line at the end.
#
# usage: test.sh [LANE...]	lanes: meta unit debug smp stock e2e; default all
#
# A job is a command that prints TAP. Its "ok" and "not ok" lines are counted;
# a job that ends badly without having said so, or that has tested nothing,
# counts as one failure. Logs are in build/test/. Two lanes run at a time: what
# boots emulated machines, beside what does not.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
logs=$top/build/test
cd "$top" || exit 1
mkdir -p "$logs"
rm -f "$logs"/*.log
counts=$logs/counts
: >"$counts"
began=$SECONDS

say() {
	printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"
}

count() {
	grep -cE "$1" "$2" || true
}

# job NAME COMMAND...: runs it and adds up what it said.
job() {
	local name=$1 log begin=$SECONDS status bad good skip
	shift
	log=$logs/${name//\//-}.log
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	skip=$(count '^ok .*# SKIP' "$log")
	good=$(($(count '^ok ' "$log") - skip))
	bad=$(count '^not ok ' "$log")
	if [ "$bad" = 0 ] && { [ $status != 0 ] || [ $((good + skip)) = 0 ]; }; then
		bad=1
		echo "not ok $name: ended with status $status" >>"$log"
	fi
	echo "$good $bad $skip" >>"$counts"
	say "$(printf '%-28s %4d ok %3d failed %3d skipped  %4d s' \
		"$name" "$good" "$bad" "$skip" $((SECONDS - begin)))"
	if [ "$bad" != 0 ]; then
		grep -nE '^not ok ' "$log" | head -20
		echo "    the end of $log:"
		tail -25 "$log" | sed 's/^/    | /'
	fi
	grep -E '^ok .*# SKIP' "$log" | sed 's/^/    /'
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
	echo "0 1 0" >>"$counts"
	return 1
}

lane_meta() {
	job meta selftests/meta/check.sh "$ksrc"
}

# The runner's own line about a program counts only when it is not ok.
unit() {
	make -C "$1" KSRC="$ksrc" OUTPUT="$top/build/$1" run_tests 2>&1 |
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
		KPPTP_PASS_ENV="KPPTP_MODULE KSRC" KSRC=$ksrc "$vm/run.sh" "$@"
}

# prepare KERNEL [MAKEVARS...]: what its jobs need.
prepare() {
	step "kernel $1" "$vm/kernel.sh" "$1" && step "module for $1" module "$@"
}

# module KERNEL [MAKEVARS...]: leaves its path in a file for guest.
module() {
	local kernel=$1
	shift
	"$vm/module.sh" "$kernel" -- "$@" >"$logs/module-$kernel"
}

# net_tests KERNEL ARGS... -- SCRIPT...: tests of the module, a guest each.
net_tests() {
	local kernel=$1 args=() script
	shift
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	for script; do
		job "$kernel/$(basename "$script" .sh)" \
			guest "$kernel" "${args[@]}" -- "$script"
	done
}

lane_debug() {
	local scripts
	prepare uml-debug KPPTP_KUNIT=m "KPPTP_SELFTESTS=$top/selftests" || return
	mapfile -t scripts < <(find selftests/net -name '*.sh' \
		! -name lib.sh ! -name smoke.sh | sort)
	net_tests uml-debug --timeout 900 -- "${scripts[@]}" \
		selftests/kunit/kunit.sh selftests/daemon/e2e.sh
}

# What concerns concurrency, on two processors.
lane_smp() {
	prepare qemu-debug || return
	net_tests qemu-debug --cpus 2 --timeout 1200 -- \
		selftests/net/{storm,teardown}.sh
}

lane_stock() {
	local kernel
	for kernel in stock-6.1 stock-6.12 stock-7; do
		step "kernel $kernel" "$vm/kernel.sh" "$kernel" || continue
		SPARSE=1 step "module for $kernel (W=1, sparse)" module "$kernel" ||
			continue
		job "stock/$kernel" guest "$kernel" --timeout 600 -- selftests/net/smoke.sh
	done
}

# The debug lane has the host's pppd, 2.4.9 on Debian 12; this is Debian 13's.
lane_e2e() {
	step "kpptpd and pptpctl" make programs || return
	prepare stock-6.12 || return
	job "e2e/stock-6.12" guest stock-6.12 --timeout 1500 -- selftests/daemon/e2e.sh
}

say "looking for what is missing"
"$vm/deps.sh" build run test kernel check || exit 1
ksrc=$("$vm/kernel.sh" --source) || exit 1
export KSRC=$ksrc
step "kpptpd and pptpctl" make programs

lanes=("$@")
[ $# -gt 0 ] || lanes=(meta unit debug smp stock e2e)
native=()
emulated=()
for lane in "${lanes[@]}"; do
	case $lane in
	meta | unit | debug) native+=("$lane") ;;
	smp | stock | e2e) emulated+=("$lane") ;;
	*)
		echo "there is no lane $lane: meta unit debug smp stock e2e" >&2
		exit 2
		;;
	esac
done

run_lanes() {
	local lane

	for lane in "$@"; do
		"lane_$lane"
	done
}

run_lanes "${emulated[@]}" &
run_lanes "${native[@]}"
wait

say "$((SECONDS - began)) s in all"
awk '{ good += $1; bad += $2; skip += $3 }
	END { printf "%d passed, %d failed, %d skipped\n", good, bad, skip; exit bad > 0 }' "$counts"
