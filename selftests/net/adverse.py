# SPDX-License-Identifier: GPL-2.0-or-later
"""
Routes, links, sizes, a router and memory change under the traffic of two sessions, one
of each mode of MPPE. Whatever happens, both go on. Run by adverse.sh.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time

from bed import OUTER_A, OUTER_B, Bed, Namespace, Tap, key_of, wait

PATIENCE = 60           # seconds
MORE = 5                # packets that show that a session goes on
FLAPS = 5
OVERHEAD = 44           # octets of IP, GRE, PPP and MPPE before a packet
CONNTRACK_MAX = "/proc/sys/net/netfilter/nf_conntrack_max"
SPARE = 48 << 10        # KiB that are left when memory is short
SLOW = "debug" in os.environ.get("KPPTP_KERNEL", "")    # each process costs a second

bed = Bed()
tap = Tap()
c = Namespace(sys.argv[3])
far = bed.b.nl()


class Pair:
    """A session on both sides, with a ping all the time."""

    def __init__(self, number, stateless):
        self.mode = "stateless" if stateless else "stateful"
        self.device = f"kp{number}"
        self.inner = f"10.0.{number}.1", f"10.0.{number}.2"
        self.index = bed.a.device(self.device, *self.inner)
        key = {"bits": 128, "stateless": stateless, "key": key_of(128)}
        both = {"flags": "up require-mppe", "mppe_tx": key, "mppe_rx": key}
        self.here = bed.nl.new(local_address=OUTER_A, peer_address=OUTER_B,
                               local_call_id=100 + number, peer_call_id=200 + number,
                               ifindex=self.index, **both)
        self.there = far.new(local_address=OUTER_B, peer_address=OUTER_A,
                             local_call_id=200 + number, peer_call_id=100 + number,
                             ifindex=bed.b.device(self.device, *self.inner[::-1]), **both)
        self.ping = subprocess.Popen(
            ["ip", "netns", "exec", bed.a.name, "ping", "-q", "-i", "0.05", self.inner[1]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def received(self):
        return (bed.nl.stats(self.here)["rx-packets"],
                far.stats(self.there)["rx-packets"])

    def end(self):
        self.ping.terminate()
        self.ping.wait()
        bed.nl.delete(self.here)
        far.delete(self.there)


pairs = [Pair(0, 1), Pair(1, 0)]


def goes_on(name):
    want = [[count + MORE for count in pair.received()] for pair in pairs]

    def gone_on():
        time.sleep(0.1)
        return all(count >= least for pair, then in zip(pairs, want)
                   for count, least in zip(pair.received(), then))

    tap.ok(wait(gone_on, PATIENCE), f"{name}: both go on",
           ([pair.received() for pair in pairs], want,
            [(bed.nl.drops(pair.here), far.drops(pair.there)) for pair in pairs]))


def forwarded():
    """Packets that C has taken on."""
    with c, open("/proc/thread-self/net/snmp", encoding="ascii") as snmp:
        names, values = [line.split() for line in snmp if line.startswith("Ip: ")]
    return int(values[names.index("ForwDatagrams")])


def through_c(name):
    before = forwarded()
    goes_on(name)
    tap.ok(forwarded() - before >= 4 * MORE, f"{name}: through the router", forwarded() - before)


def batch(ns, lines):
    """Commands of ip; one process for all of them."""
    subprocess.run(["ip", "-n", ns.name, "-batch", "-"], input=lines, text=True, check=True)


@contextlib.contextmanager
def both(add, undo):
    """Both ends do as @add says, and as @undo says in the end."""
    ends = ((bed.a, {"us": OUTER_A, "peer": OUTER_B, "via": "198.51.100.2"}),
            (bed.b, {"us": OUTER_B, "peer": OUTER_A, "via": "203.0.113.2"}))
    for side, words in ends:
        batch(side, add.format(**words))
    yield
    for side, words in ends:
        batch(side, undo.format(**words))


def by_router():
    return both("route add {peer}/32 via {via} src {us}", "route del {peer}/32")


def other_route():
    with by_router():
        through_c("a route through a router")
    goes_on("the former route")
    # Only one of the two goes the other way: what comes need not come from there.
    bed.a.ip(f"route add {OUTER_B}/32 via 198.51.100.2 src {OUTER_A}")
    goes_on("there and back by different ways")
    bed.a.ip(f"route del {OUTER_B}/32")


def no_route():
    bed.a.ip(f"route add unreachable {OUTER_B}/32")
    for pair in pairs:
        tap.ok(wait(lambda: bed.nl.drops(pair.here).get("tx-no-route", 0) >= 3, PATIENCE),
               f"no route: {pair.mode} says so", bed.nl.drops(pair.here))
    bed.a.ip(f"route del unreachable {OUTER_B}/32")
    goes_on("the route is back")


def policy_routing():
    table = "route add default via {via} src {us} table 77\n"
    flush = "route flush table 77\n"
    with both(table + "rule add from {us} ipproto gre table 77",
              flush + "rule del from {us} ipproto gre table 77"):
        through_c("a rule for the source and GRE")
    for side in (bed.a, bed.b):
        side.run(["nft", "add table ip m; add chain ip m o { type route hook output "
                         "priority -150; }; add rule ip m o ip protocol gre meta mark set 7"])
    with both(table + "rule add fwmark 7 table 77", flush + "rule del fwmark 7 table 77"):
        through_c("a rule for a mark")
    goes_on("no rule")


def flap(ns, device):
    batch(ns, f"link set {device} down\nlink set {device} up\n" * FLAPS)


def flaps():
    for name, ns in (("ours", bed.a), ("the peer's", bed.b)):
        flap(ns, "v0")
        goes_on(f"{FLAPS} flaps of the link, {name}")
    for pair in pairs:
        flap(bed.a, pair.device)
    goes_on(f"{FLAPS} flaps of the session's own device")


def large(name):
    """Pings of 1200 octets, which may be fragmented."""
    for pair in pairs:
        out = bed.a.run(["ping", "-q", "-c", "3", "-i", "0.05", "-W", "20", "-s", "1200",
                         "-M", "dont", pair.inner[1]], check=False).stdout
        tap.ok("3 received" in out, f"{name}: 1200 octets arrive, {pair.mode}", out)


def outer_sizes():
    for mtu in (1000, 1500):
        for side in (bed.a, bed.b):
            side.ip(f"link set v0 mtu {mtu}")
        goes_on(f"the link takes {mtu} octets")
        tap.equal([nl.get(number)["mtu"] for pair in pairs
                   for nl, number in ((bed.nl, pair.here), (far, pair.there))],
                  [mtu - OVERHEAD] * 4, f"the link takes {mtu} octets: sessions know")
        large(f"the link takes {mtu} octets")


def inner_sizes():
    for mtu in (576, 1456):
        for pair in pairs:
            bed.a.ip(f"link set {pair.device} mtu {mtu}")
        goes_on(f"the session's device takes {mtu} octets")
        large(f"the session's device takes {mtu} octets")


def set_conntrack_max(number):
    with open(CONNTRACK_MAX, encoding="ascii") as knob:
        before = knob.read().strip()
    with open(CONNTRACK_MAX, "w", encoding="ascii") as knob:
        knob.write(str(number))
    return before


def stranger():
    """Somebody else comes through C."""
    return bed.a.run(["ping", "-q", "-c", "1", "-W", "1", "203.0.113.1"],
                     check=False).returncode == 0


def full_conntrack():
    """A router remembers what it knows, and has no room for anything else."""
    if not os.path.exists(CONNTRACK_MAX):
        tap.skip("a router without room", "no conntrack")
        return
    c.run(["nft", "add table ip r; add chain ip r f { type filter hook forward priority 0; }; "
                  "add rule ip r f ct state new counter"])
    bed.a.ip("route add 203.0.113.0/24 via 198.51.100.2")
    bed.b.ip("route add 198.51.100.0/24 via 203.0.113.2")
    with by_router():
        goes_on("a router that remembers")
        tap.ok(wait(stranger), "a router that remembers: a stranger passes")
        before = set_conntrack_max(1)
        tap.ok(wait(lambda: not stranger()), "a router without room: a stranger does not")
        through_c("a router without room")
        set_conntrack_max(before)
        tap.ok(wait(stranger), "a router with room again: a stranger passes")
        goes_on("a router with room again")
    bed.a.ip("route del 203.0.113.0/24")
    bed.b.ip("route del 198.51.100.0/24")
    c.run(["nft", "delete table ip r"])


def available():
    """KiB that somebody could still have."""
    with open("/proc/meminfo", encoding="ascii") as info:
        return next(int(line.split()[1]) for line in info if line.startswith("MemAvailable:"))


def little_memory():
    """Only in a guest, which has nobody else's programs in it."""
    if "KPPTP_KERNEL" not in os.environ:
        tap.skip("little memory", "takes all that there is: in a guest only")
        return
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=95%", "none", place], check=True)
        with open(f"{place}/all", "wb") as file:
            while available() > SPARE + 4096:
                size = min(64 << 10, available() - SPARE) << 10
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
            tap.ok(available() < 2 * SPARE, "little memory is left", available())
            goes_on("little memory")
            large("little memory")
        subprocess.run(["umount", place], check=True)
    goes_on("memory again")


def end():
    """Neither end has thrown away anything for a reason that none of this explains."""
    known = {"tx-no-route", "tx-no-session", "not-up", "mppe-discard", "seq-jump", "seq-late"}
    for pair in pairs:
        seen = set(bed.nl.drops(pair.here)) | set(far.drops(pair.there))
        tap.equal(seen - known, set(), f"{pair.mode}: no other drops")
        pair.end()


goes_on("at first")
for test in (other_route, flaps, outer_sizes):
    test()
if not SLOW:
    for test in (no_route, policy_routing, inner_sizes, full_conntrack, little_memory):
        test()
end()
tap.done()
