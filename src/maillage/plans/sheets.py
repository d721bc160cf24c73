"""A plan as a table, and a table made by hand as a plan: read with its lines, checked by what checks the solver."""

import re
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
from maillage.plans.refusals import Refused
from maillage.plans.services import keep_plan, situation_now
from maillage.plans.third_person import about_them
from maillage.registrations.models import Registration

FIRST, LAST, EMAIL, ORGANISATION = "Prénom", "Nom", "Courriel", "Structure"
SLOT, WORKSHOP, TABLE = "Créneau", "Atelier", "Table"
PORTEUR, FIXED, REASON = "Apporte un sujet", "Place fixée", "Pourquoi"
HEADERS = [FIRST, LAST, EMAIL, ORGANISATION, SLOT, WORKSHOP, TABLE, PORTEUR, FIXED, REASON]
NEEDED = [SLOT, WORKSHOP]
ONCE = {fold("Moment"): fold(SLOT)}  # as files of an older release call a column
YES = "Oui"
T = TypeVar("T", Slot, Workshop)
TABLE_NUMBER = re.compile(
    r"(?:table|t)?\s*(?:n[°o.]?)?\s*([0-9]{1,3})(?:[.,]0)?", re.IGNORECASE
)  # « Table n° 3 », « 3 »
SCORED_AT_ONCE = 1_000  # people: beyond, the mix on 100 takes seconds that a request does not have
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
    slots: Mapping[str, list[Slot]]
    workshops: Mapping[UUID, Mapping[str, list[Workshop]]]


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
                about_them(placement.reason),
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
    columns = {_column(header) for header in table.headers}
    missing = [name for name in NEEDED if fold(name) not in columns]
    if not (fold(EMAIL) in columns or {fold(FIRST), fold(LAST)} <= columns):
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
        cells = {_column(header): cell.strip() for header, cell in record.items()}
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
    scored = len(situation.registrations) <= SCORED_AT_ONCE
    return keep_plan(gathering, situation, _measured(situation, seats), locks, by, "import-plan", scored=scored)


def _column(header: str) -> str:
    return ONCE.get(fold(header), fold(header))


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
    slots: dict[str, list[Slot]] = {}
    for slot in situation.slots.values():
        slots.setdefault(fold(slot.title), []).append(slot)
    workshops: dict[UUID, dict[str, list[Workshop]]] = {}
    for workshop in situation.workshops.values():
        here = workshops.setdefault(workshop.slot_id, {})
        for title in {fold(workshop.title), fold(workshop.short_title)} - {""}:
            here.setdefault(title, []).append(workshop)
    return _Reader(people, slots, workshops)


class _Unknown(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def _read_row(reader: _Reader, cells: Mapping[str, str]) -> tuple[Registration, Slot, seating.Seat]:
    registration = _who(reader, cells)
    slots = _find(reader.slots, cells[fold(SLOT)], _("ce créneau n’est pas au programme"), lambda slot: slot.title)
    titles: dict[str, list[Workshop]] = {}
    for slot in slots:  # more than one of a same title: the workshop tells them apart
        for title, offered in reader.workshops.get(slot.pk, {}).items():
            titles.setdefault(title, []).extend(offered)
    typed = cells[fold(WORKSHOP)]
    workshops = _find(titles, typed, _("cet atelier n’a pas lieu sur ce créneau"), lambda workshop: str(workshop))
    if len(workshops) > 1:
        sentence = _(
            "plusieurs ateliers s’appellent « {workshop} » sur ce créneau : donnez-leur des titres différents."
        )
        raise _Unknown(sentence.format(workshop=typed))
    (workshop,) = workshops
    slot = next(slot for slot in slots if slot.pk == workshop.slot_id)
    return registration, slot, seating.Seat(str(workshop.pk), _table(workshop, cells), _says_yes(cells, PORTEUR))


def _who(reader: _Reader, cells: Mapping[str, str]) -> Registration:
    """An address says who; a name beside it must say the same, or somebody would sit in another's place."""
    email = cells.get(fold(EMAIL), "")
    name = f"{cells.get(fold(FIRST), '')} {cells.get(fold(LAST), '')}".strip()
    by_address = reader.people.get(fold(email), []) if email else []
    by_name = reader.people.get(fold(name), []) if name else []
    if by_address and name:
        same = [row for row in by_address if fold(row.person.full_name) == fold(name)]
        if not same:
            sentence = _("l’adresse {email} est celle de {owner}, pas de « {name} ».")
            raise _Unknown(sentence.format(email=email, owner=by_address[0].person.full_name, name=name))
        by_address = same
    found = by_address or by_name
    if not found:
        raise _Unknown(_("« {name} » n’est pas une personne inscrite.").format(name=name or email))
    if len(found) > 1:
        raise _Unknown(_("deux personnes s’appellent « {name} » : ajoutez leur courriel.").format(name=name or email))
    return found[0]


def _table(workshop: Workshop, cells: Mapping[str, str]) -> int | None:
    typed = cells.get(fold(TABLE), "")
    if not workshop.table_max:
        return None
    if not typed:
        raise _Unknown(_("il manque le numéro de table pour « {workshop} ».").format(workshop=workshop))
    number = TABLE_NUMBER.fullmatch(typed)
    if number is None or not int(number[1]):
        sentence = _("« {typed} » n’est pas un numéro de table pour « {workshop} » : écrivez par exemple 3.")
        raise _Unknown(sentence.format(typed=typed[:40], workshop=workshop))
    return int(number[1])


def _says_yes(cells: Mapping[str, str], column: str) -> bool:
    return fold(cells.get(fold(column), "")) in ("oui", "x", "1")


def _find(known: Mapping[str, list[T]], typed: str, unknown: str, title: Callable[[T], str]) -> list[T]:
    found = known.get(fold(typed))
    if found is None:
        choices = ", ".join(_distinct(f"«\u202f{title(one)}\u202f»" for each in known.values() for one in each))
        sentence = _("« {typed} » : {unknown} (au choix : {choices}).")
        raise _Unknown(sentence.format(typed=typed, unknown=unknown, choices=choices))
    return found


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
