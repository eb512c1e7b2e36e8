#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: build.sh ARCH SOURCE FRAGMENT... DIR
#
# Builds the kernel of the source tree SOURCE for ARCH (um or x86_64) from
# its defaults and the configuration FRAGMENTs, and fills DIR as kernel.sh
# describes. What a module needs of the build tree stays in DIR/build; the
# other objects are deleted.
set -eu
. "$(dirname "$0")/lib.sh"

[ $# -ge 4 ] || { usage "$0"; exit 2; }
arch=$1
source=$2
dir=${*: -1}
fragments=("${@:3:$#-3}")
build=$dir/build
options=("O=$build" "ARCH=$arch")
if [ "$arch" = um ]; then
	options+=("CFLAGS_stacktrace.o=-include $(realpath "$(dirname "$0")")/um_stacktrace.h")
fi

kmake()
{
	make -C "$source" "${options[@]}" "$@"
}

# Kconfig drops an answer silently where a dependency is missing.
check_answers()
{
	local line name bad=0

	while read -r line; do
		name=${line%%=*}
		if [[ $line = *=n ]]; then
			! grep -q "^$name=" "$build/.config" && continue
		else
			grep -qx "$line" "$build/.config" && continue
		fi
		say "wanted $line, got $(grep -w "$name" "$build/.config")"
		bad=1
	done < <(sed -n '/^CONFIG_/p' "$@")
	return "$bad"
}

boot_image()
{
	if [ "$arch" = um ]; then
		printf '%s\n' "$build/linux"
	else
		printf '%s\n' "$build/$(kmake -s image_name)"
	fi
}

# The build directory is about to be renamed, so its Makefile may not know
# where it is.
write_makefile()
{
	rm -f "$build/Makefile"
	cat >"$build/Makefile" <<-END
		export KBUILD_OUTPUT := \$(patsubst %/,%,\$(dir \$(abspath \$(lastword \$(MAKEFILE_LIST)))))
		include $source/Makefile
	END
}

delete_objects()
{
	find "$build" \( -path "$build/scripts" -o -path "$build/tools" -o \
		-path "$build/include" \) -prune -o -type f \( -name '*.o' -o \
		-name '*.a' -o -name '.*.cmd' -o -name 'vmlinux*' -o \
		-name '*.ko' -o -name '*.mod*' \) \
		! -name Module.symvers ! -name modules.order ! -name module.lds \
		-print0 | xargs -0 -r rm -f
}

mkdir -p "$build"
cat "${fragments[@]}" >"$build/.config"
kmake olddefconfig
check_answers "${fragments[@]}" ||
	die "the kernel's options are not those asked for"
kmake -j"$(nproc)" all
cp "$(boot_image)" "$dir/image"
kmake -s kernelrelease | tail -n 1 >"$dir/release"
kmake INSTALL_MOD_PATH="$dir" modules_install
release=$(cat "$dir/release")
rm -f "$dir/lib/modules/$release/build" "$dir/lib/modules/$release/source"
ln -s "lib/modules/$release" "$dir/modules"
ln -s "$source" "$dir/source"
printf '%s\n' "$arch" >"$dir/arch"
printf '/\n' >"$dir/root"
delete_objects
rm -f "$build/linux"
write_makefile
