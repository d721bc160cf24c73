"""Taking over what a file says of a gathering. What the tool already knows is never overwritten: it is said instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.files import Assumptions, GatheringEntry, SlotEntry, SpeakerEntry, WorkshopEntry
from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.gatherings.queries import programme_of
from maillage.gatherings.reading import FileRefused, Problem
from maillage.gatherings.services import assume_sizes, make_gathering
from maillage.lib.matching import fold
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv


@dataclass
class Places:
    """The places a file names, each by the key of the entry that names it (« gatherings[5] »)."""

    communes: dict[str, Commune] = field(default_factory=dict)
    epcis: dict[str, Epci] = field(default_factory=dict)
    qpvs: dict[str, Qpv] = field(default_factory=dict)


@dataclass
class Changes:
    """What an import did and did not do, as sentences; `made` and `filled` empty: nothing changed."""

    made: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.made or self.filled)


def fill_empty(row: Model, facts: Mapping[str, Any], *, name: str, changes: Changes) -> list[str]:
    """Sets the facts the row does not have; those it has otherwise stay, and that is said. Returns the fields set."""
    filled = []
    for field_name, value in facts.items():
        known = getattr(row, field_name)
        if value in (None, "", [], {}) or known == value:
            continue
        label = str(row._meta.get_field(field_name).verbose_name)  # type: ignore[union-attr]  # a column has one
        if known in (None, "", [], {}):
            setattr(row, field_name, value)
            filled.append(field_name)
        else:
            changes.kept.append(_("%(name)s : %(field)s, déjà renseigné autrement") % {"name": name, "field": label})
    if filled:
        row.save(update_fields=filled)
    return filled


@transaction.atomic
def take_over_gathering(
    *, space: Space, entry: GatheringEntry, places: Places, definition: Mapping[str, Any], by: str, changes: Changes
) -> tuple[Gathering, bool]:
    """The gathering, made or completed, and whether it is new. A programme is taken over only when there is none."""
    facts = {
        "subtitle": entry.subtitle,
        "theme": entry.theme,
        "date": entry.date,
        "venue": entry.venue,
        "commune": places.communes.get(entry.key),
        "epci": places.epcis.get(entry.key),
        "objectives": list(entry.objectives),
        "definition": dict(definition),
    }
    gathering = Gathering.objects.filter(space=space, slug=entry.slug).first()
    made = gathering is None
    if gathering is None:
        gathering = make_gathering(
            space=space,
            slug=entry.slug,
            kind=entry.kind,
            title=entry.title,
            sources=dict(entry.sources),
            by=by,
            **{name: value for name, value in facts.items() if value is not None},
        )
        changes.made.append(_("rencontre %(slug)s : %(title)s") % {"slug": entry.slug, "title": entry.title})
    else:
        filled = fill_empty(gathering, {"title": entry.title, **facts}, name=entry.slug, changes=changes)
        if filled:
            gathering.sources |= {name: source for name, source in entry.sources.items() if name in filled}
            gathering.save(update_fields=["sources"])
            changes.filled.append(_("%(slug)s : complétée") % {"slug": entry.slug})
    _take_over_programme(gathering, entry, places, changes)
    return gathering, made


def _take_over_programme(gathering: Gathering, entry: GatheringEntry, places: Places, changes: Changes) -> None:
    known = programme_of(gathering)
    if known:
        if entry.programme and _outline_of_rows(known) != _outline_of_entries(entry.programme):
            changes.kept.append(_("%(slug)s : le programme, déjà renseigné autrement") % {"slug": gathering.slug})
        return
    names = [*entry.rooms, *(w.room for slot in entry.programme for w in slot.workshops if w.room)]
    rooms = {room.name: room for room in gathering.rooms.all()}
    for name in dict.fromkeys(names):
        if name not in rooms:
            rooms[name] = Room.objects.create(gathering=gathering, name=name)
    for position, slot_entry in enumerate(entry.programme, start=1):
        slot = Slot.objects.create(
            gathering=gathering,
            position=position,
            kind=slot_entry.kind,
            title=slot_entry.title,
            starts_at=slot_entry.starts_at,
            ends_at=slot_entry.ends_at,
        )
        _add_speakers(slot, None, slot_entry.speakers)
        for number, workshop_entry in enumerate(slot_entry.workshops, start=1):
            _add_workshop(slot, number, workshop_entry, rooms, places)
    if entry.programme:
        changes.filled.append(
            _("%(slug)s : %(slots)d créneaux, %(workshops)d ateliers, %(rooms)d salles")
            % {
                "slug": gathering.slug,
                "slots": len(entry.programme),
                "workshops": sum(len(slot.workshops) for slot in entry.programme),
                "rooms": len(rooms),
            }
        )


def _add_workshop(slot: Slot, position: int, entry: WorkshopEntry, rooms: dict[str, Room], places: Places) -> None:
    workshop = Workshop.objects.create(
        slot=slot,
        position=position,
        number=entry.number,
        title=entry.title,
        short_title=entry.short_title,
        room=rooms.get(entry.room),
        colour=entry.colour,
        method=entry.method,
        method_proposed=entry.method_proposed,
        preset=entry.preset,
        territory=entry.territory,
        commune=places.communes.get(entry.key),
        epci=places.epcis.get(entry.key),
        qpv=places.qpvs.get(entry.key),
    )
    _add_speakers(slot, workshop, entry.speakers)
    Facilitator.objects.bulk_create(
        Facilitator(workshop=workshop, position=number, name=name)
        for number, name in enumerate(entry.facilitators, start=1)
    )


def _add_speakers(slot: Slot, workshop: Workshop | None, speakers: Iterable[SpeakerEntry]) -> None:
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


def _outline_of_rows(slots: Iterable[Slot]) -> list[object]:
    """What makes two programmes the same, without sizes: those may be assumed or entered since."""
    return [
        (
            slot.kind,
            slot.title,
            slot.starts_at,
            slot.ends_at,
            [(s.name, s.role, s.organisation) for s in slot.speakers.all() if s.workshop_id is None],
            [
                (
                    w.title,
                    w.room.name if w.room else "",
                    w.colour,
                    w.method,
                    [(s.name, s.role, s.organisation) for s in w.speakers.all()],
                    [f.name for f in w.facilitators.all()],
                )
                for w in slot.workshops.all()
            ],
        )
        for slot in slots
    ]


def _outline_of_entries(slots: Iterable[SlotEntry]) -> list[object]:
    return [
        (
            slot.kind,
            slot.title,
            slot.starts_at,
            slot.ends_at,
            [(s.name, s.role, s.organisation) for s in slot.speakers],
            [
                (
                    w.title,
                    w.room,
                    w.colour,
                    w.method,
                    [(s.name, s.role, s.organisation) for s in w.speakers],
                    list(w.facilitators),
                )
                for w in slot.workshops
            ],
        )
        for slot in slots
    ]


@transaction.atomic
def take_over_assumptions(
    *, space: Space, entry: GatheringEntry | None, assumptions: Assumptions, changes: Changes
) -> None:
    """Sizes nobody said. A room or a workshop the programme does not have is refused with those it has.

    `entry`: the gathering in the file they go with. What it names and the programme no longer has was removed since:
    its sizes are left aside, which is said.
    """
    gathering = Gathering.objects.filter(space=space, slug=assumptions.gathering).first()
    if gathering is None:
        known = ", ".join(Gathering.objects.filter(space=space).values_list("slug", flat=True))
        raise FileRefused(
            [
                Problem(
                    assumptions.filename,
                    "gathering",
                    _("« %(slug)s » n’existe pas (%(known)s).") % {"slug": assumptions.gathering, "known": known},
                )
            ]
        )
    problems: list[Problem] = []
    room_names = list(gathering.rooms.values_list("name", flat=True))
    for name in assumptions.rooms:
        if entry and name in entry.rooms and name not in room_names:
            changes.kept.append(_("%(slug)s : « %(name)s », retiré depuis") % {"slug": gathering.slug, "name": name})
        elif name not in room_names:
            problems.append(_unknown(assumptions.filename, f"rooms.{name}", name, room_names))
    moments = [slot for slot in programme_of(gathering) if slot.workshops.all()]
    sizes: dict[Workshop, dict[str, Any]] = {}
    in_file = [w.title for slot in entry.programme for w in slot.workshops] if entry else []
    for size in assumptions.sizes:
        if size.slot > len(moments):
            problems.append(
                Problem(
                    assumptions.filename,
                    size.key,
                    ngettext(
                        "la rencontre n’a que %d créneau d’ateliers.",
                        "la rencontre n’a que %d créneaux d’ateliers.",
                        len(moments),
                    )
                    % len(moments),
                )
            )
            continue
        workshops = list(moments[size.slot - 1].workshops.all())
        meant = [w for w in workshops if not size.workshop or fold(size.workshop) in (fold(w.title), fold(str(w)))]
        if not meant and size.workshop in in_file:
            words = {"slug": gathering.slug, "name": size.workshop}
            changes.kept.append(_("%(slug)s : « %(name)s », retiré depuis") % words)
        elif not meant:
            problems.append(_unknown(assumptions.filename, size.key, size.workshop, [w.title for w in workshops]))
        values = {
            name: getattr(size, name)
            for name in ("min_people", "max_people", "table_min", "table_max", "compose")
            if getattr(size, name) is not None
        }
        for workshop in meant:
            sizes.setdefault(workshop, {}).update(values)
    if problems:
        raise FileRefused(problems)
    changed = assume_sizes(gathering=gathering, rooms=assumptions.rooms, sizes=sizes.items())
    if changed:
        changes.filled.append(
            _("%(slug)s : %(count)d tailles de salles et d’ateliers, en hypothèse")
            % {"slug": gathering.slug, "count": changed}
        )


def _unknown(filename: str, key: str, name: str, known: Iterable[str]) -> Problem:
    return Problem(
        filename,
        key,
        _("« %(name)s » n’est pas dans le programme (%(known)s).") % {"name": name, "known": ", ".join(known)},
    )
