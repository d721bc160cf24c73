"""Contracts as a table, and a table as contracts: all its lines or none, each wrong cell said with its place.

An export carries the version of each contract: what somebody changed here since is merged with what the file changed,
and a cell that both changed is refused, never replaced. What is exported and imported again changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.contracts.cells import ALSO, COLUMN_OF, COLUMNS, NAME, NOTE, SIREN, VERSION, read_cell, write_cell
from maillage.contracts.enums import SignatureStatus
from maillage.contracts.facts import PARTS, Facts, check_facts, clean_facts, facts_of, merge, one_line
from maillage.contracts.models import ContractVersion, ContratDeVille
from maillage.contracts.places import Place, UnknownPlace, find_place, follow
from maillage.contracts.queries import whole_contracts
from maillage.contracts.services import FIRST_YEAR, LAST_YEAR, new_facts, take_over_contracts
from maillage.lib.matching import fold
from maillage.lib.spreadsheets import Table, UnreadableTable, read_table, short_name
from maillage.lib.typography import join_words
from maillage.people.models import Space
from maillage.territories.models import Epci

MOST_PROBLEMS = 30  # said at once; the rest comes when these are mended
MOST_LINES = 5_000  # every intercommunalité of France has signed some three
PART_OF = {name: part for part, names in PARTS.items() for name in names}

# The list of the generation before, as published: its columns, its period, and what its source is called.
EARLIER = ("code_cv", "name", "siren_at_the_time", "epci_siren_2024")
OPEN_LIST = ("siren_epci", "premiere_annee")  # columns of published.py
EARLIER_FILE = "contrats_ville_2015_2023.csv"
EARLIER_YEARS = (2015, 2023)
EARLIER_SOURCE, EARLIER_DATE = "ANCT, plateforme Dauphin, 2023", "2023"


class SheetRefused(Exception):
    """Nothing was imported: `problems` are sentences, each with its line and its column."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        self.sentence = "\n".join([_("Rien n’a été importé :"), *self.problems])
        super().__init__(self.sentence)


@dataclass
class SheetImported:
    made: int = 0
    changed: int = 0
    same: int = 0
    notes: list[str] = field(default_factory=list)  # what was followed, left out, merged

    @property
    def sentence(self) -> str:
        said = [
            ngettext("{n} contrat noté", "{n} contrats notés", self.made).format(n=self.made) if self.made else "",
            ngettext("{n} modifié", "{n} modifiés", self.changed).format(n=self.changed) if self.changed else "",
            ngettext("{n} déjà ainsi", "{n} déjà ainsi", self.same).format(n=self.same) if self.same else "",
        ]
        return f"{join_words([words for words in said if words])}."


def export_rows(space: Space, *, internal: bool) -> tuple[list[str], list[list[str]]]:
    """`internal`: with the organisers' notes."""
    headers = [column for column in COLUMNS if internal or column != NOTE]
    rows = []
    for contract in whole_contracts(space):
        facts = facts_of(contract)
        cells = {column: write_cell(name, facts[name]) for column, name in COLUMNS.items() if name}
        cells |= {NAME: contract.epci.name, VERSION: str(contract.version)}
        rows.append([cells[column] for column in headers])
    return headers, rows


def import_earlier_contracts(*, space: Space, by: object) -> SheetImported:
    """The generation 2015–2023 of the region this release ships. Raises SheetRefused."""
    content = (files("maillage.contracts") / "data" / EARLIER_FILE).read_bytes()
    return import_contracts(space=space, content=content, filename=EARLIER_FILE, by=by)


def import_contracts(*, space: Space, content: bytes, filename: str, by: object) -> SheetImported:
    """A table of ours, whole or with some of its columns, or the list of the generation before. Raises SheetRefused."""
    try:
        table = read_table(content, filename)
    except UnreadableTable as refusal:
        raise SheetRefused([refusal.sentence]) from refusal
    headers = {fold(header): header for header in table.headers}
    earlier = all(fold(name) in headers for name in EARLIER)
    if earlier:
        rows = [(line, _earlier_cells(record, headers)) for line, record in table.records()]
    else:
        rows = _our_cells(table)
    if len(rows) > MOST_LINES:
        sentence = _("%(lines)d lignes : on en attend au plus %(most)d. Coupez ce fichier.")
        raise SheetRefused([sentence % {"lines": len(rows), "most": MOST_LINES}])
    with transaction.atomic():
        Space.objects.select_for_update().get(pk=space.pk)
        return _Import(space, by, filename).run(rows, keep=earlier)


def _earlier_cells(record: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str]:
    cell = {name: record[headers[fold(name)]].strip() for name in EARLIER}
    name = re.sub(r"^\w{2,3} - ", "", cell["name"])
    first, last = EARLIER_YEARS
    return {
        SIREN: cell["epci_siren_2024"],
        # the intercommunalité of 2024 may be two of those that signed: each keeps the name it had
        "Périmètre": name if cell["siren_at_the_time"] != cell["epci_siren_2024"] else "",
        "Référence": cell["code_cv"],
        "Première année": str(first),
        "Dernière année": str(last),
        "Signature": str(SignatureStatus.SIGNED.label),
        "Source": EARLIER_SOURCE,
        "Date de la source": EARLIER_DATE,
    }


