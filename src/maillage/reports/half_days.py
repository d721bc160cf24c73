"""Sign-in sheets by half-day, for the welcome: everybody on one list, whatever their rooms, before any plan too."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot
from maillage.gatherings.queries import programme_of
from maillage.gatherings.words import date_words, place_words
from maillage.lib.typography import count, typo
from maillage.lib.typst import compile_pdf
from maillage.registrations.enums import HalfDay, RegistrationStatus
from maillage.registrations.half_days import half_days_asked
from maillage.reports.facts import alphabetical

NOON = dt.time(13)  # a moment that begins from then on is of the afternoon


def make_half_day_sheets(gathering: Gathering) -> bytes:
    return compile_pdf("reports/typst/sign_in.typ", half_day_facts(gathering))


def half_days(slots: list[Slot]) -> list[str]:
    """« Matin », « Après-midi »: by the times of the moments, else by the pause between them; else one « Journée »."""
    moments = [slot for slot in slots if slot.kind != SlotKind.BREAK]
    timed = [slot.starts_at for slot in moments if slot.starts_at is not None]
    if timed:
        found = [_("Matin")] if min(timed) < NOON else []
        return [*found, _("Après-midi")] if max(timed) >= NOON else found
    kinds = [slot.kind != SlotKind.BREAK for slot in slots]
    both = any(any(kinds[:n]) and any(kinds[n:]) for n, moment in enumerate(kinds) if not moment)
    return [_("Matin"), _("Après-midi")] if both else [_("Journée")]


def _halves(gathering: Gathering) -> list[str]:
    """Those the desk marks, where it marks half-days."""
    asked = [str(HalfDay(half).label) for half in half_days_asked(gathering)]
    return asked or half_days(list(programme_of(gathering)))


def half_day_facts(gathering: Gathering) -> dict[str, Any]:
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED).select_related("person__organisation")
    people = [
        {
            "last_name": row.person.last_name,
            "first_name": row.person.first_name,
            "organisation": typo(row.person.organisation.name) if row.person.organisation else "",
            "table": None,
        }
        for row in sorted(rows, key=lambda each: alphabetical(each.person))
    ]
    sheet = {
        "slot": "",
        "number": None,
        "colour": "",
        "colour_name": "",
        "room": "",
        "people": people,
        "expected": count(len(people), _("personne inscrite"), _("personnes inscrites"), zero=_("personne d’inscrit")),
    }
    return {
        "title": typo(gathering.title),
        "date": date_words(gathering),
        "place": typo(place_words(gathering)),
        "space": typo(gathering.space.name),
        "sheets": [
            {**sheet, "workshop": typo(_("Émargement : {half}").format(half=half.lower()))}
            for half in _halves(gathering)
        ],
    }
