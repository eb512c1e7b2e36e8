#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kpptpd against kpptpd: every method with every mode of MPPE, dialled at once.

usage: matrix.py count
       matrix.py write DIR
       matrix.py check DIR PPTPCTL SERVER-NS CLIENT-NS-1 CLIENT-NS-2 [SECONDS]

"write" makes the server's users, and a file for each tunnel in DIR/one.d and
DIR/two.d, those of the two clients. "check" waits until each tunnel has come to
an end of its negotiations, either one, and prints a line of TAP a tunnel without
numbers, and the table.

The second client is for TLS 1.2, which its GnuTLS is told to stay below.
"""
import json
import os
import subprocess
import sys
import time

SECRET = "correct horse battery"
OPEN = {"one": "198.51.100.254", "two": "203.0.113.254"}
STRICT = "198.51.100.253"	# offers MS-CHAPv2, and asks for 128 bits
OFFERS = {"198.51.100.254": ["128", "56", "40"], "198.51.100.252": ["128", "40"],
          "198.51.100.251": ["56", "40"], "198.51.100.250": ["40"]}
INNER = "10.77.0.1"

METHODS = ["PAP", "CHAP-MD5", "MS-CHAP", "MS-CHAP-V2", "EAP-MD5", "EAP-MSCHAP-V2",
           "EAP-TLS"]
KEYLESS = ["PAP", "CHAP-MD5", "EAP-MD5"]
POLICIES = ["require", "prefer", "allow", "deny"]
STATEFUL = ["deny", "allow", "prefer"]

NO_KEYS = "mppe = require needs MS-CHAP-V2 or EAP with keys"
NO_MPPE = "encryption was not agreed"
WRONG = "the peer refuses our user name or password"
CODED = ["MS-CHAP", "MS-CHAP-V2", "EAP-MSCHAP-V2"]	# refuse with 691, RFC 2759 section 6
DEMANDED = "the peer demands authentication by a method that may not be used"
# What the client knows when the server has had enough; the server knows why.
ENDED = ["cleared by the peer: lost carrier", "the peer ended the link"]


class Cell:
    """One tunnel: what is configured, and what has to become of it."""

    def __init__(self, table, row, column, expected, **settings):
        self.table, self.row, self.column = table, row, column
        self.expected = expected
        self.client = settings.pop("client", "one")
        self.settings = {"server": OPEN[self.client], "user": "alice",
                         "password": SECRET, **settings}
        self.name = ""
        self.got = ""

    def good(self):
        """Why a proof was refused may follow, in the words of the server."""
        if self.expected.startswith(WRONG):
            return self.got.startswith(self.expected)
        return self.got == self.expected

    def text(self, directory):
        """The tunnel's file."""
        settings = dict(self.settings)
        if settings["auth"] == "EAP-TLS":
            del settings["password"]
            for key, name in (("ca", "ca.pem"), ("certificate", "alice.pem"),
                              ("key", "alice.key")):
                settings[key] = f"{directory}/{name}"
        lines = [f"{key} = {value}" for key, value in settings.items()]
        return "\n".join([f"[tunnel {self.name}]", *lines, ""])


def strengths():
    """Each method with each strength, stateless and stateful; the server has all."""
    rows = [(method, "one") for method in METHODS[:-1]]
    rows += [("EAP-TLS", "two"), ("EAP-TLS", "one")]
    for method, client in rows:
        name = method
        if method == "EAP-TLS":
            name += " 1.2" if client == "two" else " 1.3"
        yield Cell("strength", name, "none", f"{method}, none", client=client,
                   auth=method, mppe="deny")
        for bits in ("40", "56", "128"):
            for mode, stateful in (("stateless", "deny"), ("stateful", "prefer")):
                expected = f"{method}, {bits}-bit {mode}"
                if method in KEYLESS:
                    expected = NO_KEYS
                elif method == "MS-CHAP" and bits != "128":
                    expected = NO_MPPE	# its keys of these strengths are the password's
                yield Cell("strength", name, f"{bits} {mode}", expected, client=client,
                           auth=method, mppe="require",
                           **{"mppe-strength": bits, "mppe-stateful": stateful})


def encrypted(server, client):
    """What two policies come to: bits, none, or no link."""
    both = {server, client}
    if "deny" in both:
        return None if "require" in both else "none"
    return "none" if both == {"allow"} else "128-bit stateless"


