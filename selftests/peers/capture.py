# SPDX-License-Identifier: GPL-2.0-or-later
"""
From a capture to a persona. tshark takes the file apart down to PPTP and GRE;
what is in there is read with wire.py, as the engine writes it.
"""

import json
import struct
import subprocess

import engine
import persona as personas
import wire

FIN_OR_RST = 0x05
ENDS = ("clear-request", "stop-request", "disconnect", "fin")
REQUEST, ACK, NAK, REJECT = 1, 2, 3, 4


class CaptureError(Exception):
    """One sentence on what the capture lacks."""


class Event:
    """One message or frame; @mine: the client sent it."""

    def __init__(self, mine, name, **values):
        self.mine, self.name = mine, name
        self.__dict__.update(values)


def dissect(path):
    """tshark's layers of each packet that matters, as it prints them."""
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "jsonraw", "--no-duplicate-keys",
         "-Y", "pptp or gre.proto == 0x880b or (tcp.port == 1723 and "
         "(tcp.flags.fin == 1 or tcp.flags.reset == 1))"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CaptureError(f"tshark cannot read {path}: {done.stderr.strip().splitlines()[-1]}")
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout)]


def layer(layers, name):
    """(octets, position in the frame) of each layer called @name."""
    found = layers.get(f"{name}_raw", [])
    if found and not isinstance(found[0], list):
        found = [found]
    return [(bytes.fromhex(item[0]), item[1]) for item in found]


class Call:
    """One control connection and its call, as events in the order of the wire."""

    def __init__(self, client):
        self.client = client
        self.id = self.peer_id = None
        self.events = []

    def message(self, mine, name, values):
        if name == "call-request":
            self.id = values["id"]
        elif name == "call-reply":
            self.peer_id = values["id"]
        self.events.append(Event(mine, name, values=values))

    def takes(self, source, packet):
        """Is this GRE packet of this call?"""
        if self.peer_id is None:
            return False
        return packet[0] == (self.peer_id if source == self.client else self.id)

    def frame(self, mine, packet):
        _, seq, ack, payload = packet
        if seq is None:
            self.events.append(Event(mine, "gre-ack"))
            return
        proto, info = wire.split_frame(payload)
        self.events.append(Event(mine, "frame", seq=seq, ack=ack, proto=proto, info=info,
                                 label=wire.label(proto, info)))


class Reader:
    """Sorts the packets of a capture into calls."""

    def __init__(self):
        self.calls = []
        self.by_ports = {}

    def packet(self, layers):
        header = layer(layers, "ip")[0][0]
        source, target = header[12:16], header[16:20]
        if layer(layers, "gre"):
            whole = layer(layers, "frame")[0][0]
            self.gre(source, target, whole[layer(layers, "gre")[0][1]:])
            return
        tcp = layer(layers, "tcp")[0][0]
        ports = struct.unpack_from("!HH", tcp)
        for data, _ in layer(layers, "pptp"):
            self.message(source, target, ports, *wire.split_message(data))
        if tcp[13] & FIN_OR_RST:
            call = self.by_ports.get((source, ports[0]))
            if call:
                call.events.append(Event(True, "fin"))

    def message(self, source, target, ports, name, values):
        if name == "start-request":
            call = Call(source)
            call.server = target
            self.calls.append(call)
            self.by_ports[source, ports[0]] = call
        mine = (source, ports[0]) in self.by_ports
        call = self.by_ports.get((source, ports[0])) or self.by_ports.get((target, ports[1]))
        if call:
            call.message(mine, name, values)

    def gre(self, source, target, data):
        packet = wire.split_gre(data)
        for call in reversed(self.calls):
            if packet and {source, target} == {call.client, call.server} and \
               call.takes(source, packet):
                call.frame(source == call.client, packet)
                return


def read(path):
    """The calls in a capture file, those that came to PPP."""
    reader = Reader()
    for layers in dissect(path):
        reader.packet(layers)
    return [call for call in reader.calls if call.peer_id is not None]


