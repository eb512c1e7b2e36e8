#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs fuzz targets, two at a time, and prints a line for each and one at the end.
#
# usage: fuzz.sh DIR SECONDS TARGET...	DIR has TARGET_libfuzzer
#
# SECONDS are what all of it takes: each target has its part. What a target finds
# is kept in DIR/found/TARGET, and is its corpus next time; its log is in
# DIR/found/TARGET.log, and the inputs that break it are DIR/found/TARGET-*.
set -uo pipefail

JOBS=2
LONGEST=30	# seconds for one input

# stat LOG NAME: a number that libFuzzer prints at its end.
stat()
{
	sed -n "s/^stat::$2: *//p" "$1" | tail -1
}

# fuzz_one DIR SECONDS TARGET
fuzz_one()
{
	local found=$1/found log=$1/found/$3.log word=ok status
	mkdir -p "$found/$3"
	"$1/$3_libfuzzer" -max_total_time="$2" -timeout=$LONGEST -print_final_stats=1 \
		-artifact_prefix="$found/$3-" "$found/$3" "corpus/$3" >"$log" 2>&1
	status=$?
	[ $status = 0 ] || word="not ok"
	printf '%s %-12s %10s runs, %5s new inputs, %3d s\n' "$word" "$3" \
		"$(stat "$log" number_of_executed_units)" "$(stat "$log" new_units_added)" "$2"
	[ $status = 0 ] || tail -40 "$log" | sed 's/^/# /'
}

dir=$1
seconds=$2
shift 2
cd "$(dirname "$0")" || exit 1
jobs=$(($# < JOBS ? $# : JOBS))
each=$((seconds * jobs / $#))
[ $each -ge 1 ] || each=1
mkdir -p "$dir/found"
began=$SECONDS

# A line for each as a whole, and whatever a broken one has to say below it.
export -f fuzz_one stat
export LONGEST
# The words in quotes are the inner shell's.
# shellcheck disable=SC2016
printf '%s\n' "$@" | xargs -P $JOBS -I '{}' \
	bash -c 'out=$(fuzz_one "$@"); printf "%s\n" "$out"' fuzz "$dir" $each '{}' |
	tee "$dir/found/summary"

good=$(grep -c '^ok ' "$dir/found/summary")
bad=$(($# - good))
echo "$# fuzz targets, $good without a crash, $bad broken; $((SECONDS - began)) s"
[ $bad = 0 ]
