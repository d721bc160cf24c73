"""What happens in an invented country: who is there, who met whom, what was told of it. One seed, one life."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from maillage.config.country import names
from maillage.config.country.ground import BATCH, Ground
from maillage.config.country.sizes import Sizes
from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import facts_of
from maillage.contracts.models import ContractVersion, ContratDeVille, Signatory
from maillage.gatherings.enums import GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Slot, Speaker, Workshop
from maillage.lib.matching import fold
from maillage.memory.experiences import EMPTY
from maillage.memory.models import Experience, ExperienceVersion, Theme
from maillage.people.enums import ActorCategory, OrganisationKind
from maillage.people.models import Organisation, Person, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration
from maillage.territories.models import Commune

M = TypeVar("M", bound=Model)
SLUG = "pays-invente"
BY = "pays inventé"
FIRST_DAY, TODAY, LAST_DAY = dt.date(2019, 1, 7), dt.date(2026, 7, 1), dt.date(2027, 6, 30)
TABLE = 8  # people
WORKSHOPS = 3  # of a gathering
LISTED = 0.8  # of the organisations: in the public directory
PUBLIC = 0.9  # of the gatherings
PRESENT = 0.8  # of those registered
PUBLISHED = 0.9  # of the experiences
TOLD_AT_A_WORKSHOP = 0.6
METHODS = ("", "", "codev", "presentation-experience", "un-deux-quatre-tous")
KINDS = {
    OrganisationKind.ASSOCIATION: ("Association", 60),
    OrganisationKind.COMMUNE: ("Mairie", 8),
    OrganisationKind.SCHOOL: ("Collège", 8),
    OrganisationKind.SOCIAL_LANDLORD: ("Habitat", 5),
    OrganisationKind.RESIDENTS: ("Conseil citoyen", 6),
    OrganisationKind.HEALTH: ("Maison de santé", 5),
    OrganisationKind.COMPANY: ("Entreprise", 5),
    OrganisationKind.OTHER: ("Collectif", 3),
}


class Keys:
    """UUIDv7 in form, and the same each time: a year of milliseconds from a day that is none of ours."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._at = chance, 1_700_000_000_000

    def next(self) -> UUID:
        self._at += 1
        bits = self._chance.getrandbits(74)
        return UUID(int=self._at << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (1 << 62) - 1)


