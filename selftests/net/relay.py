# SPDX-License-Identifier: GPL-2.0-or-later
"""
A relay pair: what a caller in B sends to A goes on to C, and back.

    B 192.0.2.2 ---- 192.0.2.1 A 198.51.100.1 ---- 198.51.100.2 C
      the caller               both sessions        who ends the call
"""

import errno
import os
import random
import sys

from bed import (CALL_A, CALL_B, CCP, COMP, INNER_A, INNER_B, IP, IPCP, IPV6, LCP, OUTER_A,
                 OUTER_B, Bed, Namespace, Peer, Tap, control, frame, key_of, udp4, wait)
from genl import NUMBERS, Refused

NEAR_C, OUTER_C = "198.51.100.1", "198.51.100.2"
CALL_A2, CALL_C = 1002, 0xbeef
KEY = {"bits": 128, "stateless": 1, "key": key_of(128)}
PATIENT = 1000      # ms; longer than any scheduling delay of a slow guest

bed = Bed()
tap = Tap()
c = Namespace(sys.argv[3])
rng = random.Random(2637)


def caller(**more):
    return bed.session(more.pop("flags", ""), CALL_A, CALL_B, device=False, **more)


def onward(**more):
    return bed.session(more.pop("flags", ""), CALL_A2, CALL_C, device=False,
                       local_address=NEAR_C, peer_address=OUTER_C, **more)


class Pair:
    """Both sessions, relayed, and a raw socket behind each; gone at the end."""

    def __init__(self, first=None, second=None):
        self.ids = caller(**(first or {})), onward(**(second or {}))
        bed.nl.set(self.ids[0], relay=self.ids[1])
        self.b, self.c = Peer(bed), Peer(bed, CALL_A2, OUTER_C, ns=c, to=NEAR_C)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for number in self.ids:
            bed.nl.delete(number)
        for peer in (self.b, self.c):
            peer.sock.close()

    def stats(self, *names):
        return tuple(tuple(bed.nl.stats(number)[name] for name in names)
                     for number in self.ids)

    def drops(self):
        return tuple(bed.nl.drops(number) for number in self.ids)


def refusals():
    one, two = caller(), onward()
    three = bed.session("", 3, 3, device=False)
    other = bed.a.nl()
    owned = bed.session("control", 4, 4, device=False, nl=other)
    keyed = bed.session("", 5, 5, device=False, key=KEY["key"])
    held = bed.session("", 6, 6)
    neither = "A relayed session has neither a device nor keys"

    def refused(what, want, sentence, attr, number, nl=bed.nl, **values):
        try:
            nl.set(number, **values)
            got = "accepted"
        except Refused as refusal:
            got = (refusal.errno, refusal.sentence, refusal.attr)
        tap.equal(got, (want, sentence, NUMBERS["SESSION"][attr]), f"refused: {what}")

    refused("to itself", errno.EINVAL, "A session cannot be relayed to itself", "relay",
            one, relay=one)
    refused("to nobody", errno.ENOENT, "There is no session with this id to relay to",
            "relay", one, relay=777777)
    foreign = "Another socket owns one of the two sessions"
    refused("to somebody else's", errno.EPERM, foreign, "relay", one, relay=owned)
    refused("somebody else's", errno.EPERM, foreign, "relay", owned, relay=one)
    for what, number in (("keys", keyed), ("a device", held)):
        refused(f"to one with {what}", errno.EINVAL, neither, "relay", one, relay=number)
        refused(f"one with {what}", errno.EINVAL, neither, "relay", number, relay=one)
    tap.ok("relay" not in bed.nl.get(one), "nothing was changed")
    bed.nl.set(one, relay=two)
    tap.equal([bed.nl.get(number).get("relay") for number in (one, two, three)],
              [two, one, None], "both are relayed, and say so")
    bed.nl.set(two, relay=one)
    tap.equal(bed.nl.get(one)["relay"], two, "once more changes nothing")
    third = "One of the two is relayed to a third session: end that first"
    refused("to a third", errno.EBUSY, third, "relay", one, relay=three)
    refused("of a third", errno.EBUSY, third, "relay", three, relay=two)
    refused("a device for a relayed one", errno.EINVAL, neither, "ifindex", one,
            ifindex=bed.ifindex)
    refused("a key for a relayed one", errno.EINVAL, neither, "mppe-tx", two, mppe_tx=KEY)
    bed.nl.set(one, relay=0, mppe_tx=KEY, mppe_rx=KEY)
    tap.equal([bed.nl.get(number).get("relay") for number in (one, two)], [None, None],
              "apart again, with a key in one go")
    # The owner itself may.
    other.set(owned, relay=three)
    tap.equal(bed.nl.get(three).get("relay"), owned, "the owner may relay its own")
    refused("parting what is somebody else's", errno.EPERM, foreign, "relay", three, relay=0)
    for number in (one, two, three, owned, keyed, held):
        bed.nl.delete(number)
    other.sock.close()


