"""What is public is found, however it is written; what is not is nowhere in the index."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse

from maillage.atlas import search
from maillage.atlas.indexing import index_contracts, index_experiences, index_territories, index_what_is_not
from maillage.atlas.models import Entry
from maillage.atlas.search import find
from maillage.contracts.models import ContratDeVille
from maillage.contracts.sheets import import_earlier_contracts
from maillage.gatherings.services import change_gathering, make_gathering
from maillage.memory.experiences import EMPTY, erase_experience, propose_experience, publish_experience
from maillage.office.models import Job
from maillage.people.directory import list_organisations
from maillage.people.merging import merge_organisations
from maillage.people.services import find_or_make_organisation, make_space
from maillage.territories.models import Epci
from maillage.territories.services import load_territories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def indexed(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole region in the index, once a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories()
        index_territories()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def house(indexed, db):
    space = make_space(slug="oriv", name="ORIV", by="essai")
    space.atlas_public = True
    space.save()
    return space


def titles(space, question, **chosen) -> list[str]:
    return [entry.title for entry in find(space, question, chosen).entries]


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Vandœuvre-lès-Nancy", "Vandœuvre-lès-Nancy"),
        ("vandoeuvre les nancy", "Vandœuvre-lès-Nancy"),
        ("VANDOEUVRE", "Vandœuvre-lès-Nancy"),
        ("vandœu", "Vandœuvre-lès-Nancy"),
        ("chantereigne", "Chantereigne Montvilliers Beau-Toquat"),
        ("QN01003M", "Chantereigne Montvilliers Beau-Toquat"),
        ("10081", "La Chapelle-Saint-Luc"),
        ("ardennes metropoles", "CA Ardenne Métropole"),
    ],
)
def test_a_place_is_found_whatever_its_accents_capitals_or_plural(house, question, wanted):
    assert wanted in titles(house, question)[:3]


@pytest.mark.parametrize(
    "question", ["", "  ", '"', "a AND", "') OR 1=1 --", "*", "NEAR(", "é" * 200, "a:b & !c", "xxxx"]
)
def test_whatever_is_typed_is_only_words(house, client, question):
    assert client.get(reverse("atlas:search", args=["oriv"]), {"q": question}).status_code == 200


@pytest.mark.parametrize("asked", [{"annee": "²"}, {"page": "²"}, {"annee": "x"}, {"quoi": "x"}, {"page": "-1"}])
def test_a_filter_made_by_hand_breaks_nothing(house, client, asked):
    page = reverse("atlas:search", args=["oriv"])
    assert client.get(page, {"q": "nancy"} | asked).status_code == 200


def tell(space, *, published=True, **words):
    experience = propose_experience(space=space, content=EMPTY | {"title": "Une histoire"} | words, by="essai")
    if published:
        publish_experience(experience=experience, number=1, by="essai")
    index_experiences(experience.pk)
    return experience


def test_only_what_is_published_is_found_and_it_goes_when_it_is_erased(house, django_capture_on_commit_callbacks):
    tell(house, published=False, problem="zirconium secret")
    shown = tell(house, problem="zirconium public", contact="Jeanne Abricot", contact_agreed=True)
    assert titles(house, "zirconium") == ["Une histoire"]
    assert titles(house, "abricot") == []  # a person is not searched, agreed or not
    assert titles(make_space(slug="autre", name="Autre", by="essai"), "zirconium") == []
    with django_capture_on_commit_callbacks(execute=True):
        erase_experience(experience=shown, by="essai")
    assert titles(house, "zirconium") == []


def test_the_index_follows_what_is_written(house, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        day = make_gathering(space=house, kind="regional_day", title="Journée des pivoines", by="essai", public=True)
    assert titles(house, "pivoine") == ["Journée des pivoines"]
    with django_capture_on_commit_callbacks(execute=True):
        slot = day.slots.create(position=1, kind="workshops", title="Matin")
        slot.workshops.create(position=1, title="Arroser ensemble les hortensias")
    assert titles(house, "hortensia") == ["Journée des pivoines"]
    with django_capture_on_commit_callbacks(execute=True):
        change_gathering(gathering=day, by="essai", public=False)
    assert titles(house, "pivoine") == []


def test_a_title_comes_before_a_mention(house):
    tell(house, title="Autre chose", problem="on parle de jardins partagés")
    tell(house, title="Un jardin partagé")
    assert titles(house, "jardins partagés") == ["Un jardin partagé", "Autre chose"]


@pytest.mark.parametrize(
    ("name", "kept"), [("Isolement", "Parterre A"), ("2025", "Parterre B"), ("Aube", "Parterre A")]
)
def test_filters_narrow_and_are_taken_back(house, client, name, kept):
    tell(house, title="Parterre A", themes=["Isolement"], year=2024, commune="10081")
    tell(house, title="Parterre B", themes=["Jeunesse"], year=2025, commune="54547")
    page = reverse("atlas:search", args=["oriv"])
    whole = plain(client.get(page, {"q": "parterre"}))
    assert "<strong>2 résultats</strong>" in whole
    href = re.search(rf'<a href="([^"]+)">{name}</a>', whole)
    assert href
    body = plain(client.get(page + href[1].replace("&amp;", "&")))
    assert re.findall(r">(Parterre .)</a>", body) == [kept]
    assert "<strong>1 résultat</strong>" in body
    back = re.search(r'<a href="([^"]+)" aria-current="true">', body)
    assert back
    assert "<strong>2 résultats</strong>" in plain(client.get(page + back[1].replace("&amp;", "&")))


def test_sigles_are_said_in_full(house, client):
    page = reverse("atlas:search", args=["oriv"])
    assert "taxe foncière sur les propriétés bâties" in plain(client.get(page, {"q": "tfpb"}))
    tell(house, title="L’abattement de TFPB au service des habitants")
    assert "<summary>TFPB</summary>" in plain(client.get(page, {"q": "abattement"}))
    assert plain(client.get(reverse("atlas:glossary"))).count("<dt ") > 10


def test_an_index_that_is_not_there_is_made_at_the_start_and_nobody_waits_for_it(house, client):
    count = Entry.objects.count()
    Entry.objects.all().delete()
    search.change_mark(search.INDEX)
    page = reverse("atlas:search", args=["oriv"])
    for _time in range(2):
        assert "en train d’être fait" in plain(client.get(page, {"q": "tomblaine"}))
    assert Job.objects.filter(kind="atlas-index").count() == 1
    index_what_is_not()
    assert "Tomblaine" in plain(client.get(page, {"q": "tomblaine"}))
    assert Entry.objects.count() == count


def test_results_are_paged_and_the_number_of_questions_does_not_grow(house, client, django_assert_max_num_queries):
    page = reverse("atlas:search", args=["oriv"])
    with django_assert_max_num_queries(9):
        body = plain(client.get(page, {"q": "saint"}))
    assert 'rel="next"' in body
    assert plain(client.get(page, {"q": "saint", "page": "2"})) != body
    assert client.get(page, {"q": "saint", "page": "9999"}).status_code == 200


def test_a_closed_atlas_is_searched_by_its_own(house, client):
    house.atlas_public = False
    house.save()
    assert client.get(reverse("atlas:search", args=["oriv"]), {"q": "nancy"}).status_code == 404


def test_a_contract_is_found_and_read_without_the_note_of_its_organisers(house, client):
    epci = Epci.objects.get(pk="200069250")
    facts = {
        "epci": epci,
        "status": "signed",
        "source": "Préfecture",
        "axes": ["Verdir les cours"],
        "note": "zirconium",
    }
    row = ContratDeVille.objects.create(space=house, **facts)
    index_contracts()
    assert titles(house, "verdir cours") == [f"Contrat de ville {row}"]
    assert titles(house, "zirconium") == []
    page = reverse("atlas:contract", args=["oriv", row.pk])
    body = plain(client.get(page))
    assert "Verdir les cours" in body
    assert "Préfecture" in body
    assert "zirconium" not in body
    assert page in plain(client.get(reverse("atlas:epci", args=["oriv", epci.pk])))
    other = make_space(slug="autre", name="Autre", by="essai")
    other.atlas_public = True
    other.save()
    assert client.get(reverse("atlas:contract", args=["autre", row.pk])).status_code == 404


def test_an_organisation_is_found_once_it_is_listed_and_no_longer_than_that(house, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = find_or_make_organisation(space=house, name="Régie de quartier Horizon")
    assert titles(house, "regie horizon") == []
    for listed, wanted in ((True, ["Régie de quartier Horizon"]), (False, []), (True, ["Régie de quartier Horizon"])):
        with django_capture_on_commit_callbacks(execute=True):
            list_organisations(space=house, keys=[row.pk], listed=listed, by="Zoé")
        assert titles(house, "regie horizon") == wanted
    other = find_or_make_organisation(space=house, name="Horizon, régie")
    with django_capture_on_commit_callbacks(execute=True):
        merge_organisations(kept=other, gone=row, by="Zoé")
    assert titles(house, "regie horizon") == []  # the one kept is not listed


def test_contracts_of_a_file_are_found(house, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        import_earlier_contracts(space=house, by="Zoé")
    assert "Contrat de ville Metz Métropole 2015–2023" in titles(house, "contrat metz", kind="contract")


def test_of_very_many_the_titles_come_first_and_the_page_says_that_more_is_asked(house, client, monkeypatch):
    everything = find(house, "metz", {})
    assert everything.total > 5
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    monkeypatch.setattr(search, "PAGE", 3)
    found = [find(house, "metz", {}, page) for page in (1, 2, 3)]
    assert [len(each.entries) for each in found] == [3, 2, 0]
    assert (found[0].total, found[0].shown) == (everything.total, 5)
    assert found[0].facets == everything.facets
    assert all("etz" in entry.title for entry in found[0].entries)
    assert "C’est beaucoup" in plain(client.get(reverse("atlas:search", args=["oriv"]), {"q": "metz"}))
