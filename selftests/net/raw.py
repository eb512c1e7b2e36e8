# SPDX-License-Identifier: GPL-2.0-or-later
"""A raw session: every frame of B comes to the socket that owns it, and goes from there."""

import errno
import os
import random
import socket

from bed import (CALL_A, CALL_B, CCP, COMP, IP, IPCP, IPV6, LCP, Bed, Peer, Tap, control, frame,
                 gre, key_of, udp4, wait)
from genl import NUMBERS, Refused

FRAME_MAX = 4096
KEY = {"bits": 128, "stateless": 1, "key": key_of(128)}
PATIENT = 1000      # ms; longer than any scheduling delay of a slow guest

bed = Bed()
tap = Tap()
rng = random.Random(1662)


def raw(call=CALL_A, nl=None, flags="control raw", **more):
    return bed.session(flags, call, CALL_B, device=False, nl=nl, **more)


class Session:
    """A raw session with its owner, and the raw socket behind it; gone at the end."""

    def __init__(self, **more):
        self.owner = bed.a.nl()
        self.id = raw(nl=self.owner, **more)
        self.peer = Peer(bed)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.owner.delete(self.id)
        self.owner.sock.close()
        self.peer.sock.close()

    def send(self, octets):
        self.owner.call("frame-send", id=self.id, frame=octets)

    def heard(self, timeout=20):
        name, values = self.owner.event(timeout)
        assert (name, values["id"]) == ("frame-received", self.id), (name, values)
        return values["frame"]

    def stats(self, *names):
        stats = bed.nl.stats(self.id)
        return tuple(stats[name] for name in names)

    def drops(self):
        return bed.nl.drops(self.id)


def refused(what, want, sentence, attr, act):
    try:
        act()
        got = "accepted"
    except Refused as refusal:
        got = (refusal.errno, refusal.sentence, refusal.attr)
    tap.equal(got, (want, sentence, NUMBERS["SESSION"][attr]), f"refused: {what}")


def refusals():
    alone = "A raw session has neither a device, keys nor relay"
    owned = "A raw session needs flag control: its frames are the owner's"
    plain = bed.session("control", CALL_A, CALL_B, device=False)
    whole = raw(2)
    held = bed.session("control", 3, 3)
    keyed = bed.session("control", 4, 4, device=False, key=KEY["key"])
    other = bed.session("control", 8, 8, device=False)
    pair = [bed.session("control", call, call, device=False) for call in (5, 6)]
    bed.nl.set(pair[0], relay=pair[1])
    mask = {"flags": "raw", "flags_mask": "raw"}
    inval = errno.EINVAL

    refused("without control", inval, owned, "flags", lambda: raw(7, flags="raw"))
    refused("losing control", inval, owned, "flags",
            lambda: bed.nl.set(whole, flags="raw"))
    for what, more in (("a device", {"ifindex": bed.ifindex}), ("a key", {"mppe_rx": KEY}),
                       ("a relay", {"relay": other})):
        attr = next(iter(more)).replace("_", "-")
        if what != "a relay":
            refused(f"new with {what}", inval, alone, attr, lambda more=more: raw(7, **more))
        refused(f"{what} for it", inval, alone, attr,
                lambda more=more: bed.nl.set(whole, **more))
        refused(f"it and {what} at once", inval, alone, attr,
                lambda more=more: bed.nl.set(plain, **mask, **more))
    for what, number in (("a device", held), ("keys", keyed), ("a relay", pair[0])):
        refused(f"one with {what}", inval, alone, "flags",
                lambda number=number: bed.nl.set(number, **mask))
    refused("a relay to it", inval, alone, "relay", lambda: bed.nl.set(plain, relay=whole))
    tap.equal([bed.nl.get(number)["flags"] for number in (plain, held, keyed, pair[0])],
              [NUMBERS["SESSION_FLAGS"]["control"]] * 4, "nothing was changed")
    for number in (plain, whole, held, keyed, other, *pair):
        bed.nl.delete(number)


def sentences():
    """What cannot be sent is refused, and not counted as a drop: the answer says it."""
    with Session(flags="control raw require-mppe") as s:
        def send(octets):
            return lambda: s.send(octets)
        nothing = "The frame has no PPP protocol number"
        for what, octets in (("nothing", b""), ("address and control", b"\xff\x03"),
                             ("half a protocol", b"\xff\x03\xc0"), ("an even one", b"\xc0\x20")):
            refused(what, errno.EINVAL, nothing, "frame", send(octets))
        refused("cleartext where MPPE is required", errno.EPERM,
                "MPPE is required, and the frame is in clear", "frame",
                send(frame(IP, udp4(b"x"))))
        s.send(frame(COMP, b"\x90\x00sealed"))
        tap.equal(s.peer.receive().payload, frame(COMP, b"\x90\x00sealed"),
                  "what is sealed goes")
        s.peer.send(IP, udp4(b"x"))
        wait(s.drops)
        tap.equal(s.drops(), {"rx-cleartext": 1}, "and cleartext does not come in")


TABLE = [frame(proto, body, acfc, pfc)
         for proto, body in ((LCP, control(1, data=os.urandom(20))), (IPCP, control(1)),
                             (CCP, control(14)), (CCP, control(15)), (COMP, os.urandom(100)),
                             (IP, udp4(b"in clear")), (IPV6, b"nobody looks at it"),
                             (0x4003, b"unheard of"), (LCP, b""))
         for acfc in (False, True) for pfc in (False, True)]


def is_data(octets):
    octets = octets.removeprefix(b"\xff\x03")
    return octets[0] & 1 or octets[0] < 0x40


