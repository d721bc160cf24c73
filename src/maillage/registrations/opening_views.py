"""The organiser's pages of the public form and of the waiting list."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.lib.qr import qr_svg
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.letters import Letter, as_file, words_of
from maillage.registrations.links import base_of_request, form_path
from maillage.registrations.models import Opening, Registration
from maillage.registrations.opening import entrance, taken
from maillage.registrations.opening_services import set_opening
from maillage.registrations.public_forms import OpeningForm, PublicForm
from maillage.registrations.public_views import form_page
from maillage.registrations.questions import questions_of
from maillage.registrations.reminders import dates_of
from maillage.registrations.views import organised_gathering
from maillage.registrations.waiting import move_in_line, promote, waiting_of

LETTERS = {
    "confirmation": Letter.CONFIRMED,
    "attente": Letter.WAITING,
    "place": Letter.PROMOTED,
    "annulation": Letter.CANCELLED,
    "rappel": Letter.REMINDER,
}


def _opening_of(gathering: Gathering) -> Opening:
    """As it stands, or as it would begin: nothing is written before the organiser says so."""
    return Opening.objects.filter(gathering=gathering).first() or Opening(gathering=gathering)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def opening(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    with timezone.override(ZoneInfo(found.timezone)):  # « 9 h » is 9 h where people meet
        return _opening_page(request, found)


def _opening_page(request: HttpRequest, gathering: Gathering) -> HttpResponse:
    current = _opening_of(gathering)
    form = OpeningForm(request.POST if request.method == "POST" else None, instance=_opening_of(gathering))
    if request.method == "POST" and form.is_valid():
        promoted = set_opening(
            gathering=gathering, by=request.user, base_url=base_of_request(request), **form.cleaned_data
        )
        messages.success(request, _("C’est enregistré."))
        if promoted:
            messages.success(
                request,
                ngettext(
                    "{n} personne quitte la liste d’attente : elle est inscrite.",
                    "{n} personnes quittent la liste d’attente : elles sont inscrites.",
                    promoted,
                ).format(n=promoted),
            )
        return redirect("registrations:opening", gathering.pk)
    link = base_of_request(request) + form_path(gathering)
    return render(
        request,
        "registrations/opening.html",
        {
            "gathering": gathering,
            "opening": current,
            "form": form,
            "door": entrance(current, timezone.now()) if current.pk else None,
            "link": link,
            "qr": mark_safe(qr_svg(link, title=_("Code à scanner pour s’inscrire"))),  # noqa: S308 - drawn by us
            "questions": list(questions_of(gathering)),
            "taken": taken(gathering),
            "waiting": waiting_of(gathering).count(),
            "reminder_dates": [day for day in dates_of(gathering) if day >= timezone.localdate()],
            "letters": [(name, letter.subject) for name, letter in LETTERS.items()],
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def preview(request: HttpRequest, gathering: UUID) -> HttpResponse:
    """The form as people see it, whether it is open or not; sending it does nothing."""
    found = organised_gathering(request, gathering)
    current = _opening_of(found)
    return form_page(request, current, entrance(current, timezone.now()), PublicForm(opening=current), preview=True)


@require_safe
@needs(Need.ORGANISE)
def letter(request: HttpRequest, gathering: UUID, name: str) -> HttpResponse:
    """A letter as somebody invented would get it, to open in a mail program."""
    found = organised_gathering(request, gathering)
    if name not in LETTERS:
        return redirect("registrations:opening", found.pk)
    current = _opening_of(found)
    link = f"{base_of_request(request)}/inscription/{_('lien-personnel')}/"
    subject, body = words_of(
        LETTERS[name],
        gathering=found,
        opening=current,
        first_name=_("Camille"),
        status=RegistrationStatus.REGISTERED,
        link=link,
        cancel_link=f"{link}annulation/",
    )
    response = HttpResponse(as_file(subject, body, to="camille@exemple.invalid"), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}-{found.slug}.eml"'
    return response


@require_safe
@needs(Need.ORGANISE)
def waiting(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    return render(
        request,
        "registrations/waiting.html",
        {
            "gathering": found,
            "opening": Opening.objects.filter(gathering=found).first(),
            "rows": list(waiting_of(found)),
            "taken": taken(found),
        },
    )


def _waiting_row(request: HttpRequest, gathering: UUID, registration: UUID) -> Registration:
    found = organised_gathering(request, gathering)
    rows = Registration.objects.select_related("gathering__space", "person").filter(gathering=found)
    return get_object_or_404(rows, pk=registration)


@require_POST
@needs(Need.ORGANISE)
def promotion(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = _waiting_row(request, gathering, registration)
    if promote(registration=row, by=request.user):
        messages.success(request, _("{name} est inscrit·e.").format(name=row.person.full_name))
    else:
        messages.warning(request, _("{name} n’attendait plus.").format(name=row.person.full_name))
    return redirect("registrations:waiting", row.gathering_id)


@require_POST
@needs(Need.ORGANISE)
def rank(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = _waiting_row(request, gathering, registration)
    move_in_line(registration=row, up=request.POST.get("sens") == "avant", by=request.user)
    return redirect("registrations:waiting", row.gathering_id)
