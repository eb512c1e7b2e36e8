# SPDX-License-Identifier: GPL-2.0-or-later
"""
A PPTP client that behaves as a persona tells it to: TCP, GRE from a raw socket,
PPP, MS-CHAPv2 and MPPE, and pings through the tunnel. One thread, no kernel
driver; several of them can run beside each other.
"""

import os
import random
import select
import socket
import struct
import sys
import time

import mschap
import persona as personas
import wire

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "net"))
import mppe  # noqa: E402

PINGS = 3
EARLY = 0xffff		# number of the ping that nobody may answer
ACK_DELAY = 0.1		# seconds; Windows' alone-standing acknowledgement
LATE = 0.05		# seconds that a packet waits for one to overtake it
RESTARTS = 10
RAS_CODE = bytes.fromhex("003ccd74")	# in Windows' Terminate-Request
BITS = {"S": 128, "M": 56, "L": 40}


class Ended(Exception):
    """The other side has ended what was not over for us."""


def strength(letters):
    """(bits, stateless) of an agreed MPPE option, or None."""
    found = [bits for letter, bits in BITS.items() if letter in letters]
    return (found[0], "H" in letters) if len(found) == 1 else None


class Timers:
    """Functions by name, called when their time has come."""

    def __init__(self):
        self.due = {}

    def set(self, name, seconds, function):
        self.due[name] = (time.monotonic() + seconds, function)

    def stop(self, name):
        self.due.pop(name, None)

    def wait(self):
        """Seconds to the next one."""
        return max(0, min((when for when, _ in self.due.values()),
                          default=time.monotonic() + 1) - time.monotonic())

    def run(self):
        for name, (when, function) in list(self.due.items()):
            if when <= time.monotonic() and name in self.due:
                del self.due[name]
                function()


class Gre:
    """The raw socket: numbers, acknowledgements, and the accidents of the way."""

    def __init__(self, section, timers, source, target, deaf):
        self.section, self.timers, self.deaf = section, timers, deaf
        self.seq = section["first"]
        self.owed = None
        self.held = None
        self.twice, self.late = list(section["twice"]), list(section["late"])
        self.call = self.peer_call = 0
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, wire.GRE)
        self.sock.bind((source, 0))
        self.sock.connect((target, 0))

    def send(self, payload, name):
        packet = wire.gre(payload, self.peer_call, self.seq, self.acknowledge())
        self.seq += 1
        if name in self.late:
            self.late.remove(name)
            self.held = packet
            self.timers.set("late", LATE, self.release)
            return
        self.put(packet)
        if name in self.twice:
            self.twice.remove(name)
            self.put(packet)
        self.release()

    def put(self, packet):
        try:
            self.sock.send(packet)
        except OSError:
            pass		# an ICMP error about an earlier one

    def release(self):
        if self.held:
            self.timers.stop("late")
            self.put(self.held)
            self.held = None

    def acknowledge(self):
        number = self.owed
        if number is not None and self.section["ack"] != "never":
            self.owed = None
            self.timers.stop("ack")
            return number
        return None

    def ack_alone(self):
        if self.owed is not None:
            self.put(wire.gre(b"", self.peer_call, None, self.owed))
            self.owed = None

    def receive(self):
        """A frame for us, or None."""
        data = self.sock.recv(65535)
        packet = wire.split_gre(data[4 * (data[0] & 15):])
        if not packet or packet[0] != self.call or packet[1] is None:
            return None
        if self.deaf:
            self.deaf -= 1
            return None
        self.owed = packet[1]
        if self.section["ack"] == "alone":
            self.timers.set("ack", ACK_DELAY, self.ack_alone)
        return packet[3]


