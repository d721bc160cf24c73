"""A place of the atlas: found by its official code, with those it lies in. What is unknown is said, with its like."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.people.models import Space
from maillage.territories.enums import Level
from maillage.territories.models import Commune, Department, Epci, Qpv, Region

FRANCE = "france"  # above the regions; nothing of it is in a table
NEAREST = 5  # how many places a refusal proposes
LONGEST = 60  # signs of a text that others are compared to: of thousands, each comparison takes a second
ALIKE = 0.6  # difflib ratio; under it a proposal would only puzzle
ROWS: dict[str, Callable[[], QuerySet[Any]]] = {
    Level.REGION: lambda: Region.objects.all(),
    Level.DEPARTMENT: lambda: Department.objects.select_related("region"),
    Level.EPCI: lambda: Epci.objects.select_related("department__region", "successor").prefetch_related("predecessors"),
    Level.QPV: lambda: Qpv.objects.select_related("epci__department__region"),
    Level.COMMUNE: lambda: Commune.objects.select_related("department__region", "epci"),
}


@dataclass(frozen=True)
class Place:
    level: str  # a Level, or FRANCE
    code: str
    name: str
    row: Any = None  # of its table; None for France


class UnknownPlace(Exception):
    """`near`: places that could have been meant."""

    def __init__(self, level: str, code: str, near: list[Place]) -> None:
        self.level, self.code, self.near = level, code, near
        if level == FRANCE:
            self.sentence = _("Cet atlas n’a pas de carte du pays : une seule région y est chargée.")
        elif not code:
            self.sentence = _("Cet espace n’a pas dit quelle est sa région.")
        else:
            words = {"level": Level(level).label, "code": code[:40]}
            self.sentence = _("Aucun territoire (%(level)s) ne porte le code « %(code)s » dans cet atlas.") % words
        self.sentence = typo(self.sentence)
        super().__init__(self.sentence)


def place_of(level: str, row: Model) -> Place:
    return Place(level, str(row.pk), str(row), row)


def find_place(space: Space, level: str, code: str) -> Place:
    """Raises UnknownPlace. `code` is empty for the space's own region and for France."""
    if level == FRANCE and not has_several_regions():
        raise UnknownPlace(level, code, _places(Level.REGION, Region.objects.all()))
    if level == FRANCE:
        return Place(FRANCE, "", _("France"))
    if level == Level.REGION and not code:
        region = space.region or _only_region()
        if region is None:
            raise UnknownPlace(level, "", _places(level, Region.objects.order_by("name")[:NEAREST]))
        return place_of(level, region)
    row = ROWS[level]().filter(pk=code).first()
    if row is None:
        raise UnknownPlace(level, code, _alike(level, code))
    return place_of(level, row)


def _only_region() -> Region | None:
    found = list(Region.objects.all()[:2])
    return found[0] if len(found) == 1 else None


def has_several_regions() -> bool:
    return Region.objects.all()[:2].count() == 2


def _alike(level: str, text: str) -> list[Place]:
    """By code among those that begin alike, and by name, for whoever types a name where a code goes."""
    if len(text) > LONGEST:
        return []
    rows = ROWS[level]()
    codes = list(rows.filter(pk__istartswith=text[:2]).values_list("pk", flat=True)) if text[:2].strip() else []
    wanted = [str(code) for code in get_close_matches(text.upper(), codes, n=NEAREST, cutoff=ALIKE)]
    words = fold(text)
    if len(words) > 2 and not words.isdigit():
        named = dict(rows.filter(name__istartswith=text[:2]).values_list("pk", "name"))
        if level in (Level.EPCI, Level.QPV, Level.DEPARTMENT):  # some thousand rows; of communes, 35,000
            named = dict(rows.values_list("pk", "name"))
        folded = {pk: fold(name) for pk, name in named.items()}
        within = [pk for pk, name in folded.items() if words in name]
        near = get_close_matches(words, folded.values(), n=NEAREST, cutoff=ALIKE)
        wanted += [*within[:NEAREST], *(pk for pk, name in folded.items() if name in near)]
    found = rows.in_bulk(wanted)
    return [place_of(level, found[pk]) for pk in dict.fromkeys(wanted)][:NEAREST]


def _places(level: str, rows: Iterable[Model]) -> list[Place]:
    return [place_of(level, row) for row in rows]


def parents_of(place: Place) -> list[Place]:
    """From the top: région, département, intercommunalité; those of a QPV or a commune, those of an EPCI."""
    row = place.row
    above: list[Place] = []
    if place.level == Level.REGION or row is None:
        return [Place(FRANCE, "", _("France"))] if place.level == Level.REGION and has_several_regions() else []
    epci = row.epci if place.level in (Level.QPV, Level.COMMUNE) else None
    department = row.epci.department if place.level == Level.QPV else getattr(row, "department", None)
    if place.level == Level.DEPARTMENT:
        above = [place_of(Level.REGION, row.region)]
    elif department is not None:
        above = [place_of(Level.REGION, department.region), place_of(Level.DEPARTMENT, department)]
    return above + ([place_of(Level.EPCI, epci)] if epci is not None else [])


def address(space: Space, level: str, code: str, *, embedded: bool = False) -> str:
    """The page of a place; `embedded`: the same without our header, for another site's frame."""
    if level == Level.REGION and (not code or code == space.region_id):
        level, code = "home", ""
    return _address(f"atlas:{'embedded-' if embedded else ''}{level}", space.slug, code)


@lru_cache(maxsize=4096)  # a map and its table name a place two or three times, a page some hundred of them
def _address(name: str, slug: str, code: str) -> str:
    return reverse(name, args=[slug, code] if code else [slug])
