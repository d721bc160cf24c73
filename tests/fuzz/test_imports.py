"""Files taken into a base: damaged, each is taken or refused in words, and a refusal leaves nothing half done."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from facilitation import MethodError
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
from maillage.people.models import Organisation
from maillage.people.published import OrganisationsRefused
from maillage.plans import sheets as plan_sheets
from maillage.plans.models import Plan
from maillage.registrations import imports
from maillage.registrations.services import Refused
from maillage.territories.importing import TerritoriesRefused
from maillage.territories.services import import_territories
from tests.atlas.opendata import few_territories
from tests.fuzz import counting
from tests.fuzz.drawing import damaged, reworded
from tests.fuzz.files import JSON, SHEET, TOML, packed, programme_seeds, territory_seeds
from tests.fuzz.saying import check_sentence
from tests.rights.world import World, make_world

REFUSALS = (
    ArchiveRefused, OpenDataRefused, UnreadableSheet, UnreadableTable, FileRefused, MethodError, TerritoriesRefused, Refused,
    ContractsRefused, GatheringsRefused, ExperiencesRefused, OrganisationsRefused, contract_sheets.SheetRefused, directory_sheets.SheetRefused,
    plan_sheets.FileRefused,
)  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
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


def seeds_of(doors: Doors) -> dict[str, tuple[Callable[[bytes], None], list[bytes], tuple[bytes, ...]]]:
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
    return {
        "registrations": (
            doors.registrations,
            [people, write_xlsx(["Nom", "Prénom", "Courriel"], [["A", "B", "a@b.fr"]], "F")],
            SHEET,
        ),
        "organisations": (doors.organisations, [write_csv(headers, rows)], SHEET),
        "contracts": (doors.contracts, [write_csv(*contract)], SHEET),
        "plan": (doors.plan, [write_csv(*plan)], SHEET),
        "observations": (doors.observations, [write_list(OBSERVATIONS, seen)], (*SHEET, *JSON)),
        "open data": (doors.open_data, lists, (*SHEET, *JSON)),
        "archive": (doors.archive, [write_archive(doors.day)], ()),
        "programme": (doors.programme, programme_seeds(), TOML),
        "territories": (doors.territories, territory_seeds(), JSON),
        "method": (
            doors.method,
            [(library / "codev.toml").read_bytes(), (library / "pot-du-quartier.toml").read_bytes()],
            TOML,
        ),
    }


def test_any_file_is_taken_in_or_refused_in_words(world: World) -> None:
    random = counting.random_of("imports")
    doors = Doors(world)
    known = seeds_of(doors)
    names = sorted(known)
    taken = dict.fromkeys(names, 0)
    for turn in counting.counted("imports"):
        name = names[turn % len(names)]
        door, seeds, words = known[name]
        content = hurt(name, random, seeds, words)
        before = Organisation.objects.count()
        try:
            with transaction.atomic():
                door(content)
                taken[name] += 1
                transaction.set_rollback(True)
        except REFUSALS as refusal:
            for sentence in sentences(refusal):
                check_sentence(sentence, whole=not isinstance(refusal, UnreadableSheet))
        except Exception as error:
            raise AssertionError(f"{name}: {content!r:.6000}\n{type(error).__name__}: {error}") from error
        assert Organisation.objects.count() == before
    assert sum(taken.values()) > 3, taken  # else the damage stopped at each door


def hurt(name: str, random: Random, seeds: list[bytes], words: tuple[bytes, ...]) -> bytes:
    if name in ("programme", "method") and random.random() < 0.6:
        return reworded(random, random.choice(seeds).decode()).encode("utf-8", "replace")
    if name == "archive":
        return hurt_archive(random, seeds[0])
    return damaged(random, seeds, words)


def hurt_archive(random: Random, whole: bytes) -> bytes:
    """One of its files changed, and the package told so: what is read is hurt, not the zip around it."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice([each for each in sorted(content) if each != "datapackage.json"])
    content[name] = damaged(random, [content[name]], (*SHEET, *JSON))
    package = json.loads(content["datapackage.json"])
    for resource in package.get("resources", []):
        if resource.get("path") == name:
            resource["bytes"] = len(content[name])
            resource["hash"] = "sha256:" + hashlib.sha256(content[name]).hexdigest()
    content["datapackage.json"] = json.dumps(package).encode()
    return packed(content)


def sentences(refusal: Any) -> Iterator[str]:
    if hasattr(refusal, "problems"):
        for problem in refusal.problems:
            yield getattr(problem, "sentence", problem)
    else:
        yield str(refusal.sentence)
