"""What there is to seat: people, workshops, pairs, weights. Everything validates itself and names what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Compose = Literal["mixed", "free", "peers"]
First = Literal["total", "worst"]

RESIDENT = "resident"
CATEGORY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "resident": "habitant·e",
        "elected_official": "élu·e",
        "local_officer": "technicien·ne de collectivité",
        "state_officer": "technicien·ne de l’État",
        "association": "acteur·rice associatif·ve",
        "partner": "autre partenaire institutionnel",
        "other": "autre",
    }
)
MAX_PEOPLE = 5_000  # the matrices of pairs take 4 bytes a pair: 100 MB each at this size
MAX_WEIGHT = 1_000  # keeps every sum of soft costs below the price of a hard rule (mix.HARD)


class SeatingError(Exception):
    """Base of the refusals of this package; `sentence` is French, for the organiser."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidProblem(SeatingError):
    """The problem contradicts itself or names what does not exist.

    Attributes
    ----------
    field : str
        Dotted name of the faulty field, e.g. ``"Person.wishes"``.
    who : str
        Identifier of the person, workshop or slot concerned, or ``""``.
    """

    def __init__(self, sentence: str, *, field: str, who: str = "") -> None:
        super().__init__(sentence)
        self.field = field
        self.who = who


@dataclass(frozen=True)
class Lock:
    """A seat fixed by the organiser: a workshop, and a table of it (numbered from 1) if `table` is given."""

    workshop: str
    table: int | None = None

    def __post_init__(self) -> None:
        if self.table is not None and self.table < 1:
            raise InvalidProblem(
                f"Place fixée à la table {self.table} : les tables se comptent à partir de 1.", field="Lock.table"
            )


