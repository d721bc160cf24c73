"""The letter that asks, and its reminder: read before it is sent, sent once to each."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maillage.lib.needs import Need, needs
from maillage.questionnaires.access import fetch_questionnaire
from maillage.questionnaires.letters import (
    letter_of,
    recipients,
    send_letters,
    waiting_for_letter,
    waiting_for_reminder,
    why_not,
)
from maillage.questionnaires.models import Questionnaire
from maillage.questionnaires.queries import letters_counts
from maillage.questionnaires.services import QuestionnaireRefused
from maillage.registrations.letters import as_file
from maillage.ui.addresses import public_address

REMINDER = "rappel"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def letters(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    now = timezone.now()
    if request.method == "POST":
        reminder = request.POST.get("letter") == REMINDER
        try:
            sent = send_letters(questionnaire=found, reminder=reminder, by=request.user, now=now)
        except QuestionnaireRefused as refusal:
            messages.error(request, refusal.sentence)
        else:
            told = ngettext(
                "Un courriel est parti vers la file d’envoi.", "%(n)s courriels sont partis vers la file d’envoi.", sent
            )
            nobody = _("Personne d’autre ne l’attendait : rien n’est parti.")
            messages.success(request, told % {"n": sent} if sent else nobody)
        return redirect("questionnaires:letters", gathering_id, found.pk)
    context = {
        "questionnaire": found,
        "gathering": found.gathering,
        "reachable": recipients(found).count(),
        "waiting": waiting_for_letter(found).count(),
        "silent": waiting_for_reminder(found).count(),
        "counts": letters_counts(found),
        "why_not": why_not(found, now),
        "shown": [
            (_("Le courriel, tel que le lira Camille"), "lettre", *_as_camille(request, found, reminder=False)),
            (
                _("Le rappel, une seule fois, à qui n’a pas répondu"),
                REMINDER,
                *_as_camille(request, found, reminder=True),
            ),
        ],
    }
    return render(request, "questionnaires/letters.html", context)


@require_safe
@needs(Need.ORGANISE)
def letter_file(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, name: str) -> HttpResponse:
    """As somebody invented would get it, to open in a mail program."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    if name not in ("lettre", REMINDER):
        raise Http404
    subject, body = _as_camille(request, found, reminder=name == REMINDER)
    response = HttpResponse(as_file(subject, body, to="camille@exemple.invalid"), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.gathering.slug}.eml"'
    return response


def _as_camille(request: HttpRequest, questionnaire: Questionnaire, *, reminder: bool) -> tuple[str, str]:
    link = f"{public_address(request)}/q/mon-lien/{_('lien-personnel')}/"
    return letter_of(questionnaire, first_name=_("Camille"), link=link, refusal_link=f"{link}refus/", reminder=reminder)
