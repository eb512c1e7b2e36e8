# SPDX-License-Identifier: GPL-2.0-or-later
"""
Pairs of sessions that are made without a daemon, one end in each of two namespaces,
used, given new keys and removed at random.
"""

import zlib

from bed import PORT, key_of

COUNT = 24
BURST = 12          # datagrams, at most, from each end in a step
SIZES = (4, 100, 1300)
MODES = ({}, {"flags": "acfc pfc"}, {"reorder_window": 0}, {"reorder_timeout": 5})


def waiting(sock):
    """Datagrams that have come, without waiting for more."""
    while True:
        try:
            yield sock.recv(65536)
        except OSError:
            return


class Pairs:
    """What happens to them between the namespaces @ends; @dice decides."""

    def __init__(self, ends, dice):
        self.ends, self.dice = ends, dice
        self.nl = [ns.nl() for ns in ends]
        self.inside = [ns.udp("0.0.0.0") for ns in ends]
        for sock in self.inside:
            sock.setblocking(False)
        self.up = {}            # index: numbers of both sessions
        self.devices = {}
        self.made = self.arrived = self.strange = 0
        self._make_devices()

    def _make_devices(self):
        """Those that are not there; memory is compared with all of them there."""
        for index in range(COUNT):
            for i, ns in enumerate(self.ends):
                if (index, i) not in self.devices:
                    self.devices[index, i] = ns.device(f"s{index}", f"10.2.{index}.{1 + i}",
                                                       f"10.2.{index}.{2 - i}")

    def _keys(self):
        bits = self.dice.choice((None, 40, 56, 128))
        if not bits:
            return {}
        key = {"bits": bits, "stateless": self.dice.randrange(2), "key": key_of(bits)}
        if self.dice.random() < 0.3:
            key["compress"] = True
        return {"mppe_tx": key, "mppe_rx": key}

    def _make(self, index):
        mode, keys = dict(self.dice.choice(MODES)), self._keys()
        flags = f"up {mode.pop('flags', '')}" + (" require-mppe" if keys else "")
        self.up[index] = [
            self.nl[i].call("session-new", local_address=f"192.0.2.{1 + i}",
                            peer_address=f"192.0.2.{2 - i}", local_call_id=100 + index,
                            peer_call_id=100 + index, ifindex=self.devices[index, i],
                            flags=flags, **mode, **keys)[0]["id"]
            for i in (0, 1)]
        self.made += 1

    def _end(self, index):
        """By request, or by the end of its device; either end first."""
        numbers = self.up.pop(index)
        for i in self.dice.sample((0, 1), 2):
            if self.dice.random() < 0.95:
                self.nl[i].delete(numbers[i])
            else:
                self.ends[i].ip(f"link del s{index}")
                del self.devices[index, i]

    def _change_keys(self, index):
        keys = self._keys()
        for i in (0, 1):
            self.nl[i].set(self.up[index][i], **keys)

    def _send(self, index, i):
        for _ in range(self.dice.randrange(BURST)):
            body = self.dice.randbytes(self.dice.choice(SIZES))
            try:
                self.inside[i].sendto(zlib.crc32(body).to_bytes(4, "big") + body,
                                      (f"10.2.{index}.{2 - i}", PORT))
            except OSError:
                return

    def _traffic(self):
        for index in self.up:
            for i in (0, 1):
                self._send(index, i)
        for sock in self.inside:
            for text in waiting(sock):
                self.arrived += 1
                self.strange += zlib.crc32(text[4:]) != int.from_bytes(text[:4], "big")

    def step(self):
        index = self.dice.randrange(COUNT)
        if index not in self.up:
            self._make_devices()
            self._make(index)
        elif self.dice.random() < 0.7:
            self._end(index)
        else:
            self._change_keys(index)
        self._traffic()

    def clear(self):
        """No session is left, and every device is there."""
        for index in list(self.up):
            self._end(index)
        self._make_devices()
