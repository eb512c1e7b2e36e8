# SPDX-License-Identifier: GPL-2.0-or-later
"""
The accounts of one namespace: every packet that reached the module is received data,
a control frame, an acknowledgement, or a drop with a name. Counters of sessions that
are gone come with the event of their end.
"""

import collections
import select
import socket

from bed import SO_RCVBUFFORCE
from genl import NUMBERS

RECEIVED = ("rx-packets", "rx-control", "rx-acks")
SENT = ("tx-packets", "tx-control", "tx-acks")
# What was received, and then nobody was there to take it: counted twice.
AFTER = ("no-owner", "owner-overrun")
FIRST_SENT = "tx-no-session"        # the reasons of sending stand last


class Ledger:
    """From now on, in the namespace @ns, which has no session yet."""

    def __init__(self, ns):
        self.nl = ns.nl()
        self.hear = ns.nl(events=True)
        self.hear.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
        self.gone = collections.Counter()
        self.ended = 0
        self.names = {number: name for name, number in NUMBERS["CMD"].items()}
        self.before = self._drops()

    def _drops(self):
        return collections.Counter(self.nl.call("totals-get", kind="TOTALS")[0]["drops"])

    def listen(self):
        """Takes what has been told; call it often, a socket has a bound."""
        while self.hear.later or select.select([self.hear.sock], [], [], 0)[0]:
            name, values = self.hear.event()
            if name == "session-deleted":
                self.gone.update(values["stats"])
                self.ended += 1

    def stats(self):
        """The counters of all sessions, those that are gone included."""
        self.listen()
        stats = collections.Counter(self.gone)
        for session in self.nl.call("session-get", dump=True):
            stats.update(session["stats"])
        return stats

    def drops(self):
        """{reason: packets} of receiving, since the beginning."""
        first = NUMBERS["DROPS"][FIRST_SENT]
        new = self._drops() - self.before
        return {reason: count for reason, count in new.items()
                if NUMBERS["DROPS"][reason] < first}

    def received(self):
        """Packets that are accounted for, once no more come."""
        stats, drops = self.stats(), self.drops()
        return (sum(stats[name] for name in RECEIVED) + sum(drops.values())
                - sum(drops.get(reason, 0) for reason in AFTER))

    def sent(self):
        stats = self.stats()
        return sum(stats[name] for name in SENT)
