"""What the index says of each thing: its public words, and no others."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from maillage.atlas.enums import EntryKind
from maillage.atlas.models import Entry
from maillage.atlas.search import Line, drop, is_empty, put
from maillage.contracts.models import ContratDeVille
from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.words import place_words
from maillage.lib.languages import in_french
from maillage.memory.experience_queries import TOLD
from maillage.memory.models import Experience, ExperienceVersion
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.office.services import run_job
from maillage.people.models import Organisation
from maillage.territories.models import Commune, Department, Epci, Qpv

JOB = "atlas-index"


@transaction.atomic
def index_territories() -> None:
    for kind, lines in (
        (EntryKind.DEPARTMENT, _departments()),
        (EntryKind.EPCI, _epcis()),
        (EntryKind.COMMUNE, _communes()),
        (EntryKind.QPV, _qpvs()),
    ):
        drop(kind)
        put(lines)


@transaction.atomic
def index_all() -> None:
    """Everything again: an installation that had no index yet, or whose index is doubted."""
    index_territories()
    index_contracts()
    index_experiences()
    index_gatherings()
    index_organisations()


def index_what_is_not() -> None:
    """At a start: an installation without an index yet, or whose index a migration doubts. A country takes a minute."""
    if is_empty() and Commune.objects.exists():
        index_all()


def index_beside() -> None:
    """As above, for whoever searches meanwhile: one job at a time, however many ask."""
    if Job.objects.filter(kind=JOB, status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists():
        return
    run_job(kind=JOB, about=None, by="atlas", work=lambda _report: index_what_is_not())


@transaction.atomic
def index_contracts(pk: UUID | None = None) -> None:
    rows = ContratDeVille.objects.filter(removed_at=None).select_related("epci__department").defer("note")
    _renew(EntryKind.CONTRACT, pk, _contracts(_one(rows.prefetch_related("signatories"), pk)))


@transaction.atomic
def index_experiences(pk: UUID | None = None) -> None:
    rows = Experience.objects.select_related("commune", "epci", "qpv__epci").prefetch_related(
        "themes", Prefetch("versions", queryset=ExperienceVersion.objects.order_by("number"))
    )
    _renew(EntryKind.EXPERIENCE, pk, _experiences(_one(rows.filter(published__isnull=False), pk)))


@transaction.atomic
def index_gatherings(pk: UUID | None = None) -> None:
    rows = Gathering.objects.filter(public=True, trial=False).select_related("commune", "epci")
    rows = rows.prefetch_related(
        Prefetch("slots__workshops", queryset=Workshop.objects.only("title", "territory", "slot"))
    )
    _renew(EntryKind.GATHERING, pk, _gatherings(_one(rows, pk)))


@transaction.atomic
def index_organisations(pk: UUID | None = None) -> None:
    """Those of the public directory, and no other."""
    rows = Organisation.objects.filter(listed=True).select_related("commune__department", "epci__department")
    _renew(EntryKind.ORGANISATION, pk, _organisations(_one(rows, pk)))


def _one(rows: QuerySet, pk: UUID | None) -> QuerySet:  # type: ignore[type-arg]
    return rows if pk is None else rows.filter(pk=pk)


@in_french
def _renew(kind: str, pk: UUID | None, lines: Iterable[Line]) -> None:
    drop(kind, None if pk is None else [str(pk)])
    put(lines)


def _departments() -> Iterator[Line]:
    for row in Department.objects.select_related("region"):
        yield Line(_entry(EntryKind.DEPARTMENT, row.pk, row.name, row.region.name, row.pk), row.pk)


def _epcis() -> Iterator[Line]:
    for row in Epci.objects.select_related("department"):
        words = f"{row.long_name} {row.pk} {row.department.name}"
        yield Line(_entry(EntryKind.EPCI, row.pk, row.name, row.department.name, row.department_id), words)


def _communes() -> Iterator[Line]:
    for row in Commune.objects.select_related("department", "epci").iterator(2000):
        extract = f"{row.department.name} · {row.epci.name}" if row.epci else row.department.name
        yield Line(_entry(EntryKind.COMMUNE, row.pk, row.name, extract, row.department_id), row.pk)


def _qpvs() -> Iterator[Line]:
    for row in Qpv.objects.select_related("epci__department").prefetch_related("communes"):
        communes = ", ".join(commune.name for commune in row.communes.all())
        extract = f"{communes} · {row.epci.department.name}"
        words = f"quartier prioritaire QPV {row.pk} {row.epci.name} {row.vintage}"
        yield Line(_entry(EntryKind.QPV, row.pk, row.name, extract, row.epci.department_id), words)


def _contracts(rows: Iterable[ContratDeVille]) -> Iterator[Line]:
    for row in rows:
        entry = Entry(
            space_id=row.space_id,
            kind=EntryKind.CONTRACT,
            ref=str(row.pk),
            title=f"Contrat de ville {row}"[:300],
            extract=f"{row.get_status_display()} · {row.epci.department.name}",
            department=row.epci.department_id,
            year=row.first_year,
        )
        signed_by = [signatory.name for signatory in row.signatories.all()]
        yield Line(entry, " ".join([row.reference, row.epci.name, *row.axes, *signed_by, row.residents_body]))


def _experiences(rows: Iterable[Experience]) -> Iterator[Line]:
    for row in rows:
        version = next((each for each in row.versions.all() if each.number == row.published), None)
        if version is None:
            continue
        told = [version.content.get(key, "") for key in TOLD]
        place = row.qpv or row.commune or row.epci
        themes = [theme.name for theme in row.themes.all()]
        entry = Entry(
            space_id=row.space_id,
            kind=EntryKind.EXPERIENCE,
            ref=str(row.pk),
            title=row.title,
            extract=next((words for words in told if words), str(place or ""))[:300],
            department=_department(row),
            year=row.year,
            method=row.method,
            themes=themes,
        )
        answers = " ".join(version.content.get("criteria", {}).values())
        yield Line(entry, " ".join([*told, answers, *themes, str(place or "")]))


def _department(row: Experience | Gathering) -> str:
    if row.commune is not None:
        return str(row.commune.department_id)
    if row.epci is not None:
        return str(row.epci.department_id)
    qpv = getattr(row, "qpv", None)
    return str(qpv.epci.department_id) if qpv else ""


def _gatherings(rows: Iterable[Gathering]) -> Iterator[Line]:
    for row in rows:
        workshops = [workshop for slot in row.slots.all() for workshop in slot.workshops.all()]
        entry = Entry(
            space_id=row.space_id,
            kind=EntryKind.GATHERING,
            ref=str(row.pk),
            title=(f"{row.title} – {row.subtitle}" if row.subtitle else row.title)[:300],
            extract=(row.theme or place_words(row))[:300],
            department=_department(row),
            year=row.date.year if row.date else None,
        )
        said = [f"{workshop.title} {workshop.territory}" for workshop in workshops]
        yield Line(entry, " ".join([row.get_kind_display(), place_words(row), *row.objectives, *said]))


def _organisations(rows: QuerySet[Organisation]) -> Iterator[Line]:
    for row in rows.iterator(2000):
        place = row.commune or row.epci
        entry = Entry(
            space_id=row.space_id,
            kind=EntryKind.ORGANISATION,
            ref=str(row.pk),
            title=row.name,
            extract=(row.about or " · ".join(filter(None, (row.get_kind_display(), str(place or "")))))[:300],
            department=place.department_id if place else "",
        )
        yield Line(entry, " ".join([row.get_kind_display(), str(place or ""), str(row.epci or ""), row.siret]))


def _entry(kind: str, ref: str, title: str, extract: str, department: str) -> Entry:
    return Entry(kind=kind, ref=ref, title=title, extract=extract[:300], department=department)
