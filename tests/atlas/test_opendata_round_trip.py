"""Exported, imported into an empty database, exported again: the same bytes. And every list is what its schema says."""

import csv
import datetime as dt
import io
import json
import re

import pytest

from maillage.atlas.opendata.describing import describe
from maillage.atlas.opendata.importing import OpenDataRefused, import_open_data
from maillage.atlas.opendata.lists import ALL, BY_NAME
from maillage.atlas.opendata.writing import write_list
from maillage.config.cli import main
from maillage.territories.importing import TerritoriesRefused
from maillage.territories.models import Commune, Epci, Landmark, Outline, Qpv, Shape
from maillage.territories.published import LISTS
from maillage.territories.services import import_territories
from tests.atlas.opendata import NASTY, empty_everything, few_territories, fill, full_space

pytestmark = pytest.mark.django_db


def written(space, kind: str, names=None) -> dict[str, bytes]:
    lists = [asked for asked in ALL if kind in asked.formats and (names is None or asked.name in names)]
    return {f"{asked.name}.{kind}": write_list(asked, asked.asked(space), kind) for asked in lists}


@pytest.fixture
def house(db):
    few_territories()
    merged = Epci.objects.create(
        siren="246700000",
        name=NASTY[0],
        long_name=NASTY[5],
        department_id="54",
        successor_id="200069250",
        merged_on=dt.date(2017, 1, 1),
        sources={"": "dgcl-epci-2025", "successor": "insee-epci-2026"},
    )
    # no other fact says it: its people are of another département than the one where its own list puts it
    Commune.objects.filter(pk="10081").update(epci=merged)
    Commune.objects.filter(pk="54099").update(lon=-1.5, name="'" + NASTY[1])
    Qpv.objects.filter(pk="QN01003M").update(name=NASTY[3])
    # its outline came later, from another list than its row
    Shape.objects.filter(code="QN01003M").update(sources={"": "ign-admin-express-2018"})
    space = full_space()
    fill(space, days=4)
    return space


@pytest.mark.parametrize("kind", ["csv", "json", "geojson"])
def test_every_list_comes_back_the_same_byte_for_byte(house, kind):
    before = written(house, kind)
    outlines = Outline.objects.count()
    # the sources, which have no place, travel beside as CSV
    given = before | {"sources.csv": written(house, "csv")["sources.csv"]}
    assert len(before) == {"csv": 13, "json": 13, "geojson": 6}[kind]
    assert all(len(content.splitlines()) > 1 for content in before.values())
    empty_everything()
    assert all(content not in before.values() for content in written(house, kind).values())
    numbers = import_open_data(space=house, given=list(given.items())[::-1], by="essai")
    assert set(numbers) == {name.split(".")[0] for name in given}
    after = written(house, kind)
    assert [name for name in before if before[name] != after[name]] == []
    if kind == "geojson":
        assert Outline.objects.count() == outlines  # what is drawn is drawn again
        assert Shape.objects.exists()


def test_twice_the_same_files_change_nothing(house):
    before = written(house, "csv")
    import_open_data(space=house, given=list(before.items()), by="essai")
    assert written(house, "csv") == before


def test_the_command_of_territories_reads_them_too(house, tmp_path):
    before = written(house, "csv", LISTS)
    empty_everything()
    import_territories(list(before.items()), title="une autre", producer="quelqu’un")
    assert written(house, "csv", LISTS) == before  # and no source is invented


def test_a_source_nobody_tells_is_refused_and_nothing_is_taken(house):
    before = written(house, "csv", ["regions", "departements"])
    empty_everything()
    with pytest.raises(TerritoriesRefused, match=r"la source «\sinsee-cog-2026\s» est inconnue"):
        import_territories(list(before.items()))
    assert not Epci.objects.exists()


