# SPDX-License-Identifier: GPL-2.0-or-later
"""
Numbers that wrap under load, and outages, between two sessions of ours. Each takes C for
its peer. C passes on what comes and adds to the numbers, which for that reason wrap at
2^32 in the middle of whatever happens: nobody sends as many packets.

    A 198.51.100.1 ---- 198.51.100.2 C 203.0.113.2 ---- 203.0.113.1 B
"""

import contextlib
import os
import re
import socket
import struct
import sys
import threading

from bed import (CALL_A, CALL_B, INNER_A, INNER_B, PORT, SO_RCVBUFFORCE, Bed, Namespace, Tap,
                 key_of, receive_all, wait)

OUTER_A, NEAR_A = "198.51.100.1", "198.51.100.2"
OUTER_B, NEAR_B = "203.0.113.1", "203.0.113.2"
ONWARD = {socket.inet_aton(OUTER_A): (OUTER_B, 0), socket.inet_aton(OUTER_B): (OUTER_A, 0)}
UDP_SEGMENT = 103
SEGMENTS = 50       # datagrams of one system call
SERIAL = 8          # octets of a datagram
PATIENCE = 60       # seconds
SLOW = "debug" in os.environ.get("KPPTP_KERNEL", "")    # by ten times
MODES = {"no MPPE": {}, "stateless": {"bits": 128, "stateless": 1, "key": key_of(128)},
         "stateful": {"bits": 128, "stateless": 0, "key": key_of(128)}}

bed = Bed()
tap = Tap()
c = Namespace(sys.argv[3])
far = bed.b.nl()


class Middle(threading.Thread):
    """Passes GRE on; what its senders call number 1 comes out as number @first."""

    def __init__(self, first):
        super().__init__(daemon=True)
        self.shift = first - 1
        self.over = False
        self.last = {}      # number, by source
        with c:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.sock.settimeout(0.1)

    def run(self):
        while not self.over:
            with contextlib.suppress(TimeoutError):
                self.pass_on(self.sock.recv(65535))
        self.sock.close()

    def pass_on(self, packet):
        source, gre = packet[12:16], bytearray(packet[(packet[0] & 15) * 4:])
        at = 8
        if gre[0] & 0x10:
            self.last[socket.inet_ntoa(source)] = self.add(gre, at, self.shift)
            at += 4
        if gre[1] & 0x80:
            self.add(gre, at, -self.shift)
        self.sock.sendto(gre, ONWARD[source])

    @staticmethod
    def add(gre, at, shift):
        number = (struct.unpack_from("!I", gre, at)[0] + shift) & 0xffffffff
        struct.pack_into("!I", gre, at, number)
        return number


class End:
    """A session in one namespace: what it sends has serial numbers."""

    def __init__(self, ns, nl, number, inner):
        self.nl, self.number, self.inner = nl, number, inner
        self.sock = ns.udp(inner)
        self.sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, SERIAL)
        self.serial = 0
        self.lost = 0       # of those sent, on the way

    def send(self, to, count):
        texts = [(self.serial + i).to_bytes(SERIAL, "big") for i in range(count)]
        self.serial += count
        for at in range(0, count, SEGMENTS):
            self.sock.sendto(b"".join(texts[at:at + SEGMENTS]), (to.inner, PORT))
        return texts

    def stats(self, name):
        return self.nl.stats(self.number)[name]

    def drops(self):
        return self.nl.drops(self.number)

    def settled(self, source):
        """Each data packet of @source that came has been received or dropped."""
        return (self.stats("rx-packets") + sum(self.drops().values())
                >= source.serial - source.lost)

    def close(self):
        self.nl.delete(self.number)
        self.sock.close()


class Pair:
    """Two ends and C between them; gone at the end."""

    def __init__(self, mode, first):
        key = MODES[mode]
        keys = {"mppe_tx": key, "mppe_rx": key} if key else {}
        here = bed.session(local_address=OUTER_A, peer_address=NEAR_A, **keys)
        there = far.new(local_address=OUTER_B, peer_address=NEAR_B, local_call_id=CALL_B,
                        peer_call_id=CALL_A, flags="up", ifindex=far_device, **keys)
        self.a = End(bed.a, bed.nl, here, INNER_A)
        self.b = End(bed.b, far, there, INNER_B)
        self.ways = ((self.a, self.b), (self.b, self.a))
        self.middle = Middle(first)
        self.middle.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.middle.over = True
        self.middle.join()
        self.a.close()
        self.b.close()

    def passes(self, count, name, ways=None):
        """@count packets each way all arrive, in order."""
        sent = [(source.send(sink, count), sink) for source, sink in ways or self.ways]
        got = [receive_all(sink.sock, count, PATIENCE) == texts for texts, sink in sent]
        return tap.ok(all(got), name, (self.a.drops(), self.b.drops()))

    def resets(self):
        return self.a.stats("resets"), self.b.stats("resets")


