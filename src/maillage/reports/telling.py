"""The report as blocks, from the facts. No query, no format: facts in, a Document out. The summary: summary.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import join_words, typo
from maillage.people.style import House
from maillage.reports import figures
from maillage.reports.asked import tell_questionnaires
from maillage.reports.blocks import (
    Block,
    Cloud,
    Contents,
    Document,
    Heading,
    Items,
    Note,
    Numbers,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from maillage.reports.charts import Drawn
from maillage.reports.decided import (
    decisions_of,
    divided_of,
    lacks_of,
    open_of,
    quoted,
    workshops_of,
)
from maillage.reports.sigles import with_sigles
from maillage.reports.writers import Progress, no_progress

DrawMap = Callable[[Sequence[tuple[str, int]], str], Drawn | None]
SHAPES = {"bleu": "●", "rouge": "■", "jaune": "▲", "vert": "◆"}
_SEPARATOR = " · "


def tell_report(
    facts: Mapping[str, Any], house: House, draw_map: DrawMap, *, progress: Progress = no_progress
) -> Document:
    """`progress`: so many workshops told, of so many."""
    blocks: list[Block] = [*warning_of(facts), *day_numbers(facts)]
    blocks += [Contents(_("Sommaire")), PageBreak()]
    if facts["takeaways"]:
        blocks.append(Heading(_("À retenir de la journée"), 2))
        blocks += [Quote(row["text"], _open_words(row)) for row in facts["takeaways"]]
    blocks += [*_aims(facts), *_programme(facts)]
    total, done = len(workshops_of(facts)), 0
    for moment in facts["rounds"]:
        blocks.append(Heading(moment["title"], 2))
        for workshop in moment["workshops"]:
            blocks += _workshop(workshop, house)
            done += 1
            progress(done, total)
    blocks += [
        *_actions(facts),
        *unsettled_of(facts),
        *_people(facts, house, draw_map),
        *tell_questionnaires(facts, house.accent),
        *_cycle(facts, house),
        *_lacks(facts),
        *end_of(facts),
    ]
    return document_of(facts, house, with_sigles(tuple(blocks)), _("Compte rendu"))


def document_of(
    facts: Mapping[str, Any], house: House, blocks: tuple[Block, ...], what: str, *, pages: int = 0
) -> Document:
    title, date = facts["title"], facts["date"]
    rehearsed = _("Répétition") if facts["rehearsal"] else ""  # at the head, and at the foot of each page
    return Document(
        title=title,
        eyebrow=" · ".join(part for part in (rehearsed, what, facts["kind"], date, facts["place"]) if part),
        lead=facts["subtitle"] or facts["theme"],
        foot=" · ".join(part for part in (rehearsed, house.name, date) if part),
        author=house.host or house.name,
        description=typo(" – ".join(part for part in (rehearsed, what, title, date) if part)),
        house=house,
        blocks=blocks,
        pages=pages,
    )


def warning_of(facts: Mapping[str, Any]) -> Iterator[Block]:
    if facts["rehearsal"]:
        yield Note(
            typo(
                _(
                    "Ce document vient d’une répétition : des robots ont joué les ateliers. Il se lit comme celui "
                    "d’une vraie rencontre, mais rien n’en a été dit ni décidé pour de vrai : il ne se publie pas. Les "
                    "réponses comptées sont celles des robots : elles ne suivent pas les présences."
                )
            ),
            title=_("Répétition"),
            tone="warn",
        )


def day_numbers(facts: Mapping[str, Any]) -> Iterator[Numbers]:
    came = facts["came"]
    present = (
        ("personne présente", "personnes présentes")
        if came["attendance_taken"]
        else ("personne inscrite", "personnes inscrites")
    )
    registered = came["registered"] if came["attendance_taken"] else 0  # said apart: who was awaited, who came
    counted = (
        (came["total"], *present),
        (registered, "personne inscrite", "personnes inscrites"),
        (len(came["organisations"]), "structure", "structures"),
        (sum(row["known"] for row in came["territories"]), "intercommunalité", "intercommunalités"),
        (len(workshops_of(facts)), "atelier", "ateliers"),
        (len(decisions_of(facts)), "phrase retenue", "phrases retenues"),
        (len(open_of(facts)), "point non tranché", "points non tranchés"),
    )
    pairs = tuple((str(number), one if number == 1 else many) for number, one, many in counted if number)
    if pairs:
        yield Numbers(pairs)


def _aims(facts: Mapping[str, Any]) -> Iterator[Block]:
    if facts["objectives"]:
        yield Heading(_("Ce que la journée voulait"), 2)
        yield Items(tuple(facts["objectives"]))
    definition = facts["definition"]
    if "text" in definition:
        yield Heading(typo(_("Coopérer, ça veut dire quoi ?")), 2)
        yield Quote(definition["text"])
        if definition.get("implies"):
            yield Paragraph(typo(_("Coopérer implique de {aims}.").format(aims=join_words(definition["implies"]))))


def _programme(facts: Mapping[str, Any]) -> Iterator[Block]:
    if not facts["programme"]:
        return
    timed = any(slot["time"] for slot in facts["programme"])
    rows = []
    for slot in facts["programme"]:
        who = " · ".join(slot["workshops"]) if slot["workshops"] else "\u202f; ".join(slot["speakers"])
        rows.append((slot["time"], slot["title"], who) if timed else (slot["title"], who))
    yield Heading(_("Le programme"), 2)
    headers = (_("Heure"), _("Créneau"), _("Avec")) if timed else (_("Créneau"), _("Avec"))
    yield Table(_("Le programme"), headers, tuple(rows), widths=(2, 4, 6) if timed else (2, 3))


def _workshop(workshop: Mapping[str, Any], house: House) -> Iterator[Block]:
    number = workshop["number"]
    yield Heading(f"{number}. {workshop['title']}" if number is not None else workshop["title"], 3)
    colour = workshop["colour"]
    about = (
        f"{SHAPES[colour]}\u00a0{workshop['colour_name']}" if colour in SHAPES else "",
        workshop["room"],
        workshop["territory"],
        _("méthode : {title}").format(title=quoted(workshop["method"]["title"])) if workshop["method"]["title"] else "",
        _("présenté par {names}").format(names=workshop["speakers"]) if workshop["speakers"] else "",
        _("animé par {names}").format(names=workshop["facilitators"]) if workshop["facilitators"] else "",
        workshop["people"],
    )
    words = " · ".join(part for part in about if part)
    if words:
        yield Paragraph(words, tone="soft")
    results = workshop["results"]
    for row in workshop["takeaways"]:
        yield Quote(
            row["text"],
            _SEPARATOR.join(
                part
                for part in (
                    typo(_("phrase confiée par une personne qui a apporté son sujet")) if row["released"] else "",
                    _open_words(row),
                )
                if part
            ),
        )
    for title in dict.fromkeys(card["title"] for card in results["kept"]):
        yield Paragraph(typo(_("gardé par la salle")), lead=title, tone="soft")
        yield from (Quote(card["text"], card["marked"]) for card in results["kept"] if card["title"] == title)
    if not workshop["takeaways"] and not results["kept"]:
        yield Note(typo(_("Aucune phrase n’a été gardée de cet atelier.")))
    yield from figures.of_room(results, house.accent)


def _open_words(row: Mapping[str, Any]) -> str:
    return str(_("non tranché")) if row["unsettled"] else ""


def unsettled_of(facts: Mapping[str, Any]) -> Iterator[Block]:
    """What the desk says is not settled, then where the rooms were divided."""
    for title, said in (
        (_("Ce qui n’est pas tranché"), open_of(facts)),
        (_("Là où les avis se partagent"), divided_of(facts)),
    ):
        if said:
            yield Heading(title, 2)
            yield Items(tuple(said))


def _actions(facts: Mapping[str, Any]) -> Iterator[Block]:
    """What was decided, by whom, and where it is: those whose bearer agreed."""
    if facts["actions"]:
        yield Heading(typo(_("Ce qui a été décidé : qui fait quoi, pour quand")), 2)
        yield decided_table(facts)


def decided_table(facts: Mapping[str, Any]) -> Table:
    rows = tuple(
        (
            action["what"],
            action["where"],
            action["bearer"] or _("Personne pour le moment"),
            action["due"] or _("Sans date"),
            typo(" : ".join(part for part in (action["state"], action["outcome"]) if part)),
        )
        for action in facts["actions"]
    )
    headers = (_("Action"), _("Décidé dans"), _("Qui s’en charge"), _("Pour le"), _("Où en est-on"))
    return Table(_("Ce qui a été décidé"), headers, rows, widths=(5, 3, 3, 2, 2))


def _people(facts: Mapping[str, Any], house: House, draw_map: DrawMap) -> Iterator[Block]:
    came = facts["came"]
    if not came["total"]:
        return
    yield Heading(_("Qui est venu"), 2)
    if not came["attendance_taken"]:
        yield Note(typo(_("Les présences n’ont pas été notées : ces nombres sont ceux des inscriptions.")))
    elif came["unmarked"]:
        yield Note(came["unmarked"])
    yield from figures.of_categories(came["categories"], house.accent)
    yield Heading(_("Les territoires présents"), 3)
    yield from figures.of_territories(came["territories"], house.accent, draw_map)
    if came["organisations"]:
        yield Heading(_("Les structures"), 3)
        yield Cloud(tuple(came["organisations"]))


def _cycle(facts: Mapping[str, Any], house: House) -> Iterator[Block]:
    if not facts["cycle"] and not facts["background"]:
        return
    yield Heading(_("Le cycle de rencontres"), 2)
    for step in facts["background"]:
        yield Paragraph(
            join_words(step["steps"]) + "." if step["steps"] else "",
            lead=" – ".join(part for part in (step["period"], step["title"]) if part),
        )
    if not facts["cycle"]:
        return
    yield from figures.of_cycle(facts, house.accent)
    for meeting in facts["cycle"]:
        if meeting["takeaways"]:
            yield Heading(meeting["title"], 3)
            yield Paragraph(
                " · ".join(part for part in (meeting["kind"], meeting["date"], meeting["place"]) if part), tone="soft"
            )
            yield from (Quote(row["text"]) for row in meeting["takeaways"])


def _lacks(facts: Mapping[str, Any]) -> Iterator[Block]:
    said = lacks_of(facts)
    if said:
        yield Heading(typo(_("Ce qui manque")), 2)
        yield Items(tuple(said))


def end_of(facts: Mapping[str, Any]) -> Iterator[Block]:
    partners = _("Avec {names}. ").format(names=join_words(facts["partners"])) if facts["partners"] else ""
    yield Paragraph(
        typo(
            partners
            + _(
                "Document fait le {date}. Il compte les personnes et ne nomme aucune de celles qui ont participé ; "
                "les intervenants sont ceux du programme."
            ).format(date=facts["made_on"])
        ),
        tone="soft",
    )
    yield Paragraph(facts["sources"], tone="soft")
