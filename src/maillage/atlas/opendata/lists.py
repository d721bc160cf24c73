"""The lists anybody may take: what each says, in which order, in which département. Nothing here names a person."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.atlas import marks
from maillage.atlas.ways import any_of
from maillage.contracts.models import ContratDeVille
from maillage.contracts.published import CONTRACTS, contract_row
from maillage.contracts.queries import whole_contracts
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.gatherings.published import GATHERINGS, SLOTS, WORKSHOPS, gathering_row, slot_row, workshop_row
from maillage.lib.tableschema import Columns
from maillage.memory.models import Experience, ExperienceVersion
from maillage.memory.published import EXPERIENCES, experience_row
from maillage.people.models import Organisation, Space
from maillage.people.published import ORGANISATIONS, organisation_row
from maillage.territories.enums import Level
from maillage.territories.models import Commune, Department, Epci, Landmark, Qpv, Region, Shape, Source
from maillage.territories.published import (
    LEVELS,
    LISTS,
    SHAPE_SOURCE,
    commune_row,
    department_row,
    epci_row,
    landmark_row,
    qpv_row,
    region_row,
    source_row,
)

LICENCE = "Licence Ouverte 2.0"
LICENCE_ADDRESS = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
VERSION = "1.0.0"  # of the schemas: the first number is raised when a column goes or changes its meaning
CHUNK = 500  # rows read at a time: SQLite's variables are bounded, and so is what a long list holds


@dataclass(frozen=True)
class OpenList:
    name: str
    title: str | Promise
    about: str | Promise
    columns: Columns
    rows: Callable[[Space], QuerySet[Any]]
    row: Callable[[Any], dict[str, Any]]
    of_department: Callable[[str], list[Q]] | None = None  # the ways to be in it
    point: bool = False  # it has lon and lat, and no outline
    of_space: bool = False  # the space says it; else each row says its source
    nouns: tuple[str, ...] = (marks.TERRITORIES,)  # whose marks change when it does

    @property
    def level(self) -> Level | None:
        """Whose outlines it has."""
        return LEVELS.get(self.name)

    @property
    def has_places(self) -> bool:
        return self.point or self.level is not None

    @property
    def formats(self) -> tuple[str, ...]:
        return ("csv", "json", "geojson") if self.has_places else ("csv", "json")

    def asked(self, space: Space, department: str = "") -> QuerySet[Any]:
        rows = self.rows(space)
        if department and self.of_department is not None:
            rows = any_of(rows, self.of_department(department))
        return rows

    def said(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        for found in rows.iterator(chunk_size=CHUNK):
            yield self.row(found)


def _public(space: Space) -> QuerySet[Gathering]:
    return Gathering.objects.filter(space=space, public=True)


def _contracts(space: Space) -> QuerySet[ContratDeVille]:
    return whole_contracts(space).order_by("epci", "first_year", "perimeter")


def _slots(space: Space) -> QuerySet[Slot]:
    rows = Slot.objects.filter(gathering__space=space, gathering__public=True, gathering__trial=False)
    return rows.order_by("gathering_id", "position", "pk")


def _workshops(space: Space) -> QuerySet[Workshop]:
    public = {"slot__gathering__space": space, "slot__gathering__public": True, "slot__gathering__trial": False}
    rows = Workshop.objects.filter(**public).select_related("slot", "room", "commune", "epci")
    return rows.order_by("slot__gathering_id", "slot__position", "slot_id", "position", "pk")


def _experiences(space: Space) -> QuerySet[Experience]:
    rows = Experience.objects.filter(space=space, published__isnull=False)
    versions = Prefetch("versions", ExperienceVersion.objects.order_by("number"))
    rows = rows.select_related("commune", "epci", "workshop__slot__gathering").prefetch_related(versions)
    return rows.order_by("pk")


def _organisations(space: Space) -> QuerySet[Organisation]:
    return space.organisations.filter(listed=True).select_related("commune", "epci").order_by("pk")


def _placed(*columns: str, qpv: bool = False) -> Callable[[str], list[Q]]:
    """In a département by its commune, its EPCI, its quarter, as far as it says them."""

    places = ("commune", "epci", "qpv__epci") if qpv else ("commune", "epci")

    def where(department: str) -> list[Q]:
        return [Q(**{f"{before}{place}__department": department}) for before in columns for place in places]

    return where


def _codes(model: type[Model], *related: str) -> Callable[[Space], QuerySet[Any]]:
    """Of all the spaces: official codes belong to nobody."""

    def rows(_space: Space) -> QuerySet[Any]:
        found = model._default_manager.select_related(*related) if related else model._default_manager.all()
        return found.order_by("pk")

    return rows


def _with_communes(model: type[Model], *order: str) -> Callable[[Space], QuerySet[Any]]:
    def rows(_space: Space) -> QuerySet[Any]:
        communes = Prefetch("communes", Commune.objects.only("insee"))
        return model._default_manager.select_related("epci").prefetch_related(communes).order_by(*order)

    return rows


ALL: tuple[OpenList, ...] = (
    OpenList(
        "regions",
        _("Régions"),
        _("Code et nom, avec leur contour quand il est chargé."),
        LISTS["regions"],
        _codes(Region),
        region_row,
    ),
    OpenList(
        "departements",
        _("Départements"),
        _("Code, nom, région, et contour."),
        LISTS["departements"],
        _codes(Department),
        department_row,
        lambda code: [Q(pk=code)],
    ),
    OpenList(
        "intercommunalites",
        _("Intercommunalités"),
        _("SIREN, noms, département, fusions, et contour."),
        LISTS["intercommunalites"],
        _codes(Epci),
        epci_row,
        lambda code: [Q(department=code)],
    ),
    OpenList(
        "communes",
        _("Communes"),
        _("Code Insee, nom, intercommunalité, population, et un point à l’intérieur."),
        LISTS["communes"],
        _codes(Commune, "epci"),
        commune_row,
        lambda code: [Q(department=code)],
    ),
    OpenList(
        "quartiers",
        _("Quartiers prioritaires"),
        _("Code, nom, intercommunalité, communes, population, surface, et contour."),
        LISTS["quartiers"],
        _with_communes(Qpv, "pk"),
        qpv_row,
        lambda code: [Q(communes__department=code), Q(epci__department=code, communes=None)],
    ),
    OpenList(
        "lieux",
        _("France services, cités éducatives, cités de l’emploi"),
        _("Nom, adresse, communes, quartier prioritaire, et un point quand il est connu."),
        LISTS["lieux"],
        _with_communes(Landmark, "kind", "code"),
        landmark_row,
        lambda code: [Q(communes__department=code), Q(epci__department=code, communes=None)],
        point=True,
    ),
    OpenList(
        "contrats",
        _("Contrats de ville"),
        _("Intercommunalité, période, signature avec sa source, signataires, axes, documents."),
        CONTRACTS,
        _contracts,
        contract_row,
        lambda code: [Q(epci__department=code)],
        of_space=True,
        nouns=(marks.CONTRACTS, marks.TERRITORIES),
    ),
    OpenList(
        "experiences",
        _("Expériences publiées"),
        _("Le problème, qui s’y est mis, ce qui a été fait et ce que cela a donné, le lieu, les thèmes."),
        EXPERIENCES,
        _experiences,
        experience_row,
        _placed("", qpv=True),
        of_space=True,
        nouns=(marks.EXPERIENCES, marks.GATHERINGS, marks.TERRITORIES),
    ),
    OpenList(
        "rencontres",
        _("Rencontres publiques"),
        _("Titre, thème, date, heures, lieu."),
        GATHERINGS,
        lambda space: (
            _public(space).select_related("space", "commune", "epci").prefetch_related("slots").order_by("pk")
        ),
        gathering_row,
        _placed(""),
        of_space=True,
        nouns=(marks.GATHERINGS, marks.TERRITORIES),
    ),
    OpenList(
        "programmes",
        _("Programmes des rencontres"),
        _("Les créneaux de chaque rencontre publique, avec leurs heures quand elles sont connues."),
        SLOTS,
        _slots,
        slot_row,
        _placed("gathering__"),
        of_space=True,
        nouns=(marks.GATHERINGS, marks.TERRITORIES),
    ),
    OpenList(
        "ateliers",
        _("Ateliers des rencontres"),
        _("Titre, créneau, salle, territoire présenté. Qui anime et qui intervient n’y figure pas."),
        WORKSHOPS,
        _workshops,
        workshop_row,
        _placed("", "slot__gathering__", qpv=False),
        of_space=True,
        nouns=(marks.GATHERINGS, marks.TERRITORIES),
    ),
    OpenList(
        "structures",
        _("Structures"),
        _("Celles que l’espace montre dans son annuaire public : nom, genre, SIRET, site, lieu. Aucune personne."),
        ORGANISATIONS,
        _organisations,
        organisation_row,
        lambda code: [Q(commune__department=code), Q(commune=None, epci__department=code)],
        of_space=True,
        nouns=(marks.ORGANISATIONS, marks.TERRITORIES),
    ),
    OpenList(
        "sources",
        _("Sources"),
        _("Les listes d’origine : producteur, licence, date. Les autres listes les citent."),
        LISTS["sources"],
        _codes(Source),
        source_row,
    ),
)
BY_NAME: Mapping[str, OpenList] = {each.name: each for each in ALL}


def outlines_of(level: Level | None, codes: list[str]) -> dict[str, tuple[str, str]]:
    """code → (geometry as published, slug of its source)."""
    if level is None:
        return {}
    rows = Shape.objects.filter(level=level, code__in=codes).values_list("code", "geometry", "sources")
    return {code: (geometry, sources.get("", "")) for code, geometry, sources in rows}


__all__ = ["ALL", "BY_NAME", "LICENCE", "LICENCE_ADDRESS", "SHAPE_SOURCE", "VERSION", "OpenList", "outlines_of"]
