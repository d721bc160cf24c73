"""The lists of what is at a place: its page shows the first lines of each, a page of its own shows it whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.atlas import marks
from maillage.atlas.around import (
    OF_EXPERIENCES,
    OF_GATHERINGS,
    OF_WORKSHOPS,
    Event,
    about,
    gathering_event,
    gatherings_in,
    presented_event,
    presented_in,
    published_in,
    written_event,
)
from maillage.atlas.places import FRANCE, Place
from maillage.atlas.ways import any_of
from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.words import date_words
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, Space
from maillage.territories.enums import Level

SHOWN = 8  # lines of a list on the page of a place
OF_ORGANISATIONS = ("space", "name", "kind", "commune", "epci", "commune__name", "epci__name")
OF_TAKEAWAYS = ("text", "gathering__slug", "gathering__title", "gathering__subtitle", "gathering__date")
WIDE = (FRANCE, Level.REGION)  # by name, the first eight structures of a région would say nothing

Part = tuple[QuerySet[Any], Callable[[Space, Any], Event]]


@dataclass(frozen=True)
class Section:
    what: str  # in addresses
    title: str | Promise
    whole: str | Promise  # the words that lead to all of it
    parts: Callable[[Space, Place], list[Part]]
    nouns: tuple[str, ...]  # whose marks change when it does
    note: str | Promise = ""  # on the page of a quarter
    quoted: bool = False  # sentences, each followed by where it was said
    levels: tuple[str, ...] = (*Level.values, FRANCE)


@dataclass(frozen=True)
class Lines:
    """The first ones, and where all are, when there are more."""

    section: Section
    events: list[Event]
    href: str = ""


def _gatherings(space: Space, place: Place) -> list[Part]:
    return [(gatherings_in(space, place).only(*OF_GATHERINGS), gathering_event)]


def _experiences(space: Space, place: Place) -> list[Part]:
    """Those written and published, then those that were presented and are not written yet."""
    return [
        (published_in(space, place).prefetch_related(None).only(*OF_EXPERIENCES), written_event),
        (presented_in(space, place).only(*OF_WORKSHOPS), presented_event),
    ]


def takeaways_of(space: Space) -> QuerySet[Takeaway]:
    """What the pages of its public gatherings show to anybody (memory.queries.public_takeaways), the latest first."""
    rows = Takeaway.objects.filter(
        Q(origin=TakeawayOrigin.PROGRAMME) | Q(gathering__publication__isnull=False),
        rehearsal=False,
        gathering__space=space,
        gathering__public=True,
        gathering__trial=False,
    )
    return rows.select_related("gathering").order_by("-gathering__date", "gathering", "position", "pk")


def takeaways_in(space: Space, place: Place) -> QuerySet[Takeaway]:
    """Said at a public gathering there, or in a workshop about it."""
    workshops = Workshop.objects.filter(slot__gathering__space=space)
    ways = [Q(workshop__in=any_of(workshops, about(place)).order_by().values("pk"))]
    if place.level != Level.QPV:  # of a day, what is said of one quarter is what its own workshops said
        days = any_of(Gathering.objects.filter(space=space, public=True), about(place, quarters=False))
        ways.append(Q(gathering__in=days.order_by().values("pk")))
    return any_of(takeaways_of(space), ways)


def _takeaways(space: Space, place: Place) -> list[Part]:
    return [(takeaways_in(space, place).only(*OF_TAKEAWAYS), takeaway_event)]


def takeaway_event(space: Space, row: Takeaway) -> Event:
    day = row.gathering
    words = ", ".join(filter(None, (day.subtitle or day.title, date_words(day))))
    return Event(row.text, reverse("gatherings:public", args=[space.slug, day.slug]) + "#a-retenir", words)


def organisations_in(space: Space, place: Place) -> QuerySet[Organisation]:
    """Those of the public directory; of a quarter, those of its communes."""
    rows = space.organisations.filter(listed=True).select_related("commune", "epci").order_by("folded_name", "pk")
    ways = [Q(commune__qpvs=place.code)] if place.level == Level.QPV else about(place, quarters=False)
    return any_of(rows, ways)


def _organisations(space: Space, place: Place) -> list[Part]:
    return [(organisations_in(space, place).only(*OF_ORGANISATIONS), organisation_event)]


def organisation_event(space: Space, row: Organisation) -> Event:
    where = row.commune or row.epci
    kind = str(OrganisationKind(row.kind).label) if row.kind in OrganisationKind else ""
    words = ", ".join(filter(None, (kind, where.name if where else "")))
    return Event(row.name, reverse("atlas:organisation", args=[space.slug, row.pk]), words)


GATHERINGS = Section(
    "rencontres", _("Rencontres publiques"), _("Toutes les rencontres d’ici"), _gatherings, (marks.GATHERINGS,)
)
EXPERIENCES = Section(
    "experiences",
    _("Expériences"),
    _("Toutes les expériences d’ici"),
    _experiences,
    (marks.EXPERIENCES, marks.GATHERINGS),
)
TAKEAWAYS = Section(
    "a-retenir",
    _("À retenir"),
    _("Tout ce qui a été retenu ici"),
    _takeaways,
    (marks.TAKEAWAYS, marks.GATHERINGS),
    quoted=True,
    levels=tuple(Level.values),
)
ORGANISATIONS = Section(
    "structures",
    _("Structures"),
    _("Toutes les structures d’ici"),
    _organisations,
    (marks.ORGANISATIONS,),
    note=_("Celles de l’annuaire public, dans les communes du quartier."),
    levels=tuple(level for level in Level.values if level not in WIDE),
)
SECTIONS = {section.what: section for section in (GATHERINGS, EXPERIENCES, TAKEAWAYS, ORGANISATIONS)}


def lines_of(space: Space, place: Place, section: Section) -> Lines:
    if place.level not in section.levels:
        return Lines(section, [])
    found = events_between(space, section.parts(space, place), 0, SHOWN + 1)
    return Lines(section, found[:SHOWN], whole_address(space, place, section) if len(found) > SHOWN else "")


def whole_address(space: Space, place: Place, section: Section) -> str:
    """Of the space's own région too, at the région's: its home has « experiences » and « structures » of its own."""
    args = [space.slug, place.code] if place.code else [space.slug]
    return reverse(f"atlas:{section.what}-{place.level}", args=args)


def events_between(space: Space, parts: Sequence[Part], start: int, stop: int) -> list[Event]:
    """Of several lists one after the other."""
    found: list[Event] = []
    for rows, event in parts:
        here = [event(space, row) for row in rows[start:stop]]
        found += here
        if len(here) == stop - start:
            break
        number = start + len(here) if here or not start else rows.count()
        start, stop = max(0, start - number), stop - number
    return found
