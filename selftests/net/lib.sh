# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the tests of the module share, on top of the kernel's own net/lib.sh:
#
#        A  192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2  B
#
# KSRC      a kernel source tree, for its selftests' helpers
# KPPTP_MODULE  the module to load; without it, whatever modprobe finds

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$TESTS/../.." && pwd)
: "${KSRC:=$("$TOP/selftests/vm/kernel.sh" --source)}"

captures=()

export PYTHONDONTWRITEBYTECODE=1
# shellcheck source=/dev/null
. "$KSRC/tools/testing/selftests/net/lib.sh"
# shellcheck source=/dev/null
. "$KSRC/tools/testing/selftests/kselftest/ktap_helpers.sh"

# kselftest's own asks ten times a second, and asking costs as much: several guests that wait
# on one processor would have no time for what they wait for.
slowwait()
{
	local timeout_sec=$1
	shift

	loopy_wait "sleep 0.4" "$((timeout_sec * 1000))" "$@"
}

# In a guest the daemon has its own user, as it has where it was installed; on a machine
# that is not ours to change it may have none, and stays root.
[ -z "${KPPTP_KERNEL:-}" ] || grep -q ^kpptp: /etc/passwd ||
	echo 'kpptp:x:899:899::/:/usr/sbin/nologin' >>/etc/passwd