def frames():
    """Every frame, as it is; with our own numbers and the other side's call ID."""
    info = control(1, data=os.urandom(20))
    table = [(LCP, info), (IPCP, info), (0xc223, os.urandom(49)), (CCP, info),
             (CCP, control(14)), (CCP, control(15)), (COMP, b"\x90\x00" + os.urandom(100)),
             (COMP, b"\x10\x07" + os.urandom(1)), (IP, udp4(b"in clear")),
             (IPV6, b"neither is looked at"), (0x4003, b"unheard of"), (LCP, b"")]
    with Pair() as pair:
        for source, sink, call, name in ((pair.b, pair.c, CALL_C, "on"),
                                         (pair.c, pair.b, CALL_B, "back")):
            got = []
            for proto, body in table:
                source.send(proto, body)
                packet = sink.receive()
                got.append((packet.seq, packet.call, *packet.split()))
            tap.equal(got, [(n, call, *row) for n, row in enumerate(table, 1)],
                      f"frames go {name}")
        data = [body for proto, body in table if proto < 0x4000]
        octets = sum(map(len, data))
        counted = (len(data), octets, len(table) - len(data)) * 2
        tap.equal(pair.stats("rx-packets", "rx-bytes", "rx-control", "tx-packets",
                             "tx-bytes", "tx-control"), (counted, counted), "and count")
        tap.equal(pair.drops(), ({}, {}), "nothing was dropped")
        tap.equal([bed.nl.get(number)["idle"] for number in pair.ids], [0, 0],
                  "neither is idle")


def framing():
    """However a frame comes, it leaves as the other session's framing has it."""
    for flags in ("", "acfc", "pfc", "acfc pfc"):
        with Pair(second={"flags": flags}) as pair:
            for theirs in ({}, {"acfc": True}, {"pfc": True}, {"acfc": True, "pfc": True}):
                pair.b.send(COMP, b"\x90\x00secret", **theirs)
            want = frame(COMP, b"\x90\x00secret", acfc="acfc" in flags, pfc="pfc" in flags)
            tap.equal({pair.c.receive().payload for _ in range(4)}, {want},
                      f"framing: {flags or 'none'}")
            pair.b.send(LCP, control(9), acfc=True)
            tap.equal(pair.c.receive().payload, frame(LCP, control(9)),
                      f"framing: {flags or 'none'}, LCP stays whole")


