"""Recount a plan against its problem, rule by rule. Shares nothing with the solver: only `problem` and `plan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from seating.plan import FREE, UNWISHED, Plan, Seat
from seating.problem import RESIDENT, Person, Problem, Workshop
from seating.words import speak, speak_of

Level = Literal["hard", "relaxable", "soft"]


@dataclass(frozen=True)
class Violation:
    """One rule that a plan does not keep.

    Attributes
    ----------
    kind : str
        Stable English name, e.g. ``"over_maximum"``.
    level : {"hard", "relaxable", "soft"}
        Hard: the plan must not be used. Relaxable: a rule that may give way only where nothing keeps it. Soft: a wish
        of the mix.
    sentence : str
        French, for the organiser.
    """

    kind: str
    level: Level
    sentence: str
    slot: str = ""
    workshop: str = ""
    table: int | None = None
    people: tuple[str, ...] = ()


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Everything wrong with a plan, hard rules first; an empty list when there is nothing to say.

    Complexity: people x slots, plus the pairs of each table.
    """
    found = [*_strays(problem, plan)]
    for slot in problem.slots:
        found += _seats(problem, plan, slot)
        found += _pairs(problem, plan, slot)
        seated: dict[str, list[Person]] = {}
        for person in problem.present(slot):
            if seat := plan.seat(person.id, slot):
                seated.setdefault(seat.workshop, []).append(person)
        for workshop in problem.workshops_of(slot):
            members = seated.get(workshop.id, [])
            found += _workshop(problem, workshop, members)
            found += _tables(problem, plan, workshop, members)
    found += _figures(problem, plan)
    found += _met_again(problem, plan)
    order: dict[str, int] = {"hard": 0, "relaxable": 1, "soft": 2}
    return sorted(found, key=lambda violation: order[violation.level])


def _strays(problem: Problem, plan: Plan) -> Iterator[Violation]:
    for (person, slot), seat in plan.seats.items():
        if not problem.has_person(person):
            yield Violation(
                "unknown_person",
                "hard",
                speak("« {person} » a une place mais n’est pas inscrit·e.", person=person),
                slot,
            )
        elif slot not in problem.slots:
            yield Violation(
                "unknown_slot",
                "hard",
                speak(
                    "{person} a une place au créneau « {slot} », qui n’existe pas.",
                    person=problem.person(person).label,
                    slot=slot,
                ),
                slot,
                people=(person,),
            )
        elif slot in problem.person(person).absent_slots:
            yield Violation(
                "absent_seated",
                "hard",
                speak(
                    "{person} a une place au créneau « {name} » mais n’est pas là.",
                    person=problem.person(person).label,
                    name=problem.slot_name(slot),
                ),
                slot,
                seat.workshop,
                people=(person,),
            )


def _seats(problem: Problem, plan: Plan, slot: str) -> Iterator[Violation]:
    for person in problem.present(slot):
        seat = plan.seat(person.id, slot)
        if seat is None:
            yield Violation(
                "no_seat",
                "hard",
                speak(
                    "{label} n’a pas de place au créneau « {name} ».", label=person.label, name=problem.slot_name(slot)
                ),
                slot,
                people=(person.id,),
            )
            continue
        if not problem.has_workshop(seat.workshop) or problem.workshop(seat.workshop).slot != slot:
            yield Violation(
                "wrong_workshop",
                "hard",
                speak(
                    "{label} est placé·e dans l’atelier « {workshop} », qui n’existe pas au créneau « {name} ».",
                    label=person.label,
                    workshop=seat.workshop,
                    name=problem.slot_name(slot),
                ),
                slot,
                seat.workshop,
                people=(person.id,),
            )
            continue
        yield from _seat(problem, person, seat, problem.workshop(seat.workshop))


