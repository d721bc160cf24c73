"""What the public archive of a gathering holds, list by list. Nothing here names a person.

A text of it was published, or kept for publication, by somebody of the space; what people typed in a room, registered
with, or asked for is in no list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from maillage.archives.columns import GATHERING, POTS, QUESTIONNAIRES, RESULTS, ROOMS, TAKEAWAYS
from maillage.archives.participation import PARTICIPATION, codes_of, kept_participation, participation_of
from maillage.contracts.models import ContratDeVille
from maillage.contracts.published import CONTRACTS, contract_row
from maillage.contracts.queries import contracts_of, with_signatories
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.gatherings.published import (
    SLOTS,
    WORKSHOPS,
    gathering_row,
    slot_row,
    workshop_row,
)
from maillage.lib.tableschema import Columns
from maillage.live.results import results_of
from maillage.memory.models import Experience, ExperienceVersion
from maillage.memory.published import EXPERIENCES, experience_row
from maillage.memory.queries import kept_by_workshop
from maillage.questionnaires.results import rows_of as questionnaire_rows
from maillage.registrations.opening import is_past
from maillage.territories.models import Commune, Department, Epci, Qpv, Region, Shape, Source
from maillage.territories.published import (
    LEVELS,
    LISTS,
    commune_row,
    department_row,
    epci_row,
    qpv_row,
    region_row,
    source_row,
)

Row = dict[str, Any]
FROM_ARCHIVE = "archive"  # in Gathering.sources: who published the archive that the gathering came in


@dataclass(frozen=True)
class ArchiveList:
    name: str
    title: str | Promise
    about: str | Promise
    columns: Columns
    rows: Callable[["Contents"], Iterable[Row]]
    geojson: bool = False  # its rows have a place
    later: bool = False  # older archives of the same format do not have it


@dataclass
class Contents:
    """A gathering's rows, each kind read once.

    `of_space`: also what belongs to its space, contracts and experiences. To whoever asks, those of an open atlas only.
    `for_anybody`: of what was kept, only what an organiser published.
    """

    gathering: Gathering
    of_space: bool = True
    for_anybody: bool = False

    @cached_property
    def producer(self) -> str:
        space = self.gathering.space
        return str(self.gathering.sources.get(FROM_ARCHIVE) or space.name)

    @cached_property
    def workshops(self) -> list[Workshop]:
        rows = Workshop.objects.filter(slot__gathering=self.gathering).select_related("slot", "room", "commune", "epci")
        return list(rows.order_by("slot__position", "slot", "position", "pk"))

    @cached_property
    def order(self) -> dict[UUID | None, int]:
        return {None: 0} | {workshop.pk: number for number, workshop in enumerate(self.workshops, start=1)}

    @cached_property
    def experiences(self) -> list[Experience]:
        if not self.of_space:
            return []
        rows = Experience.objects.filter(workshop__slot__gathering=self.gathering, published__isnull=False)
        versions = Prefetch("versions", ExperienceVersion.objects.order_by("number"))
        rows = rows.select_related("commune", "epci", "qpv", "workshop__slot__gathering").prefetch_related(versions)
        return list(rows.order_by("pk"))

    @cached_property
    def participation(self) -> list[Row]:
        """To anybody once the day is over: archives taken minute by minute would tell who signs up, then who enters."""
        if self.for_anybody and not is_past(self.gathering, timezone.now()):
            return kept_participation(self.gathering)
        return participation_of(self.gathering)

    @cached_property
    def results(self) -> dict[UUID, list[Row]]:
        return results_of(self.gathering)

    @cached_property
    def _located(self) -> list[Any]:
        """What says where it is: the gathering, which names no quarter, then what is in it."""
        return [self.gathering, *self.workshops, *self.experiences]

    @cached_property
    def named_epcis(self) -> set[str]:
        """Those where the gathering, a workshop or an experience is."""
        found = set()
        for thing in self._located:
            qpv = getattr(thing, "qpv", None)
            found |= {thing.epci_id, thing.commune and thing.commune.epci_id, qpv and qpv.epci_id}
        return {code for code in found if code}

    @cached_property
    def contracts(self) -> list[ContratDeVille]:
        if not self.of_space:
            return []
        rows = with_signatories(contracts_of(self.gathering.space).defer(None)).filter(epci__in=self.named_epcis)
        return list(rows.order_by("epci", "first_year", "perimeter"))

    # Territories: those that a row names, and those above them

    @cached_property
    def qpvs(self) -> list[Qpv]:
        codes = {thing.qpv_id for thing in self._located[1:] if thing.qpv_id}
        communes = Prefetch("communes", Commune.objects.only("insee"))
        return list(Qpv.objects.filter(pk__in=codes).select_related("epci").prefetch_related(communes).order_by("pk"))

    @cached_property
    def communes(self) -> list[Commune]:
        codes = {thing.commune_id for thing in self._located}
        codes |= {commune.pk for qpv in self.qpvs for commune in qpv.communes.all()}
        rows = Commune.objects.filter(pk__in={code for code in codes if code})
        return list(rows.select_related("epci").order_by("pk"))

    @cached_property
    def epcis(self) -> list[Epci]:
        codes = self.named_epcis | codes_of(self.participation) | {qpv.epci_id for qpv in self.qpvs}
        codes |= {commune.epci_id for commune in self.communes if commune.epci_id}
        while True:  # a merged one brings the one it is in
            above = Epci.objects.filter(pk__in=codes, successor__isnull=False).values_list("successor", flat=True)
            more = {code for code in above if code} - codes
            if not more:
                return list(Epci.objects.filter(pk__in=codes).order_by("pk"))
            codes |= more

    @cached_property
    def departments(self) -> list[Department]:
        codes = {epci.department_id for epci in self.epcis} | {commune.department_id for commune in self.communes}
        return list(Department.objects.filter(pk__in=codes).order_by("pk"))

    @cached_property
    def regions(self) -> list[Region]:
        return list(Region.objects.filter(pk__in={row.region_id for row in self.departments}).order_by("pk"))

    @cached_property
    def shapes(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(level, code) → (geometry as published, slug of its source)."""
        asked = Q(pk__in=[])
        for name, level in LEVELS.items():
            asked |= Q(level=level, code__in=[row.pk for row in self.places(name)])
        rows = Shape.objects.filter(asked).values_list("level", "code", "geometry", "sources")
        return {(level, code): (geometry, sources.get("", "")) for level, code, geometry, sources in rows}

    def places(self, name: str) -> list[Any]:
        found: dict[str, list[Any]] = {
            "regions": self.regions,
            "departements": self.departments,
            "intercommunalites": self.epcis,
            "communes": self.communes,
            "quartiers": self.qpvs,
        }
        return found[name]

    @cached_property
    def sources(self) -> "QuerySet[Source]":
        """Those that a row or an outline cites."""
        cited = {slug for _geometry, slug in self.shapes.values()}
        for name in LEVELS:
            cited |= {slug for row in self.places(name) for slug in row.sources.values()}
        return Source.objects.filter(pk__in=cited).order_by("pk")


