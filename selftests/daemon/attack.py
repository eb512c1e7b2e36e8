#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The attacks of attack.sh. After each of them the session is the same, its pings are
answered, and something has counted; what has is printed.

usage: attack.py GATE CLIENT ATTACKER PPTPCTL DIRECTORY PID
"""

import collections
import json
import os
import random
import socket
import statistics
import struct
import sys
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "../net"), os.path.join(HERE, "../peers")]

import wire  # noqa: E402  pylint: disable=wrong-import-position
from bed import (CCP, COMP, IP, IPCP, LCP, Namespace, Tap, checksum,  # noqa: E402
                 control, frame, gre, ipv4, udp4, wait)

CLIENT, GATE1 = "198.51.100.1", "198.51.100.254"
ATTACKER, GATE2 = "203.0.113.1", "203.0.113.254"
INNER = "10.77.0.1"
DEVICE = "one"
PATIENCE = 180		# seconds; a bound for slow guests
PING_INTERVAL = 0.1
NOISE = bytes((i * 37 + 11) & 255 for i in range(120))
CHAP = 0xc223
# Codes of every control protocol.
REQUEST, ACK, TERMINATE, TERMINATED, CODE_REJECT = 1, 2, 5, 6, 7
PROTOCOL_REJECT, ECHO = 8, 9
MEMORY_MAX = 64 * 1024	# of one peer that has not logged in; Documentation/security.rst
HALF_OPEN_PART = 16	# of 128, for one address
CALLS = 140		# on one connection, more than max-rate lets come at once

rng = random.Random(2637)


class Sniffer(threading.Thread):
    """What the attacker knows of the session: all that C1 sends."""

    def __init__(self, ns):
        super().__init__(daemon=True)
        with ns:
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self.sock.bind(("c1", 3))
        self.call = self.seq = self.count = self.tcp = None
        self.data = collections.deque(maxlen=50)
        self.start()

    def run(self):
        while True:
            packet = self.sock.recv(65535)
            if packet[0] != 0x45 or socket.inet_ntoa(packet[12:16]) != CLIENT:
                continue
            if packet[9] == 47:
                self.tunnel(packet[20:])
            elif packet[9] == 6:
                port, to, seq, ack = struct.unpack_from("!HHII", packet, 20)
                if to == wire.PORT and packet[33] & 0x10:
                    length = struct.unpack_from("!H", packet, 2)[0] - 20 - packet[32] // 16 * 4
                    self.tcp = port, seq + length, ack

    def tunnel(self, data):
        call, seq, _, payload = wire.split_gre(data)
        if seq is None:
            return
        self.call, self.seq = call, seq
        proto, info = wire.split_frame(payload)
        if proto == COMP:
            self.count = struct.unpack_from("!H", info)[0] & 0xfff
            self.data.append(data)


class Pings(threading.Thread):
    """One after the other through the tunnel, until the end."""

    def __init__(self, ns):
        super().__init__(daemon=True)
        with ns:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEVICE.encode())
        self.next = 0
        self.answered = set()
        self.start()
        threading.Thread(target=self.listen, daemon=True).start()

    def run(self):
        while True:
            icmp = struct.pack("!BBHHH", 8, 0, 0, 0x4b50, self.next & 0xffff) + bytes(40)
            total = struct.pack("!H", checksum(icmp))
            self.sock.sendto(icmp[:2] + total + icmp[4:], (INNER, 0))
            self.next += 1
            time.sleep(PING_INTERVAL)

    def listen(self):
        while True:
            number = wire.pong(self.sock.recv(2000))
            if number is not None:
                self.answered.add(number)

    def lost(self, first, end):
        return [number for number in range(first, end) if number not in self.answered]


class Events(threading.Thread):
    """pptpctl monitor, counted."""

    def __init__(self, ns, command):
        super().__init__(daemon=True)
        self.process = ns.start(command)
        self.counts = collections.Counter()
        self.start()

    def run(self):
        for line in filter(lambda line: line.startswith("{"), self.process.stdout):
            self.counts[json.loads(line).get("event")] += 1


class Attacker:
    """Sends packets in anybody's name."""

    def __init__(self, ns):
        with ns:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, body, source=CLIENT, target=GATE1, proto=47):
        self.sock.sendto(ipv4(body, source, target, proto), (target, 0))

    def fragment(self, body, offset, more, ident):
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), ident,
                           (0x2000 if more else 0) | offset // 8, 64, 47, 0,
                           socket.inet_aton(CLIENT), socket.inet_aton(GATE1))
        self.sock.sendto(head + body, (GATE1, 0))

    def segment(self, flags, seq, ack, port, data=b""):
        """TCP, to the control connection."""
        head = struct.pack("!HHIIBBHHH", port, wire.PORT, seq & 0xffffffff, ack & 0xffffffff,
                           0x50, flags, 1000, 0, 0)
        pseudo = socket.inet_aton(CLIENT) + socket.inet_aton(GATE1) + struct.pack(
            "!HH", 6, len(head) + len(data))
        total = struct.pack("!H", checksum(pseudo + head + data))
        self.send(head[:16] + total + head[18:] + data, proto=6)


