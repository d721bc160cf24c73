"""Funder and funded, head and headed, at tables of peers: what a plan did of these ties, in words."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import seating
from maillage.gatherings.enums import Composition
from maillage.people.enums import TieKind
from maillage.people.models import Tie
from maillage.plans.problem import Situation

MOST_NAMED = 2  # structures, in a sentence that shares a place's few lines
MOST_SAID = 6  # ties of a workshop, among what is to be known of a plan


class TiesTold:
    """Of one whole plan: made once for all its places."""

    def __init__(self, situation: Situation, plan: seating.Plan) -> None:
        self._situation = situation
        self._of: dict[object, list[Tie]] = defaultdict(list)  # organisation → its ties
        for tie in situation.ties:
            self._of[tie.upper_id].append(tie)
            self._of[tie.lower_id].append(tie)
        self._seats = plan.seats if situation.ties else {}
        self._tables: dict[str, dict[object, dict[int, list[str]]]] = {}  # workshop → organisation → table → names
        self._opened: dict[str, set[int]] = defaultdict(set)
        for (person, _slot), seat in self._seats.items():
            workshop = situation.workshops.get(seat.workshop)
            registration = situation.registrations.get(person)
            if workshop is None or registration is None or seat.table is None or workshop.compose != Composition.PEERS:
                continue
            self._opened[seat.workshop].add(seat.table)
            organisation = registration.person.organisation_id
            if organisation in self._of:
                here = self._tables.setdefault(seat.workshop, {}).setdefault(organisation, {})
                here.setdefault(seat.table, []).append(registration.person.full_name)

    def to(self, person: str, slot: str) -> str:
        """Why this person is not (or is) with a structure tied to theirs, said to them; "" when there is nothing."""
        seat = self._seats.get((person, slot))
        here = self._tables.get(seat.workshop, {}) if seat is not None else {}
        mine = self._situation.registrations[person].person.organisation_id if here else None
        if seat is None or seat.table is None or mine not in here:
            return ""
        told: dict[tuple[bool, bool, str], list[str]] = {}
        for tie in self._of[mine]:
            lower = tie.lower_id == mine
            other = tie.upper if lower else tie.lower
            if other.pk in here:
                told.setdefault((seat.table in here[other.pk], lower, tie.kind), []).append(other.name)
        return " ".join(_to_them(*key, names) for key, names in sorted(told.items()))

    def notes(self) -> list[str]:
        """For the organiser: who sits with their funder all the same, then which ties are held."""
        together, apart = [], []
        for key, here in self._tables.items():
            workshop, held = str(self._situation.workshops[key]), []
            for tie in self._situation.ties:
                uppers, lowers = here.get(tie.upper_id), here.get(tie.lower_id)
                if not uppers or not lowers:
                    continue
                shared = sorted(uppers.keys() & lowers.keys())
                together += [
                    _together(workshop, table, tie, uppers[table] + lowers[table], len(self._opened[key]))
                    for table in shared
                ]
                if not shared:
                    held.append(str(tie))
            if held:
                apart.append(_apart(workshop, held))
        return [*together, *apart]


def _to_them(together: bool, lower: bool, kind: str, names: Iterable[str]) -> str:
    named = list(dict.fromkeys(names))
    who = ", ".join(named[:MOST_NAMED])
    more = len(named) - MOST_NAMED
    if more > 0:
        who = ngettext("{who} et {n} autre structure", "{who} et {n} autres structures", more).format(who=who, n=more)
    if kind == TieKind.FUNDS:
        many = ngettext("qui finance votre structure", "qui financent votre structure", len(named))
        what = many if lower else _("que votre structure finance")
    else:
        many = ngettext("qui encadre votre structure", "qui encadrent votre structure", len(named))
        what = many if lower else _("que votre structure encadre")
    if together:
        return _("À la même table : {who}, {what}.").format(who=who, what=what)
    return _("À part, à une autre table : {who}, {what}.").format(who=who, what=what)


def _together(workshop: str, table: int, tie: Tie, people: Iterable[str], tables: int) -> str:
    said = _("{workshop}, table {n} : {tie}, et les deux sont à cette table ({people}).").format(
        workshop=workshop, n=table, tie=tie, people=", ".join(people)
    )
    return said if tables > 1 else _("{said} Il n’y a qu’une table.").format(said=said)


def _apart(workshop: str, held: list[str]) -> str:
    said = _("{workshop}, à des tables différentes : {ties}.").format(
        workshop=workshop, ties=" ; ".join(held[:MOST_SAID])
    )
    more = len(held) - MOST_SAID
    if more <= 0:
        return said
    return said + " " + ngettext("Et {n} autre lien tenu.", "Et {n} autres liens tenus.", more).format(n=more)
