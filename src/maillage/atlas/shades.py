"""The classes of a map, in words: what a shade and its hatch mean, and how many places are in each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.atlas.choices import Choice
from maillage.atlas.contracts import PERIOD, PREPARING, SIGNED, UNKNOWN, UNSIGNED
from maillage.atlas.drawing import swatch_of
from maillage.atlas.tallies import Tally
from maillage.lib.typography import count

BOUNDS = (1, 2, 4, 8)  # from how many on: the largest of Grand Est has 21 quarters, most have one to three
COUNTRY_BOUNDS = (1, 25, 50, 100)  # quarters of a région
CONTRACTS = {SIGNED: 4, PREPARING: 3, UNSIGNED: 2, UNKNOWN: 1}


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    shade: int
    words: str
    places: int

    @property
    def swatch(self) -> str:
        return swatch_of(self.shade)

    @property
    def how_many(self) -> str:
        return count(self.places, _("territoire"), _("territoires"), zero=_("aucun territoire"))


def shade_of(number: int, bounds: Sequence[int] = BOUNDS) -> int:
    return sum(number >= bound for bound in bounds)


def value_of(tally: Tally, view: str) -> int:
    if view == "rencontres":
        return tally.gatherings
    return tally.experiences if view == "experiences" else len(tally.qpvs)


def shade_of_tally(tally: Tally, view: str) -> int:
    return CONTRACTS[tally.status.state] if view == "contrats" else shade_of(value_of(tally, view))


def qpv_words(number: int) -> str:
    return count(number, _("quartier prioritaire"), _("quartiers prioritaires"), zero=_("aucun quartier prioritaire"))


def gathering_words(number: int) -> str:
    return count(number, _("rencontre publique"), _("rencontres publiques"), zero=_("aucune rencontre publique"))


def experience_words(number: int) -> str:
    return count(number, _("expérience"), _("expériences"), zero=_("aucune expérience"))


def tally_words(tally: Tally, view: str) -> str:
    """« 7 quartiers prioritaires », and what the view shows."""
    words = qpv_words(len(tally.qpvs))
    if view == "contrats":
        return f"{words}, {tally.status.words}"
    if view == "rencontres":
        return f"{words}, {gathering_words(tally.gatherings)}"
    return f"{words}, {experience_words(tally.experiences)}" if view == "experiences" else words


def legend_title(choice: Choice) -> str:
    return {
        "qpv": _("Quartiers prioritaires par intercommunalité"),
        "contrats": _("Contrats de ville %s, par intercommunalité") % f"{PERIOD[0]}\u2060–\u2060{PERIOD[1]}",
        "rencontres": _("Rencontres publiques par intercommunalité"),
        "experiences": _("Expériences par intercommunalité"),
    }[choice.view]


def legend_of(tallies: Sequence[Tally], view: str) -> list[Key]:
    shades = [shade_of_tally(tally, view) for tally in tallies]
    if view == "contrats":
        words = {
            SIGNED: _("signé, avec sa source"),
            PREPARING: _("en préparation, avec sa source"),
            UNSIGNED: _("ne sera pas signé, avec sa source"),
            UNKNOWN: _("signature non connue : a un quartier prioritaire, rien de plus n’est su"),
        }
        return [
            Key(shade, words[state], shades.count(shade))
            for state, shade in CONTRACTS.items()
            if state in (SIGNED, UNKNOWN) or shade in shades
        ]
    return keys_of(shades, view)


def keys_of(shades: Sequence[int], view: str, bounds: Sequence[int] = BOUNDS) -> list[Key]:
    words_of = {"rencontres": gathering_words, "experiences": experience_words}.get(view, qpv_words)
    keys = []
    for shade in range(len(bounds) + 1):
        if shade == 0 and not shades.count(0):
            continue
        first = bounds[shade - 1] if shade else 0
        last = bounds[shade] - 1 if shade < len(bounds) else None
        if last is None:
            words = _("%s ou plus") % words_of(first)
        elif shade == 0 or last == first:
            words = words_of(first)
        else:
            words = _("%(first)d à %(last)s") % {"first": first, "last": words_of(last)}
        keys.append(Key(shade, words, shades.count(shade)))
    return keys
