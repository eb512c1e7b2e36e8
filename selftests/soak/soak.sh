#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make soak: sessions come and go on a bad network, by hand and by kpptpd, beside the
# grammar fuzzer, in a guest without checks and in one with all of them. See
# Documentation/testing.rst.
#
# environment: HOURS=h, or a part of one (1); SEED=n, the dice (the time);
# KERNELS="uml-plain uml-debug".
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
logs=$top/build/soak
cd "$top"

[ $# = 0 ] || {
	sed -n '/^# make/,/^$/{s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}

: "${HOURS:=1}" "${SEED:=$(date +%s)}" "${KERNELS:=uml-plain uml-debug}"
SOAK_SECONDS=$(awk -v hours="$HOURS" 'BEGIN { print int(hours * 3600) }')
[ "$SOAK_SECONDS" -ge 60 ] || {
	echo "HOURS=$HOURS is not a number of hours, or less than a minute" >&2
	exit 2
}
SOAK_SEED=$SEED
"$vm/deps.sh" build run test kernel
KSRC=$("$vm/kernel.sh" --source)
make -s programs
mkdir -p "$logs"
export KSRC SOAK_SECONDS SOAK_SEED

# What the last epoch needs behind its time, and the search for leaks, is slow with all
# checks.
soak_in()
{
	local kernel=$1 vars=()

	[[ $kernel != *debug* ]] || vars=(KPPTP_KUNIT=m "KPPTP_SELFTESTS=$top/selftests")
	"$vm/kernel.sh" "$kernel" >/dev/null
	KPPTP_MODULE=$("$vm/module.sh" "$kernel" -- "${vars[@]}")
	KPPTP_PASS_ENV="KPPTP_MODULE KSRC SOAK_SECONDS SOAK_SEED"
	export KPPTP_MODULE KPPTP_PASS_ENV
	"$vm/run.sh" "$kernel" --timeout $((SOAK_SECONDS * 5 / 4 + 1800)) -- "$here/guest.sh"
}

# fuzzed LOG...: packets of the fuzzer in all of them.
fuzzed()
{
	sed -n 's/^# sum: .* and \([0-9]*\) packets of the fuzzer.*/\1/p' "$@" |
		awk '{ sum += $1 } END { print sum + 0 }'
}

echo "soak: $SOAK_SECONDS s in each of $KERNELS, seed $SEED; logs are in $logs"
declare -A guests=()
files=()
for kernel in $KERNELS; do
	files+=("$logs/$kernel.log")
	soak_in "$kernel" >"$logs/$kernel.log" 2>&1 &
	guests[$kernel]=$!
done
failed=0
for kernel in $KERNELS; do
	status=0
	wait "${guests[$kernel]}" || status=$?
	sed "s/^/$kernel: /" "$logs/$kernel.log"
	[ $status = 0 ] || {
		echo "$kernel: ended with status $status"
		failed=1
	}
done
for kernel in $KERNELS; do
	sed -n "s/^# sum: /$kernel: /p" "$logs/$kernel.log"
done
total=$(fuzzed "${files[@]}")
figures="$total packets of the fuzzer, $((total / SOAK_SECONDS)) a second"
if [ $failed = 0 ]; then
	echo "soak: all is well; $figures"
else
	echo "soak: see above, and make soak HOURS=$HOURS SEED=$SEED; $figures"
fi
exit $failed
