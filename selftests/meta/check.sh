#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make check: the plan held against the tree. Needs no kernel, takes seconds.
#
# usage: check.sh KERNEL_SOURCE
set -uo pipefail

ksrc=$1
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
cd "$top" || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tracked() {
	git ls-files -- "$@"
}

floors() {
	python3 "$here/floors.py" "$top"
}

# A file has one concern, and then it does not grow for ever.
sizes() {
	local long
	long=$(tracked 'kernel/*.c' 'userspace/*.c' | grep -v -- '-gen\.c$' | xargs wc -l |
		awk '$2 != "total" && $1 > 800 { print $2 ": " $1 " lines, wanted at most 800" }')
	[ -z "$long" ] || { echo "$long"; return 1; }
}

lengths() {
	"$here/lengths.sh" "$top"
}

# on_files FILE... -- COMMAND...: the command on all files, on all processors.
on_files() {
	local files=()
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	printf '%s\0' "${files[@]}" | xargs -0 -r -n 16 -P "$(nproc)" "$@"
}

# passes COMMAND... -- FILE...: the command passes on each of the files. One that
# passed it once is not read again: what is the same in every octet is known by a
# stamp in the cache, whichever tree it is in.
passes() {
	local command=() stamps new=() file sum
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	stamps=${XDG_CACHE_HOME:-$HOME/.cache}/kpptp/passed/$(
		{ printf '%s\n' "${command[@]:1}"; cat "${command[0]}"; } | sha256sum | cut -c1-12)
	mkdir -p "$stamps"
	while read -r sum file; do
		[ -e "$stamps/$sum-${file##*/}" ] || new+=("$file")
	done < <(sha256sum "$@")
	[ ${#new[@]} -gt 0 ] || return 0
	on_files "${new[@]}" -- "${command[@]}" || return
	sha256sum "${new[@]}" | while read -r sum file; do
		: >"$stamps/$sum-${file##*/}"
	done
}

# Headers of the tree itself teach checkpatch nothing about userspace, so the
# kernel's own types are asked for in the kernel half only.
checkpatch() {
	local kernel user common
	common=("$ksrc/scripts/checkpatch.pl" --no-tree --strict --terse --quiet
		--no-summary --show-types -f --max-line-length=100
		--ignore "LINUX_VERSION_CODE,SPDX_LICENSE_TAG")
	mapfile -t kernel < <(tracked 'kernel/*.[ch]' | grep -v -- '-gen\.[ch]$' |
		grep -v '^kernel/include/uapi/')
	mapfile -t user < <(tracked 'userspace/*.[ch]' 'selftests/*.[ch]')
	passes "${common[@]}" -- "${kernel[@]}" &&
		passes "${common[@]}" \
			--ignore "PREFER_KERNEL_TYPES,NEW_TYPEDEFS,CAMELCASE" \
			--ignore "PREFER_DEFINED_ATTRIBUTE_MACRO,CONST_STRUCT,ENOSYS" -- "${user[@]}"
}

generated() {
	"$here/generate.sh" "$ksrc" "$work/gen" >/dev/null &&
		diff -u kernel/include/uapi/linux/kpptp.h "$work/gen/kpptp.h" &&
		diff -u kernel/netlink-gen.h "$work/gen/netlink-gen.h" &&
		diff -u kernel/netlink-gen.c "$work/gen/netlink-gen.c"
}

schema() {
	python3 - "$ksrc/Documentation/netlink/genetlink.yaml" \
		Documentation/netlink/specs/kpptp.yaml <<-'END'
		import sys
		import jsonschema
		import yaml
		schema, spec = (yaml.safe_load(open(p, encoding="utf-8")) for p in sys.argv[1:])
		jsonschema.validate(spec, schema)
	END
}

manpages() {
	local pages
	mapfile -t pages < <(tracked 'Documentation/man/*')
	[ ${#pages[@]} -gt 0 ] && mandoc -T lint -W warning "${pages[@]}"
}

shell() {
	local scripts
	mapfile -t scripts < <(tracked | while read -r f; do
		[ -f "$f" ] && head -c 64 "$f" | grep -qaE '^#!.*\b(ba)?sh\b' && echo "$f"
	done)
	# They source each other, so that all are looked at again when one has changed.
	passes "$(command -v env)" "SCRIPTS=$(cat "${scripts[@]}" | sha256sum)" \
		"VERSION=$(shellcheck --version)" shellcheck -x -P SCRIPTDIR -- "${scripts[@]}"
}

# How much the service could do to the machine, 10 being everything; 2.0 is the most.
unit() {
	local out
	sed 's|@SBINDIR@|/usr/sbin|g; s|@SYSCONFDIR@|/etc|g' userspace/dist/kpptpd.service.in \
		>"$work/kpptpd.service"
	if out=$(systemd-analyze security --no-pager --offline=true --threshold=19 \
		"$work/kpptpd.service" 2>&1); then
		grep -o 'Overall exposure.*[0-9]' <<<"$out" | sed 's/^/# /'
	else
		grep -v '✓' <<<"$out"
		return 1
	fi
}

# The repository speaks of the project alone.
words() {
	! git grep -nIE '\b(TODO|FIXME|XXX|HACK)\b' -- kernel userspace selftests \
		':!selftests/meta/check.sh' &&
		! git grep -nIE '(deb|security|snapshot)\.debian\.|npmjs' -- . \
			':!selftests/meta/check.sh'
}

# Kernel versions are compat's business.
versions() {
	! git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION\(' -- kernel ':!kernel/compat'
}

licences() {
	local bad
	bad=$(tracked 'kernel/*.[ch]' 'userspace/*.[ch]' 'selftests/*.[ch]' '*.sh' '*.py' |
		while read -r f; do
			head -3 "$f" | grep -q SPDX-License-Identifier || echo "$f: no SPDX line"
		done)
	[ -z "$bad" ] || { echo "$bad"; return 1; }
}

checks=(floors sizes lengths checkpatch generated schema manpages shell unit words versions licences)
echo "TAP version 13"
echo "1..${#checks[@]}"
failed=0
number=0
for check in "${checks[@]}"; do
	number=$((number + 1))
	if out=$("$check" 2>&1); then
		echo "ok $number $check"
		grep '^#' <<<"$out" || true
	else
		# One line a finding, and the check fails as a whole.
		head -200 <<<"$out" | while IFS= read -r line; do
			echo "# $line"
		done
		echo "not ok $number $check"
		failed=1
	fi
done
exit $failed
