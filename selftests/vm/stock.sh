# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Debian's own kernels, as kernel.sh hands them out. Sourced by it.

# What a guest's initramfs needs to reach the host's files and to speak.
EARLY_MODULES="virtio_pci virtio_console virtio_rng 9pnet_virtio 9p overlay"

TRIXIE_PACKAGES="gcc make kmod sparse pkg-config busybox-static rsync perl
	libmnl-dev libsystemd-dev nettle-dev libgnutls28-dev libjansson-dev
	libinih-dev uthash-dev libcap-ng-dev libseccomp-dev
	ppp pptp-linux pptpd iproute2 iputils-ping nftables tcpdump iperf3
	ethtool procps jq netcat-openbsd psmisc util-linux
	openssl tshark network-manager network-manager-pptp dbus
	python3 python3-yaml python3-jsonschema python3-scapy"

host_release()
{
	local VERSION_CODENAME=

	. /etc/os-release
	case $VERSION_CODENAME in
	bookworm|trixie) printf '%s\n' "$VERSION_CODENAME" ;;
	*) die "stock-host is for Debian 12 and 13, not for $PRETTY_NAME" ;;
	esac
}

# The files of initramfs modules, numbered in the order of loading.
collect_early()
{
	local dir=$1 release=$2 name word path number=10 target

	mkdir "$dir/early"
	for name in $EARLY_MODULES; do
		while read -r word path _; do
			[ "$word" = insmod ] || continue
			target=$(basename "${path%.ko*}")
			compgen -G "$dir/early/*-$target.ko" >/dev/null && continue
			target=$dir/early/$number-$target.ko
			number=$((number + 1))
			case $path in
			*.xz) xz -dc "$path" >"$target" ;;
			*.zst) zstd -qdc "$path" >"$target" ;;
			*) cp "$path" "$target" ;;
			esac
		done < <(modprobe -d "$dir" -S "$release" --show-depends "$name")
	done
}