def _our_cells(table: Table) -> list[tuple[int, dict[str, str]]]:
    """The columns we know, by their names. Raises SheetRefused when who a contract is of is in none."""
    known = {fold(column): column for column in COLUMNS} | {fold(word): column for word, column in ALSO.items()}
    columns: dict[str, str] = {}
    for header in table.headers:
        column = known.get(fold(header))
        if column and column not in columns:
            columns[column] = header
    if {*map(fold, OPEN_LIST)} <= {*map(fold, table.headers)}:
        sentence = _(
            "Ce fichier est la liste ouverte « contrats », dont les colonnes sont d’autres mots : la reprendre par la "
            "commande « maillage import-opendata --space ESPACE contrats.csv », avec les listes de territoires qu’elle "
            "nomme. Ici se reprend la table qu’exporte la page des contrats."
        )
        raise SheetRefused([sentence])
    if SIREN not in columns and NAME not in columns:
        sentence = _("Il manque la colonne « SIREN » ou « Intercommunalité » ; ce fichier a : %s.")
        raise SheetRefused([sentence % ", ".join(table.headers)])
    return [(line, {column: record[header] for column, header in columns.items()}) for line, record in table.records()]


class _Bad(Exception):
    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence
        super().__init__(sentence)


Key = tuple[str, int, str]  # SIREN, first year, perimeter


