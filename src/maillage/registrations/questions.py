"""The organiser's own questions on a registration form, and what people answer. Never read by a run of the plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.lib.matching import fold
from maillage.office.services import record_activity
from maillage.registrations.enums import QuestionKind
from maillage.registrations.models import Answer, Question, Registration

MOST_QUESTIONS = 12  # asked at once: beyond, people give up
CHOOSING = (QuestionKind.ONE, QuestionKind.SEVERAL)
# Folded beginnings of words that announce what the law protects. « politique » is not one: the day is of that policy.
SENSITIVE = (
    *("sante", "maladi", "medic", "handicap", "allergi", "grossesse", "enceinte", "religi", "confession", "croyance"),
    *("syndicat", "syndiqu", "ethni", "nationalit", "sexu", "orientation sexuelle", "condamn", "casier judiciaire"),
    *("numero de securite sociale", "opinion politique", "opinions politiques", "parti politique"),
)


WITH_QUESTIONS = Prefetch("answers", Answer.objects.select_related("question"))  # for lists: `registration.answers.all`


class QuestionRefused(Exception):
    """A refusal a user can cause; `sentence` is for them, under `field` where it is of one."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


def questions_of(gathering: Gathering) -> QuerySet[Question]:
    """Those asked now, in their order."""
    return gathering.questions.filter(removed_at__isnull=True)


def questions_with_counts(gathering: Gathering) -> list[Question]:
    """All of them, those asked no more too; `answered` is how many answered."""
    return list(gathering.questions.annotate(answered=Count("answers")))


def answers_of(registrations: Iterable[Registration], *, at_desk: bool = False) -> dict[UUID, list[Answer]]:
    """What these people answered, in the questions' order; `at_desk`: only what the welcome may read. One query."""
    rows = Answer.objects.filter(registration__in=list(registrations)).select_related("question")
    if at_desk:
        rows = rows.filter(question__at_desk=True, question__removed_at__isnull=True)
    found: dict[UUID, list[Answer]] = {}
    for row in rows:
        found.setdefault(row.registration_id, []).append(row)
    return found


def sensitive_word(text: str) -> str:
    """The word of a question that announces what should not be asked, or ""."""
    folded = f" {fold(text)}"
    begun = next((word for word in SENSITIVE if f" {word}" in folded), "")
    return next((word for word in text.split() if begun and fold(word).startswith(begun.split()[0])), begun)


@transaction.atomic
def add_question(*, gathering: Gathering, by: object, **facts: Any) -> Question:
    """`facts`: kind, label, help, choices, required, at_desk."""
    Gathering.objects.select_for_update().get(pk=gathering.pk)  # two organisers may add the same one
    asked = list(questions_of(gathering))
    _refuse_many(asked)
    question = Question(gathering=gathering, position=_last(gathering) + 1, **facts)
    _refuse_twin(question, asked)
    question.save()
    _log(question, by, "add-question")
    return question


@transaction.atomic
def change_question(*, question: Question, by: object, **facts: Any) -> None:
    """What was answered stays as it was written. How one answers changes only as long as nobody did."""
    Gathering.objects.select_for_update().get(pk=question.gathering_id)
    answered = question.answers.count()
    if answered and facts.get("kind", question.kind) != question.kind:
        raise QuestionRefused(
            ngettext(
                "{n} personne a déjà répondu : la façon de répondre ne change plus. Retirez cette question et "
                "ajoutez-en une autre.",
                "{n} personnes ont déjà répondu : la façon de répondre ne change plus. Retirez cette question et "
                "ajoutez-en une autre.",
                answered,
            ).format(n=answered),
            "kind",
        )
    for name, value in facts.items():
        setattr(question, name, value)
    _refuse_twin(question, questions_of(question.gathering))
    question.save()
    _log(question, by, "change-question")


@transaction.atomic
def remove_question(*, question: Question, by: object) -> None:
    """Asked no more; its answers stay, and it may come back."""
    if question.removed_at is None:
        question.removed_at = timezone.now()
        question.save(update_fields=["removed_at"])
        _log(question, by, "remove-question")


@transaction.atomic
def bring_back_question(*, question: Question, by: object) -> None:
    """Asked again, last."""
    if question.removed_at is None:
        return
    Gathering.objects.select_for_update().get(pk=question.gathering_id)
    asked = list(questions_of(question.gathering))
    _refuse_many(asked)
    _refuse_twin(question, asked)
    question.removed_at, question.position = None, _last(question.gathering) + 1
    question.save(update_fields=["removed_at", "position"])
    _log(question, by, "bring-back-question")


@transaction.atomic
def erase_question(*, question: Question, by: object) -> int:
    """For good, with all its answers: how many."""
    number = question.answers.count()
    _log(question, by, "erase-question")
    question.delete()
    return number


@transaction.atomic
def move_question(*, question: Question, up: bool, by: object) -> None:
    """One place; at the end of the list nothing changes."""
    Gathering.objects.select_for_update().get(pk=question.gathering_id)
    asked = list(questions_of(question.gathering))
    here = next((n for n, each in enumerate(asked) if each.pk == question.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(asked):
        return
    asked[here], asked[there] = asked[there], asked[here]
    for position, each in enumerate(asked, start=1):
        each.position = position
    Question.objects.bulk_update(asked, ["position"])
    _log(question, by, "move-question")


def write_answers(registration: Registration, given: Mapping[UUID, Sequence[str]]) -> None:
    """`given`: question → what was answered; nothing takes the answer back. A question left out keeps its answer.

    In the transaction of who calls it.
    """
    asked = questions_of(registration.gathering).select_for_update()  # nobody erases one before its answer is stored
    known = asked.filter(pk__in=list(given)).values_list("pk", flat=True)
    said = {pk: [value for value in given[pk] if value] for pk in known}
    for pk, values in said.items():
        if values:
            Answer.objects.update_or_create(registration=registration, question_id=pk, defaults={"values": values})
    registration.answers.filter(question__in=[pk for pk, values in said.items() if not values]).delete()


def _last(gathering: Gathering) -> int:
    return max(gathering.questions.values_list("position", flat=True), default=0)


def _refuse_many(asked: Sequence[Question]) -> None:
    if len(asked) >= MOST_QUESTIONS:
        raise QuestionRefused(
            _("{n} questions suffisent : retirez-en une d’abord. Un formulaire long décourage.").format(
                n=MOST_QUESTIONS
            )
        )


def _refuse_twin(question: Question, asked: Iterable[Question]) -> None:
    twin = next((each for each in asked if each.pk != question.pk and fold(each.label) == fold(question.label)), None)
    if twin is not None:
        raise QuestionRefused(_("« {label} » est déjà demandé.").format(label=twin.label), "label")


def _log(question: Question, by: object, verb: str) -> None:
    """The question, never an answer."""
    gathering = question.gathering
    about = f"{gathering} – {question.label}"
    record_activity(space=gathering.space.slug, by=str(by), verb=verb, about=about, about_id=gathering.pk)


def copy_questions(*, gathering: Gathering, copy: Gathering, **_signal: object) -> None:
    """A gathering prepared from another asks what that one asks; nobody has answered yet."""
    asked = Question.objects.filter(gathering=gathering, removed_at=None)
    told = ("position", "kind", "label", "help", "choices", "required", "at_desk")
    Question.objects.bulk_create(
        Question(gathering=copy, **{name: getattr(question, name) for name in told}) for question in asked
    )
