"""The format of a file of gatherings, and of the assumptions that go with one, as frozen data. Touches no database.

A key may end in `_outside`: the same fact, learnt elsewhere than from the gathering's own documents; it keeps that
source. Keys are described in docs/gatherings.md.
"""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.enums import Composition, GatheringKind, GroupColour, SlotKind
from maillage.gatherings.reading import FileReader, Table

OUTSIDE_SOURCE = "page publique de l’ORIV, 14 octobre 2025"  # unless [space] outside_source says otherwise
MOST_PEOPLE = 5_000
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class SpeakerEntry:
    name: str = ""
    role: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class WorkshopEntry:
    key: str  # its path in the file, for what is said of it
    title: str
    number: int | None
    short_title: str
    room: str
    colour: str
    method: str
    method_proposed: bool
    preset: str
    territory: str
    commune: str
    epci: str
    qpv: str
    speakers: tuple[SpeakerEntry, ...]
    facilitators: tuple[str, ...]


@dataclass(frozen=True)
class SlotEntry:
    key: str
    kind: str
    title: str
    starts_at: datetime.time | None
    ends_at: datetime.time | None
    speakers: tuple[SpeakerEntry, ...]
    workshops: tuple[WorkshopEntry, ...]


@dataclass(frozen=True)
class GatheringEntry:
    key: str
    slug: str
    kind: str
    title: str
    subtitle: str
    theme: str
    date: datetime.date | None
    venue: str
    commune: str
    epci: str
    objectives: tuple[str, ...]
    rooms: tuple[str, ...]
    takeaways: tuple[str, ...]
    programme: tuple[SlotEntry, ...]
    sources: dict[str, str]  # field of Gathering → where it comes from
    keys: dict[str, str] = field(default_factory=dict)  # "commune" → the key it was read from


@dataclass(frozen=True)
class ContractEntry:
    key: str
    epci: str
    source: str


@dataclass(frozen=True)
class GatheringsFile:
    filename: str
    slug: str
    name: str
    region: str
    host: str
    partners: tuple[str, ...]
    background: tuple[dict[str, Any], ...]
    gatherings: tuple[GatheringEntry, ...]
    resources: tuple[tuple[str, str], ...]  # title, url
    definition: dict[str, Any]
    contracts: tuple[ContractEntry, ...]
    ignored: tuple[str, ...]


def read_gatherings_file(source: bytes, *, filename: str) -> GatheringsFile:
    """FileRefused with every problem found when something is wrong."""
    reader = FileReader(filename)
    root = reader.parse(source)
    space = root.table("space")
    if space is None:
        reader.say("space", _("il manque ; on attend une table [space] avec slug et name."))
        space = Table(reader, "space", {"slug": "x", "name": "x"})
    outside = space.text("outside_source", most=200) or OUTSIDE_SOURCE
    entries = tuple(_gathering(table, outside) for table in root.tables("gatherings"))
    seen: set[str] = set()
    for entry in entries:
        if entry.slug in seen:
            reader.say(f"{entry.key}.id", _("« %(id)s » sert déjà plus haut dans le fichier.") % {"id": entry.slug})
        seen.add(entry.slug)
    definition = root.table("definition_of_cooperation")
    file = GatheringsFile(
        filename=filename,
        slug=_slug(space, "slug"),
        name=space.text("name", most=200, required=True),
        region=space.text("region", most=3),
        host=space.text("host", most=200),
        partners=space.texts("partners", most=200),
        background=tuple(_background(table) for table in root.tables("background")),
        gatherings=entries,
        resources=tuple(_resource(table) for table in root.tables("resources")),
        definition=_definition(definition) if definition else {},
        contracts=tuple(_contract(table) for table in root.tables("signed_contracts")),
        ignored=(),
    )
    space.ignore_rest()
    root.ignore_rest()
    reader.refuse_if_wrong()
    return GatheringsFile(**{**file.__dict__, "ignored": tuple(reader.ignored)})


def _slug(table: Table, name: str) -> str:
    slug = table.text(name, most=50, required=True)
    if slug and not SLUG.fullmatch(slug):
        table.say(
            name,
            _("on attend des minuscules, des chiffres et des tirets, comme jr-2025, lu « %(slug)s ».") % {"slug": slug},
        )
    return slug


