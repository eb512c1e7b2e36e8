#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: kernel.sh NAME
#        kernel.sh --source
#
# Prints the directory of a kernel that is ready to boot, making it first
# where the cache does not have it. NAME is one of
#
#   uml-debug   newest 7.x of Debian's linux-source, user mode, every check on
#   uml-plain   the same without any, for what needs time, and measurements
#   trixie-debug, trixie-plain  these two with Debian 13's root file system
#   qemu-debug  the same source with every check on, SMP, for QEMU
#   stock-6.1   Debian 12's kernel
#   stock-6.12  Debian 13's kernel, with a Debian 13 root file system
#   stock-7     Debian 13's newest backport, with the same root
#   stock-host  the stock kernel of the release that this machine runs
#
# The directory holds: image, build (for make -C build M=...), arch (um or
# x86_64), release, modules (lib/modules/RELEASE), root (the path of the
# guest's root file system), early (modules that the guest's initramfs loads,
# in order) and, for own builds, source.
#
# --source prints the linux-source tree of the own builds; it builds nothing.
set -eu
. "$(dirname "$0")/lib.sh"
. "$VM_DIR/stock.sh"

# The newest 7.x source package: backports first, because what Debian 13's
# users run is built from it; sid when backports has none.
fetch_source()
{
	local suite package

	for suite in trixie-backports sid; do
		if "$VM_DIR/suite.sh" "$suite" "$1" \
			--with 'linux-source-7[.0-9]*' linux-source; then
			package=$(find "$1" -name 'linux-source-7*.deb')
			[ -n "$package" ] && return 0
		fi
	done
	die "neither trixie-backports nor sid has a linux-source-7.x"
}

make_source()
{
	local dir=$1 tarball

	fetch_source "$dir"
	dpkg-deb --fsys-tarfile "$dir"/linux-source-7*.deb |
		tar -x -C "$dir" --wildcards './usr/src/linux-source-7*.tar.*'
	tarball=$(echo "$dir"/usr/src/linux-source-7*.tar.*)
	mkdir "$dir/tree"
	loud "unpacking $(basename "$tarball")" \
		tar -xf "$tarball" -C "$dir/tree" --strip-components 1
	basename "$dir"/linux-source-7*.deb .deb | cut -d_ -f2 >"$dir/version"
	rm -rf "${dir:?}/usr" "$dir"/*.deb
}

source_tree()
{
	local dir

	dir=$(artefact source-7 make_source)
	printf '%s\n' "$dir/tree"
}

own_build()
{
	local name=$1 arch=$2 fragments=() tree key
	shift 2
	"$VM_DIR/deps.sh" kernel
	tree=$(source_tree)
	mapfile -t fragments < <(printf "$VM_DIR/%s.config\n" "$@")
	key=$(key_of "$(cat "$tree/../version" "${fragments[@]}" \
		"$VM_DIR/build.sh" "$VM_DIR/um_stacktrace.h")" "$(gcc --version | head -n 1)" \
		"$(ld --version | head -n 1)")
	# One at a time: two on as many processors get in each other's way, and what
	# needs the first one only can begin while the next is built.
	artefact "$name-$key" loud "building the kernel $name" \
		flock "$CACHE/.building" \
		nice "$VM_DIR/build.sh" "$arch" "$tree" "${fragments[@]}"
}

# lend_root KERNEL ROOT DIR: KERNEL again, booting from ROOT.
lend_root()
{
	ln -s "$1"/* "$3"
	rm "$3/root"
	printf '%s\n' "$2" >"$3/root"
}

# with_trixie NAME KERNEL: KERNEL under another name, with Debian 13's root.
with_trixie()
{
	local trixie

	trixie=$(trixie_root)
	artefact "$1-$(key_of "$2" "$trixie")" lend_root "$2" "$trixie/root"
}

uml_debug()
{
	own_build uml-debug um um guest peers debug
}

uml_plain()
{
	own_build uml-plain um um guest peers plain
}

case ${1-} in
-h|--help|'') usage "$0" ;;
--source) source_tree ;;
uml-debug) uml_debug ;;
uml-plain) uml_plain ;;
trixie-debug) with_trixie trixie-debug "$(uml_debug)" ;;
trixie-plain) with_trixie trixie-plain "$(uml_plain)" ;;
qemu-debug) own_build qemu-debug x86_64 qemu guest debug ;;
stock-6.1) older_stock bookworm ;;
stock-6.12) trixie_stock trixie ;;
stock-7) trixie_stock trixie-backports ;;
stock-host) host_stock ;;
*) die "no kernel called $1; kernel.sh -h lists them" ;;
esac