def _seat(problem: Problem, person: Person, seat: Seat, workshop: Workshop) -> Iterator[Violation]:
    def fault(kind: str, sentence: str) -> Violation:
        return Violation(kind, "hard", sentence, workshop.slot, workshop.id, seat.table, (person.id,))

    lock = person.locks.get(workshop.slot)
    if lock is not None and lock.workshop != seat.workshop:
        wanted = problem.workshop(lock.workshop).label
        yield fault(
            "lock_workshop",
            speak(
                "{label} est dans « {label2} », sa place est fixée à « {wanted} ».",
                label=person.label,
                label2=workshop.label,
                wanted=wanted,
            ),
        )
    elif lock is not None and lock.table is not None and lock.table != seat.table:
        yield fault(
            "lock_table",
            speak(
                "{label} est à la table {table} de « {label2} », sa place est fixée à la table {table2}.",
                label=person.label,
                table=seat.table,
                label2=workshop.label,
                table2=lock.table,
            ),
        )
    lacking = sorted(person.needs - workshop.facilities)
    if lacking:
        yield fault(
            "need",
            speak(
                "La salle de « {label} » ne répond pas au besoin de {label2} : {needs}.",
                label=workshop.label,
                label2=person.label,
                needs=", ".join(lacking),
            ),
        )
    if workshop.tables is None and seat.table is not None:
        yield fault(
            "table_unexpected",
            speak("{label} a une table dans « {label2} », qui n’en a pas.", label=person.label, label2=workshop.label),
        )
    if workshop.tables is not None and seat.table is None:
        yield fault(
            "table_missing",
            speak("{label} n’a pas de table dans « {label2} ».", label=person.label, label2=workshop.label),
        )
    if seat.porteur and not person.volunteer_porteur:
        yield fault("porteur_unwilling", speak("{label} apporte un sujet sans s’être proposé·e.", label=person.label))
    if seat.porteur and not workshop.porteur_needed:
        yield fault(
            "porteur_unneeded",
            speak(
                "{label} apporte un sujet dans « {label2} », qui n’en demande pas.",
                label=person.label,
                label2=workshop.label,
            ),
        )


def _pairs(problem: Problem, plan: Plan, slot: str) -> Iterator[Violation]:
    for together in (True, False):
        for a, b in problem.pairs(slot, together=together):
            one, other = plan.seat(a, slot), plan.seat(b, slot)
            if one is None or other is None:
                continue
            joined = (one.workshop, one.table) == (other.workshop, other.table)
            if joined != together:
                names = speak("{a} et {b}", a=problem.person(a).label, b=problem.person(b).label)
                why = speak("devaient être ensemble") if together else speak("ne devaient pas être ensemble")
                kind = "together_split" if together else "apart_joined"
                sentence = speak(
                    "{names} {why} au créneau « {name} ».", names=names, why=why, name=problem.slot_name(slot)
                )
                yield Violation(kind, "hard", sentence, slot, one.workshop, one.table, (a, b))


def _workshop(problem: Problem, workshop: Workshop, members: list[Person]) -> Iterator[Violation]:
    def fault(kind: str, level: Level, sentence: str, people: tuple[str, ...] = ()) -> Violation:
        return Violation(kind, level, sentence, workshop.slot, workshop.id, None, people)

    count = len(members)
    if count > workshop.maximum:
        yield fault(
            "over_maximum",
            "hard",
            speak(
                "« {label} » : {count} personnes pour {maximum} places.",
                label=workshop.label,
                count=count,
                maximum=workshop.maximum,
            ),
        )
    if count < workshop.minimum:
        yield fault(
            "below_minimum",
            "relaxable",
            speak(
                "« {label} » : {people}, il en faut au moins {minimum}.",
                label=workshop.label,
                people=_people(count),
                minimum=workshop.minimum,
            ),
        )
    residents = [person for person in members if person.category == RESIDENT]
    if len(residents) == 1:
        yield fault(
            "resident_alone",
            "relaxable",
            speak(
                "« {label} » : {residents} est seul·e habitant·e.", label=workshop.label, residents=residents[0].label
            ),
            (residents[0].id,),
        )