class Negotiation:
    """One control protocol of RFC 1661, as far as a client has to be right."""

    def __init__(self, client, name, section):
        self.client, self.name, self.section = client, name, section
        self.options = personas.option_pairs(section["request"])
        self.number = None
        self.mine = self.theirs = False
        self.peer = []
        self.restarts = 0

    def is_open(self):
        return self.mine and self.theirs

    def begin(self):
        self.mine = self.theirs = False
        self.request()

    def request(self):
        self.number = self.client.ident(self.name)
        self.mine = False
        self.restarts = 0
        self.options = [(name, self.drawn(name, value)) for name, value in self.options]
        self.repeat()

    @staticmethod
    def drawn(name, value):
        if value is not None or name not in ("magic", "interface-id"):
            return value
        return os.urandom(4 if name == "magic" else 8).hex()

    def repeat(self):
        self.restarts += 1
        if self.restarts > RESTARTS:
            raise Ended(f"{self.name}: no answer")
        self.send(1, self.number, wire.put_options(self.name, self.options))
        self.client.timers.set(self.name, self.client.persona["timers"]["restart"], self.repeat)

    def send(self, code, ident, data=b""):
        self.client.send_control(self.name, code, ident, data)

    def input(self, code, ident, data):
        if code == 1:
            self.asked(ident, data)
        elif code in (2, 3, 4):
            if ident == self.number and not self.mine:
                self.answered(code, data)
        elif code == 5:
            self.send(6, ident)
            self.mine = self.theirs = False
            self.client.terminated(self.name, data)
        elif code == 6:
            self.client.terminate_acked(self.name)

    def asked(self, ident, data):
        """A Configure-Request; a new one begins anew what was open."""
        options = wire.get_options(self.name, data)
        if self.is_open():
            self.request()
        rejected = [option for option in options if self.verdict(option) == "reject"]
        naked = [(name, self.verdict((name, value))["nak"]) for name, value in options
                 if isinstance(self.verdict((name, value)), dict)]
        self.theirs = not rejected and not naked
        if rejected:
            self.send(4, ident, wire.put_options(self.name, rejected))
        elif naked:
            self.send(3, ident, wire.put_options(self.name, naked))
        else:
            self.peer = options
            self.send(2, ident, data)
            self.check_open()

    def verdict(self, option):
        name, value = option
        if name not in wire.OPTIONS.get(self.name, {}):
            return "reject"
        answer = self.section["answers"].get(name, "ack")
        if isinstance(answer, dict) and answer["nak"] == value:
            return "ack"
        if answer != "ack":
            self.client.used.add((self.name, name))
        return answer

    def answered(self, code, data):
        options = wire.get_options(self.name, data)
        if code == 2:
            self.client.timers.stop(self.name)
            self.mine = True
            self.check_open()
            return
        self.client.note({3: "naked", 4: "rejected"}[code], self.name,
                         [name for name, _ in options])
        if code == 4:
            gone = {name for name, _ in options}
            self.options = [option for option in self.options if option[0] not in gone]
        else:
            self.take(options)
        self.request()

    def take(self, options):
        """What was naked replaces ours, what was prompted for is added."""
        wanted = dict(options)
        known = {name for name, _ in self.options}
        self.options = [(name, wanted.get(name, value)) for name, value in self.options]
        self.options += [(name, value) for name, value in options if name not in known]

    def check_open(self):
        if self.is_open():
            self.client.opened(self.name)