def _either(table: Table, name: str, outside: str, sources: dict[str, str], field_name: str, *, most: int) -> str:
    """The fact under its name, else under `name_outside`, whose source is then kept."""
    own, other = table.text(name, most=most), table.text(f"{name}_outside", most=most)
    if other and not own:
        sources[field_name] = outside
    elif other and own != other:
        table.say(f"{name}_outside", _("la clé %(name)s dit autre chose ; gardez l’une des deux.") % {"name": name})
    return own or other


def _gathering(table: Table, outside: str) -> GatheringEntry:
    sources: dict[str, str] = {}
    date, date_outside = table.date("date"), table.date("date_outside")
    if date_outside and not date:
        sources["date"] = outside
    subtitle = table.text("subtitle", most=200)
    title = table.text("title", most=200)
    title_outside = table.text("title_outside", most=200)
    if title_outside and not title:
        title, sources["title"] = title_outside, outside
    elif title_outside and not subtitle:
        subtitle, sources["subtitle"] = title_outside, outside  # the page gives the day the title its slides do not
    if not title:
        table.say("title", _("il manque ; on attend un texte."))
    place = table.text("place", most=200)
    entry = GatheringEntry(
        key=table.path,
        slug=_slug(table, "id"),
        kind=table.choice("kind", GatheringKind.values, default=GatheringKind.OTHER),
        title=title,
        subtitle=subtitle,
        theme=table.text("theme", most=200),
        date=date or date_outside,
        venue=_either(table, "venue", outside, sources, "venue", most=200) or place,
        commune=_either(table, "commune", outside, sources, "commune", most=100),
        epci=_either(table, "epci", outside, sources, "epci", most=200),
        objectives=table.texts("objectives", most=1_000),
        rooms=tuple(dict.fromkeys(table.texts("rooms", most=100))),
        takeaways=table.texts("takeaways", most=600),
        programme=tuple(_slot(slot) for slot in table.tables("programme")),
        sources=sources,
        keys={name: table.key(name if table.values.get(name) else f"{name}_outside") for name in ("commune", "epci")},
    )
    table.ignore_rest()
    _check_rooms(table, entry)
    return entry


def _check_rooms(table: Table, entry: GatheringEntry) -> None:
    """A room named in the programme and not in the list is a slip more often than a new room."""
    for slot in entry.programme:
        for workshop in slot.workshops:
            if workshop.room and entry.rooms and workshop.room not in entry.rooms:
                table.reader.say(
                    f"{workshop.key}.room",
                    _("« %(room)s » n’est pas dans rooms (%(rooms)s).")
                    % {"room": workshop.room, "rooms": ", ".join(entry.rooms)},
                )


def _slot(table: Table) -> SlotEntry:
    proposed = table.text("method_proposed", most=60)
    entry = SlotEntry(
        key=table.path,
        kind=table.choice("kind", SlotKind.values),
        title=table.text("title", most=200, required=True),
        starts_at=table.time("starts_at"),
        ends_at=table.time("ends_at"),
        speakers=_speakers(table),
        workshops=tuple(_workshop(workshop, proposed) for workshop in table.tables("workshops")),
    )
    if entry.ends_at and (entry.starts_at is None or entry.ends_at <= entry.starts_at):
        table.say("ends_at", _("la fin vient après le début."))
    if entry.workshops and entry.kind != SlotKind.WORKSHOPS:
        table.say("kind", _("un créneau qui a des ateliers est de genre workshops."))
    table.ignore_rest()
    return entry


def _workshop(table: Table, proposed: str) -> WorkshopEntry:
    method = table.text("method", most=60)
    own_proposal = table.text("method_proposed", most=60) or proposed
    entry = WorkshopEntry(
        key=table.path,
        title=table.text("title", most=200, required=True),
        number=table.number("number", least=1, most=999),
        short_title=table.text("short_title", most=100),
        room=table.text("room", most=100),
        colour=table.choice("colour", GroupColour.values, default=""),
        method=method or own_proposal,
        method_proposed=bool(own_proposal and not method),
        preset=table.text("preset", most=60),
        territory=table.text("territory", most=200),
        commune=table.text("commune", most=100),
        epci=table.text("epci", most=200),
        qpv=table.text("qpv", most=200),
        speakers=_speakers(table),
        facilitators=table.texts("facilitators", most=150),
    )
    if entry.method and not SLUG.fullmatch(entry.method):
        table.say("method", _("on attend le nom court d’une méthode, comme codev."))
    table.ignore_rest()
    return entry


