#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Checks function lengths (brace lines included): none over 100 lines, median
# at most 20 over the tree, and 95 of 100 at most 40 in the pure directories.
#
# usage: lengths.sh TOP
set -euo pipefail
cd "$1"

lengths() {
	find "$@" -name '*.c' ! -name '*-gen.c' -print0 | sort -z |
		xargs -0 -r ctags --languages=C --kinds-C=f --fields=+ne -f - |
		awk -F'\t' '{
			line = end = 0
			for (i = 4; i <= NF; i++) {
				if ($i ~ /^line:/) line = substr($i, 6)
				if ($i ~ /^end:/) end = substr($i, 5)
			}
			print end - line + 1, $2 ":" line, $1
		}' | sort -n
}

# quantile PERCENT: of the lengths on standard input
quantile() {
	awk -v q="$1" '{ n[NR] = $1 } END { print NR ? n[int((NR - 1) * q / 100) + 1] : 0 }'
}

all=$(lengths kernel userspace)
pure=$(lengths kernel/core userspace/proto)
fail=0

long=$(awk '$1 > 100 { print $2 ": " $3 " has " $1 " lines" }' <<<"$all")
if [ -n "$long" ]; then
	echo "$long"
	fail=1
fi

median=$(quantile 50 <<<"$all")
p95=$(quantile 95 <<<"$pure")
echo "# functions: $(wc -l <<<"$all"), median $median lines, 95 % of the pure ones at most $p95"
if [ "$median" -gt 20 ]; then
	echo "median of all functions is $median lines, wanted at most 20"
	fail=1
fi
if [ "$p95" -gt 40 ]; then
	echo "95 % of kernel/core and userspace/proto is $p95 lines, wanted at most 40"
	awk '$1 > 40 { print "  " $2 " " $3 " " $1 }' <<<"$pure"
	fail=1
fi
exit $fail
