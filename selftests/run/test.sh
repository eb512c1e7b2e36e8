#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make test: every lane, and one line at the end.
#
# usage: test.sh [LANE...]	lanes: meta unit debug smp stock e2e; default all
#
# A job is a command that prints TAP. Its "ok" and "not ok" lines are counted;
# a job that ends badly without having said so, or that has tested nothing,
# counts as one failure. Logs are in build/test/.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
logs=$top/build/test
cd "$top" || exit 1
mkdir -p "$logs"
rm -f "$logs"/*.log
passed=0
failed=0
skipped=0
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
	passed=$((passed + good))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
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
	failed=$((failed + 1))
	return 1
}

lane_meta() {
	job meta selftests/meta/check.sh "$ksrc"
}

unit() {
	make -C "$1" KSRC="$ksrc" OUTPUT="$top/build/$1" run_tests
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

# prepare KERNEL: boots and builds what its jobs need.
prepare() {
	step "kernel $1" "$vm/kernel.sh" "$1" &&
		step "module for $1" module "$1"
}

module() {
	SPARSE=${2:-} "$vm/module.sh" "$1" >"$logs/module-$1" || {
		cat "$logs/module-$1"
		return 1
	}
}

lane_debug() {
	local script
	prepare uml-debug || return
	for script in selftests/net/*.sh; do
		case $script in
		*/lib.sh | */smoke.sh | */smp.sh) continue ;;
		esac
		job "debug/$(basename "$script" .sh)" \
			guest uml-debug --timeout 300 -- "$script"
	done
	job debug/kunit guest uml-debug --timeout 300 -- selftests/kunit/kunit.sh
}

lane_smp() {
	prepare qemu-debug || return
	job smp/smp guest qemu-debug --cpus 2 --timeout 900 -- selftests/net/smp.sh
}

lane_stock() {
	local kernel
	for kernel in stock-6.1 stock-6.12 stock-7; do
		step "kernel $kernel" "$vm/kernel.sh" "$kernel" || continue
		step "module for $kernel (W=1, sparse)" module "$kernel" 1 || continue
		job "stock/$kernel" guest "$kernel" --timeout 300 -- selftests/net/smoke.sh
	done
}

lane_e2e() {
	step "kpptpd and pptpctl" make programs || return
	prepare uml-debug || return
	job "e2e/pppd-2.4.9" guest uml-debug --timeout 600 -- selftests/daemon/e2e.sh
	prepare stock-6.12 || return
	job "e2e/pppd-2.5.2" guest stock-6.12 --timeout 900 -- selftests/daemon/e2e.sh
}

say "looking for what is missing"
"$vm/deps.sh" build run test kernel check || exit 1
ksrc=$("$vm/kernel.sh" --source) || exit 1
export KSRC=$ksrc
step "kpptpd and pptpctl" make programs

for lane in "${@:-meta unit debug smp stock e2e}"; do
	for one in $lane; do
		case $one in
		meta | unit | debug | smp | stock | e2e) "lane_$one" ;;
		*)
			echo "there is no lane $one: meta unit debug smp stock e2e" >&2
			exit 2
			;;
		esac
	done
done

say "$((SECONDS - began)) s in all"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
