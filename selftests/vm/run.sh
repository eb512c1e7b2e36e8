#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Usage: run.sh NAME [OPTION...] -- COMMAND [ARG...]
#
# Boots the kernel NAME (see kernel.sh) and runs COMMAND in it as root, in
# the directory of this repository, which has the path that it has here. The
# guest sees the files of this machine (or of the kernel's own root) under an
# overlay in memory: it may write anywhere and changes nothing. It has no
# network but its loopback.
#
#   --mem MB           memory of the guest (1024; 2048 for a debug kernel)
#   --cpus N           processors of the guest (1; 2 in QEMU)
#   --timeout SECONDS  how long it may take, boot included (600)
#   --accel A          kvm, tcg or auto (auto) for kernels that run in QEMU
#   --tty              connect this terminal to COMMAND; no time limit
#   --no-leak-check    do not ask kmemleak at the end
#
# The exit status is COMMAND's, or: 96 the guest did not boot or died,
# 97 the kernel complained (the lines are shown), 98 the time was over.
# KPPTP_PASS_ENV names the environment variables that COMMAND gets; it also
# gets KPPTP_KERNEL and KPPTP_KERNEL_DIR. V=1 shows the guest's console.
set -eu
. "$(dirname "$0")/lib.sh"

BOOT_FAILED=96
SPLAT=97
TIME_OVER=98
KVM_SILENCE=10

SPLATS='-----\[ cut here |WARNING: |(^|[^A-Z])BUG:|KASAN: (null|maybe|probably)'
SPLATS+='|UBSAN:|INFO: (task|rcu|possible|inconsistent|suspicious|trying)'
SPLATS+='|possible (recursive|circular)|inconsistent lock state'
SPLATS+='|suspicious RCU usage|self-detected stall|detected stalls'
SPLATS+='|Kernel panic|Oops[: ]|general protection|[Uu]nable to handle kernel'
SPLATS+='|refcount_t:|ref_tracker: .*leaked|unregister_netdevice: waiting'
SPLATS+='|ODEBUG:|(list|slab|page).* corruption|scheduling while atomic'
SPLATS+='|sleeping function called|kmemleak: (unreferenced|[0-9]+ new)'
# What kernels say about processors, not about themselves.
HARMLESS='Spectre|RETBleed|MDS|SRSO|mitigation|vulnerab'

parse()
{
	NAME=
	MEM=
	CPUS=
	TIMEOUT=600
	ACCEL=auto
	TERMINAL=no
	LEAK_CHECK=yes
	while [ $# -gt 0 ]; do
		case $1 in
		-h|--help) usage "$0"; exit 0 ;;
		--mem) MEM=$2; shift ;;
		--cpus) CPUS=$2; shift ;;
		--timeout) TIMEOUT=$2; shift ;;
		--accel) ACCEL=$2; shift ;;
		--tty) TERMINAL=yes ;;
		--no-leak-check) LEAK_CHECK=no ;;
		--) shift; break ;;
		-*) die "no option called $1; run.sh -h lists them" ;;
		*) NAME=$1 ;;
		esac
		shift
	done
	if [ -z "$NAME" ] || [ $# = 0 ]; then
		usage "$0" >&2
		exit 2
	fi
	COMMAND=("$@")
}

write_job()
{
	local variable

	{
		printf 'cd %q\n' "$REPO"
		printf 'export HOME=/root LANG=C.UTF-8 TERM=%q\n' "${TERM:-dumb}"
		printf 'export KPPTP_KERNEL=%q KPPTP_KERNEL_DIR=%q\n' \
			"$NAME" "$KERNEL"
		for variable in ${KPPTP_PASS_ENV-}; do
			[ -n "${!variable+set}" ] &&
				printf 'export %s=%q\n' "$variable" "${!variable}"
		done
		printf '%q ' "${COMMAND[@]}"
		echo
	} >"$JOB/initrd.d/job"
}

