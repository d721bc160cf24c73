"""Official files of several publishers: read, refused with their place, never half taken."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.territories.importing import TerritoriesRefused
from maillage.territories.models import Commune, Epci, Outline, Qpv, Region, Shape, Source
from maillage.territories.queries import PlaceNotFound, find_epci, region_counts
from maillage.territories.reading import MOST_FILES, accented, read_files
from maillage.territories.services import import_territories

SQUARE = [[[4.0, 48.3], [4.02, 48.3], [4.02, 48.32], [4.0, 48.32], [4.0, 48.3]]]
# @etalab/decoupage-administratif
ETALAB = {
    "regions.json": [{"code": "44", "chefLieu": "67482", "nom": "Grand Est", "zone": "metro"}],
    "departements.json": [{"code": "10", "region": "44", "chefLieu": "10387", "nom": "Aube", "zone": "metro"}],
    "communes.json": [
        {"code": "10081", "nom": "La Chapelle-Saint-Luc", "departement": "10", "region": "44", "population": 12600},
        {"code": "10387", "nom": "Troyes", "departement": "10", "region": "44", "population": 62800},
    ],
    "epci.json": [
        {
            "code": "200069250",
            "nom": "CA Troyes Champagne Métropole",
            "type": "CA",
            "populationTotale": 170000,
            "membres": [{"code": "10081", "siren": "211000811"}, {"code": "10387", "siren": "211003732"}],
        }
    ],
}


def qpvs(**changes: Any) -> dict[str, Any]:
    """As ANCT publishes them."""
    properties = {
        "code_qp": "QN01001M",
        "lib_qp": "Chantereigne Montvilliers Beau-Toquat",
        "insee_com": "10081, 10387",
        "siren_epci": "200069250",
    }
    geometry = changes.pop("geometry", {"type": "Polygon", "coordinates": SQUARE})
    feature = {"type": "Feature", "properties": properties | changes, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def files(**contents: object) -> list[tuple[str, bytes]]:
    return [(name, json.dumps(content).encode()) for name, content in contents.items()]


def everything(**changes: Any) -> list[tuple[str, bytes]]:
    return files(**ETALAB, **{"qpv.geojson": qpvs(**changes)})


def refused(given: list[tuple[str, bytes]]) -> list[str]:
    with pytest.raises(TerritoriesRefused) as refusal:
        import_territories(given)
    assert as_typed(refusal.value.sentence).startswith("Rien n’a été importé :\n")
    return [as_typed(str(doubt)) for doubt in refusal.value.doubts]


def as_typed(sentence: str) -> str:
    """With the spaces of a keyboard: the catalogue sets those of French typography."""
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_files_of_two_publishers_in_any_order_make_a_region(db):
    given = everything()
    imported = import_territories(given[::-1], title="QPV 2024", producer="ANCT", licence="LO 2.0", published="2026-01")
    assert (imported.qpvs, imported.communes, imported.epcis, imported.outlines) == (1, 2, 1, 1)
    qpv = Qpv.objects.get()
    assert qpv.name == "Chantereigne Montvilliers Beau-Toquat"
    assert sorted(qpv.communes.values_list("name", flat=True)) == ["La Chapelle-Saint-Luc", "Troyes"]
    assert (qpv.vintage, qpv.epci_id) == (2024, "200069250")
    assert Source.objects.get(pk=qpv.sources[""]).producer == "ANCT"
    assert region_counts("44").qpv_by_department == {"10": 1}
    assert json.loads(Shape.objects.get().geometry)["coordinates"] == SQUARE
    outline = Outline.objects.get()
    assert (outline.zone, outline.path[:1], outline.path[-1:]) == ("metropole", "M", "z")
    assert 100 < outline.right - outline.left < 200  # 1.5 km in steps of 10 m
    assert import_territories(given).qpvs == 1  # a second time makes nothing twice
    assert (Qpv.objects.count(), Outline.objects.count()) == (1, 1)


def test_a_quarter_of_2015_keeps_its_vintage(db):
    import_territories(everything(code_qp="QP010001"))
    assert Qpv.objects.get().vintage == 2015
    assert region_counts("44").qpv == 0  # the list in force is 2024's


def test_a_zip_is_read(db):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in everything():
            archive.writestr(name, content)
        archive.writestr("LISEZMOI.txt", "rien")
    assert import_territories([("qpv-2024.zip", packed.getvalue())]).qpvs == 1


REVERSED = [[[48.3, 4.0], [48.3, 4.02], [48.32, 4.02], [48.32, 4.0], [48.3, 4.0]]]
LAMBERT = [[[774000, 6800000], [775000, 6800000], [775000, 6801000], [774000, 6800000]]]
BOW = [[[4.0, 48.3], [4.02, 48.32], [4.02, 48.3], [4.0, 48.32], [4.0, 48.3]]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"geometry": {"type": "Polygon", "coordinates": REVERSED}}, "longitude et latitude sont inversées"),
        ({"geometry": {"type": "Polygon", "coordinates": LAMBERT}}, "sont des mètres, en Lambert-93 sans doute"),
        ({"geometry": {"type": "Polygon", "coordinates": BOW}}, "le contour se croise lui-même près de (4.01 ; 48.31)"),
        ({"geometry": {"type": "LineString", "coordinates": SQUARE[0]}}, "le contour est « LineString »"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[4, 48]]]}}, "pas une suite de points"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "le contour est vide"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[2, 60], [3, 60], [3, 61], [2, 60]]]}}, "hors de France"),
        ({"siren_epci": "200069251"}, "l’intercommunalité 200069251 est inconnue ; la plus proche est 200069250"),
        ({"insee_com": "10999"}, "commune inconnue : 10999"),
        ({"code_qp": "Chantereigne"}, ""),
        ({"population": "beaucoup"}, "population : « beaucoup » n’est pas un nombre"),
        ({"population": -3}, "une population de -3.0 n’est pas possible"),
        ({"lib_qp": ""}, "le nom manque"),
        ({"lib_qp": "x" * 201}, f"« {'x' * 40}… » est trop long : 200 signes au plus"),
    ],
)
def test_what_cannot_be_taken_is_said_with_its_place_and_nothing_is_taken(db, changes, said):
    given = everything(**changes)
    if not said:  # not a code of a quarter: the row is read as the commune it also names, twice then
        import_territories(given)
        assert not Qpv.objects.exists()
        return
    (doubt,) = refused(given)
    assert doubt.startswith("qpv.geojson, élément 1 : ")
    assert said in doubt
    assert not Region.objects.exists()
    assert not Source.objects.exists()


COMMUNE = b"insee,name,department,epci_siren,epci_name\n10081,La Chapelle-Saint-Luc,10,%s,%s\n"
LANDMARK = b"programme,id,name,insee_codes\ncit\xc3\xa9 de l'emploi,%s,Troyes,10081\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (COMMUNE % (b"CA de Troyes", b"Troyes"), "« CA de Troyes » n’est pas un SIREN : neuf chiffres"),
        (COMMUNE % (b"200069250", b"y" * 201), f"« {'y' * 40}… » est trop long : 200 signes au plus"),
        (LANDMARK % (b"z" * 21), f"« {'z' * 21}… » est trop long : 20 signes au plus"),
    ],
)
def test_what_a_column_cannot_hold_is_said_of_its_row(db, content, said):
    """Once failed: PostgreSQL refused the whole, with its own words."""
    import_territories(everything())
    assert any(
        doubt.startswith("liste.csv, ligne 2 : ") and said in doubt for doubt in refused([("liste.csv", content)])
    )


def test_another_projection_is_named(db):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    (doubt,) = refused(files(**{"qpv.geojson": qpvs() | {"crs": crs}}))
    assert "la projection est « urn:ogc:def:crs:EPSG::2154 » ; on attend WGS 84" in doubt


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ni JSON, ni un tableau CSV"),
        (b"\xff\xfe", "ce n’est pas du texte en UTF-8"),
        (b"{", "ligne 1, colonne 2 : ce n’est pas du JSON"),
        (b'{"features": NaN}', "un nombre impossible"),
        (b"[" * 100_000, "trop de niveaux"),
        (b"{}", "ni une FeatureCollection, ni une liste"),
        (b"[3]", "élément 1 : ce n’est pas un territoire"),
        (b"a,b\n1,2\n", "ligne 2 : aucun code officiel reconnu"),
        (b"PK\x03\x04nothing", "ce zip ne s’ouvre pas"),
    ],
)
def test_a_file_of_nothing_we_know_is_refused(db, content, said):
    (doubt,) = refused([("f", content)])
    assert said in doubt


def test_a_zip_that_swells_is_refused(db):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bombe.json", b"[" + b" " * 120_000_000)
    assert len(packed.getvalue()) < 200_000
    (doubt,) = refused([("qpv.zip", packed.getvalue())])
    assert "plus de 100 Mo" in doubt


def test_a_zip_of_too_many_files_is_refused(db):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(MOST_FILES + 1):
            archive.writestr(f"{number}.json", b"[]")
    assert refused([("qpv.zip", packed.getvalue())]) == ["qpv.zip : plus de 20 fichiers dans ce zip."]


def test_a_merged_epci_is_found_by_its_old_siren(grand_est):
    old = find_epci("245701222")
    assert (old.name, old.successor.name) == ("CA du Val de Fensch", "Thionville Fensch Agglomération")
    Epci.objects.filter(pk="245701222").update(merged_on="2026-01-01")
    # a file of 2026 that still names the one of before: it is there, with its successor
    assert import_territories([("communes.csv", b"insee,nom,epci_siren\n57221,Florange,245701222\n")]).communes == 1
    assert Commune.objects.get(pk="57221").epci.successor_id == "992367730"


def test_an_unknown_place_is_said_not_guessed(grand_est):
    with pytest.raises(PlaceNotFound):
        find_epci("999999999")


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["code_qp", "siren", "insee", "name", "communes", "membres", "population"]), anything
    )
)
def test_whatever_a_feature_holds_nothing_raises(properties):
    for geometry in (None, {"type": "Point", "coordinates": ["a"]}, {"type": "Polygon", "coordinates": 3}):
        content = {"features": [{"properties": properties, "geometry": geometry}]}
        read_files([("f.geojson", json.dumps(content).encode())])


@given(st.binary(max_size=300))
def test_whatever_the_bytes_nothing_raises(content):
    assert read_files([("f", content)]) is not None


def test_a_short_name_that_lost_its_accents_takes_them_back_from_the_long_one():
    assert accented("CA d'Epinal", "Communauté d'agglomération d'Épinal") == "CA d'Épinal"
    assert accented("CA Epernay, Coteaux", "Communauté d'agglomération Épernay, Coteaux") == "CA Épernay, Coteaux"
    assert accented("CC du Pays Haut", "Communauté de communes du Pays-Haut") == "CC du Pays Haut"
    assert accented("CA Troyes", "") == "CA Troyes"
