# SPDX-License-Identifier: GPL-2.0-or-later
"""
Requests to the kernel out of the specification of its netlink family: legal ones,
ones that break exactly what it says about them, and octets that only began as one.
"""

import os
import struct

import yaml

from genl import NUMBERS, attribute

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../Documentation/netlink/specs/kpptp.yaml")
SIZES = {"u8": 1, "u16": 2, "u32": 4}
UNKNOWN_ATTRIBUTE = 200


class Request:
    """
    @cmd by its name, @attrs as octets. @legal: False when the specification alone
    says that it has to be refused, None when that cannot be told.
    """

    def __init__(self, cmd, attrs, dump, legal):
        self.cmd, self.attrs, self.dump, self.legal = cmd, attrs, dump, legal

    def __repr__(self):
        return f"{self.cmd} {'dump ' if self.dump else ''}{self.attrs.hex()}"


class Grammar:
    """
    @dice decides; @likely has, by the name of an attribute, a function for a value
    that means something at the moment.
    """

    def __init__(self, dice, likely):
        with open(SPEC, encoding="ascii") as text:
            spec = yaml.safe_load(text)
        self.dice, self.likely = dice, likely
        self.consts = {d["name"]: d["value"] for d in spec["definitions"]
                       if d["type"] == "const"}
        self.values = {d["name"]: self._values(d) for d in spec["definitions"]
                       if d["type"] in ("enum", "flags")}
        self.sets = {s["name"]: {a["name"]: a for a in s["attributes"]}
                     for s in spec["attribute-sets"]}
        self.ops = {}
        for op in spec["operations"]["list"]:
            for kind in ("do", "dump"):
                request = op.get(kind, {}).get("request")
                if request:
                    self.ops[op["name"], kind == "dump"] = request["attributes"]

    @staticmethod
    def _values(definition):
        """Of an enum its values, of flags their bits."""
        values, value = [], 0
        for entry in definition["entries"]:
            value = entry.get("value", value)
            values.append(1 << value if definition["type"] == "flags" else value)
            value += 1
        return values

    def _limit(self, value):
        return self.consts.get(value, value)

    def _number(self, attr, legal):
        """Inside of what is allowed, or else just outside; None: nothing is outside."""
        size = 8 * SIZES[attr["type"]]
        checks = attr.get("checks", {})
        low = self._limit(checks.get("min", 0))
        high = self._limit(checks.get("max", (1 << size) - 1))
        if "enum" in attr:
            return self._named(attr, legal)
        if legal:
            return self.dice.choice((low, high, self.dice.randint(low, high),
                                     min(high, low + self.dice.randrange(64))))
        outside = [n for n in (low - 1, high + 1) if 0 <= n < 1 << size]
        return self.dice.choice(outside) if outside else None

    def _named(self, attr, legal):
        values = self.values[attr["enum"]]
        if attr.get("enum-as-flags"):
            some = sum(bit for bit in values if self.dice.random() < 0.3)
            return some if legal else some | max(values) << 1
        return self.dice.choice(values) if legal else max(values) + 1

    def _octets(self, count):
        return bytes(self.dice.randrange(256) for _ in range(count))

    def _payload(self, name, attr, legal):
        """Octets of a value; None: what was asked for cannot be made."""
        if attr["type"] == "nest":
            return self._nest(attr["nested-attributes"], legal)
        if attr["type"] == "flag":
            return b"" if legal else b"\0"
        if attr["type"] == "binary":
            most = self._limit(attr.get("checks", {}).get("max-len", 64))
            if not legal:
                return bytes(most + 1)
            if name in self.likely:
                return self.likely[name]()
            return self._octets(self.dice.choice((0, 1, most, self.dice.randint(0, most))))
        if not legal and self.dice.random() < 0.3:
            return bytes(self.dice.choice((0, SIZES[attr["type"]] - 1)))
        value = self._number(attr, legal)
        if legal and name in self.likely and self.dice.random() < 0.9:
            value = self.likely[name]()
        if value is None or isinstance(value, bytes):
            return value
        order = ">" if attr.get("byte-order") == "big-endian" else "="
        return struct.pack(order + {1: "B", 2: "H", 4: "I"}[SIZES[attr["type"]]], value)

    def _nest(self, kind, legal):
        names = [n for n in self.sets[kind] if self.sets[kind][n]["type"] != "pad"]
        bad = None if legal else self.dice.choice(names)
        out = b""
        for name in names:
            if name != bad and self.dice.random() < 0.1:
                continue
            payload = self._payload(name, self.sets[kind][name], name != bad)
            if payload is None:
                return None
            out += attribute(NUMBERS[kind.upper()][name], payload)
        return out

    def _attribute(self, name, legal):
        attr = self.sets["session"][name]
        payload = self._payload(name, attr, legal)
        if payload is None:
            return None
        return attribute(NUMBERS["SESSION"][name], payload, attr["type"] == "nest")

    def _some(self, names):
        """Legal values of what is needed and of some of the rest, in any order."""
        needed = ("id", "local-address", "peer-address", "frame")
        chosen = [n for n in names if n in needed and self.dice.random() < 0.95]
        chosen += [n for n in names if n not in needed and self.dice.random() < 0.25]
        self.dice.shuffle(chosen)
        return [self._attribute(name, True) for name in chosen]

    def _break(self, names):
        """An attribute that is refused wherever it stands, or None."""
        roll = self.dice.random()
        if roll < 0.1:
            return attribute(UNKNOWN_ATTRIBUTE, b"\0\0\0\0")
        if roll < 0.3:
            others = [n for n in self.sets["session"] if n not in names]
            return attribute(NUMBERS["SESSION"][self.dice.choice(others)], b"\0\0\0\0")
        return self._attribute(self.dice.choice(names), False)

    def _spoil(self, attrs):
        """A few octets are other ones, or the end is missing, or there is more."""
        out = bytearray(attrs)
        for _ in range(self.dice.randint(1, 4)):
            if out:
                out[self.dice.randrange(len(out))] = self.dice.randrange(256)
        if self.dice.random() < 0.3:
            del out[self.dice.randrange(len(out) + 1):]
        if self.dice.random() < 0.3:
            out += self._octets(self.dice.randrange(12))
        return bytes(out)

    def request(self, cmd=None):
        """The next one, of @cmd if that is given."""
        ops = [key for key in self.ops if cmd in (None, key[0])]
        op, dump = self.dice.choice(ops)
        names = self.ops[op, dump]
        parts = self._some(names)
        roll = self.dice.random()
        if roll < 0.6:
            return Request(op, b"".join(parts), dump, True)
        if roll < 0.85:
            return Request(op, self._spoil(b"".join(parts)), dump, None)
        bad = self._break(names)
        if bad is None:
            return Request(op, b"".join(parts), dump, True)
        parts.insert(self.dice.randint(0, len(parts)), bad)
        return Request(op, b"".join(parts), dump, False)
