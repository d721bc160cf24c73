from importlib.resources import files

import pytest

from maillage.config.importing import import_gatherings
from maillage.gatherings.models import Gathering
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from maillage.territories.models import Commune, Department, Epci, Qpv, Region

DATA = files("maillage.gatherings") / "data"
DAYS = (DATA / "journees-grand-est.toml").read_bytes()
ASSUMPTIONS = (DATA / "assumptions-jr-2025.toml").read_bytes()


@pytest.fixture
def places(db) -> None:
    """The places the real day names, without the other 5,100: an import loads a region only when it has none."""
    region = Region.objects.create(code="44", name="Grand Est")
    moselle = Department.objects.create(code="57", name="Moselle", region=region)
    names = [
        "Metz Métropole",
        "CA de Forbach Porte de France",
        "Métropole du Grand Nancy",
        "CC de Freyming-Merlebach",
        "CC des Portes de Romilly sur Seine",
    ]
    epcis = [Epci.objects.create(siren=f"20000000{i}", name=name, department=moselle) for i, name in enumerate(names)]
    communes = {
        "54526": "Tomblaine",
        "67043": "Bischheim",
        "10081": "La Chapelle-Saint-Luc",
        "54547": "Vandœuvre-lès-Nancy",
    }
    for insee, name in communes.items():
        Commune.objects.create(insee=insee, name=name, department=moselle, epci=epcis[2])
    Qpv.objects.create(code="QN01001M", name="Chantereigne Montvilliers Beau-Toquat", epci=epcis[0])


@pytest.fixture
def day(places) -> Gathering:
    """The real day of 2 October 2025, as make demo loads it."""
    import_gatherings(DAYS, filename="journees-grand-est.toml", assumptions=ASSUMPTIONS, by="Zoé")
    return Gathering.objects.get(slug="jr-2025")


@pytest.fixture
def organiser(day) -> User:
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé Muller")
    give_right(user=user, space=day.space, role="organiser", by="test")
    return user


@pytest.fixture
def reader(day) -> User:
    user = User.objects.create_user("lecture@exemple.invalid", name="Ali Weber")
    give_right(user=user, space=day.space, role="reader", by="test")
    return user


@pytest.fixture
def stranger(db) -> User:
    user = User.objects.create_user("autre@exemple.invalid", name="Autre Espace")
    give_right(user=user, space=make_space(slug="ailleurs", name="Ailleurs", by="test"), role="organiser", by="test")
    return user
