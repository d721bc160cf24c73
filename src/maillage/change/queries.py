"""What the pages, the sheet, the report and the atlas read of a noyau."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from maillage.change.enums import Condition, Degree, MarkerLevel, Sharing, VisionState
from maillage.change.models import (
    Actor,
    Change,
    Commitment,
    ConditionNote,
    CoreGroup,
    Marker,
    Member,
    Observation,
    Received,
    Review,
)
from maillage.lib.dates import day_words
from maillage.lib.matching import fold
from maillage.memory.actions import FINISHED
from maillage.memory.models import Action, FollowUp
from maillage.people.enums import ActorCategory
from maillage.people.models import Space

MOST_TOLD = 3  # observations of a marker that a line says one by one
TRIO = (  # State, local authority, association: who a noyau cannot do without
    (_l("l’État"), {ActorCategory.STATE_OFFICER}),
    (_l("la collectivité"), {ActorCategory.LOCAL_OFFICER, ActorCategory.ELECTED_OFFICIAL}),
    (_l("une association"), {ActorCategory.ASSOCIATION}),
)


def groups_of(space: Space) -> QuerySet[CoreGroup]:
    rows = CoreGroup.objects.filter(space=space, removed_at=None)
    return rows.select_related("space", "contract__epci", "qpv")


def public_groups(space: Space) -> QuerySet[CoreGroup]:
    return groups_of(space).filter(sharing=Sharing.PUBLIC)


def present_members(group: CoreGroup) -> QuerySet[Member]:
    return group.members.filter(removed_at=None, left_on=None)


def trio_lacks(members: Iterable[Member]) -> list[str]:
    here = {member.category for member in members}
    return [str(words) for words, categories in TRIO if not here & categories]


# The path


@dataclass
class Way:
    """An actor's line: what it does when it has changed, the markers of its way, what was seen of each."""

    actor: Actor
    changes: list[Change]
    markers: list[Marker]  # expected, wished, ideal

    def at(self, level: str) -> list[Marker]:
        return [marker for marker in self.markers if marker.level == level]

    @property
    def levels(self) -> list[tuple[str, list[Marker]]]:
        return [(str(level.label), self.at(level)) for level in MarkerLevel]


def seen_of(group: CoreGroup, *, outside: bool = False) -> QuerySet[Observation]:
    """`outside`: what leaves the noyau."""
    rows = Observation.objects.filter(group=group, removed_at=None).select_related("by", "marker__actor")
    return rows.filter(inside=False) if outside else rows


def path_of(group: CoreGroup, *, outside: bool = False, until: dt.date | None = None) -> list[Way]:
    seen = seen_of(group, outside=outside)
    seen = seen.filter(on__lte=until) if until else seen
    markers = Marker.objects.filter(removed_at=None).prefetch_related(Prefetch("observations", seen, to_attr="seen"))
    rows: Any = Actor.objects.filter(group=group, removed_at=None).prefetch_related(
        Prefetch("changes", Change.objects.filter(removed_at=None), to_attr="kept_changes"),
        Prefetch("markers", markers, to_attr="kept_markers"),
    )
    order = {level: place for place, level in enumerate(MarkerLevel.values)}
    for row in rows:
        for marker in row.kept_markers:
            marker.told = told_words(marker.seen)
    return [
        Way(row, row.kept_changes, sorted(row.kept_markers, key=lambda marker: order[marker.level])) for row in rows
    ]


def last_degree(marker: Marker) -> str:
    """Of the last day it was looked at; "": nobody noted anything yet. `marker` comes of path_of."""
    seen: list[Observation] = marker.seen  # type: ignore[attr-defined]
    return seen[0].degree if seen else ""


def named(actor: str, sentence: str) -> str:
    """The sentence of a marker, with whose it is when it does not say."""
    return sentence if fold(actor) in fold(sentence) else f"{actor} : {sentence}"


