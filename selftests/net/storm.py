# SPDX-License-Identifier: GPL-2.0-or-later
"""
Everything at once: sessions made, changed, listed and deleted by several
processes, on a multipoint device too, where they fight for addresses, while traffic
passes in both directions through a session whose keys and policy change under it. The kernel's own checks judge what cannot be seen;
seen is that every refusal is one that a race explains, that traffic goes on, and
that nothing is left.
"""

import errno
import multiprocessing
import os
import random
import socket

from bed import (CALL_A, CALL_B, INNER_A, INNER_B, OUTER_A, OUTER_B, Bed, Tap,
                 key_of, wait)
from genl import NUMBERS, Refused

WORKERS = 4
ROUNDS = 20
RACES = {errno.ENOENT, errno.EEXIST, errno.EADDRINUSE}
MOVE, REMOVE = NUMBERS["INNER_FLAGS"]["move"], NUMBERS["INNER_FLAGS"]["remove"]
KEY = {"bits": 128, "stateless": 1, "key": key_of(128)}

tap = Tap()
bed = Bed()


def multipoint(ns):
    ns.ip("link add m0 type kpptp-mp")
    ns.ip("link set m0 up")
    ns.ip("addr add 10.9.0.1/16 dev m0")
    with ns:
        return socket.if_nametoindex("m0")


def inner(dice):
    """Some of few addresses: added, removed or taken from others."""
    length = dice.choice((24, 30, 32, 32))
    last = dice.randrange(2, 10) >> (32 - length) << (32 - length)
    return [{"address": f"10.9.{dice.randrange(3)}.{last}", "prefix-length": length,
             "flags": dice.choice((0, MOVE, MOVE, REMOVE))}]


def churn_once(nl, dice, mine):
    """One random operation on the sessions of one worker, or of anybody."""
    roll = dice.random()
    if roll < 0.2 or not mine:
        mine.append(nl.new(local_address=OUTER_A, peer_address=OUTER_B,
                           peer_call_id=dice.randrange(65536)))
    elif roll < 0.4:
        mine.append(nl.new(local_address=OUTER_A, peer_address=OUTER_B, flags="up",
                           peer_call_id=dice.randrange(65536), ifindex=m0,
                           inner=inner(dice)))
    elif roll < 0.5:
        nl.set(dice.choice(mine), ifindex=m0, inner=inner(dice))
    elif roll < 0.6:
        nl.set(dice.choice(mine), mppe_tx=KEY, mppe_rx=KEY, flags="require-mppe",
               flags_mask="require-mppe")
    elif roll < 0.7:
        nl.call("session-get", dump=True)
    elif roll < 0.8:
        nl.delete(dice.randrange(1, mine[-1] + 1))
    else:
        nl.delete(mine.pop(dice.randrange(len(mine))))


def churn(seed, spare, results):
    """One worker: what it met that a race does not explain."""
    nl, dice, mine, strange = bed.a.nl(), random.Random(seed), [], []
    for _ in range(ROUNDS):
        try:
            churn_once(nl, dice, mine)
        except Refused as refusal:
            if refusal.errno not in RACES:
                strange.append(str(refusal))
    for number in mine:
        try:
            nl.delete(number)
        except Refused as refusal:
            if refusal.errno not in RACES:
                strange.append(str(refusal))
    results.put((spare, strange))


class Side:
    """One end of the session that carries the traffic."""

    def __init__(self, ns, outer, inner, calls):
        self.nl, self.outer, self.inner, self.calls = ns.nl(), outer, inner, calls
        self.ns, self.index, self.number = ns, ns.device("kp0", *inner), None
        self.make()

    def make(self):
        self.number = self.nl.new(
            local_address=self.outer[0], peer_address=self.outer[1],
            local_call_id=self.calls[0], peer_call_id=self.calls[1],
            ifindex=self.index, flags="up require-mppe", mppe_tx=KEY, mppe_rx=KEY)

    def rekey(self):
        """False: a storm deletes by number, and the session is gone."""
        try:
            self.nl.set(self.number, mppe_tx=KEY, mppe_rx=KEY)
        except Refused as refusal:
            if refusal.errno != errno.ENOENT:
                raise
            return False
        return True

    def renew(self):
        try:
            self.nl.delete(self.number)
        except Refused as refusal:
            if refusal.errno != errno.ENOENT:
                raise
        self.make()

    def received(self):
        try:
            return self.nl.stats(self.number)["rx-packets"]
        except Refused:
            return 0


def rekey():
    """New keys for both ends; both anew when one is gone, or the other one's numbers
    would be far ahead."""
    if not all([side.rekey() for side in (a, b)]):
        a.renew()
        b.renew()


a = Side(bed.a, (OUTER_A, OUTER_B), (INNER_A, INNER_B), (CALL_A, CALL_B))
b = Side(bed.b, (OUTER_B, OUTER_A), (INNER_B, INNER_A), (CALL_B, CALL_A))
m0 = multipoint(bed.a)
pings = [side.ns.start(f"ping -q -i 0.05 -s 900 {side.inner[1]}") for side in (a, b)]
pings += [bed.a.start(f"ping -q -i 0.05 -s 900 10.9.{n}.{n + 2}") for n in range(2)]
tap.ok(wait(lambda: a.received() > 20 and b.received() > 20), "traffic passes")

results = multiprocessing.Queue()
workers = [multiprocessing.Process(target=churn, args=(os.getpid() + n, n, results))
           for n in range(WORKERS)]
for worker in workers:
    worker.start()
while any(worker.is_alive() for worker in workers) and results.qsize() < WORKERS:
    rekey()
found = [results.get(timeout=60) for _ in workers]
for worker in workers:
    worker.join()
tap.equal([strange for _, strange in found], [[]] * WORKERS,
          "only races were refused")

rekey()
before = a.received(), b.received()
tap.ok(wait(lambda: a.received() > before[0] + 20 and b.received() > before[1] + 20),
       "traffic passes when the storm is over",
       [(start, side.nl.stats(side.number)["rx-packets"], side.nl.drops(side.number))
        for side, start in zip((a, b), before)])
for ping in pings:
    ping.kill()
    ping.wait()
for side in (a, b):
    side.nl.delete(side.number)
tap.equal([s.nl.call("totals-get", kind="TOTALS")[0]["sessions"] for s in (a, b)], [0, 0],
          "no session is left")
tap.done()
