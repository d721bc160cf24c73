"""What a questionnaire found: counts, texts without an author in an order that says nothing, one question by another.

A question that fewer than FLOOR people answered shows no number, a questionnaire of fewer than FLOOR no text.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.lib.typography import NARROW, count, join_words, typo
from maillage.live.results import FLOOR
from maillage.questionnaires.crossing import CrossTable, cross, too_small
from maillage.questionnaires.enums import QuestionKind
from maillage.questionnaires.models import Answer, PublishedResults, Question, Questionnaire, Response
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.queries import everything_asked, numbers_of, questionnaires_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Text:
    answer: UUID
    words: str
    hidden: bool


@dataclass(frozen=True)
class QuestionResult:
    question: Question
    number: int
    answered: int
    options: tuple[Row, ...]  # {"id", "label", "count", "share"}; empty under the floor, or of texts
    texts: tuple[Text, ...]
    enough: bool  # people, to show anything

    @property
    def words(self) -> str:
        """What the drawing says."""
        said = count(self.answered, _("réponse"), _("réponses"), zero=_("aucune réponse"))
        if not self.options:
            return typo(f"{said}.")
        most = max(option["count"] for option in self.options)
        first = [option for option in self.options if option["count"] == most]
        names = join_words([f"« {option['label']} »" for option in first])
        return typo(
            _("{said}. Le plus souvent : {names} ({most}, {share}{narrow}%).").format(
                said=said, names=names, most=most, share=first[0]["share"], narrow=NARROW
            )
        )


def counted(questionnaire: Questionnaire) -> QuerySet[Response]:
    """While somebody may still answer, those counted by FLOOR at once; all of them once it is over."""
    rows = questionnaire.responses.all()
    return rows if is_over(questionnaire) else rows.filter(counted=True)


def results_of(questionnaire: Questionnaire) -> list[QuestionResult]:
    """Question by question, those asked no more last."""
    given: dict[UUID, list[Answer]] = {}
    for answer in Answer.objects.filter(response__in=counted(questionnaire)):
        given.setdefault(answer.question_id, []).append(answer)
    questions = everything_asked(questionnaire)
    numbers = numbers_of(questions)
    people = counted(questionnaire).count()
    return [_result(question, numbers[question.pk], given.get(question.pk, []), people) for question in questions]


def _result(question: Question, number: int, answers: list[Answer], people: int) -> QuestionResult:
    """A text points at one of all those who answered anything; a number, at one of those who answered this."""
    total = len(answers)
    if (people if question.kind == QuestionKind.TEXT else total) < FLOOR:
        return QuestionResult(question, number, total, (), (), enough=False)
    if question.kind == QuestionKind.TEXT:
        texts = [Text(answer.pk, "\n".join(answer.values), answer.hidden) for answer in answers]
        texts.sort(key=lambda text: _shuffled(text.words))
        return QuestionResult(question, number, total, (), tuple(texts), enough=True)
    counts = Counter(value for answer in answers for value in answer.values)
    options = tuple(
        {**option, "count": counts[option["id"]], "share": round(100 * counts[option["id"]] / total)}
        for option in question.options
    )
    return QuestionResult(question, number, total, options, (), enough=True)


def _shuffled(text: str) -> str:
    """An order that says nothing of who wrote, nor when."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# One by another


class CannotCross(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def crossable(questionnaire: Questionnaire) -> list[tuple[int, Question]]:
    questions = everything_asked(questionnaire)
    numbers = numbers_of(questions)
    return [(numbers[row.pk], row) for row in questions if row.kind != QuestionKind.TEXT]


def cross_of(questionnaire: Questionnaire, row: Question, column: Question) -> tuple[Question, Question, CrossTable]:
    """The rows, the columns, the table: a question that takes several answers always makes the columns."""
    if row.pk == column.pk:
        raise CannotCross(_("Choisissez deux questions différentes."))
    if row.kind == QuestionKind.CHOICES and column.kind == QuestionKind.CHOICES:
        raise CannotCross(_("Ces deux questions acceptent plusieurs réponses : croisez-en une avec un choix unique."))
    if row.kind == QuestionKind.CHOICES:
        row, column = column, row
    said: dict[UUID, dict[UUID, list[str]]] = {}
    rows = Answer.objects.filter(response__in=counted(questionnaire), question__in=[row.pk, column.pk])
    for response, question, values in rows.values_list("response", "question", "values"):
        said.setdefault(response, {})[question] = values
    pairs = [
        (both[row.pk][0], [id_ for id_ in both[column.pk] if id_ in column.labels])
        for both in said.values()
        if row.pk in both and column.pk in both and both[row.pk][0] in row.labels
    ]
    pairs = [(first, others) for first, others in pairs if others]
    table = cross(
        pairs,
        rows=list(row.labels),
        columns=list(column.labels),
        several=column.kind == QuestionKind.CHOICES,
    )
    if table is None:
        raise CannotCross(
            _(
                "Trop peu de personnes ont répondu aux deux, ou leurs réponses se ressemblent trop : rien "
                "n’est montré, pour que personne ne soit reconnu."
            )
        )
    return row, column, table


def line_words(ids: tuple[str, ...], question: Question) -> str:
    """« oui » ; several answers counted together: « oui ou non »."""
    labels = [question.labels.get(id_, "") for id_ in ids]
    return typo(join_words(labels, last=_("ou")))


# What leaves


def rows_of(gathering: Gathering, *, closed: bool) -> list[Row]:
    """For the report (`closed`: False) and the archive, which waits for the end: counts of what an organiser lets out.

    A line an option; a question below the floor is one line without a number; a text is none. What came in a public
    archive comes last, as the archive said it.
    """
    found: list[Row] = []
    number = 0
    for questionnaire in questionnaires_of(gathering).filter(told=True):
        people = counted(questionnaire).count()
        if people < FLOOR or (closed and not is_over(questionnaire)):
            continue
        number += 1
        base = {
            "questionnaire": number,
            "title": questionnaire.title,
            "moment": questionnaire.moment,
            "people": people,
            "open": not is_over(questionnaire),
        }
        for result in results_of(questionnaire):
            if result.question.kind == QuestionKind.TEXT or (result.question.removed_at and not result.enough):
                continue
            found += [base | row for row in _rows(result, strict=closed)]
    kept = PublishedResults.objects.filter(gathering=gathering).values_list("rows", flat=True).first()
    return found + [row | {"questionnaire": row["questionnaire"] + number, "open": False} for row in kept or []]


def _rows(result: QuestionResult, *, strict: bool) -> list[Row]:
    """`strict`: anybody will read it, beside other numbers of the same day: a count below the floor is left out too."""
    asked = result.question
    about = {"question": asked.label, "kind": asked.kind, "low": asked.low, "high": asked.high}
    if not result.enough:
        return [about | {"option": "", "count": None, "answered": None}]
    counts = [option["count"] for option in result.options]
    several = asked.kind == QuestionKind.CHOICES
    hidden = too_small(counts, total=result.answered, several=several) if strict else set()
    return [
        about | {"option": label, "count": None if place in hidden else counts[place], "answered": result.answered}
        for place, label in enumerate(asked.labels.values())
    ]


def keep_rows(gathering: Gathering, rows: list[Row]) -> None:
    """Those of a public archive, as `rows_of` gave them."""
    PublishedResults.objects.update_or_create(gathering=gathering, defaults={"rows": rows})


def is_over(questionnaire: Questionnaire) -> bool:
    """Its numbers move no more: closed by its date, or by hand once somebody had answered."""
    return not door_of(questionnaire, timezone.now()).enters
