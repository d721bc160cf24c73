"""The summary as blocks: two pages that answer whoever was not there (docs/results/summary-questions.md).

In the order of what is asked first: what was decided and who does it, what is not settled, who was there, what divides,
what each workshop kept, what comes next, where to ask and read more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import NO_BREAK, count, typo
from maillage.people.style import House
from maillage.reports.blocks import Block, Document, Heading, Items, Paragraph
from maillage.reports.decided import (
    Decision,
    about_words,
    announced,
    decisions_of,
    divided_of,
    lacks_of,
    open_of,
    subject_words,
    unentrusted,
    workshop_words,
)
from maillage.reports.sigles import spelled_out
from maillage.reports.telling import day_numbers, decided_table, document_of, end_of, warning_of

NAMED_DECISIONS, LETTERS = 24, 3_000  # sentences and their letters: two pages hold no more
MOST_UNSETTLED = 6
MOST_DIVIDED = 1  # of each workshop
MOST_NUMBERS = 4  # people, organisations, places, workshops: what was retained is counted where it is told
MOST_PLACES = 12  # intercommunalités, named with their number
MOST_MEETINGS = 3
ORGANISATIONS = 700  # letters of their names


def tell_summary(facts: Mapping[str, Any], house: House) -> Document:
    blocks: list[Block] = [
        *warning_of(facts),
        *_decided(facts),
        *_unsettled(facts),
        *_who(facts),
        *_divided(facts),
        *_kept(facts),
        *_next(facts),
        *_read_more(facts),
        *end_of(facts),
    ]
    return document_of(facts, house, spelled_out(tuple(blocks)), _("Synthèse"), pages=2)


def fair(decisions: Sequence[Decision], most: int, *, letters: int = 1_000_000) -> list[Decision]:
    """So many, of so many letters together, from as many groups as possible: the first of each, then the second… in
    their order."""
    rank: dict[str, int] = {}
    order = []
    for position, decision in enumerate(decisions):
        rank[decision.by] = rank.get(decision.by, 0) + 1
        order.append((rank[decision.by], position))
    kept, left = set(), letters
    for _rank, position in sorted(order)[:most]:
        left -= len(decisions[position].text)
        if left < 0:
            break
        kept.add(position)
    return [decision for position, decision in enumerate(decisions) if position in kept]


def _decided(facts: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(typo(_("Ce qui a été décidé : qui fait quoi, pour quand")), 2)
    if facts["actions"]:
        yield decided_table(facts)
    else:
        yield Paragraph(typo(_("Rien n’a été décidé : aucune action n’a trouvé qui s’en charge.")))
    waiting = count(facts["proposed"], _("action"), _("actions"), zero="")
    if waiting:
        yield Paragraph(
            typo(_("{n} ; chacune n’est dite qu’une fois acceptée par qui s’en chargerait.").format(n=waiting))
            if facts["proposed"] > 1
            else typo(_("{n} ; elle n’est dite qu’une fois acceptée par qui s’en chargerait.").format(n=waiting)),
            lead=_("Proposé, pas encore décidé"),
        )
    yield Paragraph(
        typo(
            _(
                "« décidé » : quelqu’un a accepté de s’en charger ; « proposé » : on attend sa réponse ; « retenu » : "
                "une phrase que la salle ou l’équipe garde en mémoire, et qui n’engage personne."
            )
        ),
        lead=_("Trois mots de ce document"),
        tone="soft",
    )


def _unsettled(facts: Mapping[str, Any]) -> Iterator[Block]:
    marked = open_of(facts)
    yield Heading(_("Ce qui n’est pas tranché"), 2)
    if marked:
        yield _some(marked)
        if unentrusted(facts):
            yield Paragraph(typo(_("Qui les tranchera, et quand, n’est pas noté.")), tone="soft")
    else:
        yield Paragraph(typo(_("Personne n’a noté de question laissée ouverte.")))


def _divided(facts: Mapping[str, Any]) -> Iterator[Block]:
    divided = divided_of(facts, most=MOST_DIVIDED)
    yield Heading(_("Là où les avis se partagent"), 2)
    if divided:
        words = _(
            "Aucune réponse n’y a réuni deux personnes sur trois. De chaque atelier, ce qui partage le plus : chaque "
            "réponse, et combien l’ont donnée."
        )
        yield Paragraph(typo(words), tone="soft")
        yield Items(tuple(divided))
    else:
        yield Paragraph(typo(_("Aucun vote ni aucune réponse n’a partagé une salle.")))


def _some(said: Sequence[str]) -> Items:
    left = len(said) - MOST_UNSETTLED
    more = (typo(count(left, _("autre, dans le compte rendu."), _("autres, dans le compte rendu."), zero="")),)
    return Items((*said[:MOST_UNSETTLED], *(more if left > 0 else ())))


def _kept(facts: Mapping[str, Any]) -> Iterator[Block]:
    """Each place once, above all that is told of it; a workshop that kept nothing is named too."""
    decisions = decisions_of(facts)
    shown = fair(decisions, NAMED_DECISIONS, letters=LETTERS)
    yield Heading(_("Ce qui a été retenu, et dans quel atelier"), 2)
    if not decisions:
        yield Paragraph(typo(_("Rien n’a encore été retenu de cette rencontre.")))
    elif len(shown) < len(decisions):
        yield Paragraph(
            typo(
                _("{all} ; {shown} sont ici, les autres dans le compte rendu.").format(
                    all=_retained(len(decisions)), shown=len(shown)
                )
            ),
            tone="soft",
        )
    kept = Counter(each.by for each in decisions)
    here = {by: [each for each in shown if each.by == by] for by in kept}
    rooms = {workshop_words(workshop) for moment in facts["rounds"] for workshop in moment["workshops"]}
    for by in kept:
        if by not in rooms:
            yield Paragraph(_sentence([_of(kept[by], len(here[by]))]), lead=by)
            yield from _sentences(here[by])
    for moment in facts["rounds"]:
        yield Heading(moment["title"], 3)
        for workshop in moment["workshops"]:
            by = workshop_words(workshop)
            told = here.get(by, [])
            about = (subject_words(workshop), workshop["territory"], about_words(workshop), _of(kept[by], len(told)))
            yield Paragraph(_sentence(about), lead=by)
            yield from _sentences(told)


def _sentences(shown: Sequence[Decision]) -> Iterator[Block]:
    if shown:
        yield Items(
            tuple(typo(f"{each.text.rstrip('.')} ({each.told}).") if each.told else each.text for each in shown)
        )


def _of(all_: int, shown: int) -> str:
    """« 3 phrases retenues, dont 1 ici »: so that the numbers of the workshops add up to the day's."""
    if shown == all_:
        return _retained(all_)
    return _("{all}, dont {shown} ici").format(all=_retained(all_), shown=shown)


