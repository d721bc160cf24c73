"""What the database holds, for tests that must not open it themselves: python -m tests.browser.logbook QUESTION.

moves SESSION       the log, opened with the session's key
sheets              what is kept: takeaways, and how many sealed sheets
erase SESSION       destroys the session's key, as the retention does
link TABLE         the personal link of somebody the plan sends to this table of the codev
codes               the ids of the gathering, of the session of the codev and of its workshop; the link of its table 1
few NUMBER          leaves so many people at each table of the plan, and says how many: a rehearsal lasts as its crowd
second              opens a second session (a rehearsal), and gives its id
world NAME…         one of everything an address can name, in a space the organiser holds too; addresses, by name
pages               the same, of every address: its name, who opens it, where; and the places in the room
rooms METHOD=TABLES…  adds a workshop of each method to the day and opens it; their links, as the demo prints them
"""

import io
import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

import django

django.setup()

from django.urls import reverse  # noqa: E402 - Django is set up first
from PIL import Image  # noqa: E402

from maillage.config.rights import addresses  # noqa: E402
from maillage.gatherings.models import Workshop  # noqa: E402
from maillage.lib.needs import Need  # noqa: E402
from maillage.live import log  # noqa: E402
from maillage.live.models import Move, Session  # noqa: E402
from maillage.live.seats import make_projection_token  # noqa: E402
from maillage.live.services import erase_session, open_session  # noqa: E402
from maillage.memory.models import PorteurSheet, Takeaway  # noqa: E402
from maillage.people.enums import SpaceRole  # noqa: E402
from maillage.people.models import Right  # noqa: E402
from maillage.people.services import give_right  # noqa: E402
from maillage.plans.enums import PlanStatus  # noqa: E402
from maillage.plans.models import Placement  # noqa: E402
from maillage.registrations.own import token_of  # noqa: E402
from tests.browser.addresses import ANYBODY, ELSEWHERE, LEADING, SEATED, STAFF  # noqa: E402
from tests.browser.house import OF_A_ROOM  # noqa: E402
from tests.rights.world import World, cookies_of, make_world  # noqa: E402


def moves(session: str) -> list[dict[str, Any]]:
    keys = dict(Move.objects.filter(session_id=session).values_list("number", "key"))
    return [
        {
            "number": row.number,
            "seat": row.seat,
            "kind": row.kind,
            "payload": row.payload,
            "key": keys[row.number],
        }
        for row in log.read(uuid.UUID(session))
    ]


def sheets() -> dict[str, Any]:
    return {"takeaways": list(Takeaway.objects.values_list("text", flat=True)), "sheets": PorteurSheet.objects.count()}


def erase(session: str) -> str:
    found = Session.objects.get(id=session)
    erase_session(session=found, by="essai")
    return str(found.status)


def codev() -> Session:
    return Session.objects.get(rehearsal=False, workshop__method="codev")


def link(table: str) -> str:
    workshop = codev().workshop_id
    places = Placement.objects.filter(workshop=workshop, plan__status=PlanStatus.PUBLISHED, table=int(table))
    registration = places.filter(porteur=False).order_by("pk")[0].registration
    return reverse("registrations:own", args=[token_of(registration)])


def codes() -> dict[str, str]:
    found = codev()
    ids = {"session": found.id, "gathering": found.gathering_id, "workshop": found.workshop_id}
    return {name: str(id_) for name, id_ in ids.items()} | {"link": link("1")}


def few(number: str) -> int:
    """The registrations stay: only their places go."""
    seen: Counter[tuple[uuid.UUID, int | None]] = Counter()
    gone = []
    for place in Placement.objects.filter(plan__status=PlanStatus.PUBLISHED).order_by("pk"):
        seen[place.workshop_id, place.table] += 1
        if seen[place.workshop_id, place.table] > int(number):
            gone.append(place.pk)
    Placement.objects.filter(pk__in=gone).delete()
    return Placement.objects.count()


def second() -> str:
    return str(open_session(workshop=codev().workshop, by="essai", rehearsal=True).id)


def rooms(*wanted: str) -> str:
    return "".join(room(*one.split("=")) for one in wanted)


def room(method: str, tables: str) -> str:
    slot = codev().workshop.slot
    workshop = Workshop.objects.create(slot=slot, position=slot.workshops.count() + 1, title=method, method=method)
    named = [{"id": number, "name": f"Table {number}"} for number in range(1, int(tables) + 1)]
    opened = open_session(workshop=workshop, by="essai", tables=named)
    addresses = (
        reverse("live:join", args=[opened.join_code]),
        reverse("live:facilitate", args=[opened.facilitator_code]),
        reverse("live:project", args=[make_projection_token(opened.pk)]),
    )
    lines = [f"{label}   http://localhost{path}" for label, path in zip(OF_A_ROOM, addresses, strict=True)]
    return "\n".join([f"\n  {method} – ", *lines, ""])


def world(*names: str) -> dict[str, str]:
    made = a_world()
    known = {address.name: address for address in addresses()}
    return {name: reverse(name, kwargs=made.of(known[name])) for name in names}


def a_world() -> World:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "JPEG")
    made = make_world("essai", shown=True, photo=picture.getvalue())
    for right in Right.objects.filter(role=SpaceRole.ORGANISER).exclude(space=made.space).select_related("user"):
        give_right(user=right.user, space=made.space, role=SpaceRole.ORGANISER, by="essai")
    return made


def pages() -> dict[str, Any]:
    made = a_world()
    found = []
    for address in addresses():
        if not address.name or address.needs is None or address.name in ELSEWHERE:
            continue
        asked = made.queries.get(address.name, {})
        path = reverse(address.name, kwargs=made.of(address)) + (f"?{urlencode(asked)}" if asked else "")
        found.append([address.name, opener(address.needs.get), path])
    seats = {who: cookies_of(made.seats[seat]) for who, seat in ((SEATED, "participant"), (LEADING, "facilitator"))}
    return {"pages": found, "cookies": seats}


def opener(need: Need) -> str:
    return {Need.SEAT: SEATED, Need.LEADING_SEAT: LEADING}.get(need, STAFF if need.value.account else ANYBODY)


QUESTIONS: dict[str, Callable[..., Any]] = {
    "moves": moves,
    "sheets": sheets,
    "erase": erase,
    "link": link,
    "codes": codes,
    "few": few,
    "second": second,
    "rooms": rooms,
    "world": world,
    "pages": pages,
}

if __name__ == "__main__":
    print(json.dumps(QUESTIONS[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
