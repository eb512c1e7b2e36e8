# SPDX-License-Identifier: GPL-2.0-or-later
"""
The peer's MS-CHAPv2 (RFC 2759) and start keys (RFC 3079), from the RFCs' text
alone: OpenSSL 3 has neither MD4 nor DES without its legacy provider.
"""

import hashlib
import struct

MASK = 0xffffffff

# MD4, RFC 1320: the rounds as (function, constant, order of words, shifts).
ROUNDS = (
    (lambda x, y, z: (x & y) | (~x & z), 0,
     (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), (3, 7, 11, 19)),
    (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5a827999,
     (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
    (lambda x, y, z: x ^ y ^ z, 0x6ed9eba1,
     (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def rotate(value, count):
    return ((value << count) | (value >> (32 - count))) & MASK


def md4(data):
    bits = struct.pack("<Q", 8 * len(data))
    data += b"\x80" + bytes((55 - len(data)) % 64) + bits
    state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
    for at in range(0, len(data), 64):
        words = struct.unpack_from("<16I", data, at)
        a, b, c, d = state
        for mix, constant, order, shifts in ROUNDS:
            for step, word in enumerate(order):
                value = (a + mix(b, c, d) + words[word] + constant) & MASK
                a, b, c, d = d, rotate(value, shifts[step % 4]), b, c
        state = [(old + new) & MASK for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


# DES, FIPS 46-3; bits are counted from 1, the most significant one.
IP = [58 - 8 * column + 2 * row if row < 4 else 57 - 8 * column + 2 * (row - 4)
      for row in range(8) for column in range(8)]
FP = [IP.index(bit) + 1 for bit in range(1, 65)]
EXPAND = [(4 * group + offset - 1) % 32 + 1 for group in range(8) for offset in range(6)]
PERMUTE = [16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
           2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25]
PC1 = [57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19,
       11, 3, 60, 52, 44, 36, 63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6,
       61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4]
PC2 = [14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
       41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36,
       29, 32]
SHIFTS = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
BOXES = [[int(digit, 16) for digit in box] for box in (
    "e4d12fb83a6c59070f74e2d1a6cb953841e8d62bfc973a50fc8249175b3ea06d",
    "f18e6b34972dc05a3d47f28ec01a69b50e7ba4d158c6932fd8a13f42b67c05e9",
    "a09e63f51dc7b428d709346a285ecbf1d6498f30b12c5ae71ad069874fe3b52c",
    "7de3069a1285bc4fd8b56f03472c1ae9a690cb7df13e52843f06a1d8945bc72e",
    "2c417ab6853fd0e9eb2c47d150fa3986421bad78f9c5630eb8c71e2d6f09a453",
    "c1af92680d34e75baf427c9561de0b389ef528c3704a1db6432c95fabe17608d",
    "4b2ef08d3c975a61d0b7491ae35c2f8614bdc37eaf6805926bd814a7950fe23c",
    "d2846fb1a93e50c71fd8a374c56b0e927b419ce206adf35821e74a8dfc90356b")]


def pick(value, width, table):
    """The bits of @value that @table names, in its order."""
    out = 0
    for bit in table:
        out = out << 1 | (value >> (width - bit)) & 1
    return out


def des_schedule(key):
    halves = pick(key, 64, PC1)
    left, right = halves >> 28, halves & 0xfffffff
    for shift in SHIFTS:
        left = (left << shift | left >> (28 - shift)) & 0xfffffff
        right = (right << shift | right >> (28 - shift)) & 0xfffffff
        yield pick(left << 28 | right, 56, PC2)


def des_round(half, key):
    value = pick(half, 32, EXPAND) ^ key
    out = 0
    for number, box in enumerate(BOXES):
        six = value >> (42 - 6 * number) & 63
        row = (six >> 4 & 2) | (six & 1)
        out = out << 4 | box[16 * row + (six >> 1 & 15)]
    return pick(out, 32, PERMUTE)


def des(key, block):
    """One block under seven octets of key; the parity bits do not matter."""
    wide = 0
    for group in range(8):
        wide = wide << 8 | (int.from_bytes(key, "big") >> (49 - 7 * group) & 127) << 1
    halves = pick(int.from_bytes(block, "big"), 64, IP)
    left, right = halves >> 32, halves & MASK
    for subkey in des_schedule(wide):
        left, right = right, left ^ des_round(right, subkey)
    return pick(right << 32 | left, 64, FP).to_bytes(8, "big")


def nt_hash(password):
    return md4(password.encode("utf-16-le"))


def challenge_hash(peer, server, user):
    """RFC 2759 section 8.2; the domain does not count."""
    name = user.rsplit("\\", 1)[-1].encode()
    return hashlib.sha1(peer + server + name).digest()[:8]


def response(challenge, secret):
    """RFC 2759 section 8.5."""
    key = secret + bytes(5)
    return b"".join(des(key[at:at + 7], challenge) for at in (0, 7, 14))


def success(secret, nt_response, challenge):
    """RFC 2759 section 8.7: what proves the server to us."""
    inner = hashlib.sha1(md4(secret) + nt_response +
                         b"Magic server to client signing constant").digest()
    outer = hashlib.sha1(inner + challenge +
                         b"Pad to make it do more than one iteration").digest()
    return "S=" + outer.hex().upper()


CLIENT_SENDS = (b"On the client side, this is the send key; on the server side, "
                b"it is the receive key.")
CLIENT_RECEIVES = (b"On the client side, this is the receive key; on the server side, "
                   b"it is the send key.")


def start_keys(secret, nt_response, bits):
    """What the client sends with, and what it receives with; RFC 3079 section 3."""
    master = hashlib.sha1(md4(secret) + nt_response +
                          b"This is the MPPE Master Key").digest()[:16]
    length = 16 if bits == 128 else 8
    return [hashlib.sha1(master + bytes(40) + magic + b"\xf2" * 40).digest()[:length]
            for magic in (CLIENT_SENDS, CLIENT_RECEIVES)]
