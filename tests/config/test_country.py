"""A country that does not exist: as large as asked, the same twice, and never beside anything true."""

import json

import pytest

from maillage.atlas.models import Entry
from maillage.config.commands import synthetic_country
from maillage.config.country.making import NotEmpty, make_country
from maillage.config.country.sizes import Sizes, sizes_at, spread
from maillage.contracts.models import ContratDeVille
from maillage.gatherings.models import Gathering
from maillage.memory.models import Experience
from maillage.people.models import Organisation, Person
from maillage.people.services import make_space
from maillage.plans.models import Placement
from maillage.registrations.models import Registration
from maillage.territories.models import Commune, Department, Epci, Landmark, Outline, Qpv, Region, Shape

PERCENT = 0.2
MODELS = (
    *(Region, Department, Epci, Commune, Qpv, Landmark, Outline, Shape),
    *(Organisation, Person, ContratDeVille, Gathering, Registration, Placement, Experience),
)


def everything() -> dict[str, list[tuple]]:
    """All but the moments at which rows were written."""
    told = {
        model: [column.attname for column in model._meta.concrete_fields if not column.attname.endswith("_at")]
        for model in MODELS
    }
    return {
        model.__name__: sorted((tuple(map(str, row)) for row in model._base_manager.values_list(*columns)), key=str)
        for model, columns in told.items()
    }


def without_numbers(said: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """A database numbers its rows as it likes: keys of our own making are texts."""
    numbered = ("Landmark", "Outline", "Shape", "Placement")
    return {name: sorted(row[1:] for row in rows) if name in numbered else rows for name, rows in said.items()}


def test_it_is_as_large_as_the_issue_asks():
    whole = sizes_at(100)
    assert whole == Sizes()
    asked = (whole.qpvs, whole.epcis, whole.communes, whole.organisations, whole.gatherings, whole.experiences)
    assert asked == (1_600, 1_250, 35_000, 20_000, 5_000, 10_000)
    assert sizes_at(1).departments == 1


@pytest.mark.django_db
def test_one_seed_is_one_country_and_another_is_another():
    sizes = make_country(percent=PERCENT, seed=3).sizes
    first = without_numbers(everything())
    counted = (len(first["Qpv"]), len(first["Epci"]), len(first["Commune"]), len(first["Organisation"]))
    assert counted == (sizes.qpvs, sizes.epcis, sizes.communes, sizes.organisations)
    assert (len(first["Gathering"]), len(first["Experience"])) == (sizes.gatherings, sizes.experiences)
    assert first["Outline"]
    assert first["Placement"]
    assert Entry.objects.filter(kind="organisation").count() == Organisation.objects.filter(listed=True).count() > 0
    _empty()
    make_country(percent=PERCENT, seed=3)
    again = without_numbers(everything())
    assert [name for name in first if first[name] != again[name]] == []
    _empty()
    make_country(percent=PERCENT, seed=4)
    assert without_numbers(everything())["Organisation"] != first["Organisation"]


def _empty():
    from maillage.people.models import Space

    Space.objects.all().delete()
    for model in (Landmark, Qpv, Commune, Epci, Department, Region, Outline, Shape):
        model.objects.all().delete()
    from maillage.territories.models import Source

    Source.objects.all().delete()


@pytest.mark.django_db
def test_it_says_that_it_is_invented(client):
    space = make_country(percent=PERCENT, seed=1).space
    words = client.get(f"/atlas/{space.slug}/").content.decode()
    assert "Pays inventé" in words
    assert "Région inventée" in words
    assert "Sources" in words
    assert "inventé" in words


@pytest.mark.django_db
def test_a_base_that_holds_anything_is_left_as_it_is():
    make_space(slug="grand-est", name="Grand Est", by="essai")
    with pytest.raises(NotEmpty) as refusal:
        make_country(percent=PERCENT, seed=1)
    assert "n’est pas vide" in refusal.value.sentence
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_the_command_says_what_it_made(monkeypatch, capsys):
    from argparse import Namespace

    monkeypatch.setattr(synthetic_country, "prepare_installation", lambda: None)
    assert synthetic_country.run(Namespace(percent=PERCENT, seed=1, json=True)) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["address"] == "/atlas/pays-invente/"
    assert said["sizes"]["communes"] == Commune.objects.count()


def test_a_whole_is_shared_exactly():
    import numpy as np

    assert sum(spread(1_250, np.array([1.0, 0.15, 3.3]), least=1)) == 1_250
    assert spread(3, np.array([1.0, 1.0, 1.0])) == [1, 1, 1]
    with pytest.raises(ValueError, match="fewer"):
        spread(1, np.array([1.0, 1.0]), least=1)
