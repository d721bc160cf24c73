"""What there is to seat, all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from seating.parts import (
    CATEGORY_NAMES,
    RESIDENT,
    Compose,
    Encounter,
    Lock,
    Pair,
    Person,
    Weights,
    Workshop,
)
from seating.refusals import InvalidProblem, SeatingError, refuse_doubles, want_texts
from seating.words import later, speak

__all__ = [
    "CATEGORY_NAMES",
    "MAX_PEOPLE",
    "RESIDENT",
    "Compose",
    "Encounter",
    "First",
    "InvalidProblem",
    "Lock",
    "Pair",
    "Person",
    "Problem",
    "SeatingError",
    "Weights",
    "Workshop",
]

First = Literal["total", "worst"]
WISHED = later("{person} demande l’atelier « {workshop} », qui n’est pas proposé au créneau « {slot} ».")
LOCKED = later("{person} a une place fixée à l’atelier « {workshop} », qui n’est pas proposé au créneau « {slot} ».")
MAX_PEOPLE = 5_000  # a day of 3,000 takes a minute and 200 MB: beyond, an organiser wants several gatherings


@dataclass(frozen=True)
class Problem:
    """Everything `solve` needs.

    Parameters
    ----------
    slots : tuple of str
        In the order of the day.
    people, workshops : tuples
        Identifiers unique; every slot has at least one workshop.
    together, apart : tuples of Pair
        Hard.
    encounters : tuple of Encounter
        Who met before today.
    ties : tuple of (str, str)
        Organisations of which one funds or supervises the other.
    first : {"total", "worst"}
        What the wishes minimise first: the total regret, or the worst-off (leximax).
    slot_names : mapping
        For sentences.

    Raises
    ------
    InvalidProblem
        A name that does not exist, a double, a bound.
    """

    slots: tuple[str, ...]
    people: tuple[Person, ...]
    workshops: tuple[Workshop, ...]
    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    encounters: tuple[Encounter, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    weights: Weights = field(default_factory=Weights)
    first: First = "total"
    slot_names: Mapping[str, str] = field(default_factory=dict)
    _people: Mapping[str, Person] = field(init=False, repr=False, compare=False)
    _workshops: Mapping[str, Workshop] = field(init=False, repr=False, compare=False)
    _present: Mapping[str, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _offers: Mapping[str, tuple[Workshop, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("slots", "people", "workshops", "together", "apart", "encounters", "ties"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "slot_names", MappingProxyType(dict(self.slot_names)))
        object.__setattr__(self, "_people", {person.id: person for person in self.people})
        object.__setattr__(self, "_workshops", {workshop.id: workshop for workshop in self.workshops})
        present = {slot: tuple(p for p in self.people if slot not in p.absent_slots) for slot in self.slots}
        object.__setattr__(self, "_present", present)
        offers = {slot: tuple(w for w in self.workshops if w.slot == slot) for slot in self.slots}
        object.__setattr__(self, "_offers", offers)
        if len(self.people) > MAX_PEOPLE:
            raise InvalidProblem(
                speak(
                    "{number} personnes : la répartition en traite {most} au plus. Répartissez-les en plusieurs "
                    "rencontres.",
                    number=len(self.people),
                    most=MAX_PEOPLE,
                ),
                field="Problem.people",
            )
        if self.first not in ("total", "worst"):
            raise InvalidProblem(f"Priorité inconnue : « {self.first} » (total ou worst).", field="Problem.first")
        refuse_doubles(self.slots, "créneau", "Problem.slots")
        refuse_doubles((person.id for person in self.people), "personne", "Problem.people")
        refuse_doubles((workshop.id for workshop in self.workshops), "atelier", "Problem.workshops")
        for workshop in self.workshops:
            self._slot(workshop.slot, speak("Atelier « {label} »", label=workshop.label), "Workshop.slot", workshop.id)
        for slot in self.slots:
            if not self.workshops_of(slot):
                sentence = speak("Aucun atelier au créneau « {name} ».", name=self.slot_name(slot))
                raise InvalidProblem(sentence, field="Problem.workshops", who=slot)
        for person in self.people:
            self._validate_person(person)
        for pair in (*self.together, *self.apart):
            self._known(pair.a, "Pair.a")
            self._known(pair.b, "Pair.b")
            if pair.slot is not None:
                self._slot(pair.slot, f"Paire « {pair.a} », « {pair.b} »", "Pair.slot", pair.a)
        for encounter in self.encounters:
            self._known(encounter.a, "Encounter.a")
            self._known(encounter.b, "Encounter.b")
        for tie in self.ties:
            want_texts(tie, whose="Lien entre structures", called="la structure", field="Problem.ties")
            if len(tie) != 2 or tie[0] == tie[1] or not all(tie):
                raise InvalidProblem(
                    f"Un lien de financement ou d’encadrement unit deux structures, pas : {', '.join(tie) or 'rien'}.",
                    field="Problem.ties",
                )

    def _validate_person(self, person: Person) -> None:
        for slot in person.absent_slots:
            self._slot(slot, person.label, "Person.absent_slots", person.id)
        for slot, ranked in person.wishes.items():
            self._slot(slot, person.label, "Person.wishes", person.id)
            for wish in ranked:
                self._offered(wish, slot, person, WISHED, "Person.wishes")
        for slot, lock in person.locks.items():
            self._slot(slot, person.label, "Person.locks", person.id)
            workshop = self._offered(lock.workshop, slot, person, LOCKED, "Person.locks")
            if lock.table is None:
                continue
            if workshop.tables is None:
                raise InvalidProblem(
                    speak(
                        "{person} a une place fixée à la table {table} de « {workshop} », qui n’a pas de tables.",
                        person=person.label,
                        table=lock.table,
                        workshop=workshop.label,
                    ),
                    field="Person.locks",
                    who=person.id,
                )
            if workshop.table_count is not None and lock.table > workshop.table_count:
                raise InvalidProblem(
                    speak(
                        "{person} a une place fixée à la table {table} de « {workshop} », qui en a {count}.",
                        person=person.label,
                        table=lock.table,
                        workshop=workshop.label,
                        count=workshop.table_count,
                    ),
                    field="Person.locks",
                    who=person.id,
                )

    def _slot(self, slot: str, whose: str, where: str, who: str) -> None:
        if slot not in self.slots:
            sentence = speak("{whose} : le créneau « {slot} » n’existe pas.", whose=whose, slot=slot)
            raise InvalidProblem(sentence, field=where, who=who)

    def _offered(self, workshop: str, slot: str, person: Person, sentence: str, where: str) -> Workshop:
        found = self._workshops.get(workshop)
        if found is None or found.slot != slot:
            raise InvalidProblem(
                speak(
                    sentence,
                    person=person.label,
                    workshop=found.label if found else workshop,
                    slot=self.slot_name(slot),
                ),
                field=where,
                who=person.id,
                way_out=speak("Remettez l’atelier au programme, ou retirez-le de sa fiche : le reste est gardé."),
            )
        return found

    def _known(self, person: str, where: str) -> None:
        if person not in self._people:
            raise InvalidProblem(
                speak("La personne « {person} » n’est pas inscrite.", person=person),
                field=where,
                who=person,
                way_out=speak("Inscrivez-la, ou retirez la consigne qui la nomme."),
            )

    def person(self, identifier: str) -> Person:
        return self._people[identifier]

    def workshop(self, identifier: str) -> Workshop:
        return self._workshops[identifier]

    def has_person(self, identifier: str) -> bool:
        return identifier in self._people

    def has_workshop(self, identifier: str) -> bool:
        return identifier in self._workshops

    def workshops_of(self, slot: str) -> tuple[Workshop, ...]:
        return self._offers.get(slot, ())

    def present(self, slot: str) -> tuple[Person, ...]:
        """Who is there, in the order of `people`."""
        return self._present.get(slot, ())

    def slot_name(self, slot: str) -> str:
        return self.slot_names.get(slot, slot)

    def pairs(self, slot: str, *, together: bool) -> tuple[tuple[str, str], ...]:
        """Pairs of a slot, both people being there."""
        here = {person.id for person in self.present(slot)}
        source = self.together if together else self.apart
        return tuple((pair.a, pair.b) for pair in source if pair.holds(slot) and pair.a in here and pair.b in here)

    def clusters(self, slot: str) -> tuple[tuple[str, ...], ...]:
        """People bound together in a slot, chains followed; clusters of two or more, in the order of `people`."""
        root: dict[str, str] = {}

        def find(person: str) -> str:
            while root.get(person, person) != person:
                person = root[person]
            return person

        for a, b in self.pairs(slot, together=True):
            root[find(a)] = find(b)
            root.setdefault(find(b), find(b))
        grouped: dict[str, list[str]] = {}
        for person in self.people:
            if person.id in root:
                grouped.setdefault(find(person.id), []).append(person.id)
        return tuple(tuple(members) for members in grouped.values())
