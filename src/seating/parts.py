"""What a problem is made of: people, workshops, pairs, weights. Everything validates itself and names what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from seating.refusals import InvalidProblem, want_mapping, want_text, want_texts, want_whole
from seating.words import later, speak

Compose = Literal["mixed", "free", "peers"]

RESIDENT = "resident"
CATEGORY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "resident": later("habitant·e"),
        "elected_official": later("élu·e"),
        "local_officer": later("technicien·ne de collectivité"),
        "state_officer": later("technicien·ne de l’État"),
        "association": later("acteur·rice associatif·ve"),
        "partner": later("autre partenaire institutionnel"),
        "other": later("autre"),
    }
)
MAX_WEIGHT = 1_000  # keeps every sum of soft costs below the price of a hard rule (mix.HARD)


@dataclass(frozen=True)
class Lock:
    """A seat fixed by the organiser: a workshop, and a table of it (numbered from 1) if `table` is given."""

    workshop: str
    table: int | None = None

    def __post_init__(self) -> None:
        want_text(self.workshop, whose="Place fixée", called="l’atelier", field="Lock.workshop")
        if self.table is not None:
            want_whole(self.table, whose="Place fixée", called="la table", field="Lock.table")
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
        want_text(self.id, whose="Une personne", called="l’identifiant", field="Person.id")
        if not self.id:
            raise InvalidProblem("Une personne n’a pas d’identifiant.", field="Person.id")
        self._want_kinds()
        if not self.category:
            sentence = speak("{label} n’a pas de catégorie d’acteur.", label=self.label)
            raise InvalidProblem(sentence, field="Person.category", who=self.id)
        wishes = {slot: tuple(ranked) for slot, ranked in self.wishes.items()}
        for ranked in wishes.values():
            for workshop in ranked:
                times = ranked.count(workshop)
                if times > 1:
                    raise InvalidProblem(
                        speak(
                            "{label} demande {times} fois l’atelier « {workshop} » : une fois suffit.",
                            label=self.label,
                            times=times,
                            workshop=workshop,
                        ),
                        field="Person.wishes",
                        who=self.id,
                    )
        object.__setattr__(self, "wishes", MappingProxyType(wishes))
        object.__setattr__(self, "locks", MappingProxyType(dict(self.locks)))
        object.__setattr__(self, "needs", frozenset(self.needs))
        object.__setattr__(self, "absent_slots", frozenset(self.absent_slots))

    def _want_kinds(self) -> None:
        for name, called in (
            ("category", "la catégorie"),
            ("organisation", "la structure"),
            ("territory", "le territoire"),
            ("name", "le nom"),
        ):
            want_text(getattr(self, name), whose=self.id, called=called, field=f"Person.{name}", who=self.id)
        for name, called in (("needs", "le besoin"), ("absent_slots", "l’absence")):
            want_texts(getattr(self, name), whose=self.label, called=called, field=f"Person.{name}", who=self.id)
        for name, called in (("wishes", "le souhait"), ("locks", "la place fixée")):
            want_mapping(getattr(self, name), whose=self.label, called=called, field=f"Person.{name}", who=self.id)
        for ranked in self.wishes.values():
            want_texts(ranked, whose=self.label, called="le souhait", field="Person.wishes", who=self.id)

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
            sentence = speak("Atelier « {label} » : {why}", label=self.label, why=why)
            return InvalidProblem(sentence, field=f"Workshop.{bound}", who=self.id)

        want_text(self.id, whose="Un atelier", called="l’identifiant", field="Workshop.id")
        if not self.id:
            raise InvalidProblem("Un atelier n’a pas d’identifiant.", field="Workshop.id")
        whose = f"Atelier « {self.label} »"
        want_text(self.slot, whose=whose, called="le créneau", field="Workshop.slot", who=self.id)
        want_texts(self.facilities, whose=whose, called="l’équipement", field="Workshop.facilities", who=self.id)
        sizes = [] if self.tables is None else [("tables", "la taille des tables", size) for size in self.tables]
        counts = [] if self.table_count is None else [("table_count", "le nombre de tables", self.table_count)]
        bounds = [("minimum", "le minimum", self.minimum), ("maximum", "le maximum", self.maximum)]
        for name, called, value in (*bounds, *sizes, *counts):
            want_whole(value, whose=whose, called=called, field=f"Workshop.{name}", who=self.id)
        if self.maximum < 1:
            why = speak("le maximum est de {number} ; il faut au moins une place.", number=self.maximum)
            raise refuse("maximum", why)
        if self.minimum < 0:
            why = speak("le minimum est de {number} ; il ne peut pas être négatif.", number=self.minimum)
            raise refuse("minimum", why)
        if self.minimum > self.maximum:
            why = speak("le minimum ({least}) dépasse le maximum ({most}).", least=self.minimum, most=self.maximum)
            raise refuse("minimum", why)
        if self.tables is not None:
            if len(self.tables) != 2:
                received = ", ".join(map(str, self.tables))
                raise refuse(
                    "tables",
                    speak("la taille des tables va d’un nombre à un autre ; reçu : {received}.", received=received),
                )
            least, most = self.tables
            if least < 1 or most < least:
                raise refuse(
                    "tables",
                    speak("des tables de {least} à {most} personnes ne sont pas possibles.", least=least, most=most),
                )
        if self.table_count is not None:
            if self.tables is None:
                raise refuse("table_count", speak("un nombre de tables est donné, mais pas leur taille."))
            if self.table_count < 1:
                raise refuse("table_count", speak("{number} table : il en faut au moins une.", number=self.table_count))
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
            sentence = speak("Une paire lie « {person} » à la même personne.", person=self.a)
            raise InvalidProblem(sentence, field="Pair.b", who=self.a)

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
        whose = f"Rencontre de « {self.a} » et « {self.b} »"
        want_whole(self.weight, whose=whose, called="le poids", field="Encounter.weight", who=self.a)
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
