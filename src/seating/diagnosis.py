"""What is lacking, in words, and the ways out. Counts first, then an elastic programme for what counts do not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seating.lacks import Infeasible, Missing, WayOut
from seating.milp import Programme
from seating.problem import Person, Problem, Workshop
from seating.words import speak, speak_of

__all__ = ["Infeasible", "Missing", "WayOut", "diagnose"]

# Prices of the elastic programme: a chair more is the cheapest way out, then a pair, a lock, and last a need.
CHAIR, PAIR, LOCK, NEED = 1, 3, 4, 6


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
                    speak(
                        "{residents} est seul·e habitant·e au créneau « {name} » : il en faut au "
                        "moins deux pour que personne ne soit seul.",
                        residents=residents[0].label,
                        name=problem.slot_name(slot),
                    ),
                    (WayOut("find_resident", speak("Inviter un·e deuxième habitant·e."), slot=slot, amount=1),),
                    slot=slot,
                    people=(residents[0].id,),
                )
            )
    return sorted(found, key=lambda lack: not lack.blocking)


def _more_places(workshop: Workshop, places: int) -> WayOut:
    """One tap that makes room for so many people more, with as many tables as they take."""
    bound = workshop.capacity + places
    sentence = speak(
        "Passer « {label} » de {capacity} à {bound} places.",
        label=workshop.label,
        capacity=workshop.capacity,
        bound=bound,
    )
    return WayOut("raise_maximum", sentence, workshop.id, workshop.slot, amount=bound)


def _places(problem: Problem, slot: str) -> Iterator[Missing]:
    people, workshops = problem.present(slot), problem.workshops_of(slot)
    places = sum(workshop.capacity for workshop in workshops)
    if len(people) > places:
        lack = len(people) - places
        yield Missing(
            "places",
            speak(
                "Créneau « {name} » : {first} pour {second} : il manque {third}.",
                name=problem.slot_name(slot),
                first=speak_of(len(people), "{number} personne", "{number} personnes"),
                second=speak_of(places, "{number} place", "{number} places"),
                third=speak_of(lack, "{number} place", "{number} places"),
            ),
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
                speak(
                    "{label} a une place fixée à « {label2} », dont la salle ne répond pas à son besoin : {needs}.",
                    label=person.label,
                    label2=workshop.label,
                    needs=needs,
                ),
                (
                    WayOut(
                        "unlock",
                        speak("Libérer la place de {label}.", label=person.label),
                        workshop.id,
                        slot,
                        (person.id,),
                    ),
                    _equip(workshop, person.needs - workshop.facilities),
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
                speak(
                    "{first} à « {label} », qui en compte {capacity}.",
                    first=speak_of(count, "{number} place fixée", "{number} places fixées"),
                    label=workshop.label,
                    capacity=workshop.capacity,
                ),
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
                speak(
                    "{first} à la table {table} de « {label} », {tables} au plus.",
                    first=speak_of(count, "{number} place fixée", "{number} places fixées"),
                    table=table,
                    label=workshop.label,
                    tables=workshop.tables[1],
                ),
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
                speak(
                    "Créneau « {when} » : aucune salle ne répond au besoin de {label} ({needs}).",
                    when=when,
                    label=person.label,
                    needs=needs,
                ),
                tuple(_equip(workshop, person.needs - workshop.facilities) for workshop in workshops),
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
                speak("{names} : à la fois « ensemble » et « pas ensemble ».", names=names),
                (WayOut("drop_pair", speak("Retirer l’une des deux consignes."), slot=slot, people=against[0]),),
                blocking=True,
                slot=slot,
                people=cluster,
            )
        if len(cluster) > largest:
            yield Missing(
                "cluster",
                speak(
                    "{count} personnes doivent être ensemble ({names}) ; le plus grand groupe en tient {largest}.",
                    count=len(cluster),
                    names=names,
                    largest=largest,
                ),
                (WayOut("drop_pair", speak("Retirer une consigne « ensemble »."), slot=slot, people=cluster),),
                blocking=True,
                slot=slot,
                people=cluster,
            )


def _minimum(problem: Problem, slot: str, people: Sequence[Person], workshops: Sequence[Workshop]) -> Iterator[Missing]:
    wanted = sum(workshop.minimum for workshop in workshops)
    if len(people) < wanted:
        yield Missing(
            "minimum",
            speak(
                "Créneau « {name} » : {first}, les ateliers en demandent {wanted} au moins : il en manque {lack}.",
                name=problem.slot_name(slot),
                first=speak_of(len(people), "{number} personne", "{number} personnes"),
                wanted=wanted,
                lack=wanted - len(people),
            ),
            tuple(
                WayOut(
                    "lower_minimum",
                    speak(
                        "Baisser le minimum de « {label} » à {least}.",
                        label=workshop.label,
                        least=max(0, workshop.minimum - wanted + len(people)),
                    ),
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
                speak(
                    "« {label} » : {first}, {second} un sujet : il manque {third} du sujet.",
                    label=workshop.label,
                    first=speak_of(tables, "{number} table", "{number} tables"),
                    second=speak_of(volunteers, "{number} personne propose", "{number} personnes proposent"),
                    third=speak_of(lack, "{number} porteur·euse", "{number} porteur·euses"),
                ),
                (
                    WayOut(
                        "find_porteur",
                        speak_of(lack, "Trouver {number} volontaire.", "Trouver {number} volontaires."),
                        workshop.id,
                        slot,
                        amount=lack,
                    ),
                ),
                slot=slot,
                workshop=workshop.id,
            )


def _demand(slot: str, people: Sequence[Person], workshops: Sequence[Workshop]) -> Iterator[Missing]:
    for workshop in workshops:
        first = sum(person.wishes.get(slot, ())[:1] == (workshop.id,) for person in people)
        lack = first - workshop.capacity
        if lack <= 0:
            continue
        held = speak_of(workshop.capacity, "{number} place", "{number} places")
        missing = speak_of(lack, "il manque une place", "il manque {number} places")
        yield Missing(
            "demand",
            speak(
                "{first} « {label} », {held} : {missing}.",
                first=speak_of(first, "{number} personne demande", "{number} personnes demandent"),
                label=workshop.label,
                held=held,
                missing=missing,
            ),
            (_more_places(workshop, lack),),
            slot=slot,
            workshop=workshop.id,
        )


@dataclass(frozen=True)
class _Kind:
    """People who are the same to the elastic programme."""

    people: tuple[Person, ...]
    locked: str | None
    refused: tuple[str, ...]  # workshops whose room does not answer their needs


def _kinds(problem: Problem, slot: str) -> list[_Kind]:
    paired = {person for pair in (*problem.together, *problem.apart) if pair.holds(slot) for person in (pair.a, pair.b)}
    found: dict[tuple[str, str | None, frozenset[str]], list[Person]] = {}
    for person in problem.present(slot):
        lock = person.locks.get(slot)
        key = (person.id if person.id in paired else "", lock.workshop if lock else None, person.needs)
        found.setdefault(key, []).append(person)
    return [
        _Kind(tuple(people), locked, tuple(w.id for w in problem.workshops_of(slot) if not needs <= w.facilities))
        for (_, locked, needs), people in found.items()
    ]


def _elastic(problem: Problem, slot: str) -> Iterator[Missing]:
    """The cheapest set of hard rules to relax in a slot; nothing when all can be kept."""
    kinds, workshops = _kinds(problem, slot), problem.workshops_of(slot)
    kind_of = {person.id: k for k, kind in enumerate(kinds) for person in kind.people}
    programme = Programme()
    price: dict[int, int] = {}
    seat: dict[tuple[int, str], int] = {}
    for k, kind in enumerate(kinds):
        for workshop in workshops:
            seat[k, workshop.id] = variable = programme.variable(len(kind.people))
            penalty = NEED if workshop.id in kind.refused else 0
            penalty += LOCK if kind.locked not in (None, workshop.id) else 0
            if penalty:
                price[variable] = penalty
        count = len(kind.people)
        programme.row({seat[k, workshop.id]: 1 for workshop in workshops}, count, count)
    over: dict[str, int] = {}
    broken: dict[int, tuple[str, str]] = {}
    for workshop in workshops:
        over[workshop.id] = extra = programme.variable(len(problem.present(slot)))
        price[extra] = CHAIR
        everybody = {seat[k, workshop.id]: 1 for k in range(len(kinds))}
        programme.row(everybody | {extra: -1}, upper=workshop.capacity)
    bound = {person: len(cluster) for cluster in problem.clusters(slot) for person in cluster}
    for together in (True, False):
        for a, b in problem.pairs(slot, together=together):
            give = programme.variable()
            broken[give], price[give] = (a, b), PAIR
            for workshop in workshops:
                one, other = seat[kind_of[a], workshop.id], seat[kind_of[b], workshop.id]
                if together:
                    programme.row({one: 1, other: -1, give: -1}, upper=0)
                    programme.row({one: -1, other: 1, give: -1}, upper=0)
                    if workshop.tables is not None and bound[a] > workshop.tables[1]:
                        programme.row({one: 1, other: 1, give: -1}, upper=1)
                elif workshop.tables is None or workshop.capacity <= 1 or workshop.table_count == 1:
                    programme.row({one: 1, other: 1, give: -1}, upper=1)
    if not kinds or not programme.minimise(price):
        return
    for workshop in workshops:
        if lack := programme.value(over[workshop.id]):
            inside = [kind for k, kind in enumerate(kinds) if programme.value(seat[k, workshop.id])]
            yield _too_small(problem, workshop, lack, inside)
    for variable, (a, b) in broken.items():
        if programme.value(variable):
            yield _broken_pair(problem, slot, a, b)
    for (k, identifier), variable in seat.items():
        if price.get(variable):
            for person in kinds[k].people[: programme.value(variable)]:
                yield from _displaced(problem, person, problem.workshop(identifier))


def _too_small(problem: Problem, workshop: Workshop, lack: int, inside: Sequence[_Kind]) -> Missing:
    """More people who can be nowhere else than a workshop holds: make it larger, or open another one to them."""
    needs = frozenset[str]().union(*(kind.people[0].needs for kind in inside if kind.locked is None))
    others = [w for w in problem.workshops_of(workshop.slot) if needs - w.facilities]
    return Missing(
        "places",
        speak(
            "Il manque {first} à « {label} » pour les personnes qui ne peuvent pas aller ailleurs "
            "(besoins, places fixées, paires).",
            first=speak_of(lack, "{number} place", "{number} places"),
            label=workshop.label,
        ),
        (_more_places(workshop, lack), *(_equip(other, needs - other.facilities) for other in others)),
        blocking=True,
        slot=workshop.slot,
        workshop=workshop.id,
    )


def _equip(workshop: Workshop, needs: frozenset[str]) -> WayOut:
    lacking = tuple(sorted(needs))
    sentence = speak("Équiper la salle de « {label} » : {needs}.", label=workshop.label, needs=", ".join(lacking))
    return WayOut("equip_room", sentence, workshop.id, workshop.slot, facilities=lacking)


def _broken_pair(problem: Problem, slot: str, a: str, b: str) -> Missing:
    names = speak("{a} et {b}", a=problem.person(a).label, b=problem.person(b).label)
    return Missing(
        "pair",
        speak(
            "La consigne sur {names} ne peut pas être tenue au créneau « {name} ».",
            names=names,
            name=problem.slot_name(slot),
        ),
        (WayOut("drop_pair", speak("Retirer la consigne sur {names}.", names=names), slot=slot, people=(a, b)),),
        blocking=True,
        slot=slot,
        people=(a, b),
    )


def _displaced(problem: Problem, person: Person, workshop: Workshop) -> Iterator[Missing]:
    """Somebody for whom it is cheapest to give up a lock or a need."""
    lock = person.locks.get(workshop.slot)
    if lock is not None and lock.workshop != workshop.id:
        label = problem.workshop(lock.workshop).label
        yield Missing(
            "lock",
            speak(
                "La place de {label}, fixée à « {label2} », ne peut pas être tenue.", label=person.label, label2=label
            ),
            (
                WayOut(
                    "unlock",
                    speak("Libérer la place de {label}.", label=person.label),
                    lock.workshop,
                    workshop.slot,
                    (person.id,),
                ),
            ),
            blocking=True,
            slot=workshop.slot,
            people=(person.id,),
        )
    elif not workshop.welcomes(person):
        lacking = person.needs - workshop.facilities
        yield Missing(
            "need",
            speak(
                "Les salles qui répondent au besoin de {label} ({needs}) sont pleines.",
                label=person.label,
                needs=", ".join(sorted(lacking)),
            ),
            (_equip(workshop, lacking),),
            blocking=True,
            slot=workshop.slot,
            people=(person.id,),
        )