def policies():
    """Each policy of a user with each of a tunnel."""
    for server in POLICIES:
        for client in POLICIES:
            mppe = encrypted(server, client)
            expected = f"MS-CHAP-V2, {mppe}" if mppe else NO_MPPE
            yield Cell("policy", f"server {server}", client, expected, auth="MS-CHAP-V2",
                       mppe=client, user=f"u-{server}")


def offers():
    """Each set of strengths of a client: the strongest that the server has as well."""
    sets = [["128"], ["56"], ["40"], ["128", "56"], ["128", "40"], ["56", "40"],
            ["128", "56", "40"]]
    for server, has in OFFERS.items():
        for names in sets:
            common = [bits for bits in names if bits in has]
            expected = f"MS-CHAP-V2, {common[0]}-bit stateless" if common else NO_MPPE
            yield Cell("offer", f"server {' '.join(has)}", " ".join(names), expected,
                       server=server, auth="MS-CHAP-V2", mppe="require",
                       **{"mppe-strength": " ".join(names)})


def modes():
    """Stateful where one end asks for it and the other may."""
    for server in STATEFUL:
        for client in STATEFUL:
            both = {server, client}
            stateful = "prefer" in both and "deny" not in both
            mode = "stateful" if stateful else "stateless"
            yield Cell("stateful", f"server {server}", client,
                       f"MS-CHAP-V2, 128-bit {mode}", auth="MS-CHAP-V2", mppe="require",
                       user=f"s-{server}", **{"mppe-stateful": client})


def refusals():
    """Wrong proofs, and methods that the server does not offer."""
    for method in METHODS:
        tls = method == "EAP-TLS"
        plain = {"auth": method, "mppe": "allow"}
        wrong = f"{WRONG} (error 691" if method in CODED else WRONG
        yield Cell("refusal", method, "wrong proof", wrong, **plain,
                   **({"user": "bob"} if tls else {"password": "wrong"}))
        if method != "MS-CHAP-V2":
            yield Cell("refusal", method, "not offered", DEMANDED, server=STRICT, **plain)


def cells():
    """All of them, each with a name of its own."""
    made = [*strengths(), *offers(), *modes(), *policies(), *refusals()]
    for number, cell in enumerate(made, 1):
        cell.name = f"m{number}"
    return made


def write_private(path, text):
    """A file of mode 0600."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as file:
        file.write(text)


def write(directory):
    """Users and tunnels."""
    users = [f'alice * "{SECRET}" *', f'bob * "{SECRET}" *']
    users += [f'u-{policy} * "{SECRET}" * -- set mppe={policy}' for policy in POLICIES]
    users += [f's-{policy} * "{SECRET}" * -- set mppe-stateful={policy}' for policy in STATEFUL]
    write_private(f"{directory}/users", "\n".join(users) + "\n")
    for client in OPEN:
        os.mkdir(f"{directory}/{client}.d", 0o700)
    for cell in cells():
        write_private(f"{directory}/{cell.client}.d/{cell.name}.conf", cell.text(directory))


class Bed:
    """The daemons, as pptpctl shows them."""

    def __init__(self, directory, pptpctl, server, one, two):
        self.directory, self.pptpctl = directory, pptpctl
        self.ns = {"server": server, "one": one, "two": two}
        self.log = {}

    def show(self, daemon, what):
        """A list of objects."""
        socket = f"{self.directory}/{daemon}.sock"
        command = ["ip", "netns", "exec", self.ns[daemon], self.pptpctl, "-s", socket,
                   "-j", "show", what]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    def tunnels(self):
        """By the names of the tunnels."""
        return {item["name"]: item for client in OPEN for item in self.show(client, "tunnels")
                if item["role"] == "client"}

    def lines(self, daemon):
        """Of its log, when it was first asked for."""
        if daemon not in self.log:
            with open(f"{self.directory}/{daemon}.log", encoding="utf-8",
                      errors="replace") as file:
                self.log[daemon] = file.readlines()
        return self.log[daemon]

    def refused(self, cell):
        """What the client says of a tunnel's file, if it did not take it."""
        for line in self.lines(cell.client):
            if f"/{cell.name}.conf: " in line:
                return line.split(f"/{cell.name}.conf: ", 1)[1].strip()
        return "no such tunnel"

    def reason(self):
        """Why the server ended a link that wanted no encryption: just one did."""
        sentence = f"the link ended before it was up: {NO_MPPE}"
        return NO_MPPE if sum(sentence in line for line in self.lines("server")) == 1 else ""

    def ping(self, cell):
        """One echo through the tunnel."""
        command = ["ip", "netns", "exec", self.ns[cell.client], "ping", "-q", "-c", "1",
                   "-W", "10", "-I", cell.name, INNER]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0


