"""Files taken into a base: damaged, each is taken or refused in words, and a refusal leaves nothing half done."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from PIL import Image

from facilitation import MethodError
from maillage.archives import backup, complete
from maillage.archives.importing import import_archive
from maillage.archives.opening import ArchiveRefused
from maillage.archives.package import write_archive
from maillage.atlas.opendata.importing import OpenDataRefused, import_open_data
from maillage.atlas.opendata.lists import BY_NAME
from maillage.change.models import CoreGroup, Member
from maillage.change.published import OBSERVATIONS, observation_rows
from maillage.change.taking_in import take_in
from maillage.config.importing import import_gatherings
from maillage.contracts import sheets as contract_sheets
from maillage.contracts.published import ContractsRefused
from maillage.gatherings.models import Gathering
from maillage.gatherings.published import GatheringsRefused
from maillage.gatherings.reading import FileRefused
from maillage.lib.spreadsheets import UnreadableTable, write_csv, write_xlsx
from maillage.lib.tableschema import UnreadableSheet
from maillage.lib.tableschema import write_csv as write_list
from maillage.memory.published import ExperiencesRefused
from maillage.methods.services import import_method
from maillage.people import directory_sheets
from maillage.people.models import Organisation, Space
from maillage.people.published import OrganisationsRefused
from maillage.plans import sheets as plan_sheets
from maillage.plans.models import Plan
from maillage.registrations import imports
from maillage.registrations.services import Refused
from maillage.territories.importing import TerritoriesRefused
from maillage.territories.services import import_territories
from maillage.trips import sealing, sessions
from maillage.trips import services as trips
from maillage.trips.models import installation_id
from maillage.trips.refusals import TripRefused
from tests.atlas.opendata import few_territories
from tests.fuzz import counting
from tests.fuzz.files import PHRASE, cheap_keys, packed, play_archive, programme_seeds, sealed, territory_seeds
from tests.fuzz.saying import check_sentence
from tests.fuzz.shaping import drawn, retell
from tests.fuzz.targets import JSON, SHEET, TOML
from tests.rights.world import World, make_world

REFUSALS = (
    ArchiveRefused, OpenDataRefused, UnreadableSheet, UnreadableTable, FileRefused, MethodError, TerritoriesRefused, Refused,
    ContractsRefused, GatheringsRefused, ExperiencesRefused, OrganisationsRefused, contract_sheets.SheetRefused, directory_sheets.SheetRefused,
    plan_sheets.FileRefused, sealing.FileRefused, TripRefused, complete.CompleteRefused,
)  # fmt: skip
# What once broke one of them: this, in place of that (a pattern).
ONCE_FAILED = {
    "trip": [
        (rb'{"kind": "session", "row": {"id": ', b'{"kind": "session", "row": {"id": 7, "x": '),
        (rb'"published_at": null', b'"published_at": "9999-12-31"'),
    ]
}
HEADS = (b'"maillage"', b'"complete"', b'"backup"')


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.DATA_DIR = tmp_path  # a backup puts its files there
    few_territories()
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
    return make_world("ici", shown=True, photo=photo.getvalue())


class Doors:
    def __init__(self, world: World) -> None:
        self.space = world.space
        self.day = Gathering.objects.get(pk=world.values["*:gathering_id"])
        self.group = CoreGroup.objects.filter(observations__isnull=False).first() or CoreGroup.objects.first()
        self.member = Member.objects.filter(group=self.group).first()

    def registrations(self, content: bytes) -> None:
        imports.import_registrations(
            gathering=self.day, content=content, filename="x.csv", by="essai", accept="proposed"
        )

    def organisations(self, content: bytes) -> None:
        waits = directory_sheets.start_import(
            space=self.space, content=content, filename="x.csv", source="essai", by="essai"
        )
        directory_sheets.confirm_import(import_=waits, by="essai")

    def contracts(self, content: bytes) -> None:
        contract_sheets.import_contracts(space=self.space, content=content, filename="x.csv", by="essai")

    def plan(self, content: bytes) -> None:
        plan_sheets.import_plan(gathering=self.day, content=content, filename="x.csv", by="essai")

    def observations(self, content: bytes) -> None:
        for refusal in take_in(group=self.group, content=content, by=self.member).refusals:
            check_sentence(refusal)

    def open_data(self, content: bytes) -> None:
        import_open_data(space=self.space, given=[("liste.csv", content)], by="essai")

    def archive(self, content: bytes) -> None:
        import_archive(content=content, space=self.space, by="essai")

    def programme(self, content: bytes) -> None:
        import_gatherings(content, filename="programme.toml", by="essai")

    def territories(self, content: bytes) -> None:
        import_territories([("territoires.geojson", content)])

    def method(self, content: bytes) -> None:
        import_method(space=self.space, source=content.decode("utf-8", "replace"), name="essai.toml", by="essai")

    # what is sealed: whoever has the passphrase may have written anything, and pressed it as they like

    def trip(self, content: bytes) -> None:
        trips.carry_in(file=_file(content, sealing.MAGIC), passphrase=PHRASE, by="essai")

    def whole_space(self, content: bytes) -> None:
        Space.objects.all()._raw_delete(Space.objects.db)  # the door opens to an empty installation only
        complete.restore_complete(file=_file(content, sealing.COMPLETE), passphrase=PHRASE, by="essai")

    def backup(self, content: bytes) -> None:
        Space.objects.all()._raw_delete(Space.objects.db)
        backup.restore_backup(file=_file(content, sealing.BACKUP), passphrase=PHRASE)


def _file(lines: bytes, magic: bytes) -> io.BytesIO:
    return io.BytesIO(sealed(lines, magic, pressed=zlib.crc32(lines) % 32 > 0))


class Heard(list[str]):
    """A writer that keeps the lines it is told."""

    def line(self, content: dict[str, Any]) -> None:
        self.append(json.dumps(content))

    @property
    def content(self) -> bytes:
        return "\n".join([*self, ""]).encode()


def trip_seeds(doors: Doors, folder: Path) -> list[bytes]:
    """A day that comes home, and one of another server that was never here."""
    day, own = doors.day, str(installation_id())
    trips.carry_out(gathering=day, path=folder / "trajet", passphrase=PHRASE, by="essai")
    day.refresh_from_db()
    found = []
    for home in (True, False):
        heard = Heard()
        lines = list(trips._lines(day, sessions.sessions_of(day), {}, home=home))
        head = {
            "maillage": trips.FORMAT, "version": "0.1.0", "trip": str(uuid4()), "gathering": str(day.pk), "title": day.title,
            "generation": day.generation + 1, "received": day.generation, "origin": own if home else str(uuid4()), "home": home,
        }  # fmt: skip
        for line in (head, *lines, {"end": len(lines)}):
            heard.line(line)
        found.append(heard.content if home else _elsewhere(heard.content, doors.space.slug))
    return found


def _elsewhere(content: bytes, slug: str) -> bytes:
    """The same day, as another server would have it: no identifier of ours, nor the name of our space."""
    return _renamed(content).replace(f'"{slug}"'.encode(), f'"{slug}-ailleurs"'.encode())


def _renamed(content: bytes) -> bytes:
    return re.sub(
        rb"\b([0-9a-f])([0-9a-f]{7}-[0-9a-f]{4}-)", lambda hit: b"%x%s" % (int(hit[1], 16) ^ 8, hit[2]), content
    )


def _archive_elsewhere(archive: bytes) -> bytes:
    """Of a gathering that is not here: it can be taken in."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        content = {name: _renamed(opened.read(name)) for name in opened.namelist()}
    retell(content)
    return packed(content)


