#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: deps.sh GROUP...
#
# Installs the Debian packages of the named groups that are missing, saying
# which; prints nothing when none is. Groups: build run test kernel check
# bench.
# Works on Debian 12 and 13, as root or through sudo.
set -eu

# Where the releases differ: "first|second", the first one that apt knows.
declare -A PACKAGES=(
[build]="gcc make pkg-config kmod rsync linux-headers-amd64 libmnl-dev
	libsystemd-dev nettle-dev libgnutls28-dev libjansson-dev libinih-dev
	uthash-dev libcap-ng-dev libseccomp-dev"
[run]="qemu-system-x86 busybox-static cpio kmod rsync xz-utils util-linux
	iproute2 iputils-ping procps ppp pptp-linux pptpd iperf3 python3 socat"
[test]="ccache clang libclang-rt-14-dev|libclang-rt-19-dev libasan8 libubsan1
	nftables tcpdump tshark ethtool iperf3 python3-scapy python3-yaml jq
	netcat-openbsd openssl network-manager network-manager-pptp dbus
	kea-dhcp6-server dhcpcd-base dhcping systemd"
[kernel]="gcc gcc-12 make flex bison bc libelf-dev libssl-dev xz-utils zstd cpio
	kmod rsync perl python3 debootstrap debian-archive-keyring
	busybox-static linux-headers-amd64"
[check]="gcc make perl shellcheck sparse coccinelle mandoc universal-ctags
	python3-yaml python3-jsonschema systemd"
[bench]="nettle-dev libssl-dev wireguard-tools"
)

. "$(dirname "$0")/lib.sh"

declare -A INSTALLED=()
while read -r status package; do
	[ "$status" != installed ] || INSTALLED[$package]=yes
done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n')

# The alternatives of one table entry, any of which will do.
any_installed()
{
	local package

	for package in ${1//|/ }; do
		[ -z "${INSTALLED[$package]-}" ] || return 0
	done
	return 1
}

first_known()
{
	local package

	for package in ${1//|/ }; do
		if apt-cache show "$package" >/dev/null 2>&1; then
			printf '%s\n' "$package"
			return 0
		fi
	done
	die "this machine's apt knows no package called ${1//|/ or }"
}

missing=()
for group; do
	case $group in
	-h|--help) usage "$0"; exit 0 ;;
	esac
	[ -n "${PACKAGES[$group]-}" ] ||
		die "no group called $group; there are: ${!PACKAGES[*]}"
	for entry in ${PACKAGES[$group]}; do
		any_installed "$entry" || missing+=("$entry")
	done
done
[ $# -gt 0 ] || { usage "$0" >&2; exit 2; }
[ ${#missing[@]} -gt 0 ] || exit 0

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q \
		-o DPkg::Lock::Timeout=600 "$@"
}

# No package's service is to start on this machine; poptop's would listen on
# the port of PPTP.
quiet_services()
{
	local policy=/usr/sbin/policy-rc.d

	[ ! -e "$policy" ] || return 0
	trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}

quiet_services
loud "updating the package lists" apt_get update
packages=()
for entry in "${missing[@]}"; do
	packages+=("$(first_known "$entry")")
done
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
loud "installing ${packages[*]}" apt_get install -y --no-install-recommends \
	"${packages[@]}"
