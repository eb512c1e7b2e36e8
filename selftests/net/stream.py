#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Octets by TCP between two namespaces, first one way, then the other.

usage: stream.py NS-A ADDRESS-A NS-B ADDRESS-B OCTETS

Status 0: what was received each way is what was sent. One process with a socket in
each, because to start one is most of the time that a short transfer takes in an
emulated guest.
"""
import ctypes
import hashlib
import os
import socket
import sys
import threading

PATIENCE = 60
CLONE_NEWNET = 0x40000000


def enter(namespace):
    """Sockets are made there from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", encoding="ascii") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns", namespace)


def connection(sender, receiver, address):
    """Both ends of one."""
    enter(receiver)
    with socket.create_server((address, 0)) as listener:
        listener.settimeout(PATIENCE)
        enter(sender)
        source = socket.create_connection(listener.getsockname(), timeout=PATIENCE)
        sink, _ = listener.accept()
    sink.settimeout(PATIENCE)
    return source, sink


def send(source, octets, digest):
    """Random ones, and the end."""
    while octets:
        data = os.urandom(min(octets, 65536))
        octets -= len(data)
        digest.update(data)
        source.sendall(data)
    source.shutdown(socket.SHUT_WR)


def transfer(sender, receiver, address, octets):
    """Do they arrive as they were sent?"""
    source, sink = connection(sender, receiver, address)
    sent, received, count = hashlib.sha256(), hashlib.sha256(), 0
    sending = threading.Thread(target=send, args=(source, octets, sent))
    with source, sink:
        sending.start()
        while data := sink.recv(65536):
            received.update(data)
            count += len(data)
        sending.join()
    if count == octets and sent.digest() == received.digest():
        return True
    print(f"{sender} to {receiver}: {count} of {octets} octets, or others than were sent")
    return False


def main():
    """Both ways."""
    ns_a, address_a, ns_b, address_b, octets = sys.argv[1:]
    good = transfer(ns_a, ns_b, address_b, int(octets))
    sys.exit(not (transfer(ns_b, ns_a, address_a, int(octets)) and good))


if __name__ == "__main__":
    main()
