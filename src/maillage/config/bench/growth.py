"""What grows with what: a cost at several sizes, and its slope on logarithms (1: twice as many, twice as dear).

Four axes: people who hold a stream, sessions that live at once, moves in a session's log, gatherings in the database.
"""

import math
import resource
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median

from django.test import Client

from maillage.config.bench.fanout import Changes, our_changes
from maillage.config.bench.moves import committer_alone
from maillage.config.bench.rooms import METHOD, SPACE, Room, clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number, seconds_of
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.live import keys, log, rooms, snapshots
from maillage.live.models import Session, Snapshot
from maillage.people.models import Space

STREAMS = (100, 300, 1_000, 3_000, 10_000)
SESSIONS = (1, 10, 100, 500)
LOGS = (10, 100, 1_000, 10_000, 100_000)
GATHERINGS = (10, 100, 1_000, 10_000)
QUICK: dict[str, Sequence[int]] = {"streams": (4, 8), "sessions": (1, 2), "logs": (10, 20), "gatherings": (2, 4)}
CHANGES = 5
MOVES = 1_000  # of the sessions' axis
PAGES = 50
PAGE = "page d’une place, rencontres en base"
SPARE_FILES = 200  # beside the streams
AT_ONCE = 5_000  # rows written together


def measure(*, repeat: int, quick: bool = False) -> list[Row]:
    sizes: dict[str, Sequence[int]] = (
        QUICK if quick else {"streams": STREAMS, "sessions": SESSIONS, "logs": LOGS, "gatherings": GATHERINGS}
    )
    rows = _people(repeat, sizes["streams"])
    rows += _axis("growth-sessions", "ms CPU", sizes["sessions"], lambda n: _moves_over(repeat, n), "par geste stocké")
    rows += _logs(repeat, sizes["logs"])
    rows += _axis("growth-gatherings", "ms CPU", sizes["gatherings"], _page_among, PAGE)
    Gathering.objects.filter(space__slug=SPACE).delete()
    return rows


def _people(repeat: int, sizes: Sequence[int]) -> list[Row]:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    borne = [size for size in sizes if hard == resource.RLIM_INFINITY or size + SPARE_FILES <= hard]
    costs: dict[int, float] = {}
    last: dict[int, float] = {}
    for size in borne:
        seen = Changes()
        room = make_rooms(1, people=size)[0]
        for _time in range(repeat):
            our_changes(room, seen, CHANGES)
        clear_rooms()
        costs[size], last[size] = median(seen.costs), seen.last
    told = f"un changement, du serveur ; fichiers ouverts permis : {hard}"
    rows = _rows("growth-streams", "ms CPU", costs, told)
    return rows + _rows("growth-streams-last", "ms", last, "jusqu’au dernier téléphone")


def _axis(name: str, unit: str, sizes: Sequence[int], cost: Callable[[int], float], told: str) -> list[Row]:
    return _rows(name, unit, {size: cost(size) for size in sizes}, told)


def _rows(name: str, unit: str, costs: dict[int, float], told: str) -> list[Row]:
    first = costs[min(costs)]
    rows = [Row(f"{name}-{size}", cost, unit, first) for size, cost in costs.items()]
    said = f"{told} ; pente de {number(min(costs))} à {number(max(costs))}, en logarithmes"
    return [*rows, Row(f"{name}-slope", slope(costs), "", None, note=said)]


def slope(costs: Mapping[int, float] | Mapping[float, float]) -> float:
    """Of the line of least squares through the logarithms."""
    points = [(math.log(size), math.log(max(cost, 1e-9))) for size, cost in costs.items()]
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    spread: float = sum((a - x) ** 2 for a, _b in points)
    return float(sum((a - x) * (b - y) for a, b in points)) / (spread or 1.0)


