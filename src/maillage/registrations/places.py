"""Communes and intercommunalités as a file writes them, found among the official names."""

import re
from collections import Counter

from maillage.lib.matching import closest, fold, slips
from maillage.registrations.reading import Place
from maillage.territories.models import Commune, Epci

ABOUT_A_NAME = re.compile(r"\([^)]*\)|\b\d{5}\b|\bcedex(?:\s*\d+)?\b", re.I)  # « 67000 STRASBOURG CEDEX (Bas-Rhin) »
IN_BRACKETS, CODE = re.compile(r"\(([^)]*)\)"), re.compile(r"\b\d{5}\b")
NEAR_LENGTHS = 3  # letters a slip may add or drop
NEAR_NAMES = 0.75  # one letter of four: « Mets » for « Metz »; it is only ever offered
LETTERS_A_SLIP = 5  # one slip for so many letters, one at least, is likely a slip: « Xyzville » is not « Villé »
SHORTEST_BEGINNING = 4  # letters of « Vandœuvre » for « Vandœuvre-lès-Nancy »
MOST_BEGINNINGS = 6  # « Saint » begins too many names to say anything


class Communes:
    """Two queries, whatever the number of rows."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[tuple[str, str, str, str]]] = {}  # folded → [(insee, name, epci, department)]
        rows = Commune.objects.order_by("insee").values_list("insee", "name", "epci__name", "department__name")
        folded = {epci: fold(epci or "") for epci in {row[2] for row in rows}}  # some dozens, named by thousands
        for insee, name, epci, department in rows:
            self._by_name.setdefault(_key(name), []).append((insee, name, folded[epci], department))
        self._names = {insee: name for insee, name, _epci, _department in rows}
        self._epcis = {fold(name): name for name in Epci.objects.values_list("name", flat=True)}

    def find(self, commune: str, territory: str) -> Place | None:
        key = _key(ABOUT_A_NAME.sub(" ", commune))
        if not key:
            return None
        if key in self._by_name:
            words = _words_about(commune)
            namesakes = self._by_name[key]
            told = [place for place in namesakes if words & {place[0], fold(place[3]), _department(place[0])}]
            return self._chosen(told or namesakes, territory, sure=True)
        longer = [name for name in self._by_name if name.startswith(f"{key} ")]
        if len(key) >= SHORTEST_BEGINNING and 0 < len(longer) <= MOST_BEGINNINGS:
            return self._chosen([place for name in longer for place in self._by_name[name]], territory, sure=False)
        ends = {key[:1], key[-3:]}
        around = [
            name
            for name in self._by_name
            if abs(len(name) - len(key)) <= NEAR_LENGTHS and (name[:1] in ends or name[-3:] in ends)
        ]
        near = closest(key, around, cutoff=NEAR_NAMES)
        if near is None:
            return None
        names = near.among or (near.key,)
        likely = slips(key, names[0]) <= max(1, len(key) // LETTERS_A_SLIP)
        found = [place for name in names for place in self._by_name[name]]
        return self._chosen(found, territory, sure=False, likely=likely)

    def name(self, insee: str) -> str:
        return self._names.get(insee, insee)

    def territory(self, name: str) -> str:
        return self._epcis.get(fold(name), name)

    @staticmethod
    def _chosen(places: list[tuple[str, str, str, str]], territory: str, *, sure: bool, likely: bool = True) -> Place:
        """Of several communes, that of the intercommunalité; else the organiser says."""
        here = [place for place in places if territory and place[2] == fold(territory)] or places
        names = Counter(place[1] for place in here)
        shown = [(place[0], place[1] if names[place[1]] == 1 else f"{place[1]} ({place[3]})") for place in here]
        return Place(*shown[0], sure=sure and len(here) == 1, others=tuple(shown[1:]), likely=likely)


def _words_about(commune: str) -> set[str]:
    """What « 97400 Saint-Denis (La Réunion) » says beside the name: a code of the post or of Insee, its département."""
    codes = CODE.findall(commune)
    inside = {fold(part) for words in IN_BRACKETS.findall(commune) for part in words.split(",")}
    return {*codes, *map(_department, codes), *inside}


def _department(code: str) -> str:
    return code[:3] if code.startswith("97") else code[:2]


def _key(name: str) -> str:
    words = fold(name).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)
