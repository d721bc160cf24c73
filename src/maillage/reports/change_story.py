"""A period of a noyau as a Document: what it wanted, what was seen, what was not expected, what was decided."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.drawing import draw_path
from maillage.change.models import CoreGroup, Finding, Harvest, Observation, Review
from maillage.change.queries import (
    Way,
    commitments_of,
    conditions_of,
    degree_words,
    last_degree,
    news_of,
    path_of,
    present_members,
    seen_of,
    trio_lacks,
)
from maillage.change.visions import current_vision
from maillage.lib.dates import day_words
from maillage.lib.typography import typo
from maillage.people.style import house_of
from maillage.reports.blocks import Block, Document, Figure, Heading, Items, Note, Numbers, Paragraph, Quote, Table

YEAR = dt.timedelta(days=365)
PAPER_WIDE = 720  # units across a page: letters of 15 are of 10 points
ACROSS, TALLEST = 0.75, 1.3  # height / width of a drawing: as wide as the page, and at most a page


def describe_period(
    group: CoreGroup, *, since: dt.date | None = None, until: dt.date | None = None, public: bool = False
) -> Document:
    """`public`: without a name, nor what was noted for the noyau alone."""
    last = until or timezone.localdate()
    first = since or last - YEAR
    seen = list(seen_of(group, outside=public).filter(on__range=(first, last)))
    ways = path_of(group, outside=public, until=last)
    words = _("Du %(first)s au %(last)s") % {"first": day_words(first), "last": day_words(last)}
    blocks: list[Block] = []
    if group.invented:
        blocks.append(_note(_("Données inventées pour la démonstration : aucun de ces faits n’a eu lieu.")))
    blocks += _numbers(group, seen, ways)
    blocks += [
        *_who(group, public),
        *_vision(group),
        *_changed(group, seen, ways, public),
        *_unexpected(seen, public),
        *_path(ways),
        *_conditions(group, last),
        *_decided(group, first, last, public),
        *_context(group),
        *_method(public),
    ]
    place = str(group.qpv or group.contract or group.space)
    return Document(
        title=typo(group.name),
        eyebrow=typo(_("Récit d’un chemin de changement – %s") % place),
        lead=typo(f"{words}." + (f" {_('Version publique, sans nom.')}" if public else "")),
        foot=typo(f"{group.name} – {words}"),
        author=group.space.name,
        description=typo(_("Ce qui a changé, pour qui, vu par qui, et ce qui n’était pas attendu : %s.") % group.name),
        house=house_of(group.space),
        blocks=tuple(blocks),
    )


def _note(text: str, title: str = "") -> Note:
    return Note(typo(text), typo(title) if title else "")


def _numbers(group: CoreGroup, seen: Sequence[Observation], ways: Sequence[Way]) -> Iterator[Block]:
    looked = {row.marker_id for row in seen if row.marker_id}
    unexpected = sum(1 for row in seen if row.marker_id is None)
    yield Numbers(
        (
            (str(len(seen)), _("observations")),
            (str(len(looked)), _("repères regardés")),
            (str(unexpected), _("inattendues")),
            (str(present_members(group).count()), _("membres du noyau")),
        )
    )


def _who(group: CoreGroup, public: bool) -> Iterator[Block]:
    yield Heading(_("Qui regarde"), 2)
    members = list(present_members(group))
    if public:
        words = sorted({str(row.get_category_display()) for row in members})
        yield Paragraph(typo(_("Un noyau de %d personnes : ") % len(members) + ", ".join(words) + "."))
    else:
        lines = [
            f"{row}{', ' + row.organisation if row.organisation else ''} ({row.get_category_display()})"
            for row in members
        ]
        yield Items(tuple(typo(line) for line in lines))
        left = group.members.filter(left_on__isnull=False, removed_at=None).count()
        if left:
            yield Paragraph(
                typo(_("Ont quitté le noyau : %d. Ce qu’ils ont vu reste, sans leur nom.") % left), tone="soft"
            )
    lacks = trio_lacks(members)
    if lacks:
        yield _note(_("Il manque encore au noyau : %s.") % ", ".join(lacks))


def _vision(group: CoreGroup) -> Iterator[Block]:
    vision = current_vision(group)
    yield Heading(_("La vision partagée"), 2)
    if vision is None:
        yield Paragraph(_("Pas encore écrite."))
        return
    validated = ""
    if vision.validated_on:
        said = {"who": vision.validated_by, "day": day_words(vision.validated_on)}
        validated = _(" Validée par %(who)s, le %(day)s.") % said
    yield Quote(typo(vision.text), typo(_("Horizon %(year)d.") % {"year": vision.horizon} + validated))


def _changed(group: CoreGroup, seen: Sequence[Observation], ways: Sequence[Way], public: bool) -> Iterator[Block]:
    """For each actor: what was seen of its markers, by whom."""
    yield Heading(_("Ce qui a changé, chez qui"), 2)
    harvests = list(Harvest.objects.filter(group=group, removed_at=None))
    for row in harvests:
        yield Paragraph(typo(row.text), lead=typo(f"{row.who}, {row.when}"))
        said = {"how": row.contribution, "why": row.get_strength_display()}
        yield Paragraph(typo(_("Contribution du noyau : %(how)s Ce qui le prouve : %(why)s.") % said), tone="soft")
    by_marker: dict[object, list[Observation]] = {}
    for row_seen in seen:
        by_marker.setdefault(row_seen.marker_id, []).append(row_seen)
    told = False
    for way in ways:
        mine = [(marker, by_marker[marker.pk]) for marker in way.markers if marker.pk in by_marker]
        if not mine:
            continue
        told = True
        yield Heading(typo(way.actor.name), 3)
        for marker, rows in mine:
            yield Paragraph(typo(marker.text), lead=typo(_("Repère %s") % marker.get_level_display()))
            yield Items(tuple(_line(row, public) for row in rows))
    late = [row for row in seen if row.marker is not None and row.marker.removed_at is not None]
    if late:
        yield Heading(_("De repères retirés depuis"), 3)
        yield Items(tuple(f"{typo(str(row.marker))} – {_line(row, public)}" for row in late))
    if not told and not harvests and not late:
        yield Paragraph(_("Rien n’a été noté sur les repères pendant cette période."))


def _line(row: Observation, public: bool) -> str:
    degree = f" ({row.get_degree_display()})" if row.marker_id and row.text else ""
    words = f"{day_words(row.on)}{degree} : {row.text or row.get_degree_display()}"
    return typo(f"{words} – {_witness(row, public)}")


def _witness(row: Observation, public: bool) -> str:
    """Who saw it: never a name in what is public."""
    who = _("un membre du noyau") if public or row.by is None else str(row.by)
    if row.seen_by == "other":
        who = _("dit par quelqu’un d’autre au noyau")
    elif row.seen_by == "member":
        who = _("vu par quelqu’un du noyau")
    else:
        who = _("vu par %s") % who
    return _("%(who)s ; source : %(source)s") % {"who": who, "source": row.source} if row.source else who


def _unexpected(seen: Sequence[Observation], public: bool) -> Iterator[Block]:
    yield Heading(_("Ce qu’on n’attendait pas"), 2)
    rows = [row for row in seen if row.marker_id is None]
    if rows:
        yield Items(tuple(_line(row, public) for row in rows))
    else:
        yield Paragraph(_("Rien d’inattendu n’a été noté pendant cette période."))


def _path(ways: Sequence[Way]) -> Iterator[Block]:
    if not ways:
        return
    yield Heading(_("Le chemin, en images"), 2)
    for part in _sheets(ways):
        yield from _drawn(part)


def _sheets(ways: Sequence[Way]) -> Iterator[list[Way]]:
    """As many actors together as are read at a glance across a page: beyond, letters would be too small."""
    part: list[Way] = []
    for way in ways:
        if part and draw_path([*part, way], width=PAPER_WIDE).ratio > ACROSS:
            yield part
            part = []
        part.append(way)
    if part:
        yield part


def _drawn(ways: Sequence[Way]) -> Iterator[Block]:
    rows = [
        (way.actor.name, str(marker.get_level_display()), marker.text, degree_words(last_degree(marker)))
        for way in ways
        for marker in way.markers
    ]
    table = Table(
        _("Les repères du chemin"),
        (_("Acteur"), _("Niveau"), _("Repère"), _("La dernière fois")),
        tuple(tuple(typo(cell) for cell in row) for row in rows),
        widths=(3, 2, 6, 3),
    )
    drawn = draw_path(ways, width=PAPER_WIDE)
    if drawn.ratio > TALLEST:  # one actor with more markers than a page holds: the table says it
        yield table
        return
    names = ", ".join(way.actor.name for way in ways)
    alt = typo(_("Un acteur par ligne (%s), ses repères de l’attendu à l’idéal. Le tableau dit la même chose.") % names)
    caption = typo(_("Rond plein : vu. À moitié : en partie. Barré : pas vu. Pointillé : pas encore regardé."))
    yield Figure(drawn.svg, alt, table, caption, ratio=drawn.ratio)


def _conditions(group: CoreGroup, until: dt.date) -> Iterator[Block]:
    years, lines = conditions_of(group, year=until.year)
    if not any(line.notes for line in lines):
        return
    yield Heading(_("Les conditions, par année"), 2)
    rows = []
    for line in lines:
        cells = [str(note.get_state_display()) if note else _("pas noté") for _year, note in line.years[-3:]]
        finding = line.last.finding if line.last else ""
        rows.append((typo(str(line.condition.label)), *cells, typo(finding)))
    headers = (_("Condition"), *(str(year) for year in years[-3:]), _("Ce qui le montre"))
    yield Table(_("Les conditions par année"), headers, tuple(rows))


def _decided(group: CoreGroup, first: dt.date, last: dt.date, public: bool) -> Iterator[Block]:
    yield Heading(_("Ce qui a été décidé"), 2)
    reviews = list(Review.objects.filter(group=group, removed_at=None, agenda__isnull=False, on__range=(first, last)))
    for row in reversed(reviews):
        yield Heading(typo(f"{row.get_kind_display()}, {day_words(row.on)}".capitalize()), 3)
        if row.learned:
            yield Paragraph(typo(row.learned), lead=typo(_("Ce que nous apprenons")))
        lines = tuple(typo(line.strip()) for line in row.decisions.splitlines() if line.strip())
        if lines:
            yield Items(lines)
        if row.next_on:
            yield Paragraph(typo(_("Prochaine revue : le %s.") % day_words(row.next_on)), tone="soft")
    actions = commitments_of(group)
    news = news_of(actions)
    if actions:
        rows = []
        for action in actions:
            follow_up = news.get(action.entrusted)
            said = f" – {follow_up.get_shared_state_display()}" if follow_up and follow_up.shared_state else ""
            due = day_words(action.due) if action.due else _("pas de date")
            rows.append((typo(action.what), typo(action.who or "–"), due, typo(f"{action.get_state_display()}{said}")))
        headers = (_("Action"), _("Qui s’en charge"), _("Pour quand"), _("Où cela en est"))
        yield Heading(_("Les actions"), 3)
        yield Table(_("Les actions du noyau"), headers, tuple(rows), widths=(5, 3, 2, 2))
    if not reviews and not actions:
        yield Paragraph(_("Aucune revue n’a été tenue, aucune action n’est notée."))


def _context(group: CoreGroup) -> Iterator[Block]:
    rows = list(Finding.objects.filter(group=group, removed_at=None))
    if rows:
        yield Heading(_("Les constats de départ"), 2)
        yield Items(
            tuple(
                typo(
                    row.text
                    + (f" ({', '.join(filter(None, [row.said_by, row.source]))})" if row.said_by or row.source else "")
                )
                for row in rows
            )
        )


def _method(public: bool) -> Iterator[Block]:
    words = _(
        "Ce récit dit ce que des personnes ont vu, avec leurs mots. Il ne note personne : ce qui n’est pas arrivé, et "
        "ce qu’on n’attendait pas, apprend autant que le reste."
    )
    if public:
        words += _(" Les noms, les photos et ce qui a été noté pour le noyau seul n’y sont pas.")
    yield Note(typo(words), typo(_("Comment lire ces pages")))