write_conf()
{
	local rows=24 columns=80

	if [ "$TERMINAL" = yes ]; then
		read -r rows columns < <(stty size)
	fi
	{
		printf 'NAME=%q\nTRANSPORT=%q\n' "$NAME" "$TRANSPORT"
		printf 'ROOT=%q\nREPO=%q\n' "$(cat "$KERNEL/root")" "$REPO"
		printf 'CACHE=%q\n' "$CACHE"
		printf 'MODULES=%q\n' "$(readlink -f "$KERNEL/modules")"
		printf 'LEAK_CHECK=%q\nTERMINAL=%q\n' "$LEAK_CHECK" "$TERMINAL"
		printf 'ROWS=%q\nCOLUMNS=%q\n' "$rows" "$columns"
	} >"$JOB/initrd.d/vm.conf"
}

make_initrd()
{
	local applet

	mkdir -p "$JOB/initrd.d/bin"
	write_job
	write_conf
	cp /bin/busybox "$JOB/initrd.d/bin/busybox"
	for applet in mkdir mount insmod uname cp switch_root; do
		ln -s busybox "$JOB/initrd.d/bin/$applet"
	done
	cp "$VM_DIR/init.early" "$JOB/initrd.d/init"
	cp "$VM_DIR/init.guest" "$JOB/initrd.d/"
	chmod 755 "$JOB/initrd.d/init"
	if [ -d "$KERNEL/early" ]; then
		cp -r "$KERNEL/early" "$JOB/initrd.d/"
	fi
	(cd "$JOB/initrd.d" && find . | cpio -o -H newc --quiet) >"$JOB/initrd"
}

# The guest's lines are pipes, each with a reader of ours: a regular file
# would not do for user-mode Linux, and the caller's own descriptors would
# come back non-blocking.
open_lines()
{
	local line

	for line in console status out err; do
		rm -f "$JOB/$line.pipe"
		mkfifo "$JOB/$line.pipe"
	done
	READERS=()
	if [ -n "${V-}" ]; then
		tee "$JOB/console" <"$JOB/console.pipe" >&2 &
	else
		cat <"$JOB/console.pipe" >"$JOB/console" &
	fi
	READERS+=($!)
	cat <"$JOB/status.pipe" >"$JOB/status" &
	READERS+=($!)
	cat <"$JOB/out.pipe" &
	READERS+=($!)
	cat <"$JOB/err.pipe" >&2 &
	READERS+=($!)
}

command_line()
{
	local words="loglevel=8 ignore_loglevel hung_task_panic=0"

	case $NAME in
	# Checked slabs have no per-CPU sheaves, whose stale pointers would hide
	# a leak of less than some dozen objects from kmemleak.
	*-debug) words+=" panic_on_warn=1 slab_debug=F" ;;
	esac
	printf '%s panic=-1 oops=panic mitigations=off net.ifnames=0' "$words"
}

# A session of its own, as nice as this one: a scheduler that groups by session would
# begin with 0 whatever the niceness of its processes.
# shellcheck disable=SC2016
OWN_SESSION=(setsid sh -c 'nice 2>/dev/null >/proc/self/autogroup; exec "$@"' sh)

# Numbers of the processors that this process may use, one a line.
processors()
{
	sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr , '\n' |
		while IFS=- read -r first last; do
			seq "$first" "${last:-$first}"
		done
}

