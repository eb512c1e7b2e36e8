# SPDX-License-Identifier: GPL-2.0-or-later
"""
Compression before encryption: what leaves, what is taken, and what a loss costs,
against a second implementation and against ourselves.
"""

import os

from bed import (CALL_A, CALL_B, CCP, COMP, INNER_A, INNER_B, IP, OUTER_A, OUTER_B, PORT, Bed,
                 Peer, Tap, control, frame, gre, key_of, receive_all, udp4, wait)
from mppc import A, B, C, Expander, Squeezer

KEY = key_of(128)
TEXT = b"for whom the bell tolls, the bell tolls for thee. "

bed = Bed()
tap = Tap()


def mppe(stateless=1, key=KEY):
    return {"bits": 8 * len(key), "stateless": stateless, "key": key, "compress": True}


class Under:
    """A compressing session of A, and a peer that knows MPPC; gone at the end."""

    def __init__(self, stateless):
        self.name = "stateless" if stateless else "stateful"
        self.stateless = stateless
        self.number = bed.session(device=True, mppe_tx=mppe(stateless), mppe_rx=mppe(stateless))
        self.peer = Peer(bed, key=KEY, stateless=stateless)
        self.expander, self.squeezer = Expander(), Squeezer()
        self.inside = bed.a.udp(INNER_A)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        bed.nl.delete(self.number)
        self.inside.close()
        self.peer.sock.close()

    def out(self, data):
        """What A sends for @data: bits, length on the wire, and the datagram."""
        self.inside.sendto(data, (INNER_B, PORT))
        packet = self.peer.receive()
        proto, info = packet.split()
        assert proto == COMP, proto
        head = int.from_bytes(info[:2], "big")
        plain = self.expander.expand(head, self.peer.receiver.open(info))
        assert plain[:2] == b"\0\x21", plain[:2]
        return head & (A | B | C), len(info), plain[30:]

    def make(self, data, flush=False):
        """A compressed packet of the peer's, not sent."""
        # A is also what a flag packet has, and it empties the history.
        flush = flush or not self.stateless and self.peer.sender.count & 255 == 255
        bits, packed = self.squeezer.squeeze(b"\0\x21" + udp4(data), flush)
        if flush:
            self.peer.sender.flush = True
        info = bytearray(self.peer.sender.seal(packed))
        info[0] |= bits >> 8
        return gre(frame(COMP, bytes(info)), seq=self.peer.take())

    def send(self, data, flush=False):
        self.peer.raw(self.make(data, flush))

    def stats(self, name):
        return bed.nl.stats(self.number)[name]


def leaving(stateless):
    """Bits and sizes of what leaves; random data goes as it is."""
    with Under(stateless) as under:
        texts = [TEXT * 4, TEXT * 4, os.urandom(400), TEXT * 4, TEXT * 4]
        got = [under.out(text) for text in texts]
        # Octets that came before, the two headers among them, are one short copy.
        tap.equal([text for _, _, text in got], texts, f"{under.name}: all can be expanded")
        flushed = A if stateless else 0
        want = [A | B | C, C | B | A if stateless else C, flushed, A | B | C,
                C | B | A if stateless else C]
        tap.equal([bits for bits, _, _ in got], want, f"{under.name}: with the right bits")
        sizes = [size for _, size, _ in got]
        tap.ok(sizes[0] < 130 and sizes[2] == 400 + 28 + 4, f"{under.name}: sizes", sizes)
        tap.equal(sizes[1] < 40, not stateless, f"{under.name}: history is used if it may be")
        tap.equal(under.stats("tx-compressed"), 4, f"{under.name}: counted")
        tap.equal(under.stats("tx-bytes"), sum(map(len, texts)) + 5 * 28,
                  f"{under.name}: bytes are those inside")


def round_the_history():
    """More than the history holds: it goes to the front, and over a flag packet."""
    with Under(0) as under:
        fronts = 0
        for n in range(300):
            text = TEXT * (n % 11 + 1) + str(n).encode()
            bits, size, data = under.out(text)
            assert data == text and bits & C, (n, hex(bits))
            fronts += bits & (A | B) == B
        tap.ok(fronts > 5, "300 packets go round the history", fronts)
    with Under(0) as under:
        for n in range(300):
            under.send(TEXT * (n % 11 + 1) + str(n).encode())
        want = [TEXT * (n % 11 + 1) + str(n).encode() for n in range(300)]
        tap.ok(receive_all(under.inside, 300) == want, "and 300 of the peer's")
        tap.equal(under.stats("rx-compressed"), 300, "counted")
        tap.equal(bed.nl.drops(under.number), {}, "nothing was dropped")


def arriving(stateless):
    with Under(stateless) as under:
        texts = [TEXT * 20, TEXT, b"x", os.urandom(300), TEXT * 27]
        for text in texts:
            under.send(text, flush=bool(stateless))
        tap.equal(receive_all(under.inside, 5), texts, f"{under.name}: the peer's are expanded")
        under.peer.raw(under.peer.data(b"in clear, if that is the word"))
        tap.equal(receive_all(under.inside, 1), [b"in clear, if that is the word"],
                  f"{under.name}: what is not compressed is taken as well")
        tap.equal(under.stats("rx-compressed"), 5, f"{under.name}: counted")
        tap.equal(under.stats("rx-bytes"), sum(map(len, texts)) + 5 * 28 + 29 + 28,
                  f"{under.name}: bytes are those inside")


