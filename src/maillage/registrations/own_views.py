"""A participant's own page, opened by the personal link alone: no account, nothing about anybody else.

What they send carries no CSRF token's weight: the address is the key, no other site knows it, and a browser that gives
nobody the address (no-referrer) sends no origin that Django could check. So each form works without a cookie too.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.words import date_words, place_words
from maillage.lib.needs import Need, needs
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.forms import WishesForm
from maillage.registrations.half_days import half_day_at, half_days_asked
from maillage.registrations.listings import listing_of, may_be_listed
from maillage.registrations.models import Opening, Registration
from maillage.registrations.opening import hour_words, is_past, is_today
from maillage.registrations.own import find_by_token, parts_of, wishes_closed
from maillage.registrations.public_forms import PublicForm
from maillage.registrations.queries import known_communes, known_organisations, registrations_of
from maillage.registrations.services import (
    Refused,
    cancel_registration,
    mark_presence,
    record_wishes,
    restore_registration,
)
from maillage.registrations.signing_up import LinkClosed, change_answers
from maillage.registrations.waiting import place_in_line


def fetch_own(token: str) -> Registration:
    """404 unless the link is theirs and was not renewed."""
    found = find_by_token(token)
    if found is None:
        raise Http404(LinkClosed().sentence)
    rows = registrations_of(found.gathering).select_related("gathering__space", "gathering__commune", "gathering__epci")
    return rows.get(pk=found.pk)


def _opening(registration: Registration) -> Opening | None:
    return Opening.objects.select_related("gathering__space").filter(gathering=registration.gathering_id).first()


def private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _page(
    request: HttpRequest, token: str, registration: Registration, form: WishesForm | None, *, status: int = 200
) -> HttpResponse:
    gathering = registration.gathering
    now = timezone.now()
    closed = wishes_closed(gathering)
    opening = _opening(registration)
    if form is None and not closed:
        form = WishesForm(gathering=gathering, registration=registration)
    response = render(
        request,
        "registrations/own.html",
        {
            "registration": registration,
            "gathering": gathering,
            "opening": opening,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "token": token,
            "form": form,
            "wishes_closed": closed,
            "cancelled": registration.status == RegistrationStatus.CANCELLED,
            "place_in_line": place_in_line(registration),
            "today": is_today(gathering, now),
            "past": is_past(gathering, now),
            "arrived_at": hour_words(gathering, registration.presence_at) if registration.presence_at else "",
            "parts": parts_of(registration) if registration.status == RegistrationStatus.REGISTERED else [],
            "listing": listing_of(registration),
            "may_be_listed": may_be_listed(registration),
        },
        status=422 if form is not None and form.errors else status,
    )
    return private(response)


@never_cache
@require_safe
@needs(Need.LINK)
def own(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, token, fetch_own(token), None)


@csrf_exempt
@require_POST
@needs(Need.LINK)
def wishes(request: HttpRequest, token: str) -> HttpResponse:
    registration = fetch_own(token)
    form = WishesForm(request.POST, gathering=registration.gathering)
    if form.is_valid():
        try:
            record_wishes(registration=registration, ranks=form.cleaned_data["ranks"], by=THE_PERSON)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Vos vœux sont enregistrés."))
            return redirect("registrations:own", token)
    return _page(request, token, registration, form)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def answers(request: HttpRequest, token: str) -> HttpResponse:
    """Everything said in the public form but the address, as long as the day is not over."""
    registration = fetch_own(token)
    opening = _opening(registration)
    gathering = registration.gathering
    if opening is None or registration.status == RegistrationStatus.CANCELLED or is_past(gathering, timezone.now()):
        return redirect("registrations:own", token)
    form = PublicForm(request.POST if request.method == "POST" else None, opening=opening, registration=registration)
    if wishes_closed(gathering):
        form.drop_wishes()
    if request.method == "POST" and form.is_valid():
        try:
            change_answers(registration=registration, answers=form.answers, by=THE_PERSON)
        except LinkClosed as closed:
            raise Http404(closed.sentence) from closed
        messages.success(request, _("Vos réponses sont enregistrées."))
        return redirect("registrations:own", token)
    return private(
        render(
            request,
            "registrations/own_answers.html",
            {
                "registration": registration,
                "gathering": gathering,
                "token": token,
                "form": form,
                "organisations": known_organisations(gathering.space),
                "communes": known_communes(gathering.space),
            },
            status=422 if form.errors else 200,
        )
    )


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    """A link in a letter is opened by mail scanners too: opening asks, pressing cancels."""
    registration = fetch_own(token)
    if request.method != "POST":
        if registration.status == RegistrationStatus.CANCELLED:
            return redirect("registrations:own", token)
        context = {"registration": registration, "gathering": registration.gathering, "token": token}
        context["when"] = date_words(registration.gathering)
        return private(render(request, "registrations/own_cancellation.html", context))
    if cancel_registration(registration=registration, by=THE_PERSON, tell=True):
        messages.success(request, _("Votre inscription est annulée. Merci de l’avoir dit."))
    return redirect("registrations:own", token)


@csrf_exempt
@require_POST
@needs(Need.LINK)
def restoration(request: HttpRequest, token: str) -> HttpResponse:
    registration = fetch_own(token)
    try:
        restore_registration(registration=registration, by=THE_PERSON, within_capacity=True)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("registrations:own", token)
    if registration.status == RegistrationStatus.WAITING:
        messages.warning(request, _("Il n’y a plus de place : vous êtes sur la liste d’attente."))
    else:
        messages.success(request, _("Vous êtes de nouveau inscrit·e."))
    return redirect("registrations:own", token)


@csrf_exempt
@require_POST
@needs(Need.LINK)
def arrival(request: HttpRequest, token: str) -> HttpResponse:
    """« Je suis là », on the day, where the gathering is; said by mistake, it is taken back."""
    registration = fetch_own(token)
    wanted = Presence.EXPECTED if request.POST.get("presence") == Presence.EXPECTED else Presence.PRESENT
    if not is_today(registration.gathering, timezone.now()):
        messages.error(request, _("On dit « Je suis là » le jour de la rencontre seulement."))
    elif registration.status != RegistrationStatus.REGISTERED:
        messages.error(request, _("Passez à l’accueil : vous n’avez pas de place réservée."))
    elif wanted == Presence.EXPECTED and not registration.self_arrived:
        messages.error(request, _("C’est l’accueil qui l’a noté : demandez-lui de corriger."))
    elif registration.presence != wanted:
        asked = half_days_asked(registration.gathering)
        halves = half_day_at(registration.gathering, asked, timezone.now()) if wanted == Presence.PRESENT else []
        mark_presence(registration=registration, presence=wanted, by=THE_PERSON, self_arrived=True, half_days=halves)
        if wanted == Presence.PRESENT:
            messages.success(request, _("Bienvenue ! L’accueil le voit."))
    return redirect("registrations:own", token)