class Converter:
    """What one call shows of its client."""

    def __init__(self, call, user):
        self.user = user
        self.events = call.events
        # Each packet once, in the order in which it was made.
        frames = {event.seq: event for event in call.events
                  if event.name == "frame" and event.mine}
        self.sent = [frames[seq] for seq in sorted(frames)]
        self.leaving = self.find_end()

    def find_end(self):
        for at, event in enumerate(self.events):
            if event.mine and (event.name in ENDS or (
                    event.name == "frame" and event.label == "lcp terminate")):
                return at
        return len(self.events)

    def controls(self, mine, proto):
        """(code, identifier, data, event) of a protocol."""
        for event in self.sent if mine else self.events:
            if event.name == "frame" and event.mine == mine and \
               event.proto == wire.PROTOCOLS[proto]:
                yield (*wire.split_control(event.info), event)

    def message(self, name):
        for event in self.events:
            if event.mine and event.name == name:
                return event.values
        raise CaptureError(f"the capture has no {name} of the client")

    def position(self, wanted):
        """Where in the order of the wire something is, by a test of events."""
        for at, event in enumerate(self.events):
            if wanted(event):
                return at
        return len(self.events)

    def success(self):
        return self.position(lambda event: not event.mine and event.name == "frame" and
                             event.label == "chap success")

    def control(self):
        section = {name: {field: value for field, value in
                          self.message(f"{name}-request").items() if field in fields}
                   for name, fields in personas.MESSAGE_FIELDS.items()}
        section["link-info"] = []
        for at, event in enumerate(self.events):
            if event.mine and event.name == "link-info":
                moment = "ended" if at > self.leaving else \
                    "opened" if at > self.success() else "connected"
                section["link-info"].append(
                    {moment: [event.values["send_accm"], event.values["receive_accm"]]})
        return section

    def gre(self):
        mine = [event for event in self.events if event.mine]
        frames = [event for event in mine if event.name == "frame"]
        section = {"first": self.sent[0].seq, "ack": "never", "twice": [], "late": [],
                   "early": any(event.label == "ip data" and at < self.position(
                       lambda other: other.name == "frame" and other.mine and
                       other.label == "ipcp request") for at, event in enumerate(self.events)
                       if event.name == "frame" and event.mine)}
        if any(event.name == "gre-ack" for event in mine):
            section["ack"] = "alone"
        elif any(event.ack is not None for event in frames):
            section["ack"] = "with-data"
        seen = set()
        for event in frames:
            if event.seq in seen:
                section["twice"].append(event.label)
            elif seen and event.seq < max(seen):
                section["late"].append(event.label)
            seen.add(event.seq)
        return section

    @staticmethod
    def written(proto, options):
        """Options as a persona file has them."""
        return [name if wire.kind_of(proto, name)[1] in ("none", "random") else {name: value}
                for name, value in options]

    def negotiation(self, proto):
        """Request and answers of a protocol; None if the client has it not."""
        section = {"request": None, "answers": {}}
        for code, _, data, _ in self.controls(True, proto):
            if code == REQUEST and section["request"] is None:
                section["request"] = self.written(proto, wire.get_options(proto, data))
            elif code in (NAK, REJECT):
                for name, value in wire.get_options(proto, data):
                    section["answers"][name] = {"nak": value} if code == NAK else "reject"
        return None if section["request"] is None else section

    def first_ident(self, proto):
        return next((ident for code, ident, _, _ in self.controls(True, proto)
                     if code == REQUEST), None)

    def lcp(self):
        section = self.negotiation("lcp")
        if not section:
            raise CaptureError("the capture has no LCP Configure-Request of the client")
        codes = wire.CODES
        first = section["first-id"] = self.first_ident("lcp")
        others = [self.first_ident(proto) for proto in personas.OPTIONAL]
        section["shared-ids"] = any(ident not in (None, first) for ident in others)
        section["identification"] = []
        section["echo"] = False
        magic = None
        for code, _, data, _ in self.controls(True, "lcp"):
            if codes.get(code) == "request":
                magic = dict(wire.get_options("lcp", data)).get("magic")
            elif codes.get(code) == "identification":
                section["identification"].append(self.text(data[4:]))
            elif codes.get(code) == "echo":
                section["echo"] = True
            elif codes.get(code) == "echo-reply" and magic and data[:4] == bytes(4):
                section["echo-reply-magic"] = "zero"
        return section

    @staticmethod
    def text(data):
        return data.decode() if data.isascii() and data.decode().isprintable() else \
            f"hex:{data.hex()}"

    def auth(self):
        for code, _, data, _ in self.controls(True, "chap"):
            if code == 2:
                size = data[0]
                name = data[1 + size:].decode()
                if self.user:
                    name = name.replace(self.user, "{user}")
                return {"name": name, "flags": data[size]}
        return {}

    def ccp_opens(self):
        """Where both directions have been acknowledged."""
        acked = {}
        for at, event in enumerate(self.events):
            if event.name == "frame" and event.label == "ccp ack":
                acked.setdefault(event.mine, at)
        return max(acked.values()) if len(acked) == 2 else len(self.events)

    def network(self):
        """The order of the first requests; "open" where they waited for CCP."""
        order = []
        for at, event in enumerate(self.events):
            if event.name != "frame" or not event.mine:
                continue
            proto = wire.PROTOCOL_NAMES.get(event.proto)
            if event.label == f"{proto} request" and proto in personas.OPTIONAL and \
               proto not in order:
                if order == ["ccp"] and at > self.ccp_opens():
                    order.append("open")
                order.append(proto)
        return order

    def again(self):
        """Is the first request after CCP has opened the client's?"""
        requests = [event.mine for event in self.events[self.ccp_opens():]
                    if event.name == "frame" and event.label == "ccp request"]
        return requests[:1] == [True]

    def end(self):
        steps = []
        for event in self.events[self.leaving:]:
            if event.name == "frame":
                if event.mine and event.label == "lcp terminate":
                    steps.append(self.terminate(event))
            elif event.mine:
                steps += self.step(event)
        return [step for at, step in enumerate(steps) if step not in steps[:at]]

    @staticmethod
    def terminate(event):
        data = wire.split_control(event.info)[2]
        if data[4:8] == engine.RAS_CODE:
            return {"terminate": struct.unpack_from("!I", data, 8)[0]}
        return {"terminate": data.decode("latin-1")} if data else "terminate"

    @staticmethod
    def step(event):
        """What a control message is in a persona's "end"."""
        if event.name == "stop-request":
            reason = event.values["reason"]
            return ["stop" if reason == 1 else {"stop": reason}]
        if event.name == "disconnect":
            return [{"disconnect": event.values["result"]}]
        return {"link-info": ["link-info"], "clear-request": ["clear"],
                "fin": ["close"]}.get(event.name, [])

    def persona(self, name):
        """The whole, to be given to personas.parse()."""
        found = {"name": name, "control": self.control(), "gre": self.gre(),
                 "lcp": self.lcp(), "auth": self.auth(), "network": self.network()}
        for proto in personas.OPTIONAL:
            section = self.negotiation(proto)
            if section:
                found[proto] = section
        if "ccp" in found:
            found["ccp"]["again"] = self.again()
        found["end"] = self.end()
        found["expect"] = {"mppe": self.agreed()}
        return found

    def agreed(self):
        """The MPPE mode that was acknowledged last."""
        mode = "none"
        for code, _, data, _ in self.controls(False, "ccp"):
            if code == ACK:
                mode = dict(wire.get_options("ccp", data)).get("mppe", "none")
        return mode


def convert(call, name="captured", user=""):
    """The persona of a call, without what is by default."""
    return slim(Converter(call, user).persona(name), personas.DEFAULTS)


def slim(given, default):
    """Only what differs from the default."""
    out = {}
    for key, value in given.items():
        usual = default.get(key)
        if isinstance(value, dict) and isinstance(usual, dict) and usual:
            value = slim(value, usual)
            if value or key in personas.OPTIONAL:
                out[key] = value
        elif value != usual:
            out[key] = value
    return out
