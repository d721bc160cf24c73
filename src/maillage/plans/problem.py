"""From registrations and workshops to a problem of `seating`, and back. The one door to that package, with services."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

import seating
from maillage.gatherings.enums import Composition
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.matching import fold
from maillage.people.models import Tie
from maillage.people.ties import ties_of
from maillage.plans.encounters import earlier_encounters
from maillage.plans.enums import PairKind
from maillage.plans.models import Placement, Plan
from maillage.plans.pairs import seating_pairs
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.queries import registrations_of, workshop_slots
from maillage.registrations.values import nested

STEP_FREE = "place pour fauteuil roulant"  # seating says it as it is, in the sentences of what lacks
WHEELCHAIR = ("fauteuil", "pmr", "mobilite reduite")  # folded words of a need that a room must answer
# Among peers one never sits with one's funder or head if it can be: more than two people of a table of ten can lose of
# their likeness by changing places (2 × 9 × 3, and colleagues); less than a hard rule, which says « impossible ».
TIE_WEIGHT = 100
PORTEUR_METHODS = ("codev",)  # someone must bring a subject at each table


class NothingToPlan(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Situation:
    """A problem, with the rows it was made of."""

    problem: seating.Problem
    slots: dict[str, Slot]
    workshops: dict[str, Workshop]
    registrations: dict[str, Registration]
    notes: tuple[str, ...]
    ties: tuple[Tie, ...] = ()  # between structures that come, when there are tables of peers


def situation_of(gathering: Gathering, locked: Iterable[Placement] = ()) -> Situation:
    """The problem as it stands now: cancelled people are out, absent people have no seat, locks hold."""
    slots = workshop_slots(gathering)
    if not slots:
        raise NothingToPlan(_("Le programme n’a pas encore d’ateliers : il n’y a rien à répartir."))
    registrations = [r for r in registrations_of(gathering) if r.status == RegistrationStatus.REGISTERED]
    if not registrations:
        raise NothingToPlan(_("Personne n’est encore inscrit : il n’y a rien à répartir."))
    workshops = {str(workshop.pk): workshop for slot in slots for workshop in slot.workshops.all()}
    every_slot = frozenset(str(slot.pk) for slot in slots)
    locks: dict[str, dict[str, seating.Lock]] = {}
    for placement in locked:
        workshop = workshops.get(str(placement.workshop_id))
        if workshop is not None:
            table = placement.table if workshop.table_max else None
            locks.setdefault(str(placement.registration_id), {})[str(workshop.slot_id)] = seating.Lock(
                str(workshop.pk), table
            )
    wheelchairs = [r for r in registrations if _needs_step_free(r)]
    people = tuple(
        _person(registration, locks.get(str(registration.pk), {}), every_slot) for registration in registrations
    )
    pairs = seating_pairs(gathering)
    ties = _ties(gathering, registrations, workshops.values())
    problem = seating.Problem(
        slots=tuple(str(slot.pk) for slot in slots),
        people=people,
        workshops=tuple(_workshop(workshop, len(people)) for workshop in workshops.values()),
        together=pairs[PairKind.TOGETHER],
        apart=pairs[PairKind.APART],
        encounters=earlier_encounters(gathering, registrations),
        ties=tuple(dict.fromkeys((tie.upper.name, tie.lower.name) for tie in ties)),
        weights=seating.Weights(hierarchy=TIE_WEIGHT),
        slot_names={str(slot.pk): slot.title for slot in slots},
    )
    return Situation(
        problem,
        {str(slot.pk): slot for slot in slots},
        workshops,
        {str(registration.pk): registration for registration in registrations},
        (*_about_rooms(workshops.values(), len(wheelchairs)), *_about_sizes(workshops.values())),
        ties,
    )


def _ties(
    gathering: Gathering, registrations: Iterable[Registration], workshops: Iterable[Workshop]
) -> tuple[Tie, ...]:
    if not any(workshop.compose == Composition.PEERS and workshop.table_max for workshop in workshops):
        return ()
    here = {registration.person.organisation_id for registration in registrations}
    return tuple(tie for tie in ties_of(gathering.space) if {tie.upper_id, tie.lower_id} <= here)


def _person(registration: Registration, locks: dict[str, seating.Lock], every_slot: frozenset[str]) -> seating.Person:
    person = registration.person
    wishes: dict[str, list[str]] = {}
    for wish in registration.wishes.all():
        wishes.setdefault(str(wish.slot_id), []).append(str(wish.workshop_id))
    commune = person.commune
    return seating.Person(
        id=str(registration.pk),
        category=person.category,
        organisation=person.organisation.name if person.organisation else "",  # one name, one row; sentences say it
        territory=(commune.epci_id if commune and commune.epci_id else fold(person.territory_text)) or "",
        name=person.full_name,
        needs=frozenset({STEP_FREE}) if _needs_step_free(registration) else frozenset(),
        wishes={slot: tuple(ranked) for slot, ranked in wishes.items() if slot in every_slot},
        volunteer_porteur=registration.volunteer_porteur,
        absent_slots=every_slot if registration.presence == Presence.ABSENT else frozenset(),
        locks=locks,
    )


def _needs_step_free(registration: Registration) -> bool:
    folded = fold(registration.needs)
    return any(word in folded for word in WHEELCHAIR)


def _workshop(workshop: Workshop, people: int) -> seating.Workshop:
    bounds = [bound for bound in (workshop.max_people, workshop.room and workshop.room.capacity) if bound]
    maximum = min(bounds) if bounds else max(people, 1)
    tables = None
    if workshop.table_max:
        tables = (workshop.table_min or 1, workshop.table_max)
    refused = workshop.room is not None and workshop.room.step_free is False
    return seating.Workshop(
        id=str(workshop.pk),
        slot=str(workshop.slot_id),
        maximum=maximum,
        minimum=min(workshop.min_people or 0, maximum),
        name=nested(workshop.short_title or workshop.title),  # its sentences put it between guillemets
        tables=tables,
        facilities=frozenset() if refused else frozenset({STEP_FREE}),
        porteur_needed=workshop.compose == Composition.PEERS or workshop.method in PORTEUR_METHODS,
        compose=workshop.compose,  # type: ignore[arg-type]  # Composition's values are seating's words, tested
    )


def _about_rooms(workshops: Iterable[Workshop], wheelchairs: int) -> list[str]:
    rooms = sorted({w.room.name for w in workshops if w.room is not None and w.room.step_free is None})
    if not wheelchairs or not rooms:
        return []
    return [
        seating.speak_of(
            wheelchairs,
            "{number} personne a besoin d’une place pour fauteuil roulant ; on ne sait pas si ces salles le "
            "permettent : {rooms}.",
            "{number} personnes ont besoin d’une place pour fauteuil roulant ; on ne sait pas si ces salles le "
            "permettent : {rooms}.",
            rooms=", ".join(rooms),
        )
    ]


def _about_sizes(workshops: Iterable[Workshop]) -> list[str]:
    assumed = [str(workshop) for workshop in workshops if workshop.sizes_assumed]
    if not assumed:
        return []
    return [seating.speak("Nombres de places supposés (hypothèse) : {workshops}.", workshops=", ".join(assumed))]


def known_seats(situation: Situation, plan: Plan) -> seating.Plan:
    """The seats of who is still registered, where there is still a workshop."""
    whole = seating_plan(plan)
    seats = {
        key: seat
        for key, seat in whole.seats.items()
        if key[0] in situation.registrations and seat.workshop in situation.workshops
    }
    return seating.Plan(seats, seed=whole.seed)


def seating_plan(plan: Plan) -> seating.Plan:
    return seating.Plan(
        seats={
            (str(p.registration_id), str(p.slot_id)): seating.Seat(str(p.workshop_id), p.table, p.porteur)
            for p in plan.placements.all()
        },
        seed=plan.seed,
    )
