# SPDX-License-Identifier: GPL-2.0-or-later
"""
Sessions, devices, namespaces and the module go while packets are on their way in
both directions. The kernel's own checks judge: the runner fails on any splat and
any leak. Here it is seen that what should go does, and that sessions and devices come back.
"""

import os
import socket
import threading
import time

from bed import (CALL_A, CALL_B, COMP, INNER_A, INNER_B, OUTER_A, OUTER_B, Namespace, Tap,
                 frame, gre, key_of, run, wait)

ROUNDS = 2
PAIRS = 3           # relay pairs, one after the other, each parted in its own way
KEY = {"bits": 128, "stateless": 1, "key": key_of(128)}

tap = Tap()


class Side:
    def __init__(self, letter, outer, inner, calls):
        self.ns = Namespace(f"kpptp-{os.getpid()}-{letter}")
        self.outer, self.inner, self.calls = outer, inner, calls
        self.number = self.nl = self.pings = None

    def link(self, name):
        run(["ip", "netns", "add", self.ns.name])
        run(["ip", "link", "set", name, "netns", self.ns.name, "name", "v0"])
        self.ns.ip(f"addr add {self.outer[0]}/24 dev v0")
        self.ns.ip("link set v0 up")
        self.nl = self.ns.nl()

    def session(self):
        """The session and its device, whichever is not there."""
        have = self.ns.ip("link show kp0", check=False).returncode == 0
        with self.ns:
            index = socket.if_nametoindex("kp0") if have else None
        index = index or self.ns.device("kp0", *self.inner)
        self.number = self.nl.new(
            local_address=self.outer[0], peer_address=self.outer[1], ifindex=index,
            local_call_id=self.calls[0], peer_call_id=self.calls[1],
            flags="up require-mppe", mppe_tx=KEY, mppe_rx=KEY)

    def ping(self):
        self.pings = self.ns.start(f"ping -q -i 0.05 -s 600 {self.inner[1]}")

    def moves(self):
        """Packets come in."""
        before = self.nl.stats(self.number)["rx-packets"]
        return wait(lambda: self.nl.stats(self.number)["rx-packets"] > before + 10)

    def close(self):
        if self.pings:
            self.pings.kill()
            self.pings.wait()
            self.pings = None
        if self.nl:
            self.nl.close()
            self.nl = None
        run(["ip", "netns", "del", self.ns.name], check=False)


class Both:
    def __init__(self):
        self.a = Side("a", (OUTER_A, OUTER_B), (INNER_A, INNER_B), (CALL_A, CALL_B))
        self.b = Side("b", (OUTER_B, OUTER_A), (INNER_B, INNER_A), (CALL_B, CALL_A))

    def __enter__(self):
        run("ip link add kpa type veth peer name kpb")
        self.a.link("kpa")
        self.b.link("kpb")
        for side in (self.a, self.b):
            side.session()
        for side in (self.a, self.b):
            side.ping()
        return self

    def __exit__(self, *_):
        self.a.close()
        self.b.close()

    def move(self):
        return self.a.moves() and self.b.moves()


class Relay:
    """A relay pair in A, both of whose sessions B sends to."""

    CALLS = 51, 53

    def __init__(self, both):
        self.nl, self.pair, self.over = both.a.nl, None, False
        with both.b.ns:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.sock.connect((OUTER_A, 0))
        self.sender = threading.Thread(target=self.send)

    def send(self):
        seq = 0
        while not self.over:
            seq += 1
            for call in self.CALLS:
                try:
                    self.sock.send(gre(frame(COMP, b"\x90\x00" + bytes(300)), seq, call=call))
                except OSError:     # a full queue
                    pass
            time.sleep(0.005)

    def __enter__(self):
        self.sender.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.sender.join()
        self.sock.close()

    def join(self):
        self.pair = [self.nl.new(local_address=OUTER_A, peer_address=OUTER_B,
                                 local_call_id=call, peer_call_id=call + 1)
                     for call in self.CALLS]
        self.nl.set(self.pair[0], relay=self.pair[1])

    def moves(self):
        return wait(lambda: all(self.nl.stats(number)["tx-packets"] > 5
                                for number in self.pair))

    def part(self, how):
        if how == 2:
            self.nl.set(self.pair[1], relay=0)
        for number in self.pair if how else reversed(self.pair):
            self.nl.delete(number)


def relays(both):
    with Relay(both) as relay:
        moved = True
        for n in range(PAIRS):
            relay.join()
            moved = relay.moves() and moved
            relay.part(n)
        tap.ok(moved, "relay pairs come and go under traffic")


def sessions(both):
    for _ in range(ROUNDS):
        moved = both.move()
        both.a.nl.delete(both.a.number)
        both.a.session()
    tap.ok(moved and both.move(), "a session goes and comes back under traffic")
    for _ in range(ROUNDS):
        both.a.ns.ip("link del kp0")
        gone = wait(lambda: not both.a.nl.call("session-get", dump=True))
        both.a.session()
    tap.ok(gone and both.move(), "a device goes and comes back under traffic")


def processor():
    """The last one goes and comes back, home to half of the sessions."""
    switch = f"/sys/devices/system/cpu/cpu{os.cpu_count() - 1}/online"
    moved = True
    with Both() as both:
        for online in "01" * ROUNDS:
            with open(switch, "w", encoding="ascii") as knob:
                knob.write(online)
            moved = both.move() and moved
    tap.ok(moved, "a processor goes and comes back under traffic")


def namespace():
    with Both() as both:
        moved = both.move()
        run(["ip", "netns", "del", both.b.ns.name])
        both.b.pings.kill()
        both.b.pings.wait()
        both.b.nl.close()
        both.b.nl = both.b.pings = None
    tap.ok(moved, "a namespace goes under traffic")


def module():
    """Last, and not loaded again: what lives in its place is session.sh's."""
    with Both() as both, Relay(both) as relay:
        relay.join()
        moved = both.move() and relay.moves()
        both.a.nl.close()
        both.b.nl.close()
        both.a.nl = both.b.nl = None
        gone = wait(lambda: run("rmmod kpptp", check=False).returncode == 0)
        left = both.a.ns.ip("link show kp0", check=False).returncode == 0
    tap.ok(moved, "there is traffic")
    tap.ok(gone, "the module goes under traffic")
    tap.ok(not left, "and takes its devices along")


with Both() as pair:
    sessions(pair)
    relays(pair)
if os.cpu_count() > 1:
    processor()
namespace()
module()
tap.done()
