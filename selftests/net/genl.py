# SPDX-License-Identifier: GPL-2.0-or-later
"""The kpptp family without any tool between: requests as they are written,
refusals with their sentence and attribute. Numbers come from the uapi header,
so that a test can also send what the tools never would.

By itself: genl.py COMMAND [NAME=VALUE...] asks once in the caller's namespace
and prints the answers, one JSON object a line; genl.py events COUNT prints so
many events."""

import collections
import ctypes
import ipaddress
import json
import os
import re
import socket
import struct
import sys

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../kernel/include/uapi/linux/kpptp.h")

NLM_F_REQUEST, NLM_F_MULTI, NLM_F_ACK, NLM_F_DUMP = 1, 2, 4, 0x300
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED, NLA_TYPE_MASK = 0x8000, 0x3fff
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 1, 10, 11
NETLINK_GET_STRICT_CHK = 12
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CLONE_NEWNET = 0x40000000

FORMATS = {
    "be32": ("local-address", "peer-address"),
    "u16": ("local-call-id", "peer-call-id", "peer-mru", "mtu",
            "reorder-window", "reorder-timeout"),
    "u8": ("ttl", "tos", "stateless", "prefix-length"),
    "ip": ("address",),
    "flag": ("take-over", "orphaned", "compress"),
    "binary": ("frame", "key"),
    "nest": ("mppe-tx", "mppe-rx", "stats", "drops", "inner"),
}
FORMAT = {name: kind for kind, names in FORMATS.items() for name in names}
NESTS = {"mppe-tx": "MPPE", "mppe-rx": "MPPE", "stats": "STATS",
         "drops": "DROPS", "inner": "INNER"}

MANY = ("inner",)       # as a list of values


def read_header():
    """{set: {attribute name: number}} and {flag or reason or ... : value}."""
    text = open(HEADER, encoding="ascii").read()
    numbers = collections.defaultdict(dict)
    for body in re.findall(r"^enum[^{]*\{(.*?)^\};", text, re.M | re.S):
        value = 0
        for name, given in re.findall(r"^\t(\w+)(?: = (\d+))?,", body, re.M):
            value = int(given) if given else value
            kind = re.match(r"KPPTP_(A_[A-Z]+|CMD|[A-Z]+_[A-Z]+)_(\w+)", name)
            if kind and not name.startswith("__"):
                key = kind[2].lower().replace("_", "-")
                numbers[kind[1].removeprefix("A_")][key] = value
            value += 1
    return numbers


NUMBERS = read_header()


class Refused(Exception):
    """What the kernel answers instead: errno, sentence, attribute, missing."""

    def __init__(self, errno, sentence, attr, missing):
        super().__init__(f"errno {errno}: {sentence} (at {attr or missing})")
        self.errno, self.sentence = errno, sentence
        self.attr, self.missing = attr, missing


def attribute(number, data, nested=False):
    length = 4 + len(data)
    kind = number | (NLA_F_NESTED if nested else 0)
    return struct.pack("=HH", length, kind) + data + bytes(-length % 4)