class Caller:
    """A client of its own that goes as far as it is told, and answers nothing by itself."""

    calls = 0

    def __init__(self, ns, gate=GATE2):
        Caller.calls += 1
        self.id = 5000 + Caller.calls
        with ns:
            self.tcp = socket.create_connection((gate, wire.PORT), PATIENCE)
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.raw.connect((gate, 0))
        self.raw.settimeout(PATIENCE)
        self.seq = self.to = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tcp.close()
        self.raw.close()

    def tell(self, name, **values):
        self.tcp.sendall(wire.message(name, **values))

    def told(self):
        """Name and values of the next message; (None, {}) at the end."""
        try:
            head = self.tcp.recv(2, socket.MSG_WAITALL)
            if len(head) < 2:
                return None, {}
            rest = struct.unpack("!H", head)[0] - 2
            return wire.split_message(head + self.tcp.recv(rest, socket.MSG_WAITALL))
        except ConnectionError:
            return None, {}

    def begin(self):
        """Is there a control connection?"""
        try:
            self.tell("start-request", version=0x0100, framing=3, bearer=3, host="attacker")
        except ConnectionError:
            return False
        return self.told()[0] == "start-reply"

    def ask(self):
        self.tell("call-request", id=self.id, min_bps=300, max_bps=100000000, bearer=3,
                  framing=3, window=64)

    def dial(self):
        """The result of an Outgoing-Call-Request."""
        self.ask()
        name, values = self.told()
        self.to = values.get("id")
        return name == "call-reply" and values["result"]

    def say(self, proto, code, ident, data=b""):
        self.seq += 1
        self.raw.send(gre(frame(proto, control(code, ident, data)), seq=self.seq, call=self.to))

    def hear(self, proto, code):
        """Identifier and data of the next such packet to this call."""
        while True:
            call, seq, _, payload = wire.split_gre(self.raw.recv(65535)[20:])
            if call != self.id or seq is None:
                continue
            got, info = wire.split_frame(payload)
            if got == proto and info[0] == code:
                return wire.split_control(info)[1:]

    def open_lcp(self, ident=1):
        """Ours is agreed first, because theirs may have been lost before we listened."""
        self.say(LCP, REQUEST, ident, wire.put_options("lcp", [("magic", "4b505054")]))
        self.say(LCP, ACK, *self.hear(LCP, REQUEST))

    def challenged(self):
        self.open_lcp()
        return self.hear(CHAP, 1)[0]

    def guess(self, name, ident):
        """A wrong answer to a challenge with this identifier: seconds until the Failure."""
        value = os.urandom(16) + bytes(8) + os.urandom(24) + b"\0"
        begin = time.perf_counter()
        self.say(CHAP, 2, ident, bytes([len(value)]) + value + name.encode())
        self.hear(CHAP, 4)
        return time.perf_counter() - begin