def information(octets):
    octets = octets.removeprefix(b"\xff\x03")
    return octets[1:] if octets[0] & 1 else octets[2:]


def frames():
    """Every frame, with the header that it has."""
    with Session() as s:
        for octets in TABLE:
            s.peer.raw(gre(octets, seq=s.peer.take(), call=CALL_A))
        tap.equal([s.heard() for _ in TABLE], TABLE, "frames come as they are")
        got = []
        for octets in TABLE:
            s.send(octets)
            got.append(s.peer.receive())
        tap.equal([packet.payload for packet in got], TABLE, "and go as they are")
        tap.equal([(packet.seq, packet.call, packet.df) for packet in got],
                  [(n, CALL_B, False) for n in range(1, len(TABLE) + 1)],
                  "numbered, with the peer's call ID, without DF")
        data = [octets for octets in TABLE if is_data(octets)]
        counted = (len(data), sum(len(information(octets)) for octets in data),
                   len(TABLE) - len(data)) * 2
        tap.equal(s.stats("rx-packets", "rx-bytes", "rx-control", "tx-packets", "tx-bytes",
                          "tx-control"), counted, "and count")
        tap.equal(s.drops(), {}, "nothing was dropped")


def window():
    """The window's work is done here: the owner's line has no numbers."""
    with Session(reorder_timeout=PATIENT) as s:
        s.peer.send(COMP, b"\x90\x00first")
        s.heard()
        texts = [frame(COMP, b"\x90\x00" + str(n).encode()) for n in range(100)]
        packets = [gre(text, seq=s.peer.take(), call=CALL_A) for text in texts]
        for n in sorted(range(100), key=lambda n: n + rng.randrange(30)):
            s.peer.raw(packets[n])
        tap.equal([s.heard() for _ in texts], texts, "what is shuffled is put in order")
        s.peer.raw(packets[-1])
        wait(s.drops)
        tap.equal(s.drops(), {"seq-duplicate": 1}, "a duplicate is dropped")
    with Session() as s:
        lost = [s.peer.make(COMP, b"\x90\x00" + bytes([n])) for n in range(3)]
        s.peer.raw(lost[0])
        s.peer.raw(lost[2])
        tap.equal([s.heard()[-1] for _ in range(2)], [0, 2], "what is lost is given up")
        s.peer.raw(lost[1])
        wait(s.drops)
        tap.equal(s.drops(), {"seq-late": 1}, "late data is dropped")


def sizes():
    with Session() as s:
        for size in (1464, 3000, FRAME_MAX):
            octets = frame(COMP, os.urandom(size - 4))
            s.send(octets)
            packet = s.peer.receive()
            tap.ok(packet and packet.payload == octets, f"{size} octets go")
            s.peer.raw(gre(octets, seq=s.peer.take(), call=CALL_A))
            tap.ok(s.heard() == octets, f"{size} octets come")
        s.peer.send(COMP, os.urandom(FRAME_MAX - 3))
        wait(s.drops)
        tap.equal(s.drops(), {"ppp-frame": 1}, "one octet more is dropped")
        s.peer.raw(gre(b"\xff\x03\x00\x20", seq=s.peer.take(), call=CALL_A))
        wait(lambda: s.drops() != {"ppp-frame": 1})
        tap.equal(s.drops(), {"ppp-frame": 2}, "and what has no protocol")


def take_all(session, sent):
    """Numbers of the frames that came, until those and the lost ones are all."""
    got, told = [], []

    def settled():
        try:
            got.append(int.from_bytes(session.heard(0.1)[4:6], "big"))
        except TimeoutError:
            pass
        except OSError as error:
            told.append(error.errno)
        return len(got) + session.drops().get("owner-overrun", 0) == sent
    wait(settled, 60)
    return got, told


def overrun():
    """The owner's socket is the queue: it has an end, and what is lost is counted once."""
    with Session() as s:
        s.owner.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        sent = 200
        for n in range(sent):
            s.peer.send(COMP, n.to_bytes(2, "big") + bytes(1000))
        wait(lambda: s.stats("rx-packets") == (sent,))
        lost = s.drops().get("owner-overrun", 0)
        tap.ok(0 < lost < sent, "a full socket loses frames", lost)
        got, told = take_all(s, sent)
        tap.ok(got == sorted(got) and got[0] == 0, "what fits comes in order", got)
        tap.equal(told, [errno.ENOBUFS], "the owner is told that some are lost")
        tap.equal(s.drops(), {"owner-overrun": sent - len(got)}, "and each counts once")
        s.peer.send(LCP, control(9))
        tap.equal(s.heard(), frame(LCP, control(9)), "it goes on")


def owners():
    """Without an owner its frames are lost, and counted; another one may take it over."""
    with Session() as s:
        s.owner.sock.close()
        wait(lambda: "orphaned" in bed.nl.status(s.id))
        s.peer.send(COMP, b"\x90\x00nobody")
        wait(s.drops)
        tap.equal(s.drops(), {"no-owner": 1}, "an orphan's frames are counted")
        s.owner = bed.a.nl()
        s.owner.set(s.id, take_over=True)
        s.peer.send(COMP, b"\x90\x00somebody")
        tap.equal(s.heard(), frame(COMP, b"\x90\x00somebody"), "a new owner hears")
        s.owner.set(s.id, flags="", flags_mask="raw")
        s.peer.send(IP, udp4(b"x"))
        wait(lambda: "not-up" in s.drops())
        s.peer.send(LCP, control(9), acfc=True)
        tap.equal(s.heard(), LCP.to_bytes(2, "big") + control(9),
                  "raw no more, it is a session like others")


for test in (refusals, sentences, frames, window, sizes, overrun, owners):
    test()
tap.done()