class _Import:
    """One file: everything is read and checked before anything is written."""

    def __init__(self, space: Space, by: object, filename: str) -> None:
        self.space, self.by, self.filename = space, by, filename
        self.done = SheetImported()
        self.problems: list[str] = []
        self.there: dict[Key, tuple[ContratDeVille | None, Facts]] = {}
        for contract in whole_contracts(space):
            facts = facts_of(contract)
            self.there[_key(facts)] = (contract, facts)
        removed = ContratDeVille.objects.filter(space=space).exclude(removed_at=None)
        self.removed: set[Key] = set(removed.values_list("epci", "first_year", "perimeter"))
        self.lines: dict[Key, int] = {}
        self.places: dict[tuple[str, int], tuple[Place, Epci]] = {}
        self.epcis: dict[str, Epci] = {}
        self.bases: dict[tuple[Any, int], Facts] = {}

    def run(self, rows: Sequence[tuple[int, Mapping[str, str]]], *, keep: bool) -> SheetImported:
        """`keep`: a contract that is there already stays as people made it."""
        sirens = {"".join(one_line(cells.get(SIREN, "")).split()) for _line, cells in rows}
        self.epcis = Epci.objects.select_related("successor").in_bulk(sirens)
        self._read_bases(cells.get(VERSION, "") for _line, cells in rows)
        wanted: list[tuple[int, ContratDeVille | None, Facts]] = []
        for line, cells in rows:
            if len(self.problems) >= MOST_PROBLEMS:
                self.problems.append(_("La suite n’a pas été lue : corrigez d’abord ces lignes."))
                break
            try:
                wanted += self._row(line, cells, keep)
            except _Bad as bad:
                self._refuse(line, bad.column, bad.sentence)
        if self.problems:
            raise SheetRefused(self.problems)
        made = [facts for _line, contract, facts in wanted if contract is None]
        there = [(contract, facts) for _line, contract, facts in wanted if contract is not None]
        changed = [(contract, facts) for contract, facts in there if facts != self.there[_key(facts)][1]]
        if made or changed:
            take_over_contracts(
                space=self.space, made=made, changed=changed, by=self.by, about=short_name(self.filename)
            )
        self.done.made, self.done.changed = len(made), len(changed)
        self.done.same += len(there) - len(changed)
        return self.done

    def _refuse(self, line: int, column: str, sentence: str) -> None:
        words = {"line": line, "column": column, "sentence": sentence}
        self.problems.append(_("Ligne %(line)d, colonne « %(column)s » : %(sentence)s") % words)

    def _read_bases(self, numbers: Iterable[str]) -> None:
        wanted = {_number(number.strip()) for number in numbers} - {-1}
        if wanted:
            rows = ContractVersion.objects.filter(
                contract__space=self.space, contract__removed_at=None, number__in=wanted
            )
            self.bases = {(row.contract_id, row.number): row.state for row in rows}

    def _row(self, line: int, cells: Mapping[str, str], keep: bool) -> list[tuple[int, ContratDeVille | None, Facts]]:
        said, unread = self._said(line, cells)
        if "period" in unread:  # nothing else can be said of it
            return []
        first, last = said.get("first_year", FIRST_YEAR), said.get("last_year", LAST_YEAR)
        place, typed = self._place(cells, last)
        exact = (typed.pk, first, said.get("perimeter", ""))
        if exact in self.there:  # one that merged keeps what was said of it
            place = Place(typed, "", "")
        said["epci"] = place.epci.pk
        said["perimeter"] = said.get("perimeter") or place.perimeter
        key = (place.epci.pk, first, said["perimeter"])
        if key in self.lines:
            sentence = _(
                "ce contrat est déjà à la ligne %d : même intercommunalité, même première année, même périmètre."
            )
            raise _Bad(SIREN if SIREN in cells else NAME, sentence % self.lines[key])
        self.lines[key] = line
        if place.sentence:
            self.done.notes.append(_("Ligne %(line)d : %(sentence)s") % {"line": line, "sentence": place.sentence})
        contract, theirs = self.there.get(key, (None, {}))
        if contract is None:
            if key in self.removed and (keep or cells.get(VERSION, "").strip()):
                return self._was_removed(line, cells, keep)
            facts = clean_facts(new_facts(place.epci.pk) | said)
        elif keep:
            self.done.same += 1
            return []
        else:
            facts = self._merged(line, contract, theirs, clean_facts(theirs | said), cells)
        faults = check_facts(facts, today=timezone.localdate())
        for fault in faults:
            if PART_OF[fault.field] not in unread:
                self._refuse(line, COLUMN_OF[fault.field], _lower(fault.sentence))
        return [] if faults or unread else [(line, contract, facts)]

    def _was_removed(self, line: int, cells: Mapping[str, str], keep: bool) -> list[Any]:
        if not keep:
            raise _Bad(VERSION, _("ce contrat a été retiré depuis cet export : remettez-le, ou enlevez la ligne."))
        siren = cells.get(SIREN, "")
        sentence = _("Ligne %(line)d : le contrat de %(siren)s a été retiré, il le reste.")
        self.done.notes.append(sentence % {"line": line, "siren": siren})
        return []

    def _merged(
        self, line: int, contract: ContratDeVille, theirs: Facts, mine: Facts, cells: Mapping[str, str]
    ) -> Facts:
        """With what was changed here since the export, when the file says which version it is of."""
        number = cells.get(VERSION, "").strip()
        if not number or number == str(contract.version):
            return mine
        base = self.bases.get((contract.pk, _number(number)))
        if base is None:
            raise _Bad(VERSION, _("« %s » n’est pas une version de ce contrat : videz cette cellule.") % number[:20])
        # a column the file has not is not changed by it
        own = {name: mine[name] if COLUMN_OF[name] in cells else base[name] for name in mine}
        merged = merge(base, theirs, own)
        for conflict in merged.conflicts:
            names = [n for n in conflict.before if conflict.mine[n] != conflict.before[n] and COLUMN_OF[n] in cells]
            column = COLUMN_OF[names[0] if names else next(iter(conflict.before))]
            sentence = _("changé autrement dans Maillage depuis cet export : exportez de nouveau, ou modifiez-le là.")
            self._refuse(line, column, sentence)
        if not merged.conflicts and merged.facts not in (theirs, mine):
            self.done.notes.append(
                _("Ligne %(line)d : %(contract)s réunit ce fichier et ce qui a été changé depuis son export.")
                % {"line": line, "contract": contract}
            )
        return merged.facts

    def _place(self, cells: Mapping[str, str], last_year: int) -> tuple[Place, Epci]:
        siren, name = cells.get(SIREN, "").strip(), cells.get(NAME, "").strip()
        column = SIREN if siren else NAME
        if not siren and not name:
            raise _Bad(SIREN if SIREN in cells else NAME, _("on attend un SIREN, ou le nom de l’intercommunalité."))
        known = self.epcis.get("".join(one_line(siren).split()))
        if known is not None:
            return follow(known, last_year=last_year), known
        typed = siren or name
        if (typed, last_year) not in self.places:
            try:
                place = find_place(typed, last_year=last_year)
            except UnknownPlace as unknown:
                raise _Bad(column, _lower(unknown.sentence)) from unknown
            self.places[typed, last_year] = place, find_place(typed, last_year=0).epci  # before any merger
        return self.places[typed, last_year]

    def _said(self, line: int, cells: Mapping[str, str]) -> tuple[Facts, set[str]]:
        """What the cells say, and the parts where one could not be read: it is refused."""
        said: Facts = {}
        unread: set[str] = set()
        for column, cell in cells.items():
            name = COLUMNS[column]
            if not name or name == "epci":
                continue
            try:
                said[name] = read_cell(name, cell)
            except ValueError as wrong:
                self._refuse(line, column, str(wrong))
                unread.add(PART_OF[name])
        return said, unread


def _number(text: str) -> int:
    """A version's; -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _key(facts: Facts) -> Key:
    return facts["epci"], facts["first_year"], facts["perimeter"]


def _lower(sentence: str) -> str:
    """After « colonne … : »; an acronym or a quote stays."""
    return sentence[0].lower() + sentence[1:] if sentence[1:2].islower() or sentence[1:2] == "’" else sentence
