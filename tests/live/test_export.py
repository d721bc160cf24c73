"""The export of a session: what the seat that asks may see, to the last byte, and nothing a spreadsheet would run."""

import json
from itertools import count

import pytest
from django.test import Client

from facilitation import Move, State, TableSpec, apply, inputs, load_method, shipped_methods, start, view
from maillage.lib.spreadsheets import read_table
from maillage.live import seats, urls_of
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.export import Line, export_csv, export_json, lines_of
from maillage.live.models import Seat, Session
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.services import close_session, erase_session
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db(transaction=True)

numbers = count()


def move(session: Session, by: Seat, kind: str, payload: dict | None = None) -> None:
    assert live().committer.submit(Submitted(session.id, by.pk, kind, payload or {}, f"k{next(numbers)}")).accepted


def sit(session: Session, kind: SeatKind, role: str, name: str = "") -> tuple[Seat, Client]:
    seat = seats.take_seat(session=session, kind=kind, name=name, role=role, key=f"{kind}-{name}")
    client = Client()
    client.cookies[seats.cookie_name(session.pk, kind)] = seats.make_ticket(seat)
    return seat, client


@pytest.fixture
def lead(session: Session) -> tuple[Seat, Client]:
    seat, client = sit(session, SeatKind.FACILITATOR, "facilitator", "Lise")
    move(session, seat, "open")
    return seat, client


@pytest.fixture
def amel(session: Session, lead) -> tuple[Seat, Client]:
    seat, client = sit(session, SeatKind.PARTICIPANT, "participant", "Amel")
    move(session, lead[0], "give_role", {"seat": str(seat.pk), "role": "porteur"})
    move(session, seat, "write", {"kind": "idea", "text": "=1+CANARI", "stage": "seul"})
    move(session, seat, "fill", {"field": "pas", "value": "SECRET du porteur"})
    return seat, client


def address(session: Session, form: str = "csv", which: str = "a") -> str:
    return f"/seance/{session.pk}/export.{form}?siege={which}"


def test_the_facilitators_table_opens_in_a_spreadsheet(session, lead, amel) -> None:
    answer = lead[1].get(address(session))
    assert answer["Content-Disposition"] == 'attachment; filename="seance-codeveloppement-table-1.csv"'
    assert answer.content.startswith("\ufeffTable;Partie;Texte;Qui;Nombre;Part (%);En plus\r\n".encode())
    assert ";'=1+CANARI;" in answer.content.decode("utf-8-sig")  # text, whatever it begins with
    table = read_table(answer.content, "seance.csv")
    assert ("Table 1", "Idées", "=1+CANARI", "Amel", "", "", "") in [tuple(row) for row in table.rows]
    assert "SECRET" not in answer.content.decode()


