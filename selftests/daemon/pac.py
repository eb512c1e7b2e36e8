#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An access concentrator with one caller on its standard input and output.

usage: pac.py ADDRESS LOG [no-caller | callback PROGRAM [ARGUMENT...]]

Announces an incoming call to a running kpptpd (RFC 2637 section 3.2.3.1), and
then carries the caller's PPP, in asynchronous HDLC framing (RFC 1662) as pppd's
option pty has it, in enhanced GRE. Each control message that arrives is a line
in LOG. With no-caller, hangs up instead of connecting.

With callback the caller is PROGRAM, which gets a terminal of its own as its first
argument. When it has ended the concentrator stays, and for an outgoing call that it is
asked for it runs PROGRAM again, as the one who is called.
"""
import os
import pty
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tty

from hostile import PORT, message, start_request

OWN_ID = 0x4321
LINE_ERRORS = 7
FLAG, ESCAPE = 0x7E, 0x7D
NAMES = {2: "SCCRP", 7: "OCRQ", 3: "StopRequest", 4: "StopReply", 5: "EchoRequest", 6: "EchoReply",
         10: "ICRP", 12: "CCRQ", 13: "CDN", 15: "SLI"}


def call_request():
    """Incoming-Call-Request."""
    numbers = b"5551212".ljust(64, b"\0") + b"5553434".ljust(64, b"\0") + bytes(64)
    return message(9, struct.pack("!HHIIHH", OWN_ID, 1, 1, 0, 7, 7) + numbers)


def connected(peer_id):
    """Incoming-Call-Connected, and a WAN-Error-Notify about the modem's line."""
    return (message(11, struct.pack("!HHIHHI", peer_id, 0, 33600, 64, 0, 1)) +
            message(14, struct.pack("!HHIIIIII", peer_id, 0, LINE_ERRORS, 0, 0, 0, 0, 0)))


def outgoing_reply(peer_id):
    """Outgoing-Call-Reply: who was called has answered."""
    return message(8, struct.pack("!HHBBHIHHI", OWN_ID, peer_id, 1, 0, 0, 33600, 64, 0, 1))


def disconnect(result):
    """Call-Disconnect-Notify."""
    return message(13, struct.pack("!HBBHH", OWN_ID, result, 0, 16, 0) +
                   b"the caller hung up".ljust(128, b"\0"))


def fcs(data):
    """The frame check sequence of RFC 1662 section C.2."""
    value = 0xFFFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value ^ 0xFFFF


def hdlc(frame):
    """The frame as it goes to the caller, with everything escaped that may be."""
    out = bytearray([FLAG])
    for octet in frame + struct.pack("<H", fcs(frame)):
        if octet < 0x20 or octet in (FLAG, ESCAPE):
            out += bytes([ESCAPE, octet ^ 0x20])
        else:
            out.append(octet)
    return bytes(out) + bytes([FLAG])


class Unframer:
    """Frames out of what the caller sends, those that are whole."""

    def __init__(self):
        self.frame = bytearray()
        self.escaped = False

    def feed(self, data):
        """The frames that these octets complete."""
        for octet in data:
            if octet == FLAG:
                frame, self.frame, self.escaped = bytes(self.frame), bytearray(), False
                if len(frame) > 4 and fcs(frame[:-2]) == struct.unpack("<H", frame[-2:])[0]:
                    yield frame[:-2]
            elif octet == ESCAPE:
                self.escaped = True
            else:
                self.frame.append(octet ^ (0x20 if self.escaped else 0))
                self.escaped = False


class Gre:
    """Enhanced GRE of one call (RFC 2637 section 4.1)."""

    def __init__(self, address):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.sock.connect((address, 0))
        self.key = 0
        self.sent = 0

    def send(self, frame):
        """A frame with the next number."""
        head = struct.pack("!BBHHHI", 0x30, 0x01, 0x880B, len(frame), self.key, self.sent)
        self.sent += 1
        self.sock.send(head + frame)

    def receive(self):
        """The frame of one packet, None when there is none in it; acknowledges it."""
        packet = self.sock.recv(65536)
        packet = packet[(packet[0] & 15) * 4:]
        flags, version, proto, length, key = struct.unpack("!BBHHH", packet[:8])
        if proto != 0x880B or version & 7 != 1 or key != OWN_ID or not flags & 0x10:
            return None
        number = struct.unpack("!I", packet[8:12])[0]
        self.sock.send(struct.pack("!BBHHHI", 0x20, 0x81, 0x880B, 0, self.key, number))
        start = 16 if version & 0x80 else 12
        return packet[start:start + length]


