"""The organiser's pages of a questionnaire: the list, its desk, its copy, its end, its preview and its papers."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.lib.codes import spaced_code
from maillage.lib.needs import Need, needs
from maillage.lib.qr import qr_svg
from maillage.questionnaires.access import fetch_questionnaire
from maillage.questionnaires.answer_fields import AnswerForm
from maillage.questionnaires.answer_views import answer_page
from maillage.questionnaires.forms import SettingsForm
from maillage.questionnaires.library import model_named, models
from maillage.questionnaires.links import common_path
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.paper import make_sheet
from maillage.questionnaires.queries import asked, letters_counts, questionnaires_of
from maillage.questionnaires.services import (
    MOST,
    QuestionnaireRefused,
    copy_questionnaire,
    gatherings_to_copy_to,
    make_questionnaire,
    remove_questionnaire,
    set_questionnaire,
)
from maillage.ui.addresses import public_address

EMPTY = "vide"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def questionnaires(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    if request.method == "POST":
        wanted = request.POST.get("model", "")
        model = model_named(wanted)
        if model is None and wanted != EMPTY:
            raise Http404
        try:
            made = make_questionnaire(gathering=gathering, model=model, by=request.user)
        except QuestionnaireRefused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("questionnaires:list", gathering.pk)
        if model is not None:
            messages.success(request, _("Le questionnaire est prêt à relire : rien n’est encore ouvert."))
        return redirect("questionnaires:questions", gathering.pk, made.pk)
    now = timezone.now()
    rows = [(row, door_of(row, now)) for row in questionnaires_of(gathering)]
    context = {"gathering": gathering, "rows": rows, "models": models(), "empty": EMPTY, "full": len(rows) >= MOST}
    return render(request, "questionnaires/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def desk(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    with timezone.override(ZoneInfo(found.gathering.timezone)):  # « 9 h » is 9 h where people meet
        form = SettingsForm(
            request.POST if request.method == "POST" else None,
            instance=fetch_questionnaire(request.user, gathering_id, questionnaire_id),
        )
        if request.method == "POST" and form.is_valid():
            try:
                set_questionnaire(
                    questionnaire=found, by=request.user, base_url=public_address(request), **form.cleaned_data
                )
            except QuestionnaireRefused as refusal:
                form.add_error(refusal.field, refusal.sentence)
            else:
                messages.success(request, _("C’est enregistré."))
                return redirect("questionnaires:desk", gathering_id, found.pk)
        link = public_address(request) + common_path(found)
        context = {
            "questionnaire": found,
            "gathering": found.gathering,
            "form": form,
            "door": door_of(found, timezone.now()),
            "questions": asked(found),
            "link": link,
            "code": spaced_code(found.code),
            "qr": mark_safe(qr_svg(link, title=_("Code à scanner pour répondre"))),  # noqa: S308 - drawn by us
            "letters": letters_counts(found),
            "others": gatherings_to_copy_to(found),
        }
        return render(request, "questionnaires/desk.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Need.ORGANISE)
def preview(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    return answer_page(request, found, AnswerForm(questions=asked(found)), preview=True)


@require_safe
@needs(Need.ORGANISE)
def sheet(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """To print: the questions, boxes to tick, lines to write on, and the code for who would rather use a phone."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    content = make_sheet(found, public_address(request))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="questionnaire-{found.gathering.slug}.pdf"'
    return response


@require_POST
@needs(Need.ORGANISE)
def copy(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    wanted = request.POST.get("gathering", "")
    target = next((row for row in gatherings_to_copy_to(found) if str(row.pk) == wanted), None)
    if target is None:
        messages.error(request, _("Choisissez la rencontre qui recevra la copie."))
        return redirect("questionnaires:desk", gathering_id, found.pk)
    try:
        made = copy_questionnaire(questionnaire=found, gathering=target, by=request.user)
    except QuestionnaireRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("questionnaires:desk", gathering_id, found.pk)
    messages.success(request, _("La copie est ici, fermée et sans réponse : relisez ses dates et ses choix."))
    return redirect("questionnaires:desk", target.pk, made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def erasure(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """Answers do not come back: it is asked first."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    if request.method == "POST":
        number = remove_questionnaire(questionnaire=found, by=request.user)
        words = ngettext(
            "Le questionnaire et {n} réponse sont effacés.", "Le questionnaire et {n} réponses sont effacés.", number
        )
        messages.success(request, words.format(n=number) if number else _("Le questionnaire est effacé."))
        return redirect("questionnaires:list", gathering_id)
    return render(request, "questionnaires/erasure.html", {"questionnaire": found, "gathering": found.gathering})