def _retained(number: int) -> str:
    return count(number, _("phrase retenue"), _("phrases retenues"), zero=_("aucune phrase retenue"))


def _sentence(parts: Iterable[str]) -> str:
    """« L’isolement social. Ville de Laxou. 40 personnes attendues. »"""
    return typo(" ".join(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in parts if part))


def _who(facts: Mapping[str, Any]) -> Iterator[Block]:
    """How many, of which kinds, from where. Who came and who had registered are never one number."""
    came = facts["came"]
    yield Heading(typo(_("Qui était là") if came["attendance_taken"] else _("Qui était inscrit")), 2)
    if not came["total"]:
        yield Paragraph(typo(_("Aucune inscription n’est notée.")))
        return
    numbers = [f"{number} {words}" for block in day_numbers(facts) for number, words in block.pairs[:MOST_NUMBERS]]
    unknown = "" if came["attendance_taken"] else " " + _("Les présences n’ont pas été notées.")
    yield Paragraph(typo(f"{', '.join(numbers)}.{unknown}"), lead=_("Combien"))
    yield Paragraph(_numbered(came["categories"]) + ".", lead=_("De quelles sortes"))
    known = [row for row in came["territories"] if row["known"]]
    if known:
        most = MOST_PLACES if len(known) > MOST_PLACES + 1 else len(known)
        others = count(len(known) - most, _("autre intercommunalité"), _("autres intercommunalités"), zero="")
        more = typo(_(" et {others}").format(others=others)) if others else ""
        yield Paragraph(_numbered(known[:most]) + f"{more}.", lead=_("D’où"))
    if came["organisations"]:
        yield Paragraph(_organisations(came["organisations"]), lead=_("De quelles structures"))