@dataclass(frozen=True)
class Person:
    """Somebody to seat.

    Parameters
    ----------
    id : str
        Unique in the problem.
    category : str
        Actor category (``CATEGORY_NAMES``); ``"resident"`` is never left alone. Any other word is accepted.
    organisation, territory : str
        Empty: none, or unknown. Two empty values are never « the same ».
    name : str
        For sentences; the identifier stands in when empty.
    needs : frozenset of str
        Facilities the room must have. What a room does not answer (a meal, childcare) has no place here.
    wishes : mapping of slot to sequence of workshop identifiers
        Preferred first, without repeats; absent or empty: no wish.
    volunteer_porteur : bool
        Ready to bring a subject.
    absent_slots : frozenset of str
        Slots this person is not at.
    locks : mapping of slot to Lock
        Seats fixed beforehand.

    Raises
    ------
    InvalidProblem
        An empty identifier, or the same wish twice.
    """

    id: str
    category: str
    organisation: str = ""
    territory: str = ""
    name: str = ""
    needs: frozenset[str] = frozenset()
    wishes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    volunteer_porteur: bool = False
    absent_slots: frozenset[str] = frozenset()
    locks: Mapping[str, Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise InvalidProblem("Une personne n’a pas d’identifiant.", field="Person.id")
        if not self.category:
            raise InvalidProblem(f"{self.label} n’a pas de catégorie d’acteur.", field="Person.category", who=self.id)
        wishes = {slot: tuple(ranked) for slot, ranked in self.wishes.items()}
        for ranked in wishes.values():
            for workshop in ranked:
                times = ranked.count(workshop)
                if times > 1:
                    raise InvalidProblem(
                        f"{self.label} demande {times} fois l’atelier « {workshop} » : une fois suffit.",
                        field="Person.wishes",
                        who=self.id,
                    )
        object.__setattr__(self, "wishes", MappingProxyType(wishes))
        object.__setattr__(self, "locks", MappingProxyType(dict(self.locks)))
        object.__setattr__(self, "needs", frozenset(self.needs))
        object.__setattr__(self, "absent_slots", frozenset(self.absent_slots))

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def is_resident(self) -> bool:
        return self.category == RESIDENT


@dataclass(frozen=True)
class Workshop:
    """One room during one slot.

    Parameters
    ----------
    minimum, maximum : int
        People, facilitators not counted. 0 ≤ minimum ≤ maximum, 1 ≤ maximum.
    tables : (int, int) or None
        Least and most people at a table; None: the workshop is one group.
    table_count : int or None
        Most tables the room holds; None: as many as the people need.
    facilities : frozenset of str
        What the room offers to needs.
    porteur_needed : bool
        A volunteer must bring a subject at each table (or to the group if there are no tables).
    compose : {"mixed", "free", "peers"}
        Spread categories and territories, leave them, or (codev) sit the same kind of work together.

    Raises
    ------
    InvalidProblem
        A bound out of order, named.
    """

    id: str
    slot: str
    maximum: int
    minimum: int = 0
    name: str = ""
    tables: tuple[int, int] | None = None
    table_count: int | None = None
    facilities: frozenset[str] = frozenset()
    porteur_needed: bool = False
    compose: Compose = "mixed"

    def __post_init__(self) -> None:
        def refuse(bound: str, why: str) -> InvalidProblem:
            return InvalidProblem(f"Atelier « {self.label} » : {why}", field=f"Workshop.{bound}", who=self.id)

        if not self.id:
            raise InvalidProblem("Un atelier n’a pas d’identifiant.", field="Workshop.id")
        if self.maximum < 1:
            raise refuse("maximum", f"le maximum est de {self.maximum} ; il faut au moins une place.")
        if self.minimum < 0:
            raise refuse("minimum", f"le minimum est de {self.minimum} ; il ne peut pas être négatif.")
        if self.minimum > self.maximum:
            raise refuse("minimum", f"le minimum ({self.minimum}) dépasse le maximum ({self.maximum}).")
        if self.tables is not None:
            least, most = self.tables
            if least < 1 or most < least:
                raise refuse("tables", f"des tables de {least} à {most} personnes ne sont pas possibles.")
        if self.table_count is not None:
            if self.tables is None:
                raise refuse("table_count", "un nombre de tables est donné, mais pas leur taille.")
            if self.table_count < 1:
                raise refuse("table_count", f"{self.table_count} table : il en faut au moins une.")
        if self.compose not in ("mixed", "free", "peers"):
            raise refuse("compose", f"composition inconnue : « {self.compose} » (mixed, free ou peers).")
        object.__setattr__(self, "facilities", frozenset(self.facilities))

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def capacity(self) -> int:
        """Places, tables counted."""
        if self.tables is None or self.table_count is None:
            return self.maximum
        return min(self.maximum, self.table_count * self.tables[1])

    def welcomes(self, person: Person) -> bool:
        """Whether the room answers every need of this person."""
        return person.needs <= self.facilities


@dataclass(frozen=True)
class Pair:
    """Two people to sit in the same group, or never in the same. `slot` None: in every slot.

    A group is a table where the workshop has tables, else the whole workshop.
    """

    a: str
    b: str
    slot: str | None = None

    def __post_init__(self) -> None:
        if self.a == self.b:
            raise InvalidProblem(f"Une paire lie « {self.a} » à la même personne.", field="Pair.b", who=self.a)

    def holds(self, slot: str) -> bool:
        return self.slot is None or self.slot == slot


@dataclass(frozen=True)
class Encounter:
    """Two people who met at an earlier gathering; `weight` times as unwelcome again as one meeting of today (1–100)."""

    a: str
    b: str
    weight: int = 1

    def __post_init__(self) -> None:
        if self.a == self.b:
            raise InvalidProblem(f"Une rencontre lie « {self.a} » à la même personne.", field="Encounter.b", who=self.a)
        if not 1 <= self.weight <= 100:
            raise InvalidProblem(
                f"Rencontre de « {self.a} » et « {self.b} » : poids {self.weight}, attendu de 1 à 100.",
                field="Encounter.weight",
                who=self.a,
            )


@dataclass(frozen=True)
class Weights:
    """Price of one pair at a same table, whole numbers from 0 to 1,000.

    `category` counts pairs of the same category in a mixed group, of different categories among peers;
    `hierarchy` a pair whose organisations are tied (one funds or supervises the other), among peers.
    """

    colleagues: int = 12
    hierarchy: int = 12
    category: int = 3
    territory: int = 2
    met: int = 6

    def __post_init__(self) -> None:
        for name in ("colleagues", "hierarchy", "category", "territory", "met"):
            value = getattr(self, name)
            if not isinstance(value, int) or not 0 <= value <= MAX_WEIGHT:
                raise InvalidProblem(
                    f"Poids « {name} » : {value} ; attendu un nombre entier de 0 à {MAX_WEIGHT}.",
                    field=f"Weights.{name}",
                )


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
                f"{len(self.people)} personnes : la répartition en traite {MAX_PEOPLE} au plus. "
                "Répartissez-les en plusieurs rencontres.",
                field="Problem.people",
            )
        if self.first not in ("total", "worst"):
            raise InvalidProblem(f"Priorité inconnue : « {self.first} » (total ou worst).", field="Problem.first")
        _refuse_doubles(self.slots, "créneau", "Problem.slots")
        _refuse_doubles((person.id for person in self.people), "personne", "Problem.people")
        _refuse_doubles((workshop.id for workshop in self.workshops), "atelier", "Problem.workshops")
        for workshop in self.workshops:
            self._slot(workshop.slot, f"Atelier « {workshop.label} »", "Workshop.slot", workshop.id)
        for slot in self.slots:
            if not self.workshops_of(slot):
                raise InvalidProblem(
                    f"Aucun atelier au créneau « {self.slot_name(slot)} ».", field="Problem.workshops", who=slot
                )
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

    def _validate_person(self, person: Person) -> None:
        for slot in person.absent_slots:
            self._slot(slot, person.label, "Person.absent_slots", person.id)
        for slot, ranked in person.wishes.items():
            self._slot(slot, person.label, "Person.wishes", person.id)
            for wish in ranked:
                self._offered(wish, slot, person, "demande", "Person.wishes")
        for slot, lock in person.locks.items():
            self._slot(slot, person.label, "Person.locks", person.id)
            workshop = self._offered(lock.workshop, slot, person, "a une place fixée à", "Person.locks")
            if lock.table is None:
                continue
            if workshop.tables is None:
                raise InvalidProblem(
                    f"{person.label} a une place fixée à la table {lock.table} de « {workshop.label} », "
                    "qui n’a pas de tables.",
                    field="Person.locks",
                    who=person.id,
                )
            if workshop.table_count is not None and lock.table > workshop.table_count:
                raise InvalidProblem(
                    f"{person.label} a une place fixée à la table {lock.table} de « {workshop.label} », "
                    f"qui en a {workshop.table_count}.",
                    field="Person.locks",
                    who=person.id,
                )

    def _slot(self, slot: str, whose: str, where: str, who: str) -> None:
        if slot not in self.slots:
            raise InvalidProblem(f"{whose} : le créneau « {slot} » n’existe pas.", field=where, who=who)

    def _offered(self, workshop: str, slot: str, person: Person, verb: str, where: str) -> Workshop:
        found = self._workshops.get(workshop)
        if found is None or found.slot != slot:
            raise InvalidProblem(
                f"{person.label} {verb} l’atelier « {found.label if found else workshop} », "
                f"qui n’est pas proposé au créneau « {self.slot_name(slot)} ».",
                field=where,
                who=person.id,
            )
        return found

    def _known(self, person: str, where: str) -> None:
        if person not in self._people:
            raise InvalidProblem(f"La personne « {person} » n’est pas inscrite.", field=where, who=person)

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


def _refuse_doubles(identifiers: Iterable[str], what: str, where: str) -> None:
    seen: set[str] = set()
    for identifier in identifiers:
        if identifier in seen:
            raise InvalidProblem(
                f"L’identifiant « {identifier} » sert deux fois ({what}).", field=where, who=identifier
            )
        seen.add(identifier)
