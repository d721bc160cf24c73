"""What each page says is there: gatherings, experiences, sentences, structures, neighbours; all of it a page away.

A world of one département, made by hand.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.atlas import keeping
from maillage.atlas.there import SHOWN
from maillage.contracts.services import make_contract, new_facts
from maillage.gatherings.models import Gathering, Slot, Speaker, Workshop
from maillage.gatherings.services import change_gathering, make_gathering
from maillage.memory.experiences import EMPTY, propose_experience, publish_experience
from maillage.memory.models import Publication, Takeaway
from maillage.memory.services import add_takeaway
from maillage.people.directory import list_organisations, write_organisation
from maillage.people.models import Organisation, Space
from maillage.people.services import make_space, open_atlas
from maillage.territories.models import Commune, Department, Epci, Qpv, Region

pytestmark = pytest.mark.django_db

HERE, BESIDE = "200000001", "200000002"
SAID = "Le jardin est à tous"


@pytest.fixture
def space() -> Space:
    region = Region.objects.create(code="44", name="Petit Est")
    aube = Department.objects.create(code="10", name="Aube", region=region)
    for number, siren in enumerate((HERE, BESIDE)):
        epci = Epci.objects.create(siren=siren, name=f"CA {'Ici' if siren == HERE else 'À côté'}", department=aube)
        commune = Commune.objects.create(
            insee=f"1000{number}", name=f"Ville {number}", department=aube, epci=epci, lon=4 + number / 10, lat=48
        )
        qpv = Qpv.objects.create(
            code=f"QN0100{number}M", name=f"Quartier {number}", epci=epci, lon=4 + number / 10, lat=48
        )
        qpv.communes.add(commune)
    made = make_space(slug="essai", name="Essai", region=region, by="test")
    open_atlas(space=made, public=True, by="test")
    return made


@pytest.fixture
def day(space) -> Gathering:
    """A public day there, a workshop about its quarter that a structure presented, an experience, a signed contract."""
    day = make_gathering(
        space=space, kind="regional_day", title="La journée d’ici", commune_id="10000", public=True, by="test"
    )
    slot = Slot.objects.create(gathering=day, position=1, kind="workshops", title="Matin")
    workshop = Workshop.objects.create(slot=slot, position=1, title="Jardiner", qpv_id="QN01000M")
    Workshop.objects.create(slot=slot, position=2, title="Autre chose")
    for name in ("Jardins d’ici", "Préfecture"):
        write_organisation(
            organisation=Organisation(space=space), facts={"name": name, "commune_id": None, "listed": True}, by="test"
        )
    Organisation.objects.filter(name="Jardins d’ici").update(commune="10000")
    Speaker.objects.create(slot=slot, workshop=workshop, position=1, name="X", organisation="Jardins d’ici")
    told = {"title": "Des voisins jardinent", "qpv": "QN01000M", "year": 2024}
    experience = propose_experience(space=space, content=EMPTY | told, by="test", workshop=workshop)
    publish_experience(experience=experience, number=1, by="test")
    signed = {"status": "signed", "source": "le contrat", "signed_on": "2024-05-30"}
    signed["signatories"] = [
        {"category": "state", "name": name, "signed_on": ""} for name in ("Préfecture", "Jardins d’ici")
    ]
    make_contract(space=space, facts=new_facts(HERE) | signed, by="test")
    for text, where in ((SAID, workshop), ("D’un autre atelier", Workshop.objects.get(title="Autre chose"))):
        add_takeaway(gathering=day, workshop=where, text=text, origin="organiser", by="test")
    Publication.objects.create(gathering=day, by="test")
    return day


def contract_page() -> str:
    return reverse("atlas:contract", args=["essai", Space.objects.get().contracts.get(epci=HERE).pk])


def organisation_page(name: str) -> str:
    return reverse("atlas:organisation", args=["essai", Organisation.objects.get(name=name).pk])


def whole(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().split("<main")[1].replace("\u00a0", " ").replace("\u202f", " ")


PLACES = ("regions/44/", "departements/10/", f"intercommunalites/{HERE}/", "quartiers/QN01000M/", "communes/10000/")


@pytest.mark.parametrize("path", PLACES)
def test_a_place_says_what_is_there(client, day, path):
    html = whole(client, f"/atlas/essai/{path}")
    shown = ["La journée d’ici", "Des voisins jardinent", SAID]
    shown += ["Jardins d’ici"] if path != "regions/44/" else []  # a région has too many: they are in the directory
    assert [words for words in shown if words not in html] == []
    assert ("D’un autre atelier" in html) == (not path.startswith("quartiers"))
    if not path.startswith(("regions", "departements")):  # the neighbour is beside it
        assert re.search(r"À côté</h2>.*(Quartier 1|CA À côté|Ville 1)", html, re.DOTALL)


def test_elsewhere_says_none_of_it(client, day):
    html = whole(client, f"/atlas/essai/intercommunalites/{BESIDE}/")
    assert [words for words in ("La journée", "Des voisins", SAID, "Jardins d’ici") if words in html] == []


def test_a_contract_says_what_is_there(client, day):
    html = whole(client, contract_page())
    assert f'<a href="{organisation_page("Préfecture")}">Préfecture</a>' in html
    for words in ("La journée d’ici", "Des voisins jardinent", SAID, "Jardins d’ici", "CA À côté", "signature non"):
        assert words in html, words


def test_an_organisation_says_what_is_there(client, day):
    Organisation.objects.create(space=day.space, name="Voisine", folded_name="voisine", commune_id="10000", listed=True)
    html = whole(client, organisation_page("Jardins d’ici"))
    for words in ("Des voisins jardinent", SAID, "CA Ici 2024–2030", "Préfecture", "Voisine"):
        assert words in html, words
    assert "D’un autre atelier" not in html


def test_what_is_not_public_is_on_no_page(client, day):
    pages = [*(f"/atlas/essai/{path}" for path in PLACES), contract_page(), organisation_page("Jardins d’ici")]
    lists = [f"/atlas/essai/{PLACES[2]}{what}/" for what in ("rencontres", "a-retenir", "structures")]
    assert all(SAID in whole(client, page) for page in [*pages, lists[1]])
    Publication.objects.all().delete()
    assert [page for page in [*pages, *lists] if SAID in whole(client, page)] == []
    Publication.objects.create(gathering=day, by="test")
    change_gathering(gathering=day, by="test", public=False)
    list_organisations(space=day.space, keys=Organisation.objects.values_list("pk", flat=True), listed=False, by="test")
    named = ("La journée d’ici", SAID)
    assert [page for page in [*pages[:-1], *lists] if any(words in whole(client, page) for words in named)] == []
    assert [page for page in [*pages[:-2], *lists] if "Jardins d’ici" in whole(client, page)] == []


def test_a_sentence_taken_back_leaves_a_kept_page_at_once(client, day, monkeypatch):
    monkeypatch.setattr(keeping, "OLDEST", 600)
    keeping.forget_all()
    page = f"/atlas/essai/{PLACES[3]}"
    assert SAID in whole(client, page)
    with CaptureQueriesContext(connection) as asked:
        assert SAID in whole(client, page)
    assert len(asked) < 5  # kept
    Takeaway.objects.get(text=SAID).delete()
    assert SAID not in whole(client, page)


def test_a_long_list_is_cut_and_all_of_it_is_a_page_away(client, day):
    for number in range(SHOWN + 55):
        day.space.experiences.create(title=f"Expérience {number:02}", published=1, commune_id="10000", year=2020)
    place = f"/atlas/essai/{PLACES[2]}"
    html = whole(client, place)
    assert html.count("Expérience ") == SHOWN - 1  # « Des voisins jardinent » is before
    assert f'href="{place}experiences/"' in html
    assert f'href="{place}rencontres/"' not in html  # one only: nothing more to see
    lists = [whole(client, f"{place}experiences/?page={number}") for number in (1, 2)]
    assert [each.count('<li><a href="/atlas/essai/experiences/') for each in lists] == [60, SHOWN + 56 - 60]
    assert "Page 2 sur 2" in lists[1]
    assert "Rien n’est connu ici" in whole(client, f"/atlas/essai/intercommunalites/{BESIDE}/experiences/")
    assert client.get("/atlas/essai/intercommunalites/999/experiences/").status_code == 404
    assert client.get("/atlas/essai/regions/44/structures/").status_code == 404  # the directory has them
    assert "Expérience 00" in whole(client, "/atlas/essai/regions/44/experiences/")


def test_written_and_untold_experiences_follow_one_another_over_pages(client, day):
    slot = Slot.objects.get(gathering=day)
    for number in range(70):
        Workshop.objects.create(slot=slot, position=number + 9, title=f"Présentée {number:02}", commune_id="10000")
    lists = [whole(client, f"/atlas/essai/communes/10000/experiences/?page={number}") for number in (1, 2)]
    titles = [found for html in lists for found in re.findall(r"Des voisins|Présentée \d\d", html)]
    assert titles == ["Des voisins", *(f"Présentée {number:02}" for number in range(70))]
