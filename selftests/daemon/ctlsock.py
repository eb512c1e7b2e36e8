#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests to kpptpd's control socket that pptpctl never makes.

usage: ctlsock.py SOCKET

Prints what is wrong and exits 1, or prints nothing.
"""
import json
import socket
import sys

NO_OBJECT = "the request is not a JSON object"
NO_TARGET = 'disconnect takes one of "session", "user", "peer", "ifname" and "tunnel"'

REFUSALS = [
    (b"", NO_OBJECT),
    (b"hello", NO_OBJECT),
    (b"[]", NO_OBJECT),
    (b"[" * 3000, NO_OBJECT),
    (b'{"command": "version"} trailing', NO_OBJECT),
    (b'{"command": "version", "command": "reload"}', NO_OBJECT),
    (b"\xff\xfe", NO_OBJECT),
    (b"{}", 'the request has no "command"'),
    (b'{"command": 7}', 'the request has no "command"'),
    (b'{"command": "dance"}', "kpptpd does not know this command"),
    (b'{"command": "disconnect"}', NO_TARGET),
    (b'{"command": "disconnect", "session": 0}', NO_TARGET),
    (b'{"command": "disconnect", "session": -1}', NO_TARGET),
    (b'{"command": "disconnect", "session": "1"}', NO_TARGET),
    (b'{"command": "disconnect", "user": "a", "peer": "b"}', NO_TARGET),
]


def connect(path):
    """A connection that waits for at most thirty seconds."""
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(30)
    sock.connect(path)
    return sock


def ask(sock, request):
    """The answer to one line, None when the connection ends instead."""
    answer = b""
    try:
        sock.sendall(request + b"\n")
        while not answer.endswith(b"\n"):
            piece = sock.recv(4096)
            if not piece:
                return None
            answer += piece
    except (BrokenPipeError, ConnectionResetError):
        return None
    return json.loads(answer)


def main():
    """All refusals on one connection, then those that end it."""
    path = sys.argv[1]
    bad = 0
    sock = connect(path)
    for request, sentence in REFUSALS:
        answer = ask(sock, request)
        if answer != {"ok": False, "error": sentence}:
            print(f"{request!r}: {answer!r}")
            bad += 1
    if ask(sock, b'{"command": "disconnect", "user": "not there"}') != {"ok": True, "count": 0}:
        print("a disconnect of nobody does not count nobody")
        bad += 1
    if ask(connect(path), b"x" * 32768) is not None:
        print("an endless line is answered")
        bad += 1
    # Half a request does not stand in anybody's way.
    half = connect(path)
    half.sendall(b'{"command"')
    if not ask(sock, b'{"command": "version"}')["ok"]:
        print("the version is refused")
        bad += 1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
