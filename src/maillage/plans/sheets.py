"""A plan as a table, and a table made by hand as a plan: read with its lines, checked by what checks the solver."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

import seating
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.matching import fold
from maillage.lib.spreadsheets import UnreadableTable, read_table
from maillage.plans.models import Plan
from maillage.plans.problem import Situation
from maillage.plans.services import Refused, keep_plan, situation_now
from maillage.registrations.models import Registration

FIRST, LAST, EMAIL, ORGANISATION = "Prénom", "Nom", "Courriel", "Structure"
SLOT, WORKSHOP, TABLE = "Moment", "Atelier", "Table"
PORTEUR, FIXED, REASON = "Apporte un sujet", "Place fixée", "Pourquoi"
HEADERS = [FIRST, LAST, EMAIL, ORGANISATION, SLOT, WORKSHOP, TABLE, PORTEUR, FIXED, REASON]
NEEDED = [SLOT, WORKSHOP]
YES = "Oui"
T = TypeVar("T", Slot, Workshop)
MOST_PROBLEMS = 30  # said at once; the rest comes when these are mended


class FileRefused(Refused):
    """The file cannot become a plan: `problems` are sentences, each with its line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(problems[0])


@dataclass(frozen=True)
class _Reader:
    """What a row may name, by its folded words."""

    people: Mapping[str, list[Registration]]
    slots: Mapping[str, Slot]
    workshops: Mapping[UUID, Mapping[str, Workshop]]


def export_rows(plan: Plan) -> tuple[list[str], list[list[str]]]:
    """A line a person and a moment; `import_plan` reads it back."""
    rows = []
    for placement in plan.placements.all():
        person = placement.registration.person
        rows.append(
            [
                person.first_name,
                person.last_name,
                person.email,
                person.organisation.name if person.organisation else "",
                placement.slot.title,
                str(placement.workshop),
                str(placement.table or ""),
                YES if placement.porteur else "",
                YES if placement.locked else "",
                placement.reason,
            ]
        )
    return HEADERS, rows


def import_plan(*, gathering: Gathering, content: bytes, filename: str, by: object) -> Plan:
    """A draft with the places of the file. Rules it breaks are its notes: whoever made it by hand decides.

    Raises FileRefused when a line names somebody, a moment or a workshop that is not there; nothing is kept then.
    """
    try:
        table = read_table(content, filename)
    except UnreadableTable as refusal:
        raise FileRefused([refusal.sentence]) from refusal
    columns = {fold(header): header for header in table.headers}
    missing = [name for name in NEEDED if fold(name) not in columns]
    if not (fold(EMAIL) in columns or {fold(FIRST), fold(LAST)} <= columns.keys()):
        missing.append(f"{EMAIL}, ou {FIRST} et {LAST}")
    if missing:
        known = ", ".join(table.headers)
        raise FileRefused(
            [
                _("Il manque la colonne « {column} » ; ce fichier a : {known}.").format(column=name, known=known)
                for name in missing
            ]
        )
    situation = situation_now(gathering)
    reader = _reader(situation)
    seats: dict[tuple[str, str], seating.Seat] = {}
    lines: dict[tuple[str, str], int] = {}
    locks: set[tuple[UUID, UUID]] = set()
    problems: list[str] = []
    for line, record in table.records():
        cells = {fold(header): cell.strip() for header, cell in record.items()}
        try:
            registration, slot, seat = _read_row(reader, cells)
        except _Unknown as unknown:
            problems.append(_("Ligne {line} : {sentence}").format(line=line, sentence=unknown.sentence))
            continue
        key = (str(registration.pk), str(slot.pk))
        if key in seats:
            sentence = _("Ligne {line} : {name} a déjà une place pour « {slot} » à la ligne {other}.")
            name = registration.person.full_name
            problems.append(sentence.format(line=line, name=name, slot=slot.title, other=lines[key]))
            continue
        seats[key], lines[key] = seat, line
        if fold(cells.get(fold(FIXED), "")) in ("oui", "x", "1"):
            locks.add((registration.pk, slot.pk))
    if problems:
        more = len(problems) - MOST_PROBLEMS
        told = problems[:MOST_PROBLEMS]
        raise FileRefused([*told, _("Et {n} autres lignes.").format(n=more)] if more > 0 else told)
    return keep_plan(gathering, situation, _measured(situation, seats), locks, by, "import-plan")


def _measured(situation: Situation, seats: dict[tuple[str, str], seating.Seat]) -> seating.Plan:
    plan = seating.Plan(seats=seats)
    report = seating.measure(situation.problem, plan)
    return replace(plan, regret=report.regret, ranks=report.ranks)


def _reader(situation: Situation) -> _Reader:
    people: dict[str, list[Registration]] = {}
    for registration in situation.registrations.values():
        person = registration.person
        for name in {fold(person.email), fold(f"{person.first_name} {person.last_name}")} - {""}:
            people.setdefault(name, []).append(registration)
    workshops: dict[UUID, dict[str, Workshop]] = {}
    for workshop in situation.workshops.values():
        here = workshops.setdefault(workshop.slot_id, {})
        for title in (workshop.title, workshop.short_title):
            if title:
                here[fold(title)] = workshop
    return _Reader(people, {fold(slot.title): slot for slot in situation.slots.values()}, workshops)


class _Unknown(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def _read_row(reader: _Reader, cells: Mapping[str, str]) -> tuple[Registration, Slot, seating.Seat]:
    email = cells.get(fold(EMAIL), "")
    name = f"{cells.get(fold(FIRST), '')} {cells.get(fold(LAST), '')}".strip()
    found = (reader.people.get(fold(email)) if email else None) or reader.people.get(fold(name), [])
    shown = name or email
    if not found:
        raise _Unknown(_("« {name} » n’est pas une personne inscrite.").format(name=shown))
    if len(found) > 1:
        raise _Unknown(_("deux personnes s’appellent « {name} » : ajoutez leur courriel.").format(name=shown))
    slot = _find(reader.slots, cells[fold(SLOT)], _("ce moment n’est pas au programme"), lambda slot: slot.title)
    workshop = _find(
        reader.workshops.get(slot.pk, {}),
        cells[fold(WORKSHOP)],
        _("cet atelier n’a pas lieu à ce moment"),
        lambda workshop: str(workshop),
    )
    return found[0], slot, seating.Seat(str(workshop.pk), _table(workshop, cells), _says_yes(cells, PORTEUR))


def _table(workshop: Workshop, cells: Mapping[str, str]) -> int | None:
    typed = cells.get(fold(TABLE), "")
    if not workshop.table_max:
        return None
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
    if not digits or len(digits) > 3 or not int(digits):
        raise _Unknown(_("il manque le numéro de table pour « {workshop} ».").format(workshop=workshop))
    return int(digits)


def _says_yes(cells: Mapping[str, str], column: str) -> bool:
    return fold(cells.get(fold(column), "")) in ("oui", "x", "1")


def _find(known: Mapping[str, T], typed: str, unknown: str, title: Callable[[T], str]) -> T:
    found = known.get(fold(typed))
    if found is None:
        choices = ", ".join(_distinct(f"«\u202f{title(one)}\u202f»" for one in known.values()))
        sentence = _("« {typed} » : {unknown} (au choix : {choices}).")
        raise _Unknown(sentence.format(typed=typed, unknown=unknown, choices=choices))
    return found


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
