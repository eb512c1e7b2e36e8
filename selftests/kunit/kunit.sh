#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The vectors of kernel/core as KUnit suites, inside a guest: loads the test
# module and prints what the suites found, flat, as TAP.
#
# environment: KPPTP_MODULE, kpptp.ko of the running kernel; kpptp_kunit.ko lies
# beside it.
set -uo pipefail

module=$(dirname "$KPPTP_MODULE")/kpptp_kunit.ko
results=/sys/kernel/debug/kunit

echo "TAP version 13"
if ! insmod "$module"; then
	echo "not ok 1 kunit: $module does not load"
	exit 1
fi
found=0
for suite in "$results"/kpptp_*; do
	[ -f "$suite/results" ] || continue
	found=1
	echo "# ${suite##*/}"
	sed -n "s/^  *\(\(not \)\?ok [0-9]* \)/\1${suite##*/}: /p" "$suite/results"
done
if [ $found = 0 ]; then
	echo "not ok 1 kunit: no suite of kpptp has run"
	exit 1
fi
rmmod kpptp_kunit
