# SPDX-License-Identifier: GPL-2.0-or-later
"""
What goes over the wire, in names: PPTP's messages (RFC 2637 section 2), its GRE
(section 4.1), PPP frames and options. The engine writes with it, the converter
reads with it.
"""

import socket
import struct

COOKIE = 0x1a2b3c4d
PORT = 1723
GRE = 47

# Control messages: number -> name and fields; what begins with "_" is reserved.
MESSAGES = {
    1: ("start-request", "version:H _0:H framing:I bearer:I channels:H firmware:H "
        "host:64s vendor:64s"),
    2: ("start-reply", "version:H result:B error:B framing:I bearer:I channels:H "
        "firmware:H host:64s vendor:64s"),
    3: ("stop-request", "reason:B _0:B _1:H"),
    4: ("stop-reply", "result:B error:B _0:H"),
    5: ("echo-request", "identifier:I"),
    6: ("echo-reply", "identifier:I result:B error:B _0:H"),
    7: ("call-request", "id:H serial:H min_bps:I max_bps:I bearer:I framing:I window:H "
        "delay:H phone_length:H _0:H phone:64s subaddress:64s"),
    8: ("call-reply", "id:H peer_id:H result:B error:B cause:H speed:I window:H delay:H "
        "channel:I"),
    12: ("clear-request", "id:H _0:H"),
    13: ("disconnect", "id:H result:B error:B cause:H _0:H statistics:128s"),
    14: ("wan-error", "peer_id:H _0:H crc:I framing:I hardware:I buffer:I timeout:I "
         "alignment:I"),
    15: ("link-info", "peer_id:H _0:H send_accm:I receive_accm:I"),
}
NUMBERS = {name: number for number, (name, _) in MESSAGES.items()}


def fields_of(kind):
    pairs = [field.split(":") for field in MESSAGES[kind][1].split()]
    return [name for name, _ in pairs], struct.Struct("!" + "".join(code for _, code in pairs))


def message(name, **values):
    """A control message; fields that are not given are 0 or empty."""
    kind = NUMBERS[name]
    names, layout = fields_of(kind)
    blank = layout.unpack(bytes(layout.size))
    body = layout.pack(*(encoded(values.pop(field, empty))
                         for field, empty in zip(names, blank)))
    assert not values, f"{name} has no {', '.join(values)}"
    return struct.pack("!HHIHH", 12 + len(body), 1, COOKIE, kind, 0) + body


def encoded(value):
    return value.encode() if isinstance(value, str) else value


def split_message(data):
    """Name and fields of a whole control message."""
    length, _, cookie, kind, _ = struct.unpack_from("!HHIHH", data)
    assert cookie == COOKIE and length == len(data), data.hex()
    names, layout = fields_of(kind)
    values = {}
    for name, value in zip(names, layout.unpack_from(data, 12)):
        if isinstance(value, bytes):
            value = value.rstrip(b"\0").decode("latin-1")
        values[name] = value
    return MESSAGES[kind][0], values


def gre(payload, call, seq=None, ack=None):
    flags = 0x2001 | (0x1000 if seq is not None else 0) | (0x80 if ack is not None else 0)
    out = struct.pack("!HHHH", flags, 0x880b, len(payload), call)
    for number in (seq, ack):
        if number is not None:
            out += struct.pack("!I", number & 0xffffffff)
    return out + payload


def split_gre(data):
    """Call ID, sequence number, acknowledgement, payload; None if it is not ours."""
    flags, kind, length, call = struct.unpack_from("!HHHH", data)
    if kind != 0x880b or flags & 0xef7f != 0x2001:
        return None
    at = 8
    seq = ack = None
    if flags & 0x1000:
        seq = struct.unpack_from("!I", data, at)[0]
        at += 4
    if flags & 0x80:
        ack = struct.unpack_from("!I", data, at)[0]
        at += 4
    return call, seq, ack, data[at:at + length]


IP, IPV6, COMP, LCP, PAP, CHAP, EAP = 0x21, 0x57, 0xfd, 0xc021, 0xc023, 0xc223, 0xc227
PROTOCOLS = {
    "ip": IP, "ipv6": IPV6, "comp": COMP, "lcp": LCP, "pap": PAP, "chap": CHAP, "eap": EAP,
    "ipcp": 0x8021, "ipv6cp": 0x8057, "ccp": 0x80fd, "acscp": 0x8235, "mplscp": 0x8281,
}
PROTOCOL_NAMES = {number: name for name, number in PROTOCOLS.items()}
CODES = {1: "request", 2: "ack", 3: "nak", 4: "reject", 5: "terminate", 6: "terminate-ack",
         7: "code-reject", 8: "protocol-reject", 9: "echo", 10: "echo-reply", 11: "discard",
         12: "identification", 13: "time-remaining", 14: "reset-request", 15: "reset-ack"}
CHAP_CODES = {1: "challenge", 2: "response", 3: "success", 4: "failure"}


