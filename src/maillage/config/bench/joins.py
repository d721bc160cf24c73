"""A thousand people come in: each gives a name, gets their page, and their stream is open and has told them something.

As phones do it, over real sockets: POST /s/CODE/, GET /seance/…/, GET /live/…/stream. Typing the code and reading the
door come before. Then each last screen is read again: how many are there is said, and no phone holds the others' names.
"""

import asyncio
import re
import time
from functools import partial
from statistics import median
from urllib.parse import urlencode

from maillage.config.bench.phones import Phone, Watchers, get, get_as_a_phone, open_line, post_form, run
from maillage.config.bench.processes import Process, served
from maillage.config.bench.rooms import Room, clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number
from maillage.config.bench.votes import METHOD, PATIENCE, QUIET, Screens

PEOPLE = 1_000
AT_ONCE = 100  # people whose phones ask at the same moment
GOAL = 5.0  # seconds (issue: 1,000 people)
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - Django's CSRF: the cookie and the form say the same
COOKIE = re.compile(rb"\r\nset-cookie: (siege-[^;]+)", re.IGNORECASE)
NAME = re.compile(rb"Arrivant-\d+")


def measure(*, repeat: int, people: int = PEOPLE) -> list[Row]:
    taken, shares, costs, sizes, names = [], [], [], [], []
    for _time in range(repeat):
        room = make_rooms(1, people=1, method=METHOD)[0]
        with served() as server:
            server.settle()
            seconds, share, cost, size, most = run(_join(room, server, people))
        clear_rooms()
        taken.append(seconds)
        shares.append(share)
        costs.append(cost)
        sizes.append(size)
        names.append(most)
    note = (
        f"{people} personnes, {AT_ONCE} à la fois : leur prénom, leur page, leur flux ; {number(median(costs))} ms de "
        f"processeur du serveur par personne ; au plus {max(sizes) / 1000:.0f} ko poussés à un téléphone ; "
        f"générateur : {median(shares):.0%} du temps de processeur"
    )
    return [
        Row(f"join-{people}", median(taken), "s", None, GOAL, note=note),
        Row(f"join-{people}-names", max(names), "prénoms", None, 0, note="les prénoms d’autrui sur un dernier écran"),
    ]


async def _join(room: Room, server: Process, people: int) -> tuple[float, float, float, int, int]:
    """Seconds until the last stream spoke, the client's share, ms of the server's a person, bytes, names of others."""
    loop = asyncio.get_running_loop()
    screens = Screens()
    phones: list[Phone] = []
    door, page = f"/s/{room.session.join_code}/", f"/seance/{room.session.id}/"
    waiting = iter(range(people))

    async def come_in() -> None:
        line = await open_line(server.port)
        for n in waiting:
            typed = {"csrfmiddlewaretoken": TOKEN, "key": f"arrive{n}", "name": f"Arrivant-{n}"}
            answer = await line.ask(post_form(door, f"csrftoken={TOKEN}", urlencode(typed).encode()), b"303")
            found = COOKIE.search(answer)
            if found is None:
                raise ValueError("a person was not seated")
            cookie = found[1].decode()
            await line.ask(get(page, cookie), b"200")
            own = Watchers()
            heard = own.expect(1)
            stream = get_as_a_phone(f"/live/{room.session.id}/stream", cookie)
            _transport, phone = await loop.create_connection(partial(Phone, stream, own), "127.0.0.1", server.port)
            phones.append(phone)
            await heard
            phone.watchers = screens
        line.transport.close()

    server_before, client_before, began = server.cpu(), time.process_time(), time.perf_counter()
    await asyncio.gather(*[come_in() for _line in range(min(AT_ONCE, people))])
    seconds = time.perf_counter() - began
    client, of_server = time.process_time() - client_before, server.cpu() - server_before
    deadline = loop.time() + PATIENCE
    while loop.time() < deadline and time.perf_counter() < screens.at + QUIET:
        await asyncio.sleep(QUIET / 20)
    most = max(len(set(NAME.findall(phone.last)) - own_name(phone)) for phone in phones)
    size = max(phone.bytes for phone in phones)
    for phone in phones:
        phone.transport.abort()
    return seconds, client / (client + of_server or 1), 1000 * of_server / people, size, most


def own_name(phone: Phone) -> set[bytes]:
    """A greeting says one's own name in `#own`, once."""
    _shared, own, rest = phone.last.partition(b'id="own"')
    return set(NAME.findall(rest)) if own else set()
