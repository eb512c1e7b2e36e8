#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What listens at TCP port 1723 and is no good PPTP server.

usage: pretender.py ADDRESS MODE

MODE: "close" hangs up, "mute" says nothing, "http" is no PPTP, "stranger" refuses the
control connection, "busy" the call.
"""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "peers"))

import wire  # noqa: E402

START_REQUEST_LEN, CALL_REQUEST_LEN = 156, 168
UNAUTHORISED, BUSY = 4, 4


def serve(client, mode):
    """One connection, until the client has closed it."""
    if mode == "http":
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 8)
    if mode in ("stranger", "busy"):
        client.recv(START_REQUEST_LEN, socket.MSG_WAITALL)
        result = UNAUTHORISED if mode == "stranger" else 1
        client.sendall(wire.message("start-reply", version=0x100, result=result, host="pretender"))
    if mode == "busy":
        request = client.recv(CALL_REQUEST_LEN, socket.MSG_WAITALL)
        _, values = wire.split_message(request)
        client.sendall(wire.message("call-reply", peer_id=values["id"], result=BUSY))
    while mode != "close" and client.recv(4096):
        pass


def main():
    """Serves one client after the other."""
    address, mode = sys.argv[1:]
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, wire.PORT))
        listener.listen()
        print("ready", flush=True)
        while True:
            with listener.accept()[0] as client:
                serve(client, mode)


if __name__ == "__main__":
    main()
