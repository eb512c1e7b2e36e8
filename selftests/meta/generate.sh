#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Generates the uapi header and the netlink policies from the spec, with the
# generator of the kernel's own tree.
#
# usage: generate.sh KERNEL_SOURCE OUTDIR
#
# OUTDIR gets kpptp.h, netlink-gen.h and netlink-gen.c.
set -euo pipefail

ksrc=$1
out=$2
top=$(cd "$(dirname "$0")/../.." && pwd)
spec=Documentation/netlink/specs/kpptp.yaml

# The generator finds the schema beside the spec, and the root of the tree by a
# file named MAINTAINERS.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/Documentation/netlink/specs" "$out"
cp "$ksrc"/Documentation/netlink/genetlink*.yaml "$work/Documentation/netlink/"
cp "$top/$spec" "$work/$spec"
touch "$work/MAINTAINERS"

out=$(cd "$out" && pwd)
cd "$work"
gen() {
	python3 "$ksrc/tools/net/ynl/pyynl/ynl_gen_c.py" --spec "$work/$spec" "$@"
}
gen --mode uapi --header -o "$out/kpptp.h"
gen --mode kernel --header -o "$out/netlink-gen.h"
gen --mode kernel --source -o "$out/netlink-gen.c"
