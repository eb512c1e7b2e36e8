#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends random octets both ways over one TCP connection and compares SHA-256.

usage: transfer.py serve ADDRESS PORT | transfer.py call ADDRESS PORT OCTETS

The caller sends OCTETS and the digest; the server answers with as many of its
own and their digest. Exits 0 when what came fits its digest, on either side.
"""
import hashlib
import os
import socket
import struct
import sys

BLOCK = 65536


def receive(conn, count):
    """Exactly count octets."""
    data = bytearray()
    while len(data) < count:
        piece = conn.recv(min(BLOCK, count - len(data)))
        if not piece:
            raise ConnectionError("the connection ended early")
        data += piece
    return bytes(data)


def send_random(conn, count):
    """A length, random octets, their digest."""
    digest = hashlib.sha256()
    conn.sendall(struct.pack("!Q", count))
    while count:
        block = os.urandom(min(BLOCK, count))
        digest.update(block)
        conn.sendall(block)
        count -= len(block)
    conn.sendall(digest.digest())


def check_random(conn):
    """What send_random() of the other end sent; how much it was."""
    count, = struct.unpack("!Q", receive(conn, 8))
    digest = hashlib.sha256()
    left = count
    while left:
        block = receive(conn, min(BLOCK, left))
        digest.update(block)
        left -= len(block)
    if receive(conn, 32) != digest.digest():
        sys.exit("the digests differ")
    return count


def main():
    """Serves one connection, or calls."""
    role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "serve":
        with socket.create_server((address, port)) as server:
            conn, _ = server.accept()
        with conn:
            send_random(conn, check_random(conn))
        return
    with socket.create_connection((address, port), timeout=60) as conn:
        send_random(conn, int(sys.argv[4]))
        print(check_random(conn))


if __name__ == "__main__":
    main()
