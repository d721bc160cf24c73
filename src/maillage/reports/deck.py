"""The slides of the plenary: one a workshop, from what the rooms pinned and kept so far, ready while they work."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from maillage.lib.typography import count, join_words, typo
from maillage.people.style import House
from maillage.reports.decided import about_words, divided_words, next_of, workshop_words
from maillage.reports.figures import chosen_of, draw_choices, draw_pot, pot_ends

MOST_SENTENCES = 5  # on a slide: more are not read from the back of a room
LONGEST = 260  # letters of a sentence on a slide; the report has it whole
MOST_VOTES = 3  # beside a drawing: more run out of the slide
MOST_BARS = 6  # of a drawing on a slide
SLIDE = 320  # units across its drawing: letters of 13 mm on a screen of 3 m
SLIDE_CURVE = 430
ON_LINE = 6  # moments named on the first slide


def deck_facts(facts: Mapping[str, Any], house: House) -> dict[str, Any]:
    now = timezone.localtime()
    slides = [
        _workshop_slide(moment["title"], workshop, house)
        for moment in facts["rounds"]
        for workshop in moment["workshops"]
    ]
    if facts["takeaways"]:
        slides.append(_slide([facts["title"]], _("À retenir de la journée"), facts["takeaways"], ""))
    ahead = next_of(facts)
    if ahead:
        said = [{"text": sentence, "released": False, "unsettled": False} for sentence in ahead]
        slides.append(_slide([facts["title"]], _("Et ensuite"), said, ""))
    moments = join_words([moment["title"] for moment in facts["rounds"][:ON_LINE]])
    return {
        "title": typo(_("Retour sur les ateliers – {title}").format(title=facts["title"])),
        "description": typo(_("Les diapositives de la plénière : ce que chaque atelier a gardé.")),
        "house": house.as_data(),
        "heading": typo(_("Retour sur les ateliers")),
        "eyebrow": " · ".join(part for part in (facts["title"], facts["date"], facts["place"]) if part),
        "title-line": moments,
        "warning": typo(_("Répétition : rien de ceci n’a été dit à la vraie rencontre.")) if facts["rehearsal"] else "",
        "state": typo(
            _("État du {day} à {hour} : {state}").format(
                day=formats.date_format(now, "j F"),
                hour=f"{now.hour}\u00a0h\u00a0{now.minute:02d}",
                state=_state(facts),
            )
        ),
        "foot": " · ".join(
            part for part in (_("Répétition") if facts["rehearsal"] else "", house.name, facts["date"]) if part
        ),
        "slides": slides,
    }


def _state(facts: Mapping[str, Any]) -> str:
    rooms = [workshop["results"]["status"] for moment in facts["rounds"] for workshop in moment["workshops"]]
    going = sum(status in ("running", "paused") for status in rooms)
    if not going:
        return _("aucun atelier n’est en cours.")
    return count(going, _("atelier encore en cours."), _("ateliers encore en cours."), zero="")


def _workshop_slide(moment: str, workshop: Mapping[str, Any], house: House) -> dict[str, Any]:
    results = workshop["results"]
    kept = [
        {"text": card["text"], "released": False, "unsettled": False, "more": card["marked"]}
        for card in results["kept"]
    ]
    going = results["status"] in ("running", "paused")
    eyebrow = [moment, workshop["room"], _("en cours") if going else ""]
    empty = _("Rien n’est encore épinglé ni gardé.") if going else _("Aucune phrase n’a été gardée.")
    slide = _slide([part for part in eyebrow if part], workshop_words(workshop), [*workshop["takeaways"], *kept], empty)
    slide["colour"], slide["under"] = workshop["colour"], about_words(workshop)
    figure, votes = _picture(results, house)
    slide["figure"], slide["votes"] = figure, votes
    return slide


def _slide(eyebrow: Sequence[str], title: str, rows: Sequence[Mapping[str, Any]], empty: str) -> dict[str, Any]:
    shown, left = rows[:MOST_SENTENCES], len(rows) - MOST_SENTENCES
    return {
        "eyebrow": list(eyebrow),
        "title": title,
        "colour": "",
        "under": "",
        "sentences": [
            {
                "text": _cut(row["text"]),
                "more": _more(row),
            }
            for row in shown
        ],
        "left": typo(
            count(left, _("autre phrase dans le compte rendu"), _("autres phrases dans le compte rendu"), zero="")
        )
        if left > 0
        else "",
        "empty": "" if rows else typo(empty),
        "figure": None,
        "votes": [],
    }


def _more(row: Mapping[str, Any]) -> str:
    told = typo(_("confié par la personne qui a apporté son sujet")) if row["released"] else row.get("more", "")
    return " · ".join(part for part in (_("non tranché") if row["unsettled"] else "", told) if part)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + "…"


def _picture(results: Mapping[str, Any], house: House) -> tuple[dict[str, Any] | None, list[str]]:
    """One drawing a slide, the first that speaks: criteria that divide, or a pot. Votes are said in words."""
    votes = [
        typo(
            f"{vote['title']} : "
            + ", ".join(f"{option['label']} {option['count']}" for option in vote["options"])
            + f". {vote['movement']}"
        ).strip()
        for vote in results["votes"]
    ]
    left = len(votes) - MOST_VOTES
    if left > 0:
        more = count(left, _("autre vote dans le compte rendu"), _("autres votes dans le compte rendu"), zero="")
        votes = [*votes[:MOST_VOTES], typo(f"{more}.")]
    divided = divided_words(results["questions"])
    if divided:
        votes.append(typo(_("Ce qui partage la salle : {questions}.").format(questions=divided)))
    for question in results["choices"]:
        drawn = draw_choices(question, house.accent, most=MOST_BARS, width=SLIDE)
        said = ", ".join(f"{option['label']} {option['count']}" for option in chosen_of(question)[:MOST_BARS])
        return {"svg": drawn.svg, "alt": typo(f"Barres : {said}."), "caption": question["label"]}, votes
    if results["pot"] and results["pot"]["rounds"]:
        drawn = draw_pot(results["pot"], house.accent, width=SLIDE_CURVE)
        alt = typo(f"Courbe de la part donnée au pot, du premier tour au dernier : {pot_ends(results['pot'])}.")
        return {"svg": drawn.svg, "alt": alt, "caption": typo(_("Part donnée au pot, tour après tour"))}, votes
    return None, votes