class Victim:
    """The session under attack, and everything that counts."""

    def __init__(self, arguments):
        names, (self.pptpctl, self.directory, self.pid) = arguments[:3], arguments[3:]
        self.gate, self.client, self.c2 = map(Namespace, names)
        self.nl = self.gate.nl()
        self.tap = Tap()
        self.session = self.ask("show sessions")[0]
        self.events = Events(self.gate, f"{self.pptpctl} -j -s {self.socket()} monitor")
        self.wire = Sniffer(self.client)
        self.pings = Pings(self.client)
        self.attacker = Attacker(self.c2)
        wait(lambda: len(self.pings.answered) >= 5 and self.wire.tcp, PATIENCE)

    def socket(self):
        return os.path.join(self.directory, "kpptpd.sock")

    def ask(self, what):
        out = self.gate.run(f"{self.pptpctl} -j -s {self.socket()} {what}").stdout
        return json.loads(out or "[]")

    def row(self):
        """What the daemon says of the session now; {}: it is another one, or none."""
        rows = {row["id"]: row for row in self.ask("show sessions")}
        return rows.get(self.session["id"], {})

    def drops(self):
        """Of the namespace: what finds no session counts as well."""
        return collections.Counter(self.nl.drops())

    def challenges(self):
        """Segments that the gate's TCP has asked the sender of to prove itself."""
        lines = self.gate.run("cat /proc/net/netstat").stdout.splitlines()
        return int(dict(zip(lines[0].split(), lines[1].split()))["TCPChallengeACK"])

    def log(self):
        with open(os.path.join(self.directory, "kpptpd.log"), encoding="utf-8") as log:
            return log.read()

    def resident(self):
        """Octets of the daemon's memory that are no file's."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("RssAnon"))
        return int(line.split()[1]) * 1024

    def attack(self, name, act, drops=None, total=None, least=0, forged=0):
        """
        @drops: counters that grow, by exactly so much; or @total: by so much together; or
        by at @least so much.
        @forged: so many frames are told as forged; None: some.
        """
        before, told = self.drops(), self.events.counts["forged"]
        first = self.pings.next
        act()

        def counted():
            new = self.drops() - before
            if total is not None:
                return sum(new.values()) == total
            if drops is not None:
                return new == collections.Counter(drops)
            return sum(new.values()) >= least

        wait(counted, PATIENCE)
        wait(lambda: self.events.counts["forged"] - told >= (forged or 0), PATIENCE)
        end = self.pings.next + 5
        wait(lambda: self.pings.next > end, PATIENCE)
        wait(lambda: not self.pings.lost(first, end), PATIENCE)
        told = self.events.counts["forged"] - told
        lost = self.pings.lost(first, end)
        what = (f"{end - first} pings, {len(lost)} lost; dropped "
                f"{dict(self.drops() - before)}; {told} forged")
        print(f"# {name}: {what}", flush=True)
        good = told > 0 if forged is None else told == forged
        self.tap.ok(counted() and not lost and good and self.row(), name, what)

    def ahead(self, distance=20):
        """A number that the client has not come to."""
        return self.wire.seq + distance

    def forge(self, proto, code, data=b"", distance=20):
        self.attacker.send(gre(frame(proto, control(code, rng.randrange(256), data)),
                               seq=self.ahead(distance), call=self.wire.call))

    def seal(self, count, distance, data=NOISE, bits=0x9000):
        head = struct.pack("!H", bits | (self.wire.count + count) & 0xfff)
        self.attacker.send(gre(frame(COMP, head + data), seq=self.ahead(distance),
                               call=self.wire.call))


def cleartext(v):
    """RFC 3078 has no word against it; pppd takes it."""
    def ping(number):
        return wire.ping(v.session["address"], INNER, 60000 + number)

    with v.c2:
        outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outside.bind((ATTACKER, 7777))
    outside.setblocking(False)
    through = udp4(b"forged", v.session["address"], ATTACKER)
    v.attack("cleartext to the server", lambda: [v.attacker.send(
        gre(frame(IP, ping(i)), seq=v.ahead(20 + i), call=v.wire.call)) for i in range(5)],
             {"rx-cleartext": 5})
    v.attack("cleartext to be forwarded", lambda: [v.attacker.send(
        gre(frame(IP, through), seq=v.ahead(20 + i), call=v.wire.call)) for i in range(5)],
             {"rx-cleartext": 5})
    try:
        got = outside.recv(100)
    except BlockingIOError:
        got = None
    v.tap.ok(got is None and not v.pings.answered & set(range(60000, 60005)),
             "cleartext goes nowhere")


def control_frames(v):
    """Each would end the session, or its encryption, at another server."""
    basic = struct.pack("!BBH", 1, 1, 4)
    mppe = bytes.fromhex("120601000040")
    for name, proto, code, data in (
            ("LCP Terminate-Request", LCP, TERMINATE, b""),
            ("LCP Terminate-Ack", LCP, TERMINATED, b""),
            ("LCP Configure-Request", LCP, REQUEST, bytes.fromhex("05060a0b0c0d")),
            ("LCP Code-Reject", LCP, CODE_REJECT, basic),
            ("LCP Protocol-Reject of LCP", LCP, PROTOCOL_REJECT, b"\xc0\x21" + basic),
            ("LCP Protocol-Reject of CCP", LCP, PROTOCOL_REJECT, b"\x80\xfd" + basic),
            ("CCP Configure-Request", CCP, REQUEST, mppe),
            ("CCP Configure-Request, empty", CCP, REQUEST, b""),
            ("CCP Configure-Request, unknown option", CCP, REQUEST, b"\xfe\x02"),
            ("CCP Terminate-Request", CCP, TERMINATE, b""),
            ("CCP Terminate-Ack", CCP, TERMINATED, b""),
            ("CCP Code-Reject", CCP, CODE_REJECT, basic),
            ("IPCP Configure-Request", IPCP, REQUEST, bytes.fromhex("030600000000")),
            ("IPCP Terminate-Request", IPCP, TERMINATE, b"")):
        v.attack(name, lambda f=(proto, code, data): v.forge(*f), {}, forged=1)
    v.attack("what answers nothing", lambda: [
        v.forge(CCP, ACK, mppe), v.forge(CCP, 14), v.forge(CCP, 15),
        v.forge(LCP, CODE_REJECT, struct.pack("!BBH", ECHO, 1, 8)),
        v.forge(LCP, PROTOCOL_REJECT, b"\xc2\x23" + basic), v.forge(CHAP, 2, bytes(50)),
        v.forge(CHAP, 4, b"E=691 R=0")], {})
    v.attack("200 LCP Terminate-Requests", lambda: [
        v.forge(LCP, TERMINATE) for _ in range(200)], forged=None)


def coherency(v):
    """Counts and numbers that the client has not come to."""
    v.attack("noise at counts 1 to 40 ahead",
             lambda: [v.seal(i, 20 + i) for i in range(1, 41)], total=40)
    v.attack("counts 2000 to 2100 ahead",
             lambda: [v.seal(i, i) for i in range(2000, 2100)], total=100)
    v.attack("a number 10^6 ahead, noise", lambda: v.seal(64, 1000000), {"mppe-far": 1})
    v.attack("flags that stateless mode has not", lambda: [
        v.seal(30, 30, bits=bits) for bits in (0x1000, 0x8000, 0)], total=3)
    v.attack("two echoes 10^6 ahead", lambda: [
        v.forge(LCP, ECHO, bytes(4), 1000000 + i) for i in range(2)], {"seq-jump": 1})
    acks = v.nl.stats(v.session["id"])["rx-acks"]
    v.attack("acks of what was never sent", lambda: [v.attacker.send(
        gre(ack=number, call=v.wire.call)) for number in (0x7fffffff, 0x80000000, 1)], {})
    v.tap.ok(v.nl.stats(v.session["id"])["rx-acks"] - acks >= 3, "acks are counted")


def replays(v):
    wait(lambda: len(v.wire.data) == 50, PATIENCE)
    old = list(v.wire.data)
    v.attack("replays", lambda: [v.attacker.send(data) for data in old], total=50)
    v.attack("replays with new numbers", lambda: [v.attacker.send(
        data[:8] + struct.pack("!I", v.ahead(20 + i)) + data[12:])
        for i, data in enumerate(old[-10:])], {"mppe-replay": 10})

    def flipped():
        """Every bit of the header; other versions of GRE are not for us."""
        data = v.wire.data[-1]
        for bit in range(8 * 12):
            if bit not in (13, 14, 15):
                octets = bytearray(data)
                octets[bit // 8] ^= 0x80 >> bit % 8
                v.attacker.send(bytes(octets))

    # Without a number it is an acknowledgement, with another call nobody's.
    v.attack("every bit of the header, flipped", flipped, least=80)
    v.attack("bits of the payload, flipped", lambda: [v.attacker.send(
        old[-1][:8] + struct.pack("!I", v.ahead(20 + i)) +
        bytes(octet ^ (i == at) for at, octet in enumerate(old[-1][12:])))
        for i in range(16)], least=12)


def scans(v):
    clear = frame(IP, udp4(b"x"))
    others = [call for call in rng.sample(range(1, 65536), 2000) if call != v.wire.call]
    v.attack("call IDs, from another address", lambda: [v.attacker.send(
        gre(clear, seq=1, call=call), ATTACKER) for call in [*others, v.wire.call]],
             {"no-session": len(others) + 1})
    v.attack("call IDs, from the client's address", lambda: [v.attacker.send(
        gre(clear, seq=1, call=call)) for call in others], {"no-session": len(others)})


def outer(v):
    """Below PPTP: ICMP and fragments."""
    def too_big(mtu, call):
        quoted = ipv4(gre(NOISE, seq=1, call=call), GATE1, CLIENT, 47)
        icmp = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + quoted
        total = struct.pack("!H", checksum(icmp))
        v.attacker.send(icmp[:2] + total + icmp[4:], "198.51.100.77", proto=1)

    v.attack("ICMP that says too big", lambda: [
        too_big(mtu, call) for mtu in (0, 68, 300) for call in (1, v.wire.call)], {})
    v.tap.ok(v.row()["mtu"] >= 552 - 44, "the MTU stays above the system's least", v.row())

    def fragments():
        body = gre(frame(COMP, NOISE), seq=v.ahead(), call=v.wire.call)
        v.attacker.fragment(body[:8], 0, True, 1)		# never completed
        v.attacker.fragment(body[:64], 0, True, 2)		# overlapping
        v.attacker.fragment(body[:64], 16, False, 2)
        v.attacker.fragment(body[:16], 65528 - 65528 % 8, False, 3)	# beyond the end
        v.attacker.fragment(body[:7], 0, True, 4)		# no multiple of eight

    v.attack("fragments", fragments, {})


def hijack(v):
    """The control connection, from outside and from one beside it."""
    before = v.challenges()

    def segments():
        port, seq, ack = v.wire.tcp
        v.attacker.segment(0x04, seq + 1000, 0, port)		# RST in the window
        v.attacker.segment(0x04, seq + 0x7fffffff, 0, port)	# and far from it
        v.attacker.segment(0x02, seq + 5000, 0, port)		# SYN
        v.attacker.segment(0x18, seq - 100000, ack, port, wire.message("stop-request", reason=1))
        v.attacker.segment(0x11, seq + 0x7fffffff, ack, port)	# FIN

    v.attack("RST, SYN, FIN and data that do not fit", segments, {})
    v.tap.ok(v.challenges() > before, "TCP has asked who that was")

    def beside():
        with Caller(v.client, GATE1) as other:
            other.begin()
            for call in (v.session["call"], *range(8)):
                other.tell("clear-request", id=call)
                other.tell("disconnect", id=call, result=1)
                other.tell("link-info", peer_id=call, send_accm=0, receive_accm=0)
            other.tell("echo-request", identifier=7)
            while other.told()[0] not in ("echo-reply", None):
                pass

    v.attack("a second connection that names the call", beside, {})


def floods(v):
    """Those who have not logged in."""
    def half_open():
        with v.c2:
            socks = [socket.create_connection((GATE2, wire.PORT), PATIENCE) for _ in range(40)]
        closed = sum(sock.recv(1) == b"" for sock in socks[HALF_OPEN_PART:])
        with Caller(v.client, GATE1) as other:
            v.tap.ok(closed == 40 - HALF_OPEN_PART and other.begin(),
                     "connections that say nothing keep nobody else out", closed)
        for sock in socks:
            sock.close()

    v.attack("40 connections that say nothing", half_open, {})

    def calls():
        with Caller(v.c2) as caller:
            caller.begin()
            for _ in range(CALLS):
                caller.ask()
                caller.tell("clear-request", id=caller.id)
            results = []
            while len(results) < CALLS:
                name, values = caller.told()
                if name == "call-reply":
                    results.append(values["result"])
                elif name is None:
                    break
        v.tap.ok(100 <= results.count(1) < CALLS == len(results),
                 "calls and clears without end are refused in the end", results)

    v.attack("calls and clears", calls)

    def unknown():
        before = v.resident()
        callers, good = [], True
        for _ in range(30):
            callers.append(Caller(v.c2))
            good = callers[-1].begin() and callers[-1].dial() == 1 and good
        each = (v.resident() - before) // len(callers)
        print(f"# memory of a peer that has not logged in: {each} octets", flush=True)
        v.tap.ok(good and each <= MEMORY_MAX, "memory of a peer that has not logged in", each)
        for caller in callers:
            caller.__exit__()

    v.attack("30 peers that do not log in", unknown)

    def renegotiates():
        with Caller(v.c2) as caller:
            caller.begin()
            caller.dial()
            caller.open_lcp()
            for ident in range(2, 12):
                caller.open_lcp(ident)
            caller.say(LCP, REQUEST, 12)
            v.tap.ok(b"too often" in caller.hear(LCP, TERMINATE)[1],
                     "LCP that begins again and again is ended")

    v.attack("LCP that begins again and again", renegotiates)


def guesses(v):
    """Passwords."""
    def flood():
        failed = v.events.counts["auth-failed"]
        with Caller(v.c2) as caller:
            caller.begin()
            caller.dial()
            first = caller.challenged()
            for ident in range(first, first + 5):
                caller.guess("alice", ident & 255)
        wait(lambda: v.events.counts["auth-failed"] - failed >= 5, PATIENCE)
        v.tap.ok(v.events.counts["auth-failed"] - failed == 5 and
                 "after wrong passwords the answer to alice waits" in v.log(),
                 "answers to wrong passwords wait")

    v.attack("wrong passwords", flood)
    path = os.path.join(v.directory, "kpptpd.conf")
    with open(path, encoding="utf-8") as conf:
        text = conf.read()
    with open(path, "w", encoding="utf-8") as conf:
        conf.write(text.replace("wrong-password-delay = 1", "wrong-password-delay = 0"))
    v.gate.run(f"{v.pptpctl} -s {v.socket()} reload")
    took = {"alice": [], "nobody": []}
    for _ in range(3):
        with Caller(v.c2) as caller:
            caller.begin()
            caller.dial()
            first = caller.challenged()
            for ident in range(first, first + 18):
                name = "alice" if (ident - first) % 2 else "nobody"
                took[name].append(caller.guess(name, ident & 255))
    medians = {name: int(1e6 * statistics.median(times)) for name, times in took.items()}
    print(f"# median of {len(took['alice'])} answers: {medians} microseconds", flush=True)
    # Were they alike, one of two would be slower half of the time (Mann and Whitney).
    slower = statistics.mean(a > b for a in took["alice"] for b in took["nobody"])
    v.tap.ok(0.1 < slower < 0.9, "a name that is known is not told by the time", medians)


def main():
    v = Victim(sys.argv[1:])
    for attack in (cleartext, control_frames, coherency, replays, scans, outer, hijack, floods,
                   guesses):
        attack(v)
    v.tap.done()


if __name__ == "__main__":
    main()
