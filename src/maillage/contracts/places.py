"""Which intercommunalité a contract is of: a name or a SIREN as written, an old one followed to who took over."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.contracts.facts import one_line
from maillage.territories.models import Epci
from maillage.territories.queries import PlaceNotFound, find_epci

SIREN = re.compile(r"[\d\s]*\d[\d\s]*")


class UnknownPlace(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Place:
    epci: Epci
    perimeter: str  # the name of the one that merged, when it is an old one; else ""
    sentence: str  # that it was followed, and to whom; else ""


def find_place(text: str, *, last_year: int) -> Place:
    """One that merged before the contract ends is followed; an ended contract stays that of who signed it."""
    text = one_line(text)
    typed = "".join(text.split()) if SIREN.fullmatch(text) else text
    try:
        epci = find_epci(typed)
    except PlaceNotFound as unknown:
        if typed.isdigit():
            sentence = _("Aucune intercommunalité connue n’a le SIREN %s : un SIREN a neuf chiffres, vérifiez-les.")
            raise UnknownPlace(sentence % typed[:20]) from unknown
        raise UnknownPlace(f"{unknown.sentence[0].upper()}{unknown.sentence[1:]}.") from unknown
    return follow(epci, last_year=last_year)


def follow(epci: Epci, *, last_year: int) -> Place:
    old, seen = epci, {epci.pk}
    while epci.successor is not None and epci.successor_id not in seen:
        if epci.merged_on is not None and epci.merged_on.year > last_year:
            break
        epci = epci.successor
        seen.add(epci.pk)
    if epci == old:
        return Place(epci, "", "")
    sentence = _(
        "%(old)s (%(old_siren)s) a fusionné : le contrat est noté pour %(new)s (%(siren)s), périmètre « %(old)s »."
    )
    words = {"old": old.name, "old_siren": old.pk, "new": epci.name, "siren": epci.pk}
    return Place(epci, old.name, sentence % words)