def settled(item):
    """Up, or not any more under way."""
    return item["state"] == "up" or item["error"]


def wait(bed, seconds):
    """The tunnels when all have settled, or the time is over."""
    end = time.monotonic() + seconds
    while True:
        found = bed.tunnels()
        if all(map(settled, found.values())) or time.monotonic() > end:
            return found
        time.sleep(0.2)


def shown(session):
    """Method and mode, in the words of pptpctl."""
    return f"{session['auth']}, {session['mppe']}"


def outcome(bed, cell, tunnel, sessions):
    """What became of a tunnel: "METHOD, MODE" or the sentence."""
    if tunnel is None:
        return bed.refused(cell)
    if tunnel["error"] in ENDED:
        return bed.reason() or tunnel["error"]
    if tunnel["state"] != "up":
        return tunnel["error"] or f"still {tunnel['state']}"
    ours = sessions[cell.client].get(tunnel["address"])
    theirs = sessions["server"].get(tunnel["address"])
    if not ours or not theirs:
        return "up without a session"
    if shown(ours) != shown(theirs):
        return f"{shown(ours)} here, {shown(theirs)} there"
    return shown(ours) if bed.ping(cell) else f"{shown(ours)}, and no echo"


def brief(cell):
    """For the table."""
    words = {NO_KEYS: "no keys", NO_MPPE: "not agreed", DEMANDED: "not offered"}
    if not cell.good():
        return "WRONG"
    if cell.got.startswith(WRONG):
        return "refused"
    return words.get(cell.got) or cell.got.rsplit(", ", 1)[1].replace("-bit", "")


def print_table(made, table):
    """Rows and columns in the order in which they first came."""
    chosen = [cell for cell in made if cell.table == table]
    columns = list(dict.fromkeys(cell.column for cell in chosen))
    by_place = {(cell.row, cell.column): brief(cell) for cell in chosen}
    widths = [max(len(column), 13) for column in columns]
    margin = max(len(cell.row) for cell in chosen)
    lines = [(table, columns)]
    lines += [(row, [by_place.get((row, column), "") for column in columns])
              for row in dict.fromkeys(cell.row for cell in chosen)]
    for head, values in lines:
        print(f"# {head:{margin}}", *(f"{value:{width}}" for value, width in zip(values, widths)),
              sep="  ")


def by_address(bed, daemon):
    """Sessions by the address of the client's end, which both ends know."""
    rows = bed.show(daemon, "sessions")
    if daemon == "server":
        return {row["address"]: row for row in rows}
    names = {item["ifname"]: item["address"] for item in bed.show(daemon, "tunnels")
             if item["role"] == "client"}
    return {names[row["ifname"]]: row for row in rows if row["ifname"] in names}


def check(bed, seconds):
    """A line of TAP a cell. True: all as expected."""
    made = cells()
    found = wait(bed, seconds)
    sessions = {daemon: by_address(bed, daemon) for daemon in bed.ns}
    for cell in made:
        cell.got = outcome(bed, cell, found.get(cell.name), sessions)
        print(f"{'' if cell.good() else 'not '}ok {cell.table}: {cell.row}, {cell.column}")
        if not cell.good():
            print(f"# expected: {cell.expected}\n# got: {cell.got} ({cell.name})")
    for table in dict.fromkeys(cell.table for cell in made):
        print_table(made, table)
    return all(cell.good() for cell in made)


def main():
    """See above."""
    if sys.argv[1] == "write":
        write(sys.argv[2])
        return 0
    if sys.argv[1] == "count":
        print(len(cells()))
        return 0
    seconds = int(sys.argv[7]) if len(sys.argv) > 7 else 180
    return 0 if check(Bed(*sys.argv[2:7]), seconds) else 1


sys.exit(main())
