#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make run: the main job on a stock Debian kernel, in one command.
#
# environment: ROLE=client dials a poptop server instead of being the server,
# MODE=native uses the running kernel, KEEP=1 leaves a root shell with the tunnel
# up, V=1 shows the guest's console.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/selftests/vm
cd "$top"

step() {
	printf '%s  %s\n' "$(date +%H:%M:%S)" "$*"
}

# modules_tree KERNEL_DIR KO: a lib/modules of the guest with kpptp in it, so
# that modprobe finds it. Prints its directory.
modules_tree() {
	local release stage
	release=$(cat "$1/release")
	stage=$top/build/run
	rm -rf "$stage"
	mkdir -p "$stage/lib/modules"
	cp -al "$1/modules/" "$stage/lib/modules/$release" 2>/dev/null ||
		cp -a "$1/modules/." "$stage/lib/modules/$release"
	install -D -m 644 "$2" "$stage/lib/modules/$release/extra/kpptp.ko"
	rm -f "$stage/lib/modules/$release"/modules.dep*
	depmod -b "$stage" "$release"
	echo "$stage/lib/modules/$release"
}

native() {
	step "building the module for the running kernel $(uname -r)"
	make -s module
	exec env KPPTP_MODE=native KPPTP_KO="$top/kernel/kpptp.ko" "$demo"
}

guest() {
	local kernel module args=()
	step "the host release's stock kernel"
	kernel=$("$vm/kernel.sh" stock-host)
	step "the module for $(cat "$kernel/release")"
	module=$("$vm/module.sh" stock-host)
	KPPTP_MODULES=$(modules_tree "$(readlink -f "$kernel")" "$module")
	[ -z "${KEEP:-}" ] || args+=(--tty)
	step "booting it"
	export KPPTP_MODULES KPPTP_PASS_ENV="KPPTP_MODULES KEEP"
	exec "$vm/run.sh" stock-host --mem 1024 --cpus 2 --timeout "${TIMEOUT:-600}" \
		"${args[@]}" -- "$demo"
}

case ${ROLE:-server} in
server) demo=$here/demo.sh ;;
client) demo=$here/demo-client.sh ;;
*)
	echo "ROLE=$ROLE is not known: leave it out, or ROLE=client" >&2
	exit 2
	;;
esac
step "looking for what is missing"
"$vm/deps.sh" build run
step "building kpptpd and pptpctl"
make -s programs
case ${MODE:-guest} in
native) native ;;
guest) guest ;;
*)
	echo "MODE=$MODE is not known: leave it out, or MODE=native" >&2
	exit 2
	;;
esac
