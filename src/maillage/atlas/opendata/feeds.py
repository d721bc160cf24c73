"""What agendas and readers follow: the public gatherings as iCalendar and Atom, the experiences as Atom."""

import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from django.db.models import Count, F, Max, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas import marks
from maillage.atlas.around import gatherings_in
from maillage.atlas.compressing import compressed
from maillage.atlas.opendata.answering import answer
from maillage.atlas.places import FRANCE, Place, UnknownPlace, find_place
from maillage.gatherings.glance import Action
from maillage.gatherings.models import Gathering, Slot
from maillage.gatherings.queries import public_gathering
from maillage.gatherings.structured import span_of
from maillage.gatherings.words import place_words
from maillage.lib.icalendar import Event, write_calendar
from maillage.lib.matching import fold
from maillage.lib.needs import Need, needs
from maillage.lib.paging import in_order
from maillage.lib.typography import typo
from maillage.memory.models import ExperienceVersion
from maillage.office.models import Activity
from maillage.people.access import fetch_atlas
from maillage.people.models import Space
from maillage.territories.enums import Level
from maillage.ui.addresses import public_address

PLACES = {  # parameter → level
    "region": Level.REGION,
    "departement": Level.DEPARTMENT,
    "epci": Level.EPCI,
    "qpv": Level.QPV,
    "commune": Level.COMMUNE,
}
READ = (  # of a gathering: five hundred are told at once
    "space_id",
    "slug",
    "title",
    "subtitle",
    "theme",
    "objectives",
    "date",
    "timezone",
    "venue",
    "created_at",
    "commune__name",
    "epci__name",
)
HOURS = Prefetch("slots", Slot.objects.only("gathering_id", "starts_at", "ends_at"))
MOST = 500  # gatherings of an agenda, the latest: it reads them all each time
MOST_NEWS = 100  # of a feed: a reader keeps what it has read
KEPT = 32  # feeds of this process: many agendas ask for the same few, again and again
OLDEST = 3_600  # seconds, as for files
CHANGES = (
    "make-gathering",
    "copy-gathering",
    "change-gathering",
    "add-slot",
    "change-slot",
    "remove-slot",
    "move-slot",
)
ATOM = "application/atom+xml; charset=utf-8"
OF_GATHERINGS = (marks.GATHERINGS, marks.TERRITORIES)
OF_EXPERIENCES = (marks.EXPERIENCES,)
CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])  # what no XML may hold


class FeedRefused(Exception):
    def __init__(self, sentence: str, status: int = 400) -> None:
        self.sentence, self.status = typo(sentence), status
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Asked:
    name: str  # of the feed
    space: Space
    rows: QuerySet[Gathering]
    carried: str  # what follows « ? »


def _asked(request: HttpRequest, space: Space) -> Asked:
    """All of the space, or by theme, or by territory. Raises FeedRefused."""
    said = {name: request.GET[name] for name in request.GET if request.GET[name]}
    unknown = [name for name in request.GET if name not in ("theme", *PLACES)]
    if unknown:
        sentence = _("Paramètre inconnu : « %(name)s ». On peut donner theme, ou l’un de : %(known)s.")
        raise FeedRefused(sentence % {"name": unknown[0][:40], "known": ", ".join(PLACES)})
    places = [name for name in said if name in PLACES]
    if len(places) > 1:
        raise FeedRefused(_("Un seul territoire à la fois : %s.") % ", ".join(places))
    place = Place(FRANCE, "", "")
    if places:
        try:
            place = find_place(space, PLACES[places[0]], said[places[0]])
        except UnknownPlace as unknown_place:
            raise FeedRefused(unknown_place.sentence, 404) from unknown_place
    rows = gatherings_in(space, place).only(*READ).prefetch_related(HOURS)
    name = _("Rencontres de %s") % space.name
    if "theme" in said:
        wanted = fold(said["theme"])
        themes = set(gatherings_in(space, Place(FRANCE, "", "")).order_by().values_list("theme", flat=True))
        matching = [theme for theme in themes if theme and fold(theme) == wanted]
        if not matching:
            raise FeedRefused(_("Aucune rencontre publique n’a le thème « %s ».") % said["theme"][:80], 404)
        rows = rows.filter(theme__in=matching)
        name = f"{name} : {matching[0]}"
    if place.name:
        name = f"{name}, {place.name}"
    return Asked(typo(name), space, rows, f"?{urlencode(said)}" if said else "")


