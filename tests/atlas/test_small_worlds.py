"""Worlds of our own: how many queries, several regions, overseas, places without outline or people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillage.atlas import keeping
from maillage.atlas.indexing import index_territories
from maillage.contracts.services import make_contract, new_facts
from maillage.gatherings.services import change_gathering, make_gathering
from maillage.memory.experiences import EMPTY, erase_experience, propose_experience, publish_experience
from maillage.people.directory import list_organisations
from maillage.people.models import User
from maillage.people.services import find_or_make_organisation, give_right, make_space, open_atlas
from maillage.territories.enums import Level
from maillage.territories.models import Commune, Department, Epci, Outline, Qpv, Region
from maillage.territories.outlines import draw, read_outline
from maillage.territories.services import import_territories

pytestmark = pytest.mark.django_db


def square(west: float, south: float, size: float):
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return read_outline({"type": "Polygon", "coordinates": [ring]})


def outline(level: Level, shapes) -> None:
    for code, drawn in draw(shapes, level).items():
        for each in drawn:
            Outline.objects.create(level=level, code=code, **vars(each))


def make_region(code: str, name: str, department: str, west: float, south: float, epcis: int = 1) -> Region:
    region = Region.objects.create(code=code, name=name)
    Department.objects.create(code=department, name=f"Département {department}", region=region)
    outline(Level.REGION, {code: square(west, south, 0.5)})
    outline(Level.DEPARTMENT, {department: square(west, south, 0.5)})
    for number in range(epcis):
        make_epci(department, number, west + 0.1 * number, south)
    return region


def make_epci(department: str, number: int, west: float, south: float) -> Epci:
    epci = Epci.objects.create(
        siren=f"{department:0>3}00000{number}", name=f"CC {department} {number}", department_id=department
    )
    commune = Commune.objects.create(
        insee=f"{department[:2]}{number:03}", name=f"Commune {number}", department_id=department, epci=epci,
        population=1000, lon=west + 0.05, lat=south + 0.05,
    )  # fmt: skip
    qpv = Qpv.objects.create(
        code=f"QN{department:0>3}{number:02}M", name=f"Quartier {number}", epci=epci, lon=west + 0.05, lat=south + 0.05
    )
    qpv.communes.add(commune)
    outline(Level.EPCI, {epci.siren: square(west, south, 0.1)})
    outline(Level.QPV, {qpv.code: square(west + 0.04, south + 0.04, 0.01)})
    return epci


@pytest.fixture
def space():
    made = make_space(slug="essai", name="Essai", region=make_region("44", "Petit Est", "10", 4, 48), by="test")
    open_atlas(space=made, public=True, by="test")
    return made


@pytest.mark.parametrize("query", ["", "?vue=contrats", "?vue=rencontres&couches=france-services"])
@pytest.mark.parametrize("path", ["", "departements/10/"])
def test_three_intercommunalites_ask_no_more_queries_than_one(client, space, path, query):
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            html = client.get(f"/atlas/essai/{path}{query}").content.decode()
        counts.append(len(asked))
        rows = html.split("<tbody>")[1].split("</tbody>")[0].count("<tr>")
        if not _time:
            assert rows == 1
            make_epci("10", 1, 4.1, 48)
            make_epci("10", 2, 4.2, 48)
    assert rows == 3
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_three_quarters_ask_no_more_queries_than_one(client, space):
    siren = Epci.objects.get().siren
    counts = []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/atlas/essai/intercommunalites/{siren}/")
        counts.append(len(asked))
        Qpv.objects.create(code=f"QN0102{number}M", name=f"Autre {number}", epci_id=siren, lon=4.05, lat=48.05)
    assert counts[0] == counts[1]


def test_a_country_has_its_regions_and_overseas_a_sheet_of_their_own(client, space):
    assert client.get("/atlas/essai/france/").status_code == 404
    make_region("04", "Petite Réunion", "974", 55.2, -21.4)
    html = client.get("/atlas/essai/france/").content.decode()
    assert html.count('<svg class="map-sheet"') == 2
    assert "Petit Est, 1\u00a0quartier prioritaire" in html
    assert 'href="/atlas/essai/regions/04/"' in html
    assert 'href="/atlas/essai/france/"' in client.get("/atlas/essai/").content.decode()
    other = client.get("/atlas/essai/regions/04/").content.decode()
    assert "Département 974" in other
    for kind in ("svg", "pdf"):
        assert client.get(f"/atlas/essai/france/carte.{kind}").status_code == 200


def test_no_figure_is_invented(client, space):
    html = client.get("/atlas/essai/").content.decode()
    assert "habitants (" not in html
    assert "non connue" in html.split("<tbody>")[1]


def test_a_place_without_outline_has_its_facts_and_a_sketch_or_none(client, space):
    bare = Epci.objects.create(siren="200000999", name="CC sans contour", department_id="10")
    Commune.objects.create(insee="10900", name="Loin", department_id="10", epci=bare, lon=4.3, lat=48.3)
    html = client.get("/atlas/essai/intercommunalites/200000999/").content.decode()
    assert "Aucun quartier prioritaire" in html or "aucun quartier prioritaire" in html
    assert '<svg class="map-sheet"' in html
    Outline.objects.all().delete()
    html = client.get("/atlas/essai/intercommunalites/200000999/").content.decode()
    assert "Pas de carte ici" in html
    assert client.get("/atlas/essai/").status_code == 200
    assert client.get("/atlas/essai/carte.pdf").status_code == 404


def test_a_space_without_region_takes_the_only_one_and_says_when_there_is_none(client, space):
    lone = make_space(slug="seul", name="Seul", by="test")
    open_atlas(space=lone, public=True, by="test")
    assert "Petit Est" in client.get("/atlas/seul/").content.decode()
    make_region("11", "Autre", "75", 2, 48)
    answer = client.get("/atlas/seul/")
    assert answer.status_code == 404
    assert "Petit Est" in answer.content.decode()
    assert "Autre" in answer.content.decode()


def test_a_name_is_text_in_the_map_and_in_the_page(client, space):
    Epci.objects.update(name='<script>alert("x")</script>')
    Qpv.objects.update(name="</title><script>1</script>")
    for path in ("", f"intercommunalites/{Epci.objects.get().siren}/", "carte.svg"):
        assert "<script>alert" not in client.get(f"/atlas/essai/{path}").content.decode()
        assert "<script>1" not in client.get(f"/atlas/essai/{path}").content.decode()


@pytest.fixture
def kept(monkeypatch) -> None:
    monkeypatch.setattr(keeping, "OLDEST", 600)


def words_of(client, path: str) -> str:
    answer = client.get(f"/atlas/essai/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_page_asked_again_is_the_same_and_asks_next_to_nothing(client, space, kept, django_assert_max_num_queries):
    for path in ("", "communes/10000/", "structures/", "recherche/?q=quartier"):
        first = words_of(client, path)
        with django_assert_max_num_queries(2):
            assert words_of(client, path) == first


def test_whatever_changes_a_page_is_on_it_at_once(client, space, kept, django_capture_on_commit_callbacks):
    """Each line: an act of its own service, a page that had been kept, and what is read there after, or no longer."""
    index_territories()
    epci = Epci.objects.get(name="CC 10 0")
    facts = new_facts(epci.pk, status="signed", source="Préfecture des pivoines")
    told = EMPTY | {"title": "Des glycines", "commune": "10000"}
    made = {}

    def gathering() -> None:
        made["day"] = make_gathering(
            space=space, kind="regional_day", title="Les hortensias", by="e", public=True, commune_id="10000"
        )

    def experience() -> None:
        made["told"] = propose_experience(space=space, content=told, by="e")
        publish_experience(experience=made["told"], number=1, by="e")

    def organisation() -> None:
        made["row"] = find_or_make_organisation(space=space, name="Les bleuets")
        list_organisations(space=space, keys=[made["row"].pk], listed=True, by="e")

    acts = [
        ("communes/10000/", gathering, "Les hortensias", True),
        ("recherche/?q=hortensias", lambda: None, "Les hortensias", True),
        ("communes/10000/", lambda: change_gathering(gathering=made["day"], by="e", public=False), "hortensias", False),
        ("recherche/?q=hortensias", lambda: None, "Les hortensias</a>", False),
        ("communes/10000/", lambda: make_contract(space=space, facts=facts, by="e"), "Préfecture des pivoines", True),
        ("communes/10000/", experience, "Des glycines", True),
        ("communes/10000/", lambda: erase_experience(experience=made["told"], by="e"), "glycines", False),
        ("structures/", organisation, "Les bleuets", True),
        (
            "structures/",
            lambda: list_organisations(space=space, keys=[made["row"].pk], listed=False, by="e"),
            "bleuets",
            False,
        ),
        (
            "communes/10000/",
            lambda: import_territories([("communes.csv", b"insee,nom\n10000,Les Capucines\n")]),
            "Les Capucines",
            True,
        ),
    ]
    for path, act, words, there in acts:
        words_of(client, path)
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert (words in words_of(client, path)) is there, words
    open_atlas(space=space, public=False, by="e")
    assert client.get("/atlas/essai/communes/10000/").status_code == 404


def test_what_who_signed_in_reads_is_given_to_nobody_else(client, space, kept):
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé Muller")
    give_right(user=user, space=space, role="organiser", by="test")
    client.force_login(user)
    assert "Zoé Muller" in words_of(client, "")
    client.logout()
    assert "Zoé Muller" not in words_of(client, "")
    client.force_login(user)
    assert "Fermer l’atlas" in words_of(client, "")
