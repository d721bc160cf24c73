"""Rows of official files become tables: all of them or none, and twice the same files change nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.territories.enums import Level
from maillage.territories.models import Commune, Department, Epci, Landmark, Outline, Qpv, Region, Shape, Sourced
from maillage.territories.reading import SIREN, Doubt, LandmarkRow, Reading, TerritoryRow
from maillage.territories.signals import imported

SourcesOf = Callable[[str], Mapping[str, str]]  # a file's name → {"": slug, fact: slug}
BATCH = 500  # rows a statement: SQLite's variables are bounded
TABLES: Mapping[Level, type[Sourced]] = {
    Level.REGION: Region,
    Level.DEPARTMENT: Department,
    Level.EPCI: Epci,
    Level.COMMUNE: Commune,
    Level.QPV: Qpv,
}


class TerritoriesRefused(Exception):
    """Nothing was taken: `doubts` says why, file by file."""

    SAID = 20

    def __init__(self, doubts: Sequence[Doubt]) -> None:
        self.doubts = list(doubts)
        lines = [str(doubt) for doubt in self.doubts[: self.SAID]]
        if len(self.doubts) > self.SAID:
            more = len(self.doubts) - self.SAID
            lines.append(ngettext("et %d autre point.", "et %d autres points.", more) % more)
        self.sentence = "\n".join([_("Rien n’a été importé :"), *lines])
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Imported:
    regions: int = 0
    departments: int = 0
    epcis: int = 0
    communes: int = 0
    qpvs: int = 0
    landmarks: int = 0
    outlines: int = 0


@dataclass
class _Known:
    """Codes of the tables and of the files being read, together."""

    regions: set[str]
    departments: dict[str, str]  # code → region
    epcis: set[str]
    successors: dict[str, str]
    communes: dict[str, tuple[str, str, int]]  # insee → (department, epci, population)
    qpvs: set[str]
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, row: TerritoryRow | LandmarkRow, sentence: str) -> None:
        self.doubts.append(Doubt(row.file, row.place, sentence))


@transaction.atomic
def import_rows(reading: Reading, *, sources_of: SourcesOf) -> Imported:
    """Raises TerritoriesRefused, with every doubt of every file, before anything is written."""
    known = _known(reading.territories)
    known.doubts += reading.doubts
    by_level: dict[Level, list[TerritoryRow]] = {level: [] for level in Level}
    for row in reading.territories:
        by_level[row.level].append(row)
    _check_written(reading, known)
    _check_twice(by_level, known)

    regions = [Region(code=row.code, name=row.name, sources=_said(row, sources_of)) for row in by_level[Level.REGION]]
    departments = _departments(by_level[Level.DEPARTMENT], known, sources_of)
    communes = _communes(by_level[Level.COMMUNE], known, sources_of)
    epcis = _epcis(_named_by_communes(by_level) + by_level[Level.EPCI], known, sources_of)
    qpvs, links = _qpvs(by_level[Level.QPV], known, sources_of)
    landmarks, places = _landmarks(reading.landmarks, known, sources_of)
    shapes, outlines = _outlines(by_level, known, sources_of)
    if known.doubts:
        raise TerritoriesRefused(known.doubts)

    _keep(Region, regions, "code")
    _keep(Department, departments, "code")
    after = [epci for epci in epcis if not epci.successor_id]
    _keep(Epci, after + [epci for epci in epcis if epci.successor_id], "siren")
    _keep(Commune, communes, "insee")
    _keep(Qpv, qpvs, "code")
    _link(Qpv.communes.through, "qpv_id", links)
    _keep_landmarks(landmarks, places)
    _keep(Shape, shapes, "level", "code")
    _keep(Outline, outlines, "level", "code", "detail")
    _count_rows()
    imported.send(None)
    return Imported(len(regions), len(departments), len(epcis), len(communes), len(qpvs), len(landmarks), len(shapes))


def _count_rows() -> None:
    """PostgreSQL plans by figures that it takes a minute later by itself: the first pages need them now."""
    if connection.vendor == "postgresql":
        tables = [model._meta.db_table for model in (Department, Epci, Commune, Qpv, Landmark, Outline)]
        tables += [model.communes.through._meta.db_table for model in (Qpv, Landmark)]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def _said(row: TerritoryRow | LandmarkRow, sources_of: SourcesOf) -> Mapping[str, str]:
    """Where its facts are from: as its own row says, else as whoever imports its file says."""
    return sources_of(row.file) if row.sources is None else row.sources


def _known(rows: Iterable[TerritoryRow]) -> _Known:
    known = _Known(
        regions=set(Region.objects.values_list("pk", flat=True)),
        departments=dict(Department.objects.values_list("pk", "region")),
        epcis=set(Epci.objects.values_list("pk", flat=True)),
        successors={pk: str(new) for pk, new in Epci.objects.exclude(successor=None).values_list("pk", "successor")},
        communes={
            insee: (department, epci or "", population or 0)
            for insee, department, epci, population in Commune.objects.values_list(
                "pk", "department", "epci", "population"
            )
        },
        qpvs=set(Qpv.objects.values_list("pk", flat=True)),
    )
    for row in rows:
        if row.level == Level.REGION:
            known.regions.add(row.code)
        elif row.level == Level.EPCI:
            known.epcis.add(row.code)
            if row.successor:
                known.successors[row.code] = row.successor
        elif row.level == Level.COMMUNE:
            if row.epci_name and row.epci not in known.successors:
                known.epcis.add(row.epci)
            known.communes[row.code] = (row.department or department_of(row.code), row.epci, row.population or 0)
        elif row.level == Level.QPV:
            known.qpvs.add(row.code)
    return known


def department_of(insee: str) -> str:
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def _check_written(reading: Reading, known: _Known) -> None:
    """What a column cannot hold is said of its row: PostgreSQL would refuse the whole, SQLite would take it."""

    def check(row: TerritoryRow | LandmarkRow, said: str, most: int) -> None:
        if len(said) > most:
            known.doubt(
                row,
                _("« %(start)s… » est trop long : %(most)d signes au plus") % {"start": said[:40], "most": most},
            )

    longest = Epci._meta.get_field("name").max_length
    rows: list[TerritoryRow | LandmarkRow] = [*reading.territories, *reading.landmarks]
    for row in rows:
        table = Landmark if isinstance(row, LandmarkRow) else TABLES[row.level]
        for column in table._meta.concrete_fields:
            if column.max_length and isinstance(said := getattr(row, column.name, None), str):
                check(row, said, column.max_length)
        if isinstance(row, TerritoryRow):
            for siren, name in ((row.epci, row.epci_name), (row.successor, row.successor_name)):
                check(row, name, longest or 0)
                if name and not SIREN.fullmatch(siren):
                    known.doubt(row, _("« %s » n’est pas un SIREN : neuf chiffres") % siren[:40])


def _check_twice(by_level: Mapping[Level, Sequence[TerritoryRow]], known: _Known) -> None:
    for level, rows in by_level.items():
        seen: dict[str, TerritoryRow] = {}
        for row in rows:
            first = seen.setdefault(row.code, row)
            if first is not row and first.file == row.file:
                words = {"level": Level(level).label, "code": row.code, "place": first.place}
                known.doubt(row, _("%(level)s %(code)s est déjà dans ce fichier (%(place)s)") % words)


def _merged(rows: Sequence[TerritoryRow]) -> list[TerritoryRow]:
    """A territory may be in several files (a list, then its outline): the last one's words are kept."""
    return list({row.code: row for row in rows}.values())


