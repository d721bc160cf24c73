"""A morning workshop whose room wrote, pinned and voted; and people of the space."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

from maillage.live import runtime, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from tests.live.play import make_workshop


class Morning:
    """« Présentation d’expérience », at the stage where people write what to keep."""

    def __init__(self, *, rehearsal: bool = False) -> None:
        self.moves = 0
        keep_shipped_versions()
        workshop = make_workshop("L’isolement social")
        workshop.method = "presentation-experience"
        workshop.save()
        self.session = open_session(workshop=workshop, by="essai", rehearsal=rehearsal)
        self.lead = self.sit("Lise", "facilitator", SeatKind.FACILITATOR)
        self.people = [self.sit(f"Prénom{n}", "participant", SeatKind.PARTICIPANT) for n in range(4)]
        self.do(self.lead, "open")
        self.do(self.lead, "skip", **{"from": "expose", "to": "a_retenir"})

    def sit(self, name: str, role: str, kind: SeatKind) -> Any:
        return seats.take_seat(session=self.session, kind=kind, name=name, role=role, key=name)

    def do(self, seat: Any, move: str, /, **payload: Any) -> int:
        self.moves += 1
        key = str(self.moves)
        outcome = runtime.live().committer.submit(Submitted(self.session.id, seat.id, move, payload, key))
        assert outcome.status == 201, outcome
        assert outcome.number is not None
        return outcome.number

    def pin(self, person: int, text: str) -> str:
        """A card that the room lets out. Its name, as the desk's form says it."""
        card = f"c{self.do(self.people[person], 'write', kind='takeaway', text=text)}"
        self.do(self.lead, "pin", card=card)
        return f"{self.session.pk}/card:{card}"


def sign_in(session: Session, email: str = "organisation@exemple.invalid", name: str = "Olivia") -> Client:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name)
    give_right(user=user, space=session.gathering.space, role=SpaceRole.ORGANISER, by="essai")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at_once(*works: Callable[[], object]) -> list[Exception]:
    """Each in a thread and a connection of its own, begun together; what each raised."""
    raised: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait(10)
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised
