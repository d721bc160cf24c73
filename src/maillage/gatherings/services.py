"""Writes on gatherings and their programme. The actor is a name, `by`; each write is a line of the space's log."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Model, ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.gatherings.signals import copied, rearranged
from maillage.office.services import record_activity
from maillage.people.models import Space

SLUG_LENGTH = 50


class NotRemovable(Exception):
    """Something that must be kept hangs on it."""

    def __init__(self, thing: Model) -> None:
        self.thing = thing
        self.sentence = _("« %(thing)s » ne peut pas être retiré : des éléments à garder en dépendent.") % {
            "thing": thing
        }
        super().__init__(self.sentence)


@dataclass(frozen=True)
class SpeakerWords:
    name: str = ""
    role: str = ""
    organisation: str = ""


def free_slug(space: Space, title: str, date: datetime.date | None = None) -> str:
    """A short name nobody of the space uses: from the title, then the year, then a number."""
    base = slugify(title)[:SLUG_LENGTH].strip("-") or "rencontre"
    taken = set(Gathering.objects.filter(space=space, slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *([f"{base}-{date.year}"] if date else []), *(f"{base}-{n}" for n in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken)


@transaction.atomic
def make_gathering(*, space: Space, title: str, by: str, slug: str = "", **facts: Any) -> Gathering:
    gathering = Gathering.objects.create(
        space=space, title=title, slug=slug or free_slug(space, title, facts.get("date")), **facts
    )
    _record(gathering, by, "make-gathering")
    return gathering


@transaction.atomic
def change_gathering(*, gathering: Gathering, by: str, **facts: Any) -> Gathering:
    """A fact somebody enters is theirs: the source it was read from no longer stands."""
    for name, value in facts.items():
        if getattr(gathering, name) != value:
            setattr(gathering, name, value)
            gathering.sources.pop(name, None)
    gathering.save()
    _record(gathering, by, "change-gathering")
    return gathering


@transaction.atomic
def copy_gathering(*, gathering: Gathering, title: str, date: datetime.date | None, by: str) -> Gathering:
    """The programme, rooms, sizes, people who speak and facilitate; neither registrations, takeaways nor plans."""
    copy = Gathering.objects.create(
        space=gathering.space,
        slug=free_slug(gathering.space, title, date),
        kind=gathering.kind,
        title=title,
        theme=gathering.theme,
        date=date,
        timezone=gathering.timezone,
        venue=gathering.venue,
        commune=gathering.commune,
        epci=gathering.epci,
        objectives=list(gathering.objectives),
        definition=dict(gathering.definition),
        sources={name: gathering.sources[name] for name in ("venue", "commune") if name in gathering.sources},
        public=False,  # until somebody has read it again
        copied_from=gathering,
    )
    rooms = {}
    for room in gathering.rooms.all():
        rooms[room.pk] = _twin(room, gathering=copy)
    for slot in gathering.slots.all():
        new_slot = _twin(slot, gathering=copy)
        workshops: dict[UUID | None, Workshop | None] = {None: None}
        for workshop in slot.workshops.all():
            new = _twin(workshop, slot=new_slot, room=rooms[workshop.room_id] if workshop.room_id else None)
            workshops[workshop.pk] = new
            for facilitator in workshop.facilitators.all():
                _twin(facilitator, workshop=new)
        for speaker in slot.speakers.all():
            _twin(speaker, slot=new_slot, workshop=workshops[speaker.workshop_id])
    copied.send(Gathering, gathering=gathering, copy=copy)
    _record(copy, by, "copy-gathering", f"{gathering} → {copy}")
    return copy


def _twin(row: Any, **changes: Any) -> Any:
    """A new row with the same values; its identifier is made anew, as any row's."""
    model = type(row)
    values = {
        field.name: getattr(row, field.name)
        for field in model._meta.concrete_fields
        if not field.unique and field.name not in changes
    }
    return model.objects.create(**values, **changes)


@transaction.atomic
def add_slot(*, gathering: Gathering, by: str, **facts: Any) -> Slot:
    slot = Slot.objects.create(gathering=gathering, position=_next_position(gathering.slots), **facts)
    _record(gathering, by, "add-slot", slot.title)
    return slot


