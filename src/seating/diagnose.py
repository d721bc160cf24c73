"""What is lacking, in words, and the ways out. Counts first, then an elastic programme for what counts do not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seating.milp import Programme
from seating.problem import Person, Problem, SeatingError, Workshop

# Prices of the elastic programme: a chair more is the cheapest way out, then a pair, a lock, and last a need.
CHAIR, PAIR, LOCK, NEED = 1, 3, 4, 6


@dataclass(frozen=True)
class WayOut:
    """One change that mends a lack.

    Attributes
    ----------
    kind : {"raise_maximum", "add_table", "lower_minimum", "find_porteur", "unlock", "drop_pair", "equip_room",
            "find_resident"}
    workshop, slot : str
        Concerned, or "".
    people : tuple of str
    amount : int
        New bound or how many, according to the kind; 0 where it has no meaning.
    """

    kind: str
    sentence: str
    workshop: str = ""
    slot: str = ""
    people: tuple[str, ...] = ()
    amount: int = 0


@dataclass(frozen=True)
class Missing:
    """One lack. `blocking`: no plan can keep the hard rules; otherwise a rule or some wishes must give way."""

    kind: str
    sentence: str
    ways_out: tuple[WayOut, ...] = ()
    blocking: bool = False
    slot: str = ""
    workshop: str = ""
    people: tuple[str, ...] = ()


class Infeasible(SeatingError):
    """No plan keeps the hard rules. `missing` says what lacks (`diagnose`)."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        blocking = [lack.sentence for lack in missing if lack.blocking]
        super().__init__(" ".join(blocking) or "Aucune répartition ne respecte toutes les règles.")


def diagnose(problem: Problem) -> list[Missing]:
    """What lacks, blocking first. Empty when nothing does."""
    found: list[Missing] = []
    for slot in problem.slots:
        people, workshops = problem.present(slot), problem.workshops_of(slot)
        lacks = [*_places(problem, slot), *_locks(problem, slot), *_rooms(problem, slot), *_clusters(problem, slot)]
        found += lacks or _elastic(problem, slot)
        found += _minimum(problem, slot, people, workshops)
        found += _porteurs(slot, people, workshops)
        found += _demand(slot, people, workshops)
        residents = [person for person in people if person.is_resident]
        if len(residents) == 1:
            found.append(
                Missing(
                    "resident_alone",
                    f"{residents[0].label} est seul·e habitant·e au créneau « {problem.slot_name(slot)} » : "
                    "il en faut au moins deux pour que personne ne soit seul.",
                    (WayOut("find_resident", "Inviter un·e deuxième habitant·e.", slot=slot, amount=1),),
                    slot=slot,
                    people=(residents[0].id,),
                )
            )
    return sorted(found, key=lambda lack: not lack.blocking)


def _plural(count: int, word: str, many: str = "") -> str:
    return f"{count} {word if count < 2 else many or word + 's'}"


