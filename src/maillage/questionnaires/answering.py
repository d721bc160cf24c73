"""Answers, as they come: from a page, or typed from a sheet of paper. Who answered is marked apart, without a date."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from maillage.live.results import FLOOR
from maillage.questionnaires.branching import applicable
from maillage.questionnaires.enums import Way
from maillage.questionnaires.links import lookup_of, new_secret
from maillage.questionnaires.models import Answer, Invitation, Question, Questionnaire, Response
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.queries import asked as asked_of
from maillage.questionnaires.services import QuestionnaireRefused, log
from maillage.registrations.models import Registration

Given = Mapping[UUID, Sequence[str]]


class AlreadyAnswered(QuestionnaireRefused):
    """By this personal link, from another page."""


@dataclass(frozen=True)
class Saved:
    response: Response
    ignored: tuple[Question, ...]  # answered, and not for this person


@transaction.atomic
def save_answers(
    *,
    questionnaire: Questionnaire,
    given: Given,
    secret: str,
    now: dt.datetime,
    registration: Registration | None = None,
) -> Saved:
    """The same page sent twice, or sent again with other answers, is one response. `registration`: by the personal
    link, which then is marked as used; nothing says by which response."""
    locked = Questionnaire.objects.select_for_update().select_related("gathering").get(pk=questionnaire.pk)
    door = door_of(locked, now)
    if not door.enters:
        raise QuestionnaireRefused(door.sentence)
    known = Response.objects.filter(lookup=lookup_of(secret)).first()
    if known is not None and known.questionnaire_id != locked.pk:
        raise QuestionnaireRefused(
            _("Cette page a déjà servi pour un autre questionnaire : ouvrez de nouveau son lien, puis répondez.")
        )
    if registration is not None:
        _mark_answered(locked, registration, again=known is not None)
    response = known or Response.objects.create(questionnaire=locked, lookup=lookup_of(secret))
    saved = _write(response, given)
    _count_together(locked)
    return saved


def _count_together(questionnaire: Questionnaire) -> None:
    waiting = questionnaire.responses.filter(counted=False)
    if waiting.count() >= FLOOR:
        waiting.update(counted=True)


def _mark_answered(questionnaire: Questionnaire, registration: Registration, *, again: bool) -> None:
    invitation, _made = Invitation.objects.select_for_update().get_or_create(
        questionnaire=questionnaire, registration=registration
    )
    if invitation.answered and not again:
        raise AlreadyAnswered(
            _(
                "On a déjà répondu avec ce lien. Pour corriger, ouvrez l’adresse que la page vous avait donnée : nous "
                "ne savons pas quelles réponses sont les vôtres."
            )
        )
    if not invitation.answered:
        invitation.answered = True
        invitation.save(update_fields=["answered"])


def _write(response: Response, given: Given) -> Saved:
    """What is not for this person is left out, and said."""
    questions = asked_of(response.questionnaire)
    said = {pk: [value for value in values if value] for pk, values in given.items()}
    mine = applicable(questions, said)
    kept = {question.pk: said[question.pk] for question in questions if question.pk in mine and said.get(question.pk)}
    old = {answer.question_id: answer for answer in response.answers.filter(question__in=questions)}
    for pk, values in kept.items():
        if pk not in old:
            Answer.objects.create(response=response, question_id=pk, values=values)
        elif old[pk].values != values:
            old[pk].values, old[pk].hidden = values, False
            old[pk].save(update_fields=["values", "hidden"])
    response.answers.filter(question__in=[pk for pk in old if pk not in kept]).delete()
    ignored = tuple(question for question in questions if said.get(question.pk) and question.pk not in mine)
    return Saved(response, ignored)


def answers_of(response: Response) -> dict[UUID, list[str]]:
    return dict(response.answers.values_list("question", "values"))


# Paper


def next_number(questionnaire: Questionnaire) -> int:
    """To write in the corner of the sheet, so that it is found again in the pile."""
    last = questionnaire.responses.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@transaction.atomic
def enter_sheet(*, questionnaire: Questionnaire, given: Given, number: int, by: object) -> Saved:
    """Closed or not: sheets are typed the day after. The same number twice is refused: it is the same sheet."""
    locked = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    if locked.responses.filter(number=number).exists():
        raise QuestionnaireRefused(
            _("La feuille {n} est déjà saisie : elle n’est pas comptée deux fois.").format(n=number)
        )
    response = Response.objects.create(
        questionnaire=locked,
        lookup=lookup_of(new_secret()),
        way=Way.PAPER,
        number=number,
        typed_by=str(by)[:200],
        counted=True,  # whoever types it has read it
    )
    return _write(response, given)


@transaction.atomic
def change_sheet(*, response: Response, given: Given) -> Saved:
    return _write(response, given)


@transaction.atomic
def remove_sheet(*, response: Response, by: object) -> None:
    """A sheet typed by mistake, or twice."""
    if response.way != Way.PAPER:
        raise ValueError("only what was typed from paper is taken back by somebody else")
    log(response.questionnaire, by, "remove-sheet", str(response.number))
    response.delete()


def set_hidden(*, answer: Answer, hidden: bool, by: object) -> None:
    """A text that names somebody, or hurts: out of every list and file, and back if it was a mistake."""
    if answer.hidden != hidden:
        answer.hidden = hidden
        answer.save(update_fields=["hidden"])
        log(answer.response.questionnaire, by, "hide-text" if hidden else "show-text")
