"""Of a period: what was seen to change and for whom, what nobody expected, what was not seen; the path drawn."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from maillage.change.drawing import ON_PAPER, draw_path
from maillage.change.enums import Degree
from maillage.change.models import Marker, Observation
from maillage.change.queries import Way, named
from maillage.lib.dates import day_words
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.memory.enums import ActionState
from maillage.reports.blocks import Block, Figure, Items, Table
from maillage.reports.change_period import Period, heading, inside, said, witness

PAPER_WIDE = 720  # units across a page: letters of 15 are of 10 points
ACROSS, TALLEST = 0.75, 1.3  # height / width of a drawing: as wide as the page, and at most a page


def changed(period: Period) -> Iterator[Block]:
    """What the noyau harvested, then, for each actor, what was seen of its markers, by whom."""
    yield heading(_("Ce qui a changé, chez qui, pour qui"))
    if period.harvests:
        yield said(_("Ce que le noyau tient pour un effet, et sur quoi il s’appuie :"), soft=True)
    for row in period.harvests:
        about = {"who": inside(row.who), "when": row.when}
        yield said(f"{row.text.rstrip('.')}.", _("Pour %(who)s, %(when)s") % about)
        lines = [
            _("Ce que le noyau y a fait : %s") % row.contribution,
            _("Ce qui le prouve : %s.") % proof_words(row.get_strength_display(), row.evidence),
        ]
        if row.review is not None:
            lines.append(_("Retenu par le noyau à la revue du %s.") % day_words(row.review.on))
        yield Items(tuple(typo(text) for text in lines))
    by_marker: dict[object, list[Observation]] = {}
    for row_seen in period.seen:
        by_marker.setdefault(row_seen.marker_id, []).append(row_seen)
    told = False
    for way in period.ways:
        mine = [(marker, by_marker[marker.pk]) for marker in way.markers if marker.pk in by_marker]
        if not mine:
            continue
        told = True
        yield heading(way.actor.name, 3)
        for change in way.changes:
            words = _("Pour %s") % inside(change.for_whom) if change.for_whom else _("Pour qui, ce n’est pas noté")
            yield said(f"{change.text.rstrip('.')}.", _("Le changement attendu. %s") % words)
        for marker, rows in mine:
            yield said(f"{marker.text}.", _("Repère %s") % marker.get_level_display())
            yield Items(tuple(line(row, public=period.public) for row in rows))
    late = [row for row in period.seen if row.marker is not None and row.marker.removed_at is not None]
    if late:
        yield heading(_("De repères retirés du chemin depuis"), 3)
        yield Items(tuple(f"{typo(str(row.marker))} – {line(row, public=period.public)}" for row in late))
    if not told and not period.harvests and not late:
        yield said(_("Rien n’a été noté sur les repères pendant cette période."))


def proof_words(strength: str, evidence: str) -> str:
    return f"{strength} ({evidence})" if evidence else _("%s ; le noyau ne dit pas par qui") % strength


def line(row: Observation, *, public: bool) -> str:
    degree = _(", %s") % row.get_degree_display() if row.marker_id else ""
    story = f"{row.text.rstrip('.')}. " if row.text else ""
    words = witness(row, public=public)
    return typo(f"{day_words(row.on)}{degree} : {story}{words[0].upper()}{words[1:]}.")


def unexpected(period: Period) -> Iterator[Block]:
    yield heading(_("Ce qu’on n’attendait pas"))
    rows = period.unexpected
    if rows:
        yield said(_("Aucun repère n’en parlait : le noyau l’a vu quand même, en bien ou en mal."), soft=True)
        yield Items(tuple(line(row, public=period.public) for row in rows))
    else:
        yield said(_("Rien d’inattendu n’a été noté pendant cette période."))


def not_seen(period: Period) -> Iterator[Block]:
    """Findings as the others: said as plainly, and where it stands since."""
    yield heading(_("Ce qui n’a pas été vu, ou s’est mal passé"))
    rows = [row for row in period.seen if row.marker is not None and row.degree != Degree.SEEN]
    never = [(way, marker) for way, marker in period.markers if not period.looked(marker)]
    dropped = [row for row in period.actions if row.state == ActionState.DROPPED]
    if not rows and not never and not dropped:
        yield said(_("Rien de tel n’a été noté pendant cette période."))
        return
    yield said(_("Ce sont des constats, aussi utiles que les autres : ils disent où regarder."), soft=True)
    if rows:
        headers = (_("Ce qu’on attendait"), _("Ce qui s’est passé"), _("Et depuis"))
        lines = tuple(
            (
                typo(named(row.marker.actor.name, row.marker.text)),
                typo(f"{str(row.get_degree_display()).capitalize()}, {day_words(row.on)} : {row.text or '–'}"),
                typo(since_words(period, row)),
            )
            for row in rows
            if row.marker is not None
        )
        yield Table(_("Ce qui n’a pas été vu, ou en partie seulement"), headers, lines, widths=(4, 5, 3))
    if never:
        yield said("", _("Repères que personne n’a regardés pendant cette période"))
        yield Items(tuple(typo(named(way.actor.name, marker.text)) for way, marker in never))
    if dropped:
        yield said("", _("Actions abandonnées"))
        yield Items(tuple(typo(f"{row.what}{' – ' + row.outcome if row.outcome else ''}") for row in dropped))


def since_words(period: Period, row: Observation) -> str:
    after = [each for each in period.seen if each.marker_id == row.marker_id and each.on > row.on]
    if not after:
        return _("pas revu depuis")
    return f"{after[-1].get_degree_display()}, {day_words(after[-1].on)}"


def path(period: Period) -> Iterator[Block]:
    if not period.ways:
        return
    yield heading(_("Le chemin, en images"))
    words = _("Une ligne par acteur, de ce qu’on attend à l’idéal. Sous chaque repère : ce qu’on en a vu, et quand.")
    yield said(words, _("Le dessin"))
    absent = beneficiaries_aside(period)
    if absent:
        sentence = _(
            "Absents du dessin : on y met qui doit changer, pas pour qui. Ce qui a changé pour eux est dit plus haut."
        )
        yield said(sentence, _("Et %s ?") % ", ".join(inside(name) for name in absent))
    for part in sheets(period.ways):
        yield from drawn(part)


def beneficiaries_aside(period: Period) -> list[str]:
    """For whom something changed, that is no actor of the path."""
    actors = {fold(way.actor.name) for way in period.ways}
    names = {fold(row.who): row.who for row in period.harvests if row.who}
    return [name for key, name in names.items() if key not in actors]


def sheets(ways: Sequence[Way]) -> Iterator[list[Way]]:
    """As many actors together as are read at a glance across a page: beyond, letters would be too small. Their table
    may go on overleaf; the drawing never does."""
    part: list[Way] = []
    for way in ways:
        if part and draw_path([*part, way], width=PAPER_WIDE, font=ON_PAPER).ratio > ACROSS:
            yield part
            part = []
        part.append(way)
    if part:
        yield part


def drawn(ways: Sequence[Way]) -> Iterator[Block]:
    table = Table(
        _("Les repères du chemin"),
        (_("Acteur"), _("Niveau"), _("Repère"), _("Ce qu’on en a vu")),
        tuple(tuple(typo(cell) for cell in _cells(way, marker)) for way in ways for marker in way.markers),
        widths=(3, 2, 5, 4),
    )
    picture = draw_path(ways, width=PAPER_WIDE, font=ON_PAPER)
    names = ", ".join(way.actor.name for way in ways)
    if picture.ratio > TALLEST:
        sentence = _("Trop de repères pour tenir sur une page : le tableau les dit, sans dessin.")
        yield said(sentence, names)
        yield table
        return
    alt = typo(_("Un acteur par ligne (%s), ses repères de l’attendu à l’idéal. Le tableau dit la même chose.") % names)
    caption = typo(_("Rond plein : vu. À moitié : en partie. Barré : pas vu. Pointillé : pas encore regardé."))
    yield Figure(picture.svg, alt, table, caption, ratio=picture.ratio)


def _cells(way: Way, marker: Marker) -> tuple[str, ...]:
    told: str = marker.told  # type: ignore[attr-defined]
    return way.actor.name, str(marker.get_level_display()), marker.text, told
