"""What hangs at the doors: a sign for each workshop of each moment, and the list of who is expected there."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.gatherings.enums import GroupColour
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.gatherings.queries import programme_of
from maillage.gatherings.words import date_words, time_words
from maillage.lib.codes import spaced_code
from maillage.lib.matching import fold
from maillage.lib.qr import qr_svg
from maillage.lib.typography import count, typo
from maillage.lib.typst import compile_pdf
from maillage.live.models import Session
from maillage.live.queries import sessions_with_codes
from maillage.live.urls_of import join_url
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence, RegistrationStatus

SHAPES = {
    GroupColour.BLEU: gettext_lazy("rond bleu"),
    GroupColour.ROUGE: gettext_lazy("carré rouge"),
    GroupColour.JAUNE: gettext_lazy("triangle jaune"),
    GroupColour.VERT: gettext_lazy("losange vert"),
}


def make_signs(gathering: Gathering, base: str = "") -> bytes:
    """`base`: the server's address, which the codes lead to; without it the signs have none."""
    return compile_pdf("reports/typst/doors.typ", {**_about(gathering), "signs": signs_of(gathering, base)})


def make_door_lists(gathering: Gathering) -> bytes:
    return compile_pdf("reports/typst/doors.typ", {**_about(gathering), "lists": door_lists_of(gathering)})


def _about(gathering: Gathering) -> dict[str, Any]:
    return {"title": typo(gathering.title), "date": date_words(gathering), "signs": [], "lists": []}


def signs_of(gathering: Gathering, base: str = "") -> list[dict[str, Any]]:
    """One a workshop, in the order of the programme. No name of a participant."""
    sessions = {session.workshop_id: session for session in sessions_with_codes(gathering.pk) if base}
    return [
        {**_workshop_facts(slot, workshop), **_way_in(sessions.get(workshop.pk), base)}
        for slot in programme_of(gathering)
        for workshop in slot.workshops.all()
    ]


def _workshop_facts(slot: Slot, workshop: Workshop) -> dict[str, Any]:
    title = str(workshop) if workshop.number is None else f"{workshop.number}. {workshop}"
    return {
        "when": typo(" · ".join(part for part in (slot.title, time_words(slot)) if part)),
        "title": typo(title),
        "room": typo(workshop.room.name) if workshop.room else "",
        "colour": workshop.colour,
        "colour_name": str(SHAPES[GroupColour(workshop.colour)]) if workshop.colour else "",
    }


def _way_in(session: Session | None, base: str) -> dict[str, str]:
    if session is None:
        return {"qr": "", "code": "", "address": ""}
    address = join_url(session, base)
    return {
        "qr": qr_svg(address, title=_("Code à scanner pour entrer dans l’atelier")),
        "code": spaced_code(session.join_code).replace(" ", "\u00a0"),
        "address": base.partition("://")[2],
    }


def door_lists_of(gathering: Gathering) -> list[dict[str, Any]]:
    """Who is expected in each workshop of the published plan, by name; never what they need."""
    placements = (
        Placement.objects.filter(plan__gathering=gathering, plan__status=PlanStatus.PUBLISHED)
        .filter(registration__status=RegistrationStatus.REGISTERED)
        .exclude(registration__presence=Presence.ABSENT)
        .select_related("registration__person")
    )
    people: dict[Any, list[dict[str, Any]]] = {}
    for placement in placements:
        person = placement.registration.person
        name = {"last_name": person.last_name, "first_name": person.first_name, "table": placement.table}
        people.setdefault(placement.workshop_id, []).append(name)
    return [
        {
            **_workshop_facts(slot, workshop),
            "people": sorted(people[workshop.pk], key=lambda name: fold(f"{name['last_name']} {name['first_name']}")),
            "expected": count(len(people[workshop.pk]), _("personne attendue"), _("personnes attendues"), zero=""),
        }
        for slot in programme_of(gathering)
        for workshop in slot.workshops.all()
        if workshop.pk in people
    ]
