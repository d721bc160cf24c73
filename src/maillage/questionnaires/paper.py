"""The paper twin: the questions on sheets to print, with their numbers, and whom each is for."""

from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.words import date_words, place_words
from maillage.lib.codes import spaced_code
from maillage.lib.qr import qr_svg
from maillage.lib.typography import typo
from maillage.lib.typst import compile_pdf
from maillage.people.style import house_of
from maillage.questionnaires.answer_fields import condition_sentence
from maillage.questionnaires.links import common_path
from maillage.questionnaires.models import Questionnaire
from maillage.questionnaires.queries import asked, condition_words, numbers_of

LINES = 3  # to write on


def make_sheet(questionnaire: Questionnaire, base: str) -> bytes:
    return compile_pdf("questionnaires/typst/sheet.typ", sheet_facts(questionnaire, base))


def sheet_facts(questionnaire: Questionnaire, base: str) -> dict[str, Any]:
    gathering = questionnaire.gathering
    questions = asked(questionnaire)
    numbers = numbers_of(questions)
    link = base + common_path(questionnaire)
    facts = []
    for question in questions:
        condition = condition_words(question, numbers)
        facts.append(
            {
                "kind": question.kind,
                "part": typo(question.part),
                "number": numbers[question.pk],
                "label": typo(question.label),
                "help": typo(question.help),
                "options": [typo(option["label"]) for option in question.options],
                "low": typo(question.low),
                "high": typo(question.high),
                "lines": LINES,
                "condition": condition_sentence(*condition) if condition else "",
            }
        )
    return {
        "house": house_of(gathering.space).as_data(),
        "title": typo(questionnaire.title),
        "about": " · ".join(
            part for part in (typo(gathering.title), date_words(gathering), typo(place_words(gathering))) if part
        ),
        "welcome": typo(questionnaire.welcome),
        "space": typo(gathering.space.name),
        "questions": facts,
        "qr": qr_svg(link, title=_("Code à scanner pour répondre"), many=True),
        "link": link.partition("://")[2].rstrip("/"),
        "code": spaced_code(questionnaire.code),
    }
