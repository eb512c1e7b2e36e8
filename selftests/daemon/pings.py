#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pings through very many devices, each in its turn, until standard input ends.

usage: pings.py ADDRESS PREFIX DEVICES RATE

The devices are PREFIX1 to PREFIXn; RATE is packets a second in all. Answers may take as
long as they like within a minute of the end. Prints "N sent, N answered, N lost".
"""
import os
import select
import socket
import struct
import sys
import time

PATIENCE = 60   # seconds
ECHO, ECHO_REPLY = 8, 0


def checksum(data):
    """RFC 1071's."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def request(number):
    """An Echo Request whose contents are a number."""
    body = struct.pack("!Q", number) + bytes(48)
    head = struct.pack("!BBHHH", ECHO, 0, 0, 0x4b50, number & 0xffff)
    return head[:2] + struct.pack("!H", checksum(head + body)) + head[4:] + body


class Pings:
    """All devices, and what is on its way."""

    def __init__(self, address, prefix, count):
        self.address = address
        self.waiting = set()
        self.sent = 0
        self.poll = select.epoll()
        self.socks = {}
        for number in range(1, count + 1):
            sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                            f"{prefix}{number}".encode())
            sock.setblocking(False)
            self.socks[sock.fileno()] = sock
            self.poll.register(sock.fileno(), select.EPOLLIN)
        self.order = list(self.socks.values())
        self.poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)

    def send(self):
        """The next one, by the next device."""
        sock = self.order[self.sent % len(self.order)]
        self.sent += 1
        self.waiting.add(self.sent)
        sock.sendto(request(self.sent), (self.address, 0))

    def receive(self, wait):
        """What comes within so many seconds. False: standard input has ended."""
        for fd, _ in self.poll.poll(wait):
            if fd == sys.stdin.fileno():
                if not os.read(fd, 1):
                    return False
                continue
            packet = self.socks[fd].recv(2048)
            icmp = packet[(packet[0] & 15) * 4:]
            if icmp[0] == ECHO_REPLY and len(icmp) >= 16:
                self.waiting.discard(struct.unpack("!Q", icmp[8:16])[0])
        return True

    def run(self, rate):
        """Until the end."""
        begin = time.monotonic()
        while self.receive(0.001):
            due = int((time.monotonic() - begin) * rate)
            while self.sent < due:
                self.send()
        self.poll.unregister(sys.stdin.fileno())
        end = time.monotonic() + PATIENCE
        while self.waiting and time.monotonic() < end:
            self.receive(0.1)


def main():
    """The exit status."""
    address, prefix, count, rate = sys.argv[1:]
    pings = Pings(address, prefix, int(count))
    pings.run(int(rate))
    lost = len(pings.waiting)
    print(f"{pings.sent} sent, {pings.sent - lost} answered, {lost} lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