def told_words(seen: Sequence[Observation]) -> str:
    """What was seen of a marker each time, oldest first: what was not seen once is never behind what was since.

    `seen`: newest first. « pas vu en décembre 2025, vu en mars 2026 »; beyond a few, how often of each, and the last.
    """
    if not seen:
        return _("pas encore regardé")
    if len(seen) > MOST_TOLD:
        counts = Counter(row.degree for row in seen)
        each = ", ".join(
            _("%(degree)s %(count)d fois") % {"degree": degree.label, "count": counts[degree]}
            for degree in Degree
            if counts[degree]
        )
        return _("%(each)s ; la dernière : %(last)s") % {"each": each, "last": _told(seen[0], year=True)}
    months = groupby(reversed(seen), key=lambda row: (row.on.year, row.on.month, row.degree))
    rows = [(each[0], len(each)) for each in (list(same) for _month, same in months)]
    after = [*rows[1:], None]
    return ", ".join(
        _told(row, times, year=then is None or then[0].on.year != row.on.year)
        for (row, times), then in zip(rows, after, strict=True)
    )


def _told(row: Observation, times: int = 1, *, year: bool) -> str:
    words = {"degree": row.get_degree_display(), "month": date_format(row.on, "F Y" if year else "F"), "times": times}
    return (_("%(degree)s %(times)d fois en %(month)s") if times > 1 else _("%(degree)s en %(month)s")) % words


def orphans(group: CoreGroup) -> QuerySet[Observation]:
    """Of markers that were taken off the path: nothing of them is lost."""
    return seen_of(group).filter(marker__removed_at__isnull=False)


# Conditions by year


@dataclass(frozen=True)
class ConditionLine:
    condition: Condition
    years: list[tuple[int, ConditionNote | None]]  # the last of the year, or of the years before
    notes: list[ConditionNote]

    @property
    def last(self) -> ConditionNote | None:
        return self.notes[-1] if self.notes else None


def conditions_of(
    group: CoreGroup, *, year: int, until: dt.date | None = None
) -> tuple[list[int], list[ConditionLine]]:
    """From the first year something was noted to `year`; nothing that was noted for a later day than `until`."""
    rows = ConditionNote.objects.filter(group=group, removed_at=None)
    notes = list(rows.filter(on__lte=until) if until else rows)
    first = min([note.on.year for note in notes] + [year])
    years = list(range(first, year + 1))
    lines = []
    for condition in Condition:
        mine = [note for note in notes if note.condition == condition]
        by_year = [(each, next((note for note in reversed(mine) if note.on.year <= each), None)) for each in years]
        lines.append(ConditionLine(condition, by_year, mine))
    return years, lines


# Actions


def commitments_of(group: CoreGroup) -> list[Commitment]:
    """One that a gathering decided says what its gathering knows of it now."""
    rows = list(Commitment.objects.filter(group=group, removed_at=None).select_related("decided", "change__actor"))
    for row in rows:
        if row.decided is not None:
            row.what, row.who, row.due = row.decided.what, row.decided.bearer, row.decided.due
            row.state, row.outcome = row.decided.state, row.decided.outcome
    return rows


def news_of(commitments: Sequence[Commitment]) -> dict[str, FollowUp]:
    """What porteurs who entrusted a first step said of it, if they shared it; and the day they are asked."""
    keys = [row.entrusted for row in commitments if row.entrusted]
    return {row.lookup: row for row in FollowUp.objects.filter(lookup__in=keys)}


# The agenda of a review


@dataclass
class Agenda:
    """What there is to look at together. Each line is a sentence; nothing in it names a member."""

    since: dt.date | None
    unseen: list[str] = field(default_factory=list)  # markers nobody looked at
    late: list[str] = field(default_factory=list)  # actions past their day
    coming: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)  # conditions
    unexpected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    visions: int = 0

    @property
    def as_json(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat() if self.since else "",
            **{name: getattr(self, name) for name in AGENDA_PARTS},
            "visions": self.visions,
        }


