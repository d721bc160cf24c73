"""Rows that are perhaps one organisation. Found, never merged by themselves: a person decides."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from maillage.lib.matching import closest, fold
from maillage.lib.siret import spaced_siret
from maillage.people.apart import pairs_apart
from maillage.people.models import Organisation, Space

CROWD = 12  # organisations that share a word: more, and the word (« centre », « ville ») tells nobody apart
LIKE = 0.9  # likeness of two names (lib.matching) under which they are rather two organisations
MOST = 60  # pairs on one page
MOST_COMPARED = 5_000  # near names weighed, a second or so: what is left waits until these are settled
# As people type them in lists of the State (« ASSOC CULTURELLE », « CTRE SOCIAL », « COM D AGGLO »).
SHORTENED = {
    **dict.fromkeys(("ass", "asso", "assoc", "assn"), "association"),
    **dict.fromkeys(("ctre", "cent"), "centre"),
    **dict.fromkeys(("soc", "socio"), "social"),
    **dict.fromkeys(("comm", "com"), "commune"),
    **dict.fromkeys(("st",), "saint"),
    **dict.fromkeys(("ste",), "sainte"),
    **dict.fromkeys(("dept", "dep"), "departement"),
    **dict.fromkeys(("agglo",), "agglomeration"),
    **dict.fromkeys(("cult",), "culturel"),
}
LITTLE = frozenset(("de", "des", "du", "la", "le", "les", "l", "d", "et", "en", "au", "aux", "a", "pour", "sur"))
LITTLE |= {"association"}  # half of a directory
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Double:
    """`kept` is proposed: the one that more people name, else the one that says more."""

    kept: Organisation
    gone: Organisation
    why: str
    sure: bool


@dataclass(frozen=True)
class Doubles:
    found: list[Double]  # the surest first
    whole: bool  # False: so many names are near that some were not weighed


def doubles_of(space: Space) -> list[Double]:
    return find_doubles(space).found


def find_doubles(space: Space) -> Doubles:
    rows = list(space.organisations.annotate(people_count=Count("people")).order_by("folded_name"))
    words = {row.pk: words_of(row.name) for row in rows}
    apart = pairs_apart(space)
    found: dict[frozenset[object], Double] = {}
    near = _Near(rows, words)
    for one, other, why, sure in (*_of_one_siret(rows), *_of_one_name(rows, words), *near.pairs()):
        key = frozenset((one.pk, other.pk))
        if key not in found and key not in apart and not _tell_apart(one, other, why_is_number=why.startswith("SIRET")):
            kept, gone = sorted((one, other), key=_weight, reverse=True)
            found[key] = Double(kept, gone, why, sure)
    ordered = sorted(found.values(), key=lambda double: (not double.sure, double.kept.folded_name))
    return Doubles(ordered[:MOST], near.whole)


def words_of(name: str) -> list[str]:
    """Those that name it, abbreviations in full: « ASSOC DES HAB » and « Association des habitants » share one."""
    words = [SHORTENED.get(word, word) for word in fold(name).split()]
    return [word for word in words if word not in LITTLE] or words


Found = tuple[Organisation, Organisation, str, bool]
Words = Mapping[UUID, list[str]]  # of the name of each


def _of_one_siret(rows: Iterable[Organisation]) -> Iterator[Found]:
    by_number: dict[str, list[Organisation]] = defaultdict(list)
    for row in rows:
        if row.siret:
            by_number[row.siret].append(row)
    for number, same in by_number.items():
        for one, other in combinations(same, 2):
            yield one, other, _("SIRET {number} pour les deux").format(number=spaced_siret(number)), True


def _of_one_name(rows: Iterable[Organisation], words: Words) -> Iterator[Found]:
    by_words: dict[str, list[Organisation]] = defaultdict(list)
    for row in rows:
        by_words["".join(words[row.pk])].append(row)
    for same in by_words.values():
        for one, other in combinations(same, 2):
            yield one, other, _("le même nom, une fois les abréviations lues"), True


@dataclass
class _Near:
    """Only rows that share a word few have are compared, and that nothing else tells apart."""

    rows: Iterable[Organisation]
    words: Words
    whole: bool = True

    def pairs(self) -> Iterator[Found]:
        by_word: dict[str, list[Organisation]] = defaultdict(list)
        for row in self.rows:
            for word in dict.fromkeys(self.words[row.pk]):
                by_word[word].append(row)
        left = MOST_COMPARED
        for same in by_word.values():
            for one, other in combinations(same, 2) if len(same) <= CROWD else ():
                if _tell_apart(one, other, why_is_number=False):
                    continue
                if not left:
                    self.whole = False
                    return
                left -= 1
                if closest(" ".join(self.words[one.pk]), [" ".join(self.words[other.pk])], cutoff=LIKE) is not None:
                    yield one, other, _("noms proches"), False


def _tell_apart(one: Organisation, other: Organisation, *, why_is_number: bool) -> bool:
    """Two numbers of two legal units, two communes, « École 1 » and « École 2 »: alike, and not the same."""
    if why_is_number:
        return False
    if one.siret and other.siret and one.siret[:9] != other.siret[:9]:
        return True
    if one.commune_id and other.commune_id and one.commune_id != other.commune_id:
        return True
    return _DIGITS.findall(one.name) != _DIGITS.findall(other.name)


def _weight(row: Organisation) -> tuple[int, int, str]:
    said = sum(bool(value) for value in (row.siret, row.kind, row.about, row.website, row.commune_id, row.epci_id))
    return getattr(row, "people_count", 0), said, str(row.pk)