def _tables(problem: Problem, plan: Plan, workshop: Workshop, members: list[Person]) -> Iterator[Violation]:
    seats = {person.id: seat for person in members if (seat := plan.seat(person.id, workshop.slot))}
    groups: dict[int | None, list[Person]] = {}
    for person in members:
        groups.setdefault(seats[person.id].table, []).append(person)
    if workshop.tables is not None and workshop.table_count is not None and len(groups) > workshop.table_count:
        sentence = speak(
            "« {label} » : {count} tables, la salle en a {count2}.",
            label=workshop.label,
            count=len(groups),
            count2=workshop.table_count,
        )
        yield Violation("too_many_tables", "hard", sentence, workshop.slot, workshop.id)
    else:
        yield from _beyond(workshop, groups)
    residents_here = sum(person.category == RESIDENT for person in members)
    for table, group in sorted(groups.items(), key=lambda item: item[0] or 0):
        where = (
            speak("« {label} »", label=workshop.label)
            if table is None
            else speak("« {label} », table {table}", label=workshop.label, table=table)
        )

        def fault(
            kind: str, level: Level, said: str, people: list[Person], where: str = where, table: int | None = table
        ) -> Violation:
            ids = tuple(person.id for person in people)
            sentence = speak("{place} : {why}", place=where, why=said)
            return Violation(kind, level, sentence, workshop.slot, workshop.id, table, ids)

        if workshop.tables is not None and table is not None:
            least, most = workshop.tables
            if len(group) > most:
                yield fault(
                    "table_over",
                    "hard",
                    speak("{people}, {most} au plus.", people=_people(len(group)), most=most),
                    group,
                )
            if len(group) < least:
                yield fault(
                    "table_small",
                    "relaxable",
                    speak("{people}, {least} au moins.", people=_people(len(group)), least=least),
                    group,
                )
            residents = [person for person in group if person.category == RESIDENT]
            if len(residents) == 1 and residents_here > 1:
                said = speak("{residents} est seul·e habitant·e à la table.", residents=residents[0].label)
                yield fault("resident_alone_table", "relaxable", said, residents)
        porteurs = [person for person in group if seats[person.id].porteur]
        if len(porteurs) > 1:
            names = ", ".join(person.label for person in porteurs)
            yield fault(
                "porteur_double",
                "hard",
                speak("{count} personnes apportent un sujet ({names}).", count=len(porteurs), names=names),
                porteurs,
            )
        if workshop.porteur_needed and not porteurs:
            yield fault("porteur_missing", "relaxable", speak("personne n’apporte de sujet."), [])
        if table is None or workshop.compose == "free":
            continue
        ties = {frozenset(tie) for tie in problem.ties}
        for one, other in combinations(group, 2):
            if one.organisation and one.organisation == other.organisation:
                said = speak(
                    "{label} et {label2} sont de la même structure ({organisation}).",
                    label=one.label,
                    label2=other.label,
                    organisation=one.organisation,
                )
                yield fault("colleagues", "soft", said, [one, other])
            elif workshop.compose == "peers" and frozenset((one.organisation, other.organisation)) in ties:
                said = speak(
                    "{label} ({organisation}) et {label2} ({organisation2}) : une structure finance "
                    "ou encadre l’autre.",
                    label=one.label,
                    organisation=one.organisation,
                    label2=other.label,
                    organisation2=other.organisation,
                )
                yield fault("hierarchy", "soft", said, [one, other])


def _beyond(workshop: Workshop, groups: Mapping[int | None, list[Person]]) -> Iterator[Violation]:
    """A table that the room does not have, though there are few enough."""
    for table in sorted(number for number in groups if number is not None):
        if workshop.tables is not None and workshop.table_count is not None and table > workshop.table_count:
            sentence = speak(
                "« {label} », table {table} : la salle n’en a que {count}.",
                label=workshop.label,
                table=table,
                count=workshop.table_count,
            )
            people = tuple(person.id for person in groups[table])
            yield Violation("table_beyond", "hard", sentence, workshop.slot, workshop.id, table, people)


def _met_again(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Pairs at a same table twice today, or who had met before and share a table."""
    met: dict[frozenset[str], str] = {
        frozenset((encounter.a, encounter.b)): speak("lors d’une rencontre précédente")
        for encounter in problem.encounters
    }
    for slot in problem.slots:
        for (workshop, table), group in plan.groups(slot).items():
            if table is None:
                continue
            known = sorted(person for person in group if problem.has_person(person))
            for a, b in combinations(known, 2):
                before = met.get(frozenset((a, b)))
                if before:
                    names = speak("{a} et {b}", a=problem.person(a).label, b=problem.person(b).label)
                    sentence = speak(
                        "{names} se retrouvent à la table {table} : déjà ensemble {before}.",
                        names=names,
                        table=table,
                        before=before,
                    )
                    yield Violation("met_again", "soft", sentence, slot, workshop, table, (a, b))
                else:
                    met[frozenset((a, b))] = speak("au créneau « {name} »", name=problem.slot_name(slot))


def _figures(problem: Problem, plan: Plan) -> Iterator[Violation]:
    regret = 0
    for slot in problem.slots:
        offered = len(problem.workshops_of(slot))
        ranks: Counter[str] = Counter()
        for person in problem.present(slot):
            seat = plan.seat(person.id, slot)
            if seat is None:
                continue
            wishes = person.wishes.get(slot, ())
            if seat.workshop in wishes:
                regret += 2 * wishes.index(seat.workshop)
                ranks[str(wishes.index(seat.workshop) + 1)] += 1
            else:
                regret += len(wishes) + offered - 1 if wishes else 0
                ranks[UNWISHED if wishes else FREE] += 1
        said = Counter(plan.ranks.get(slot, {}))
        if +said != ranks:
            yield Violation(
                "wrong_ranks",
                "hard",
                speak(
                    "Créneau « {name} » : les comptes par souhait annoncés ne sont pas ceux du plan.",
                    name=problem.slot_name(slot),
                ),
                slot,
            )
    if regret != plan.regret:
        yield Violation(
            "wrong_regret",
            "hard",
            speak("Le regret annoncé est {regret}, le plan donne {regret2}.", regret=plan.regret, regret2=regret),
        )


def _people(count: int) -> str:
    return speak_of(count, "{number} personne", "{number} personnes")
