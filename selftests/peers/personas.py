# SPDX-License-Identifier: GPL-2.0-or-later
"""
Plays personas against two running kpptpd and holds what happened against what
each of them expects; and the capture of it all against what was played. Prints
"ok" or "not ok" and a name a line, and comments on what is wrong.

usage: personas.py play WORK NS_C NS_STRICT NS_LENIENT USER PASSWORD PERSONA...
       personas.py compare WORK CAPTURE USER PERSONA...
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

import capture
import engine
import persona as personas

CLONE_NEWNET = 0x40000000
TIMEOUT = 120		# seconds, a bound for slow guests and not a measure
MPPE_TEXT = {128: "128-bit", 56: "56-bit", 40: "40-bit"}


def enter(name):
    """This thread's network namespace is @name from here on."""
    with open(f"/run/netns/{name}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {name}")


class Gateway:
    """A kpptpd: where it is, and what it says."""

    def __init__(self, work, name, space, address, source, inner):
        self.work, self.name, self.space = work, name, space
        self.address, self.source, self.inner = address, source, inner

    def show(self, what):
        program = os.path.join(os.environ["KPPTP_BUILD"], "pptpctl")
        done = subprocess.run(["ip", "netns", "exec", self.space, program, "-s",
                               f"{self.work}/{self.name}.sock", "-j", "show", what],
                              check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)

    def drops(self):
        """Counters of packets that were dropped because of what they were."""
        counts = self.show("drops")[0]["drops"]
        return {reason: count for reason, count in counts.items()
                if reason not in ("no_session", "no_owner") and not reason.startswith("tx_")}

    def log(self):
        with open(f"{self.work}/{self.name}.log", encoding="utf-8") as file:
            return file.read()


def mppe_text(letters):
    """What pptpctl calls an agreed option."""
    agreed = engine.strength(letters)
    if not agreed:
        return "none"
    return f"{MPPE_TEXT[agreed[0]]} {'stateless' if agreed[1] else 'stateful'}"


def sessions_shown(gateway, wanted):
    """
    Users and encryption of the sessions, when they are what is @wanted or after a
    while: the last packet of the client is still on its way when it is up.
    """
    deadline = time.monotonic() + 10
    while True:
        shown = [(row.get("user"), row.get("mppe")) for row in gateway.show("sessions")]
        if shown == wanted or time.monotonic() > deadline:
            return shown
        time.sleep(0.05)


def play(persona, gateway, user, password):
    """One call; the client as it was at the end, and what is wrong besides."""
    client = engine.Client(persona, gateway.source, gateway.address, gateway.inner, user, password)
    shown = []
    wrong = []
    before = len(gateway.log())
    counted = persona["expect"]["drops"] is not None
    drops = gateway.drops() if counted else {}
    client.on_up = lambda: shown.extend(
        sessions_shown(gateway, [(user, mppe_text(client.mppe))]))
    client.run(TIMEOUT)
    if counted:
        client.seen["drops"] = {reason: count - drops[reason] for reason, count
                                in gateway.drops().items() if count > drops[reason]}
    if client.outcome == "up":
        if shown != [(user, mppe_text(client.mppe))]:
            wrong.append(f"pptpctl shows {shown}")
    wanted = persona["expect"]["log"]
    deadline = time.monotonic() + TIMEOUT
    while wanted and wanted not in gateway.log()[before:]:
        if time.monotonic() > deadline:
            wrong.append(f"the log of kpptpd has no {wanted!r}")
            break
        time.sleep(0.05)
    return client, wrong


def judge(persona, client):
    """Lines on what went otherwise than expected."""
    seen = {"outcome": client.outcome, "mppe": client.mppe, **client.seen,
            "disconnect": client.disconnect}
    lines = [f"{key}: expected {value!r}, saw {seen[key]!r}"
             for key, value in persona["expect"].items()
             if key in seen and seen[key] != value and value is not None]
    return lines + ([client.why] if lines and client.why else [])


def report(name, lines):
    print(f"{'not ok' if lines else 'ok'} {name}", flush=True)
    for line in lines:
        print(f"# {line}", flush=True)


def play_all(work, own, strict, lenient, user, password, *files):
    """Leaves in WORK/used.json which answers each persona had to give."""
    enter(own)
    gateways = {
        "strict": Gateway(work, "strict", strict, "198.51.100.254", "198.51.100.1", "10.77.0.1"),
        "lenient": Gateway(work, "lenient", lenient, "203.0.113.254", "203.0.113.1", "10.78.0.1"),
    }
    used = []
    for path in files:
        persona = personas.load(path)
        client, wrong = play(persona, gateways[persona["server"]], user, password)
        used.append(sorted(client.used))
        report(persona["name"], wrong + judge(persona, client))
    with open(f"{work}/used.json", "w", encoding="utf-8") as file:
        json.dump(used, file)


def compare_all(work, pcap, user, *files):
    with open(f"{work}/used.json", encoding="utf-8") as file:
        used = json.load(file)
    calls = capture.read(f"{work}/{pcap}")
    if len(calls) != len(files):
        print(f"# {len(calls)} calls in the capture, {len(files)} were made")
    for path, answers, call in zip(files, used, calls):
        told = personas.load(path)
        lines = []
        try:
            found = personas.parse(capture.convert(call, "captured", user))
            answers = {tuple(answer) for answer in answers}
            lines = personas.differences(personas.wire_part(told, answers),
                                         personas.wire_part(found, answers))
        except (capture.CaptureError, personas.PersonaError) as error:
            lines = [str(error)]
        report(f"{told['name']}: {pcap} is the persona", lines)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    {"play": play_all, "compare": compare_all}[sys.argv[1]](*sys.argv[2:])