# Fails, skips: what a script says instead of a plan when it cannot begin.
skip_all()
{
	ktap_print_header
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

# check WHAT COMMAND...: one line of TAP, ok when COMMAND succeeds.
check()
{
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then
		ktap_test_pass "$what"
	else
		ktap_test_fail "$what"
		[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
	fi
}

# load_module [PARAMETER...]: unless it is there.
load_module()
{
	[ -d /sys/module/kpptp ] && return
	if [ -n "${KPPTP_MODULE:-}" ]; then
		modprobe -q gre 2>/dev/null
		insmod "$KPPTP_MODULE" "$@"
	else
		modprobe kpptp "$@"
	fi
}

# lanes_here: the ways to run RC4 that this machine has.
lanes_here()
{
	echo scalar1
	echo scalar4
	! grep -qw sse4_1 /proc/cpuinfo || echo sse4
}

# rmmod fails while somebody still reads from the family; it does not wait.
unload_module()
{
	[ ! -d /sys/module/kpptp ] || slowwait 20 rmmod kpptp
}

# wire NS NS NETWORK: both ends are called v0 and have NETWORK.1 and NETWORK.2; no IPv6,
# so that nothing is sent that a test did not send.
wire()
{
	local ns

	ip link add v0 netns "$1" type veth peer name v0 netns "$2" || return
	for ns in "$1" "$2"; do
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
		ip -n "$ns" link set v0 up
	done
	ip -n "$1" addr add "$3.1/24" dev v0
	ip -n "$2" addr add "$3.2/24" dev v0
}

# make_pair: the namespaces of the drawing, named in NS_A and NS_B.
make_pair()
{
	setup_ns NS_A NS_B && wire "$NS_A" "$NS_B" 192.0.2
}

pptpctl_in()
{
	local ns=$1
	shift
	ip netns exec "$ns" "${PPTPCTL:-$TOP/build/userspace/pptpctl}" "$@"
}

# static_pair [ARG...]: a session on both ends, as devices t0 with 10.0.0.1 and
# 10.0.0.2, up; ARG... goes to pptpctl add-tunnel on both.
static_pair()
{
	pptpctl_in "$NS_A" add-tunnel t0 local 192.0.2.1 peer 192.0.2.2 \
		local-id 11 peer-id 22 "$@" || return
	pptpctl_in "$NS_B" add-tunnel t0 local 192.0.2.2 peer 192.0.2.1 \
		local-id 22 peer-id 11 "$@" || return
	ip -n "$NS_A" addr add 10.0.0.1 peer 10.0.0.2 dev t0
	ip -n "$NS_B" addr add 10.0.0.2 peer 10.0.0.1 dev t0
	ip -n "$NS_A" link set t0 up
	ip -n "$NS_B" link set t0 up
}

# C between the two, by links of its own:
#
#	A  198.51.100.1 -- v1 == v1 .2  C  .2 v2 == v2 -- 203.0.113.1  B
between()
{
	setup_ns NS_C || return
	ip link add v1 netns "$NS_A" type veth peer name v1 netns "$NS_C" &&
		ip link add v2 netns "$NS_B" type veth peer name v2 netns "$NS_C" &&
		ip -n "$NS_A" addr add 198.51.100.1/24 dev v1 &&
		ip -n "$NS_C" addr add 198.51.100.2/24 dev v1 &&
		ip -n "$NS_B" addr add 203.0.113.1/24 dev v2 &&
		ip -n "$NS_C" addr add 203.0.113.2/24 dev v2 &&
		ip -n "$NS_A" link set v1 up &&
		ip -n "$NS_C" link set v1 up &&
		ip -n "$NS_B" link set v2 up &&
		ip -n "$NS_C" link set v2 up
}

# on_a_bed PROGRAM [STEP...]: a test in Python, on both namespaces, and NS_C
# when a STEP has made it; its TAP and status are the script's. KPPTP_LANES: how RC4
# runs; each time another way by default. KPPTP_FAULTS: see under_faults.
on_a_bed()
{
	local program=$1 step lanes=${KPPTP_LANES:-$(lanes_here | shuf -n 1)}
	shift
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	trap 'cleanup_all_ns; unload_module 2>/dev/null' EXIT
	load_module rc4_lanes="$lanes" || skip_all "cannot load kpptp"
	echo "# rc4_lanes=$lanes"
	for step in make_pair "$@"; do
		"$step" || skip_all "cannot make namespaces"
	done
	if [ -n "${KPPTP_FAULTS:-}" ]; then
		under_faults "$program" "$NS_A" "$NS_B" ${NS_C:+"$NS_C"}
	else
		/usr/bin/python3 "$TESTS/$program" "$NS_A" "$NS_B" ${NS_C:+"$NS_C"}
	fi
}

# under_faults PROGRAM ARG...: while KPPTP_FAULTS of a hundred allocations for packets
# fail. What the program makes of that is told and does not count; the kernel's word does.
under_faults()
{
	local program=$1
	shift
	/usr/bin/python3 "$TESTS/failslab.py" "$KPPTP_FAULTS" || skip_all "no failslab"
	timeout -k 5 150 /usr/bin/python3 "$TESTS/$program" "$@" 2>&1 | sed 's/^/# /'
	/usr/bin/python3 "$TESTS/failslab.py" 0
	ktap_print_header
	ktap_set_plan 1
	ktap_test_pass "$program ends, and so do its faults"
	ktap_finished
}

# capture_start NS FILE: everything of PPTP on all devices of a namespace. The
# buffer holds so many packets as have room in it with their largest size, which
# is for that reason not the usual 256 KiB.
capture_start()
{
	ip netns exec "$1" tcpdump -Z root -B 16384 -s 4096 --immediate-mode -U -i any -w "$2" \
		'tcp port 1723 or proto 47' 2>"$2.log" &
	captures+=($!)
	slowwait 180 grep -q 'listening on' "$2.log"
}

capture_stop()
{
	local pid
	for pid in "${captures[@]}"; do
		kill -INT "$pid"
		wait "$pid"
	done
	captures=()
}

# well_formed FILE: the capture of tcpdump is complete, and decodes.
well_formed()
{
	grep -q '^0 packets dropped by kernel' "$1.log" || {
		cat "$1.log"
		return 1
	}
	decodes "$1"
}

# decodes FILE: tshark finds PPP over GRE in a capture, and no packet malformed. UDP
# inside of it is the tests' own, in which tshark would see what it looks like by
# chance. Not for the captures of hostile.sh and drops.sh, whose peers say wrong things.
decodes()
{
	tshark -n -r "$1" --disable-protocol udp -T fields -e frame.number \
		-e frame.protocols -e _ws.malformed \
		>"$1.packets" 2>"$1.err" || { cat "$1.err"; return 1; }
	echo "$(grep -c . "$1.packets") packets"
	grep -q ':gre:ppp' "$1.packets" &&
		! awk -F '\t' '$3 != "" || /malformed/' "$1.packets" | grep .
}

# certificate_authority DIR NAME: NAME.pem and NAME.key, and what openssl keeps of it.
certificate_authority()
{
	: >"$1/$2.index"
	echo 01 >"$1/$2.serial"
	cat >"$1/$2.conf" <<-END
		[ca]
		default_ca = this
		[this]
		database = $1/$2.index
		serial = $1/$2.serial
		crlnumber = $1/$2.serial
		new_certs_dir = $1
		certificate = $1/$2.pem
		private_key = $1/$2.key
		default_md = sha256
		default_days = 30
		default_crl_days = 30
		unique_subject = no
		policy = any
		x509_extensions = leaf
		[any]
		commonName = supplied
		[leaf]
		basicConstraints = CA:FALSE
	END
	openssl req -x509 -days 30 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj "/CN=$2" -keyout "$1/$2.key" -out "$1/$2.pem"
}

# certificate DIR CA NAME [OPTION-OF-OPENSSL-CA...]: NAME.pem and NAME.key.
certificate()
{
	local dir=$1 ca=$2 name=$3
	shift 3
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
		-keyout "$dir/$name.key" -out "$dir/$name.csr" &&
		openssl ca -batch -notext -config "$dir/$ca.conf" -in "$dir/$name.csr" \
			-out "$dir/$name.pem" "$@"
}

# revoke DIR CA NAME: NAME.pem is in CA.crl from now on.
revoke()
{
	openssl ca -config "$1/$2.conf" -revoke "$1/$3.pem" &&
		openssl ca -config "$1/$2.conf" -gencrl -out "$1/$2.crl"
}