def _named_by_communes(by_level: Mapping[Level, Sequence[TerritoryRow]]) -> list[TerritoryRow]:
    """The EPCI that only the list of communes names."""
    listed = {row.code for row in by_level[Level.EPCI]}
    named = {row.epci: row for row in by_level[Level.COMMUNE] if row.epci_name and row.epci not in listed}
    return [replace(row, level=Level.EPCI, code=siren, name=row.epci_name) for siren, row in named.items()]


def _departments(rows: Sequence[TerritoryRow], known: _Known, sources_of: SourcesOf) -> list[Department]:
    made = []
    for row in _merged(rows):
        region = (
            row.region or known.departments.get(row.code) or (min(known.regions) if len(known.regions) == 1 else "")
        )
        if region not in known.regions:
            known.doubt(row, _("la région « %s » du département est inconnue ; importez-la d’abord") % region)
            continue
        known.departments[row.code] = region
        made.append(Department(code=row.code, name=row.name, region_id=region, sources=_said(row, sources_of)))
    return made


def _communes(rows: Sequence[TerritoryRow], known: _Known, sources_of: SourcesOf) -> list[Commune]:
    made = []
    for row in _merged(rows):
        department = row.department or department_of(row.code)
        if department not in known.departments:
            known.doubt(row, _("le département « %s » est inconnu ; importez-le d’abord") % department)
            continue
        epci = _resolve(row.epci, row, known) if row.epci[:1].isdigit() else None
        made.append(
            Commune(
                insee=row.code,
                name=row.name,
                department_id=department,
                epci_id=epci,
                population=row.population,
                lon=row.lon,
                lat=row.lat,
                sources=_said(row, sources_of),
            )
        )
    return made


