"""The letter of what was kept: read before it is sent, sent once to each who asked."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.memory.letters import CannotSend, letter_of, send_takeaways, who_asked, why_not
from maillage.registrations.letters import as_file
from maillage.registrations.links import base_of_request


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    if request.method == "POST":
        try:
            sent = send_takeaways(gathering=gathering, by=str(request.user), now=timezone.now())
        except CannotSend as refusal:
            messages.error(request, refusal.sentence)
        else:
            told = ngettext(
                "Un courriel est parti vers la file d’envoi.", "%(n)s courriels sont partis vers la file d’envoi.", sent
            )
            messages.success(
                request, told % {"n": sent} if sent else _("Personne d’autre ne l’attendait : rien n’est parti.")
            )
        return redirect("memory:letter", gathering.pk)
    asked = who_asked(gathering)
    subject, body = _as_camille(request, gathering)
    context = {
        "gathering": gathering,
        "asked": asked.count(),
        "waiting": asked.filter(takeaways_sent_at__isnull=True).count(),
        "why_not": why_not(gathering),
        "subject": subject,
        "body": body,
    }
    return render(request, "memory/letter.html", context)


@needs(Need.ORGANISE)
@require_safe
def letter_file(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """As somebody invented would get it, to open in a mail program."""
    gathering = fetch_gathering(request.user, gathering_id)
    subject, body = _as_camille(request, gathering)
    response = HttpResponse(as_file(subject, body, to="camille@exemple.invalid"), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="retenu-{gathering.slug}.eml"'
    return response


def _as_camille(request: HttpRequest, gathering: Gathering) -> tuple[str, str]:
    base = base_of_request(request)
    link = f"{base}/inscription/{_('lien-personnel')}/"
    return letter_of(gathering, first_name=_("Camille"), own_link=link, base=base)