@pytest.mark.parametrize(
    ("name", "column", "wrong", "sentence"),
    [
        ("communes", "population", "beaucoup", "n’est pas un nombre entier"),
        ("quartiers", "code", "Q1", "n’a pas la forme attendue"),
        ("intercommunalites", "fusionne_le", "hier", "n’est pas une date"),
        ("lieux", "genre", "usine", "n’est pas l’un de"),
        ("contrats", "signature", "peut-être", "n’est pas l’un de"),
        ("contrats", "signataires", "[1]", "chaque ligne dit categorie"),
        ("contrats", "derniere_annee", "2020", "à l’envers"),
        ("contrats", "siren_epci", "999999999", "inconnue"),
        ("rencontres", "fuseau", "Lune/Mer", "fuseau"),
        ("rencontres", "insee_commune", "99999", "inconnu"),
        ("experiences", "themes", "{", "n’est pas une liste JSON"),
        ("experiences", "documents", '[["x","javascript:alert(1)"]]', "documents"),
        ("ateliers", "moment", "00000000-0000-7000-8000-000000000000", "inconnu"),
    ],
)
def test_a_wrong_cell_is_said_with_its_place_and_nothing_is_taken(house, name, column, wrong, sentence):
    before = written(house, "csv")
    rows = list(csv.reader(io.StringIO(before[f"{name}.csv"].decode("utf-8-sig"), newline=""), delimiter=";"))
    rows[1][rows[0].index(column)] = wrong
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    with pytest.raises(Exception, match=r"ligne \d") as refusal:
        import_open_data(space=house, given=[(f"{name}.csv", out.getvalue().encode("utf-8-sig"))], by="essai")
    assert sentence in refusal.value.sentence.replace("\xa0", " ").replace("\u202f", " ")
    assert written(house, "csv") == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (b"a;b\r\n1;2\r\n", "aucune liste"),
        (b"[1]", "élément 1"),
        (b"", "aucune liste"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_a_file_of_something_else_is_refused(house, content, sentence):
    with pytest.raises(OpenDataRefused, match=sentence):
        import_open_data(space=house, given=[("x.csv", content)], by="essai")


def test_another_space_is_not_written_into(house):
    other = full_space("autre")
    with pytest.raises(Exception, match="déjà celui d’autre chose"):
        import_open_data(space=other, given=list(written(house, "csv", ["rencontres"]).items()), by="essai")
    with pytest.raises(Exception, match="déjà celui d’autre chose"):
        import_open_data(space=other, given=list(written(house, "csv", ["experiences"]).items()), by="essai")


def test_the_command_takes_the_files(house, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("maillage.config.commands.import_opendata.prepare_tables", lambda: None)
    before = written(house, "csv")
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    empty_everything()
    files = [str(tmp_path / name) for name in before]
    assert main(["import-opendata", "--space", "oriv", *files]) == 0
    assert "rencontres (4 lignes)" in capsys.readouterr().out.replace("\xa0", " ")
    assert written(house, "csv") == before
    assert main(["import-opendata", "--space", "nulle-part", *files]) == 1
    assert "oriv" in capsys.readouterr().err


# A checker of our own, which shares nothing with what writes: https://specs.frictionlessdata.io/table-schema/
PARSERS = {
    "string": str,
    "integer": int,
    "year": lambda text: int(text) if re.fullmatch(r"\d{4}", text) else 1 / 0,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "time": lambda text: dt.datetime.strptime(text, "%H:%M:%S").replace(tzinfo=dt.UTC),
    "datetime": lambda text: dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC),
    "array": lambda text: json.loads(text) if text[0] == "[" else 1 / 0,
    "object": lambda text: json.loads(text) if text[0] == "{" else 1 / 0,
}


def check_table(content: bytes, schema: dict) -> tuple[list[str], list[dict]]:
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    faults = []
    fields = schema["fields"]
    if rows[0] != [field["name"] for field in fields]:
        faults.append(f"headers {rows[0]}")
    records = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(fields):
            faults.append(f"row {number} has {len(row)} cells")
        record = {}
        for field, cell in zip(fields, row, strict=False):
            constraints = field.get("constraints", {})
            where = f"row {number}, {field['name']}: {cell[:30]!r}"
            record[field["name"]] = cell
            if cell in schema["missingValues"]:
                if constraints.get("required"):
                    faults.append(f"{where} is missing")
                continue
            try:
                PARSERS[field["type"]](cell)
            except (ValueError, KeyError, ZeroDivisionError):
                faults.append(f"{where} is no {field['type']}")
            if "pattern" in constraints and not re.fullmatch(constraints["pattern"], cell):
                faults.append(f"{where} is not of its pattern")
            if "enum" in constraints and cell not in constraints["enum"]:
                faults.append(f"{where} is not of its list")
        records.append(record)
    key = schema["primaryKey"] if isinstance(schema["primaryKey"], list) else [schema["primaryKey"]]
    keys = [tuple(record[name] for name in key) for record in records]
    if len(set(keys)) != len(keys):
        faults.append("the key is not unique")
    return faults, records


def test_every_list_is_what_its_table_schema_says(house):
    tables, schemas = {}, {}
    for asked in ALL:
        schemas[asked.name] = json.loads(json.dumps(describe(asked, house, "https://exemple.fr")))
        faults, tables[asked.name] = check_table(write_list(asked, asked.asked(house), "csv"), schemas[asked.name])
        assert faults == []
        assert tables[asked.name], asked.name
        assert all(field["description"] for field in schemas[asked.name]["fields"])
    for name, schema in schemas.items():
        for foreign in schema.get("foreignKeys", []):
            reference = foreign["reference"]
            known = {row[reference["fields"]] for row in tables[reference["resource"]]}
            said = {row[foreign["fields"]] for row in tables[name]} - {""}
            assert said <= known, (name, foreign)
    for name, rows in tables.items():  # and every source cited is listed
        cited = {word.rpartition("=")[2] for row in rows for word in row.get("sources", "").split()}
        assert cited <= {row["identifiant"] for row in tables["sources"]}, name


def test_the_checker_sees_what_is_wrong(house):
    asked = BY_NAME["quartiers"]
    schema = describe(asked, house, "")
    good = write_list(asked, asked.asked(house), "csv")
    for old, new in [(b"QN01003M", b"XX"), (b"2024", b"hier"), (b"QN01003M", b"")]:
        assert old in good
        assert check_table(good.replace(old, new), schema)[0]


def test_json_and_geojson_say_what_the_csv_says(house):
    for asked in ALL:
        rows = json.loads(write_list(asked, asked.asked(house), "json"))
        assert [list(row) for row in rows] == [asked.columns.names] * len(rows)
        if "geojson" not in asked.formats:
            continue
        said = json.loads(write_list(asked, asked.asked(house), "geojson"))
        assert said["type"] == "FeatureCollection"
        assert [{key: row["properties"][key] for key in rows[0]} for row in said["features"]] == rows
    outlined = json.loads(write_list(BY_NAME["quartiers"], BY_NAME["quartiers"].asked(house), "geojson"))
    kinds = {feature["geometry"]["type"] for feature in outlined["features"]}
    assert {"Polygon", "Point"} <= kinds <= {"Polygon", "MultiPolygon", "Point"}  # a point where no outline is loaded
    assert Landmark.objects.exclude(lon=None).exists()


def test_no_cell_is_a_formula_and_each_is_read_back(house):
    content = written(house, "csv")["experiences.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert {row["titre"] for row in rows} == {f"'{nasty} jardin" for nasty in NASTY[:4]}
    assert [row["lon"] for row in _communes(house) if row["insee"] == "54099"] == ["-1.5"]  # a number stays one


def _communes(house):
    content = written(house, "csv", ["communes"])["communes.csv"].decode("utf-8-sig")
    return csv.DictReader(io.StringIO(content, newline=""), delimiter=";")
