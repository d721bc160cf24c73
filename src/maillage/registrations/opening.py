"""Whether one may register now, and the sentence that says it. The clock and the numbers are given."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words
from maillage.lib.dates import day_words, time_words
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Opening


class Door(Enum):
    OPEN = "open"
    WAITING = "waiting"  # full: one may still wait for a place
    FULL = "full"
    NOT_YET = "not-yet"
    CLOSED = "closed"
    PAST = "past"  # the day itself is over


@dataclass(frozen=True)
class Entrance:
    """How many places are left is said to nobody: counted before and after, it would tell whether an address that was
    sent had already served. That few are left is said: it moves at one number alone."""

    door: Door
    sentence: str
    few_left: bool = False

    @property
    def enters(self) -> bool:
        return self.door in (Door.OPEN, Door.WAITING)

    @property
    def for_organiser(self) -> str:
        return {
            Door.WAITING: _("C’est complet : les nouvelles inscriptions vont sur la liste d’attente."),
            Door.FULL: _("C’est complet : le formulaire ne prend plus personne."),
            Door.CLOSED: _("Le formulaire est fermé."),
        }.get(self.door, self.sentence)


def today_at(gathering: Gathering, now: dt.datetime) -> dt.date:
    """The date where the gathering is."""
    return now.astimezone(ZoneInfo(gathering.timezone)).date()


def is_past(gathering: Gathering, now: dt.datetime) -> bool:
    return gathering.date is not None and today_at(gathering, now) > gathering.date


def is_today(gathering: Gathering, now: dt.datetime) -> bool:
    return gathering.date is not None and today_at(gathering, now) == gathering.date


def taken(gathering: Gathering) -> int:
    return gathering.registrations.filter(status=RegistrationStatus.REGISTERED).count()


def beyond_capacity_words(gathering: Gathering) -> str:
    """An import takes in everybody of its file: what that does to the places is said. Empty when all is well."""
    opening = Opening.objects.filter(gathering=gathering).first()
    number = taken(gathering)
    if opening is None or opening.capacity is None or number <= opening.capacity:
        return ""
    return ngettext(
        "{n} personnes sont inscrites pour {places} place : changez le nombre de places, ou annulez des inscriptions.",
        "{n} personnes sont inscrites pour {places} places : changez le nombre de places, ou annulez des inscriptions.",
        opening.capacity,
    ).format(n=number, places=opening.capacity)


def places_left(opening: Opening) -> int | None:
    return None if opening.capacity is None else max(0, opening.capacity - taken(opening.gathering))


def entrance(opening: Opening, now: dt.datetime) -> Entrance:
    gathering = opening.gathering
    if is_past(gathering, now):
        return Entrance(Door.PAST, _("Cette rencontre a eu lieu le {day}.").format(day=date_words(gathering)))
    if not opening.is_open:
        return Entrance(Door.CLOSED, _("Les inscriptions ne sont pas ouvertes."))
    if opening.opens_at is not None and now < opening.opens_at:
        return Entrance(
            Door.NOT_YET,
            _("Les inscriptions ouvrent le {when}.").format(when=moment_words(gathering, opening.opens_at)),
        )
    if opening.closes_at is not None and now >= opening.closes_at:
        return Entrance(
            Door.CLOSED,
            _("Les inscriptions sont closes depuis le {when}.").format(when=moment_words(gathering, opening.closes_at)),
        )
    left = places_left(opening)
    if left == 0 or (left is not None and _somebody_waits(gathering)):
        if opening.waiting_list:
            return Entrance(
                Door.WAITING,
                _("Il n’y a plus de place pour le moment. Vous pouvez vous inscrire sur la liste d’attente."),
            )
        return Entrance(Door.FULL, _("Il n’y a plus de place."))
    if opening.capacity is not None and left is not None and left <= max(1, opening.capacity // 10):
        return Entrance(Door.OPEN, _("Il reste peu de places."), few_left=True)
    return Entrance(Door.OPEN, _("Les inscriptions sont ouvertes."))


def _somebody_waits(gathering: Gathering) -> bool:
    """A place that stands free while others wait is theirs: nobody overtakes."""
    return gathering.registrations.filter(status=RegistrationStatus.WAITING).exists()


def moment_words(gathering: Gathering, moment: dt.datetime) -> str:
    """« 3 mars 2026 à 9 h 05 », where the gathering is."""
    local = moment.astimezone(ZoneInfo(gathering.timezone))
    return _("{day} à {hour}").format(day=day_words(local), hour=time_words(local))


def hour_words(gathering: Gathering, moment: dt.datetime) -> str:
    local = moment.astimezone(ZoneInfo(gathering.timezone))
    return time_words(local)
