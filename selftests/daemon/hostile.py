#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Control connections that no client makes, against a running kpptpd.

usage: hostile.py ADDRESS START_TIMEOUT

Prints one line of TAP a case. START_TIMEOUT: the daemon's start-timeout in
seconds, which bounds what half a message may take.
"""
import socket
import struct
import sys
import time

COOKIE = 0x1A2B3C4D
PORT = 1723


def message(kind, body, length=None, pptp_type=1, cookie=COOKIE):
    """A control message; RFC 2637 section 2's header."""
    if length is None:
        length = 12 + len(body)
    return struct.pack("!HHIHH", length, pptp_type, cookie, kind, 0) + body


def start_request(version=0x0100):
    """Start-Control-Connection-Request."""
    return message(1, struct.pack("!HHIIHH", version, 0, 1, 1, 0, 0) + bytes(128))


def call_request(call_id=7):
    """Outgoing-Call-Request."""
    return message(7, struct.pack("!HHIIIIHHHH", call_id, 1, 300, 100000000, 3, 3, 64, 0,
                                  0, 0) + bytes(128))


class Peer:
    """One TCP connection to the daemon."""

    def __init__(self, address, wait):
        self.sock = socket.create_connection((address, PORT), timeout=10)
        self.sock.settimeout(wait)
        self.got = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        """What can still be written."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self, count):
        """Up to count octets; fewer at the end of the connection."""
        while len(self.got) < count:
            try:
                piece = self.sock.recv(4096)
            except ConnectionResetError:
                piece = b""
            if not piece:
                break
            self.got += piece
        data, self.got = self.got[:count], self.got[count:]
        return data

    def next(self):
        """(kind, message) or None at the end."""
        head = self.read(12)
        if len(head) < 12:
            return None
        length, _, cookie, kind, _ = struct.unpack("!HHIHH", head)
        if cookie != COOKIE:
            raise ValueError("the daemon's cookie is wrong")
        return kind, head + self.read(length - 12)

    def closed(self):
        """Nothing comes any more and the daemon has ended the connection."""
        while True:
            got = self.next()
            if got is None:
                return True
            if got[0] not in (4, 5, 6, 8):
                return False

    def begin(self):
        """An established control connection."""
        self.send(start_request())
        kind, reply = self.next()
        return kind == 2 and reply[14] == 1


def refused(data):
    """A case: the daemon ends the connection after these octets."""
    def case(peer, _):
        peer.send(data)
        return peer.closed()
    return case


def refused_established(data):
    """The same on an established connection."""
    def case(peer, _):
        if not peer.begin():
            return False
        peer.send(data)
        return peer.closed()
    return case


def dribble(peer, timeout):
    """One octet now and then must not hold a connection for ever."""
    data = start_request()
    begin = time.monotonic()
    for octet in data:
        peer.send(bytes([octet]))
        time.sleep(timeout / 20)
        if time.monotonic() - begin > 3 * timeout:
            return False
        peer.sock.settimeout(0.001)
        try:
            if peer.sock.recv(1) == b"":
                return True
        except (TimeoutError, socket.timeout, BlockingIOError):
            continue
        except ConnectionResetError:
            return True
    return False


def silent(peer, _):
    """A connection that says nothing ends after start-timeout."""
    return peer.closed()


def half_then_silent(peer, _):
    """So does an established one that began a message."""
    if not peer.begin():
        return False
    peer.send(call_request()[:20])
    return peer.closed()


def truncated(peer, _):
    """The peer closes in the middle of a message."""
    peer.send(start_request()[:50])
    peer.sock.shutdown(socket.SHUT_WR)
    return peer.closed()


def wrong_version(peer, _):
    """Answered with result 5 (RFC 2637 section 2.2), then closed."""
    peer.send(start_request(0x0200))
    got = peer.next()
    return got is not None and got[0] == 2 and got[1][14] == 5 and peer.closed()


def unknown_kind(peer, _):
    """Skipped by its length: the connection lives."""
    if not peer.begin():
        return False
    peer.send(message(99, bytes(30)) + message(5, struct.pack("!I", 77)))
    got = peer.next()
    return got is not None and got[0] == 6 and got[1][12:16] == struct.pack("!I", 77)


def second_call(peer, _):
    """Refused with "no resource" while max-calls is one."""
    if not peer.begin():
        return False
    peer.send(call_request(1) + call_request(2))
    replies = [peer.next(), peer.next()]
    return [(k, m[16], m[17]) for k, m in replies] == [(8, 1, 0), (8, 2, 4)]


def wrong_clear(peer, _):
    """A Call-Clear-Request for a call that is not there changes nothing."""
    if not peer.begin():
        return False
    peer.send(message(12, struct.pack("!HH", 4711, 0)) + message(5, struct.pack("!I", 5)))
    got = peer.next()
    return got is not None and got[0] == 6


def pipelined(peer, _):
    """Start and call in one segment, octets of SLI to the end."""
    peer.send(start_request() + call_request(0) +
              message(15, struct.pack("!HHII", 0, 0, 0xffffffff, 0xffffffff)))
    start, call = peer.next(), peer.next()
    return start[0] == 2 and call[0] == 8 and call[1][16] == 1


def no_gre(peer, _):
    """A call whose GRE is blocked ends by itself, with Call-Disconnect-Notify."""
    if not peer.begin():
        return False
    peer.send(call_request())
    return peer.next()[0] == 8 and peer.next()[0] == 13


def flood(peer, _):
    """Echo-Requests by the thousand, all answered, in their order."""
    if not peer.begin():
        return False
    count = 2000
    for first in range(0, count, 100):
        peer.send(b"".join(message(5, struct.pack("!I", n))
                           for n in range(first, first + 100)))
        for number in range(first, first + 100):
            kind, reply = peer.next()
            if kind != 6 or reply[12:16] != struct.pack("!I", number):
                return False
    return True


CASES = [
    ("wrong cookie", refused(message(1, bytes(144), cookie=0x11223344))),
    ("length shorter than a header", refused(message(1, bytes(144), length=4))),
    ("length zero", refused(message(1, bytes(144), length=0))),
    ("length of 65535", refused(message(1, bytes(144), length=65535))),
    ("message type two", refused(message(1, bytes(144), pptp_type=2))),
    ("start request shorter than the RFC's", refused(message(1, bytes(20)))),
    ("call request before the start", refused(call_request())),
    ("an HTTP request", refused(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n" + bytes(200))),
    ("wrong cookie when established", refused_established(message(5, bytes(4), cookie=1))),
    ("oversized message when established", refused_established(message(7, b"", length=2000))),
    ("truncated message", truncated),
    ("unsupported version", wrong_version),
    ("unknown message", unknown_kind),
    ("second call", second_call),
    ("clear of an unknown call", wrong_clear),
    ("everything in one segment, call ID 0", pipelined),
    ("two thousand echo requests", flood),
    ("a call without GRE", no_gre),
    ("silence", silent),
    ("half a message and silence", half_then_silent),
    ("slow dribble", dribble),
]


def main():
    """Runs all cases; exit status 1 when one fails."""
    address, timeout = sys.argv[1], float(sys.argv[2])
    failed = 0
    print("TAP version 13")
    print(f"1..{len(CASES)}")
    for number, (name, case) in enumerate(CASES, 1):
        try:
            with Peer(address, 10 + 5 * timeout) as peer:
                good = case(peer, timeout)
        except (OSError, TypeError, ValueError, IndexError) as error:
            print(f"# {error!r}")
            good = False
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} {name}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