class Pac:
    """The control connection, the GRE and the caller of one call."""

    def __init__(self, address, log, caller, program):
        self.control = socket.create_connection((address, PORT), timeout=60)
        self.gre = Gre(address)
        self.log = log
        self.caller = caller
        self.program = program
        self.child = None
        self.line = (0, 1)
        self.address = address
        self.got = b""
        self.select = selectors.DefaultSelector()
        self.select.register(self.control, selectors.EVENT_READ, self.on_control)
        self.done = False

    def note(self, text):
        """A line in the log."""
        print(text, file=self.log, flush=True)

    def forget(self):
        """Whoever was on the line before has hung up."""
        self.child.wait(timeout=60)
        self.select.unregister(self.line[0])
        for end in set(self.line):
            os.close(end)

    def connect(self):
        """PPP begins, between the call and whoever is on the line."""
        if self.child:
            self.forget()
        if self.program:
            master, slave = pty.openpty()
            tty.setraw(slave)
            self.child = subprocess.Popen([self.program[0], os.ttyname(slave), *self.program[1:]],
                                          stdin=subprocess.DEVNULL)
            # Without anybody at its end a terminal is over: ours stays open.
            self.line = (master, master, slave)
        self.unframer = Unframer()
        self.select.register(self.line[0], selectors.EVENT_READ, self.on_caller)

    def run(self):
        """Until the connection is over."""
        self.control.sendall(start_request())
        while not self.done:
            for key, _ in self.select.select():
                key.data()

    def on_control(self):
        """What has come on the control connection."""
        data = self.control.recv(4096)
        self.got += data
        if not data:
            self.note("closed")
            self.done = True
        while len(self.got) >= 12:
            length, _, _, kind = struct.unpack("!HHIH", self.got[:10])
            if len(self.got) < length:
                return
            body, self.got = self.got[12:length], self.got[length:]
            self.on_message(kind, body)

    def on_message(self, kind, body):
        """One control message."""
        number = struct.unpack("!H", body[:2])[0]
        self.note(f"{NAMES.get(kind, kind)} {number} {body[4] if len(body) > 4 else 0}")
        if kind == 2:
            self.control.sendall(call_request())
        elif kind == 5:
            self.control.sendall(message(6, body + struct.pack("!BBH", 1, 0, 0)))
        elif kind == 7:
            self.on_request(number, body)
        elif kind == 10:
            self.on_reply(number, body[4])
        elif kind == 12:
            self.control.sendall(disconnect(4))
        elif kind == 3:
            self.control.sendall(message(4, struct.pack("!BBH", 1, 0, 0)))

    def on_reply(self, peer_id, result):
        """Incoming-Call-Reply: the caller is answered, or not."""
        if result != 1:
            self.done = True
            return
        self.gre.key = peer_id
        self.select.register(self.gre.sock, selectors.EVENT_READ, self.on_gre)
        if not self.caller:
            self.hang_up()
            return
        self.control.sendall(connected(peer_id))
        self.connect()

    def on_request(self, peer_id, body):
        """Outgoing-Call-Request: somebody is to be called, and answers."""
        self.note(f"dials {body[28:92].rstrip(bytes(1)).decode()}")
        self.select.unregister(self.gre.sock)
        self.gre = Gre(self.address)
        self.gre.key = peer_id
        self.select.register(self.gre.sock, selectors.EVENT_READ, self.on_gre)
        self.control.sendall(outgoing_reply(peer_id))
        self.connect()

    def hang_up(self):
        """The caller is gone: so is the call, and the connection."""
        self.control.sendall(disconnect(1) + message(3, struct.pack("!BBH", 1, 0, 0)))

    def on_gre(self):
        """To the caller."""
        frame = self.gre.receive()
        if not frame:
            return
        if not self.caller:
            self.note("PPP before the caller was connected")
            return
        try:
            os.write(self.line[1], hdlc(frame))
        except OSError:
            pass

    def on_caller(self):
        """From the caller."""
        try:
            data = os.read(self.line[0], 4096)
        except OSError:
            data = b""
        if not data:
            self.select.unregister(self.line[0])
            if not self.program:
                self.hang_up()
        for frame in self.unframer.feed(data):
            self.gre.send(frame)


def main():
    """One call."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with open(sys.argv[2], "w", encoding="ascii") as log:
        program = sys.argv[4:] if sys.argv[3:4] == ["callback"] else None
        Pac(sys.argv[1], log, "no-caller" not in sys.argv[3:], program).run()


if __name__ == "__main__":
    main()
