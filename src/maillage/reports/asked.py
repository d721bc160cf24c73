"""What questionnaires found, in a report: facts from counts, then blocks. No text that somebody wrote."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.lib.typography import count, join_words, typo
from maillage.live.results import FLOOR
from maillage.questionnaires.enums import Moment, QuestionKind
from maillage.questionnaires.results import rows_of
from maillage.reports.blocks import Block, Heading, Paragraph
from maillage.reports.decided import quoted
from maillage.reports.figures import one_question

MOST_IN_ORDER = 8  # answers of a list, in the order they were proposed
MOST_NAMED = 4  # answers that nobody chose


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
    """Of a scale, each number in its order; of a list, what somebody chose, the most chosen first when it is long."""
    first = rows[0]
    scale = first["kind"] == QuestionKind.SCALE
    counted = [row for row in rows if row["count"] is not None and row["answered"]]
    shown = counted if scale else [row for row in counted if row["count"]]
    if len(counted) > MOST_IN_ORDER and not scale:
        shown.sort(key=lambda row: -row["count"])
    return {
        "label": typo(first["question"]),
        "several": first["kind"] == "choices",
        "low": typo(first["low"]),
        "high": typo(first["high"]),
        "answered": first["answered"],
        "never": [typo(row["option"]) for row in counted if row not in shown],
        "options": [
            {
                "label": typo(row["option"]),
                "count": row["count"],
                "share": round(100 * row["count"] / row["answered"]),
            }
            for row in shown
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
    never = question["never"]
    if len(never) > MOST_NAMED:
        said.append(count(len(never), "", _("réponses que personne n’a choisies"), zero=""))
    elif never:
        said.append(
            _("personne n’a choisi {labels}").format(labels=join_words([quoted(name) for name in never], last=_("ni")))
        )
    return typo(" ; ".join(said))
