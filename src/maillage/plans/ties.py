"""Funder and funded, head and headed, at tables of peers: what a plan did of these ties, in words."""

from collections import defaultdict
from collections.abc import Iterable

import seating
from maillage.gatherings.enums import Composition
from maillage.people.enums import TieKind
from maillage.people.models import Tie
from maillage.plans.problem import Situation
from seating import speak, speak_of, together

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

    def to(self, person: str, slot: str) -> list[str]:
        """Why this person is not (or is) with a structure tied to theirs, said to them."""
        seat = self._seats.get((person, slot))
        here = self._tables.get(seat.workshop, {}) if seat is not None else {}
        mine = self._situation.registrations[person].person.organisation_id if here else None
        if seat is None or seat.table is None or mine not in here:
            return []
        told: dict[tuple[bool, bool, str], list[str]] = {}
        for tie in self._of[mine]:
            lower = tie.lower_id == mine
            other = tie.upper if lower else tie.lower
            if other.pk in here:
                told.setdefault((seat.table in here[other.pk], lower, tie.kind), []).append(other.name)
        return [_to_them(*key, names) for key, names in sorted(told.items())]

    def notes(self) -> list[str]:
        """For the organiser: who sits with their funder all the same, then which ties are held."""
        sharing, apart = [], []
        for key, here in self._tables.items():
            workshop, held = str(self._situation.workshops[key]), []
            for tie in self._situation.ties:
                uppers, lowers = here.get(tie.upper_id), here.get(tie.lower_id)
                if not uppers or not lowers:
                    continue
                shared = sorted(uppers.keys() & lowers.keys())
                sharing += [
                    _together(workshop, table, tie, uppers[table] + lowers[table], len(self._opened[key]))
                    for table in shared
                ]
                if not shared:
                    held.append(str(tie))
            if held:
                apart.append(_apart(workshop, held))
        return [*sharing, *apart]


def _to_them(at_one_table: bool, lower: bool, kind: str, names: Iterable[str]) -> str:
    named = list(dict.fromkeys(names))
    who = ", ".join(named[:MOST_NAMED])
    more = len(named) - MOST_NAMED
    if more > 0:
        who = speak_of(more, "{who} et {number} autre structure", "{who} et {number} autres structures", who=who)
    if kind == TieKind.FUNDS:
        many = speak_of(len(named), "qui finance votre structure", "qui financent votre structure")
        what = many if lower else speak("que votre structure finance")
    else:
        many = speak_of(len(named), "qui encadre votre structure", "qui encadrent votre structure")
        what = many if lower else speak("que votre structure encadre")
    if at_one_table:
        return speak("À la même table : {who}, {what}.", who=who, what=what)
    return speak("À part, à une autre table : {who}, {what}.", who=who, what=what)


def _together(workshop: str, table: int, tie: Tie, people: Iterable[str], tables: int) -> str:
    said = speak(
        "{workshop}, table {number} : {tie}, et les deux sont à cette table ({people}).",
        workshop=workshop,
        number=table,
        tie=tie,
        people=", ".join(people),
    )
    return said if tables > 1 else speak("{said} Il n’y a qu’une table.", said=said)


def _apart(workshop: str, held: list[str]) -> str:
    said = speak("{workshop}, à des tables différentes : {ties}.", workshop=workshop, ties=" ; ".join(held[:MOST_SAID]))
    more = len(held) - MOST_SAID
    if more <= 0:
        return said
    return together(" ", said, speak_of(more, "Et {number} autre lien tenu.", "Et {number} autres liens tenus."))
