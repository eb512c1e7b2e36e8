# SPDX-License-Identifier: GPL-2.0-or-later
"""
Several clients of one persona at once, each in its own network namespace, to be
up together: when all that can have come up, each pings once more.

usage: together.py PERSONA CALL-ID SERVER INNER USER PASSWORD NS=ADDRESS...

CALL-ID is the one that all of them choose, or "own" for the persona's. The last
line of output is the number of clients that were up with all the others.
"""

import sys
import time

import engine
import persona as personas
from personas import enter

TIMEOUT = 90		# seconds, a bound for slow guests and not a measure
PATIENCE = 0.005


def start(persona, place, server, inner, user, password):
    """A client that has sent its first message; sockets stay in their namespace."""
    space, address = place.split("=")
    enter(space)
    client = engine.Client(persona, address, server, inner, user, password)
    client.stay = True
    client.connect()
    return client


def drive(clients, done):
    """Serves all of them until @done holds for each that has not failed."""
    end = time.monotonic() + TIMEOUT
    while True:
        busy = [client for client in clients
                if client.outcome != "ended" and not done(client)]
        if not busy:
            return
        for client in [client for client in clients if client.outcome != "ended"]:
            try:
                if time.monotonic() > end:
                    raise engine.Ended("it takes too long")
                client.once(PATIENCE)
            except (engine.Ended, OSError) as error:
                client.failed(error)


def main():
    path, call, *where = sys.argv[1:]
    persona = personas.load(path)
    if call != "own":
        persona["control"]["call"]["id"] = int(call)
    target, places = where[:4], where[4:]
    clients = [start(persona, place, *target) for place in places]
    drive(clients, engine.Client.pinged)
    for client in clients:
        if client.outcome == "up":
            client.pongs.clear()
            client.ping()
    drive(clients, engine.Client.pinged)
    number = sum(client.outcome == "up" for client in clients)
    for client, place in zip(clients, places):
        print(f"{place}: {client.outcome} {client.why}")
        if client.outcome == "up":
            client.leave()
    drive(clients, engine.Client.gone)
    for client in clients:
        client.close()
    print(number)


if __name__ == "__main__":
    main()
