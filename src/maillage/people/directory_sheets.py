"""A file of organisations: read, shown, then taken whole. What a cell says wrongly is said by line and column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.lib.matching import closest, fold
from maillage.lib.siret import spaced_siret
from maillage.lib.spreadsheets import Table, UnreadableTable, read_table, short_name
from maillage.lib.typography import join_words
from maillage.office.services import record_activity
from maillage.people.directory_forms import read_siret, read_website
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, OrganisationImport, Space
from maillage.people.queries import organisations_by_name
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci

MOST = 5_000  # organisations of one file
# column → folded titles it is known by; the first is that of our own export
TITLES: Mapping[str, tuple[str, ...]] = {
    "name": ("nom", "name", "structure", "organisme", "organisation", "association", "raison sociale", "denomination"),
    "siret": ("siret", "numero siret", "no siret", "n siret"),
    "kind": ("genre", "type", "categorie", "nature", "statut"),
    "about": ("ce qu elle fait", "activite", "objet", "description", "missions"),
    "commune": ("commune", "ville", "code insee", "insee", "code commune"),
    "epci": ("intercommunalite", "epci", "siren epci", "epci siren", "agglomeration"),
    "website": ("site", "site internet", "site web", "url", "adresse du site"),
    "source": ("source",),
}
COLUMNS = {
    "name": "Nom",
    "siret": "SIRET",
    "kind": "Genre",
    "about": "Ce qu’elle fait",
    "commune": "Commune",
    "epci": "Intercommunalité",
    "website": "Site",
    "source": "Source",
}
LIMITS = {"name": 200, "about": 300, "website": 300, "source": 300}


class SheetRefused(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Doubt:
    """`column` as the file calls it; "" for the whole line."""

    line: int
    column: str
    sentence: str

    @property
    def words(self) -> str:
        if self.column:
            where = _("Ligne {n}, colonne « {column} »").format(n=self.line, column=self.column)
        else:
            where = _("Ligne {n}").format(n=self.line)
        return f"{where} : {self.sentence}"


@dataclass
class Candidate:
    """One organisation of the file. `known`: the one of the directory that it is."""

    line: int
    facts: dict[str, Any]
    known: Organisation | None = None
    fills: list[str] = field(default_factory=list)  # columns that would be filled

    @property
    def kind_words(self) -> str:
        return str(OrganisationKind(self.facts["kind"]).label) if self.facts["kind"] else ""


@dataclass
class Reading:
    candidates: list[Candidate] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  # titles of columns that nobody reads
    notes: tuple[str, ...] = ()

    @property
    def new(self) -> list[Candidate]:
        return [one for one in self.candidates if one.known is None]

    @property
    def filled(self) -> list[Candidate]:
        return [one for one in self.candidates if one.known is not None and one.fills]

    @property
    def same(self) -> int:
        return len(self.candidates) - len(self.new) - len(self.filled)


def start_import(*, space: Space, content: bytes, filename: str, source: str, by: str) -> OrganisationImport:
    """Kept until the organiser says yes or no. Raises SheetRefused."""
    try:
        table = read_table(content, filename)
    except UnreadableTable as refusal:
        raise SheetRefused(refusal.sentence) from refusal
    if "name" not in _mapping(table):
        titles = join_words([f"« {title} »" for title in table.headers[:12]])
        words = _("Aucune colonne ne porte le nom des structures : on attend « Nom ». Celles du fichier : {titles}.")
        raise SheetRefused(words.format(titles=titles))
    if not table.rows:
        raise SheetRefused(_("Ce fichier n’a aucune ligne sous ses titres."))
    if len(table.rows) > MOST:
        raise SheetRefused(_("{n} lignes : {most} au plus à la fois.").format(n=len(table.rows), most=MOST))
    return OrganisationImport.objects.create(
        space=space, content=content, filename=short_name(filename), source=source, by=by[:200]
    )


def reading_of(import_: OrganisationImport) -> Reading:
    """What confirming would do, as the directory is now."""
    table = read_table(bytes(import_.content), import_.filename)
    return _Reader(import_, table).read()


@transaction.atomic
def confirm_import(*, import_: OrganisationImport, by: str) -> Reading:
    """All of it, at once. A fact that is known is never replaced by a file's."""
    Space.objects.select_for_update().get(pk=import_.space_id)
    import_ = OrganisationImport.objects.select_related("space").get(pk=import_.pk)
    reading = reading_of(import_)
    Organisation.objects.bulk_create(
        Organisation(space=import_.space, folded_name=fold(one.facts["name"])[:200], **one.facts) for one in reading.new
    )
    for one in reading.filled:
        assert one.known is not None
        for name in one.fills:
            setattr(one.known, name, one.facts[name])
        one.known.save(update_fields=one.fills)
    about = _("{file} : {new} structures ajoutées, {filled} complétées").format(
        file=import_.filename, new=len(reading.new), filled=len(reading.filled)
    )
    record_activity(space=import_.space.slug, by=by, verb="import-organisations", about=about)
    import_.delete()
    return reading