@pytest.mark.parametrize("first", list("=+-@\t"))
def test_no_cell_begins_as_a_formula(session, lead, amel, first) -> None:
    move(session, amel[0], "write", {"kind": "idea", "text": f"{first}2+3", "stage": "seul"})
    text = lead[1].get(address(session)).content.decode("utf-8-sig")
    assert "2+3" in text
    cells = [cell.strip('"') for line in text.split("\r\n") for cell in line.split(";")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_data_is_the_view_of_that_seat_and_of_no_other(session, lead, amel) -> None:
    others = [(sit(session, SeatKind.PROJECTOR, "projector"), "p"), (sit(session, SeatKind.CONTROL, "control"), "c")]
    for (seat, client), which in [(lead, "a"), (amel, ""), *others]:
        state = live().rooms.load(session.pk).state
        data = json.loads(client.get(address(session, "json", which)).content)
        assert {name: data[name] for name in ("shared", "own")} == json.loads(json.dumps(view(state, str(seat.pk))))
        both = "".join(client.get(address(session, form, which)).content.decode() for form in ("csv", "json"))
        assert ("SECRET" in both) == (seat == amel[0])  # the sheet is its porteur's
        assert ("CANARI" in both) == (which in ("a", ""))  # screens count, they do not read


def test_who_has_no_seat_gets_a_sentence(session, lead, amel) -> None:
    organiser = Client()
    user = User.objects.create_user("orga@exemple.invalid", "Orga")
    give_right(user=user, space=session.gathering.space, role=SpaceRole.ORGANISER, by="essai")
    organiser.force_login(user)
    regie = f"/rencontres/{session.gathering_id}/regie/"
    assert "export.csv" not in organiser.get(regie).content.decode()
    for client in (organiser, Client()):
        for form in ("csv", "json"):
            refused = client.get(address(session, form))
            assert refused.status_code == 403
            assert "appartient à son groupe" in refused.content.decode()
            assert "CANARI" not in refused.content.decode()

    organiser.get(urls_of.control_url(session))
    assert address(session, "csv", "c") in organiser.get(regie).content.decode()
    assert "CANARI" not in organiser.get(address(session, "csv", "c")).content.decode()
    organiser.post(urls_of.facilitator_url(session), {"name": "Orga", "key": "o"})
    assert address(session, "json", "a") in organiser.get(regie).content.decode()
    assert "CANARI" in organiser.get(address(session, "json", "a")).content.decode()


def test_revoked_seat_and_erased_session_export_nothing(session, lead, amel) -> None:
    seats.revoke_seat(seat=amel[0])
    assert amel[1].get(address(session, "json", "")).status_code == 403
    close_session(session=session, by="organisation")
    assert lead[1].get(address(session)).status_code == 200
    assert lead[1].get(address(session, "xlsx")).status_code == 404
    erase_session(session=session, by="organisation")
    assert lead[1].get(address(session)).status_code == 410


def test_only_who_leads_is_offered_it(session, lead, amel) -> None:
    assert address(session, "csv") in lead[1].get(f"/seance/{session.pk}/?siege=a").content.decode()
    assert "export." not in amel[1].get(f"/seance/{session.pk}/").content.decode()


@pytest.mark.parametrize("name", sorted(shipped_methods()))
def test_every_shipped_method_exports_at_every_stage(name: str) -> None:
    """People write, vote, answer and give; at each stage, before and after it is shown, each seat has both files."""
    method = shipped_methods()[name]
    state = start(method, tables=(TableSpec(1, "Table 1", 8),))
    people = [f"s{number}" for number in range(6)]
    written: set[str] = set()

    def play(seat: str, kind: str, payload: dict) -> None:
        nonlocal state
        answer = apply(state, Move(state.number + 1, seat, kind, payload, state.number * 1000))
        state = answer if isinstance(answer, State) else state

    def check() -> None:
        room = Room(None, "Salle", "", "", False, "KAVU72", method, state, state.number)  # type: ignore[arg-type]
        for seat in ("lead", "mur", *people):
            seen = view(state, seat)
            told = json.dumps(seen, ensure_ascii=False)
            table = read_table(export_csv(room, seat), "seance.csv")
            written.update(row[1] for row in table.rows)
            assert json.loads(export_json(room, seat))["own"] == json.loads(told)["own"]
            for row in table.rows:
                assert not row[3] or row[3] in told  # no name that this seat does not see
                assert "Carte" not in row[2] or row[2] in told

    play("lead", "join", {"name": "Lise", "role": "facilitator"})
    play("mur", "join", {"name": "", "role": "projector"})
    for seat in people:
        play(seat, "join", {"name": f"Nom-{seat}", "table": 1})
    play("lead", "open", {})
    for stage in method.stages.values():
        play("lead", "skip", {"to": stage.id})
        for number, seat in enumerate(people):
            for kind in method.kinds_of(stage.id):
                play(seat, "write", {"kind": kind, "text": f"Carte {seat}", "stage": stage.id})
            for one in inputs(method, method.default_role):
                value = one["options"][number % len(one["options"])]["id"] if one["options"] else str(number)
                asked = {"question": one["question"]} if one["question"] else {}
                if one["stage"] == stage.id:
                    play(seat, one["move"], {"stage": stage.id, one["name"]: value, **asked})
        check()
        play("lead", "reveal", {"step": state.step})
        check()
    assert {"Séance", "Étape"} <= written
    assert len(written) > 3  # and what they did


HIDDEN = """
id = "cache"
version = 1
title = "Caché"
first = "seul"
may = { facilitator = ["lead"] }
sees = { participant = "table", facilitator = "all" }
[roles]
participant = "Écrit"
facilitator = "Donne le rythme"
[kinds.idea]
title = "Idées"
[stages.seul]
title = "Chacun écrit"
minutes = 30
activity = "cards"
authors = "hidden"
next = "end"
may = { participant = ["write:idea"] }
"""


def test_hidden_authors_stay_hidden() -> None:
    state = start(load_method(HIDDEN, name="cache.toml"), tables=(TableSpec(1, "Table 1", 8),))
    moves = [
        ("lead", "join", {"name": "Lise", "role": "facilitator"}),
        ("s1", "join", {"name": "Amel", "table": 1}),
        ("lead", "open", {}),
        ("s1", "write", {"kind": "idea", "text": "CANARI", "stage": "seul"}),
        ("lead", "write", {"kind": "idea", "text": "DICTÉ", "stage": "seul", "for": "s1", "by": "facilitator"}),
        ("lead", "look_at", {"table": 1}),
    ]
    for number, (seat, kind, payload) in enumerate(moves, 1):
        state = apply(state, Move(number, seat, kind, payload, 0))
    room = Room(None, "Salle", "", "", False, "KAVU72", state.method, state, state.number)  # type: ignore[arg-type]
    seen = view(state, "lead")
    lines = [line for line in lines_of(room, seen["shared"], seen["own"]) if line.text in ("CANARI", "DICTÉ")]
    assert lines == [Line("Idées", "CANARI"), Line("Idées", "DICTÉ")]
    table = export_csv(room, "lead").decode()
    assert table.count("Amel") == 1  # among the people of the table, and beside no card