def _speakers(table: Table) -> tuple[SpeakerEntry, ...]:
    speakers = []
    for item in table.texts_or_tables("speakers", most=150):
        if isinstance(item, str):
            speakers.append(SpeakerEntry(name=item))
            continue
        speaker = SpeakerEntry(
            name=item.text("name", most=150),
            role=item.text("role", most=150),
            organisation=item.text("organisation", most=200),
        )
        item.ignore_rest()
        if not (speaker.name or speaker.organisation):
            item.say("name", _("on attend un nom ou une structure (organisation)."))
        speakers.append(speaker)
    return tuple(speakers)


def _background(table: Table) -> dict[str, Any]:
    entry = {
        "period": table.text("period", most=40),
        "title": table.text("title", most=200, required=True),
        "steps": list(table.texts("steps", most=600)),
    }
    table.ignore_rest()
    return entry


def _resource(table: Table) -> tuple[str, str]:
    title, url = table.text("title", most=200, required=True), table.text("url", most=500, required=True)
    if url and not re.match(r"https?://[^\s/]+", url):
        table.say("url", _("on attend une adresse qui commence par https://."))
    table.ignore_rest()
    return title, url


def _definition(table: Table) -> dict[str, Any]:
    entry = {
        "text": table.text("text", most=1_000, required=True),
        **{name: list(table.texts(name, most=600)) for name in ("implies", "determinants", "properties")},
    }
    table.ignore_rest()
    return entry


def _contract(table: Table) -> ContractEntry:
    entry = ContractEntry(
        key=table.path,
        epci=table.text("epci", most=200, required=True),
        source=table.text("source", most=300, required=True),  # a signature is said with its source
    )
    table.ignore_rest()
    return entry


@dataclass(frozen=True)
class Sizes:
    key: str
    slot: int  # 1: the first moment of workshops
    workshop: str  # its title; empty: every workshop of the moment
    min_people: int | None
    max_people: int | None
    table_min: int | None
    table_max: int | None
    compose: str | None


@dataclass(frozen=True)
class Assumptions:
    filename: str
    gathering: str
    timezone: str
    rooms: dict[str, int]
    sizes: tuple[Sizes, ...]
    ignored: tuple[str, ...]


def read_assumptions(source: bytes, *, filename: str) -> Assumptions:
    reader = FileReader(filename)
    root = reader.parse(source)
    rooms_table = root.table("rooms")
    rooms: dict[str, int] = {}
    for name in rooms_table.names() if rooms_table else []:
        number = rooms_table.number(name, least=1, most=MOST_PEOPLE) if rooms_table else None
        if number is not None:
            rooms[name] = number
    sizes: list[Sizes] = []
    for name in root.names():
        if match := re.fullmatch(r"round_([1-9])", name):
            table = root.table(name)
            if table is not None:
                sizes += _round(table, int(match[1]))
    gathering = _slug(root, "gathering")
    timezone = root.text("timezone", most=60)
    root.ignore_rest()
    reader.refuse_if_wrong()
    return Assumptions(filename, gathering, timezone, rooms, tuple(sizes), tuple(reader.ignored))


SIZE_KEYS = ("min", "max", "tables", "compose")


def _round(table: Table, slot: int) -> list[Sizes]:
    """Sizes for every workshop of the moment, then those of each workshop named."""
    sizes = []
    if any(name in SIZE_KEYS for name in table.names()):
        sizes.append(_sizes(table, slot, ""))
    for name in table.names():
        if name not in SIZE_KEYS and (named := table.table(name)) is not None:
            sizes.append(_sizes(named, slot, name))
            named.ignore_rest()
    return sizes


def _sizes(table: Table, slot: int, workshop: str) -> Sizes:
    tables = table.table("tables")
    entry = Sizes(
        key=table.path,
        slot=slot,
        workshop=workshop,
        min_people=table.number("min", least=1, most=MOST_PEOPLE),
        max_people=table.number("max", least=1, most=MOST_PEOPLE),
        table_min=tables.number("min", least=2, most=100) if tables else None,
        table_max=tables.number("max", least=2, most=100) if tables else None,
        compose=table.choice("compose", Composition.values) if "compose" in table.values else None,
    )
    if tables:
        tables.ignore_rest()
    for least, most, key in (
        (entry.min_people, entry.max_people, "max"),
        (entry.table_min, entry.table_max, "tables.max"),
    ):
        if least is not None and most is not None and most < least:
            table.say(key, _("le plus est plus petit que le moins."))
    return entry
