"""A pile of sheets typed in by keyboard: one page, one sheet, Enter, the next one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.questionnaires.access import fetch_questionnaire
from maillage.questionnaires.answer_fields import AnswerForm
from maillage.questionnaires.answering import answers_of, change_sheet, enter_sheet, next_number, remove_sheet
from maillage.questionnaires.enums import Way
from maillage.questionnaires.forms import SheetForm
from maillage.questionnaires.models import Questionnaire, Response
from maillage.questionnaires.queries import asked
from maillage.questionnaires.services import QuestionnaireRefused

LAST = 10  # sheets shown beside the form


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def entry(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    questions = asked(found)
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, questions=questions, on_paper=True)
    sheet = SheetForm(data, initial={"number": next_number(found)}, auto_id="%s", label_suffix="")
    if data is not None and form.is_valid() & sheet.is_valid():
        number = sheet.cleaned_data["number"]
        try:
            saved = enter_sheet(questionnaire=found, given=form.given, number=number, by=request.user)
        except QuestionnaireRefused as refusal:
            sheet.add_error("number", refusal.sentence)
        else:
            messages.success(request, _("Feuille {n} saisie.").format(n=number))
            if saved.ignored:
                messages.warning(request, _ignored(form, saved.ignored))
            return redirect("questionnaires:paper", gathering_id, found.pk)
    return _page(request, found, form, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def correction(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, response_id: UUID) -> HttpResponse:
    found, response = _sheet(request, gathering_id, questionnaire_id, response_id)
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, questions=asked(found), said=answers_of(response), on_paper=True)
    if data is not None and form.is_valid():
        saved = change_sheet(response=response, given=form.given)
        messages.success(request, _("La feuille {n} est corrigée.").format(n=response.number))
        if saved.ignored:
            messages.warning(request, _ignored(form, saved.ignored))
        return redirect("questionnaires:paper", gathering_id, found.pk)
    return _page(request, found, form, None, response)


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, response_id: UUID) -> HttpResponse:
    found, response = _sheet(request, gathering_id, questionnaire_id, response_id)
    number = response.number
    remove_sheet(response=response, by=request.user)
    messages.success(request, _("La saisie de la feuille {n} est annulée : elle n’est plus comptée.").format(n=number))
    return redirect("questionnaires:paper", gathering_id, found.pk)


def _page(
    request: HttpRequest,
    questionnaire: Questionnaire,
    form: AnswerForm,
    sheet: SheetForm | None,
    response: Response | None = None,
) -> HttpResponse:
    typed = questionnaire.responses.filter(way=Way.PAPER)
    context = {
        "questionnaire": questionnaire,
        "gathering": questionnaire.gathering,
        "form": form,
        "sheet": sheet,
        "response": response,
        "last": typed.order_by("-number")[:LAST],
        "typed": typed.count(),
    }
    faults = form.errors or (sheet is not None and sheet.errors)
    return render(request, "questionnaires/paper.html", context, status=422 if faults else 200)


def _ignored(form: AnswerForm, questions: tuple) -> str:  # type: ignore[type-arg]
    numbers = ", ".join(str(form.numbers[question.pk]) for question in questions)
    return _("Réponse non comptée : la question {numbers} ne s’adressait pas à cette personne.").format(numbers=numbers)


def _sheet(
    request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, response_id: UUID
) -> tuple[Questionnaire, Response]:
    """Only what was typed here: an answer given online is its author's."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    rows = found.responses.select_related("questionnaire__gathering__space")
    response = rows.filter(pk=response_id, way=Way.PAPER).first()
    if response is None:
        raise Http404(_("Cette feuille n’est plus là."))
    return found, response
