"""The organiser's page of the questions: add, change, order, remove, bring back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.questionnaires.access import fetch_questionnaire
from maillage.questionnaires.answer_fields import condition_sentence
from maillage.questionnaires.forms import QuestionForm
from maillage.questionnaires.models import Question, Questionnaire
from maillage.questionnaires.queries import asked, condition_words, everything_asked, numbers_of
from maillage.questionnaires.questions import (
    MOST_QUESTIONS,
    add_question,
    bring_back_question,
    change_question,
    move_question,
    remove_question,
)
from maillage.questionnaires.services import QuestionnaireRefused
from maillage.registrations.questions import sensitive_word


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def questions(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    form = QuestionForm(request.POST or None, questions=asked(found))
    if request.method == "POST" and form.is_valid():
        try:
            question = add_question(questionnaire=found, by=request.user, **form.facts)
        except QuestionnaireRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("La question est ajoutée."))
            _warn(request, question)
            return redirect("questionnaires:questions", gathering_id, found.pk)
    rows = everything_asked(found)
    now = [row for row in rows if row.removed_at is None]
    numbers = numbers_of(now)
    context = {
        "questionnaire": found,
        "gathering": found.gathering,
        "form": form,
        "asked": [(row, _condition(row, numbers)) for row in now],
        "removed": [row for row in rows if row.removed_at is not None],
        "full": len(now) >= MOST_QUESTIONS,
    }
    return render(request, "questionnaires/questions.html", context, status=422 if form.errors else 200)


def _condition(question: Question, numbers: dict[UUID, int]) -> str:
    said = condition_words(question, numbers)
    return condition_sentence(*said) if said else ""


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def change(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, question_id: UUID) -> HttpResponse:
    found, row = _question(request, gathering_id, questionnaire_id, question_id)
    shown = _question(request, gathering_id, questionnaire_id, question_id)[1]
    form = QuestionForm(request.POST or None, instance=shown, questions=asked(found))
    if request.method == "POST" and form.is_valid():
        try:
            change_question(question=row, by=request.user, **form.facts)
        except QuestionnaireRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("La question est changée."))
            _warn(request, row)
            return redirect("questionnaires:questions", gathering_id, found.pk)
    context = {"questionnaire": found, "gathering": found.gathering, "question": row, "form": form}
    return render(
        request,
        "questionnaires/question.html",
        {**context, "answered": row.answers.count()},
        status=422 if form.errors else 200,
    )


@require_POST
@needs(Need.ORGANISE)
def move(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, question_id: UUID) -> HttpResponse:
    found, row = _question(request, gathering_id, questionnaire_id, question_id)
    try:
        move_question(question=row, up=request.POST.get("to") == "up", by=request.user)
    except QuestionnaireRefused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("questionnaires:questions", gathering_id, found.pk)


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, question_id: UUID) -> HttpResponse:
    found, row = _question(request, gathering_id, questionnaire_id, question_id)
    try:
        gone = remove_question(question=row, by=request.user)
    except QuestionnaireRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = (
            _("« {label} » est effacée.")
            if gone
            else _("« {label} » n’est plus demandée. Les réponses données restent dans les résultats.")
        )
        messages.success(request, said.format(label=row.label))
    return redirect("questionnaires:questions", gathering_id, found.pk)


@require_POST
@needs(Need.ORGANISE)
def return_(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, question_id: UUID) -> HttpResponse:
    found, row = _question(request, gathering_id, questionnaire_id, question_id)
    try:
        bring_back_question(question=row, by=request.user)
    except QuestionnaireRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("« {label} » est de nouveau demandée, en dernier.").format(label=row.label))
    return redirect("questionnaires:questions", gathering_id, found.pk)


def _question(
    request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, question_id: UUID
) -> tuple[Questionnaire, Question]:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    row = found.questions.select_related("questionnaire__gathering__space", "after").filter(pk=question_id).first()
    if row is None:
        raise Http404(_("Cette question n’existe plus."))
    return found, row


def _warn(request: HttpRequest, question: Question) -> None:
    word = sensitive_word(" ".join([question.label, question.help, *question.labels.values()]))
    if word:
        messages.warning(
            request,
            _(
                "« {word} » : si cette question touche à la santé, à la religion, aux opinions ou à l’origine, "
                "retirez-la, même sans nom."
            ).format(word=word),
        )