def split(data):
    """(number, offset, payload) of each attribute."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        yield kind & NLA_TYPE_MASK, at, data[at + 4:at + length]
        at += (length + 3) & ~3


def encode_one(kind, name, value):
    number = NUMBERS[kind][name]
    if isinstance(value, list):
        return b"".join(encode_one(kind, name, one) for one in value)
    if isinstance(value, bytes):
        return attribute(number, value)
    if isinstance(value, dict):
        return attribute(number, encode(NESTS[name], value), nested=True)
    form = FORMAT.get(name, "u32")
    if form == "be32":
        return attribute(number, socket.inet_aton(value))
    if form == "flag":
        return attribute(number, b"")
    if form == "ip":
        return attribute(number, ipaddress.ip_address(value).packed)
    return attribute(number, struct.pack({"u8": "=B", "u16": "=H",
                                          "u32": "=I"}[form], value))


def encode(kind, values):
    """Plain values to attributes; bytes go as they are, whatever the type."""
    return b"".join(encode_one(kind, *item) for item in values.items())


def decode_one(kind, name, data):
    if name in NESTS:
        return decode(NESTS[name], data)
    form = FORMAT.get(name, "u64" if kind in ("STATS", "DROPS") else "u32")
    if form == "be32":
        return socket.inet_ntoa(data)
    if form == "binary":
        return data
    if form == "ip":
        return str(ipaddress.ip_address(data))
    if form == "flag":
        return True
    return struct.unpack({"u8": "=B", "u16": "=H", "u32": "=I",
                          "u64": "=Q"}[form], data)[0]


def decode(kind, data):
    names = {number: name for name, number in NUMBERS[kind].items()}
    values = {}
    for number, _, payload in split(data):
        name = names[number]
        if name in MANY:
            values.setdefault(name, []).append(decode_one(kind, name, payload))
        elif name != "pad":
            values[name] = decode_one(kind, name, payload)
    return values


class Socket:
    """One netlink socket, in the namespace that the caller is in."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.port = self.sock.getsockname()[0]
        self.seq = 0
        self.later = collections.deque()
        self._find_family()

    def close(self):
        self.sock.close()

    def _find_family(self):
        answer = self._talk(GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
                            attribute(CTRL_ATTR_FAMILY_NAME, b"kpptp\0"), 0)
        found = {number: data for number, _, data in split(answer[0][1])}
        self.family = struct.unpack("=H", found[CTRL_ATTR_FAMILY_ID])[0]
        self.groups = {}
        for _, _, group in split(found[CTRL_ATTR_MCAST_GROUPS]):
            part = {number: data for number, _, data in split(group)}
            self.groups[part[1].rstrip(b"\0").decode()] = \
                struct.unpack("=I", part[2])[0]

    def subscribe(self, group="events"):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                             self.groups[group])

    def _messages(self):
        data = self.sock.recv(1 << 18)
        while len(data) >= 16:
            length, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
            yield kind, flags, seq, data[16:length]
            data = data[(length + 3) & ~3:]

    def _refusal(self, flags, body, sent):
        errno = -struct.unpack_from("=i", body)[0]
        sentence = attr = missing = None
        if flags & NLM_F_ACK_TLVS:
            skip = 20 if flags & NLM_F_CAPPED else 4 + len(sent)
            for number, _, data in split(body[skip:]):
                if number == 1:
                    sentence = data.rstrip(b"\0").decode()
                elif number == 2:
                    at = struct.unpack("=I", data)[0]
                    attr = struct.unpack_from("=H", sent, at + 2)[0] & NLA_TYPE_MASK
                elif number == 5:
                    missing = struct.unpack("=I", data)[0]
        return Refused(errno, sentence, attr, missing)

    def _talk(self, family, cmd, attrs, flags):
        """All answers; events that come between wait for event()."""
        self.seq += 1
        sent = struct.pack("=IHHIIBBH", 20 + len(attrs), family,
                           NLM_F_REQUEST | NLM_F_ACK | flags, self.seq, 0,
                           cmd, 1, 0) + attrs
        self.sock.send(sent)
        answers = []
        while True:
            for kind, got, seq, body in self._messages():
                if seq != self.seq:
                    self.later.append((body[0], body[4:]))
                elif kind == NLMSG_ERROR and struct.unpack_from("=i", body)[0]:
                    raise self._refusal(got, body, sent)
                elif kind in (NLMSG_ERROR, NLMSG_DONE):
                    return answers
                else:
                    answers.append((body[0], body[4:]))

    def ask(self, cmd, values=None, dump=False, kind="SESSION"):
        """The answers to one command, decoded; raises Refused."""
        attrs = values if isinstance(values, bytes) else encode(kind, values or {})
        answers = self._talk(self.family, NUMBERS["CMD"][cmd], attrs,
                             NLM_F_DUMP if dump else 0)
        return [decode(kind, data) for _, data in answers]

    def event(self, timeout=20):
        """The next event or frame: (name, values)."""
        names = {number: name for name, number in NUMBERS["CMD"].items()}
        self.sock.settimeout(timeout)
        try:
            while not self.later:
                for _, _, _, body in self._messages():
                    self.later.append((body[0], body[4:]))
        finally:
            self.sock.settimeout(None)
        cmd, data = self.later.popleft()
        return names[cmd], decode("SESSION", data)


def enter(namespace):
    """The calling thread goes to a namespace that `ip netns` knows."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", encoding="ascii") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns", namespace)


def listen(count):
    sock = Socket()
    sock.subscribe()
    print("listening", flush=True)
    reasons = {number: name for name, number in NUMBERS["DELETE_REASON"].items()}
    for _ in range(count):
        name, values = sock.event()
        if "reason" in values:
            values["reason"] = reasons[values["reason"]]
        print(name, json.dumps(values, default=bytes.hex), flush=True)


def main(argv):
    if argv[0] == "events":
        listen(int(argv[1]))
        return
    values = dict(word.split("=", 1) for word in argv[1:])
    values = {name: int(value, 0) if value[:1].isdigit() and "." not in value
              else value for name, value in values.items()}
    for answer in Socket().ask(argv[0], values):
        print(json.dumps(answer, default=bytes.hex))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refusal:
        sys.exit(f"genl.py: {refusal}")
