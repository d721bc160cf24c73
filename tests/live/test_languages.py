"""Two seats of one table read two languages: each has its own bytes, and what is secret stays where it was."""

import asyncio
from typing import Any

import pytest
from django.db import connections

from facilitation import view_audience
from maillage.live import fragments, runtime, screens, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.hub import Hub, Stream
from tests.live.test_hub import Line, settle

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Ce que je garde pour moi"


class Table:
    """A table of three, a hub that makes its screens as it does, and a count of what it makes."""

    def __init__(self, session, monkeypatch) -> None:
        self.session = session
        self.committer, self.rooms = runtime.live().committer, runtime.live().rooms
        self.lead = self.sit("Lise", "facilitator", SeatKind.FACILITATOR)
        self.amel, self.bruno = self.sit("Amel", "porteur"), self.sit("Bruno", "participant")
        self.chloe = self.sit("Chloé", "participant")
        self.do(self.lead, "open")
        self.views = self.renders = 0
        self.hub = Hub(self.rooms, self.render, screens.render_own)
        monkeypatch.setattr(fragments, "view_audience", self.view)

    def sit(self, name: str, role: str, kind: SeatKind = SeatKind.PARTICIPANT):
        return seats.take_seat(session=self.session, kind=kind, name=name, role=role, key=name)

    def do(self, seat, kind: str, **payload: Any) -> None:
        room = self.rooms.get(self.session.id)
        move = Submitted(self.session.id, seat.id, kind, payload, f"k{room.number if room else 0}")
        assert self.committer.submit(move).status == 201

    def view(self, *arguments):
        self.views += 1
        return view_audience(*arguments)

    def render(self, *arguments):
        self.renders += 1
        return screens.render_shared(*arguments)

    def join(self, seat, language: str) -> Line:
        line = Line()
        self.hub.join(Stream(self.session.id, str(seat.id), line.send, line.abort, language=language), after=-1)
        return line

    async def move(self, seat, kind: str, **payload: Any) -> None:
        def act() -> None:
            self.do(seat, kind, **payload)
            connections.close_all()

        self.views = self.renders = 0
        self.hub._channels[self.session.id].flushed_at = 0.0
        await asyncio.to_thread(act)
        self.hub.publish([self.session.id])
        await settle()


@pytest.fixture
def table(session, monkeypatch) -> Table:
    return Table(session, monkeypatch)


def test_each_seat_reads_its_language_and_nobody_else_s_secret(table) -> None:
    async def play() -> dict[str, bytes]:
        lines = {
            "amel": table.join(table.amel, "en"),
            "bruno": table.join(table.bruno, "fr"),
            "chloe": table.join(table.chloe, "ar"),
            "simple": table.join(table.bruno, "fr-simple"),  # their other screen
        }
        await table.move(table.amel, "fill", field="pas", value=SECRET)
        await table.move(table.bruno, "write", text="Une idée de Bruno")
        await table.move(table.chloe, "write", text="فكرة")
        return {name: b"".join(line.sent) for name, line in lines.items()}

    sent = {name: data.decode() for name, data in asyncio.run(play()).items()}
    assert "Time left:" in sent["amel"]
    assert "Temps qui reste" in sent["bruno"]
    assert "What I wrote" not in sent["bruno"] + sent["chloe"]
    assert "Ce que j’ai écrit (1)" in sent["bruno"]
    assert "Temps qui reste" in sent["simple"]  # what has no simpler words is said in the usual ones
    for words in ("Time left", "Temps qui reste"):
        assert words not in sent["chloe"]
    for said in sent.values():
        assert "Une idée de Bruno" in said
        assert "فكرة" in said  # what people write is in nobody's catalogue
        assert "Chacun écrit" in said  # nor is what this method's author wrote
    assert SECRET in sent["amel"]
    assert SECRET not in sent["bruno"] + sent["chloe"] + sent["simple"]


def test_french_alone_makes_nothing_more_and_a_second_language_once(table) -> None:
    async def play() -> list[tuple[int, int]]:
        for seat in (table.bruno, table.chloe, table.chloe):
            table.join(seat, "fr")
        made = []
        await table.move(table.bruno, "write", text="un")
        made.append((table.views, table.renders))
        assert not table.hub.fragments._told
        for seat in (table.bruno, table.chloe):
            table.join(seat, "de")
        await table.move(table.bruno, "write", text="deux")
        made.append((table.views, table.renders))
        return made

    assert asyncio.run(play()) == [(1, 1), (2, 2)]


def test_page_and_its_stream_share_what_was_made_in_their_language(table, client) -> None:
    client.cookies["langue"] = "en"
    client.cookies[seats.cookie_name(table.session.id, SeatKind.PARTICIPANT)] = seats.make_ticket(table.bruno)
    page = client.get(f"/seance/{table.session.id}/").content.decode()
    assert '<html lang="en">' in page
    assert "Time left:" in page
    assert 'data-online="Online"' in page
    refused = client.get(f"/seance/{table.session.id}/photos/").content.decode()
    assert '<html lang="en">' in refused