def _more_places(workshop: Workshop, places: int) -> WayOut:
    """One tap that makes room for so many people more."""
    if workshop.tables is not None and workshop.table_count is not None:
        tables = -(-(workshop.capacity + places) // workshop.tables[1])
        if tables > workshop.table_count:
            extra = tables - workshop.table_count
            sentence = f"Ajouter {_plural(extra, 'table')} à « {workshop.label} »."
            return WayOut("add_table", sentence, workshop.id, workshop.slot, amount=tables)
    bound = workshop.capacity + places
    sentence = f"Passer « {workshop.label} » de {workshop.maximum} à {bound} places."
    return WayOut("raise_maximum", sentence, workshop.id, workshop.slot, amount=bound)


def _places(problem: Problem, slot: str) -> Iterator[Missing]:
    people, workshops = problem.present(slot), problem.workshops_of(slot)
    places = sum(workshop.capacity for workshop in workshops)
    if len(people) > places:
        lack = len(people) - places
        yield Missing(
            "places",
            f"Créneau « {problem.slot_name(slot)} » : {_plural(len(people), 'personne')} "
            f"pour {_plural(places, 'place')} : il manque {_plural(lack, 'place')}.",
            tuple(_more_places(workshop, lack) for workshop in workshops),
            blocking=True,
            slot=slot,
        )


def _locks(problem: Problem, slot: str) -> Iterator[Missing]:
    held: Counter[str] = Counter()
    at_table: Counter[tuple[str, int]] = Counter()
    for person in problem.present(slot):
        lock = person.locks.get(slot)
        if lock is None:
            continue
        workshop = problem.workshop(lock.workshop)
        held[workshop.id] += 1
        if lock.table is not None:
            at_table[workshop.id, lock.table] += 1
        if not workshop.welcomes(person):
            needs = ", ".join(sorted(person.needs - workshop.facilities))
            yield Missing(
                "lock_against_need",
                f"{person.label} a une place fixée à « {workshop.label} », "
                f"dont la salle ne répond pas à son besoin : {needs}.",
                (
                    WayOut("unlock", f"Libérer la place de {person.label}.", workshop.id, slot, (person.id,)),
                    WayOut("equip_room", f"Équiper la salle de « {workshop.label} » : {needs}.", workshop.id, slot),
                ),
                blocking=True,
                slot=slot,
                workshop=workshop.id,
                people=(person.id,),
            )
    for identifier, count in held.items():
        workshop = problem.workshop(identifier)
        if count > workshop.capacity:
            yield Missing(
                "locks",
                f"{_plural(count, 'place fixée', 'places fixées')} à « {workshop.label} », "
                f"qui en compte {workshop.capacity}.",
                (_more_places(workshop, count - workshop.capacity),),
                blocking=True,
                slot=slot,
                workshop=identifier,
            )
    for (identifier, table), count in at_table.items():
        workshop = problem.workshop(identifier)
        if workshop.tables is not None and count > workshop.tables[1]:
            yield Missing(
                "table_locks",
                f"{_plural(count, 'place fixée', 'places fixées')} à la table {table} de « {workshop.label} », "
                f"{workshop.tables[1]} au plus.",
                blocking=True,
                slot=slot,
                workshop=identifier,
            )


def _rooms(problem: Problem, slot: str) -> Iterator[Missing]:
    for person in problem.present(slot):
        workshops = problem.workshops_of(slot)
        if person.needs and not any(workshop.welcomes(person) for workshop in workshops):
            needs, when = ", ".join(sorted(person.needs)), problem.slot_name(slot)
            yield Missing(
                "need",
                f"Créneau « {when} » : aucune salle ne répond au besoin de {person.label} ({needs}).",
                tuple(
                    WayOut("equip_room", f"Équiper la salle de « {workshop.label} » : {needs}.", workshop.id, slot)
                    for workshop in workshops
                ),
                blocking=True,
                slot=slot,
                people=(person.id,),
            )


def _clusters(problem: Problem, slot: str) -> Iterator[Missing]:
    largest = max(w.tables[1] if w.tables is not None else w.capacity for w in problem.workshops_of(slot))
    for cluster in problem.clusters(slot):
        names = ", ".join(problem.person(person).label for person in cluster)
        against = [pair for pair in problem.pairs(slot, together=False) if set(pair) <= set(cluster)]
        if against:
            yield Missing(
                "contradictory_pairs",
                f"{names} : à la fois « ensemble » et « pas ensemble ».",
                (WayOut("drop_pair", "Retirer l’une des deux consignes.", slot=slot, people=against[0]),),
                blocking=True,
                slot=slot,
                people=cluster,
            )
        if len(cluster) > largest:
            yield Missing(
                "cluster",
                f"{len(cluster)} personnes doivent être ensemble ({names}) ; le plus grand groupe en tient {largest}.",
                (WayOut("drop_pair", "Retirer une consigne « ensemble ».", slot=slot, people=cluster),),
                blocking=True,
                slot=slot,
                people=cluster,
            )


def _minimum(problem: Problem, slot: str, people: Sequence[Person], workshops: Sequence[Workshop]) -> Iterator[Missing]:
    wanted = sum(workshop.minimum for workshop in workshops)
    if len(people) < wanted:
        yield Missing(
            "minimum",
            f"Créneau « {problem.slot_name(slot)} » : {_plural(len(people), 'personne')}, "
            f"les ateliers en demandent {wanted} au moins : il en manque {wanted - len(people)}.",
            tuple(
                WayOut(
                    "lower_minimum",
                    f"Baisser le minimum de « {workshop.label} » à {max(0, workshop.minimum - wanted + len(people))}.",
                    workshop.id,
                    slot,
                    amount=max(0, workshop.minimum - wanted + len(people)),
                )
                for workshop in workshops
                if workshop.minimum
            ),
            slot=slot,
        )


def _porteurs(slot: str, people: Sequence[Person], workshops: Sequence[Workshop]) -> Iterator[Missing]:
    volunteers = sum(person.volunteer_porteur for person in people)
    for workshop in workshops:
        if not workshop.porteur_needed:
            continue
        first = sum(person.wishes.get(slot, ())[:1] == (workshop.id,) for person in people)
        expected = min(workshop.capacity, max(first, workshop.minimum))
        tables = -(-expected // workshop.tables[1]) if workshop.tables is not None else int(expected > 0)
        if tables > volunteers:
            lack = tables - volunteers
            yield Missing(
                "porteurs",
                f"« {workshop.label} » : {_plural(tables, 'table')}, "
                f"{_plural(volunteers, 'personne propose', 'personnes proposent')} un sujet : "
                f"il manque {_plural(lack, 'porteur·euse', 'porteur·euses')} du sujet.",
                (WayOut("find_porteur", f"Trouver {_plural(lack, 'volontaire')}.", workshop.id, slot, amount=lack),),
                slot=slot,
                workshop=workshop.id,
            )


def _demand(slot: str, people: Sequence[Person], workshops: Sequence[Workshop]) -> Iterator[Missing]:
    for workshop in workshops:
        first = sum(person.wishes.get(slot, ())[:1] == (workshop.id,) for person in people)
        lack = first - workshop.capacity
        if lack <= 0:
            continue
        way = _more_places(workshop, lack)
        if way.kind == "add_table" and workshop.tables is not None and workshop.table_count is not None:
            tables = way.amount - workshop.table_count
            held = f"{_plural(workshop.table_count, 'table')} de {workshop.tables[1]}"
            missing = "il manque une table" if tables == 1 else f"il manque {tables} tables"
        else:
            held = _plural(workshop.capacity, "place")
            missing = "il manque une place" if lack == 1 else f"il manque {lack} places"
        yield Missing(
            "demand",
            f"{_plural(first, 'personne demande', 'personnes demandent')} « {workshop.label} », {held} : {missing}.",
            (way,),
            slot=slot,
            workshop=workshop.id,
        )


def _elastic(problem: Problem, slot: str) -> Iterator[Missing]:
    """The cheapest set of hard rules to relax in a slot; nothing when all can be kept."""
    people, workshops = problem.present(slot), problem.workshops_of(slot)
    row_of = {person.id: i for i, person in enumerate(people)}
    programme = Programme()
    price: dict[int, int] = {}
    seat = {(i, w): programme.variable() for i in range(len(people)) for w in range(len(workshops))}
    for i, person in enumerate(people):
        programme.row({seat[i, w]: 1 for w in range(len(workshops))}, 1, 1)
        lock = person.locks.get(slot)
        for w, workshop in enumerate(workshops):
            penalty = 0 if workshop.welcomes(person) else NEED
            penalty += LOCK if lock is not None and lock.workshop != workshop.id else 0
            if penalty:
                price[seat[i, w]] = penalty
    over: dict[int, int] = {}
    broken: dict[int, tuple[str, str]] = {}
    for w, workshop in enumerate(workshops):
        over[w] = programme.variable(len(people))
        price[over[w]] = CHAIR
        programme.row({seat[i, w]: 1 for i in range(len(people))} | {over[w]: -1}, upper=workshop.capacity)
    for together in (True, False):
        for a, b in problem.pairs(slot, together=together):
            give = programme.variable()
            broken[give], price[give] = (a, b), PAIR
            for w, workshop in enumerate(workshops):
                one, other = seat[row_of[a], w], seat[row_of[b], w]
                if together:
                    programme.row({one: 1, other: -1, give: -1}, upper=0)
                    programme.row({one: -1, other: 1, give: -1}, upper=0)
                elif workshop.tables is None or workshop.capacity <= 1 or workshop.table_count == 1:
                    programme.row({one: 1, other: 1, give: -1}, upper=1)
    if not people or not programme.minimise(price):
        return
    yield from _named(problem, slot, programme, seat, over, broken)


def _named(
    problem: Problem,
    slot: str,
    programme: Programme,
    seat: Mapping[tuple[int, int], int],
    over: Mapping[int, int],
    broken: Mapping[int, tuple[str, str]],
) -> Iterator[Missing]:
    people, workshops = problem.present(slot), problem.workshops_of(slot)
    for w, variable in over.items():
        lack = programme.value(variable)
        if lack:
            yield Missing(
                "places",
                f"Il manque {_plural(lack, 'place')} à « {workshops[w].label} » pour les personnes qui ne peuvent pas "
                "aller ailleurs (besoins, places fixées, paires).",
                (_more_places(workshops[w], lack),),
                blocking=True,
                slot=slot,
                workshop=workshops[w].id,
            )
    for variable, (a, b) in broken.items():
        if programme.value(variable):
            names = f"{problem.person(a).label} et {problem.person(b).label}"
            yield Missing(
                "pair",
                f"La consigne sur {names} ne peut pas être tenue au créneau « {problem.slot_name(slot)} ».",
                (WayOut("drop_pair", f"Retirer la consigne sur {names}.", slot=slot, people=(a, b)),),
                blocking=True,
                slot=slot,
                people=(a, b),
            )
    for (i, w), variable in seat.items():
        person, workshop = people[i], workshops[w]
        lock = person.locks.get(slot)
        if not programme.value(variable):
            continue
        if lock is not None and lock.workshop != workshop.id:
            label = problem.workshop(lock.workshop).label
            yield Missing(
                "lock",
                f"La place de {person.label}, fixée à « {label} », ne peut pas être tenue.",
                (WayOut("unlock", f"Libérer la place de {person.label}.", lock.workshop, slot, (person.id,)),),
                blocking=True,
                slot=slot,
                people=(person.id,),
            )
        elif not workshop.welcomes(person):
            needs = ", ".join(sorted(person.needs - workshop.facilities))
            yield Missing(
                "need",
                f"Les salles qui répondent au besoin de {person.label} ({needs}) sont pleines.",
                (WayOut("equip_room", f"Équiper la salle de « {workshop.label} » : {needs}.", workshop.id, slot),),
                blocking=True,
                slot=slot,
                people=(person.id,),
            )