def _resolve(siren: str, row: TerritoryRow | LandmarkRow, known: _Known) -> str | None:
    """A known SIREN; one that merged and is no longer listed is followed to its successor."""
    if siren in known.epcis:
        return siren
    successor = known.successors.get(siren)
    if successor:
        return successor
    near = get_close_matches(siren, known.epcis, n=1, cutoff=0.85)
    words = {"siren": siren, "near": "".join(near)}
    known.doubt(
        row,
        _("l’intercommunalité %(siren)s est inconnue ; la plus proche est %(near)s") % words
        if near
        else _("l’intercommunalité %(siren)s est inconnue ; importez d’abord les intercommunalités") % words,
    )
    return None


def _epcis(rows: Sequence[TerritoryRow], known: _Known, sources_of: SourcesOf) -> list[Epci]:
    """Its département is the one where most of its people live; without its communes, the one its file says."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for department, epci, population in known.communes.values():
        people[epci][department] += population + 1
    made = {}
    for row in _merged(rows):
        for insee in row.communes:
            if insee in known.communes:
                people[row.code][known.communes[insee][0]] += known.communes[insee][2] + 1
        counted = people[row.code].most_common(1)
        stated = row.sources is not None or not counted
        department = row.department if stated else counted[0][0]
        if department not in known.departments:
            known.doubt(row, _("son département est inconnu : importez d’abord les communes, ou les départements"))
            continue
        made[row.code] = Epci(
            siren=row.code,
            name=row.name,
            long_name=row.long_name,
            department_id=department,
            successor_id=row.successor or None,
            merged_on=row.merged_on,
            sources=_said(row, sources_of),
        )
        if row.successor and row.successor not in known.epcis:
            if not row.successor_name:
                known.doubt(row, _("l’intercommunalité %s, née de la fusion, est inconnue") % row.successor)
                continue
            made[row.successor] = Epci(
                siren=row.successor, name=row.successor_name, department_id=department, sources=_said(row, sources_of)
            )
    return list(made.values())


def _qpvs(
    rows: Sequence[TerritoryRow], known: _Known, sources_of: SourcesOf
) -> tuple[list[Qpv], list[tuple[str, str]]]:
    made, links = [], []
    for row in _merged(rows):
        unknown = [insee for insee in row.communes if insee not in known.communes]
        if unknown:
            known.doubt(row, _("commune inconnue : %s ; importez d’abord les communes") % ", ".join(unknown))
            continue
        epci = row.epci or next((known.communes[insee][1] for insee in row.communes if known.communes[insee][1]), "")
        resolved = _resolve(epci, row, known)
        if not resolved:
            continue
        made.append(
            Qpv(
                code=row.code,
                name=row.name,
                vintage=row.vintage or (2015 if row.code.startswith("QP") else 2024),
                epci_id=resolved,
                population=row.population,
                area_ha=row.area_ha,
                lon=row.lon,
                lat=row.lat,
                sources=_said(row, sources_of),
            )
        )
        links += [(row.code, insee) for insee in row.communes]
    return made, links


def _landmarks(
    rows: Sequence[LandmarkRow], known: _Known, sources_of: SourcesOf
) -> tuple[list[Landmark], list[tuple[tuple[str, str], str]]]:
    made, places = {}, []
    for row in rows:
        unknown = [insee for insee in row.communes if insee not in known.communes]
        if unknown:
            known.doubt(row, _("commune inconnue : %s") % ", ".join(unknown))
            continue
        if row.qpv and row.qpv not in known.qpvs:
            known.doubt(row, _("quartier prioritaire inconnu : %s") % row.qpv)
            continue
        made[row.kind, row.code] = Landmark(
            kind=row.kind,
            code=row.code,
            name=row.name,
            address=row.address,
            epci_id=_resolve(row.epci, row, known) if row.epci else None,
            qpv_id=row.qpv or None,
            lon=row.lon,
            lat=row.lat,
            sources=_said(row, sources_of),
        )
        places += [((str(row.kind), row.code), insee) for insee in row.communes]
    return list(made.values()), places


def _outlines(
    by_level: Mapping[Level, Sequence[TerritoryRow]], known: _Known, sources_of: SourcesOf
) -> tuple[list[Shape], list[Outline]]:
    if not any(row.geometry for rows in by_level.values() for row in rows):
        return [], []
    # Here and not above: numpy and shapely are only held by a server that has drawn.
    from maillage.territories.outlines import OutlineRefused, as_published, draw, read_outline

    shapes: list[Shape] = []
    outlines: list[Outline] = []
    for level, rows in by_level.items():
        drawable, sources = {}, {}
        for row in rows:
            if row.geometry is None:
                continue
            try:
                drawable[row.code] = read_outline(row.geometry)
            except OutlineRefused as refusal:
                known.doubt(row, f"{row.name} ({row.code}) : {refusal.sentence}")
                continue
            said = _said(row, sources_of)
            sources[row.code] = {"": row.shape_source or said.get("outline") or said.get("", "")}
            shapes.append(
                Shape(level=level, code=row.code, geometry=as_published(row.geometry), sources=sources[row.code])
            )
        if not drawable or known.doubts:
            continue
        for code, drawn in draw(drawable, level).items():
            outlines += [
                Outline(
                    level=level,
                    code=code,
                    detail=each.detail,
                    zone=each.zone,
                    path=each.path,
                    left=each.left,
                    top=each.top,
                    right=each.right,
                    bottom=each.bottom,
                    sources=sources[code],
                )
                for each in drawn
            ]
    return shapes, outlines


def _keep(model: type[models.Model], rows: Sequence[Any], *unique: str) -> None:
    if not rows:
        return
    told = [
        column.name for column in model._meta.concrete_fields if not column.primary_key and column.name not in unique
    ]
    model._default_manager.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=list(unique), update_fields=told
    )


def _link(through: type[models.Model], key: str, links: Sequence[tuple[str | int, str]]) -> None:
    """What a file says of where a QPV lies replaces what was said before."""
    wanted = set(links)
    codes = list({code for code, _insee in links})
    for start in range(0, len(codes), BATCH):
        rows = through._default_manager.filter(**{f"{key}__in": codes[start : start + BATCH]})
        stale = [pk for pk, code, insee in rows.values_list("pk", key, "commune_id") if (code, insee) not in wanted]
        through._default_manager.filter(pk__in=stale).delete()
    through._default_manager.bulk_create(
        [through(**{key: code, "commune_id": insee}) for code, insee in links], batch_size=BATCH, ignore_conflicts=True
    )


def _keep_landmarks(landmarks: Sequence[Landmark], places: Sequence[tuple[tuple[str, str], str]]) -> None:
    _keep(Landmark, landmarks, "kind", "code")
    kinds = {kind for (kind, _code), _insee in places}
    numbers = {
        (kind, code): pk for pk, kind, code in Landmark.objects.filter(kind__in=kinds).values_list("pk", "kind", "code")
    }
    _link(Landmark.communes.through, "landmark_id", [(numbers[key], insee) for key, insee in places])