def window():
    """The caller's window is ours: order, losses and duplicates end here."""
    with Pair({"reorder_timeout": PATIENT}) as pair:
        pair.b.send(COMP, b"\x90\x00first")
        assert pair.c.receive().seq == 1
        texts = [b"\x90\x00" + str(n).encode() for n in range(200)]
        packets = [pair.b.make(COMP, text) for text in texts]
        order = sorted(range(200), key=lambda n: n + rng.randrange(60))
        for n in order:
            pair.b.raw(packets[n])
        got = [pair.c.receive() for _ in texts]
        tap.equal([packet.split()[1] for packet in got], texts, "what is shuffled is put in order")
        tap.equal([packet.seq for packet in got], list(range(2, 202)), "and numbered anew")
        pair.b.raw(packets[-1])
        wait(lambda: pair.drops()[0])
        tap.equal(pair.drops(), ({"seq-duplicate": 1}, {}), "a duplicate is dropped")
    with Pair() as pair:
        lost = [pair.b.make(COMP, b"\x90\x00" + bytes([n])) for n in range(3)]
        pair.b.raw(lost[0])
        pair.b.raw(lost[2])
        got = [pair.c.receive() for _ in range(2)]
        tap.equal([(packet.seq, packet.split()[1][2]) for packet in got], [(1, 0), (2, 2)],
                  "what is lost leaves no gap in our numbers")
        pair.b.raw(lost[1])
        wait(lambda: pair.drops()[0])
        tap.equal(pair.drops(), ({"seq-late": 1}, {}), "late data is dropped")
        tap.equal(bed.nl.stats(pair.ids[0])["missing"], 1, "and one was missing")


def acks():
    """Each side is acked by its own session."""
    with Pair() as pair:
        pair.b.send(LCP, control(9))
        tap.equal(pair.c.receive().ack, None, "the frame goes on without an ack")
        pair.c.send(LCP, control(10))
        tap.equal(pair.b.receive().ack, 1, "the caller's is acked on the way back")
        wait(lambda: pair.stats("tx-acks")[1] == (1,))
        tap.equal(pair.stats("tx-acks"), ((0,), (1,)), "and the other's by itself")


def large():
    """What the path does not take goes in outer fragments."""
    with Pair() as pair:
        for size, fragments in ((1464, 0), (1465, 1), (3000, 2), (9000, 3)):
            text = b"\x90\x00" + os.urandom(size - 2)
            pair.b.send(COMP, text)
            packet = pair.c.receive()
            tap.ok(packet and packet.split()[1] == text and not packet.df,
                   f"{size} octets arrive, without DF")
            tap.equal(bed.nl.stats(pair.ids[1])["tx-fragmented"], fragments,
                      f"{size} octets: {fragments} packets in fragments so far")
        tap.equal(pair.drops(), ({}, {}), "nothing was dropped")


def policy():
    """Required MPPE is required of what passes through as well."""
    strict = {"flags": "require-mppe"}
    with Pair(strict, strict) as pair:
        pair.b.send(IP, udp4(b"x"))
        wait(lambda: pair.drops()[0])
        tap.equal(pair.drops(), ({"rx-cleartext": 1}, {}), "cleartext is dropped coming in")
        pair.b.send(COMP, b"\x90\x00sealed")
        tap.equal(pair.c.receive().split()[1], b"\x90\x00sealed", "what is sealed passes")
    with Pair(None, strict) as pair:
        pair.b.send(IP, udp4(b"x"))
        wait(lambda: pair.drops()[1])
        tap.equal(pair.drops(), ({}, {"tx-cleartext": 1}), "or going out")


def unroutable():
    with Pair() as pair:
        bed.a.ip(f"route add unreachable {OUTER_C}/32")
        pair.b.send(LCP, control(9))
        wait(lambda: pair.drops()[1])
        bed.a.ip(f"route del unreachable {OUTER_C}/32")
        tap.equal(pair.drops(), ({}, {"tx-no-route": 1}), "no way on: counted where it ends")


def quiet(nl):
    """Nothing is waiting for @nl."""
    try:
        return nl.event(0.2)
    except OSError:
        return None


