"""Why a person sits where they sit, in one or two French sentences addressed to them."""

from __future__ import annotations

from seating.plan import Plan, Seat
from seating.problem import CATEGORY_NAMES, Person, Problem, Workshop
from seating.words import Sentence, later, speak, speak_of, together

CHOICES = (
    later("c’est votre premier choix"),
    later("c’est votre deuxième choix"),
    later("c’est votre troisième choix"),
    later("c’est votre quatrième choix"),
    later("c’est votre cinquième choix"),
    later("c’est votre sixième choix"),
)


def explain(problem: Problem, plan: Plan, person_id: str, slot: str) -> Sentence:
    """Say why this person is there.

    Raises
    ------
    ValueError
        The person or the slot is not in the problem.
    """
    if not problem.has_person(person_id) or slot not in problem.slots:
        raise ValueError(f"unknown person {person_id!r} or slot {slot!r}")
    person = problem.person(person_id)
    if slot in person.absent_slots:
        return speak("Vous avez dit ne pas être là sur ce créneau.")
    seat = plan.seat(person_id, slot)
    if seat is None:
        return speak("Vous n’avez pas encore de place sur ce créneau.")
    if not problem.has_workshop(seat.workshop):
        return speak("Votre atelier a changé : voyez l’accueil.")
    workshop = problem.workshop(seat.workshop)
    place = (
        speak("« {label} »", label=workshop.label)
        if seat.table is None
        else speak("« {label} », table {table}", label=workshop.label, table=seat.table)
    )
    return together(
        " ",
        speak("{place} : {why}", place=place, why=_why(problem, plan, person, workshop)),
        *_around(problem, plan, person, seat),
    )


def _choice(rank: int) -> Sentence:
    return speak(CHOICES[rank]) if rank < len(CHOICES) else speak("c’est votre choix numéro {number}", number=rank + 1)


def _why(problem: Problem, plan: Plan, person: Person, workshop: Workshop) -> Sentence:
    slot = workshop.slot
    if slot in person.locks:
        return speak("votre place est fixée par l’organisation.")
    wishes = person.wishes.get(slot, ())
    if not wishes:
        return speak("vous n’aviez pas donné de souhait ; votre place aide à équilibrer les ateliers.")
    rank = wishes.index(workshop.id) if workshop.id in wishes else len(wishes)
    said = _choice(rank) if rank < len(wishes) else speak("vous ne l’aviez pas demandé")
    if rank == 0:
        return together("", said, ".")
    reasons = [_obstacle(problem, plan, person, problem.workshop(wish)) for wish in wishes[:rank]]
    return speak("{said} ; {reasons}.", said=said, reasons=together(", ", *reasons))


def _obstacle(problem: Problem, plan: Plan, person: Person, wish: Workshop) -> Sentence:
    slot = wish.slot
    if not wish.welcomes(person):
        return speak("la salle de « {label} » ne répond pas à votre besoin", label=wish.label)
    if any(person.id in pair for pair in problem.pairs(slot, together=True)):
        return speak("pour rester avec la personne demandée, « {label} » n’était pas possible", label=wish.label)
    seated = sum(seat.workshop == wish.id for (_, when), seat in plan.seats.items() if when == slot)
    if seated >= wish.capacity:
        asked = sum(p.wishes.get(slot, ())[:1] == (wish.id,) for p in problem.present(slot))
        return speak(
            "« {label} » est complet ({capacity} places, {asked} premiers choix)",
            label=wish.label,
            capacity=wish.capacity,
            asked=asked,
        )
    return speak(
        "« {label} » n’a pas pu vous accueillir sans défaire les autres groupes (minimum, tables, habitant·es)",
        label=wish.label,
    )


def _around(problem: Problem, plan: Plan, person: Person, seat: Seat) -> list[Sentence]:
    workshop = problem.workshop(seat.workshop)
    said = []
    if seat.porteur:
        said.append(speak("Vous y apportez un sujet."))
    if seat.table is None:
        return said
    group = plan.groups(workshop.slot).get((seat.workshop, seat.table), [])
    others = [problem.person(p) for p in group if p != person.id and problem.has_person(p)]
    if not others:
        return said
    colleagues = sum(bool(person.organisation) and other.organisation == person.organisation for other in others)
    same = sum(other.category == person.category for other in others)
    if workshop.compose == "peers" and same:
        name = speak(CATEGORY_NAMES.get(person.category, person.category))
        people = speak_of(same, "une personne", "{number} personnes")
        said.append(
            speak("Autour de la table, {people} du même type d’acteurs que vous ({name}).", people=people, name=name)
        )
    elif workshop.compose == "mixed":
        kinds = len({other.category for other in others} | {person.category})
        said.append(
            speak_of(
                kinds,
                "Autour de la table, {number} catégorie d’acteurs.",
                "Autour de la table, {number} catégories d’acteurs.",
            )
        )
    if person.organisation and workshop.compose != "free":
        if colleagues == 1:
            said.append(speak("Une personne de votre structure est à la même table."))
        elif colleagues:
            said.append(speak("{number} personnes de votre structure sont à la même table.", number=colleagues))
        else:
            said.append(speak("Personne de votre structure."))
    return said
