"""Rooms to play in: python -m tests.faults.prepare SESSIONS PEOPLE METHOD. Prints one line of JSON, leaves."""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

import django

django.setup()

from pathlib import Path  # noqa: E402

from maillage.live import seats  # noqa: E402 - Django is set up first
from maillage.live.committer import Submitted  # noqa: E402
from maillage.live.enums import SeatKind  # noqa: E402
from maillage.live.models import Seat, Session  # noqa: E402
from maillage.live.runtime import live  # noqa: E402
from maillage.live.services import open_session  # noqa: E402
from maillage.methods.services import keep_version  # noqa: E402
from tests.live.play import make_workshop  # noqa: E402


def prepare(place: int, people: int, method: str) -> dict[str, object]:
    workshop = make_workshop(f"Atelier {place}")
    if method != workshop.method:
        source = Path(__file__).with_name(f"{method}.toml").read_text(encoding="utf-8")
        keep_version(source=source, name=method, space=workshop.slot.gathering.space)
        workshop.method = method
        workshop.save(update_fields=["method"])
    session = open_session(workshop=workshop, by="essai")
    lead = sit(session, SeatKind.FACILITATOR, "Lise", "facilitator")
    live().committer.submit(Submitted(session.id, lead.id, "open", {}, "open"))
    persons = [sit(session, SeatKind.PARTICIPANT, f"P{number}", "participant") for number in range(people)]
    return {
        "session": str(session.id),
        "lead": seat_of(session, lead),
        "seats": [seat_of(session, seat) for seat in persons],
    }


def sit(session: Session, kind: SeatKind, name: str, role: str) -> Seat:
    return seats.take_seat(session=session, kind=kind, name=name, role=role, key=name)


def seat_of(session: Session, seat: Seat) -> tuple[str, str]:
    return str(seat.id), f"{seats.cookie_name(session.id, seat.kind)}={seats.make_ticket(seat)}"


if __name__ == "__main__":
    sessions, people, method = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    print(json.dumps([prepare(place, people, method) for place in range(sessions)]), flush=True)
