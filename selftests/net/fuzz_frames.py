# SPDX-License-Identifier: GPL-2.0-or-later
"""
Packets of enhanced GRE with PPP, MPPE and MPPC inside, by their grammar: each part is
mostly as it should be, and now and then is what nobody should ever send.
"""

import socket
import struct

from bed import CCP, COMP, INNER_A, INNER_B, IP, IPCP, IPV6, LCP, VJ, frame, gre, ipv4, udp4

# What must never come out of a session that requires encryption.
FORGED = b"forged"

PROTOCOLS = (LCP, LCP, CCP, CCP, IPCP, 0x8057, 0xc023, 0xc223, 0xc227, 0xc029, 0xc025)
HEAD_LEN = 4        # flags, version and type: what the kernel tells GRE apart by
FAR = (1000, 4096, 100000, 1 << 30, 1 << 31, (1 << 32) - 1)


def reaches(packet):
    """Is it version 1, and long enough that the kernel gives it to the module?"""
    return len(packet) >= 12 and packet[1] & 0x7f == 1


class Frames:
    """@dice decides."""

    def __init__(self, dice):
        self.dice = dice

    def octets(self, most):
        return self.dice.randbytes(self.dice.randint(0, most))

    def rarely(self, chance=0.1):
        return self.dice.random() < chance

    def tcp(self, flags):
        """A segment with options, a segment size among them as likely as not."""
        options = self.dice.choice((b"", b"\x02\x04\x05\xb4", b"\x02\x04\xff\xff\x01\x01",
                                    b"\x02\x03\x05", b"\x01\x02\x04\x00\x00\x00\x00\x00",
                                    b"\x02\x00", self.octets(40)))
        options += bytes(-len(options) % 4)
        offset = self.dice.choice((5 + len(options) // 4, 5 + len(options) // 4, 0, 15))
        return struct.pack("!HHIIBBHHH", 1, 2, 3, 4, (offset & 15) << 4, flags, 5, 6,
                           0) + options[:40]

    def inner(self):
        """Protocol number, and a packet of it."""
        roll = self.dice.randrange(8)
        if roll < 3:
            return IP, udp4(FORGED + self.octets(200), tos=self.dice.randrange(256))
        if roll == 3:
            return IP, ipv4(self.tcp(self.dice.choice((2, 0x12, 0x10))), INNER_B, INNER_A, 6)
        if roll == 4:
            head = struct.pack("!IHBB", 0x60000000, self.dice.choice((0, 8, 65535)),
                               self.dice.choice((6, 17, 0, 44)), 64)
            return IPV6, head + bytes(32) + self.octets(64)
        if roll == 5:
            bad = bytearray(udp4(FORGED))
            bad[self.dice.randrange(20)] = self.dice.randrange(256)
            return IP, bytes(bad)
        if roll == 6:
            return self.dice.choice((IP, IPV6, VJ, 0x2b, 0x3001)), self.octets(64)
        return IP, ipv4(FORGED, socket.inet_ntoa(self.dice.randbytes(4)), INNER_A)

    def control(self):
        """A control frame: the lengths in it are lies now and then."""
        code, options = self.dice.randrange(17), b""
        while self.rarely(0.6):
            data = self.octets(6)
            length = len(data) + 2 if not self.rarely() else self.dice.randrange(256)
            options += bytes((self.dice.randrange(24), length)) + data
        length = 4 + len(options) if not self.rarely() else self.dice.randrange(65536)
        head = struct.pack("!BBH", code, self.dice.randrange(256), length)
        return self.dice.choice(PROTOCOLS), (head + options)[:1490]

    def sealed(self, peer):
        """As the real peer would, or nearly so: by its key, a count, four flags."""
        proto, packet = self.inner()
        plain = proto.to_bytes(1 if proto < 256 and self.rarely(0.5) else 2, "big") + packet
        if not peer.sender or self.rarely(0.3):
            return struct.pack("!H", self.dice.randrange(65536)) + self.octets(120)
        if self.rarely(0.2):
            plain = self.octets(80)         # what MPPC, or nobody, makes sense of
        if self.rarely(0.05):
            peer.sender.skip(self.dice.randint(1, 40))
        sealed = bytearray(peer.sender.seal(plain))
        if self.rarely(0.3):
            sealed[0] ^= self.dice.choice((0x80, 0x40, 0x20, 0x60, 0x10, 0x0f))
        if self.rarely(0.2):
            sealed[1] ^= 1 << self.dice.randrange(8)
        if self.rarely(0.2):
            sealed[self.dice.randrange(len(sealed))] ^= 1 << self.dice.randrange(8)
        return bytes(sealed)

    def number(self, peer):
        """The sequence number that is due, mostly; peer.seq is the next."""
        roll = self.dice.random()
        if roll < 0.6:
            return peer.take()
        if roll < 0.8:
            return peer.seq + self.dice.randint(-40, 40)
        if roll < 0.9:
            return peer.seq + self.dice.randint(-300, 1200)
        return peer.seq + self.dice.choice(FAR) * self.dice.choice((1, -1))

    def payload(self, peer):
        """A frame of PPP with whatever header."""
        roll = self.dice.random()
        if roll < 0.35:
            proto, info = self.control()
        elif roll < 0.6:
            proto, info = self.inner()
        elif roll < 0.95:
            proto, info = COMP, self.sealed(peer)
        else:
            return self.octets(12)
        if self.rarely(0.05):
            info += self.dice.randbytes(1400 - len(info)) if len(info) < 1400 else b""
        return frame(proto, info, acfc=self.rarely(0.3), pfc=self.rarely(0.3))

    def packet(self, peer):
        """A whole one for the session that @peer is the other end of."""
        call = peer.call if not self.rarely(0.03) else self.dice.randrange(65536)
        ack = None
        if self.rarely(0.3):
            ack = self.dice.choice((0, 1, peer.seq, 0x7fffffff, 0xffffffff,
                                    self.dice.randrange(1 << 32)))
        if ack is not None and self.rarely(0.3):
            return self.spoil(gre(ack=ack, call=call))
        payload = self.payload(peer)
        length = None if not self.rarely(0.05) else self.dice.randrange(65536)
        return self.spoil(gre(payload, seq=self.number(peer), ack=ack, call=call,
                              length=length))

    def near(self, packet, peer):
        """@packet with the next number, and as likely as not another octet; reaches() the same."""
        out = bytearray(packet)
        if len(out) >= 12 and out[0] & 0x10:
            out[8:12] = struct.pack("!I", self.number(peer) & 0xffffffff)
        if len(out) > HEAD_LEN and self.rarely(0.5):
            out[self.dice.randrange(HEAD_LEN, len(out))] = self.dice.randrange(256)
        return bytes(out)

    def spoil(self, packet):
        """Another octet in the header, an end that is missing, padding of a link."""
        out = bytearray(packet)
        if self.rarely(0.05):
            out[self.dice.randrange(HEAD_LEN + 12) % len(out)] ^= 1 << self.dice.randrange(8)
        if self.rarely(0.05):
            del out[self.dice.randrange(len(out)):]
        if self.rarely(0.05):
            out += bytes(self.dice.randrange(30))
        return bytes(out) or b"\0"
