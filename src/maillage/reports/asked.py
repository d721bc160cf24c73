"""What questionnaires found, in a report: facts from counts, then blocks. No text that somebody wrote."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.lib.typography import count, typo
from maillage.live.results import FLOOR
from maillage.questionnaires.enums import Moment
from maillage.questionnaires.results import rows_of
from maillage.reports.blocks import Block, Heading, Paragraph
from maillage.reports.figures import one_question


def questionnaire_facts(gathering: Gathering) -> list[dict[str, Any]]:
    """Those an organiser lets out, and that enough people answered."""
    found = []
    for _number, group in groupby(rows_of(gathering, closed=False), key=lambda row: row["questionnaire"]):
        rows = list(group)
        first = rows[0]
        found.append(
            {
                "title": typo(first["title"]),
                "moment": str(Moment(first["moment"]).label),
                "people": first["people"],
                "open": first["open"],
                "questions": [_question(list(same)) for _label, same in groupby(rows, key=lambda row: row["question"])],
            }
        )
    return found


def _question(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    return {
        "label": typo(first["question"]),
        "several": first["kind"] == "choices",
        "low": typo(first["low"]),
        "high": typo(first["high"]),
        "answered": first["answered"],
        "options": [
            {
                "label": typo(row["option"]),
                "count": row["count"],
                "share": round(100 * row["count"] / row["answered"]),
            }
            for row in rows
            if row["count"] is not None and row["answered"]
        ],
    }


def tell_questionnaires(facts: Mapping[str, Any], accent: str) -> Iterator[Block]:
    if not facts["questionnaires"]:
        return
    yield Heading(_("Ce que disent les questionnaires"), 2)
    for asked in facts["questionnaires"]:
        yield Heading(asked["title"], 3)
        said = count(asked["people"], _("personne a répondu"), _("personnes ont répondu"), zero="")
        words = [f"{asked['moment'].capitalize()}.", f"{said}."]
        if asked["open"]:
            words.append(_("On y répond encore : ces nombres changeront."))
        yield Paragraph(typo(" ".join(words)), tone="soft")
        silent = []
        for question in asked["questions"]:
            if not question["options"]:
                silent.append(question["label"])
                continue
            yield Heading(question["label"], 4)
            yield one_question(question, accent, caption=_caption(question))
        if silent:
            yield Paragraph(
                typo(
                    _("Moins de {n} réponses, rien n’est dit : {questions}.").format(
                        n=FLOOR, questions=" ; ".join(f"« {label} »" for label in silent)
                    )
                ),
                tone="soft",
            )


def _caption(question: Mapping[str, Any]) -> str:
    said = [count(question["answered"], _("réponse"), _("réponses"), zero="")]
    if question["several"]:
        said.append(_("plusieurs choix possibles"))
    if question["low"] or question["high"]:
        first, last = question["options"][0]["label"], question["options"][-1]["label"]
        said.append(f"{first} : {question['low']}, {last} : {question['high']}")
    return typo(" ; ".join(said))