AGENDA_PARTS = ("unseen", "late", "coming", "moved", "unexpected", "seen")


def agenda_of(group: CoreGroup, *, on: dt.date, since: dt.date | None) -> Agenda:
    """`since`: the review before."""
    agenda = Agenda(since)
    new = [row for row in seen_of(group) if row.on <= on and (since is None or row.on > since)]
    looked = {row.marker_id for row in new}
    for way in path_of(group):
        for marker in way.markers:
            if marker.pk not in looked:
                agenda.unseen.append(f"{named(way.actor.name, marker.text)} ({marker.get_level_display()})")
    for row in new:
        words = row.text or row.get_degree_display()
        if row.marker is None:
            agenda.unexpected.append(f"{day_words(row.on)} : {words}")
        else:
            said = f" – {row.text}" if row.text else ""
            agenda.seen.append(f"{named(row.marker.actor.name, row.marker.text)} ({row.get_degree_display()}){said}")
    rows = commitments_of(group)
    news = news_of(rows)
    for commitment in rows:
        if commitment.state in FINISHED or commitment.due is None:
            continue
        words = _commitment_words(commitment, news.get(commitment.entrusted))
        (agenda.late if commitment.due < on else agenda.coming).append(words)
    agenda.moved = _moved(group, on=on, since=since)
    agenda.visions = group.visions.filter(state=VisionState.BESIDE).count()
    return agenda


def entrusted_words() -> str:
    return _("(premier pas d’un porteur ou d’une porteuse)")


def _commitment_words(row: Commitment, follow_up: FollowUp | None) -> str:
    words = _("%(what)s, pour le %(day)s") % {"what": row.what, "day": day_words(row.due)} if row.due else row.what
    words += f" – {row.who}" if row.who else ""
    if row.entrusted:
        words += f" {entrusted_words()}"
    if follow_up is not None and follow_up.shared_state:
        said = f" : {follow_up.shared_text}" if follow_up.shared_text else ""
        words += f" – « {follow_up.get_shared_state_display()} »{said}"
    return words


def _moved(group: CoreGroup, *, on: dt.date, since: dt.date | None) -> list[str]:
    words = []
    for line in conditions_of(group, year=on.year)[1]:
        new = [note for note in line.notes if note.on <= on and (since is None or note.on > since)]
        old = [note for note in line.notes if since is not None and note.on <= since]
        if new and (not old or old[-1].state != new[-1].state):
            before = _("elle était %s") % old[-1].get_state_display() if old else _("première fois qu’on la note")
            words.append(f"{line.condition.label} : {new[-1].get_state_display()} ({before})")
    return words


def review_before(group: CoreGroup, on: dt.date, *, but: Review | None = None) -> dt.date | None:
    rows = Review.objects.filter(group=group, removed_at=None, agenda__isnull=False, on__lt=on)
    rows = rows.exclude(pk=but.pk) if but else rows
    return rows.order_by("-on").values_list("on", flat=True).first()


# Rooms


def to_welcome(group: CoreGroup) -> int:
    """Rooms offered of which nothing was taken nor left yet."""
    return group.offerings.filter(withdrawn_at=None).annotate(done=Count("received")).filter(done=0).count()


def received_of(group: CoreGroup) -> dict[tuple[int, str], str]:
    rows = Received.objects.filter(offering__group=group)
    return {(row.offering_id, row.card): row.status for row in rows}


def actions_to_take(group: CoreGroup) -> list[Action]:
    """Decided by gatherings of this space that say they are public, agreed to, not taken yet: the latest."""
    taken = Commitment.objects.filter(group=group, decided__isnull=False).values("decided")
    rows = Action.objects.filter(gathering__space=group.space, gathering__public=True, agreed_at__isnull=False).exclude(
        pk__in=taken
    )
    return list(rows.exclude(state__in=FINISHED).select_related("gathering").order_by("-created_at")[:20])
