# SPDX-License-Identifier: GPL-2.0-or-later
"""
Every reason to drop a packet, provoked and counted exactly once. Each row makes
its own session, provokes its reason and returns the session (None when the drop
belongs to no session) and how many packets it has thrown away.
"""

import os
import socket

import genl
from bed import (CALL_A, COMP, INNER_B, IP, LCP, OUTER_A, PORT, VJ, Bed, Peer, Tap, control,
                 frame, gre, key_of, send_all, udp4, wait)

KEY = key_of(128)
NOISE = bytes(range(7, 207, 3))
IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, SO_SNDBUFFORCE = 10, 3, 32
QUEUE = 4096        # KPPTP_RXQ_MAX
FEW = 20            # packets of a session beside one that floods

bed = Bed()
calls = iter(range(CALL_A, 65535))
rows = {}


def row(function):
    rows[function.__name__.replace("_", "-")] = function
    return function


def session(**values):
    """A new session on A's device, and its peer."""
    call = next(calls)
    number = bed.session(call=call, **values)
    key = values.get("key")
    return number, Peer(bed, call, key=key, stateless=values.get("stateless", 1))


def send_udp(count=1, size=10, probe=False):
    with bed.a.udp() as sock:
        if probe:
            sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        for _ in range(count):
            sock.sendto(bytes(size), (INNER_B, PORT))


@row
def gre_short():
    number, peer = session()
    peer.raw(gre(seq=1, ack=1, call=peer.call)[:12])
    return None, 1


@row
def gre_flags():
    number, peer = session()
    wrong = (0xb001, 0x7001, 0x1001, 0x3801, 0x3101, 0x2001)
    for flags in wrong:
        peer.raw(gre(bytes(8), seq=1, flags=flags, call=peer.call))
    peer.raw(gre(bytes(8), seq=1, kind=0x0800, call=peer.call))
    return None, len(wrong) + 1


@row
def gre_length():
    number, peer = session()
    peer.raw(gre(b"\xff\x03", seq=1, length=3, call=peer.call))
    return None, 1


@row
def no_session():
    number, peer = session()
    peer.raw(gre(frame(LCP, control(9)), seq=1, call=65535))
    # Another one waits for a missing one when its session goes.
    bed.nl.delete(number)
    number, peer = session(reorder_timeout=1000)
    peer.send(IP, udp4(b"x"))
    peer.take()
    peer.send(IP, udp4(b"x"))
    wait(lambda: bed.nl.stats(number)["reordered"] == 1)
    bed.nl.delete(number)
    return None, 2


@row
def seq_late():
    number, peer = session()
    first, late, ahead = (peer.data(b"x") for _ in range(3))
    peer.raw(first)
    peer.raw(ahead)
    wait(lambda: bed.nl.stats(number)["missing"] == 1)
    peer.raw(late)
    return number, 1


@row
def seq_duplicate():
    number, peer = session()
    peer.raw(peer.send(IP, udp4(b"x")))
    return number, 1


@row
def seq_jump():
    number, peer = session()
    peer.send(IP, udp4(b"x"))
    peer.raw(gre(frame(IP, udp4(b"x")), seq=100000, call=peer.call))
    return number, 1


def set_core(**values):
    for name, value in values.items():
        with open(f"/proc/sys/net/core/{name}", "w", encoding="ascii") as knob:
            knob.write(str(value))


@row
def rx_queue_full():
    """
    Packets wait in B until all of them leave in one go, and the stack of A takes
    them to the queue in one go, before the queue's own poll. That needs one CPU.
    Another session's few, behind all of them, have their place.
    """
    if os.cpu_count() > 1:
        return None
    number, peer = session()
    last = Peer(bed, next(calls))
    other = bed.session(call=last.call, device=False,
                        ifindex=bed.a.device("kp1", "10.0.1.1", "10.0.1.2"))
    peer.sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 27)
    set_core(dev_weight=4 * QUEUE, netdev_max_backlog=4 * QUEUE)
    packet = peer.send(IP, udp4(b"x"))
    wait(lambda: bed.nl.stats(number)["rx-packets"] == 1)

    sent = full = few = 0
    while not full and sent < 3 * QUEUE:
        sent += burst(peer, packet, QUEUE + 10, last)
        few += FEW
        wait(lambda: sum(bed.nl.drops(number).values()) == sent, 60)
        full = bed.nl.drops(number).get("rx-queue-full", 0)
    set_core(dev_weight=64, netdev_max_backlog=1000)
    tap.ok(wait(lambda: bed.nl.stats(other)["rx-packets"] == few),
           "rx-queue-full: of the session that fills the queue alone",
           bed.nl.drops(other))
    bed.a.ip("link del kp1")
    # How many fit depends on the poll; that one of them does not, may not.
    return number, {"rx-queue-full": max(full, 1), "seq-duplicate": sent - full}


