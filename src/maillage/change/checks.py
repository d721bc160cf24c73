"""What a noyau may say, in sentences. Pure: the day is given."""

import datetime as dt
import re

from django.utils.translation import gettext as _

from maillage.change.enums import Strength

EARLIEST = dt.date(2014, 2, 21)  # the law on city policy: nothing of a contract is older
FURTHEST = 10  # years ahead that an action or a review may be
FURTHEST_HORIZON = 30
SEVERAL = re.compile(r",|;|\n|\bet\b")  # between those who saw the same thing


class ChangeRefused(Exception):
    """`field`: where. Nothing was written."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field, self.sentence = field, sentence
        super().__init__(sentence)


def check_past(day: dt.date, *, today: dt.date, field: str = "on") -> dt.date:
    """Of something that was seen."""
    if day > today:
        sentence = _("Cette date est dans le futur (%s). On note ce qui a déjà été vu : mettez le jour où c’était.")
        raise ChangeRefused(field, sentence % day.strftime("%d/%m/%Y"))
    if day < EARLIEST:
        raise ChangeRefused(
            field, _("Cette date est trop ancienne (%s) : vérifiez l’année.") % day.strftime("%d/%m/%Y")
        )
    return day


def check_planned(day: dt.date, *, today: dt.date, field: str = "due") -> dt.date:
    """Of something that will be done, or was."""
    if day.year > today.year + FURTHEST:
        sentence = _("Cette date est trop loin (%(day)s) : %(years)d ans au plus. Vérifiez l’année.")
        raise ChangeRefused(field, sentence % {"day": day.strftime("%d/%m/%Y"), "years": FURTHEST})
    if day < EARLIEST:
        raise ChangeRefused(
            field, _("Cette date est trop ancienne (%s) : vérifiez l’année.") % day.strftime("%d/%m/%Y")
        )
    return day


def check_horizon(year: int | None, *, today: dt.date) -> int:
    if year is None:
        sentence = _("Dites pour quand : une vision sans horizon ne se relit pas. Une année suffit, par exemple %d.")
        raise ChangeRefused("horizon", sentence % (today.year + 5))
    if not today.year <= year <= today.year + FURTHEST_HORIZON:
        sentence = _("L’horizon %(year)d n’est pas possible : une année de %(first)d à %(last)d.")
        said = {"year": year, "first": today.year, "last": today.year + FURTHEST_HORIZON}
        raise ChangeRefused("horizon", sentence % said)
    return year


def check_evidence(strength: str, evidence: str) -> str:
    """Several people are at least two, named by their structures; anything else is said by somebody, or written."""
    evidence = check_text(
        evidence, field="evidence", sentence=_("Dites qui l’a vu ou dit (une structure, un groupe), ou où le relire.")
    )
    several = [part for part in SEVERAL.split(evidence) if part.strip()]
    if strength in (Strength.TOLD, Strength.WITNESSED) and len(several) < 2:
        sentence = _(
            "« Plusieurs personnes » : nommez-en deux au moins, par leur structure, séparées par une virgule. "
            "S’il n’y en a qu’une, choisissez « dit par une personne »."
        )
        raise ChangeRefused("evidence", sentence)
    return evidence


def check_text(text: str, *, field: str, sentence: str, most: int = 0) -> str:
    """`most`: characters; 0 where the form said it already."""
    text = text.strip()
    if not text:
        raise ChangeRefused(field, sentence)
    if "\x00" in text:
        raise ChangeRefused(field, _("Ce texte contient un signe qui ne se garde pas : écrivez-le de nouveau."))
    if most and len(text) > most:
        said = {"most": most, "number": len(text)}
        raise ChangeRefused(field, _("C’est trop long : %(most)d signes au plus (vous en avez %(number)d).") % said)
    return text