# unpack_image DEBS ROOT BUILD DIR: fill DIR from the image packages of the
# directory DEBS; %s in BUILD, the path of the headers, is the release.
unpack_image()
{
	local debs=$1 root=$2 build=$3 dir=$4 deb release

	mkdir "$dir/x" "$dir/lib"
	for deb in "$debs"/linux-*.deb; do
		dpkg-deb -x "$deb" "$dir/x"
	done
	# Below boot until 7.1, beside the modules since.
	mv "$(find "$dir/x" -name 'vmlinuz*' -type f)" "$dir/image"
	mv "$(find "$dir/x" -path '*lib/modules' -prune)" "$dir/lib/"
	rm -rf "$dir/x"
	# Newer depmods look below usr/lib.
	ln -s . "$dir/usr"
	release=$(basename "$dir"/lib/modules/*)
	rm -f "$dir/lib/modules/$release"/{build,source}
	depmod -b "$dir" "$release"
	collect_early "$dir" "$release"
	printf '%s\n' "$release" >"$dir/release"
	ln -s "lib/modules/$release" "$dir/modules"
	# BUILD is a format.
	# shellcheck disable=SC2059
	ln -s "$(printf "$build" "$release")" "$dir/build"
	echo x86_64 >"$dir/arch"
	printf '%s\n' "$root" >"$dir/root"
}

make_host_stock()
{
	local dir=$1

	"$VM_DIR/suite.sh" host "$dir/debs" \
		--with 'linux-(image|base|binary|modules)-[0-9].*-amd64' \
		linux-image-amd64
	rm -f "$dir"/debs/linux-image-amd64_*.deb
	unpack_image "$dir/debs" / /usr/src/linux-headers-%s "$dir"
	rm -rf "$dir/debs"
}

# The stock kernel of the release that this machine runs: its headers are
# installed here, its image is not.
host_stock()
{
	local version dir release

	"$VM_DIR/deps.sh" kernel
	version=$(dpkg-query -W -f '${Version}' linux-headers-amd64)
	dir=$(artefact "stock-host-$version" make_host_stock)
	release=$(cat "$dir/release")
	if [ ! -d "/usr/src/linux-headers-$release" ]; then
		loud "installing linux-headers-$release" as_root apt-get -qy \
			install "linux-headers-$release"
	fi
	printf '%s\n' "$dir"
}

# Debian's header packages name each other by absolute path; theirs will be
# below FINAL.
relocate_headers()
{
	local dir=$1 final=$2 link target

	grep -rlIE --include=Makefile --include=.kernelvariables \
		'/usr/(src/linux-headers|lib/linux-kbuild)' "$dir/usr/src" |
		xargs -r sed -Ei \
		"s@/usr/(src/linux-headers|lib/linux-kbuild)@$final&@g"
	find "$dir/usr/src" -type l -lname '/usr/*' | while read -r link; do
		target=$(readlink "$link")
		ln -sfn "$final$target" "$link"
	done
}

make_older_headers()
{
	local suite=$1 dir=$2 deb

	"$VM_DIR/suite.sh" "$suite" "$dir/debs" \
		--with 'linux-(headers|kbuild)-[0-9].*' linux-headers-amd64
	for deb in "$dir"/debs/*.deb; do
		dpkg-deb -x "$deb" "$dir"
	done
	rm -rf "$dir/debs"
	relocate_headers "$dir" "$CACHE/headers-$suite"
}

in_root()
{
	local root=$1
	shift
	# The words in quotes are the inner shell's.
	# shellcheck disable=SC2016
	as_root unshare --mount --pid --fork --kill-child bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		exec chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive \
			LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
		' in_root "$root" "$@"
}

header_package()
{
	in_root "$1" apt-cache depends -t "$2" linux-headers-amd64 |
		sed -n 's/.*Depends: \(linux-headers-[0-9].*\)/\1/p' | head -n 1
}

# The apt of the new root asks the same mirror, through the same proxy, with
# the same key.
point_apt()
{
	local root=$1 sources keyring suite

	sources=$(for suite in trixie trixie-backports; do
		"$VM_DIR/suite.sh" "$suite" --sources
	done)
	keyring=$(sed -n 's/.*signed-by=\([^] ]*\).*/\1/p;q' <<<"$sources")
	as_root tee "$root/etc/apt/sources.list" <<<"$sources"
	apt-config dump | grep -i '^Acquire::.*Proxy' |
		as_root tee "$root/etc/apt/apt.conf.d/90host" || true
	as_root cp /etc/resolv.conf "$root/etc/resolv.conf"
	if [ -n "$keyring" ]; then
		as_root mkdir -p "$root/$(dirname "$keyring")"
		as_root cp "$keyring" "$root/$keyring"
	fi
	printf '#!/bin/sh\nexit 101\n' |
		as_root tee "$root/usr/sbin/policy-rc.d"
	as_root chmod 755 "$root/usr/sbin/policy-rc.d"
}

# Headers and image of SUITE's kernel, from one look at the lists.
add_kernel()
{
	local dir=$1 suite=$2 headers

	headers=$(header_package "$dir/root" "$suite")
	in_root "$dir/root" apt-get -qy install --no-install-recommends \
		-t "$suite" "$headers"
	"$VM_DIR/suite.sh" "$suite" "$dir/$suite" \
		--with 'linux-(base|binary|modules)-[0-9].*-amd64' \
		"linux-image-${headers#linux-headers-}"
}

fill_trixie()
{
	local dir=$1 mirror packages

	read -r _ mirror < <("$VM_DIR/suite.sh" trixie --sources |
		sed 's/\[.*\]//;s/ trixie.*//')
	as_root debootstrap --variant=minbase trixie "$dir/root" "$mirror"
	point_apt "$dir/root"
	read -r -d '' -a packages <<<"$TRIXIE_PACKAGES" || true
	in_root "$dir/root" apt-get -q update
	in_root "$dir/root" apt-get -qy install --no-install-recommends \
		-o Dpkg::Options::=--force-unsafe-io "${packages[@]}"
	add_kernel "$dir" trixie
	add_kernel "$dir" trixie-backports
	in_root "$dir/root" apt-get clean
}

make_trixie()
{
	loud "making a Debian 13 root file system" fill_trixie "$1"
}

trixie_root()
{
	artefact "trixie-root-$(key_of "$(declare -f fill_trixie add_kernel \
		point_apt)" "$TRIXIE_PACKAGES")" make_trixie
}

# trixie_stock SUITE: a kernel of Debian 13, which wants Debian 13's compiler
# and C library for its modules.
trixie_stock()
{
	local suite=$1 trixie

	"$VM_DIR/deps.sh" kernel
	trixie=$(trixie_root)
	artefact "stock-$suite-$(basename "$trixie")" unpack_image \
		"$trixie/$suite" "$trixie/root" \
		"$trixie/root/usr/src/linux-headers-%s"
}

make_older_stock()
{
	local suite=$1 headers=$2 dir=$3 release

	release=$(basename "$headers"/usr/src/linux-headers-*-amd64)
	release=${release#linux-headers-}
	"$VM_DIR/suite.sh" "$suite" "$dir/debs" \
		--with 'linux-(base|binary|modules)-[0-9].*-amd64' \
		"linux-image-$release"
	unpack_image "$dir/debs" / "$headers/usr/src/linux-headers-%s" "$dir"
	rm -rf "$dir/debs"
}

# The kernel of an older release whose modules this machine's tools can build.
older_stock()
{
	local suite=$1 headers

	"$VM_DIR/deps.sh" kernel
	if [ "$(host_release)" = "$suite" ]; then
		host_stock
		return
	fi
	headers=$(artefact "headers-$suite" make_older_headers "$suite")
	artefact "stock-$suite" make_older_stock "$suite" "$headers"
}
