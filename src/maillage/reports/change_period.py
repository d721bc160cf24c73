"""What a story of a period reads of a noyau, asked once; and how a witness and a day are said in it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.change.enums import Degree
from maillage.change.models import Commitment, CoreGroup, Finding, Harvest, Marker, Member, Observation, Review
from maillage.change.queries import Way, commitments_of, news_of, path_of, present_members, seen_of
from maillage.lib.dates import day_words
from maillage.lib.typography import typo
from maillage.memory.actions import FINISHED
from maillage.memory.models import FollowUp
from maillage.reports.blocks import Heading, Note, Paragraph

ARTICLES = ("Le", "La", "Les", "Un", "Une", "Des")
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Period:
    """`public`: without a name, nor what was noted for the noyau alone. Oldest first, as one tells it."""

    group: CoreGroup
    first: dt.date
    last: dt.date
    public: bool
    members: list[Member]
    left: int
    seen: list[Observation]
    ways: list[Way]  # with all that was seen until `last`
    harvests: list[Harvest]
    findings: list[Finding]
    reviews: list[Review]  # held
    planned: list[Review]  # nothing was noted of them
    actions: list[Commitment]
    news: dict[str, FollowUp]

    @property
    def unexpected(self) -> list[Observation]:
        return [row for row in self.seen if row.marker_id is None]

    @property
    def late(self) -> list[Commitment]:
        rows = [row for row in self.actions if row.state not in FINISHED]
        return sorted((row for row in rows if row.due and row.due < self.last), key=_due)

    @property
    def coming(self) -> list[Commitment]:
        rows = [row for row in self.actions if row.state not in FINISHED]
        return sorted((row for row in rows if row.due and row.due >= self.last), key=_due)

    @property
    def markers(self) -> Iterator[tuple[Way, Marker]]:
        return ((way, marker) for way in self.ways for marker in way.markers)

    def looked(self, marker: Marker) -> bool:
        return any(row.marker_id == marker.pk for row in self.seen)


def _due(row: Commitment) -> dt.date:
    return row.due or dt.date.max


def gather_period(group: CoreGroup, *, since: dt.date | None, until: dt.date | None, public: bool) -> Period:
    last = until or timezone.localdate()
    first = since or last - YEAR
    reviews = list(Review.objects.filter(group=group, removed_at=None).order_by("on", "created_at"))
    harvests = Harvest.objects.filter(group=group, removed_at=None).select_related("review")
    actions = commitments_of(group)
    return Period(
        group=group,
        first=first,
        last=last,
        public=public,
        members=list(present_members(group)),
        left=group.members.filter(left_on__isnull=False, removed_at=None).count(),
        seen=list(seen_of(group, outside=public).filter(on__range=(first, last)))[::-1],
        ways=path_of(group, outside=public, until=last),
        harvests=[row for row in harvests if first <= _harvested(row) <= last],
        findings=list(Finding.objects.filter(group=group, removed_at=None)),
        reviews=[row for row in reviews if row.agenda is not None and first <= row.on <= last],
        planned=[row for row in reviews if row.agenda is None],
        actions=actions,
        news=news_of(actions),
    )


def _harvested(row: Harvest) -> dt.date:
    return row.review.on if row.review is not None else timezone.localdate(row.created_at)


def witness(row: Observation, *, public: bool) -> str:
    """Who saw it and from what: never a name in what is public."""
    who = _("un membre du noyau") if public or row.by is None else member_words(row.by)
    if row.seen_by == "other":
        words = _("dit au noyau par quelqu’un d’autre")
    elif row.seen_by == "member":
        words = _("vu par quelqu’un du noyau")
    else:
        words = (_("constaté par %s") if row.degree == Degree.UNSEEN else _("vu par %s")) % who
    if row.seen_by != "myself" and not public:
        words += _(", noté par %s") % who
    if row.source:
        return _("%(who)s ; source : %(source)s") % {"who": words, "source": row.source}
    return words if row.seen_by == "myself" else _("%s ; source non dite") % words


def member_words(member: Member) -> str:
    """Who left is named no more, nor where from."""
    named = member.left_on is None and member.name and member.organisation
    return f"{member} ({member.organisation})" if named else str(member)


def inside(name: str) -> str:
    """« le bailleur » in the middle of a sentence; a sigle and a name keep their capital."""
    articled = name.partition(" ")[0] in ARTICLES or name[:2] in ("L’", "L'")
    return name[0].lower() + name[1:] if articled else name


def heading(text: str, level: int = 2) -> Heading:
    return Heading(typo(text), level)


def said(text: str, lead: str = "", *, soft: bool = False) -> Paragraph:
    return Paragraph(typo(text), typo(lead) if lead else "", "soft" if soft else "")


def note(text: str, title: str = "") -> Note:
    return Note(typo(text), typo(title) if title else "")


def late_words(row: Commitment, on: dt.date) -> str:
    days = (on - row.due).days if row.due else 0
    return ngettext("en retard de %d jour", "en retard de %d jours", days) % days


def due_words(row: Commitment) -> str:
    return day_words(row.due) if row.due else _("pas de date")


def contact_words(period: Period) -> str:
    group = period.group
    holder = next((row for row in period.members if row.lead), None)
    if group.contact:
        return _("Écrire à %s.") % group.contact
    if holder is not None and not period.public:
        return _("La poser à %s, qui tient le noyau.") % member_words(holder)
    return _("La poser à %s, qui la transmet au noyau.") % group.space