def export_rows(space: Space) -> tuple[list[str], list[list[str]]]:
    rows = space.organisations.select_related("commune", "epci").order_by("folded_name")
    headers = [*COLUMNS.values(), _("Annuaire public")]
    return headers, [
        [
            row.name,
            row.siret,
            row.get_kind_display(),
            row.about,
            row.commune_id or "",
            row.epci_id or "",
            row.website,
            row.source,
            "oui" if row.listed else "non",
        ]
        for row in rows
    ]


def _mapping(table: Table) -> dict[str, int]:
    """Field → column, by the title. The first column of a title wins."""
    found: dict[str, int] = {}
    for name, known in TITLES.items():
        for title in known:
            column = next((n for n, header in enumerate(table.headers) if fold(header) == title), None)
            if column is not None and column not in found.values():
                found[name] = column
                break
    return found


class _Reader:
    def __init__(self, import_: OrganisationImport, table: Table) -> None:
        self.table, self.source = table, import_.source
        self.mapping = _mapping(table)
        rows = list(import_.space.organisations.all())
        self.by_name = organisations_by_name(import_.space)
        self.by_number: dict[str, list[Organisation]] = {}
        for row in rows:
            if row.siret:
                self.by_number.setdefault(row.siret, []).append(row)
        self.reading = Reading(notes=table.notes)
        self.find: dict[str, Callable[[str], Any]] = {"commune": cache(find_commune), "epci": cache(find_epci)}

    def read(self) -> Reading:
        read = set(self.mapping.values())
        self.reading.unread = [
            header
            for n, header in enumerate(self.table.headers)
            if n not in read and any(row[n].strip() for row in self.table.rows)
        ]
        seen: dict[str, Candidate] = {}
        for line, row in zip(self.table.lines, self.table.rows, strict=True):
            facts = self._facts(line, row)
            if facts is None:
                continue
            known = self._known(line, facts)
            key = str(known.pk) if known else fold(facts["name"])[:200]
            if key in seen:
                self._repeat(line, seen[key], facts)
                continue
            seen[key] = Candidate(line, facts, known)
            self.reading.candidates.append(seen[key])
        for one in self.reading.candidates:
            if one.known is not None:
                one.fills = [
                    name
                    for name, value in one.facts.items()
                    if name != "name" and value and not getattr(one.known, name)
                ]
                self._say_kept(one)
        return self.reading

    def _facts(self, line: int, row: Sequence[str]) -> dict[str, Any] | None:
        cells = {name: " ".join(row[column].split()) for name, column in self.mapping.items()}
        if not fold(cells["name"]):
            self._doubt(line, "name", _("le nom manque, la ligne n’est pas prise."))
            return None
        for name, limit in LIMITS.items():
            if len(cells.get(name, "")) > limit:
                words = _("« {start}… » est trop long, coupé à {limit} signes.")
                self._doubt(line, name, words.format(start=cells[name][:40], limit=limit))
                cells[name] = cells[name][:limit].rstrip()
        facts: dict[str, Any] = {
            "name": cells["name"],
            "siret": self._read(line, cells, "siret", read_siret, ""),
            "kind": self._kind(line, cells),
            "about": cells.get("about", ""),
            "commune": self._place(line, cells, "commune"),
            "epci": self._place(line, cells, "epci"),
            "website": self._read(line, cells, "website", read_website, ""),
            "source": cells.get("source", "") or self.source,
        }
        commune, epci = facts["commune"], facts["epci"]
        if commune and epci and commune.epci_id and commune.epci_id != epci.pk:
            if epci.successor_id != commune.epci_id:
                words = _("{epci} n’est pas l’intercommunalité de {commune}, elle est laissée vide.")
                self._doubt(line, "epci", words.format(epci=epci, commune=commune))
            facts["epci"] = None
        return facts

    def _read(self, line: int, cells: Mapping[str, str], name: str, read: Callable[[str], str], empty: str) -> str:
        try:
            return read(cells.get(name, ""))
        except ValidationError as wrong:
            self._doubt(line, name, _("{sentence} La case est laissée vide.").format(sentence=wrong.messages[0]))
            return empty

    def _kind(self, line: int, cells: Mapping[str, str]) -> str:
        text = cells.get("kind", "")
        if not text:
            return ""
        match = closest(text, {str(kind.label): kind.value for kind in OrganisationKind})
        if match is not None and match.value is not None:
            return str(match.value)
        known = join_words([f"« {kind.label} »" for kind in OrganisationKind], last=_("ou"))
        words = _("« {text} » n’est pas un genre connu ({known}). La case est laissée vide.")
        self._doubt(line, "kind", words.format(text=text[:40], known=known))
        return ""

    def _place(self, line: int, cells: Mapping[str, str], name: str) -> Any:
        text = cells.get(name, "")
        if not text:
            return None
        try:
            return self.find[name](text)
        except PlaceNotFound as unknown:
            self._doubt(line, name, _("{sentence}. La case est laissée vide.").format(sentence=unknown.sentence))
            return None

    def _known(self, line: int, facts: Mapping[str, Any]) -> Organisation | None:
        """By its name, else by its number when one row has it: the same establishment under another spelling."""
        named = self.by_name.get(fold(facts["name"])[:200])
        if named is not None:
            if facts["siret"] and named.siret and named.siret != facts["siret"]:
                words = _("« {name} » est déjà dans l’annuaire avec le SIRET {number}, qui est gardé.")
                self._doubt(line, "siret", words.format(name=named.name, number=spaced_siret(named.siret)))
            return named
        numbered = self.by_number.get(facts["siret"], []) if facts["siret"] else []
        if len(numbered) == 1:
            words = _("« {name} » a le SIRET de « {known} », qui est dans l’annuaire : c’est elle.")
            self._doubt(line, "name", words.format(name=facts["name"], known=numbered[0].name))
            return numbered[0]
        return None

    def _repeat(self, line: int, first: Candidate, facts: Mapping[str, Any]) -> None:
        """The same name a second time: it fills what the first left empty."""
        filled, left = [], []
        for name, value in facts.items():
            if value and not first.facts[name]:
                first.facts[name] = value
                filled.append(COLUMNS[name])
            elif value and name not in ("name", "source") and value != first.facts[name]:
                left.append(COLUMNS[name])
        said = _(" Elle apporte : {columns}.").format(columns=join_words(filled)) if filled else ""
        if left:
            said += _(" Ce qu’elle dit d’autre n’est pas pris : {columns}.").format(columns=join_words(left))
        words = _("« {name} » est déjà à la ligne {n} : une seule structure.{said}")
        self._doubt(line, "name", words.format(name=facts["name"], n=first.line, said=said))

    def _say_kept(self, one: Candidate) -> None:
        for name in ("kind", "about", "commune", "epci", "website"):
            ours = getattr(one.known, name)
            if one.facts[name] and ours and one.facts[name] != ours:
                shown = one.known.get_kind_display() if name == "kind" and one.known else ours
                words = _("l’annuaire dit déjà « {ours} » pour « {name} » : c’est gardé.")
                self._doubt(one.line, name, words.format(ours=str(shown)[:60], name=one.known))

    def _doubt(self, line: int, name: str, sentence: str) -> None:
        column = self.mapping.get(name)
        self.reading.doubts.append(Doubt(line, self.table.headers[column] if column is not None else "", sentence))
