#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Looks for secrets in all memory of processes, and in logs.

usage: secrets.py LOG PASSWORD PROCESS,... PPPD_LOG... -- WORD...

Of each PPPD_LOG, which has an exchange of MS-CHAPv2 by PASSWORD in it, all keys that
follow are made; WORD is another password. One line for each kind of secret and
process: the process, the secret, in how many places it is. What must be in no log is
looked for in LOG, as it is and in hexadecimal digits.
"""

import hashlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
from mschap import md4, nt_hash, start_keys  # noqa: E402


def new_key(start):
    """The first session key of 128 bits, RFC 3079 section 3.1."""
    return hashlib.sha1(start + bytes(40) + start + b"\xf2" * 40).digest()[:16]


def exchange(text):
    """The server's challenge is of no use here; what counts is the response."""
    value = re.findall(r"sent \[CHAP Response id=0x[0-9a-f]+ <([0-9a-f]{98})>", text)[-1]
    return bytes.fromhex(value)[24:48]


def of_password(word):
    yield "password", word.encode()
    yield "password-utf16", word.encode("utf-16-le")
    yield "hash-digits", nt_hash(word).hex().encode()
    yield "hash-digits", nt_hash(word).hex().upper().encode()


def of_login(secret, text):
    response = exchange(text)
    yield "master-key", hashlib.sha1(md4(secret) + response +
                                     b"This is the MPPE Master Key").digest()[:16]
    for start in start_keys(secret, response, 128):
        yield "start-key", start
        yield "session-key", new_key(start)


def memory(process):
    """What can be read of a process, mapping by mapping."""
    with open(f"/proc/{process}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{process}/mem", "rb", buffering=0) as mem:
        for line in maps:
            span, rights = line.split()[:2]
            if rights[0] != "r" or "[v" in line:
                continue
            begin, end = (int(number, 16) for number in span.split("-"))
            mem.seek(begin)
            left = end - begin
            data = b""
            while left:
                part = mem.read(left)
                if not part:
                    break
                data += part
                left -= len(part)
            yield data


def name_of(process):
    return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()


def main():
    log, password, processes = sys.argv[1:4]
    split = sys.argv.index("--")
    secret = nt_hash(password)
    secrets = [("nt-hash", secret), ("nt-hash-hash", md4(secret))]
    for word in [password, *sys.argv[split + 1:]]:
        secrets += of_password(word)
        if word != password:
            secrets.append(("other-nt-hash", nt_hash(word)))
    for file in sys.argv[4:split]:
        secrets += of_login(secret, Path(file).read_text(encoding="utf-8", errors="replace"))
    for process in processes.split(","):
        places = dict.fromkeys((kind for kind, _ in secrets), 0)
        for data in memory(process):
            for kind, value in secrets:
                places[kind] += data.count(value)
        for kind, count in places.items():
            print(name_of(process), kind, count)
    said = Path(log).read_bytes().lower()
    for kind, value in secrets:
        if value.lower() in said or value.hex().encode() in said:
            print("log", kind, 1)


main()
