# SPDX-License-Identifier: GPL-2.0-or-later
"""
Packets when there is no memory for some of them: between two of our own sessions in every
mode, through a relay pair, and frames for an owner. First each allocation that a packet
on its way out makes fails once; then buffers, routes and copies fail at random on all of
the way, which the link also reorders. Every packet is accounted for with the one reason
that it has, and when there is memory again nothing is lost any more.

NOMEM_SEED (1): what is sent when. NOMEM_PERCENT (10): of the allocations that fail.
"""

import collections
import errno
import os
import random
import re
import socket
import time

import failslab
from bed import (CALL_A, CALL_B, COMP, LCP, OUTER_A, OUTER_B, PORT, SO_RCVBUFFORCE,
                 TIMEOUT, Bed, Peer, Tap, control, frame, gre, key_of, receive_all, wait)
from ledger import Ledger
from rtnl import Rtnl

SEED = int(os.environ.get("NOMEM_SEED", "1"))
PERCENT = int(os.environ.get("NOMEM_PERCENT", "10"))
PACKETS = 30        # of each link and direction, in a phase
EXACT = 30          # and when there is memory again
IP_RECVERR, UDP_SEGMENT, ETH_P_ALL = 11, 103, 3
RELAYED, OWNED, NOBODY = (51, 53), 61, 60000
NONE = (errno.ENOBUFS, errno.ENOMEM)
LOST = {"rx-no-memory", "tx-no-memory", "mppe-discard", "seq-late", "no-session",
        "owner-overrun"}

tap = Tap()
failslab.need(tap)
dice = random.Random(SEED)
bed = Bed()


def keys(stateless, compress=False):
    key = {"bits": 128, "stateless": stateless, "key": key_of(128)}
    if compress:
        key["compress"] = True
    return {"mppe_tx": key, "mppe_rx": key}


MODES = {
    "in clear": {},
    "stateless": keys(1),
    "stateful": keys(0),
    "stateless, compressed": keys(1, True),
    "stateful, compressed": keys(0, True),
    "multipoint": keys(1),
}


class Books(Ledger):
    """No session goes here, and an event for which there is no memory is not missed."""

    def listen(self):
        pass


class End:
    """One side of a link: its session, device and socket."""

    def __init__(self, ns, name, addresses, calls, outer, settings, multipoint):
        self.inner, self.far = addresses
        with ns:
            rtnl = Rtnl()
            rtnl.add(name, "kpptp-mp" if multipoint else "kpptp")
            self.index = socket.if_nametoindex(name)
        rtnl.address(self.index, self.inner, self.far)
        self.nl = ns.nl()
        more = {"inner": [{"address": self.far}]} if multipoint else {}
        self.number = self.nl.call(
            "session-new", local_address=outer[0], peer_address=outer[1],
            local_call_id=calls[0], peer_call_id=calls[1], ifindex=self.index, flags="up",
            **settings, **more)[0]["id"]
        self.sock = ns.udp(self.inner)
        # Else the stack keeps from its sender that it had no memory.
        self.sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        self.accepted = 0

    def send(self, text, *ancillary):
        """Did the stack take it?"""
        try:
            self.sock.sendmsg([text], ancillary, 0, (self.far, PORT))
        except OSError as error:
            if error.errno not in NONE:
                raise
            return False
        self.accepted += 1
        return True

    def told(self):
        """Packets that left, and those that did not, by reason."""
        session = self.nl.get(self.number)
        lost = {reason: count for reason, count in session["drops"].items()
                if count and reason.startswith("tx-")}
        return session["stats"]["tx-packets"], lost


class Link:
    """Two ends, and how they are to be told apart from those of others."""

    def __init__(self, serial, name, settings):
        self.name = name
        near, far = (f"10.{50 + serial}.0.{n}" for n in (1, 2))
        calls = CALL_A + serial, CALL_B + serial
        where = f"kn{serial}", settings, name == "multipoint"
        self.a = End(bed.a, where[0], (near, far), calls, (OUTER_A, OUTER_B), *where[1:])
        self.b = End(bed.b, where[0], (far, near), calls[::-1], (OUTER_B, OUTER_A), *where[1:])
        # Who looks on makes the stack share each packet, so that it has to be copied.
        with bed.a:
            self.looks_on = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.looks_on.bind((where[0], ETH_P_ALL))

    def ways(self):
        return (self.a, self.b), (self.b, self.a)


class Passing:
    """Frames for a relay pair of A's and for an owner there, from raw sockets in B."""

    def __init__(self):
        self.owner = bed.a.nl()
        ids = [bed.session("", call, NOBODY, device=False) for call in RELAYED]
        bed.nl.set(ids[0], relay=ids[1])
        bed.session("control", OWNED, NOBODY, device=False, nl=self.owner)
        self.peers = [Peer(bed, call) for call in (*RELAYED, OWNED)]
        for peer in self.peers:
            peer.sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        # A packet that a raw socket gets as well is shared, too.
        with bed.a:
            self.looks_on = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.looks_on.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1)
        self.sent = 0

    def send(self):
        for peer in self.peers:
            data = frame(LCP, control(9, data=bytes(4)))
            if peer.call != OWNED:
                data = frame(COMP, b"\x90\x00" + bytes(dice.randrange(1, 1300)))
            try:
                peer.raw(gre(data, peer.seq, call=peer.call))
            except OSError as error:
                if error.errno not in NONE:
                    raise
                continue
            peer.take()
            self.sent += 1


