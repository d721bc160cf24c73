"""The questions of a questionnaire: add, change, order, remove, bring back.

Once somebody answered a question, its words, its answers and its condition stay: a number would no longer say what was
asked. Capitals, accents and punctuation are still mended, and what is written under it. Decision 0019 says why.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.lib.matching import fold
from maillage.questionnaires.models import Question, Questionnaire
from maillage.questionnaires.queries import asked as asked_of
from maillage.questionnaires.services import QuestionnaireRefused, log

MOST_QUESTIONS = 30
FIXED = ("kind", "low", "high", "after", "after_answers")  # once answered


@transaction.atomic
def add_question(*, questionnaire: Questionnaire, by: object, **facts: Any) -> Question:
    """`facts`: part, kind, label, help, options (words), low, high, required, after, after_answers."""
    _lock(questionnaire)
    asked = asked_of(questionnaire)
    if len(asked) >= MOST_QUESTIONS:
        raise QuestionnaireRefused(
            _("{n} questions suffisent : retirez-en une d’abord. Un long questionnaire décourage.").format(
                n=MOST_QUESTIONS
            )
        )
    words = facts.pop("options")
    question = Question(questionnaire=questionnaire, position=_last(questionnaire) + 1, **facts)
    question.options = numbered(words, [])
    _refuse_twin(question, asked)
    question.save()
    log(questionnaire, by, "add-question", question.label)
    return question


@transaction.atomic
def change_question(*, question: Question, by: object, **facts: Any) -> None:
    _lock(question.questionnaire)
    stored = Question.objects.get(pk=question.pk)
    words = facts.pop("options")
    number = stored.answers.count()
    if number:
        _refuse_new_meaning(stored, facts, words, number)
    for name, value in facts.items():
        setattr(stored, name, value)
    stored.options = numbered(words, stored.options)
    _refuse_broken_followers(stored)
    _refuse_twin(stored, asked_of(stored.questionnaire))
    stored.save()
    log(stored.questionnaire, by, "change-question", stored.label)


def numbered(words: Sequence[str], known: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """An answer keeps its identity with its words, accents aside; a new one takes a number nothing had."""
    ids = {fold(option["label"]): option["id"] for option in known}
    taken = [int(option["id"]) for option in known if option["id"].isdecimal()]
    after = max(taken, default=0)
    found = []
    for word in words:
        id_ = ids.get(fold(word))
        if id_ is None:
            after += 1
            id_ = str(after)
        found.append({"id": id_, "label": word})
    return found


def _refuse_new_meaning(stored: Question, facts: dict[str, Any], words: Sequence[str], number: int) -> None:
    same = (
        fold(facts.get("label", stored.label)) == fold(stored.label)
        and [fold(word) for word in words] == [fold(label) for label in stored.labels.values()]
        and all(facts.get(name, getattr(stored, name)) == getattr(stored, name) for name in FIXED)
    )
    if not same:
        raise QuestionnaireRefused(
            ngettext(
                "{n} personne a déjà répondu à cette question : ses mots, ses réponses et sa condition ne changent "
                "plus, les nombres diraient autre chose que ce qui a été demandé. Les accents et la ponctuation se "
                "corrigent ; pour demander autre chose, retirez-la et ajoutez-en une.",
                "{n} personnes ont déjà répondu à cette question : ses mots, ses réponses et sa condition ne changent "
                "plus, les nombres diraient autre chose que ce qui a été demandé. Les accents et la ponctuation se "
                "corrigent ; pour demander autre chose, retirez-la et ajoutez-en une.",
                number,
            ).format(n=number),
            "label",
        )


def _refuse_broken_followers(question: Question) -> None:
    """An answer that leads to another question does not go away under it."""
    ids = {option["id"] for option in question.options}
    broken = [row for row in _followers(question) if not ids.issuperset(row.after_answers)]
    if broken:
        raise QuestionnaireRefused(
            _("« {label} » n’est demandée qu’après l’une de ces réponses : changez d’abord sa condition.").format(
                label=broken[0].label
            ),
            "options_text",
        )


def _followers(question: Question) -> list[Question]:
    return list(question.followers.filter(removed_at__isnull=True))


@transaction.atomic
def remove_question(*, question: Question, by: object) -> bool:
    """Asked no more. True: it is gone, nobody had answered; False: what was answered stays, and it may come back."""
    _lock(question.questionnaire)
    followers = _followers(question)
    if followers:
        raise QuestionnaireRefused(
            _("« {label} » n’est demandée qu’après une réponse à celle-ci : changez d’abord sa condition.").format(
                label=followers[0].label
            )
        )
    log(question.questionnaire, by, "remove-question", question.label)
    if question.answers.exists():
        question.removed_at = timezone.now()
        question.save(update_fields=["removed_at"])
        return False
    question.followers.update(after=None, after_answers=[])  # those removed before
    question.delete()
    return True


@transaction.atomic
def bring_back_question(*, question: Question, by: object) -> None:
    """Asked again, last."""
    _lock(question.questionnaire)
    if question.removed_at is None:
        return
    asked = asked_of(question.questionnaire)
    if len(asked) >= MOST_QUESTIONS:
        raise QuestionnaireRefused(_("{n} questions suffisent : retirez-en une d’abord.").format(n=MOST_QUESTIONS))
    if question.after_id and question.after_id not in {row.pk for row in asked}:
        raise QuestionnaireRefused(_("La question dont elle dépend n’est plus demandée : remettez-la d’abord."))
    _refuse_twin(question, asked)
    question.removed_at, question.position = None, _last(question.questionnaire) + 1
    question.save(update_fields=["removed_at", "position"])
    log(question.questionnaire, by, "bring-back-question", question.label)


@transaction.atomic
def move_question(*, question: Question, up: bool, by: object) -> None:
    """One place; at the end of the list nothing changes. A question stays after the one it depends on."""
    _lock(question.questionnaire)
    asked = asked_of(question.questionnaire)
    here = next((n for n, each in enumerate(asked) if each.pk == question.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(asked):
        return
    first, second = (asked[there], asked[here]) if up else (asked[here], asked[there])
    if second.after_id == first.pk:
        raise QuestionnaireRefused(
            _("« {second} » n’est demandée qu’après une réponse à « {first} » : elle reste après elle.").format(
                second=second.label, first=first.label
            )
        )
    asked[here], asked[there] = asked[there], asked[here]
    for position, each in enumerate(asked, start=1):
        each.position = position
    Question.objects.bulk_update(asked, ["position"])
    log(question.questionnaire, by, "move-question", question.label)


def _lock(questionnaire: Questionnaire) -> None:
    Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)  # two organisers, or an answer that arrives


def _last(questionnaire: Questionnaire) -> int:
    return max(questionnaire.questions.values_list("position", flat=True), default=0)


def _refuse_twin(question: Question, asked: Sequence[Question]) -> None:
    twin = next((each for each in asked if each.pk != question.pk and fold(each.label) == fold(question.label)), None)
    if twin is not None:
        raise QuestionnaireRefused(_("« {label} » est déjà demandé.").format(label=twin.label), "label")
