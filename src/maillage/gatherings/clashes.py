"""What cannot be in a programme: the same room or the same person twice at once, a workshop larger than its room.

Workshops of one slot are at once. Two slots are at once when their times, both known, overlap.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from maillage.gatherings.models import Facilitator, Slot, Speaker, Workshop
from maillage.lib.matching import fold
from maillage.lib.typography import join_words


@dataclass(frozen=True)
class Clash:
    kind: str  # "room", "person", "size", "times"
    sentence: str
    workshops: tuple[object, ...] = ()  # their ids, to mark them in the programme


def find_clashes(slots: Sequence[Slot]) -> list[Clash]:
    """`slots`: a whole programme, workshops, rooms, speakers and facilitators prefetched."""
    clashes = _overlapping_times(slots)
    for slots_at_once in _at_once(slots):
        workshops = [workshop for slot in slots_at_once for workshop in slot.workshops.all()]
        clashes += _same_room(workshops)
        clashes += _same_person(slots_at_once)
    for slot in slots:
        clashes += [clash for workshop in slot.workshops.all() if (clash := _too_large(workshop))]
    return list(dict.fromkeys(clashes))


def _times(slot: Slot) -> tuple[datetime.time, datetime.time] | None:
    return (slot.starts_at, slot.ends_at) if slot.starts_at and slot.ends_at else None


def _overlap(one: Slot, other: Slot) -> bool:
    times, other_times = _times(one), _times(other)
    return bool(times and other_times and times[0] < other_times[1] and other_times[0] < times[1])


def _at_once(slots: Sequence[Slot]) -> Iterator[tuple[Slot, ...]]:
    for place, slot in enumerate(slots):
        yield (slot,)
        for other in slots[place + 1 :]:
            if _overlap(slot, other):
                yield (slot, other)


def _overlapping_times(slots: Sequence[Slot]) -> list[Clash]:
    timed = sorted(
        ((times, slot) for slot in slots if (times := _times(slot))), key=lambda item: (item[0], item[1].position)
    )
    clashes = []
    for place, ((_start, end), slot) in enumerate(timed):
        for (start, _end), other in timed[place + 1 :]:
            if _overlap(slot, other):
                words = {
                    "one": slot,
                    "other": other,
                    "end": formats.time_format(end, "H:i"),
                    "start": formats.time_format(start, "H:i"),
                }
                sentence = _("« %(one)s » finit à %(end)s alors que « %(other)s » commence à %(start)s.") % words
                clashes.append(Clash("times", sentence))
    return clashes


def _same_room(workshops: Iterable[Workshop]) -> list[Clash]:
    by_room: dict[int, list[Workshop]] = defaultdict(list)
    for workshop in workshops:
        if workshop.room_id:
            by_room[workshop.room_id].append(workshop)
    return [
        Clash(
            "room",
            _("La salle « %(room)s » sert en même temps à %(workshops)s.")
            % {"room": found[0].room, "workshops": join_words([f"«\u202f{workshop}\u202f»" for workshop in found])},
            tuple(workshop.pk for workshop in found),
        )
        for found in by_room.values()
        if len(found) > 1
    ]


def _same_person(slots: Sequence[Slot]) -> list[Clash]:
    """Somebody named in several workshops, or in a workshop and in what happens beside it."""
    names: dict[str, str] = {}
    places: dict[str, dict[object, str]] = defaultdict(dict)

    def expect(name: str, place: Slot | Workshop) -> None:
        if name:
            names.setdefault(fold(name), name)
            places[fold(name)][place.pk] = str(place)

    for slot in slots:
        for speaker in slot.speakers.all():
            if speaker.workshop_id is None:
                expect(speaker.name, slot)
        for workshop in slot.workshops.all():
            people: list[Facilitator | Speaker] = [*workshop.facilitators.all(), *workshop.speakers.all()]
            for person in people:
                expect(person.name, workshop)
    return [
        Clash(
            "person",
            _("%(name)s est attendu·e en même temps dans %(places)s.")
            % {"name": names[person], "places": join_words([f"«\u202f{title}\u202f»" for title in found.values()])},
            tuple(found),
        )
        for person, found in places.items()
        if len(found) > 1
    ]


def _too_large(workshop: Workshop) -> Clash | None:
    room = workshop.room
    if room is None or room.capacity is None or not workshop.max_people or workshop.max_people <= room.capacity:
        return None
    words = {"workshop": workshop, "people": workshop.max_people, "room": room, "capacity": room.capacity}
    return Clash(
        "size",
        _("« %(workshop)s » peut accueillir %(people)d personnes, la salle « %(room)s » en tient %(capacity)d.")
        % words,
        (workshop.pk,),
    )
