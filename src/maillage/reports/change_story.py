"""A period of a noyau as a Document, for who was not there: first how to read it and what matters most, then each part.

The eight questions it must answer alone are in docs/results/change-questions.md.
"""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.models import CoreGroup
from maillage.change.queries import conditions_of, trio_lacks
from maillage.change.visions import current_vision
from maillage.lib.dates import day_words
from maillage.lib.typography import typo
from maillage.people.style import house_of
from maillage.reports.blocks import Block, Document, Items, Quote, Table
from maillage.reports.change_decided import actions, coming, decided
from maillage.reports.change_essential import essential
from maillage.reports.change_period import YEAR, Period, contact_words, gather_period, heading, note, said
from maillage.reports.change_seen import changed, not_seen, path, unexpected

__all__ = ["YEAR", "describe_period"]


def describe_period(
    group: CoreGroup, *, since: dt.date | None = None, until: dt.date | None = None, public: bool = False
) -> Document:
    """`public`: without a name, nor what was noted for the noyau alone."""
    period = gather_period(group, since=since, until=until, public=public)
    words = _("Du %(first)s au %(last)s") % {"first": day_words(period.first), "last": day_words(period.last)}
    place = str(group.qpv or group.contract or group.space)
    return Document(
        title=typo(group.name),
        eyebrow=typo(_("Récit d’un chemin de changement – %s") % place),
        lead=typo(f"{words}." + (f" {_('Version publique, sans nom.')}" if public else "")),
        foot=typo(f"{group.name} – {words}"),
        author=group.space.name,
        description=typo(_("Ce qui a changé, pour qui, vu par qui, et ce qui n’était pas attendu : %s.") % group.name),
        house=house_of(group.space),
        blocks=(
            *_reading(period),
            *essential(period),
            *_start(period),
            *_who(period),
            *changed(period),
            *unexpected(period),
            *not_seen(period),
            *path(period),
            *_conditions(period),
            *decided(period),
            *actions(period),
            *coming(period),
        ),
    )


def _reading(period: Period) -> Iterator[Block]:
    """Before anything else: whether it is true, how to read it, whom to ask, what its words mean."""
    if period.group.invented:
        yield note(_("Données inventées pour la démonstration : aucun de ces faits n’a eu lieu."))
    words = _(
        "Ce récit dit ce que des personnes ont vu, avec leurs mots. Il ne note personne : ce qui n’est pas arrivé, et "
        "ce qu’on n’attendait pas, apprend autant que le reste. « Vu par » : la personne y était, et c’est elle la "
        "source quand aucune autre n’est dite. Une question ? %s"
    )
    words %= contact_words(period)
    if period.public:
        words += _(" Les noms, les photos et ce qui a été noté pour le noyau seul n’y sont pas.")
    yield note(words, _("Comment lire ces pages"))
    rows = (
        (_("Noyau"), _("le petit groupe qui regarde ce qui change ici, et le note")),
        (_("Acteur"), _("qui doit faire autrement pour que la vision arrive : une structure, un service, un groupe")),
        (
            _("Repère"),
            _("ce que l’on verrait cet acteur faire : attendu (le premier pas), souhaité, ou idéal (le bout)"),
        ),
        (_("Observation"), _("ce que quelqu’un a vu un jour : vu, en partie ou pas vu ; ou inattendu, sans repère")),
        (_("Revue"), _("la réunion où le noyau relit ses observations ; qui est là décide, ensemble")),
        (_("Effet"), _("ce que le noyau, en revue, tient pour un changement arrivé, et ce qui le prouve")),
    )
    yield Table(
        _("Les mots de ces pages"),
        (_("Les mots"), _("Ce qu’ils veulent dire ici")),
        tuple((typo(word), typo(meaning)) for word, meaning in rows),
        widths=(1, 5),
    )


def _start(period: Period) -> Iterator[Block]:
    yield heading(_("D’où l’on part, où l’on va"))
    if period.findings:
        yield said("", _("Les constats de départ"))
        lines = []
        for row in period.findings:
            source = " ; ".join(filter(None, [row.said_by, row.source]))
            lines.append(typo(f"{row.text.rstrip('.')} ({source})." if source else row.text))
        yield Items(tuple(lines))
    vision = current_vision(period.group)
    if vision is None:
        yield said(_("Pas encore écrite."), _("La vision partagée"))
        return
    about = {"who": vision.validated_by, "day": vision.validated_on and day_words(vision.validated_on)}
    validated = _("validée par %(who)s, le %(day)s") % about if vision.validated_on else _("pas encore validée")
    validated += _(" ; notée dans cet outil le %s") % day_words(timezone.localdate(vision.at))
    yield Quote(
        typo(vision.text),
        typo(_("La vision partagée, pour %(year)d ; %(said)s.") % {"year": vision.horizon, "said": validated}),
    )


def _who(period: Period) -> Iterator[Block]:
    yield heading(_("Qui regarde"))
    members = period.members
    if period.public:
        words = ", ".join(sorted({str(row.get_category_display()) for row in members}))
        yield said(_("Un noyau de %(count)d personnes : %(words)s.") % {"count": len(members), "words": words})
    else:
        yield Items(
            tuple(
                typo(f"{row}{', ' + row.organisation if row.organisation else ''} ({row.get_category_display()})")
                for row in members
            )
        )
    told = {"rhythm": period.group.get_rhythm_display(), "reviews": len(period.reviews)}
    sentence = (
        _("Le noyau a prévu de se retrouver %(rhythm)s. Revues notées pendant cette période : %(reviews)d.") % told
    )
    if period.left:
        sentence += _(" Ont quitté le noyau : %d ; ce que ces personnes ont vu reste, sans leur nom.") % period.left
    lacks = trio_lacks(members)
    if lacks:
        sentence += _(" Il lui manque encore : %s.") % ", ".join(lacks)
    yield said(sentence, soft=True)


def _conditions(period: Period) -> Iterator[Block]:
    """By year, in words: who is not of the trade reads what shows it."""
    years, lines = conditions_of(period.group, year=period.last.year, until=period.last)
    noted = [each for each in lines if each.notes]
    if not noted:
        return
    yield heading(_("Ce qu’il faut pour que cela tienne"))
    sentence = _("Les conditions d’un effort commun, telles que le noyau les voit : absente, en cours ou en place.")
    yield said(sentence, soft=True)
    rows = []
    for each in noted:
        cells = [str(found.get_state_display()) if found else "–" for _year, found in each.years[-3:]]
        last = each.notes[-1]
        day = day_words(last.on)
        shown = f"{last.finding.rstrip('.')} ({day})" if last.finding else day
        rows.append((typo(str(each.condition.label)), *cells, typo(shown)))
    headers = (_("Condition"), *(str(year) for year in years[-3:]), _("Ce qui le montre"))
    yield Table(_("Les conditions par année"), headers, tuple(rows), widths=(5, *(2 for _each in years[-3:]), 6))
    untold = [str(each.condition.label) for each in lines if not each.notes]
    if untold:
        yield said(f"{' ; '.join(untold)}.", _("Le noyau n’en a encore rien noté"), soft=True)
