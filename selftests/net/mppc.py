# SPDX-License-Identifier: GPL-2.0-or-later
"""The peer's MPPC (RFC 2118), written a second time to test the first."""

SIZE = 8192
A, B, C = 0x8000, 0x4000, 0x2000


class Bits:
    """A string of bits, read from the front."""

    def __init__(self, data):
        self.text = "".join(f"{octet:08b}" for octet in data)
        self.at = 0

    def take(self, count):
        assert self.at + count <= len(self.text), "past the end"
        self.at += count
        return int(self.text[self.at - count:self.at] or "0", 2)

    def left(self):
        return len(self.text) - self.at


class Expander:
    """What a receiver keeps; strict about what a sender of ours may say."""

    def __init__(self):
        self.history, self.pos = bytearray(SIZE), 0

    def offset(self, bits):
        if not bits.take(1):
            return 320 + bits.take(13)
        return bits.take(6) if bits.take(1) else 64 + bits.take(8)

    def length(self, bits):
        ones = 0
        while bits.take(1):
            ones += 1
        return (1 << ones + 1) + bits.take(ones + 1) if ones else 3

    def expand(self, head, data):
        """The contents of a packet with this MPPE header."""
        if head & A:
            self.history, self.pos = bytearray(SIZE), 0
        if not head & C:
            return data
        if head & B:
            self.pos = 0
        bits, begin = Bits(data), self.pos
        while bits.left() >= 8:
            if not bits.take(1):
                self.put(bits.take(7))
            elif not bits.take(1):
                self.put(0x80 | bits.take(7))
            else:
                offset, length = self.offset(bits), self.length(bits)
                assert 0 < offset <= self.pos, "a copy from before the front"
                for _ in range(length):
                    self.put(self.history[self.pos - offset])
        assert not bits.take(bits.left()), "the padding is not zero"
        return bytes(self.history[begin:self.pos])

    def put(self, octet):
        self.history[self.pos] = octet
        self.pos += 1


class Squeezer:
    """What a sender keeps; it finds the longest copy, however long that takes."""

    def __init__(self):
        self.history = b""

    @staticmethod
    def code(offset, length):
        if offset < 64:
            text = f"1111{offset:06b}"
        elif offset < 320:
            text = f"1110{offset - 64:08b}"
        else:
            text = f"110{offset - 320:013b}"
        if length == 3:
            return text + "0"
        size = length.bit_length() - 1
        return text + "1" * (size - 1) + "0" + f"{length - (1 << size):0{size}b}"

    def find(self, whole, at):
        """Offset and length of the longest copy of what stands at @at."""
        best = (0, 0)
        for length in range(3, len(whole) - at + 1):
            found = whole.rfind(whole[at:at + length], 0, at + length - 1)
            if found < 0 or found >= at:
                break
            best = (at - found, length)
        return best

    def squeeze(self, data, flush=False):
        """The bits of the header, and the compressed packet."""
        head = C
        if flush:
            self.history, head = b"", C | A
        if len(self.history) + len(data) > SIZE:
            self.history, head = b"", head | B
        whole, at, text = self.history + data, len(self.history), ""
        while at < len(whole):
            offset, length = self.find(whole, at)
            if length:
                text += self.code(offset, length)
                at += length
            else:
                octet = whole[at]
                text += f"{octet:08b}" if octet < 128 else f"10{octet & 127:07b}"
                at += 1
        self.history = whole
        text += "0" * (-len(text) % 8)
        return head, bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
