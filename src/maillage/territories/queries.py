"""Finding a territory by its official code or its written name. What is unknown or ambiguous is said, never guessed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.lib.matching import fold
from maillage.lib.typography import join_words
from maillage.territories.models import Commune, Epci, Qpv, Region

T = TypeVar("T", Commune, Epci, Qpv)
VINTAGE = 2024  # of the quartiers prioritaires in force
MOST_NAMESAKES = 8  # « Centre Ville » names dozens of quarters
WITH_WORDS = re.compile(r"(?P<name>[^()]+?)\s*\((?P<words>[^()]+)\)")
NEAREST = 3  # how many near names a refusal proposes
ALIKE = 0.6  # difflib ratio on folded names: under it, a proposal would only puzzle the reader


class PlaceNotFound(Exception):
    """`nearest`: names that could have been meant; `ambiguous`: the name is right but several places carry it."""

    def __init__(self, kind: str, text: str, nearest: list[str], *, ambiguous: bool = False) -> None:
        self.kind, self.text, self.nearest, self.ambiguous = kind, text, nearest, ambiguous
        left = len(nearest) - MOST_NAMESAKES
        shown = [*nearest[:MOST_NAMESAKES], *([ngettext("%d autre", "%d autres", left) % left] if left > 0 else [])]
        words = {"kind": kind, "text": text, "nearest": join_words(shown, last=_("ou"))}
        if ambiguous:
            sentence = _(
                "plusieurs %(kind)s s’appellent « %(text)s » : %(nearest)s ; écrivez le bon nom avec ses parenthèses, "
                "ou son code seul"
            )
            self.sentence = sentence % words
        elif nearest:
            self.sentence = _("%(kind)s « %(text)s » : nom inconnu ; noms proches : %(nearest)s") % words
        else:
            self.sentence = _("%(kind)s « %(text)s » : nom inconnu, et aucun nom proche") % words
        super().__init__(self.sentence)


def find_commune(text: str, department: str | None = None) -> Commune:
    """By Insee code or by name, « Saint- » and accents aside. `department`: a code, to tell namesakes apart."""
    rows = Commune.objects.select_related("department")
    if department:
        rows = rows.filter(department=department)
    return _find(
        text,
        rows,
        kind=_("commune"),
        plural=_("communes"),
        told=lambda row: (row.insee, row.department.name, row.department_id),
    )


def find_epci(text: str) -> Epci:
    """By SIREN or by name. « CA de Forbach » is not « CA de Forbach Porte de France »: only proposed."""
    return _find(
        text,
        Epci.objects.select_related("department"),
        kind=_("intercommunalité"),
        plural=_("intercommunalités"),
        told=lambda row: (row.siren, row.department.name, row.department_id),
    )


def find_qpv(text: str) -> Qpv:
    """By code or by name: of the list in force, else of the one before."""
    rows = Qpv.objects.select_related("epci")
    words = {"kind": _("quartier prioritaire"), "plural": _("quartiers prioritaires")}
    try:
        return _find(text, rows.filter(vintage=VINTAGE), told=_of_qpv, **words)
    except PlaceNotFound as missing:
        if missing.ambiguous:
            raise
        try:
            return _find(text, rows.exclude(vintage=VINTAGE), told=_of_qpv, **words)
        except PlaceNotFound as older:
            raise (older if older.ambiguous else missing) from older


def _of_qpv(row: Qpv) -> tuple[str, ...]:
    return row.code, row.epci.name


def _find(text: str, rows: QuerySet[T], *, kind: str, plural: str, told: Callable[[T], tuple[str, ...]]) -> T:
    """`told`: its code, what tells it from its namesakes, and other words for that: « Saint-Denis (La Réunion) »."""
    text = " ".join(text.split())
    exact = list(rows.filter(Q(pk=text) | Q(name=text))[:2])
    if len(exact) == 1:
        return exact[0]
    named: dict[str, list[T]] = {}
    for row in rows:
        named.setdefault(fold(row.name), []).append(row)
    wanted = fold(text)
    found = named.get(wanted, [])
    if not found and (apart := WITH_WORDS.fullmatch(text)):
        text = apart["name"]
        wanted, words = fold(text), {fold(each) for each in apart["words"].split(",")}
        found = named.get(wanted, [])
        found = [row for row in found if words <= {fold(each) for each in told(row)}] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise PlaceNotFound(plural, text, [_label(row, told) for row in found], ambiguous=True)
    near = [name for name in named if wanted and f" {wanted} " in f" {name} "][:NEAREST]
    near += [name for name in get_close_matches(wanted, named, n=NEAREST, cutoff=ALIKE) if name not in near]
    raise PlaceNotFound(kind, text, [_label(row, told) for name in near[:NEAREST] for row in named[name]][:NEAREST])


def _label(row: T, told: Callable[[T], tuple[str, ...]]) -> str:
    return f"{row.name} ({', '.join(told(row)[:2])})"


@dataclass(frozen=True)
class RegionCounts:
    region: str
    name: str
    epci: int  # those with a quartier prioritaire of the present list
    epci_all: int
    communes: int
    qpv: int
    qpv_by_department: dict[str, int]  # one that spans two is counted in each


def region_counts(code: str) -> RegionCounts:
    """Merged EPCI are counted as they were in the list of the quartiers prioritaires."""
    region = Region.objects.get(pk=code)
    qpvs = Qpv.objects.filter(vintage=VINTAGE, communes__department__region=region)
    by_department = dict(
        qpvs.values_list("communes__department")
        .annotate(number=Count("pk", distinct=True))
        .order_by("communes__department")
    )
    return RegionCounts(
        region=region.code,
        name=region.name,
        epci=qpvs.values("epci").distinct().count(),
        epci_all=Epci.objects.filter(department__region=region).count(),
        communes=Commune.objects.filter(department__region=region).count(),
        qpv=qpvs.values("pk").distinct().count(),
        qpv_by_department=by_department,
    )
