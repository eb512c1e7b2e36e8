#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A control connection that goes no further, to be there when kpptpd dies.

usage: halfopen.py [--start] ADDRESS

Says "call" when a call of it is connected, whose PPP never says a word, and "closed"
when the daemon's end of the connection is gone. --start: only starts the control
connection, says "started", and goes.
"""
import sys

from hostile import Peer, call_request

WAIT = 300      # seconds, a bound for slow guests


def main():
    """The exit status."""
    start = sys.argv[1] == "--start"
    with Peer(sys.argv[-1], WAIT) as peer:
        if not peer.begin():
            return 1
        if start:
            print("started", flush=True)
            return 0
        peer.send(call_request())
        kind, reply = peer.next()
        if kind != 8 or reply[16] != 1:
            return 1
        print("call", flush=True)
        while peer.next():
            pass
        print("closed", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
