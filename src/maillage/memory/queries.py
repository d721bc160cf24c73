from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.words import date_words, place_words
from maillage.memory.enums import ActionState, GleaningStatus, TakeawayOrigin
from maillage.memory.models import Action, FollowUp, Gleaning, Publication, Takeaway


@dataclass
class Kept:
    """A workshop (None: the whole gathering) and the sentences kept of it."""

    workshop: Workshop | None
    takeaways: list[Takeaway] = field(default_factory=list)


def kept_by_workshop(gathering: Gathering, *, rehearsal: bool = False, public: bool = False) -> list[Kept]:
    """The gathering first, then each workshop in the order of the programme, those with nothing kept included.

    `public`: only what anybody may read.
    """
    workshops = Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS).select_related("slot")
    groups: dict[UUID | None, Kept] = {None: Kept(None)}
    groups |= {workshop.pk: Kept(workshop) for workshop in workshops.order_by("slot__position", "position")}
    rows = public_takeaways(gathering) if public else Takeaway.objects.filter(gathering=gathering, rehearsal=rehearsal)
    for takeaway in rows.prefetch_related("themes"):
        if takeaway.workshop_id not in groups:  # its moment of the programme is one of workshops no more
            groups[takeaway.workshop_id] = Kept(takeaway.workshop)
        groups[takeaway.workshop_id].takeaways.append(takeaway)
    return list(groups.values())


def workshops_without_takeaway(gathering: Gathering) -> list[Workshop]:
    """What the report still lacks."""
    return [kept.workshop for kept in kept_by_workshop(gathering) if kept.workshop and not kept.takeaways]


def sorted_at_desk(gathering: Gathering, *, rehearsal: bool = False) -> set[tuple[UUID, str]]:
    """(workshop, key of `facilitation.leaving`): what a room gave and the desk kept in its own words, or left aside."""
    rows = Gleaning.objects.filter(session__gathering=gathering, session__rehearsal=rehearsal)
    return set(rows.exclude(status=GleaningStatus.APART).values_list("session__workshop", "key"))


def public_takeaways(gathering: Gathering) -> QuerySet[Takeaway]:
    """What anybody may read: the programme's own words always, the rest once an organiser published it."""
    rows = Takeaway.objects.filter(gathering=gathering, rehearsal=False)
    if not Publication.objects.filter(gathering=gathering).exists():
        rows = rows.filter(origin=TakeawayOrigin.PROGRAMME)
    return rows


# --- what was decided -------------------------------------------------------------------------------------------------


@dataclass
class Decided:
    """A gathering, and what was decided there."""

    gathering: Gathering
    actions: list[Action] = field(default_factory=list)

    @property
    def when(self) -> str:
        return date_words(self.gathering)

    @property
    def done(self) -> int:
        return sum(action.state == ActionState.DONE for action in self.actions)


def actions_of(gathering: Gathering, *, public: bool = False, rehearsal: bool = False) -> QuerySet[Action]:
    """`public`: those whose bearer agreed. Never the name or the address of a person: `what`, `bearer`, `due`, `state`,
    `outcome` are what a page or a report may show."""
    rows = Action.with_removed.filter(gathering=gathering, removed_at=None, rehearsal=rehearsal)
    rows = rows.select_related("workshop")
    return rows.filter(agreed_at__isnull=False) if public else rows


def decided_before(gathering: Gathering, *, public: bool = False) -> list[Decided]:
    """What earlier gatherings of the space decided and who bears it agreed to, the latest first."""
    rows = Action.objects.filter(gathering__in=earlier(gathering, public=public), agreed_at__isnull=False)
    found: dict[UUID, Decided] = {}
    for action in rows.select_related("gathering__space", "workshop").order_by(*_BY_MEETING):
        found.setdefault(action.gathering_id, Decided(action.gathering)).actions.append(action)
    return list(found.values())


_BY_MEETING = ("-gathering__date", "gathering", F("due").asc(nulls_last=True), "created_at", "id")


def earlier(gathering: Gathering, *, public: bool = False) -> QuerySet[Gathering]:
    """The space's gatherings before this one, the first one first."""
    before = Q(date__lt=gathering.date) if gathering.date else Q(date__isnull=False)
    rows = Gathering.objects.filter(before, space=gathering.space_id).exclude(pk=gathering.pk)
    if public:
        rows = rows.filter(public=True)
    return rows.select_related("space", "commune", "epci").order_by("date", "title")


