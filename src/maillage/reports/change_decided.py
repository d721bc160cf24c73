"""Of a period: what the reviews learned and decided, by whom and when; who does what, what is late, what comes next."""

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from maillage.change.models import Commitment, Review
from maillage.change.visions import current_vision
from maillage.lib.dates import day_words
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.reports.blocks import Block, Items, Table
from maillage.reports.change_period import Period, contact_words, due_words, heading, late_words, said


def review_words(row: Review) -> str:
    return f"{row.get_kind_display()}, {day_words(row.on)}".capitalize()


def decisions_of(row: Review) -> list[str]:
    return [text.strip() for text in row.decisions.splitlines() if text.strip()]


def deciders(row: Review) -> str:
    return row.attended or _("le noyau ; la revue ne dit pas qui était là")


def decided(period: Period) -> Iterator[Block]:
    yield heading(_("Ce qui a été décidé, par qui, quand"))
    if not period.reviews:
        yield said(_("Aucune revue n’a été tenue pendant cette période : rien n’y a été décidé."))
        return
    for row in period.reviews:
        yield heading(review_words(row), 3)
        yield said(deciders(row), _("Étaient là, et ont décidé ensemble"))
        if row.learned:
            yield said(row.learned, _("Ce que nous apprenons"))
        lines = decisions_of(row)
        if not lines:
            yield said(_("Aucune décision n’est notée."), soft=True)
            continue
        rows = tuple((typo(text), typo(_become(text, period))) for text in lines)
        yield Table(_("Décidé ce jour-là"), (_("Décidé ce jour-là"), _("Ce que c’est devenu")), rows, widths=(5, 4))


def _become(text: str, period: Period) -> str:
    found = next((row for row in period.actions if fold(row.what) == fold(text)), None)
    if found is None:
        return _("pas d’action notée sous ces mots")
    who = found.who or _("personne n’est dit")
    words = _("une action : %(who)s, pour le %(day)s") if found.due else _("une action : %(who)s")
    return f"{words % {'who': who, 'day': due_words(found)}} – {state_words(found, period)}"


def state_words(row: Commitment, period: Period) -> str:
    words = str(row.get_state_display())
    if row in period.late:
        words += f", {late_words(row, period.last)}"
    told = period.news.get(row.entrusted)
    return f"{words} – {told.get_shared_state_display()}" if told and told.shared_state else words


def actions(period: Period) -> Iterator[Block]:
    yield heading(_("Les actions, et ce qui est en retard"))
    if not period.actions:
        yield said(_("Aucune action n’est notée."))
        return
    late, missed = period.late, [row for row in period.planned if row.on < period.last]
    if late:
        yield said("", _("En retard au %s") % day_words(period.last))
        yield Items(tuple(typo(late_line(row, period)) for row in late))
    else:
        yield said(_("Aucune action n’a passé son jour au %s.") % day_words(period.last), _("En retard"))
    for row in missed:
        yield said(_("Rien n’en est noté."), _("%s : son jour est passé") % review_words(row))
    rows = tuple(
        (typo(row.what), typo(row.who or _("pas encore dit")), due_words(row), typo(state_words(row, period)))
        for row in period.actions
    )
    headers = (_("Action"), _("Qui s’en charge"), _("Pour quand"), _("Où cela en est"))
    yield Table(_("Les actions du noyau"), headers, rows, widths=(5, 3, 3, 3))


def late_line(row: Commitment, period: Period) -> str:
    who = row.who or _("personne n’est dit")
    words = {"what": row.what, "who": who, "late": late_words(row, period.last), "day": due_words(row)}
    return _("%(what)s – %(who)s, pour le %(day)s, %(late)s") % words


def coming(period: Period) -> Iterator[Block]:
    yield heading(_("Ce qui vient ensuite"))
    lines = next_words(period)
    if lines:
        yield Items(tuple(typo(text) for text in lines))
    else:
        yield said(_("Ni revue ni action n’ont encore de date."))
    if period.late:
        yield said("", _("Toujours à faire, et déjà en retard"))
        yield Items(tuple(typo(late_line(row, period)) for row in period.late))
    yield said(contact_words(period), _("Une question ?"))


def _after(review: Review, ahead: dt.date) -> str:
    words = {"ahead": day_words(ahead), "day": day_words(review.on)}
    return _("Le %(ahead)s : la revue qui suit celle du %(day)s") % words


def next_words(period: Period) -> list[str]:
    """In the order of the days: the reviews planned, the actions with a day, the horizon of the vision."""
    days = [(row.on, review_words(row)) for row in period.planned if row.on >= period.last]
    known = {day for day, _words in days}
    if period.reviews:
        ahead = period.reviews[-1].next_on
        if ahead and ahead >= period.last and ahead not in known:
            days.append((ahead, _after(period.reviews[-1], ahead)))
    for row in period.coming:
        words = {"day": due_words(row), "what": row.what, "who": row.who or _("personne n’est encore dit")}
        if row.due:
            days.append((row.due, _("Pour le %(day)s : %(what)s – %(who)s") % words))
    vision = current_vision(period.group)
    lines = [words for _day, words in sorted(days)]
    return [*lines, _("%d : l’horizon de la vision") % vision.horizon] if vision else lines