def space_seeds(doors: Doors) -> list[bytes]:
    heard = Heard()
    complete._write(doors.space, heard, True)  # type: ignore[arg-type]
    return [heard.content]


def backup_seeds() -> list[bytes]:
    heard = Heard()
    backup._write(heard, True)  # type: ignore[arg-type]
    return [heard.content]


@dataclass(frozen=True)
class Door:
    take: Callable[[bytes], None]
    seeds: list[bytes]
    words: tuple[bytes, ...] = ()
    every: int = 1  # of so many turns one: putting back a whole installation is dear


def doors_of(doors: Doors, folder: Path) -> dict[str, Door]:
    headers, rows = directory_sheets.export_rows(doors.space)
    contract = contract_sheets.export_rows(doors.space, internal=True)
    plan = plan_sheets.export_rows(Plan.objects.filter(gathering=doors.day).order_by("pk")[0])
    seen = list(observation_rows(doors.group))
    lists = [
        write_list(asked.columns, [asked.row(row) for row in asked.asked(doors.space, "")])
        for name, asked in BY_NAME.items() if name in ("contrats", "structures", "experiences", "rencontres", "programmes", "ateliers")
    ]  # fmt: skip
    data = Path(str(files("maillage.gatherings") / "data" / "inscriptions-jr-2025.csv")).read_bytes().split(b"\n")
    people = b"\n".join(data[:5])
    library = files("facilitation") / "library"
    methods = [(library / name).read_bytes() for name in ("codev.toml", "pot-du-quartier.toml")]
    workbook = write_xlsx(["Nom", "Prénom", "Courriel"], [["A", "B", "a@b.fr"]], "F")
    spaces, backups = space_seeds(doors), backup_seeds()  # before the day leaves
    return {
        "registrations": Door(doors.registrations, [people, people, workbook], SHEET),
        "organisations": Door(doors.organisations, [write_csv(headers, rows)], SHEET),
        "contracts": Door(doors.contracts, [write_csv(*contract)], SHEET),
        "plan": Door(doors.plan, [write_csv(*plan)], SHEET),
        "observations": Door(doors.observations, [write_list(OBSERVATIONS, seen)], (*SHEET, *JSON)),
        "open data": Door(doors.open_data, lists, (*SHEET, *JSON)),
        "archive": Door(doors.archive, [_archive_elsewhere(write_archive(doors.day))]),
        "programme": Door(doors.programme, programme_seeds(), TOML),
        "territories": Door(doors.territories, territory_seeds(), JSON),
        "method": Door(doors.method, methods, TOML),
        "whole space": Door(doors.whole_space, spaces, every=8),
        "backup": Door(doors.backup, backups, every=8),
        "trip": Door(doors.trip, trip_seeds(doors, folder)),
    }


