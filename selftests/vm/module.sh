#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: module.sh NAME [-- MAKEVARS...]
#
# Builds this repository's module for the kernel NAME (see kernel.sh) in
# build/NAME, with W=1, and prints the path of kpptp.ko. A warning about our
# files fails the build for a stock kernel and is shown for the others.
# SPARSE=1 has sparse read every file as well, where the release's sparse
# knows the language of the kernel's headers (Debian 13's does not for 7.x).
#
# What was built once, without a warning, of the same sources for the same kernel
# comes from the cache, whichever tree it was built in.
set -eu
. "$(dirname "$0")/lib.sh"
. "$VM_DIR/stock.sh"

copy_sources()
{
	mkdir -p "$DEST"
	rsync -a --delete --exclude '*.o' --exclude '*.ko' --exclude '*.mod' \
		--exclude '*.mod.c' --exclude '.*.cmd' --exclude '*.a' \
		--exclude Module.symvers --exclude modules.order \
		--exclude .module-common.o --exclude '.*.d' \
		"$REPO/Kbuild" "$REPO/kernel" "$DEST/"
}

# kbuild MAKEVARS...: in the kernel's root, where that is not this machine's
kbuild()
{
	local command=(make "-j$(nproc)" "ARCH=$ARCH" "M=$DEST" W=1 "$@" modules)

	if [ "$ROOT" = / ]; then
		nice "${command[@]}" -C "$BUILD"
	else
		as_root unshare --mount "$0" --in-root "$ROOT" "$DEST" \
			nice "${command[@]}" -C "${BUILD#"$ROOT"}"
	fi
}

# The half of kbuild that runs in a mount namespace of its own.
enter_root()
{
	local root=$1 dest=$2
	shift 2
	mkdir -p "$root$dest"
	mount --bind "$dest" "$root$dest"
	mount -t proc proc "$root/proc"
	exec chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# The lines of LOG that are warnings about our files, not about the kernel's.
own_warnings()
{
	local line file

	grep -E 'WARNING: modpost|[Ww]arning:|error:' "$1" | while read -r line; do
		file=${line%%:*}
		case $line in
		*'compiler differs'*|*'BTF generation'*) continue ;;
		/*) [ "${file#"$DEST"/}" != "$file" ] || continue ;;
		WARNING*) ;;
		*) [ -e "$DEST/$file" ] || continue ;;
		esac
		printf '%s\n' "$line"
	done
}

# Everything that the module is made of, by content, and how.
sources_key()
{
	local kunit=()

	[[ "$*" != *KPPTP_SELFTESTS* ]] || kunit=(selftests/vectors)
	(
		cd "$REPO"
		printf '%s\n' "$kernel" "${SPARSE-}" "${@/"$REPO"/}"
		find Kbuild kernel "${kunit[@]}" -type f -regex '.*\(Kbuild.*\|\.\([chS]\|mk\|config\)\)' \
			-not -name '*.mod.c' -print0 | sort -z | xargs -0 sha256sum
		gcc --version
		cat "$0"
	) | sha256sum | cut -c1-12
}

# keep_copy: what was built, for whoever asks for the same. Few are kept: a
# change of one line makes six new ones.
keep_copy()
{
	local half

	mkdir -p "$KEPT"
	half=$(mktemp -d "$KEPT/.half-XXXXXX")
	cp "$DEST"/kernel/*.ko "$half/"
	mv -T "$half" "$KEPT/$key" 2>/dev/null || rm -rf "$half"
	find "$KEPT" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn |
		sed -n '61,$s/^[^ ]* //p' | xargs -r rm -rf
}

case ${1-} in
-h|--help|'') usage "$0"; exit 0 ;;
--in-root) shift; enter_root "$@" ;;
esac
name=$1
shift
[ "${1-}" != -- ] || shift
kernel=$("$VM_DIR/kernel.sh" "$name")
ARCH=$(cat "$kernel/arch")
ROOT=$(cat "$kernel/root")
BUILD=$(readlink -f "$kernel/build")
DEST=$REPO/build/$name
READY=$REPO/build/modules/$name
KEPT=$CACHE/modules
mkdir -p "$READY"
exec {lock}>"$REPO/build/.$name.lock"
flock "$lock"
key=$(sources_key "$@")
if [ -e "$KEPT/$key/kpptp.ko" ]; then
	touch "$KEPT/$key"
	rsync -r --delete "$KEPT/$key/" "$READY/"
	echo "$READY/kpptp.ko"
	exit 0
fi
copy_sources
log=$DEST/build.log
variables=("$@")
[ -z "${SPARSE-}" ] || variables+=(C=2)
if ! kbuild "${variables[@]}" >"$log" 2>&1; then
	cat "$log" >&2
	die "the module does not build for $name"
fi
if grep -q 'C=2 specified, but' "$log"; then
	say "sparse cannot read the headers of $name: not run"
fi
warnings=$(own_warnings "$log")
if [ -n "$warnings" ]; then
	printf '%s\n' "$warnings" >&2
	case $name in
	stock-*)
		# The next run has to see them again.
		rm -rf "$DEST"
		die "the module builds with warnings for $name"
		;;
	esac
else
	keep_copy
fi
rsync -r --delete --include '*.ko' --exclude '*' "$DEST/kernel/" "$READY/"
echo "$READY/kpptp.ko"