def _organisations(names: Sequence[str]) -> str:
    """As many as two pages bear, in the order of letters; the others are in the report."""
    shown: list[str] = []
    left = ORGANISATIONS
    for name in names:
        left -= len(name) + 2
        if left < 0 and shown:
            break
        shown.append(name)
    others = count(
        len(names) - len(shown),
        _("autre, nommée dans le compte rendu"),
        _("autres, nommées dans le compte rendu"),
        zero="",
    )
    return typo(f"{' ; '.join(shown)}{_(' et {others}').format(others=others) if others else ''}.")


def _numbered(rows: Sequence[Mapping[str, Any]]) -> str:
    """« Habitants 12, élus 3 »: the number never leaves its name at the end of a line."""
    return typo(", ".join(f"{row['name']}{NO_BREAK}{row['count']}" for row in rows))


def _next(facts: Mapping[str, Any]) -> Iterator[Block]:
    """The meetings announced, those before, and what this document does not know; what was decided is at the top."""
    yield Heading(_("Et ensuite"), 2)
    ahead = announced(facts)
    if facts["actions"]:
        yield Paragraph(typo(_("Qui fait quoi, et pour quand : le tableau en tête de ce document.")))
    if ahead:
        yield Items(tuple(ahead[:MOST_MEETINGS]))
    else:
        yield Paragraph(typo(_("Aucune autre rencontre n’est annoncée pour le moment.")))
    if facts["cycle"]:
        yield Heading(_("Les dernières rencontres d’avant"), 2)
        yield Items(
            tuple(
                typo(
                    f"{meeting['date']} – {meeting['title'].rstrip('.')}."
                    + (_(" Retenu : « {text} »").format(text=kept[0]["text"]) if (kept := meeting["takeaways"]) else "")
                )
                for meeting in facts["cycle"][-MOST_MEETINGS:]
            )
        )
    lacks = lacks_of(facts, brief=True)
    if lacks:
        yield Heading(typo(_("Ce que ce document ne sait pas")), 2)
        yield Items(tuple(lacks))


def _read_more(facts: Mapping[str, Any]) -> Iterator[Block]:
    """Whom to ask, and where to read more: never an address that is not open."""
    who = facts["host"] or facts["space"]
    said = [
        _("Le compte rendu complet, et toute question : écrire à {who}, {contact}.").format(
            who=who, contact=facts["contact"]
        )
        if facts["contact"]
        else _(
            "Le compte rendu complet, et toute question : à demander à {who}. L’équipe n’a pas donné d’adresse où "
            "écrire."
        ).format(who=who)
    ]
    if facts["website"]:
        said.append(_("Le site de {who} : {site}").format(who=who, site=facts["website"]))
    if not facts["page"]:
        said.append(_("Cette rencontre n’a pas de page ouverte à tous."))
    elif facts["rehearsal"]:
        said.append(
            _("La page de la vraie rencontre, où rien de cette répétition ne paraît : {page}").format(
                page=facts["page"]
            )
        )
    else:
        said.append(_("La page de la rencontre, ouverte à tous : {page}").format(page=facts["page"]))
    yield Heading(_("Où demander, où en lire plus"), 2)
    yield Items(tuple(typo(sentence) for sentence in said))
