#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon's control socket that answers from a script.

usage: daemon.py SOCKET LOG MODE

Every request goes to LOG, a line each. MODE: "good" answers as kpptpd(8) says,
"refuse" refuses everything, "junk" answers what is no JSON, "hang-up" closes.
"""
import json
import os
import socket
import sys

SESSION = {"id": 7, "user": "ann\x1b[31m", "address": "10.0.0.7"}
TUNNEL = {"role": "server", "peer": "192.0.2.9", "port": 4242, "host": "pc",
          "vendor": "", "state": "established", "calls": 1, "uptime": 3725,
          "last_message": 61, "wan_errors": 7}
LINE = {"name": "modem", "device": "/dev/ttyS0", "state": "connected", "uptime": 3725,
        "to": "192.0.2.7", "called": "5551212", "calling": "5553434", "frames_in": 3,
        "frames_out": 4, "lost": 0, "errors": 5, "crc_errors": 5}


def items(what):
    """The answer that lists @what."""
    return [{"item": thing} for thing in what] + [{"ok": True, "count": len(what)}]


def answer(request):
    """The objects that answer one request."""
    command = request["command"]
    if command == "version":
        return [{"ok": True, "version": "9.9-test"}]
    if command == "sessions":
        return items([SESSION])
    if command == "tunnels":
        return items([TUNNEL])
    if command == "lines":
        return items([LINE])
    if command == "disconnect":
        return [{"ok": True, "count": 2 if request.get("user") == "ann" else 0}]
    if command == "monitor":
        return [{"item": {"event": "session-up", "time": 1.5, "user": "ann"}}]
    return [{"ok": True}]


def serve(client, log, mode):
    """Answers the requests of one client."""
    with client, client.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            log.write(line)
            log.flush()
            if mode == "hang-up":
                return
            if mode == "junk":
                lines.write("that is no JSON\n")
            elif mode == "refuse":
                lines.write('{"ok":false,"error":"kpptpd.conf:3: no such setting"}\n')
            else:
                for reply in answer(json.loads(line)):
                    lines.write(json.dumps(reply) + "\n")
            lines.flush()
            if json.loads(line)["command"] == "monitor":
                return


def main():
    """Serves one client after the other."""
    path, log, mode = sys.argv[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, \
            open(log, "a", encoding="utf-8") as requests:
        if os.path.exists(path):
            os.unlink(path)
        listener.bind(path)
        listener.listen()
        while True:
            serve(listener.accept()[0], requests, mode)


if __name__ == "__main__":
    main()
