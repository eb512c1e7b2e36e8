#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends and receives octets over TCP; both ends print their SHA-256.

usage: stream.py receive PORT
       stream.py send ADDRESS PORT OCTETS
"""
import hashlib
import os
import socket
import sys
import time

PATIENCE = 60


def receive(port):
    """Takes one connection and reads it to its end."""
    digest = hashlib.sha256()
    with socket.create_server(("", port)) as listener:
        listener.settimeout(PATIENCE)
        peer, _ = listener.accept()
        peer.settimeout(PATIENCE)
        with peer:
            while data := peer.recv(65536):
                digest.update(data)
    return digest.hexdigest()


def connect(address, port):
    """Connects, waiting for the other end to listen."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection((address, port), timeout=PATIENCE)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def send(address, port, octets):
    """Sends random octets."""
    digest = hashlib.sha256()
    with connect(address, port) as peer:
        while octets:
            data = os.urandom(min(octets, 65536))
            octets -= len(data)
            digest.update(data)
            peer.sendall(data)
    return digest.hexdigest()


def main():
    """Runs one end."""
    if sys.argv[1] == "receive":
        print(receive(int(sys.argv[2])))
    else:
        print(send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))


if __name__ == "__main__":
    main()