class Life:
    def __init__(self, ground: Ground, sizes: Sizes, seed: int) -> None:
        self.ground, self.sizes = ground, sizes
        self.chance = random.Random(f"{seed} vie")  # noqa: S311
        self.keys = Keys(random.Random(f"{seed} clés"))  # noqa: S311
        self.now = timezone.now()

    def make(self) -> Space:
        self.space = Space.objects.create(
            pk=self.keys.next(),
            slug=SLUG,
            name="Pays inventé",
            region_id=self._first_region(),
            host="Personne : tout est inventé, pour mesurer",
            atlas_public=True,
        )
        self.with_quarters = [epci for epci in self.ground.epcis if epci.siren in {q.epci_id for q in self.ground.qpvs}]
        self._make_organisations()
        self._make_people()
        self._make_contracts()
        self._make_gatherings()
        self._make_experiences()
        return self.space

    def _first_region(self) -> str:
        return "11"  # the first to be filled, whatever the part of the country

    def _town(self, siren: str) -> Commune | None:
        towns = self.ground.communes[siren]
        return towns[min(len(towns) - 1, int(self.chance.expovariate(0.7)))] if towns else None

    def _make_organisations(self) -> None:
        quarters = {epci.siren: 1 for epci in self.ground.epcis}
        for qpv in self.ground.qpvs:
            quarters[qpv.epci_id] += 4
        sirens, weights = list(quarters), list(quarters.values())
        kinds, shares = list(KINDS), [share for _word, share in KINDS.values()]
        self.organisations: list[Organisation] = []
        taken: set[str] = set()
        for number in range(self.sizes.organisations):
            siren = self.chance.choices(sirens, weights)[0]
            town = self._town(siren)
            kind = self.chance.choices(kinds, shares)[0]
            place = town.name if town else siren
            name = f"{KINDS[kind][0]} {self.chance.choice(names.THEMES).lower()} de {place}"
            folded = fold(name)
            while folded in taken:
                name = f"{name.split(' n° ')[0]} n° {self.chance.randrange(2, 9_999)}"
                folded = fold(name)
            taken.add(folded)
            self.organisations.append(
                Organisation(
                    pk=self.keys.next(),
                    space=self.space,
                    name=name[:200],
                    folded_name=folded[:200],
                    kind=kind,
                    siret=f"9990{number:010d}" if self.chance.random() < 0.6 else "",
                    website=f"https://structure-{number}.exemple.invalid/" if self.chance.random() < 0.4 else "",
                    about=names.told(self.chance, 14)[:300],
                    commune_id=town.insee if town else None,
                    epci_id=siren,
                    listed=self.chance.random() < LISTED,
                    source="inventée",
                )
            )
        bulk(self.organisations)

    def _make_people(self) -> None:
        """Some organisations send many, most send one or two."""
        weights = [self.chance.paretovariate(1.3) for _row in self.organisations]
        categories = [one for one in ActorCategory if one not in (ActorCategory.OTHER, ActorCategory.UNSAID)]
        self.people: dict[str, list[UUID]] = {}  # by département
        self.everybody: list[UUID] = []
        departments = {epci.siren: epci.department_id for epci in self.ground.epcis}

        def rows() -> Iterator[Person]:
            for row in self.chance.choices(self.organisations, weights, k=self.sizes.people):
                key = self.keys.next()
                self.everybody.append(key)
                self.people.setdefault(departments[row.epci_id or ""], []).append(key)
                yield Person(
                    pk=key,
                    space=self.space,
                    first_name=self.chance.choice(names.FIRST),
                    last_name=self.chance.choice(names.LAST),
                    category=self.chance.choice(categories),
                    organisation_id=row.pk,
                    commune_id=row.commune_id,
                )

        bulk(rows())

    def _make_contracts(self) -> None:
        signed, preparing = SignatureStatus.SIGNED, SignatureStatus.PREPARING
        rows: list[ContratDeVille] = []
        signatories: list[Signatory] = []
        for epci in self.ground.epcis:
            for first, last in ((2024, 2030), (2015, 2023)):
                status = self.chance.choice((signed, signed, preparing, SignatureStatus.UNKNOWN))
                row = ContratDeVille(
                    pk=self.keys.next(),
                    space=self.space,
                    epci=epci,
                    reference=f"CV{len(rows):04d}",
                    first_year=first,
                    last_year=last,
                    status=status,
                    source="" if status == SignatureStatus.UNKNOWN else "source inventée",
                    axes=self.chance.sample(names.THEMES, 4),
                )
                rows.append(row)
                for place, category in enumerate((SignatoryCategory.STATE, SignatoryCategory.OTHER)):
                    body = self.chance.choice(self.organisations) if place else None
                    name = body.name if body else "Préfecture inventée"
                    signatories.append(
                        Signatory(contract=row, category=category, name=name, organisation=body, position=place)
                    )
                if epci.siren not in {one.siren for one in self.with_quarters[:1]} and first == 2024:
                    break  # most have the one in force only
        bulk(rows)
        bulk(signatories)
        kept = ContratDeVille.objects.filter(space=self.space).prefetch_related("signatories")
        bulk(
            ContractVersion(contract=row, number=1, by=BY, verb="make", state=facts_of(row))
            for row in kept.order_by("pk")
        )

    def _make_gatherings(self) -> None:
        days = (LAST_DAY - FIRST_DAY).days
        departments = {epci.siren: epci.department_id for epci in self.ground.epcis}
        quarters: dict[str, list[str]] = {}
        for qpv in self.ground.qpvs:
            quarters.setdefault(qpv.epci_id, []).append(qpv.code)
        weights = [len(quarters[epci.siren]) for epci in self.with_quarters]
        expected = self.sizes.registrations
        crowds = [self.chance.lognormvariate(3.2, 0.6) for _n in range(self.sizes.gatherings)]
        scale = expected / sum(crowds)
        self.workshops: list[tuple[UUID, str, str | None]] = []  # key, intercommunalité, quarter
        gatherings, slots, workshops, speakers, plans = [], [], [], [], []
        registrations: list[Registration] = []
        placements: list[Placement] = []
        for number, crowd in enumerate(crowds):
            epci = self.chance.choices(self.with_quarters, weights)[0]
            town = self._town(epci.siren)
            theme = self.chance.choice(names.THEMES)
            day = FIRST_DAY + dt.timedelta(self.chance.randrange(days))
            row = Gathering(
                pk=self.keys.next(),
                space=self.space,
                slug=f"rencontre-{number}",
                kind=self.chance.choice(list(GatheringKind)),
                title=f"{theme} à {town.name if town else epci.name}",
                theme=theme,
                date=day,
                venue="Salle inventée",
                commune_id=town.insee if town else None,
                epci_id=epci.siren,
                objectives=[names.told(self.chance, 9) for _n in range(3)],
                public=self.chance.random() < PUBLIC,
                created_at=self.now,
            )
            gatherings.append(row)
            morning, afternoon = (
                Slot(
                    pk=self.keys.next(),
                    gathering=row,
                    position=place,
                    kind=kind,
                    title=title,
                    starts_at=dt.time(start),
                    ends_at=dt.time(end),
                )
                for place, (kind, title, start, end) in enumerate(
                    ((SlotKind.PLENARY, "Plénière", 9, 12), (SlotKind.WORKSHOPS, "Ateliers", 14, 17)), start=1
                )
            )
            slots += [morning, afternoon]
            of_day = []
            for place in range(WORKSHOPS):
                quarter = self.chance.choice(quarters[epci.siren]) if self.chance.random() < 0.4 else None
                one = Workshop(
                    pk=self.keys.next(),
                    slot=afternoon,
                    position=place,
                    number=place + 1,
                    title=self.chance.choice(names.THEMES),
                    method=self.chance.choice(METHODS),
                    territory=epci.name if quarter else "",
                    epci_id=epci.siren if quarter else None,
                    qpv_id=quarter,
                )
                of_day.append(one)
                workshops.append(one)
                if row.public:
                    self.workshops.append((one.pk, epci.siren, quarter))
                body = self.chance.choice(self.organisations)
                speakers.append(
                    Speaker(slot=afternoon, workshop=one, position=1, name="Personne Inventée", organisation=body.name)
                )
            plan = None
            if day < TODAY:
                plan = Plan(
                    pk=self.keys.next(), gathering=row, status=PlanStatus.PUBLISHED, by=BY, published_at=self.now
                )
                plans.append(plan)
            here = self.people.get(departments[epci.siren], self.everybody)
            self._seat(row, plan, afternoon, of_day, here, max(3, round(crowd * scale)), registrations, placements)
        for rows in (gatherings, slots, workshops, speakers, plans, registrations, placements):
            bulk(rows)

    def _seat(
        self,
        gathering: Gathering,
        plan: Plan | None,
        slot: Slot,
        workshops: Sequence[Workshop],
        neighbours: Sequence[UUID],
        crowd: int,
        registrations: list[Registration],
        placements: list[Placement],
    ) -> None:
        """Most come from the département; each workshop has its tables."""
        near = self.chance.sample(neighbours, min(len(neighbours), round(crowd * 0.85)))
        far = self.chance.sample(self.everybody, min(len(self.everybody), crowd - len(near)))
        for rank, person in enumerate(dict.fromkeys([*near, *far])):
            presence = Presence.EXPECTED
            if plan is not None:
                presence = Presence.PRESENT if self.chance.random() < PRESENT else Presence.ABSENT
            row = Registration(
                pk=self.keys.next(), gathering=gathering, person_id=person, presence=presence, needs_at=self.now
            )
            registrations.append(row)
            if plan is not None:
                placements.append(
                    Placement(
                        plan=plan,
                        registration=row,
                        slot=slot,
                        workshop=workshops[rank % len(workshops)],
                        table=rank // len(workshops) // TABLE + 1,
                        reason="inventé",
                    )
                )

    def _make_experiences(self) -> None:
        themes = [Theme(space=self.space, name=name, folded_name=fold(name)) for name in names.THEMES]
        Theme.objects.bulk_create(themes)
        of_place = dict(zip(names.THEMES, themes, strict=True))
        rows, versions, links = [], [], []
        qpvs = self.ground.qpvs
        for number in range(self.sizes.experiences):
            qpv = self.chance.choice(qpvs)
            told_at = None
            if self.workshops and self.chance.random() < TOLD_AT_A_WORKSHOP:
                told_at = self.chance.choice(self.workshops)[0]
            said = self.chance.sample(names.THEMES, self.chance.choice((1, 1, 2, 3)))
            published = 1 if self.chance.random() < PUBLISHED else None
            level = self.chance.choice(("qpv", "commune", "epci"))
            place = {"qpv": qpv.code, "commune": self.ground.homes[qpv.code][0], "epci": qpv.epci_id}[level]
            content = EMPTY | {
                "title": f"{said[0]} : {names.told(self.chance, 5)[:-1].lower()}",
                "problem": names.told(self.chance, 30),
                "who": names.told(self.chance, 15),
                "done": names.told(self.chance, 60),
                "results": names.told(self.chance, 30),
                "changed": names.told(self.chance, 20),
                "criteria": {"d1": names.told(self.chance, 12)},
                "year": self.chance.randrange(2016, 2027),
                level: place,
                "themes": said,
                "method": self.chance.choice(METHODS),
            }
            row = Experience(
                pk=self.keys.next(),
                space=self.space,
                workshop_id=told_at,
                title=content["title"][:200],
                year=content["year"],
                method=content["method"],
                published=published,
                created_at=self.now + dt.timedelta(seconds=number),
                **{f"{level}_id": place},
            )
            rows.append(row)
            versions.append(ExperienceVersion(experience=row, number=1, content=content, by=BY))
            links += [(row.pk, of_place[name].pk) for name in said]
        bulk(rows)
        bulk(versions)
        through = Experience.themes.through
        bulk(through(experience_id=experience, theme_id=theme) for experience, theme in links)


def bulk(rows: Iterable[M]) -> None:
    """A batch at a time, so that a country does not have to be held whole."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        type(batch[0])._default_manager.bulk_create(batch)