def _moves_over(repeat: int, sessions: int) -> float:
    """Milliseconds of processor for one move, stored, over that many sessions."""
    costs = []
    for _time in range(repeat):
        places = make_rooms(sessions, people=max(1, 100 // sessions))
        before = time.process_time()
        committer_alone(places, MOVES, 100)
        costs.append(1000 * (time.process_time() - before) / MOVES)
        clear_rooms()
    return median(costs)


def _logs(repeat: int, sizes: Sequence[int]) -> list[Row]:
    """The first load of a session in a process: its log replayed, and its snapshot opened."""
    replayed: dict[int, float] = {}
    restored: dict[int, float] = {}
    weights: dict[int, float] = {}
    for size in sizes:
        room = make_rooms(1, people=100)[0]
        write_log(room, size)
        whole = rooms.Rooms()
        replayed[size] = seconds_of(partial(whole.load, room.session.id)) * 1000
        snapshots.keep(whole.load(room.session.id))
        weights[size] = len(Snapshot.objects.get(session=room.session).content) / 1000
        restore = partial(_restore, room.session.id)
        restored[size] = 1000 * median(seconds_of(restore) for _n in range(repeat))
        clear_rooms()
    rows = _rows("growth-log", "ms", restored, "première lecture d’une séance, par son instantané")
    rows += _rows("growth-log-replay", "ms", replayed, "la même sans instantané : tout le journal rejoué")
    return rows + _rows("growth-log-weight", "ko", weights, "l’instantané scellé, en base")


def _restore(session_id: uuid.UUID) -> rooms.Room:
    """As a process that never held this session."""
    fresh = rooms.Rooms()
    fresh.restore = snapshots.restore
    return fresh.load(session_id)


def write_log(room: Room, size: int) -> None:
    """A log of that many moves, a card in ten and new names: sealed as the committer does, without its queue."""
    first = Session.objects.get(id=room.session.id).last_number
    key = keys.read_key(room.session.id)
    for start in range(0, size, AT_ONCE):
        entries = []
        for n in range(start, min(start + AT_ONCE, size)):
            seat = room.people[n % len(room.people)]
            text = {
                "kind": "subject",
                "text": f"Comment faire venir les habitants à la réunion {n} ?",
                "stage": "sujet",
            }
            kind, payload = ("write", text) if n % 10 == 0 else ("rename", {"name": f"Personne {n}"})
            entries.append(log.Entry(room.session.id, first + n + 1, seat.id, kind, payload, f"g{n}", n))
        log.insert(entries, {room.session.id: key})
    Session.objects.filter(id=room.session.id).update(last_number=first + size)


def _page_among(gatherings: int) -> float:
    """Milliseconds of processor of a participant's page, with that many gatherings beside theirs."""
    space, _made = Space.objects.get_or_create(slug=SPACE, defaults={"name": "Mesure"})
    lacking = max(0, gatherings - Gathering.objects.filter(space=space).count())
    for start in range(0, lacking, AT_ONCE):
        _make_gatherings(space, min(AT_ONCE, lacking - start))
    room = make_rooms(1, people=8)[0]
    client = Client()
    name, _equals, value = room.cookie(room.people[0]).partition("=")
    client.cookies[name] = value
    address = f"/seance/{room.session.id}/"
    if client.get(address, headers={"host": "127.0.0.1"}).status_code != 200:
        raise ValueError("the page was refused")
    before = time.process_time()
    for _n in range(PAGES):
        client.get(address, headers={"host": "127.0.0.1"})
    return 1000 * (time.process_time() - before) / PAGES


def _make_gatherings(space: Space, count: int) -> None:
    """Each with its slot, its workshop and its session: what a year of a country leaves in the database."""
    model = make_rooms(1, people=1)[0].session
    made = [
        Gathering(space=space, slug=f"mesure-{uuid.uuid4().hex[:12]}", title=f"Mesure {n}", kind="regional_day")
        for n in range(count)
    ]
    Gathering.objects.bulk_create(made)
    slots = [Slot(gathering=one, position=1, kind="workshops", title="Ateliers") for one in made]
    Slot.objects.bulk_create(slots)
    workshops = [Workshop(slot=slot, position=0, title="Atelier", method=METHOD) for slot in slots]
    Workshop.objects.bulk_create(workshops)
    Session.objects.bulk_create(
        Session(
            gathering=slot.gathering,
            workshop=workshop,
            method_version=model.method_version,
            join_code=f"{n:06d}",
            facilitator_code=uuid.uuid4().hex[:12],
            erase_at=model.erase_at,
        )
        for n, (slot, workshop) in enumerate(zip(slots, workshops, strict=True), Session.objects.count())
    )