def frame(proto, info, acfc=False, pfc=False):
    """RFC 1661 section 6.5 and 6.6; what may be left out is."""
    head = b"" if acfc else b"\xff\x03"
    return head + proto.to_bytes(1 if pfc and proto < 256 else 2, "big") + info


def split_frame(data):
    """Protocol and information field; compressed or not."""
    if data[:2] == b"\xff\x03":
        data = data[2:]
    if data[0] & 1:
        return data[0], data[1:]
    return struct.unpack_from("!H", data)[0], data[2:]


def control(code, ident, data=b""):
    return struct.pack("!BBH", code, ident, 4 + len(data)) + data


def split_control(info):
    code, ident, length = struct.unpack_from("!BBH", info)
    assert 4 <= length <= len(info), info.hex()
    return code, ident, info[4:length]


def label(proto, info):
    """What a frame is, in two words: "lcp request"."""
    name = PROTOCOL_NAMES.get(proto, f"{proto:04x}")
    if proto < 0x4000:
        return f"{name} data"
    codes = CHAP_CODES if proto == CHAP else CODES
    return f"{name} {codes.get(info[0], info[0])}"


# Options by protocol: name -> number and how the value is written. What has no
# name here is called by its number and written in hexadecimal digits.
OPTIONS = {
    "lcp": {"mru": (1, "H"), "asyncmap": (2, "I"), "auth": (3, "hex"), "quality": (4, "hex"),
            "magic": (5, "random"), "pcomp": (7, "none"), "accomp": (8, "none"),
            "callback": (13, "hex"), "mrru": (17, "H"), "ssnhf": (18, "none"),
            "endpoint": (19, "hex")},
    "ccp": {"lzs": (17, "hex"), "mppe": (18, "mppe"), "bsd": (21, "hex"),
            "deflate-draft": (24, "hex"), "deflate": (26, "hex")},
    "ipcp": {"addresses": (1, "hex"), "vj": (2, "hex"), "address": (3, "ip"),
             "dns1": (129, "ip"), "wins1": (130, "ip"), "dns2": (131, "ip"),
             "wins2": (132, "ip")},
    "ipv6cp": {"interface-id": (1, "random")},
}
MPPE = {"H": 0x01000000, "M": 0x80, "S": 0x40, "L": 0x20, "D": 0x10, "C": 0x01}


def mppe_bits(letters):
    return sum(MPPE[letter] for letter in letters.replace("none", ""))


def mppe_letters(bits):
    return "".join(letter for letter, bit in MPPE.items() if bits & bit) or "none"


ENCODE = {
    "H": lambda value: struct.pack("!H", value),
    "I": lambda value: struct.pack("!I", value),
    "hex": lambda value: bytes.fromhex(str(value)),
    "random": lambda value: bytes.fromhex(str(value)),
    "none": lambda value: b"",
    "ip": socket.inet_aton,
    "mppe": lambda value: struct.pack("!I", mppe_bits(value)),
}
DECODE = {
    "H": lambda data: struct.unpack("!H", data)[0],
    "I": lambda data: struct.unpack("!I", data)[0],
    "hex": bytes.hex,
    "random": bytes.hex,
    "none": lambda data: None,
    "ip": socket.inet_ntoa,
    "mppe": lambda data: mppe_letters(struct.unpack("!I", data)[0]),
}


def kind_of(proto, name):
    return OPTIONS.get(proto, {}).get(name, (None, "hex"))


def put_options(proto, options):
    """Octets of a list of (name, value)."""
    out = b""
    for name, value in options:
        number, kind = kind_of(proto, name)
        data = ENCODE[kind](value)
        out += struct.pack("!BB", int(name) if number is None else number,
                           2 + len(data)) + data
    return out


def get_options(proto, data):
    """A list of (name, value) of octets."""
    names = {number: name for name, (number, _) in OPTIONS.get(proto, {}).items()}
    options = []
    while data:
        number, length = data[0], data[1]
        assert 2 <= length <= len(data), data.hex()
        name = names.get(number, str(number))
        options.append((name, DECODE[kind_of(proto, name)[1]](data[2:length])))
        data = data[length:]
    return options


def checksum(data):
    data += b"\0" * (len(data) & 1)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ping(source, target, number):
    """An ICMP echo request in IPv4, as other octets for each @number."""
    def icmp(csum):
        return struct.pack("!BBHHH", 8, 0, csum, 0x4b50, number) + bytes(range(56))

    def head(csum):
        return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 84, number, 0, 64, 1, csum,
                           socket.inet_aton(source), socket.inet_aton(target))
    return head(checksum(head(0))) + icmp(checksum(icmp(0)))


def pong(packet):
    """The number of the echo reply that @packet is, or None."""
    if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] != 1:
        return None
    icmp = packet[4 * (packet[0] & 15):]
    return struct.unpack_from("!H", icmp, 6)[0] if icmp[0] == 0 else None
