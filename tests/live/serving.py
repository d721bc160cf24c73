"""A server of its own process, to be killed: python -m tests.live.serving PORT SESSIONS PEOPLE.

Prints one line of JSON with a session and the seats one may play, then serves.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

import django

django.setup()

from maillage.config.server import serve  # noqa: E402 - Django is set up first
from maillage.live import seats  # noqa: E402
from maillage.live.committer import Submitted  # noqa: E402
from maillage.live.enums import SeatKind  # noqa: E402
from maillage.live.models import Session  # noqa: E402
from maillage.live.runtime import live  # noqa: E402
from maillage.live.services import open_session  # noqa: E402
from tests.live.play import make_workshop  # noqa: E402


def prepare(sessions: int, people: int) -> list[dict[str, object]]:
    prepared = []
    known = list(Session.objects.order_by("id")) or [
        open_session(workshop=make_workshop(f"Atelier {n}"), by="essai") for n in range(sessions)
    ]
    for session in known:
        lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="lise")
        live().committer.submit(Submitted(session.id, lead.id, "open", {}, "open"))
        tickets = [
            seats.make_ticket(
                seats.take_seat(
                    session=session, kind=SeatKind.PARTICIPANT, name=f"P{n}", role="participant", key=f"p{n}"
                )
            )
            for n in range(people)
        ]
        prepared.append({"id": str(session.id), "cookie": seats.cookie_name(session.id), "tickets": tickets})
    return prepared


if __name__ == "__main__":
    port, sessions, people = map(int, sys.argv[1:4])
    print(json.dumps(prepare(sessions, people)), flush=True)
    if sys.argv[4:] == ["--only-prepare"]:
        raise SystemExit(0)
    raise SystemExit(serve(host="127.0.0.1", port=port))
