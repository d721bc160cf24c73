"""« Les mêmes faits en tableau »: sorted by the address, so that a sorted table is a link and needs no script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from maillage.atlas.choices import Choice
from maillage.atlas.contracts import PREPARING, SIGNED, UNKNOWN
from maillage.atlas.facts import number_words
from maillage.atlas.maps import Link
from maillage.atlas.tallies import Tally
from maillage.lib.matching import fold
from maillage.lib.typography import join_words, typo
from maillage.territories.enums import Level
from maillage.territories.models import Qpv

T = TypeVar("T")
Sortable = int | str | tuple[int, str]
UNKNOWN_WORDS = "–"


class Ordered(Protocol):
    """What an address says of the order: `atlas.choices.Choice`, or that of another page."""

    @property
    def order(self) -> str: ...

    def ordered_by(self, order: str) -> str: ...


@dataclass(frozen=True)
class Cell:
    words: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Column(Generic[T]):
    id: str
    title: str
    cell: Callable[[T], Cell]
    key: Callable[[T], Sortable]
    number: bool = False


@dataclass(frozen=True)
class Head:
    title: str
    href: str
    sort: str  # of aria-sort, or ""
    number: bool


@dataclass(frozen=True)
class Table:
    caption: str
    heads: list[Head]
    rows: list[list[tuple[Cell, Head]]]
    doubt: str = ""

    @property
    def body(self) -> SafeString:
        """Its rows as HTML. Not a template: a country has tables of a thousand cells, read many times an hour."""
        labels = [escape(typo(head.title)) for head in self.heads]
        return mark_safe("\n".join(_row_html(row, labels) for row in self.rows))  # noqa: S308 - each part is escaped


def _row_html(row: Sequence[tuple[Cell, Head]], labels: Sequence[str]) -> str:
    (first, _head_of_first), *others = row
    cells = [f'<tr><th scope="row">{_cell_html(first)}</th>']
    for (cell, head), label in zip(others, labels[1:], strict=True):
        number = ' class="number"' if head.number else ""
        note = f" <small>{escape(typo(cell.note))}</small>" if cell.note else ""
        cells.append(f'<td data-label="{label}"{number}>{_cell_html(cell)}{note}</td>')
    return "".join([*cells, "</tr>"])


def _cell_html(cell: Cell) -> str:
    words = escape(typo(cell.words))
    return f'<a href="{escape(cell.href)}">{words}</a>' if cell.href else words


def make_table(columns: Sequence[Column[T]], rows: Sequence[T], choice: Ordered, caption: str) -> Table:
    """The first column is the name: what is equal stays in its order."""
    wanted, downwards = choice.order.removeprefix("-"), choice.order.startswith("-")
    column = next((each for each in columns if each.id == wanted), None)
    doubt = ""
    if choice.order and column is None:
        known = join_words([each.id for each in columns], last=_("ou"))
        words = {"order": wanted[:40], "known": known}
        doubt = typo(_("Le tri « %(order)s » n’existe pas ; ceux qui existent : %(known)s.") % words)
    sorted_by = column or columns[0]
    ordered = sorted(rows, key=columns[0].key)
    ordered.sort(key=sorted_by.key, reverse=downwards and column is not None)
    heads = [_head(each, sorted_by, downwards and column is not None, choice) for each in columns]
    cells = [[(each.cell(row), head) for each, head in zip(columns, heads, strict=True)] for row in ordered]
    return Table(caption, heads, cells, doubt)


def _head(column: Column[T], sorted_by: Column[T], downwards: bool, choice: Ordered) -> Head:
    here = column is sorted_by
    # a number is first asked from the largest
    turned = f"-{column.id}" if (not downwards if here else column.number) else column.id
    sort = ("descending" if downwards else "ascending") if here else ""
    return Head(column.title, choice.ordered_by(turned), sort, column.number)


def _people(tally: Tally) -> Cell:
    if tally.people is None:
        return Cell(UNKNOWN_WORDS, note=_("population non connue"))
    missing = tally.unknown_people
    note = _("sans %d quartier(s) de population non connue") % missing if missing else ""
    return Cell(number_words(tally.people), note=note)


def epci_table(tallies: Sequence[Tally], choice: Choice, link: Link, *, year: str, departments: bool) -> Table:
    people = _("Habitants en QPV (%s)") % year if year else _("Habitants en QPV")
    order = {SIGNED: 0, PREPARING: 1, UNKNOWN: 3}
    columns: list[Column[Tally]] = [
        Column(
            "nom",
            _("Intercommunalité"),
            lambda one: Cell(one.epci.name, link(Level.EPCI, one.epci.siren)),
            lambda one: fold(one.epci.name),
        ),
        Column(
            "departement",
            _("Département"),
            lambda one: Cell(one.epci.department.name, link(Level.DEPARTMENT, one.epci.department_id)),
            lambda one: fold(one.epci.department.name),
        ),
        Column("qpv", _("QPV"), lambda one: Cell(str(len(one.qpvs))), lambda one: len(one.qpvs), number=True),
        Column("habitants", people, _people, lambda one: -1 if one.people is None else one.people, number=True),
        Column(
            "contrat",
            _("Contrat 2024–2030"),
            lambda one: Cell(one.status.words, note=one.status.source),
            lambda one: order.get(one.status.state, 2),
        ),
        Column(
            "rencontres",
            _("Rencontres"),
            lambda one: Cell(str(one.gatherings or UNKNOWN_WORDS)),
            lambda one: one.gatherings,
            number=True,
        ),
    ]
    if not departments:
        del columns[1]
    return make_table(columns, tallies, choice, _("Les mêmes faits en tableau : intercommunalités"))


def qpv_table(qpvs: Sequence[Qpv], choice: Choice, link: Link, *, year: str) -> Table:
    """Their communes must be prefetched."""

    def communes(qpv: Qpv) -> str:
        return join_words([commune.name for commune in qpv.communes.all()], last=_("et"))

    def people(qpv: Qpv) -> Cell:
        if qpv.population is None:
            return Cell(UNKNOWN_WORDS, note=_("non connue"))
        return Cell(number_words(qpv.population))

    columns: list[Column[Qpv]] = [
        Column(
            "nom",
            _("Quartier prioritaire"),
            lambda one: Cell(one.name, link(Level.QPV, one.code)),
            lambda one: fold(one.name),
        ),
        Column("communes", _("Communes"), lambda one: Cell(communes(one)), lambda one: fold(communes(one))),
        Column(
            "habitants",
            _("Habitants (%s)") % year if year else _("Habitants"),
            people,
            lambda one: -1 if one.population is None else one.population,
            number=True,
        ),
        Column(
            "surface",
            _("Hectares"),
            lambda one: Cell(UNKNOWN_WORDS if one.area_ha is None else number_words(round(one.area_ha))),
            lambda one: round(one.area_ha or 0),
            number=True,
        ),
    ]
    return make_table(columns, qpvs, choice, _("Les mêmes faits en tableau : quartiers prioritaires"))
