"""A name that two départements carry: it is asked which, in a sentence that says how; nothing is imported by half."""

import pytest

from maillage.config.importing import import_gatherings
from maillage.contracts.models import ContratDeVille
from maillage.contracts.sheets import SheetRefused, import_contracts
from maillage.gatherings.models import Gathering
from maillage.gatherings.reading import FileRefused
from maillage.people.directory_sheets import reading_of, start_import
from maillage.people.models import Organisation, Space
from maillage.people.services import make_space
from maillage.registrations.places import Communes
from maillage.territories.models import Commune, Department, Epci, Qpv, Region
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci, find_qpv

pytestmark = pytest.mark.django_db


@pytest.fixture
def twice(db) -> Space:
    """Two départements, each with a Saint-Denis, a CC du Val and a Centre Ville."""
    region = Region.objects.create(code="11", name="Île-de-France")
    for code, name, insee, siren, qpv in (
        ("93", "Seine-Saint-Denis", "93066", "200000001", "QN09301M"),
        ("974", "La Réunion", "97411", "200000002", "QN97401M"),
    ):
        department = Department.objects.create(code=code, name=name, region=region)
        epci = Epci.objects.create(siren=siren, name="CC du Val", department=department)
        Commune.objects.create(insee=insee, name="Saint-Denis", department=department, epci=epci)
        Qpv.objects.create(code=qpv, name="Centre Ville", epci=epci)
    return make_space(slug="essai", name="Essai", region=region, by="essai")


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_name_alone_is_asked_and_a_name_with_its_words_is_found(twice):
    with pytest.raises(PlaceNotFound) as asked:
        find_commune("saint denis")
    said = plain(asked.value.sentence)
    assert "plusieurs communes s’appellent « saint denis »" in said
    assert "Saint-Denis (93066, Seine-Saint-Denis) ou Saint-Denis (97411, La Réunion)" in said
    assert "avec ses parenthèses, ou son code seul" in said
    for text in ("Saint-Denis (97411, La Réunion)", "saint-denis (la réunion)", "Saint-Denis (974)", "97411"):
        assert find_commune(text).pk == "97411"
    for text in ("CC du Val (200000002, La Réunion)", "CC du Val (974)"):
        assert find_epci(text).pk == "200000002"
    assert find_qpv("Centre Ville (QN97401M, CC du Val)").pk == "QN97401M"
    for find, text in ((find_epci, "CC du Val"), (find_qpv, "Centre Ville"), (find_commune, "Saint-Denis (Ain)")):
        with pytest.raises(PlaceNotFound, match="plusieurs"):
            find(text)


def test_the_list_in_force_names_a_quarter_before_the_one_of_before(twice):
    Qpv.objects.filter(pk="QN97401M").update(vintage=2015)
    assert find_qpv("Centre Ville").pk == "QN09301M"
    assert find_qpv("QN97401M").pk == "QN97401M"


def test_many_namesakes_are_not_all_told(twice):
    epci = Epci.objects.get(pk="200000001")
    Qpv.objects.bulk_create(Qpv(code=f"QN0940{n}M", name="Centre Ville", epci=epci) for n in range(9))
    with pytest.raises(PlaceNotFound, match="3 autres"):
        find_qpv("Centre Ville")


def test_a_programme_is_refused_whole(twice):
    programme = """
[space]
slug = "essai"
name = "Essai"

[[gatherings]]
id = "jr"
kind = "regional_day"
title = "Journée"
date = 2026-03-03
commune = "Saint-Denis"
"""
    with pytest.raises(FileRefused) as refusal:
        import_gatherings(programme.encode(), filename="p.toml", assumptions=None, by="essai")
    assert "plusieurs communes s’appellent" in str(refusal.value.problems[0])
    assert not Gathering.objects.exists()
    import_gatherings(programme.replace("Denis", "Denis (La Réunion)").encode(), filename="p.toml", by="essai")
    assert Gathering.objects.get().commune_id == "97411"


def test_contracts_are_refused_whole_and_the_open_list_is_sent_where_it_is_read(twice):
    def given(*lines):
        return import_contracts(space=twice, content="\n".join(lines).encode(), filename="c.csv", by="essai")

    head = "Intercommunalité;Première année"
    with pytest.raises(SheetRefused, match="plusieurs intercommunalités s’appellent"):
        given(head, "CC du Val (974);2024", "CC du Val;2024")
    assert not ContratDeVille.objects.exists()
    given(head, "CC du Val (974);2024")
    assert ContratDeVille.objects.get().epci_id == "200000002"
    with pytest.raises(SheetRefused, match="maillage import-opendata"):
        given("siren_epci;premiere_annee;statut", "200000001;2024;signed")


def test_an_organisation_keeps_an_empty_place_and_says_why_before_anything_is_written(twice):
    content = "Nom;Commune\nLa Ruche;Saint-Denis\nLe Pont;Saint-Denis (La Réunion)\n".encode()
    reading = reading_of(start_import(space=twice, content=content, filename="s.csv", source="", by="essai"))
    assert [one.facts["commune"] and one.facts["commune"].pk for one in reading.new] == [None, "97411"]
    assert "plusieurs communes" in reading.doubts[0].sentence
    assert not Organisation.objects.exists()


def test_a_registration_that_says_which_is_not_asked_again(twice):
    communes = Communes()
    doubtful = communes.find("Saint-Denis", "")
    assert doubtful is not None
    assert (doubtful.sure, len(doubtful.others)) == (False, 1)
    for text in ("97400 Saint-Denis", "St Denis (La Réunion)", "SAINT-DENIS (974)"):
        found = communes.find(text, "")
        assert found is not None
        assert (found.insee, found.sure) == ("97411", True), text
