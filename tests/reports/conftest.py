import datetime as dt

import pytest

from maillage.gatherings.enums import GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.people.enums import ActorCategory
from maillage.people.models import Organisation, Person, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.registrations.models import Registration
from maillage.territories.models import Commune, Department, Epci, Region


@pytest.fixture
def day(db) -> Gathering:
    """A small published day: two workshops, three people, one earlier meeting."""
    region = Region.objects.create(code="44", name="Grand Est")
    department = Department.objects.create(code="54", name="Meurthe-et-Moselle", region=region)
    epci = Epci.objects.create(siren="245400676", name="Métropole du Grand Nancy", department=department)
    commune = Commune.objects.create(insee="54526", name="Tomblaine", department=department, epci=epci)
    space = Space.objects.create(
        slug="grand-est", name="Politique de la ville en Grand Est", host="ORIV", region=region
    )
    earlier = Gathering.objects.create(
        space=space,
        slug="rt",
        kind=GatheringKind.TERRITORIAL_MEETING,
        title="Isolement et vulnérabilité",
        date=dt.date(2025, 5, 16),
    )
    Takeaway.objects.create(gathering=earlier, text="Partir de l’existant", origin=TakeawayOrigin.PROGRAMME)
    day = Gathering.objects.create(
        space=space,
        slug="jr-2025",
        kind=GatheringKind.REGIONAL_DAY,
        title="2e journée régionale",
        date=dt.date(2025, 10, 2),
        venue="Maison régionale des sports",
        commune=commune,
        objectives=["Mieux définir la coopération"],
    )
    room = Room.objects.create(gathering=day, name="Salle Chardon", capacity=42)
    slot = Slot.objects.create(gathering=day, position=1, kind=SlotKind.WORKSHOPS, title="Testons les coopérations")
    codev = Workshop.objects.create(slot=slot, position=1, title="Co-développement", room=room, colour="bleu")
    Workshop.objects.create(slot=slot, position=2, title="Anarchaise", colour="jaune")
    plan = Plan.objects.create(gathering=day, status=PlanStatus.PUBLISHED, by="essai")
    organisation = Organisation.objects.create(
        space=space, name="Centre social de Laxou", folded_name="centre social de laxou"
    )
    for number, category in enumerate((ActorCategory.RESIDENT, ActorCategory.RESIDENT, ActorCategory.ASSOCIATION)):
        person = Person.objects.create(
            space=space,
            first_name=f"Prénomcanari{number}",
            last_name=f"Nomcanari{number}",
            email=f"canari{number}@exemple.invalid",
            phone=f"06 00 00 00 0{number}",
            category=category,
            organisation=organisation if number == 2 else None,
            commune=commune,
        )
        registration = Registration.objects.create(gathering=day, person=person, needs="besoincanari")
        Placement.objects.create(
            plan=plan, registration=registration, slot=slot, workshop=codev, table=1, reason="premier choix"
        )
    return day