def _gathering(contents: Contents) -> Iterable[Row]:
    gathering = contents.gathering
    row = gathering_row(gathering)
    more = {"publique": gathering.public, "definition": _sorted(gathering.definition), "producteur": contents.producer}
    yield {name: value for name, value in row.items() if name != "page"} | more


def _sorted(said: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL gives the keys of an object in an order of its own."""
    return dict(sorted(said.items()))


def _rooms(contents: Contents) -> Iterable[Row]:
    for room in Room.objects.filter(gathering=contents.gathering).order_by("name", "uid"):
        yield {
            "id": room.uid,
            "nom": room.name,
            "capacite": None if room.capacity_assumed else room.capacity,
            "accessible": room.step_free,
        }


def _slots(contents: Contents) -> Iterable[Row]:
    for slot in Slot.objects.filter(gathering=contents.gathering).order_by("position", "pk"):
        yield slot_row(slot)


def _takeaways(contents: Contents) -> Iterable[Row]:
    """Those of the report, in its order."""
    groups = kept_by_workshop(contents.gathering, public=contents.for_anybody)
    for group in sorted(groups, key=lambda kept: contents.order[kept.workshop.pk if kept.workshop else None]):
        for takeaway in sorted(group.takeaways, key=lambda row: (row.position, row.pk)):
            yield {
                "id": takeaway.pk,
                "atelier": takeaway.workshop_id,
                "rang": takeaway.position,
                "origine": takeaway.origin,
                "texte": takeaway.text,
                "non_tranche": takeaway.unsettled,
            }


def _result_rows(contents: Contents, *, pots: bool) -> Iterable[tuple[UUID, int, Row]]:
    for workshop in contents.workshops:
        rows = [row for row in contents.results.get(workshop.pk, ()) if (row["kind"] == "pot") == pots]
        for number, row in enumerate(rows, start=1):
            yield workshop.pk, number, row


def _results(contents: Contents) -> Iterable[Row]:
    for workshop, number, row in _result_rows(contents, pots=False):
        yield {
            "atelier": workshop,
            "rang": number,
            "etape": row["step"],
            "genre": row["kind"],
            "titre": row["title"],
            "sujet": row["subject"],
            "question": row["question"],
            "choix": row["option"],
            "nombre": row["count"],
            "reponses": row["answered"],
        }


def _pots(contents: Contents) -> Iterable[Row]:
    for workshop, number, row in _result_rows(contents, pots=True):
        yield {
            "atelier": workshop,
            "rang": number,
            "etape": row["step"],
            "titre": row["title"],
            "sujet": row["subject"],
            "jetons": row["count"],
            "possibles": row["possible"],
            "personnes": row["answered"],
        }


def _questionnaires(contents: Contents) -> Iterable[Row]:
    for rank, row in enumerate(questionnaire_rows(contents.gathering, closed=True), start=1):
        yield {
            "rang": rank,
            "questionnaire": row["questionnaire"],
            "titre": row["title"],
            "moment": row["moment"],
            "personnes": row["people"],
            "question": row["question"],
            "reponse": row["kind"],
            "sens_du_plus_petit": row["low"],
            "sens_du_plus_grand": row["high"],
            "choix": row["option"],
            "nombre": row["count"],
            "reponses": row["answered"],
        }


def _experiences(contents: Contents) -> Iterable[Row]:
    for experience in contents.experiences:
        row = experience_row(experience)
        yield row | {"atelier": experience.workshop_id, "criteres": _sorted(row["criteres"])}


def _places(name: str, row: Callable[[Any], Row]) -> Callable[[Contents], Iterable[Row]]:
    return lambda contents: map(row, contents.places(name))


ALL: tuple[ArchiveList, ...] = (
    ArchiveList("rencontre", _("La rencontre"), _("Titre, thème, date, lieu, objectifs."), GATHERING, _gathering),
    ArchiveList(
        "salles", _("Les salles"), _("Nom, et ce que l’on sait de leur taille et de leur accès."), ROOMS, _rooms
    ),
    ArchiveList(
        "programmes", _("Le programme"), _("Les créneaux, avec leurs heures quand on les sait."), SLOTS, _slots
    ),
    ArchiveList(
        "ateliers",
        _("Les ateliers"),
        _("Titre, créneau, salle, méthode, territoire. Qui anime et qui intervient n’y figure pas."),
        WORKSHOPS,
        lambda contents: map(workshop_row, contents.workshops),
    ),
    ArchiveList(
        "participation",
        _("Qui est venu"),
        _("Des nombres par catégorie et par intercommunalité, jamais moins de cinq personnes."),
        PARTICIPATION,
        lambda contents: contents.participation,
    ),
    ArchiveList(
        "a-retenir",
        _("À retenir"),
        _("Les phrases gardées, celles que des porteurs et porteuses ont confiées comprises."),
        TAKEAWAYS,
        _takeaways,
    ),
    ArchiveList(
        "resultats",
        _("Votes et questionnaires"),
        _("Ce que les ateliers ont répondu, en nombres : rien en dessous de cinq réponses, et aucun texte libre."),
        RESULTS,
        _results,
    ),
    ArchiveList(
        "questionnaires",
        _("Les questionnaires"),
        _(
            "Ceux qui sont fermés et que l’équipe laisse dire, en nombres : rien en dessous de cinq réponses, aucun "
            "texte libre, aucun croisement."
        ),
        QUESTIONNAIRES,
        _questionnaires,
        later=True,
    ),
    ArchiveList("pots", _("Le pot du quartier"), _("Ce que le groupe a donné à chaque tour."), POTS, _pots),
    ArchiveList(
        "experiences",
        _("Les expériences présentées"),
        _("Celles qui sont publiées, dans la version publiée, sans le contact."),
        EXPERIENCES,
        _experiences,
    ),
    ArchiveList(
        "contrats",
        _("Les contrats de ville"),
        _("Ceux des intercommunalités nommées ici ; une signature a sa source, et « non connue » est une réponse."),
        CONTRACTS,
        lambda contents: map(contract_row, contents.contracts),
    ),
    ArchiveList(
        "regions",
        _("Régions"),
        _("Celles qui sont nommées ici."),
        LISTS["regions"],
        _places("regions", region_row),
        True,
    ),
    ArchiveList(
        "departements",
        _("Départements"),
        _("Ceux qui sont nommés ici."),
        LISTS["departements"],
        _places("departements", department_row),
        True,
    ),
    ArchiveList(
        "intercommunalites",
        _("Intercommunalités"),
        _("Celles qui sont nommées ici."),
        LISTS["intercommunalites"],
        _places("intercommunalites", epci_row),
        True,
    ),
    ArchiveList(
        "communes",
        _("Communes"),
        _("Celles qui sont nommées ici."),
        LISTS["communes"],
        _places("communes", commune_row),
        True,
    ),
    ArchiveList(
        "quartiers",
        _("Quartiers prioritaires"),
        _("Ceux qui sont nommés ici."),
        LISTS["quartiers"],
        _places("quartiers", qpv_row),
        True,
    ),
    ArchiveList(
        "sources",
        _("Sources des territoires"),
        _("Les listes d’origine : producteur, licence, date."),
        LISTS["sources"],
        lambda contents: map(source_row, contents.sources),
    ),
)
BY_NAME = {each.name: each for each in ALL}
