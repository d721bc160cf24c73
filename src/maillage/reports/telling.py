"""The report and its summary as blocks, from the facts. No query, no format: facts in, a Document out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import count, join_words, typo
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
    Decision,
    announced,
    decisions_of,
    divided_of,
    kept_count,
    lacks_of,
    open_of,
    quoted,
    silent_of,
    workshops_of,
)
from maillage.reports.sigles import with_sigles
from maillage.reports.writers import Progress, no_progress

DrawMap = Callable[[Sequence[tuple[str, int]], str], Drawn | None]
SHAPES = {"bleu": "●", "rouge": "■", "jaune": "▲", "vert": "◆"}
NAMED_DECISIONS = 14  # of the summary: two pages hold no more
MOST_UNSETTLED = 6  # of each kind, on the summary
_SEPARATOR = " · "


def tell_report(
    facts: Mapping[str, Any], house: House, draw_map: DrawMap, *, progress: Progress = no_progress
) -> Document:
    """`progress`: so many workshops told, of so many."""
    blocks: list[Block] = [*_warning(facts), *day_numbers(facts)]
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
        *_unsettled(facts),
        *_people(facts, house, draw_map),
        *tell_questionnaires(facts, house.accent),
        *_cycle(facts, house),
        *_lacks(facts),
        *_end(facts),
    ]
    return _document(facts, house, tuple(blocks), _("Compte rendu"))


def tell_summary(facts: Mapping[str, Any], house: House) -> Document:
    """Two pages that answer whoever was not there (docs/results/summary-questions.md): what was decided and who does
    it, what was kept and where, what is not settled, who was there, what comes next, where to read more."""
    decisions = decisions_of(facts)
    blocks: list[Block] = [*_warning(facts), *day_numbers(facts), *_who_short(facts)]
    blocks += _actions(facts, always=True)
    blocks.append(Heading(_("Ce qui a été retenu, et où"), 2))
    if decisions:
        shown = fair(decisions, NAMED_DECISIONS)
        blocks += _kept_by_place(facts, shown)
        if len(decisions) > len(shown):
            left = len(decisions) - len(shown)
            sentence = (
                _("Une autre phrase est dans le compte rendu.")
                if left == 1
                else _("{n} autres phrases sont dans le compte rendu.").format(n=left)
            )
            blocks.append(Paragraph(typo(sentence), tone="soft"))
    else:
        blocks.append(Paragraph(typo(_("Rien n’a encore été gardé de cette rencontre."))))
    blocks += _unsettled(facts, most=MOST_UNSETTLED, always=True)
    blocks.append(Heading(_("Et ensuite"), 2))
    ahead = announced(facts)  # what was decided is at the top
    blocks.append(
        Items(tuple(ahead[:5]))
        if ahead
        else Paragraph(typo(_("Aucune autre rencontre n’est annoncée pour le moment.")))
    )
    blocks += _cycle_short(facts)
    lacks = lacks_of(facts, silent=False)  # which workshops kept nothing is said above
    if lacks:
        blocks += [Heading(typo(_("Ce que ce document ne sait pas")), 2), Items(tuple(lacks))]
    blocks += [*_read_more(facts), *_end(facts)]
    return _document(facts, house, tuple(blocks), _("Synthèse"), pages=2)


def _document(
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
        blocks=with_sigles(blocks),
        pages=pages,
    )


def _warning(facts: Mapping[str, Any]) -> Iterator[Block]:
    if facts["rehearsal"]:
        yield Note(
            typo(
                _(
                    "Ce document vient d’une répétition : des robots ont joué les ateliers. Rien de ce qui y est dit "
                    "n’a été décidé, et il n’est pas fait pour être publié."
                )
            ),
            title=_("Répétition"),
            tone="warn",
        )


def day_numbers(facts: Mapping[str, Any]) -> Iterator[Block]:
    came = facts["came"]
    present = (
        ("personne présente", "personnes présentes")
        if came["attendance_taken"]
        else ("personne inscrite", "personnes inscrites")
    )
    decisions = kept_count(facts)
    registered = came["registered"] if came["attendance_taken"] else 0  # said apart: who was awaited, who came
    counted = (
        (came["total"], *present),
        (registered, "personne inscrite", "personnes inscrites"),
        (len(came["organisations"]), "structure", "structures"),
        (sum(row["known"] for row in came["territories"]), "intercommunalité", "intercommunalités"),
        (len(workshops_of(facts)), "atelier", "ateliers"),
        (decisions, "phrase gardée", "phrases gardées"),
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
    headers = (_("Heure"), _("Moment"), _("Avec")) if timed else (_("Moment"), _("Avec"))
    yield Table(_("Le programme"), headers, tuple(rows), widths=(2, 4, 6) if timed else (2, 3))


def _workshop(workshop: Mapping[str, Any], house: House) -> Iterator[Block]:
    number = workshop["number"]
    yield Heading(f"{number}. {workshop['title']}" if number is not None else workshop["title"], 3)
    colour = workshop["colour"]
    about = (
        f"{SHAPES[colour]}\u00a0{workshop['colour_name']}" if colour in SHAPES else "",
        workshop["room"],
        workshop["territory"],
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


def _unsettled(facts: Mapping[str, Any], *, most: int = 100, always: bool = False) -> Iterator[Block]:
    """What the desk says is not settled, then where the rooms were divided. `always`: said when there is none."""
    marked, divided = open_of(facts), divided_of(facts)
    if marked or always:
        yield Heading(_("Ce qui n’est pas tranché"), 2)
        none = _("Personne n’a noté de question laissée ouverte.")
        yield _some(marked, most) if marked else Paragraph(typo(none))
    if divided or always:
        yield Heading(_("Là où les avis se partagent"), 2)
        none = _("Aucun vote ni aucune réponse n’a partagé une salle.")
        yield _some(divided, most) if divided else Paragraph(typo(none))


def _some(said: Sequence[str], most: int) -> Items:
    left = len(said) - most
    more = (typo(count(left, _("autre, dans le compte rendu."), _("autres, dans le compte rendu."), zero="")),)
    return Items((*said[:most], *(more if left > 0 else ())))


def _actions(facts: Mapping[str, Any], *, always: bool = False) -> Iterator[Block]:
    """What was decided, by whom, and where it is: those whose bearer agreed. `always`: said when there is none."""
    if not facts["actions"]:
        if always:
            yield Heading(_("Ce qui a été décidé"), 2)
            yield Paragraph(typo(_("Aucune action n’a été décidée, avec quelqu’un pour s’en charger.")))
        return
    rows = tuple(
        (
            action["what"],
            action["workshop"] or _("Toute la rencontre"),
            action["bearer"] or "–",
            action["due"] or "–",
            typo(" : ".join(part for part in (action["state"], action["outcome"]) if part)),
        )
        for action in facts["actions"]
    )
    headers = (_("Action"), _("Décidé dans"), _("Qui s’en charge"), _("Pour le"), _("Où en est-on"))
    yield Heading(_("Ce qui a été décidé : qui fait quoi, pour quand").replace(" :", "\u00a0:"), 2)
    yield Table(_("Ce qui a été décidé"), headers, rows, widths=(5, 3, 3, 2, 2))


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


def _end(facts: Mapping[str, Any]) -> Iterator[Block]:
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


# --- the summary ------------------------------------------------------------------------------------------------------


def fair(decisions: Sequence[Decision], most: int) -> list[Decision]:
    """So many, from as many groups as possible: the first of each, then the second… in their order."""
    rank: dict[str, int] = {}
    order = []
    for position, decision in enumerate(decisions):
        rank[decision.by] = rank.get(decision.by, 0) + 1
        order.append((rank[decision.by], position))
    kept = {position for _rank, position in sorted(order)[:most]}
    return [decision for position, decision in enumerate(decisions) if position in kept]


def _kept_by_place(facts: Mapping[str, Any], decisions: Sequence[Decision]) -> Iterator[Block]:
    """Each place once, above all that is told of it; a workshop that kept nothing is named too."""
    places: dict[str, list[Decision]] = {}
    for decision in decisions:
        places.setdefault(decision.by, []).append(decision)
    for by, told in places.items():
        yield Paragraph(told[0].about, lead=by)
        yield Items(tuple(typo(f"{each.text} ({each.told})") if each.told else each.text for each in told))
    silent = [quoted(name) for name in silent_of(facts)]
    if silent:
        yield Paragraph(typo(_("aucune phrase n’y a été gardée.")), lead=typo(join_words(silent)))


def _who_short(facts: Mapping[str, Any]) -> Iterator[Block]:
    """How many, of which kinds, from where. Who came and who had registered are never one number."""
    came = facts["came"]
    if not came["total"]:
        return
    yield Heading(typo(_("Qui était là") if came["attendance_taken"] else _("Qui était inscrit")), 2)
    categories = ", ".join(f"{row['name']} {row['count']}" for row in came["categories"])
    known = [row for row in came["territories"] if row["known"]]
    where = join_words([row["name"] for row in known[:6]])
    more = f", et {len(known) - 6} autres" if len(known) > 7 else ""
    places = " " + _("De {places}.").format(places=where + more) if known else ""
    if came["attendance_taken"]:
        people = _("{n} présentes, sur {registered} inscrites").format(
            n=came["sentence"], registered=came["registered"]
        )
        yield Paragraph(typo(f"{people} : {categories}.{places}"))
        return
    yield Paragraph(typo(f"{came['sentence']} : {categories}.{places}"))
    yield Paragraph(typo(_("Qui est vraiment venu n’a pas été noté.")))


def _read_more(facts: Mapping[str, Any]) -> Iterator[Block]:
    """What else there is, and where: never an address that is not open."""
    who = " – ".join(part for part in (facts["host"] or facts["space"], facts["contact"]) if part)
    said = [_("Le compte rendu complet de cette rencontre : à demander à {who}.").format(who=who)]
    if facts["page"]:
        said.append(
            _("La page publique de la vraie rencontre, où rien de cette répétition ne paraît : {page}")
            if facts["rehearsal"]
            else _("La page publique de la rencontre : {page}")
        )
    yield Heading(_("Pour en lire plus"), 2)
    yield Items(tuple(typo(sentence).format(page=facts["page"]) for sentence in said))


def _cycle_short(facts: Mapping[str, Any]) -> Iterator[Block]:
    if not facts["cycle"]:
        return
    yield Heading(_("Où en est le cycle"), 2)
    yield Items(
        tuple(
            typo(
                f"{meeting['date']} – {meeting['title']}"
                + (f" : {meeting['takeaways'][0]['text']}" if meeting["takeaways"] else "")
            )
            for meeting in facts["cycle"][-5:]
        )
    )
