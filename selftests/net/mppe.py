# SPDX-License-Identifier: GPL-2.0-or-later
"""The peer's MPPE (RFC 3078, RFC 3079), written a second time to test the first."""

import hashlib


def rc4_setup(key):
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    return [state, 0, 0]


def rc4(stream, data):
    state, i, j = stream
    out = bytearray()
    for octet in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(octet ^ state[(state[i] + state[j]) & 255])
    stream[1], stream[2] = i, j
    return bytes(out)


REDUCED = {40: b"\xd1\x26\x9e", 56: b"\xd1", 128: b""}


class Chain:
    """Session keys of one direction."""

    def __init__(self, start, bits):
        self.start, self.bits = start, bits
        self.cur = self.digest(start)

    def digest(self, cur):
        sha = hashlib.sha1(self.start + bytes(40) + cur + b"\xf2" * 40).digest()
        key = sha[:len(self.start)]
        return REDUCED[self.bits] + key[len(REDUCED[self.bits]):]

    def change(self):
        sha = hashlib.sha1(self.start + bytes(40) + self.cur + b"\xf2" * 40).digest()
        key = sha[:len(self.start)]
        key = rc4(rc4_setup(key), key)
        self.cur = REDUCED[self.bits] + key[len(REDUCED[self.bits]):]


class Sender:
    """Seals frames; octets in, octets from the MPPE header on out."""

    def __init__(self, start, bits=128, stateless=True):
        self.chain = Chain(start, bits)
        self.stateless = stateless
        self.count = 0
        self.flush = False
        self.stream = rc4_setup(self.chain.cur)

    def seal(self, frame):
        head = 0x1000 | self.count
        if self.stateless:
            self.chain.change()
            self.stream = rc4_setup(self.chain.cur)
            head |= 0x8000
        elif self.count & 255 == 255 or self.flush:
            if self.count & 255 == 255:
                self.chain.change()
            self.stream = rc4_setup(self.chain.cur)
            head |= 0x8000
            self.flush = False
        self.count = (self.count + 1) & 4095
        return head.to_bytes(2, "big") + rc4(self.stream, frame)

    def skip(self, packets):
        """As if so many packets had been sent (stateless)."""
        for _ in range(packets):
            self.chain.change()
        self.count = (self.count + packets) & 4095


class Receiver:
    """Opens what comes in order without loss; anything else is an error."""

    def __init__(self, start, bits=128, stateless=True):
        self.chain = Chain(start, bits)
        self.stateless = stateless
        self.count = 0
        self.stream = rc4_setup(self.chain.cur)

    def open(self, packet):
        head = int.from_bytes(packet[:2], "big")
        assert head & 0x1000 and head & 0xfff == self.count, hex(head)
        if self.stateless:
            assert head & 0x8000
            self.chain.change()
        elif self.count & 255 == 255:
            self.chain.change()
        if head & 0x8000:
            self.stream = rc4_setup(self.chain.cur)
        self.count = (self.count + 1) & 4095
        return rc4(self.stream, packet[2:])