class Client:
    """One persona's call, from the SYN to the end."""

    def __init__(self, persona, source, server, inner, user, password):
        self.persona, self.user, self.password = persona, user, password
        self.server, self.inner, self.source = server, inner, source
        self.timers = Timers()
        self.tcp = None
        self.control = b""
        self.gre = Gre(persona["gre"], self.timers, source, server, persona["timers"]["deaf"])
        self.idents = {}
        self.protocols = {name: Negotiation(self, name, persona[name])
                          for name in ("lcp", *personas.OPTIONAL) if name in persona}
        self.seen = {"rejected": {}, "naked": {}, "protocol-rejected": []}
        self.used = set()	# answers that the server has provoked: (protocol, option)
        self.keys = None
        self.sender = self.receiver = None
        self.mppe = "none"
        self.authenticated = self.network = False
        self.unopened = []
        self.undecipherable = 0
        self.pongs = set()
        self.outcome = None
        self.why = ""
        self.disconnect = None
        self.leaving = None
        self.waits_for = None
        self.call_values = {
            name: random.randrange(1, 65536) if value == "random" else value
            for name, value in persona["control"]["call"].items()}
        self.gre.call = self.call_values["id"]
        self.on_up = lambda: None
        self.stay = False	# do not leave by itself when the pings are answered

    # The control connection.

    def connect(self):
        self.tcp = socket.create_connection((self.server, wire.PORT), 20, (self.source, 0))
        self.tell("start-request", **self.persona["control"]["start"])

    def tell(self, name, **values):
        try:
            self.tcp.sendall(wire.message(name, **values))
        except OSError:
            pass		# closed by the server: its last words are still to be read

    def told(self):
        """Messages from the control connection."""
        try:
            data = self.tcp.recv(4096)
        except ConnectionResetError:
            data = b""
        if not data:
            self.lost("the control connection is closed")
            return
        self.control += data
        while len(self.control) >= 2:
            length = struct.unpack_from("!H", self.control)[0]
            if len(self.control) < length:
                break
            whole, self.control = self.control[:length], self.control[length:]
            self.message(*wire.split_message(whole))

    def message(self, name, values):
        if name == "start-reply":
            self.expect_result(name, values)
            self.tell("call-request", **self.call_values,
                      phone_length=len(self.call_values["phone"]))
        elif name == "call-reply":
            self.expect_result(name, values)
            self.gre.peer_call = values["id"]
            self.link_info("connected")
            self.protocols["lcp"].begin()
        elif name == "echo-request":
            self.tell("echo-reply", identifier=values["identifier"], result=1)
        elif name == "disconnect":
            self.disconnect = values["result"]
            self.lost("the call is disconnected", "disconnected")
        elif name == "stop-request":
            self.tell("stop-reply", result=1)
            self.lost("the connection is stopped", "stop")
        elif name == "stop-reply":
            self.lost("the connection is stopped", "stop")

    @staticmethod
    def expect_result(name, values):
        if values["result"] != 1:
            raise Ended(f"{name}: result {values['result']}, error {values['error']}")

    def lost(self, why, step=None):
        """An end that the other side has made, unless we wait for it."""
        if self.leaving is None:
            raise Ended(self.why or why)
        if step is None:
            self.leaving = []
            self.waits_for = None
        elif step == self.waits_for:
            self.next_step()

    def link_info(self, moment):
        for when, accm in personas.option_pairs(self.persona["control"]["link-info"]):
            if when == moment:
                self.tell("link-info", peer_id=self.gre.peer_call, send_accm=accm[0],
                          receive_accm=accm[1])

    # PPP.

    def ident(self, name):
        """Windows counts for all protocols together."""
        key = "all" if self.persona["lcp"]["shared-ids"] else name
        number = self.idents.get(key, self.persona["lcp"]["first-id"])
        self.idents[key] = number + 1 & 255
        return number

    def has(self, option):
        """What both sides have agreed the server receives, once LCP is open."""
        lcp = self.protocols["lcp"]
        return lcp.is_open() and (option, None) in lcp.peer

    def send_frame(self, proto, info):
        name = wire.label(proto, info)
        if proto < 0x4000 and self.sender:
            inner = proto.to_bytes(1 if self.has("pcomp") else 2, "big")
            proto, info = wire.COMP, self.sender.seal(inner + info)
        short = proto != wire.LCP
        self.gre.send(wire.frame(proto, info, short and self.has("accomp"),
                                 short and self.has("pcomp")), name)

    def send_control(self, name, code, ident, data=b""):
        self.send_frame(wire.PROTOCOLS[name], wire.control(code, ident, data))

    def received(self, data):
        proto, info = wire.split_frame(data)
        name = wire.PROTOCOL_NAMES.get(proto, f"{proto:04x}")
        if proto < 0x4000:
            self.received_data(proto, info)
        elif proto == wire.CHAP:
            self.chap(*wire.split_control(info))
        elif name == "lcp" and info[0] > 7:
            self.lcp_more(*wire.split_control(info))
        elif name in self.protocols:
            if name == "lcp" or self.network:
                self.protocols[name].input(*wire.split_control(info))
        elif self.authenticated:
            self.send_control("lcp", 8, self.ident("lcp"), struct.pack("!H", proto) + info)

    def received_data(self, proto, info):
        if proto == wire.COMP:
            if not self.receiver:
                self.undecipherable += 1
                return
            proto, info = wire.split_frame(self.receiver.open(info))
        elif self.mppe != "none":
            raise Ended("the server sent a packet in clear")
        number = wire.pong(info) if proto == wire.IP else None
        if number == EARLY:
            raise Ended("the server answered a packet that came before its time")
        if number is not None:
            self.pongs.add(number)
            self.check_pings()

    def magic(self):
        return bytes.fromhex(dict(self.protocols["lcp"].options).get("magic") or "00000000")

    def lcp_more(self, code, ident, data):
        if code == 8:
            proto = struct.unpack_from("!H", data)[0]
            name = wire.PROTOCOL_NAMES.get(proto, f"{proto:04x}")
            self.seen["protocol-rejected"].append(name)
            self.timers.stop(name)
            self.settled(name)
        elif code == 9 and self.waits_for != "terminate":	# RFC 1661 section 5.8
            own = self.persona["lcp"]["echo-reply-magic"] == "own"
            self.send_control("lcp", 10, ident, (self.magic() if own else bytes(4)) + data[4:])
            if self.waits_for == "echoed":
                self.next_step()

    def opened(self, name):
        if name == "lcp":
            self.lcp_opened()
        elif name == "ccp":
            self.ccp_opened()
        else:
            self.settled(name)
        if name == "ipcp":
            self.ip_opened()

    def lcp_opened(self):
        for text in self.persona["lcp"]["identification"]:
            data = bytes.fromhex(text[4:]) if text.startswith("hex:") else text.encode()
            self.send_control("lcp", 12, self.ident("lcp"), self.magic() + data)
        if self.persona["lcp"]["echo"]:
            self.send_control("lcp", 9, self.ident("lcp"), self.magic())

    def chap(self, code, ident, data):
        if code == 1 and not self.authenticated:
            self.respond(ident, data[1:1 + data[0]])
        elif code == 3:
            if self.authenticated:
                return
            if not data.decode("latin-1").startswith(self.keys[2]):
                raise Ended("the server does not know the password")
            self.authenticated = True
            self.begin_network()
        elif code == 4:
            raise Ended(f"refused: {data.decode('latin-1')}")

    def respond(self, ident, challenge):
        """RFC 2759: the value of the Response, and what must come back."""
        auth = self.persona["auth"]
        name = auth["name"].format(user=self.user)
        own = os.urandom(16)
        secret = mschap.nt_hash(self.password)
        digest = mschap.challenge_hash(own, challenge, name)
        nt = mschap.response(digest, secret)
        self.keys = (secret, nt, mschap.success(secret, nt, digest))
        value = own + bytes(8) + nt + bytes([auth["flags"]])
        info = wire.control(2, ident, bytes([len(value)]) + value + name.encode())
        self.send_frame(wire.CHAP, info)

    def begin_network(self):
        self.network = True
        self.link_info("opened")
        if self.persona["gre"]["early"]:
            self.send_frame(wire.IP, wire.ping("0.0.0.0", self.inner, EARLY))
        self.unopened = list(self.persona["network"])
        self.next_protocols()

    def next_protocols(self):
        """Those up to the next "open", which waits for these."""
        while self.unopened and self.unopened[0] != "open":
            self.protocols[self.unopened.pop(0)].begin()

    def settled(self, name):
        """Open or refused: what waits for it may begin."""
        if self.unopened[:1] == ["open"] and name == "ccp":
            self.unopened.pop(0)
            self.next_protocols()

    def ccp_opened(self):
        ccp = self.protocols["ccp"]
        mine, theirs = dict(ccp.options).get("mppe"), dict(ccp.peer).get("mppe")
        agreed = strength(mine) if mine and mine == theirs else None
        if agreed:
            self.mppe = mine
            send, receive = mschap.start_keys(*self.keys[:2], agreed[0])
            self.sender = mppe.Sender(send, *agreed)
            self.receiver = mppe.Receiver(receive, *agreed)
        if ccp.section["again"]:
            ccp.section = dict(ccp.section, again=False)
            ccp.begin()
            return
        self.settled("ccp")
        self.ip_opened()

    def ip_opened(self):
        """Sends the pings, once, when nothing that was asked for is missing."""
        ccp = self.protocols.get("ccp")
        if not self.protocols["ipcp"].is_open() or self.outcome or (
                ccp and not ccp.is_open() and "ccp" not in self.seen["protocol-rejected"]):
            return
        self.outcome = "up"
        self.on_up()
        self.ping()

    def ping(self):
        """And again what was sent before the server was ready: it is lost."""
        address = dict(self.protocols["ipcp"].options)["address"]
        for number in sorted(set(range(PINGS)) - self.pongs):
            self.send_frame(wire.IP, wire.ping(address, self.inner, number))
        self.timers.set("pings", self.persona["timers"]["restart"], self.ping)

    def pinged(self):
        return self.pongs >= set(range(PINGS))

    def check_pings(self):
        if self.leaving is None and self.pinged():
            self.timers.stop("pings")
            if not self.stay:
                self.timers.set("leave", 0, self.leave)

    def leave(self):
        """Once the last packet is acknowledged, by those that do."""
        if self.persona["gre"]["ack"] == "alone" and self.gre.owed is not None:
            self.timers.set("leave", ACK_DELAY / 4, self.leave)
            return
        self.leaving = personas.steps(self.persona["end"])
        self.next_step()

    def note(self, what, name, options):
        """Once for each option that was refused."""
        noted = self.seen[what].setdefault(name, [])
        noted += [option for option in options if option not in noted]

    def terminated(self, name, data):
        if name == "lcp":
            self.why = f"the server ends LCP: {data.decode('latin-1')}".rstrip(": ")
        else:
            self.settled(name)

    def terminate_acked(self, name):
        if name == "lcp" and self.waits_for == "terminate":
            self.next_step()

    # The end.

    def next_step(self):
        """One step of the persona's end after the other, waiting where it says."""
        self.timers.stop("step")
        self.waits_for = None
        while self.leaving and not self.waits_for:
            name, argument = self.leaving.pop(0)
            getattr(self, "step_" + name.replace("-", "_"))(argument)
        if self.waits_for:
            self.timers.set("step", 4 * self.persona["timers"]["restart"], self.next_step)

    def step_terminate(self, argument):
        data = b""
        if isinstance(argument, int):
            data = self.magic() + RAS_CODE + struct.pack("!I", argument)
        elif argument:
            data = argument.encode()
        self.send_control("lcp", 5, self.ident("lcp"), data)
        self.waits_for = "terminate"

    def step_link_info(self, _):
        self.link_info("ended")

    def step_clear(self, _):
        self.tell("clear-request", id=self.gre.call)

    def step_disconnected(self, _):
        if self.disconnect is None:
            self.waits_for = "disconnected"

    def step_disconnect(self, argument):
        self.tell("disconnect", id=self.gre.call, result=argument or 1)

    def step_stop(self, argument):
        self.tell("stop-request", reason=argument or 1)
        self.waits_for = "stop"

    def step_echoed(self, _):
        self.waits_for = "echoed"

    def step_close(self, _):
        self.tcp.close()

    # The loop.

    def once(self, patience=1):
        """Waits for one event, @patience seconds at most, and serves what has come."""
        sockets = [self.gre.sock] + ([self.tcp] if self.tcp.fileno() >= 0 else [])
        ready = select.select(sockets, [], [], min(patience, self.timers.wait()))[0]
        if self.tcp in ready:
            self.told()
        if self.gre.sock in ready:
            data = self.gre.receive()
            if data:
                self.received(data)
        self.timers.run()

    def run(self, timeout):
        """Until the persona has left or was shown out."""
        end = time.monotonic() + timeout
        try:
            self.connect()
            while not self.gone():
                self.once()
                if time.monotonic() > end:
                    raise Ended(f"nothing for {timeout} s; "
                                f"{len(self.pongs)} of {PINGS} pings answered")
        except (Ended, OSError) as error:
            self.failed(error)
        finally:
            self.close()

    def gone(self):
        """All steps of the end are done."""
        return self.leaving == [] and not self.waits_for

    def failed(self, error):
        self.outcome = "ended"
        self.why = str(error)

    def close(self):
        self.gre.release()
        self.gre.sock.close()
        if self.tcp:
            self.tcp.close()