def dropped():
    return sum(int(n) for n in re.findall(r"counter packets (\d+)",
                                          c.run("nft list ruleset").stdout))


def outage(sources, count):
    """Of each source so many packets in a row do not arrive."""
    rules = ["add table ip out",
             "add chain ip out in { type filter hook prerouting priority -300; }"]
    # Numbered packets only: an acknowledgement alone may come at any time.
    rules += [f"add rule ip out in ip saddr {address} ip protocol gre @th,3,1 1 counter drop"
              for address, _, _ in sources]
    c.run(["nft", "; ".join(rules)])
    for _, source, sink in sources:
        source.send(sink, count)
        source.lost += count
    gone = wait(lambda: dropped() == count * len(sources), PATIENCE)
    c.run("nft delete table ip out")
    return gone


def wrap(mode):
    """Sequence numbers over 2^32 and coherency counts over 2^12, both ways at once."""
    half = 200 if SLOW else 2200
    with Pair(mode, 2**32 - half) as pair:
        for _ in range(10):
            pair.passes(half // 5, f"{mode}: {half // 5} packets each way, in order")
        tap.equal(pair.middle.last, {OUTER_A: half - 1, OUTER_B: half - 1},
                  f"{mode}: numbers have wrapped")
        tap.equal((pair.a.drops(), pair.b.drops()), ({}, {}), f"{mode}: nothing was dropped")
        tap.equal([end.stats("missing") for end in (pair.a, pair.b)], [0, 0],
                  f"{mode}: nothing was missing")
        tap.equal(pair.resets(), (0, 0), f"{mode}: no reset")


def begun(mode, first=2**32 - 1000):
    pair = Pair(mode, first)
    assert pair.passes(20, f"{mode}: 20 packets before the outage")
    return pair


def catch_up(pair, rounds):
    """Packets that are lost on the way into step, 0: out of step after @rounds."""
    for used in range(rounds):
        before = pair.b.stats("rx-packets")
        pair.a.send(pair.b, 64)
        wait(lambda: pair.b.settled(pair.a), PATIENCE)
        if pair.b.stats("rx-packets") == before + 64:
            receive_all(pair.b.sock, 1, 0)
            return 64 * used or 1
    return 0


def stateless(lost):
    with begun("stateless") as pair:
        name = f"stateless, {lost} lost"
        tap.ok(outage([(OUTER_A, pair.a, pair.b)], lost), f"{name}: dropped", dropped())
        used = catch_up(pair, lost // 64 // 100 + 10)
        tap.ok(0 < used <= lost // 100 + 128, f"{name}: caught up by a hundredth as many", used)
        pair.passes(200, f"{name}: packets arrive in order")
        tap.equal(pair.resets(), (0, 0), f"{name}: without a reset")


def asked(source, sink):
    """The next packet of @source makes @sink ask for a reset, which @source hears."""
    before = source.stats("rx-control")
    source.send(sink, 1)
    return wait(lambda: source.stats("rx-control") > before, PATIENCE)


def stateful(lost, sources):
    with begun("stateful") as pair:
        ways = {"A": (OUTER_A, pair.a, pair.b), "B": (OUTER_B, pair.b, pair.a)}
        ways = {name: ways[name] for name in sources}
        name = f"stateful, {lost} of {' and '.join(sources)} lost"
        tap.ok(outage(ways.values(), lost), f"{name}: dropped", dropped())
        for source, (_, sender, sink) in ways.items():
            tap.ok(asked(sender, sink), f"{name}: {source} hears the request", sender.drops())
        pair.passes(200, f"{name}: packets arrive in order")
        tap.equal(pair.resets(), (int("B" in sources), int("A" in sources)),
                  f"{name}: one reset")


def stateful_far(lost):
    """More keys than one packet is worth: flag packets bring the rest."""
    with begun("stateful") as pair:
        name = f"stateful, {lost} lost"
        tap.ok(outage([(OUTER_A, pair.a, pair.b)], lost), f"{name}: dropped", dropped())
        used = catch_up(pair, 2 * lost // 256 // 32)
        tap.ok(used, f"{name}: in step again", pair.b.drops())
        pair.passes(200, f"{name}: packets arrive in order")


def clear(lost):
    with begun("no MPPE") as pair:
        name = f"no MPPE, {lost} lost"
        tap.ok(outage([(OUTER_A, pair.a, pair.b)], lost), f"{name}: dropped", dropped())
        pair.a.send(pair.b, 2)
        tap.equal(len(receive_all(pair.b.sock, 1)), 1, f"{name}: the second one arrives")
        pair.passes(200, f"{name}: packets arrive in order")


far_device = bed.b.device("kp0", INNER_B, INNER_A)
wrap("stateless")
stateless(2049)
stateful(2049, "AB")
if not SLOW:
    wrap("stateful")
    stateful(2049, "A")
    clear(5000)
    stateless(100000)
    stateful_far(40000)
tap.done()
