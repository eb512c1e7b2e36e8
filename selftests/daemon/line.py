#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A serial line: two ptys, joined, with a place in the middle to listen and to disturb.

usage: line.py NEAR FAR COUNTS

NEAR and FAR become links to the two ends, NEAR the access concentrator's. The file
COUNTS has the number of control characters that have passed, as "to-far N to-near N".
SIGUSR1 puts three frames with a wrong check sequence on the way to NEAR. The line is
gone when this ends. Both slaves are held open, so that neither end's coming and going
is the line's.
"""
import os
import pty
import selectors
import signal
import sys
import tty

# Flags, and in between octets whose check sequence is another one.
NOISE = b"\x7e\xff\x7d\x23\x21kpptp-noise-1\x7e" * 3


class End:
    """One pty; @link leads to its slave."""

    def __init__(self, link):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        os.set_blocking(self.master, False)
        self.waiting = b""
        self.controls = 0
        self.link = link
        name = f"{link}.new"
        os.symlink(os.ttyname(self.slave), name)
        os.rename(name, link)

    def put(self, octets):
        """For who has the slave; as much as fits, now or later."""
        self.controls += sum(octet < 0x20 for octet in octets)
        self.waiting += octets
        self.flush()

    def flush(self):
        """What the pty takes now."""
        try:
            self.waiting = self.waiting[os.write(self.master, self.waiting):]
        except BlockingIOError:
            pass


def main():
    """Until somebody ends it."""
    near, far = End(sys.argv[1]), End(sys.argv[2])
    select = selectors.DefaultSelector()
    select.register(near.master, selectors.EVENT_READ, (near, far))
    select.register(far.master, selectors.EVENT_READ, (far, near))
    signal.signal(signal.SIGUSR1, lambda *_: near.put(NOISE))
    while True:
        for end, other in ((near, far), (far, near)):
            events = selectors.EVENT_READ | (selectors.EVENT_WRITE if end.waiting else 0)
            select.modify(end.master, events, (end, other))
        for key, events in select.select():
            end, other = key.data
            if events & selectors.EVENT_WRITE:
                end.flush()
            if events & selectors.EVENT_READ:
                other.put(os.read(end.master, 4096))
        with open(sys.argv[3] + ".new", "w", encoding="ascii") as counts:
            print(f"to-far {far.controls} to-near {near.controls}", file=counts)
        os.rename(sys.argv[3] + ".new", sys.argv[3])


main()