_kept: OrderedDict[tuple[str, str], tuple[str, bytes]] = OrderedDict()  # (base, address) → made at which marks, content


def _once(request: HttpRequest, space: Space, nouns: tuple[str, ...], make: Callable[[], bytes]) -> bytes:
    """Made again when something of it changed."""
    key = (public_address(request), f"{space.pk} {request.get_full_path()}")
    mark = f"{int(time.time() / OLDEST)} {marks.marks_of(space).of(nouns)}"
    known = _kept.get(key)
    if known is None or known[0] != mark:
        known = _kept[key] = (mark, make())
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return known[1]


def _latest(asked: Asked, most: int) -> list[Gathering]:
    """Keys first: sorting the whole rows of five thousand gatherings is slower than telling a hundred."""
    keys = asked.rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)[:most]
    rows = in_order(asked.rows, list(keys))
    for row in rows:
        row.space = asked.space
    return rows


@dataclass(frozen=True)
class Revision:
    at: dt.datetime
    number: int


def _revisions(rows: Iterable[Gathering]) -> dict[UUID, Revision]:
    """When each was changed last and how many times, as the log of the space tells."""
    rows = list(rows)
    lines = (
        Activity.objects.filter(about_id__in=[row.pk for row in rows], verb__in=CHANGES)
        .order_by()
        .values_list("about_id")
        .annotate(last=Max("at"), number=Count("pk"))
    )
    found = {pk: Revision(last, max(0, number - 1)) for pk, last, number in lines}
    return {row.pk: found.get(row.pk, Revision(row.created_at, 0)) for row in rows}


def events_of(rows: Iterable[Gathering], base: str) -> list[Event]:
    """Those whose day is known."""
    dated = [(row, span) for row in rows if (span := span_of(row, row.slots.all())) is not None]
    revisions = _revisions(row for row, _span in dated)
    return [
        Event(
            uid=f"{row.pk}@maillage",
            title=row.subtitle or row.title,
            starts=span[0],
            ends=span[1],
            revised=revisions[row.pk].at,
            sequence=revisions[row.pk].number,
            place=place_words(row),
            about="\n".join([row.theme, *row.objectives]).strip(),
            url=base + reverse("gatherings:public", args=[row.space.slug, row.slug]),
            words=[row.theme] if row.theme else [],
        )
        for row, span in dated
    ]


@require_safe
@compressed
@needs(Need.ATLAS)
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    try:
        asked = _asked(request, space)
    except FeedRefused as refusal:
        return _refuse(refusal)
    base = public_address(request)

    def make() -> bytes:
        return write_calendar(
            asked.name,
            events_of(_latest(asked, MOST), base),
            product="-//Maillage//Rencontres//FR",
            url=base + reverse("atlas:home", args=[space.slug]),
        )

    content = _once(request, space, OF_GATHERINGS, make)
    return answer(request, content, "text/calendar; charset=utf-8", space=space, file_name=f"{space.slug}.ics")


@require_safe
@compressed
@needs(Need.PUBLISHED)
def gathering_calendar(request: HttpRequest, slug: str, gathering: str) -> HttpResponse:
    """One gathering, whose page is public: the atlas of its space may be closed."""
    row = public_gathering(slug, gathering)
    if row is None or row.date is None:
        raise Http404
    base = public_address(request)
    content = write_calendar(
        typo(row.subtitle or row.title),
        events_of([row], base),
        product="-//Maillage//Rencontres//FR",
        url=base + reverse("gatherings:public", args=[slug, row.slug]),
    )
    return answer(request, content, "text/calendar; charset=utf-8", file_name=f"{row.slug}.ics")