def shared_answers(gathering: Gathering) -> QuerySet[FollowUp]:
    """What porteurs chose to share: no name, no room."""
    return FollowUp.objects.filter(gathering=gathering).exclude(shared_state="").order_by("shared_state", "id")


# --- the cycle --------------------------------------------------------------------------------------------------------


@dataclass
class Meeting:
    """One step of the cycle: the work before the gatherings, or a gathering and what it kept."""

    title: str
    when: str
    where: str = ""
    kind: str = ""
    steps: list[str] = field(default_factory=list)
    takeaways: list[Takeaway] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    gathering: Gathering | None = None
    current: bool = False  # the one whose page this is
    left_out: int = 0  # gatherings that the page does not name, in its place


# What a step says of a gathering: its row is wide, and there are two dozen of them.
OF_MEETINGS = (
    *("title", "subtitle", "slug", "kind", "date", "venue", "space"),
    *("commune", "epci", "commune__name", "epci__name"),
)
STEPS = 12  # gatherings named before this one, and after it: a cycle is some ten, a country's space has thousands


def cycle(gathering: Gathering) -> list[Meeting]:
    """The space's public steps up to this gathering and after it, in order: only what anybody may read."""
    background = [
        Meeting(title=entry.get("title", ""), when=period_words(entry.get("period", "")), steps=entry.get("steps", []))
        for entry in gathering.space.background
    ]
    rows = (
        Gathering.objects.filter(Q(public=True) | Q(pk=gathering.pk), space=gathering.space_id, date__isnull=False)
        .select_related("commune", "epci")
        .order_by("date", "title")
    )
    day = gathering.date or timezone.localdate()
    # keys first: sorting whole rows of thousands of gatherings would be slower than telling twenty-five
    before = list(rows.filter(date__lt=day).reverse().values_list("pk", flat=True)[: STEPS + 1])[::-1]
    after = list(rows.filter(date__gte=day).values_list("pk", flat=True)[: STEPS + 2])
    earlier = later = 0
    if len(before) > STEPS or len(after) > STEPS + 1:
        counted = rows.order_by().aggregate(all=Count("pk"), earlier=Count("pk", filter=Q(date__lt=day)))
        earlier = max(0, counted["earlier"] - STEPS)
        later = max(0, counted["all"] - counted["earlier"] - STEPS - 1)
    named_keys = [*before[-STEPS:], *after[: STEPS + 1]]
    known = rows.order_by().only(*OF_MEETINGS).in_bulk(named_keys)
    meetings = [known[key] for key in named_keys]
    if gathering.date and gathering not in meetings:  # so many on one day
        meetings[-1] = gathering
    for meeting in meetings:
        meeting.space = gathering.space
    published = set(Publication.objects.filter(gathering__in=named_keys).values_list("gathering", flat=True))
    kept: dict[UUID, list[Takeaway]] = {}
    for takeaway in Takeaway.objects.filter(gathering__in=meetings, rehearsal=False, workshop=None):
        if takeaway.gathering_id in published or takeaway.origin == TakeawayOrigin.PROGRAMME:
            kept.setdefault(takeaway.gathering_id, []).append(takeaway)
    actions: dict[UUID, list[Action]] = {}
    for action in Action.objects.filter(gathering__in=meetings, agreed_at__isnull=False):
        actions.setdefault(action.gathering_id, []).append(action)
    named = [
        Meeting(
            title=meeting.subtitle or meeting.title,
            kind=meeting.get_kind_display(),
            when=date_words(meeting),
            where=place_words(meeting),
            takeaways=kept.get(meeting.pk, []),
            actions=actions.get(meeting.pk, []),
            gathering=meeting,
            current=meeting.pk == gathering.pk,
        )
        for meeting in meetings
    ]
    if earlier:
        background.append(Meeting(title="", when="", left_out=earlier))
    if later:
        named.append(Meeting(title="", when="", left_out=later))
    return background + named


def period_words(period: str) -> str:
    """« 2020-05/2022-09 » -> « 2020–2022 »; anything else as it is."""
    years = list(dict.fromkeys(part[:4] for part in period.split("/") if part[:4].isascii() and part[:4].isdigit()))
    return "–".join(years) or period