def burst(peer, packet, count, last):
    """@count times the same packet, all of them at once, and then FEW of @last."""
    netem = f"dev v0 root netem limit {4 * QUEUE} slot"
    mac = bed.a.ip("-o link show v0").stdout.split("link/ether ")[1].split()[0]
    # ARP would have to wait behind the packets that wait for it.
    bed.b.ip(f"neigh replace {OUTER_A} lladdr {mac} dev v0 nud permanent")
    bed.b.run(f"tc qdisc add {netem} 1000s")
    peer.raw(packet)        # opens the first slot, which is over at once
    send_all(peer.sock, [packet] * (count - 1))
    for _ in range(FEW - 1):
        last.send(IP, udp4(b"x"))
    bed.b.run(f"tc qdisc change {netem} 0ms")
    last.send(IP, udp4(b"x"))
    wait(lambda: " 0b 0p " in bed.b.run("tc -s qdisc show dev v0").stdout, 60)
    bed.b.run("tc qdisc del dev v0 root")
    return count


class Failslab:
    """The next allocation of a size, by a softirq or with BH off, fails."""

    PATH = "/sys/kernel/debug/failslab"

    def __init__(self, cache):
        self.cache = cache

    def write(self, name, value):
        with open(name if name[0] == "/" else f"{self.PATH}/{name}", "w",
                  encoding="ascii") as knob:
            knob.write(str(value))

    def __enter__(self):
        self.write(f"/sys/kernel/slab/{self.cache}/failslab", 1)
        for name, value in (("cache-filter", "Y"), ("ignore-gfp-wait", "Y"), ("verbose", 0),
                            ("probability", 100), ("interval", 1), ("times", 1)):
            self.write(name, value)

    def __exit__(self, *_):
        self.write("probability", 0)
        self.write(f"/sys/kernel/slab/{self.cache}/failslab", 0)


def onlooker():
    """Makes every packet of A shared, so that the module needs a copy."""
    with bed.a:
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))


def one_failure(number, provoke):
    """@provoke until the module's allocation is the one that fails."""
    if not os.path.exists(Failslab.PATH):
        return None
    for cache in ("kmalloc-2k", "kmalloc-4k", "kmalloc-1k"):
        for _ in range(5):
            with Failslab(cache):
                provoke()
                wait(lambda: bed.nl.drops(number), 0.2)
            if bed.nl.drops(number):
                return number, 1
    return number, 1


@row
def rx_no_memory():
    """A packet that somebody else looks at too must be copied to be decrypted."""
    number, peer = session(key=KEY)
    with onlooker():
        return one_failure(number, lambda: peer.send(IP, udp4(bytes(1200))))


@row
def ppp_frame():
    number, peer = session()
    peer.raw(gre(b"\xff\x03\x00\x00", seq=1, call=peer.call))
    return number, 1


@row
def rx_cleartext():
    number, peer = session(flags="up require-mppe")
    peer.send(IP, udp4(b"x"))
    return number, 1


@row
def mppe_no_key():
    number, peer = session()
    peer.send(COMP, b"\x90\x00" + NOISE)
    return number, 1


@row
def mppe_short():
    number, peer = session(key=KEY)
    peer.raw(gre(frame(COMP, b"\x90\x00"), seq=1, call=peer.call))
    return number, 1


@row
def mppe_bits():
    number, peer = session(key=KEY)
    for head in (b"\x10\x00", b"\x80\x00", b"\xd0\x00", b"\xb0\x00"):
        peer.raw(gre(frame(COMP, head + NOISE), seq=1, call=peer.call))
    return number, 4


@row
def mppe_replay():
    number, peer = session(key=KEY)
    peer.send(IP, udp4(b"x"))
    peer.raw(gre(frame(COMP, b"\x90\x00" + NOISE), seq=2, call=peer.call))
    return number, 1


@row
def mppe_far():
    number, peer = session(key=KEY)
    peer.send(IP, udp4(b"x"))
    peer.raw(gre(frame(COMP, b"\x93\xe8" + NOISE), seq=1001, call=peer.call))
    return number, 1


@row
def mppe_discard():
    number, peer = session(key=KEY, stateless=0)
    peer.raw(gre(frame(COMP, b"\x10\x05" + NOISE), seq=1, call=peer.call))
    return number, 1


@row
def mppe_implausible():
    number, peer = session(key=KEY)
    peer.raw(gre(frame(COMP, b"\x90\x00" + NOISE), seq=1, call=peer.call))
    return number, 1


@row
def inner_proto():
    number, peer = session()
    peer.send(VJ, udp4(b"x"))
    peer.send(IP, udp4(b"x")[:19])
    return number, 2


