"""What lacks for a plan, and the ways out that are one tap: a bound of a workshop changed, or a place set free.

Only a way that is proposed at this instant is taken: it is found again by its key, so nothing else can be asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import seating
from maillage.gatherings.models import Gathering, Room, Workshop
from maillage.gatherings.services import change_part
from maillage.plans.problem import Situation
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import CannotPlan, Refused
from maillage.plans.services import Stay, lock_placement, plan_situation

Bound = Literal["max_people", "min_people"]
MOST_PEOPLE = 32_767  # what the column holds
BOUNDS: dict[str, Bound] = {"raise_maximum": "max_people", "lower_minimum": "min_people"}


@dataclass(frozen=True)
class Way:
    """`key` is "" where the tool cannot do it: somebody must be found, a room must be seen to."""

    sentence: str
    key: str = ""


@dataclass(frozen=True)
class Lack:
    sentence: str
    ways: tuple[Way, ...] = ()
    blocking: bool = False


@dataclass(frozen=True)
class Field:
    """One number of the programme that a way out changed, for an undo."""

    part: Literal["workshop", "room"]
    pk: str
    name: str
    before: Any
    after: Any


class NoSuchWay(Refused):
    def __init__(self) -> None:
        super().__init__(_("Ce n’est plus proposé : le programme ou les inscriptions ont changé depuis."))


class ProgrammeChangedSince(Refused):
    def __init__(self) -> None:
        super().__init__(_("Cet atelier a changé depuis : cela ne se défait plus. Modifiez-le dans le programme."))


def lacks_of(gathering: Gathering) -> list[Lack]:
    """Blocking ones first; one sentence when there is nothing to plan at all."""
    try:
        situation = plan_situation(gathering, latest_plan(gathering))
    except CannotPlan as refusal:
        return [Lack(refusal.sentence, blocking=True)]
    return [
        Lack(
            lack.sentence,
            tuple(Way(way.sentence, _key(way) if _can_take(situation, way) else "") for way in lack.ways_out),
            lack.blocking,
        )
        for lack in seating.diagnose(situation.problem)
    ]


def take_way_out(*, gathering: Gathering, key: str, by: object) -> list[Field] | Stay:
    """Does what the way says, and returns what changed. Raises NoSuchWay when it is not proposed any more."""
    with transaction.atomic():
        list(Workshop.objects.select_for_update().filter(slot__gathering=gathering).values_list("pk"))
        last = latest_plan(gathering)
        situation = plan_situation(gathering, last)
        ways = (way for lack in seating.diagnose(situation.problem) for way in lack.ways_out)
        way = next((way for way in ways if key and _key(way) == key and _can_take(situation, way)), None)
        if way is None:
            raise NoSuchWay
        if way.kind in BOUNDS:
            return _set_bound(situation.workshops[way.workshop], BOUNDS[way.kind], way.amount, str(by))
        person, slot = UUID(way.people[0]), UUID(way.slot)
        placement = last.placements.filter(registration=person, slot=slot).first() if last is not None else None
        if placement is None:
            raise NoSuchWay
        return lock_placement(placement=placement, locked=False, by=by)


@transaction.atomic
def undo_fields(*, gathering: Gathering, fields: Sequence[Field], by: object) -> None:
    """The programme as it was, unless somebody changed it since."""
    parts: dict[tuple[str, str], Workshop | Room] = {}
    for field in fields:
        rooms, workshops = gathering.rooms.all(), Workshop.objects.filter(slot__gathering=gathering)
        rows = rooms if field.part == "room" else workshops
        found = rows.select_for_update().filter(pk=field.pk).first()
        if found is None or getattr(found, field.name) != field.after:
            raise ProgrammeChangedSince
        parts.setdefault((field.part, field.pk), found)
    for (kind, pk), part in parts.items():
        before = {field.name: field.before for field in fields if (field.part, field.pk) == (kind, pk)}
        change_part(part=part, by=str(by), **before)


def _set_bound(workshop: Workshop, bound: Bound, amount: int, by: str) -> list[Field]:
    """What somebody decides is no supposition any more; a room whose size was one gets what it takes."""
    fields = [*_change("workshop", workshop, by, {bound: amount, "sizes_assumed": False})]
    room = workshop.room
    if bound == "max_people" and room is not None and room.capacity is not None and room.capacity < amount:
        fields += _change("room", room, by, {"capacity": amount, "capacity_assumed": False})
    return fields


def _change(part: Literal["workshop", "room"], row: Workshop | Room, by: str, facts: dict[str, Any]) -> list[Field]:
    fields = [Field(part, str(row.pk), name, getattr(row, name), value) for name, value in facts.items()]
    change_part(part=row, by=by, **facts)
    return fields


def _can_take(situation: Situation, way: seating.WayOut) -> bool:
    """A room larger than it is known to be, a person to find, a room to equip: the tool cannot do these."""
    if way.kind == "unlock":
        return len(way.people) == 1
    workshop = situation.workshops.get(way.workshop)
    if workshop is None or way.kind not in BOUNDS or way.amount > MOST_PEOPLE:
        return False
    room = workshop.room if way.kind == "raise_maximum" else None
    return room is None or room.capacity is None or room.capacity_assumed or way.amount <= room.capacity


def _key(way: seating.WayOut) -> str:
    return "|".join([way.kind, way.slot, way.workshop, str(way.amount), *way.people])
