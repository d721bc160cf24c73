"""Why a person sits where they sit, in one or two French sentences addressed to them."""

from __future__ import annotations

from seating.plan import Plan, Seat
from seating.problem import CATEGORY_NAMES, Person, Problem, Workshop

ORDINALS = ("premier", "deuxième", "troisième", "quatrième", "cinquième", "sixième")


def explain(problem: Problem, plan: Plan, person_id: str, slot: str) -> str:
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
        return "Vous avez dit ne pas être là à ce moment."
    seat = plan.seat(person_id, slot)
    if seat is None:
        return "Vous n’avez pas encore de place à ce moment."
    if not problem.has_workshop(seat.workshop):
        return "Votre atelier a changé : voyez l’accueil."
    workshop = problem.workshop(seat.workshop)
    place = f"« {workshop.label} »" if seat.table is None else f"« {workshop.label} », table {seat.table}"
    return " ".join([f"{place} : {_why(problem, plan, person, workshop)}", *_around(problem, plan, person, seat)])


def _ordinal(rank: int) -> str:
    return ORDINALS[rank] if rank < len(ORDINALS) else f"{rank + 1}e"


def _why(problem: Problem, plan: Plan, person: Person, workshop: Workshop) -> str:
    slot = workshop.slot
    if slot in person.locks:
        return "votre place est fixée par l’organisation."
    wishes = person.wishes.get(slot, ())
    if not wishes:
        return "vous n’aviez pas donné de souhait ; votre place aide à équilibrer les ateliers."
    rank = wishes.index(workshop.id) if workshop.id in wishes else len(wishes)
    said = f"c’est votre {_ordinal(rank)} choix" if rank < len(wishes) else "vous ne l’aviez pas demandé"
    if rank == 0:
        return f"{said}."
    reasons = [_obstacle(problem, plan, person, problem.workshop(wish)) for wish in wishes[:rank]]
    return f"{said} ; {', '.join(reasons)}."


def _obstacle(problem: Problem, plan: Plan, person: Person, wish: Workshop) -> str:
    slot = wish.slot
    if not wish.welcomes(person):
        return f"la salle de « {wish.label} » ne répond pas à votre besoin"
    if any(person.id in pair for pair in problem.pairs(slot, together=True)):
        return f"pour rester avec la personne demandée, « {wish.label} » n’était pas possible"
    seated = sum(seat.workshop == wish.id for (_, when), seat in plan.seats.items() if when == slot)
    if seated >= wish.capacity:
        asked = sum(p.wishes.get(slot, ())[:1] == (wish.id,) for p in problem.present(slot))
        return f"« {wish.label} » est complet ({wish.capacity} places, {asked} premiers choix)"
    return f"« {wish.label} » n’a pas pu vous accueillir sans défaire les autres groupes (minimum, tables, habitant·es)"


def _around(problem: Problem, plan: Plan, person: Person, seat: Seat) -> list[str]:
    workshop = problem.workshop(seat.workshop)
    said = []
    if seat.porteur:
        said.append("Vous y apportez un sujet.")
    if seat.table is None:
        return said
    group = plan.groups(workshop.slot).get((seat.workshop, seat.table), [])
    others = [problem.person(p) for p in group if p != person.id and problem.has_person(p)]
    if not others:
        return said
    colleagues = sum(bool(person.organisation) and other.organisation == person.organisation for other in others)
    same = sum(other.category == person.category for other in others)
    if workshop.compose == "peers" and same:
        name = CATEGORY_NAMES.get(person.category, person.category)
        people = "une personne" if same == 1 else f"{same} personnes"
        said.append(f"Autour de la table, {people} du même type d’acteurs que vous ({name}).")
    elif workshop.compose == "mixed":
        kinds = len({other.category for other in others} | {person.category})
        said.append(f"Autour de la table, {kinds} catégorie{'s' if kinds > 1 else ''} d’acteurs.")
    if person.organisation and workshop.compose != "free":
        if colleagues == 1:
            said.append("Une personne de votre structure est à la même table.")
        elif colleagues:
            said.append(f"{colleagues} personnes de votre structure sont à la même table.")
        else:
            said.append("Personne de votre structure.")
    return said