def forged(stateless):
    """Nonsense that says that it is compressed changes nothing that lasts."""
    with Under(stateless) as under:
        under.send(TEXT, flush=True)
        for head in (0xb001, 0xf001):
            for data in (b"\xff" * 50, os.urandom(300), b"\0" * 9):
                under.peer.raw(gre(frame(COMP, head.to_bytes(2, "big") + data),
                                   seq=under.peer.seq))
        wait(lambda: sum(bed.nl.drops(under.number).values()) == 6)
        tap.equal(bed.nl.drops(under.number), {"mppe-implausible": 6},
                  f"{under.name}: nonsense is dropped")
        under.send(TEXT * 2, flush=bool(stateless))
        tap.equal(receive_all(under.inside, 2), [TEXT, TEXT * 2],
                  f"{under.name}: and harms nobody")


def loss():
    """Stateful: a loss costs the history, a flush brings it back."""
    with Under(0) as under:
        under.send(TEXT)
        under.make(TEXT)
        under.send(TEXT * 2)
        packet = under.peer.receive()
        proto, info = packet.split()
        tap.equal((proto, info[0]), (CCP, 14), "loss: a Reset-Request asks for a flush")
        under.send(TEXT * 3, flush=True)
        under.send(TEXT * 4)
        tap.equal(receive_all(under.inside, 3), [TEXT, TEXT * 3, TEXT * 4],
                  "loss: a flushed packet brings it back")
        # The other way: the peer asks, and our next packet refers to nothing.
        under.out(TEXT)
        under.peer.send(CCP, control(14))
        answer = under.peer.receive()
        assert answer.split()[0] == CCP, answer.split()
        under.expander = Expander()
        bits, _, text = under.out(TEXT)
        tap.equal((bits, text), (A | B | C, TEXT), "loss: asked, we flush as well")


def ourselves(stateless, bits):
    """Two of ours, a bad network, and what may be squeezed between what may not."""
    name = f"{bits} bits {'stateless' if stateless else 'stateful'}"
    keys = mppe(stateless, key_of(bits))
    keys["bits"] = bits
    far = bed.b.nl()
    here = bed.session("up require-mppe", mppe_tx=keys, mppe_rx=keys)
    there = far.new(local_address=OUTER_B, peer_address=OUTER_A, local_call_id=CALL_B,
                    peer_call_id=CALL_A, flags="up require-mppe", ifindex=far_device,
                    mppe_tx=keys, mppe_rx=keys)
    texts = [TEXT * 20 if n % 3 else os.urandom(900) for n in range(60)]
    with bed.a.udp(INNER_A) as one, bed.b.udp(INNER_B) as other:
        for text in texts:
            one.sendto(text, (INNER_B, PORT))
        tap.ok(receive_all(other, 60) == texts, f"{name}: 60 datagrams there")
        for text in texts:
            other.sendto(text, (INNER_A, PORT))
        tap.ok(receive_all(one, 60) == texts, f"{name}: and back")
    stats = bed.nl.stats(here), far.stats(there)
    tap.equal([[side[f"{way}-compressed"] for way in ("tx", "rx")] for side in stats],
              [[40, 40]] * 2, f"{name}: two of three were compressed")
    tap.equal((bed.nl.drops(here), far.drops(there)), ({}, {}), f"{name}: nothing was dropped")
    bed.b.run("tc qdisc add dev v0 root netem delay 5ms reorder 30% 50% loss 5%")
    out = bed.b.run(f"ping -q -i 0.02 -c 200 -W 20 -s 1000 {INNER_A}", check=False).stdout
    bed.b.run("tc qdisc del dev v0 root")
    got = int(out.split(" received")[0].split()[-1])
    tap.ok(got > (150 if stateless else 0), f"{name}: losses are got over", out)
    out = bed.b.run(f"ping -q -i 0.02 -c 20 -W 20 {INNER_A}", check=False).stdout
    tap.ok(" 0 received" not in out, f"{name}: and what comes then arrives", out)
    bed.nl.delete(here)
    far.delete(there)


def told():
    number = bed.session(mppe_tx=mppe(), device=True)
    tap.equal(bed.nl.get(number)["mppe-tx"], {"bits": 128, "stateless": 1, "compress": True},
              "the session says so")
    plain = {"bits": 128, "stateless": 1, "key": KEY}
    bed.nl.set(number, mppe_tx=plain, mppe_rx=plain)
    session = bed.nl.get(number)
    tap.equal([session[name] for name in ("mppe-tx", "mppe-rx")],
              [{"bits": 128, "stateless": 1}] * 2, "and when a new key does without")
    bed.nl.delete(number)


far_device = None
told()
for stateless in (1, 0):
    leaving(stateless)
    arriving(stateless)
    forged(stateless)
round_the_history()
loss()
far_device = bed.b.device("kp0", INNER_B, INNER_A)
for stateless, bits in ((1, 128), (0, 128), (1, 40)):
    ourselves(stateless, bits)
tap.done()