@row
def not_up():
    number, peer = session(flags="")
    peer.send(IP, udp4(b"x"))
    return number, 1


@row
def no_owner():
    number, peer = session()
    peer.send(LCP, control(9))
    return number, 1


@row
def owner_overrun():
    """What the owner finds in its buffer and what was dropped make the sum."""
    owner = bed.a.nl()
    owner.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    call = next(calls)
    number = bed.session("up control", call, nl=owner)
    peer = Peer(bed, call)
    sent = 60
    for _ in range(sent):
        peer.send(LCP, control(9, data=bytes(200)))
    wait(lambda: bed.nl.stats(number)["rx-control"] == sent)
    got = 0
    owner.sock.setblocking(False)
    while got < sent:
        try:
            got += len(owner.sock.recv(65536)) > 0
        except OSError as error:
            if error.errno != 105:      # ENOBUFS is told once
                break
    owner.sock.setblocking(True)
    rows_kept.append(owner)
    assert 0 < got < sent, got
    return number, sent - got


@row
def inner_source():
    """Of two addresses one is the session's."""
    bed.a.ip("link add m0 type kpptp-mp")
    bed.a.ip("link set m0 up")
    with bed.a:
        index = socket.if_nametoindex("m0")
    number, peer = session(device=False, ifindex=index, inner=[{"address": "10.0.0.7"}])
    peer.send(IP, udp4(b"x", "10.0.0.7"))
    peer.send(IP, udp4(b"x", "10.0.0.8"))
    wait(lambda: bed.nl.stats(number)["rx-packets"] == 1)
    return number, 1


@row
def tx_no_session():
    """
    A device without carrier is closed to senders, but the stack is slow to
    notice the second time in a second; that gap is where this drop is.
    """
    number, _ = session()
    for _ in range(50):
        for flags in ("", "up", ""):
            bed.nl.set(number, flags=flags, flags_mask="up")
        send_udp()
        if bed.nl.drops(number):
            break
        bed.nl.set(number, flags="up", flags_mask="up")
    return number, 1


@row
def tx_cleartext():
    number, _ = session(flags="up require-mppe")
    send_udp()
    return number, 1


@row
def tx_too_big():
    number, _ = session()
    bed.a.ip("link set kp0 mtu 3000")
    send_udp(size=2000, probe=True)
    bed.a.ip("link set kp0 mtu 1456")
    return number, 1


@row
def tx_proto():
    number, _ = session()
    with bed.a, socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sock:
        sock.sendto(bytes(40), ("kp0", 0x88b5))
        sock.sendto(bytes(40), ("kp0", 0x0800))
        sock.sendto(b"\x45" + bytes(10), ("kp0", 0x0800))
    return number, 3


@row
def tx_no_memory():
    number, _ = session()
    with onlooker():
        return one_failure(number, lambda: send_udp(size=1200))


@row
def tx_no_route():
    number, _ = session()
    bed.a.ip("route add unreachable 192.0.2.2/32")
    send_udp()
    bed.a.ip("route del unreachable 192.0.2.2/32")
    return number, 1


@row
def tx_loop():
    number, _ = session()
    bed.a.ip("route add 192.0.2.2/32 dev kp0")
    send_udp()
    bed.a.ip("route del 192.0.2.2/32 dev kp0")
    return number, 1


@row
def tx_demand():
    number = bed.nl.new(flags="demand", ifindex=bed.ifindex)
    wait(lambda: bed.nl.running(bed.ifindex))
    for _ in range(17):
        send_udp()
    return number, 1


def try_row(tap, reason, provoke):
    """The reason counts what the row says, and nothing else counts."""
    before = bed.nl.drops()

    def new():
        counts = {r: c - before.get(r, 0) for r, c in bed.nl.drops().items()}
        return {r: c for r, c in counts.items() if c}

    number, want = provoke() or (None, None)
    if want is None:
        tap.skip(reason, "needs fault injection" if "memory" in reason else "needs one CPU")
        return
    if isinstance(want, int):
        want = {reason: want}
    wait(lambda: new() == want, 10)
    tap.equal(new(), want, reason)
    if number:
        tap.equal(bed.nl.drops(number), want, f"{reason}: of the session")


def clear():
    for known in bed.nl.call("session-get", dump=True):
        bed.nl.delete(known["id"])


rows_kept = []
tap = Tap()
for reason in genl.NUMBERS["DROPS"]:
    if reason in ("pad", "max"):
        continue
    if reason in rows:
        try_row(tap, reason, rows[reason])
        clear()
    else:
        tap.ok(False, f"{reason}: no row provokes it")
tap.equal(set(rows) - set(genl.NUMBERS["DROPS"]), set(), "no row is of no reason")
tap.done()