# take_processor: sets PROCESSOR to the one that has the fewest guests, and keeps a lock
# that says so for as long as this process and its guest live.
take_processor()
{
	local cpus slot=0 lock

	mapfile -t cpus < <(processors)
	mkdir -p "$CACHE/slots"
	while true; do
		exec {lock}>"$CACHE/slots/$slot"
		! flock -n "$lock" || break
		exec {lock}>&-
		slot=$((slot + 1))
	done
	PROCESSOR=${cpus[slot % ${#cpus[@]}]}
}

start_uml()
{
	local lines=(con=null "con0=null,fd:10" ssl=null "ssl0=null,fd:11"
		"ssl1=null,fd:12" "ssl2=null,fd:13")
	local words prefix=("${OWN_SESSION[@]}") PROCESSOR

	if [ "$TERMINAL" = yes ]; then
		lines+=("ssl3=fd:14,fd:15")
		prefix=()
	fi
	# User-mode Linux takes the initrd's memory from memblock and gives it
	# back behind kmemleak's back, which would then look for references in
	# whatever lies there next, its own records included, and find no leak.
	#
	# By seccomp a system call of a guest's process reaches its kernel without
	# ptrace, which is half the time of whatever runs scripts.
	#
	# The guest's kernel and its processes take turns. When each turn does not
	# wake another processor it costs a third less.
	take_processor
	read -ra words <<<"$(command_line) retain_initrd seccomp=auto"
	"${prefix[@]}" taskset -c "$PROCESSOR" "$KERNEL/image" "mem=${MEM}M" "initrd=$JOB/initrd" \
		"uml_dir=$JOB/" umid=uml "${lines[@]}" "${words[@]}" \
		10>"$JOB/console.pipe" 11>"$JOB/status.pipe" \
		12>"$JOB/out.pipe" 13>"$JOB/err.pipe" 14<&0 15>&1 \
		</dev/null >&10 2>&1 &
	GUEST=$!
}

qemu_lines()
{
	local line

	printf '%s\n' -chardev "file,id=console,path=$JOB/console.pipe" \
		-serial chardev:console
	if [ "$TERMINAL" = yes ]; then
		printf '%s\n' -chardev stdio,id=tty,signal=off -serial chardev:tty
	fi
	printf '%s\n' -device virtio-serial-pci
	for line in status out err; do
		printf '%s\n' -chardev "file,id=$line,path=$JOB/$line.pipe" \
			-device "virtserialport,chardev=$line,name=$line"
	done
}

qemu_shares()
{
	local tag path

	while read -r tag path; do
		printf '%s\n' -fsdev \
			"local,id=$tag,path=$path,security_model=none,readonly=on,multidevs=remap" \
			-device "virtio-9p-pci,fsdev=$tag,mount_tag=$tag"
	done <<-END
		root $(cat "$KERNEL/root")
		repo $REPO
		cache $CACHE
	END
}

# start_qemu kvm|tcg
start_qemu()
{
	local machine=(-accel kvm -cpu host) lines shares prefix=("${OWN_SESSION[@]}")
	local input=/dev/null

	if [ "$1" = tcg ]; then
		machine=(-accel "tcg,thread=multi" -cpu "max,la57=off")
	fi
	if [ "$TERMINAL" = yes ]; then
		prefix=()
		input=/dev/stdin
	fi
	# q35, because the interrupt routing of the older machine is an AML loop
	# that a debug kernel under emulation does not finish in ACPI's 30 s.
	mapfile -t lines < <(qemu_lines)
	mapfile -t shares < <(qemu_shares)
	"${prefix[@]}" qemu-system-x86_64 -nodefaults -no-user-config \
		-M q35 -display none -no-reboot "${machine[@]}" -m "$MEM" -smp "$CPUS" \
		-kernel "$KERNEL/image" -initrd "$JOB/initrd" \
		-append "console=ttyS0 earlyprintk=ttyS0 $(command_line)" \
		-device virtio-rng-pci "${lines[@]}" "${shares[@]}" \
		<"$input" 2>"$JOB/qemu" &
	GUEST=$!
}

stop_guest()
{
	[ -n "${GUEST-}" ] || return 0
	kill -KILL "$GUEST" 2>/dev/null || true
	# User-mode Linux is many processes, in a session of their own.
	if [ "$TERMINAL" = no ]; then
		kill -KILL -- "-$GUEST" 2>/dev/null || true
	fi
	wait "$GUEST" 2>/dev/null || true
	GUEST=
}

close_lines()
{
	wait "${READERS[@]}" 2>/dev/null || true
}

# wait_guest SECONDS: succeeds when the guest has ended by itself in time.
wait_guest()
{
	local timer first

	if [ "$TERMINAL" = yes ]; then
		wait "$GUEST" || true
		return 0
	fi
	sleep "$1" &
	timer=$!
	wait -n -p first "$GUEST" "$timer" 2>/dev/null || true
	kill "$timer" 2>/dev/null || true
	[ "$first" = "$GUEST" ]
}

boot_uml()
{
	open_lines
	start_uml
}

# Succeeds when the kernel says its first word in time. The firmware's words
# prove nothing: there are machines where a guest gets no further.
kvm_speaks()
{
	local end=$((SECONDS + KVM_SILENCE))

	while [ "$SECONDS" -lt "$end" ]; do
		! grep -qs 'Linux version' "$JOB/console" || return 0
		kill -0 "$GUEST" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

boot_qemu()
{
	local verdict

	verdict=$CACHE/kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ "$ACCEL" = auto ]; then
		ACCEL=$(cat "$verdict" 2>/dev/null || echo unknown)
		[ -w /dev/kvm ] || ACCEL=tcg
	fi
	open_lines
	if [ "$ACCEL" != unknown ]; then
		start_qemu "$ACCEL"
		return
	fi
	start_qemu kvm
	if kvm_speaks; then
		echo kvm >"$verdict"
		return
	fi
	say "a kernel under KVM says nothing for $KVM_SILENCE s: emulating instead"
	stop_guest
	close_lines
	echo tcg >"$verdict"
	open_lines
	start_qemu tcg
}

show_console()
{
	say "$1; the last lines of the console:"
	tail -n 40 "$JOB/console" >&2
	cat "$JOB/qemu" >&2 2>/dev/null || true
}

# Prints the surroundings of each complaint.
splats()
{
	tr -d '\r' <"$JOB/console" | grep -nE -B3 -A45 -e "$SPLATS" |
		grep -vE "$HARMLESS" | head -n 200
}

has_splat()
{
	grep -E -e "$SPLATS" "$JOB/console" | grep -qvE "$HARMLESS"
}

# verdict IN-TIME: the exit status.
verdict()
{
	local rc

	rc=$(sed -n 's/^exit \([0-9]*\).*/\1/p' "$JOB/status")
	if has_splat; then
		say "the kernel $NAME complained:"
		splats >&2
		return "$SPLAT"
	fi
	if ! grep -q '^up' "$JOB/status"; then
		rm -f "$CACHE"/kvm-*
		show_console "the kernel $NAME did not boot"
		return "$BOOT_FAILED"
	fi
	if [ "$1" = no ]; then
		show_console "the time of $TIMEOUT s is over"
		return "$TIME_OVER"
	fi
	if [ -z "$rc" ]; then
		show_console "the guest died"
		return "$BOOT_FAILED"
	fi
	return "$rc"
}

clean_up()
{
	stop_guest
	[ -z "${STTY-}" ] || stty "$STTY"
	rm -rf "$JOB"
}

parse "$@"
"$VM_DIR/deps.sh" run
KERNEL=$("$VM_DIR/kernel.sh" "$NAME")
case $(cat "$KERNEL/arch") in
um) TRANSPORT=hostfs ;;
*) TRANSPORT=9p ;;
esac
case $NAME in
*-debug) : "${MEM:=2048}" ;;
*) : "${MEM:=1024}" ;;
esac
if [ "$TRANSPORT" = 9p ]; then
	: "${CPUS:=2}"
else
	: "${CPUS:=1}"
fi

JOB=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
make_initrd
if [ "$TERMINAL" = yes ]; then
	STTY=$(stty -g)
	stty raw -echo
fi
in_time=yes
if [ "$TRANSPORT" = hostfs ]; then
	boot_uml
else
	boot_qemu
fi
wait_guest "$TIMEOUT" || in_time=no
stop_guest
close_lines
if [ "$TERMINAL" = yes ]; then
	stty "$STTY"
fi
verdict "$in_time"