def text():
    """Some of it shrinks."""
    size = dice.randrange(1, 1380)
    return bytes(size) if dice.random() < 0.5 else dice.randbytes(size)


def flush_routes():
    """Those in use, so that the next packet needs another one."""
    os.pwrite(routes, b"1", 0)


def one_by_one(link):
    """Each allocation that sending makes in the sender's own context."""
    nth = failslab.Nth()
    before, number, hit, told = link.a.accepted, 0, True, link.a.told()
    while hit:
        number += 1
        flush_routes()
        hit = nth.fail(number, lambda: link.a.send(bytes(300)))
    passed, lost = link.a.told()
    count = link.a.accepted - before
    tap.equal((passed - told[0] + sum(lost.values()), set(lost)), (count, {"tx-no-memory"}),
              f"{link.name}: each of {number - 1} allocations of a packet fails")


def traffic():
    """What all send, in turns; some of it is cut into segments by the tunnel."""
    for _ in range(PACKETS):
        for link in links:
            for source, sink in link.ways():
                source.send(text())
        segmented.a.send(bytes(3000), (socket.IPPROTO_UDP, UDP_SEGMENT, b"\xe8\x03"))
        passing.send()
        if dice.random() < 0.2:
            flush_routes()


def balance():
    return ((ledgers[0].received(), ledgers[0].sent()),
            (ledgers[1].sent() + passing.sent, ledgers[1].received()))


def accounted():
    """No packet is held or on its way."""
    def quiet():
        first, second = balance()
        time.sleep(0.1)
        return first == second and (first, second) == balance()

    wait(quiet)
    return balance()


def named(phase):
    """Each packet, by its one reason."""
    at_a, at_b = accounted()
    tap.equal(at_a, at_b, f"{phase}: what one side sends the other receives, or drops")
    outcomes = {link.name: [(end.accepted, end.told()) for end in (link.a, link.b)]
                for link in links}
    wrong = {name: ends for name, ends in outcomes.items() for accepted, (passed, lost) in ends
             if accepted != passed + sum(lost.values())}
    tap.equal(wrong, {}, f"{phase}: what the stack has taken leaves, or is dropped")
    drops = collections.Counter()
    for ledger in ledgers:
        drops.update(ledger.nl.drops())
    tap.equal(set(drops) - LOST, set(), f"{phase}: for no other reason than memory")
    print("# " + ", ".join(f"{reason} {count}" for reason, count in sorted(drops.items())))
    return drops


def heard(source, sink, words):
    source.send(words)
    return words in receive_all(sink.sock, 1, 0.2)


def exactly(source, sink):
    """The numbers that arrive of so many; what was on its way before may come as well."""
    for n in range(EXACT):
        source.send(b"number %d" % n)
    got, end = [], time.monotonic() + TIMEOUT
    while len(got) < EXACT and time.monotonic() < end:
        got += [int(words.split()[1]) for words in receive_all(sink.sock, 1, 1)
                if words.startswith(b"number ")]
    return got


def recovers(link):
    """Why not, when it does not."""
    for source, sink in link.ways():
        if not wait(lambda: heard(source, sink, b"there?"), 30):
            return f"{source.inner} is not heard"
        got = exactly(source, sink)
        if got != list(range(EXACT)):
            return f"{len(got)} of {EXACT} packets from {source.inner}"
    return ""


ledgers = Books(bed.a), Books(bed.b)
passing = Passing()
links = [Link(serial, name, settings) for serial, (name, settings) in enumerate(MODES.items())]
segmented = Link(len(links), "segmented", keys(1))
with bed.a:
    routes = os.open("/proc/sys/net/ipv4/route/flush", os.O_WRONLY)
# Addresses that have to be asked for first would be another reason to lose packets.
for ns, other, address in ((bed.a, bed.b, OUTER_B), (bed.b, bed.a, OUTER_A)):
    mac = re.search(r"link/ether (\S+)", other.ip("link show v0").stdout)[1]
    ns.ip(f"neigh replace {address} lladdr {mac} dev v0 nud permanent")
wait(lambda: all(end.nl.running(end.index) for link in (*links, segmented)
                 for end in (link.a, link.b)))
tap.equal([recovers(link) for link in (*links, segmented)], [""] * (len(links) + 1),
          "with memory nothing is lost")

failslab.choose()
for link in links:
    one_by_one(link)
faults = failslab.Random(PERCENT)
print(f"# seed {SEED}, {PERCENT} of 100 allocations fail")
with faults:
    traffic()
named("in order")
for ns in (bed.a, bed.b):
    ns.run("tc qdisc add dev v0 root netem delay 3ms reorder 40% limit 100000")
with faults:
    traffic()
drops = named("reordered")
tap.ok(drops["rx-no-memory"] and drops["tx-no-memory"], "both ways were short of it", drops)
for ns in (bed.a, bed.b):
    ns.run("tc qdisc del dev v0 root")
tap.equal([recovers(link) for link in (*links, segmented)], [""] * (len(links) + 1),
          "with memory again nothing is lost")
with open("/sys/kernel/debug/kmemleak", "w", encoding="ascii") as leaks:
    leaks.write("stack=on")     # refused when it has given up
tap.done()