def ending():
    """Frames go to the owner before, to the other side meanwhile, and back again."""
    events = bed.a.nl(events=True)
    owner = bed.a.nl()
    one = bed.session("control", CALL_A, CALL_B, device=False, nl=owner)
    two = bed.session("control", CALL_A2, CALL_C, device=False, nl=owner,
                      local_address=NEAR_C, peer_address=OUTER_C)
    peer, far = Peer(bed), Peer(bed, CALL_A2, OUTER_C, ns=c, to=NEAR_C)
    peer.send(LCP, control(9, 1))
    tap.equal(owner.event()[1]["id"], one, "ending: first the owner is asked")
    owner.set(one, relay=two)
    peer.send(LCP, control(9, 2))
    far.receive()
    tap.equal(quiet(owner), None, "ending: relayed, it hears nothing")
    owner.call("frame-send", id=two, frame=LCP.to_bytes(2, "big") + control(5))
    tap.equal(far.receive().split(), (LCP, control(5)), "ending: but may still speak")
    owner.set(two, relay=0)
    seen = [events.event() for _ in range(3)]
    tap.equal([name for name, _ in seen], ["session-created"] * 2 + ["relay-ended"],
              "ending: taken apart, it is told")
    tap.equal((seen[2][1]["id"], seen[2][1]["relay"]), (two, one), "ending: which from which")
    peer.send(LCP, control(9, 3))
    tap.equal(owner.event()[1]["frame"][2:], control(9, 3), "ending: the owner is asked again")

    owner.set(one, relay=two)
    owner.delete(one)
    seen = [events.event() for _ in range(2)]
    tap.equal([(name, values["id"]) for name, values in seen],
              [("session-deleted", one), ("relay-ended", two)], "ending: one is deleted")
    tap.equal(seen[1][1]["relay"], one, "ending: the other is told which")
    far.send(LCP, control(9, 4))
    tap.equal(owner.event()[1]["id"], two, "ending: and its frames go to the owner")
    tap.ok("relay" not in bed.nl.get(two), "ending: it is not relayed any more")
    owner.delete(two)
    for nl in (events, owner):
        nl.sock.close()


def through():
    """Two ends of ours with MPPE, and a bad network on both legs."""
    index = bed.b.device("kp0", INNER_A, INNER_B), c.device("kp0", INNER_B, INNER_A)
    near, far = bed.b.nl(), c.nl()
    with Pair({"reorder_timeout": PATIENT}, {"reorder_timeout": PATIENT}) as pair:
        ends = {"flags": "up require-mppe", "mppe_tx": KEY, "mppe_rx": KEY,
                "reorder_timeout": PATIENT}
        one = near.new(local_address=OUTER_B, peer_address=OUTER_A, local_call_id=CALL_B,
                       peer_call_id=CALL_A, ifindex=index[0], **ends)
        two = far.new(local_address=OUTER_C, peer_address=NEAR_C, local_call_id=CALL_C,
                      peer_call_id=CALL_A2, ifindex=index[1], **ends)
        # The number that comes first begins the window: what it overtakes is late.
        bed.b.run(f"ping -q -c 1 -W 20 {INNER_B}")
        for side, dev in ((bed.b, "v0"), (bed.a, "v0"), (bed.a, "v1"), (c, "v1")):
            side.run(f"tc qdisc add dev {dev} root netem delay 10ms reorder 30% 50% duplicate 5%")
        out = bed.b.run(f"ping -q -i 0.01 -c 200 -W 20 -s 1200 {INNER_B}", check=False).stdout
        tap.ok("200 received" in out, "through: 200 pings, MPPE from end to end", out)
        tap.equal([set(nl.drops(number)) - {"seq-duplicate"} for nl, number in
                   ((near, one), (bed.nl, pair.ids[0]), (bed.nl, pair.ids[1]), (far, two))],
                  [set()] * 4, "through: only duplicates were dropped")
        sums = pair.stats("rx-packets", "tx-packets")
        tap.equal(sums, ((201, 201), (201, 201)), "through: each is relayed once, each way")
        near.delete(one)
        far.delete(two)


for test in (refusals, frames, framing, window, acks, large, policy, unroutable, ending,
             through):
    test()
tap.done()