def test_any_file_is_taken_in_or_refused_in_words(world: World, tmp_path: Path) -> None:
    random = counting.random_of("imports")
    doors = doors_of(Doors(world), tmp_path)
    names = sorted(doors)
    past, asked = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    with cheap_keys():
        for name in names:
            for seed in doors[name].seeds:  # what is damaged was whole
                assert play(name, doors[name], seed), (name, seed[:500])
            for before, after in ONCE_FAILED.get(name, ()):
                assert any(re.search(before, seed) for seed in doors[name].seeds), (name, before)
                for seed in doors[name].seeds:
                    play(name, doors[name], re.sub(before, after, seed))
        for turn in counting.counted("imports"):
            name = names[turn % len(names)]
            name = "trip" if turn // len(names) % doors[name].every else name
            went_in = play(name, doors[name], drawn(random, doors[name].seeds, doors[name].words))
            asked[name] += 1
            past[name] += went_in
            counting.inside["imports"] += went_in
    assert all(past[name] >= asked[name] / 4 for name in names), (asked, past)


def play(name: str, door: Door, content: bytes) -> bool:
    """Whether it went past the first check. A refusal leaves nothing half done."""
    before = Organisation.objects.count()
    past = True
    try:
        with transaction.atomic():
            door.take(content)
            transaction.set_rollback(True)
    except REFUSALS as refusal:
        for sentence in sentences(refusal):
            check_sentence(sentence, whole=not isinstance(refusal, UnreadableSheet))
        past = went_past(refusal, content)
    except Exception as error:
        raise AssertionError(f"{name}: {content!r:.6000}\n{type(error).__name__}: {error}") from error
    assert Organisation.objects.count() == before
    return past


def went_past(refusal: Any, content: bytes) -> bool:
    """Whether the refusal is of what the file says, and not of the file."""
    if isinstance(refusal, (UnreadableTable, UnreadableSheet, sealing.NotOurs)):
        return False
    if isinstance(refusal, sealing.Damaged):
        return content.startswith(b"{") and any(head in content[:200] for head in HEADS)
    if isinstance(refusal, (MethodError, FileRefused)):
        return refusal.problems[0].key != ""
    if isinstance(refusal, ArchiveRefused):
        return play_archive(content)
    return True


def sentences(refusal: Any) -> Iterator[str]:
    if hasattr(refusal, "problems"):
        for problem in refusal.problems:
            yield getattr(problem, "sentence", problem)
    else:
        yield str(refusal.sentence)
