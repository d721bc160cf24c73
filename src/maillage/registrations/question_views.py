"""The organiser's page of their own questions: add, change, order, remove, bring back, erase."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.registrations.models import Question
from maillage.registrations.question_fields import QuestionForm
from maillage.registrations.questions import (
    MOST_QUESTIONS,
    QuestionRefused,
    add_question,
    bring_back_question,
    change_question,
    erase_question,
    move_question,
    questions_with_counts,
    remove_question,
    sensitive_word,
)
from maillage.registrations.views import organised_gathering


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def questions(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            question = add_question(gathering=found, by=request.user, **form.facts)
        except QuestionRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("La question est ajoutée au formulaire."))
            _warn(request, question)
            return redirect("registrations:questions", found.pk)
    rows = questions_with_counts(found)
    asked = [row for row in rows if row.removed_at is None]
    return render(
        request,
        "registrations/questions.html",
        {
            "gathering": found,
            "form": form,
            "asked": asked,
            "removed": [row for row in rows if row.removed_at is not None],
            "full": len(asked) >= MOST_QUESTIONS,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def change(request: HttpRequest, gathering: UUID, question: UUID) -> HttpResponse:
    found, row = _question(request, gathering, question)
    form = QuestionForm(request.POST or None, instance=_question(request, gathering, question)[1])
    if request.method == "POST" and form.is_valid():
        try:
            change_question(question=row, by=request.user, **form.facts)
        except QuestionRefused as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            messages.success(request, _("La question est changée. Les réponses déjà données restent."))
            _warn(request, row)
            return redirect("registrations:questions", found.pk)
    return render(
        request,
        "registrations/question.html",
        {"gathering": found, "question": row, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
@needs(Need.ORGANISE)
def move(request: HttpRequest, gathering: UUID, question: UUID) -> HttpResponse:
    found, row = _question(request, gathering, question)
    move_question(question=row, up=request.POST.get("to") == "up", by=request.user)
    return redirect("registrations:questions", found.pk)


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, gathering: UUID, question: UUID) -> HttpResponse:
    found, row = _question(request, gathering, question)
    remove_question(question=row, by=request.user)
    messages.success(
        request, _("« {label} » n’est plus demandé. Les réponses données sont gardées.").format(label=row.label)
    )
    return redirect("registrations:questions", found.pk)


@require_POST
@needs(Need.ORGANISE)
def return_(request: HttpRequest, gathering: UUID, question: UUID) -> HttpResponse:
    found, row = _question(request, gathering, question)
    try:
        bring_back_question(question=row, by=request.user)
    except QuestionRefused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("« {label} » est de nouveau demandé, en dernier.").format(label=row.label))
    return redirect("registrations:questions", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def erasure(request: HttpRequest, gathering: UUID, question: UUID) -> HttpResponse:
    """Answers do not come back: it is asked first."""
    found, row = _question(request, gathering, question)
    if request.method == "POST":
        number = erase_question(question=row, by=request.user)
        said = ngettext(
            "La question et {n} réponse sont effacées.", "La question et {n} réponses sont effacées.", number
        )
        messages.success(request, said.format(n=number) if number else _("La question est effacée."))
        return redirect("registrations:questions", found.pk)
    return render(
        request,
        "registrations/question_erasure.html",
        {"gathering": found, "question": row, "answered": row.answers.count()},
    )


def _question(request: HttpRequest, gathering: UUID, question: UUID) -> tuple[Gathering, Question]:
    found = organised_gathering(request, gathering)
    row = found.questions.select_related("gathering__space").filter(pk=question).first()
    if row is None:
        raise Http404(_("Cette question n’existe plus."))
    return found, row


def _warn(request: HttpRequest, question: Question) -> None:
    word = sensitive_word(" ".join([question.label, question.help, *question.choices]))
    if word:
        messages.warning(
            request,
            _(
                "« {word} » : si cette question touche à la santé, à la religion, aux opinions ou à l’origine, "
                "retirez-la. Un besoin se dit dans « Autres besoins », effacé le lendemain."
            ).format(word=word),
        )
