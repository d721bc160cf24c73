"""The second regional day in the database: its programme, its assumed sizes, the communes its people name."""

import csv

import pytest

from maillage.gatherings.enums import GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.people.enums import SpaceRole
from maillage.people.models import Right, Space, User
from maillage.territories.models import Commune, Department, Epci, Region
from tests.registrations.day import FILE

ROOMS = {"Salle Chardon": 42, "Salle Myrtilles": 45, "Espace Lorraine": 40, "Salle Gruber": 42}
MORNING = (
    ("Répondre aux besoins des habitants à partir de l'abattement TFPB", "Abattement TFPB et « territoire commun »"),
    ("Trouver des réponses à l'isolement social dans le QPV Chantereigne", "L'isolement social en QPV"),
    ("Mettre en place une animation territoriale", "L'animation territoriale"),
    ("Concevoir un village des solidarités", "Le village des solidarités"),
)
AFTERNOON = (
    (
        "Co-développement",
        "codev",
        "bleu",
        {"min_people": 12, "max_people": 40, "table_min": 6, "table_max": 9},
        "peers",
    ),
    ("Coop ou pas coop", "coop-ou-pas-coop", "rouge", {"min_people": 8, "max_people": 45}, "mixed"),
    ("Anarchaise", "anarchaise", "jaune", {"min_people": 12, "max_people": 30}, "mixed"),
    (
        "Serious Game",
        "pot-du-quartier",
        "vert",
        {"min_people": 12, "max_people": 40, "table_min": 4, "table_max": 5},
        "mixed",
    ),
)


def make_day(space: Space, slug: str = "jr-2025") -> Gathering:
    gathering = Gathering.objects.create(
        space=space, slug=slug, kind=GatheringKind.REGIONAL_DAY, title="2e journée régionale des contrats de ville"
    )
    rooms = [
        Room.objects.create(gathering=gathering, name=name, capacity=capacity, capacity_assumed=True)
        for name, capacity in ROOMS.items()
    ]
    Slot.objects.create(gathering=gathering, position=1, kind=SlotKind.PLENARY, title="Ouverture")
    morning = Slot.objects.create(
        gathering=gathering, position=2, kind=SlotKind.WORKSHOPS, title="Présentation d’expériences"
    )
    afternoon = Slot.objects.create(
        gathering=gathering, position=4, kind=SlotKind.WORKSHOPS, title="Testons les coopérations"
    )
    for number, (title, short) in enumerate(MORNING, start=1):
        Workshop.objects.create(
            slot=morning,
            position=number,
            number=number,
            title=title,
            short_title=short,
            room=rooms[number - 1],
            min_people=12,
            max_people=40,
            sizes_assumed=True,
        )
    for number, (title, method, colour, sizes, compose) in enumerate(AFTERNOON, start=1):
        Workshop.objects.create(
            slot=afternoon,
            position=number,
            title=title,
            method=method,
            colour=colour,
            room=rooms[number - 1],
            compose=compose,
            sizes_assumed=True,
            **sizes,
        )
    return gathering


@pytest.fixture
def territories(db) -> None:
    """The communes and intercommunalités that the file names, with codes of our own."""
    region = Region.objects.create(code="44", name="Grand Est")
    department = Department.objects.create(code="54", name="Meurthe-et-Moselle", region=region)
    epcis: dict[str, Epci] = {}
    communes: dict[str, Commune] = {}
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file, delimiter=";"):
            name = line["Intercommunalité"]
            if name not in epcis:
                epcis[name] = Epci(siren=f"{200000000 + len(epcis)}", name=name, department=department)
            commune = line["Commune"]
            if commune not in communes:
                communes[commune] = Commune(
                    insee=f"{54000 + len(communes)}", name=commune, department=department, epci=epcis[name]
                )
    Epci.objects.bulk_create(epcis.values())
    Commune.objects.bulk_create(communes.values())


@pytest.fixture
def space(db) -> Space:
    return Space.objects.create(slug="grand-est", name="Politique de la ville en Grand Est")


@pytest.fixture
def day(space, territories) -> Gathering:
    return make_day(space)


@pytest.fixture
def organiser(space) -> User:
    return member(space, "organiser@exemple.invalid", SpaceRole.ORGANISER)


@pytest.fixture
def desk(space) -> User:
    return member(space, "desk@exemple.invalid", SpaceRole.DESK)


def member(space: Space, email: str, role: str) -> User:
    user = User.objects.create_user(email)
    Right.objects.create(user=user, space=space, role=role)
    return user
