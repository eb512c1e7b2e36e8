#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each way to run RC4 that this machine has, forced, and the one that is chosen when
# none is named. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"

OCTETS=1048576
NAMED=/sys/module/kpptp/parameters/rc4_lanes
WORK=$(mktemp -d)

# load_with [PARAMETER]: the module anew
load_with()
{
	unload_module && load_module "$@"
}

# named NAME: that is what runs
named()
{
	[ "$(cat "$NAMED")" = "$1" ]
}

refused()
{
	! load_with rc4_lanes=scalar5 && [ ! -d /sys/module/kpptp ]
}

# Without a name one of those that exist, and the log says which.
chosen()
{
	local name

	load_with || return
	name=$(cat "$NAMED")
	echo "chosen: $name"
	case $name in
	scalar4|sse4) dmesg | grep -q "kpptp: RC4 runs as $name, SHA-1 " ;;
	*) return 1 ;;
	esac
}

# both_ways LANES ARG...: TCP in bursts of segments, which fill the lanes, between
# sessions that ARG... describe
both_ways()
{
	local lanes=$1
	shift
	load_with rc4_lanes="$lanes" && named "$lanes" && make_pair &&
		static_pair "$@" key-file "$WORK/keys" require-mppe &&
		python3 "$TESTS/stream.py" "$NS_A" 10.0.0.1 "$NS_B" 10.0.0.2 "$OCTETS"
}

# forced LANES FLAG: both modes; skipped where /proc/cpuinfo lacks FLAG
forced()
{
	if [ -n "${2:-}" ] && ! grep -qw "$2" /proc/cpuinfo; then
		ktap_test_skip "$1, stateless: this processor has no $2"
		ktap_test_skip "$1, stateful: this processor has no $2"
		return
	fi
	check "$1, stateless" both_ways "$1" mppe 128
	cleanup_all_ns
	check "$1, stateful" both_ways "$1" mppe 128 stateful
	cleanup_all_ns
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
trap 'cleanup_all_ns; rm -rf "$WORK"; unload_module 2>/dev/null' EXIT

(
	umask 077
	printf 'tx %s\nrx %s\n' 000102030405060708090a0b0c0d0e0f \
		000102030405060708090a0b0c0d0e0f >"$WORK/keys"
)
ktap_print_header
ktap_set_plan 8
check "a name that is none is refused" refused
check "one is chosen" chosen
forced scalar1
forced scalar4
forced sse4 sse4_1
ktap_finished
