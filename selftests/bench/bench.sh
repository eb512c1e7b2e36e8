#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make bench: kpptp beside the in-tree driver, in one kernel. Documentation/bench.rst
# says how to read what it prints.
#
# environment: CASE=name measures one case, PAIRS=n takes n rounds (5),
# SECONDS_EACH=s measures each side for about so long in a round (1).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
out=$top/build/bench
cd "$top"

[ $# = 0 ] || {
	sed -n '/^# make/,/^$/{s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}

# The case that needs two processors has a guest of its own.
smp_case=scale-1to2

known() {
	[ -z "${CASE-}" ] || grep -q "^${CASE}[[:space:]]" "$here/targets.txt" ||
		[[ $CASE = reference-* || $CASE = forged-* ]]
}

known || {
	echo "there is no case $CASE; there are:" >&2
	sed -n 's/^\([^#[:space:]][^[:space:]]*\).*/\1/p' "$here/targets.txt" >&2
	printf '%s\n' reference-{tcp,pkt1400} forged-{call,clear,noise,far} >&2
	exit 2
}
"$vm/deps.sh" build run kernel bench
make -s programs
make -s -C "$here" programs
modules=("" "")
if [ "${CASE-}" != "$smp_case" ]; then
	modules[0]=$("$vm/module.sh" uml-plain)
fi
if [ "${CASE:-$smp_case}" = "$smp_case" ]; then
	modules[1]=$("$vm/module.sh" stock-7)
fi
exec python3 "$here/host.py" "$out" "${modules[@]}"