@transaction.atomic
def add_workshop(*, slot: Slot, by: str, **facts: Any) -> Workshop:
    workshop = Workshop.objects.create(slot=slot, position=_next_position(slot.workshops), **facts)
    _record(slot.gathering, by, "add-workshop", workshop.title)
    return workshop


@transaction.atomic
def add_room(*, gathering: Gathering, by: str, **facts: Any) -> Room:
    room = Room.objects.create(gathering=gathering, **facts)
    _record(gathering, by, "add-room", room.name)
    return room


@transaction.atomic
def change_part(*, part: Slot | Workshop | Room, by: str, **facts: Any) -> None:
    """A slot, a workshop or a room of the programme."""
    for name, value in facts.items():
        setattr(part, name, value)
    part.save(update_fields=list(facts))
    _record(gathering_of(part), by, f"change-{part._meta.model_name}", str(part))


@transaction.atomic
def remove_part(*, part: Slot | Workshop | Room, by: str) -> None:
    """Wishes and places given there go with it; a room only leaves its workshops without a room."""
    gathering, name = gathering_of(part), str(part)
    try:
        with transaction.atomic():
            part.delete()
    except ProtectedError as error:
        raise NotRemovable(part) from error
    _record(gathering, by, f"remove-{part._meta.model_name}", name)


@transaction.atomic
def move_part(*, part: Slot | Workshop, up: bool, by: str) -> None:
    """Changes places with its neighbour. At either end nothing moves. Positions are renumbered without holes."""
    siblings: list[Any] = list(part.gathering.slots.all() if isinstance(part, Slot) else part.slot.workshops.all())
    place = siblings.index(part)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(siblings):
        return
    siblings[place], siblings[other] = siblings[other], siblings[place]
    for position, row in enumerate(siblings, start=1):
        row.position = position
    type(part).objects.bulk_update(siblings, ["position"])
    rearranged.send(sender=Gathering, gathering=gathering_of(part))
    _record(gathering_of(part), by, f"move-{part._meta.model_name}", str(part))


@transaction.atomic
def set_speakers(*, slot: Slot, workshop: Workshop | None, speakers: Iterable[SpeakerWords]) -> None:
    slot.speakers.filter(workshop=workshop).delete()
    Speaker.objects.bulk_create(
        Speaker(
            slot=slot,
            workshop=workshop,
            position=position,
            name=speaker.name,
            role=speaker.role,
            organisation=speaker.organisation,
        )
        for position, speaker in enumerate(speakers, start=1)
    )


@transaction.atomic
def set_facilitators(*, workshop: Workshop, names: Sequence[str]) -> None:
    workshop.facilitators.all().delete()
    Facilitator.objects.bulk_create(
        Facilitator(workshop=workshop, position=position, name=name) for position, name in enumerate(names, start=1)
    )


@transaction.atomic
def assume_sizes(
    *, gathering: Gathering, rooms: dict[str, int], sizes: Iterable[tuple[Workshop, dict[str, Any]]]
) -> int:
    """Fills what nobody said, marked as assumed. A number somebody entered is never replaced. Returns how many rows."""
    changed = 0
    for room in gathering.rooms.filter(name__in=rooms):
        assumed = rooms[room.name]
        if (room.capacity is None or room.capacity_assumed) and room.capacity != assumed:
            room.capacity, room.capacity_assumed = assumed, True
            room.save(update_fields=["capacity", "capacity_assumed"])
            changed += 1
    for workshop, values in sizes:
        known = any(getattr(workshop, name) is not None for name in values if name != "compose")
        if known and not workshop.sizes_assumed:
            continue
        if workshop.sizes_assumed and all(getattr(workshop, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(workshop, name, value)
        workshop.sizes_assumed = True
        workshop.save(update_fields=[*values, "sizes_assumed"])
        changed += 1
    return changed


def gathering_of(part: Slot | Workshop | Room) -> Gathering:
    return part.slot.gathering if isinstance(part, Workshop) else part.gathering


def _next_position(rows: Any) -> int:
    return int(rows.aggregate(last=Max(F("position")))["last"] or 0) + 1


def _record(gathering: Gathering, by: str, verb: str, about: str = "") -> None:
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=about or gathering.title, about_id=gathering.pk)


def record_export(*, gathering: Gathering, what: str, by: object) -> None:
    """A file with names left: who took it is in the log, what is in it is not."""
    _record(gathering, str(by), "export", f"{what} – {gathering.title}")
