"""The head of a story: the eight questions of docs/results/change-questions.md, answered in a line or two each."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from maillage.change.enums import Degree
from maillage.change.queries import Way, last_degree, named
from maillage.lib.dates import day_words
from maillage.lib.typography import typo
from maillage.reports.blocks import Block, Table
from maillage.reports.change_decided import deciders, decisions_of, late_line, next_words
from maillage.reports.change_period import Period, heading, inside, member_words

MOST = 3  # of each: the parts further down say all of them


def essential(period: Period) -> Iterator[Block]:
    yield heading(_("L’essentiel, en huit questions"))
    nothing = _("Rien n’est noté.")
    answers = (
        (_("Qu’est-ce qui a changé ?"), _changed(period)),
        (_("Pour qui, chez qui ?"), _for_whom(period)),
        (_("Vu par qui, quand, d’après quoi ?"), _witnesses(period)),
        (_("Qu’est-ce qu’on n’attendait pas ?"), few([row.text for row in period.unexpected])),
        (_("Qu’est-ce qui n’a pas été vu, ou s’est mal passé ?"), _missed(period)),
        (_("Qu’est-ce qui a été décidé, par qui, quand ?"), _decided(period)),
        (_("Qu’est-ce qui est en retard ?"), few([late_line(row, period) for row in period.late])),
        (_("Qu’est-ce qui vient ensuite ?"), _next(period)),
    )
    yield Table(
        _("L’essentiel, en huit questions"),
        (_("La question"), _("La réponse, en bref")),
        tuple((typo(question), typo(answer or nothing)) for question, answer in answers),
        widths=(2, 5),
    )


def _changed(period: Period) -> str:
    words = few([f"{row.text.rstrip('.')} ({row.when})" for row in period.harvests])
    counts = Counter(last_degree(marker) for _way, marker in period.markers)
    if not counts:
        return words
    told = [
        words_of % counts[degree]
        for degree, words_of in (
            (Degree.SEEN, _("vus : %d")),
            (Degree.PARTLY, _("vus en partie : %d")),
            (Degree.UNSEEN, _("pas vus : %d")),
            ("", _("jamais regardés : %d")),
        )
        if counts[degree]
    ]
    said = _("La dernière fois qu’on a regardé les %(number)d repères – %(told)s.")
    return f"{words} {said % {'number': counts.total(), 'told': ', '.join(told)}}".strip()


def _for_whom(period: Period) -> str:
    people = list(dict.fromkeys(row.who for row in period.harvests))
    actors = [_actor(way) for way in period.ways if any(period.looked(marker) for marker in way.markers)]
    words = []
    if people:
        words.append(_("Pour %s.") % ", ".join(inside(name) for name in people))
    if actors:
        words.append(_("Le noyau a regardé ce que font : %s.") % ", ".join(actors))
    return " ".join(words)


def _actor(way: Way) -> str:
    """« le bailleur (pour les locataires) »."""
    whom = list(dict.fromkeys(inside(change.for_whom) for change in way.changes if change.for_whom))
    return inside(way.actor.name) + (_(" (pour %s)") % ", ".join(whom) if whom else "")


def _witnesses(period: Period) -> str:
    """Who noted, how often; the first and the last day; what was read or heard."""
    if not period.seen:
        return ""
    if period.public:
        who = _("Par des membres du noyau")
    else:
        names = Counter(member_words(row.by) if row.by else _("un membre du noyau") for row in period.seen)
        who = _("Noté par %s") % ", ".join(
            _("%(name)s %(count)d fois") % {"name": n, "count": c} for n, c in names.items()
        )
    months = len({(row.on.year, row.on.month) for row in period.seen})
    days = {"who": who, "first": day_words(period.seen[0].on), "last": day_words(period.seen[-1].on), "months": months}
    days["number"] = len(period.seen)
    words = _("%(number)d observations, en %(months)d mois différents, du %(first)s au %(last)s. %(who)s.") % days
    sources = list(dict.fromkeys(row.source for row in period.seen if row.source))
    bare = sum(1 for row in period.seen if not row.source)
    if sources:
        words += _(" Sources citées : %s") % few(sources)
    if bare:
        words += _(" Sans autre source que qui le dit : %d.") % bare
    return words


def _missed(period: Period) -> str:
    texts = [
        row.text or named(row.marker.actor.name, row.marker.text)
        for row in period.seen
        if row.marker is not None and row.degree == Degree.UNSEEN
    ]
    never = sum(1 for _way, marker in period.markers if not period.looked(marker))
    words = [few(texts), _("Repères que personne n’a regardés : %d.") % never if never else ""]
    return " ".join(filter(None, words))


def _decided(period: Period) -> str:
    last = next((row for row in reversed(period.reviews) if decisions_of(row)), None)
    if last is None:
        return ""
    told = {"day": day_words(last.on), "who": deciders(last), "what": few(decisions_of(last))}
    words = _("Le %(day)s, le noyau en revue (étaient là : %(who)s) : %(what)s") % told
    before = sum(len(decisions_of(row)) for row in period.reviews if row.pk != last.pk)
    return words + (_(" Décisions des revues d’avant : %d, plus loin.") % before if before else "")


def _next(period: Period) -> str:
    words = few(next_words(period))
    return f"{words} {_('Et ce qui est en retard, ci-dessus.')}".strip() if period.late else words


def few(texts: Sequence[str]) -> str:
    """Some, then how many are left."""
    kept = [text.strip().rstrip(".") for text in texts if text.strip()]
    if not kept:
        return ""
    left = len(kept) - MOST
    return " ; ".join(kept[:MOST]) + (_(" ; et %d de plus, plus loin") % left if left > 0 else "") + "."
