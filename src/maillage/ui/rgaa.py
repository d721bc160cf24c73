"""The grid of RGAA 4.1 (ui/data/grille-rgaa.csv), counted: the declaration and the footer say what it holds, no more.

A criterion is non-conforming as soon as one page is; conforming when no page is and one at least conforms; not tested
as soon as one page is not and none is non-conforming. The rate is of the criteria that were tested whole and apply.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONFORMS, FAILS, APART, UNTESTED = RESULTS = ("C", "NC", "NA", "NT")
DAY = dt.date(2026, 11, 29)  # of the grid, and so of the declaration
FEW = 50  # per cent: below, « non conforme »
PAGES = {  # column → the page it is about, as the declaration names it
    "accueil": _("accueil"),
    "entree": _("entrée dans une séance"),
    "participant": _("écran d’une personne qui participe"),
    "animation": _("écran de la personne qui anime"),
    "inscription": _("formulaire d’inscription"),
    "rencontre": _("page d’une rencontre, pour l’organisation"),
    "repartition": _("répartition"),
    "carte": _("carte de l’atlas"),
    "compte-rendu": _("compte rendu, page HTML"),
    "compte": _("votre compte"),
    "bureau": _("accueil du jour"),
    "connexion": _("connexion de l’équipe"),
    "plan": _("plan du site"),
    "mentions": _("mentions légales et contact"),
    "declaration": _("déclaration d’accessibilité"),
}


@dataclass(frozen=True)
class Criterion:
    number: str
    title: str
    results: Mapping[str, str]  # page → C, NC, NA, NT
    how: str

    @property
    def result(self) -> str:
        found = set(self.results.values())
        return next((each for each in (FAILS, UNTESTED, CONFORMS) if each in found), APART)


@dataclass(frozen=True)
class Audit:
    criteria: tuple[Criterion, ...]
    day: dt.date = DAY

    def _count(self, result: str) -> int:
        return sum(each.result == result for each in self.criteria)

    @property
    def conforming(self) -> int:
        return self._count(CONFORMS)

    @property
    def failing(self) -> int:
        return self._count(FAILS)

    @property
    def apart(self) -> int:
        return self._count(APART)

    @property
    def untested(self) -> int:
        return self._count(UNTESTED)

    @property
    def rate(self) -> int | None:
        """Per cent of the criteria that apply and were tested; None when there are none."""
        tested = self.conforming + self.failing
        return 100 * self.conforming // tested if tested else None

    @property
    def complete(self) -> bool:
        return self.untested == 0

    @property
    def state(self) -> str | Promise:
        """The exact words of the law. An audit that is not complete proves nothing: « non conforme »."""
        if not self.complete or self.rate is None or self.rate < FEW:
            return _("non conforme")
        return _("totalement conforme") if self.failing == 0 else _("partiellement conforme")

    @property
    def faults(self) -> list[Criterion]:
        return [each for each in self.criteria if each.result == FAILS]

    @property
    def pages(self) -> list[str | Promise]:
        return list(PAGES.values())


def grid_file() -> Traversable:
    return files("maillage.ui") / "data" / "grille-rgaa.csv"


@cache
def audit() -> Audit:
    return Audit(tuple(read(grid_file().read_text(encoding="utf-8").splitlines())))


def read(lines: Iterable[str]) -> list[Criterion]:
    """Raises ValueError, which names the line: the grid is ours."""
    found = []
    for row in csv.DictReader(lines):
        results = {page: row[page] for page in PAGES}
        wrong = [f"{page} : {result}" for page, result in results.items() if result not in RESULTS]
        if wrong:
            raise ValueError(f"{row['critère']} : {', '.join(wrong)}")
        found.append(Criterion(row["critère"], row["question"], results, row["vérification"]))
    return found
