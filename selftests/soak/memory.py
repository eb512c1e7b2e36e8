# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory, read again and again when no session is there, and how fast it grows."""

EACH = 16       # octets that may be gained for a session that was made
WARM = 0.25     # of the samples are over before caches have their size


def slope_of(points):
    """Of the line that fits (x, y) best."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / (spread or 1)


def of_kernel():
    """KiB that the kernel has for itself, without what it keeps because there is room."""
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as knob:
        knob.write("3")
    with open("/proc/meminfo", encoding="ascii") as info:
        words = dict(line.split()[:2] for line in info)
    return sum(int(words[name]) for name in ("Slab:", "Percpu:", "VmallocUsed:"))


class Series:
    """
    What @read says, in KiB, over the sessions that there have been so far. @noise: KiB
    that may come and go.
    """

    def __init__(self, name, noise, read):
        self.name, self.noise, self.read = name, noise, read
        self.points = []

    def take(self, sessions):
        self.points.append((sessions, self.read()))

    def _warm(self):
        return self.points[int(len(self.points) * WARM):]

    def flat(self):
        """Is what was gained no more than noise and so much for each session?"""
        return self._gained() <= self._bound()

    def _gained(self):
        return self.slope() * self._sessions() / 1024

    def _sessions(self):
        warm = self._warm()
        return warm[-1][0] - warm[0][0]

    def _bound(self):
        return self.noise + EACH * self._sessions() / 1024

    def slope(self):
        """Octets a session."""
        return 1024 * slope_of(self._warm())

    def __str__(self):
        warm = self._warm()
        return (f"{self.name}: {warm[0][1]} KiB, at the end {warm[-1][1]} KiB; "
                f"{self.slope():.1f} octets a session, {self._gained():.0f} KiB in "
                f"{self._sessions()} sessions, at most {self._bound():.0f} KiB")
