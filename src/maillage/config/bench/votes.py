"""A plenary votes within one second: from the first vote posted until each phone and the wall show it counted.

Over real sockets: each phone holds its stream and posts its vote on a line of its own. Votes are secret: meanwhile a
phone learns how many have voted and that its own is kept. Then whoever leads reveals, and all screens show the result.
Every last frame is read again at the end, and the log is counted.
"""

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median

from maillage.config.bench.phones import Line, Phone, Watchers, get, open_line, open_streams, post_json, run
from maillage.config.bench.processes import Process, served
from maillage.config.bench.rooms import Room, clear_rooms, make_rooms, seat_wall
from maillage.config.bench.rows import Row, number, percentile
from maillage.live.models import Move, Seat

PEOPLE = 1_000
WITHIN = 1.0  # seconds: the votes are spread over it
METHOD, STEP, CHOICES = "coop-ou-pas-coop", "vote", ("coop", "pas_coop", "depend")
GOAL = 2.0  # seconds from the first vote until everybody's screen is right (DESIGN §8)
MOST_FRAMES = 12  # a phone, the greeting left out
QUIET = 1.0  # seconds without a frame: the hub has nothing left to say
PATIENCE = 120.0  # seconds: slower than that is a failure, not a figure
TEXT = re.compile(rb"<[^>]+>|\ndata:")
BAR = re.compile(r'id="bar-poll-(\w+)">.*?class="bar-number"><strong>(\d+)</strong>', re.DOTALL)
CONNECT_AT_ONCE = 50


class WrongScreen(Exception):
    def __init__(self, what: str) -> None:
        self.sentence = f"Après le vote, un écran est faux : {what}."
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Vote:
    counted: float  # seconds, first vote posted -> the last screen says how many have voted
    acknowledged: float  # seconds, first vote posted -> the last answer
    p95: float  # seconds, of one vote
    revealed: float  # seconds, the button pressed -> the last screen shows the result
    frames: int  # the most that one phone received, both phases
    bytes: int  # the most that one phone received
    client_share: float


class Screens(Watchers):
    """When each screen received something last; what it shows is read at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0.0

    def seen(self) -> None:
        super().seen()
        self.at = time.perf_counter()

    async def quiet(self) -> float:
        """Waits until no screen has received anything for a while; the moment of the last frame."""
        deadline = time.perf_counter() + PATIENCE
        while time.perf_counter() < max(deadline - PATIENCE, self.at) + QUIET and time.perf_counter() < deadline:
            await asyncio.sleep(QUIET / 20)
        return self.at


def measure(*, repeat: int, people: int = PEOPLE) -> list[Row]:
    votes: list[Vote] = []
    for _time in range(repeat):
        (room,) = make_rooms(1, people=people, method=METHOD)
        wall = seat_wall(room)
        with served() as server:
            server.settle()
            votes.append(run(_vote(room, wall, server)))
        if Move.objects.filter(session=room.session, kind="answer").count() != people:
            raise WrongScreen("le journal n’a pas un vote par personne")
        clear_rooms()
    last, slow = median(one.acknowledged for one in votes), median(one.p95 for one in votes)
    note = (
        f"{people} téléphones, l’animation et le mur ; référence : le temps donné pour voter ; dernier vote confirmé "
        f"après {number(last)} s, un vote : {1000 * slow:.0f} ms (p95) ; reçu par téléphone : "
        f"{max(one.bytes for one in votes) / 1000:.0f} ko ; générateur : "
        f"{median(one.client_share for one in votes):.0%} du temps de processeur"
    )
    return [
        Row(f"votes-{people}", median(one.counted for one in votes), "s", WITHIN, GOAL, note=note),
        Row(f"votes-{people}-reveal", 1000 * median(one.revealed for one in votes), "ms", None),
        Row(f"votes-{people}-frames", max(one.frames for one in votes), "trames", None, MOST_FRAMES),
    ]


async def _vote(room: Room, wall: Seat, server: Process) -> Vote:
    screens = Screens()
    path = f"/live/{room.session.id}/stream"
    requests = [get(path, room.cookie(seat), "text/event-stream") for seat in room.people]
    phones = await open_streams(server.port, requests, screens, greeted=True)
    others = [
        get(f"{path}?siege={which}", room.cookie(seat), "text/event-stream")
        for which, seat in (("a", room.facilitator), ("p", wall))
    ]
    everybody = phones + await open_streams(server.port, others, screens, greeted=True)
    lines: list[Line] = []
    for start in range(0, len(phones), CONNECT_AT_ONCE):
        lines += await asyncio.gather(*[open_line(server.port) for _phone in phones[start : start + CONNECT_AT_ONCE]])
    lead = await open_line(server.port)
    await screens.quiet()
    for phone in everybody:
        phone.frames = phone.bytes = 0
    server_before, client_before = server.cpu(), time.process_time()
    taken: list[float] = []
    began = time.perf_counter()

    async def vote(place: int) -> None:
        await asyncio.sleep(max(0.0, began + WITHIN * place / len(phones) - time.perf_counter()))
        answer = {"stage": STEP, "value": CHOICES[place % len(CHOICES)]}
        body = json.dumps({"key": f"v{place}", "kind": "answer", "payload": answer}).encode()
        at = time.perf_counter()
        await lines[place].ask(post_json(room.moves_path, room.cookie(room.people[place]), body), b"201")
        taken.append(time.perf_counter() - at)

    await asyncio.gather(*[vote(place) for place in range(len(phones))])
    acknowledged = time.perf_counter() - began
    counted = await screens.quiet() - began
    _check_counted(everybody, len(phones))
    body = json.dumps({"key": "reveal", "kind": "reveal", "payload": {"step": STEP}}).encode()
    pressed = time.perf_counter()
    await lead.ask(post_json(f"{room.moves_path}?siege=a", room.cookie(room.facilitator), body), b"201")
    revealed = await screens.quiet() - pressed
    client, of_server = time.process_time() - client_before, server.cpu() - server_before
    _check_result(everybody, Counter(CHOICES[place % len(CHOICES)] for place in range(len(phones))))
    for phone in everybody:
        phone.transport.abort()
    for line in [*lines, lead]:
        line.transport.close()
    return Vote(
        counted,
        acknowledged,
        percentile(taken, 0.95),
        revealed,
        max(phone.frames for phone in phones),
        max(phone.bytes for phone in phones),
        client / (client + of_server or 1),
    )


def _check_counted(screens: list[Phone], people: int) -> None:
    """Every screen says that all have voted, and none what they voted."""
    counted = f"{people} personnes ont voté sur {people}"
    for screen in screens:
        shown = _shown(screen)
        if counted not in shown:
            raise WrongScreen("il ne dit pas que tout le monde a voté")
        if " voix." in shown:
            raise WrongScreen("il montre le résultat avant l’heure")


def _check_result(screens: list[Phone], expected: Counter[str]) -> None:
    for screen in screens:
        shown = {name: int(count) for name, count in BAR.findall(screen.last.decode())}
        if shown != expected:
            raise WrongScreen(f"il montre {shown}, et le vote a donné {dict(expected)}")


def _shown(screen: Phone) -> str:
    """Its visible text."""
    return " ".join(TEXT.sub(b" ", screen.last).decode().replace("\u202f", "").split())