def offer_calendar(gathering: Gathering) -> Action | None:
    """On its public page."""
    if gathering.date is None:
        return None
    address = reverse("atlas:gathering-calendar", args=[gathering.space.slug, gathering.slug])
    return Action(_("L’ajouter à mon agenda"), address)


@require_safe
@compressed
@needs(Need.ATLAS)
def gatherings(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    try:
        asked = _asked(request, space)
    except FeedRefused as refusal:
        return _refuse(refusal)
    content = _once(request, space, OF_GATHERINGS, lambda: _gathering_news(asked, space, public_address(request)))
    return answer(request, content, ATOM, space=space)


def _gathering_news(asked: Asked, space: Space, base: str) -> bytes:
    rows = _latest(asked, MOST_NEWS)
    revisions = _revisions(rows)
    entries = [
        _entry(
            row.pk,
            row.subtitle or row.title,
            base + reverse("gatherings:public", args=[space.slug, row.slug]),
            revisions[row.pk].at,
            "\n".join(filter(None, [row.date.isoformat() if row.date else "", place_words(row), row.theme])),
            [row.theme] if row.theme else [],
        )
        for row in rows
    ]
    dates = [revision.at for revision in revisions.values()]
    own = reverse("atlas:gatherings-atom", args=[space.slug]) + asked.carried
    return _atom(space, asked.name, base, own, entries, dates)


@require_safe
@compressed
@needs(Need.ATLAS)
def experiences(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    if request.GET:
        return _refuse(FeedRefused(_("Paramètre inconnu : ce fil n’en prend aucun.")))
    content = _once(request, space, OF_EXPERIENCES, lambda: _experience_news(space, public_address(request)))
    return answer(request, content, ATOM, space=space)


def _experience_news(space: Space, base: str) -> bytes:
    versions = ExperienceVersion.objects.filter(experience__space=space, number=F("experience__published"))
    # keys first: sorting the words of ten thousand experiences would be slower than telling a hundred
    keys = list(versions.order_by("-at", "experience_id").values_list("pk", flat=True)[:MOST_NEWS])
    entries, dates = [], []
    told = ExperienceVersion.objects.select_related("experience").prefetch_related("experience__themes")
    for version in in_order(told, keys):  # by their keys alone: SQLite would begin by all those of the space
        row = version.experience
        words = [str(version.content.get(key) or "") for key in ("problem", "done", "results")]
        href = base + reverse("memory:public-experience", args=[space.slug, row.pk])
        themes = [theme.name for theme in row.themes.all()]
        entries.append(_entry(row.pk, row.title, href, version.at, "\n".join(filter(None, words)), themes))
        dates.append(version.at)
    own = reverse("atlas:experiences-atom", args=[space.slug])
    return _atom(space, typo(_("Expériences de %s") % space.name), base, own, entries, dates)


def _entry(pk: UUID, title: str, href: str, at: dt.datetime, words: str, themes: list[str]) -> str:
    parts = [
        f"<id>urn:uuid:{pk}</id>",
        f"<title>{_xml(title)}</title>",
        f'<link rel="alternate" type="text/html" href={quoteattr(href)}/>',
        f"<updated>{_instant(at)}</updated>",
        *(f"<category term={quoteattr(theme.translate(CONTROL))}/>" for theme in themes),
        f"<summary>{_xml(words)}</summary>" if words else "",
    ]
    return f"<entry>{''.join(parts)}</entry>"


def _atom(space: Space, name: str, base: str, own: str, entries: list[str], dates: list[dt.datetime]) -> bytes:
    """RFC 4287."""
    home = base + reverse("atlas:home", args=[space.slug])
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">',
        f"<id>{_xml(base + own)}</id>",
        f"<title>{_xml(name)}</title>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(base + own)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(home)}/>',
        f"<updated>{_instant(max(dates, default=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)))}</updated>",
        f"<author><name>{_xml(space.name)}</name></author>",
        *entries,
        "</feed>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _xml(words: str) -> str:
    return escape(words.translate(CONTROL))


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _refuse(refusal: FeedRefused) -> HttpResponse:
    return HttpResponse(f"{refusal.sentence}\n", content_type="text/plain; charset=utf-8", status=refusal.status)
