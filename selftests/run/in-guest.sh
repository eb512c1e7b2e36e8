#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: in-guest.sh SCRIPT...
#
# Runs test programs one after another in the guest that it runs in, because
# a boot and a search for leaks cost more than most of them. Their TAP goes to
# standard output, each line of it named after its program, and a line
# "# == NAME: status S, N s, busy B s" ends each, with what the guest's processors
# did meanwhile. A program that fails without saying so in TAP, or that says
# nothing, is one "not ok".

busy() {
	awk '/^cpu / { print int(($2 + $3 + $4 + $7 + $8) / 100) }' /proc/stat
}

status=0
for script; do
	name=$(basename "$script" .sh)
	begin=$SECONDS
	before=$(busy)
	seen=$(mktemp)
	"$script" 2>&1 |
		sed -u "s/^\(\(not \)\?ok [0-9]*\)\( - \)\? */\1 $name: /" |
		tee "$seen"
	s=${PIPESTATUS[0]}
	if ! grep -q '^not ok ' "$seen" &&
		{ [ "$s" != 0 ] || ! grep -q '^ok ' "$seen"; }; then
		echo "not ok $name: ended with status $s"
	fi
	[ "$s" = 0 ] || status=1
	echo "# == $name: status $s, $((SECONDS - begin)) s, busy $(($(busy) - before)) s"
	rm -f "$seen"
done
exit $status
