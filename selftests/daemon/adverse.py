#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong around a running kpptpd, by whoever it needs; run by adverse.sh.

usage: adverse.py calls GATE MOST
       adverse.py ids NS-GATE NS-CLIENT GATE CLIENT
       adverse.py stall GATE PID TIMEOUT
       adverse.py grows NS-GATE ID COUNTER MORE

calls asks for one call more than a control connection may have. ids takes all call IDs
of GATE and CLIENT, and calls when none is left and when one is. stall has connections
whose Echo-Requests are answered while the process PID stands still, for longer than its
echo-timeout, in seconds. grows waits until a counter of the kernel's session ID is by
so much more than it is now.
"""
import os
import select
import signal
import socket
import struct
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
# pylint: disable=wrong-import-position
import genl
from bed import SO_RCVBUFFORCE, Namespace, wait
from hostile import Peer, call_request, message

WAIT = 180              # seconds, a bound for slow guests
ECHO_REQUEST, CALL_REPLY = 5, 8
CONNECTED, NO_RESOURCE = (1, 0), (2, 4)      # result and error
CALL_IDS = 65535
BATCH = 100             # requests of one system call
CONNECTIONS = 6         # not two: which of several is late first is nobody's to say


def told(peer):
    """Result and error of the next Outgoing-Call-Reply, and the call ID in it."""
    while got := peer.next():
        kind, reply = got
        if kind == CALL_REPLY:
            return tuple(reply[16:18]), struct.unpack_from("!H", reply, 12)[0]
    return None, None


def calls(gate, most):
    """So many calls, and one that there is no room for."""
    with Peer(gate, WAIT) as peer:
        if not peer.begin():
            return "the connection was refused"
        for number in range(int(most)):
            peer.send(call_request(100 + number))
            result, _ = told(peer)
            if result != CONNECTED:
                return f"call {number}: result and error {result}"
        peer.send(call_request(99))
        result, _ = told(peer)
        return "" if result == NO_RESOURCE else f"one call too many: result and error {result}"


class Taken:
    """All call IDs of two addresses, with the sessions that the gate's kernel has."""

    def __init__(self, gate, local, peer):
        with gate:
            self.nl = genl.Socket()
        self.nl.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        self.basic = genl.encode("SESSION", {"local-address": local, "peer-address": peer,
                                             "peer-call-id": 1})
        self.known = []     # (id, call ID)

    def send(self, cmd, bodies):
        """Requests without acknowledgement; their answers."""
        self.nl.sock.send(b"".join(
            struct.pack("=IHHIIBBH", 20 + len(body), self.nl.family, genl.NLM_F_REQUEST, 0, 0,
                        genl.NUMBERS["CMD"][cmd], 1, 0) + body for body in bodies))
        answers = []
        while select.select([self.nl.sock], [], [], 0)[0]:
            answers.append(genl.decode("SESSION", self.nl.sock.recv(4096)[20:]))
        return answers

    def fill(self):
        """Until the kernel says that there is none left; the sentence."""
        for _ in range(CALL_IDS // BATCH):
            self.know(self.send("session-new", [self.basic] * BATCH))
        try:
            while True:
                self.know(self.nl.ask("session-new", self.basic))
        except genl.Refused as refusal:
            return str(refusal)

    def know(self, answers):
        self.known += [(answer["id"], answer["local-call-id"]) for answer in answers]

    def delete(self, sessions):
        """Those go."""
        for at in range(0, len(sessions), BATCH):
            self.send("session-del", [genl.encode("SESSION", {"id": number})
                                      for number, _ in sessions[at:at + BATCH]])


def ids(gate_ns, client_ns, gate, client):
    """What a caller is told who comes when all call IDs are taken, and one later."""
    taken = Taken(Namespace(gate_ns), gate, client)
    print(taken.fill())
    with Namespace(client_ns):
        peer = Peer(gate, WAIT)
    with peer:
        begun = peer.begin()
        peer.send(call_request())
        refused, _ = told(peer)
        taken.delete(taken.known[:1])
        peer.send(call_request())
        result, call = told(peer)
    taken.delete(taken.known[1:])
    if not begun or refused != NO_RESOURCE:
        return f"no call ID left: result and error {refused}"
    if (result, call) != (CONNECTED, taken.known[0][1]):
        return f"one is left, {taken.known[0][1]}: result and error {result}, {call}"
    return ""


def echo_request(peer):
    """The identifier of the next Echo-Request, None: the connection is over."""
    while got := peer.next():
        kind, request = got
        if kind == ECHO_REQUEST:
            return request[12:16]
    return None


def echo_reply(peer, identifier):
    """Echo-Reply."""
    peer.send(message(6, identifier + struct.pack("!BBH", 1, 0, 0)))


def stall(gate, pid, timeout):
    """All answers are there in time; it is the process that comes late to them."""
    peers = [Peer(gate, WAIT) for _ in range(CONNECTIONS)]
    if not all(peer.begin() for peer in peers):
        return "a connection was refused"
    asked = [(peer, echo_request(peer)) for peer in peers]
    os.kill(int(pid), signal.SIGSTOP)
    for peer, identifier in asked:
        echo_reply(peer, identifier)
    time.sleep(float(timeout) + 1)
    os.kill(int(pid), signal.SIGCONT)
    ended = sum(echo_request(peer) is None for peer in peers)
    return f"{ended} of {CONNECTIONS} connections have ended" if ended else ""


def grows(gate_ns, number, counter, more):
    """What happens by itself goes on."""
    with Namespace(gate_ns):
        nl = genl.Socket()

    def count():
        return nl.ask("session-get", {"id": int(number)})[0]["stats"][counter]

    want = count() + int(more)
    return "" if wait(lambda: count() >= want, WAIT) else f"{counter} is {count()}, not {want}"


def main():
    """The exit status."""
    what = {"calls": calls, "ids": ids, "stall": stall, "grows": grows}
    why = what[sys.argv[1]](*sys.argv[2:])
    if why:
        print(why)
    return bool(why)


if __name__ == "__main__":
    sys.exit(main())
