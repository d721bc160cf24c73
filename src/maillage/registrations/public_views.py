"""The form to come to a gathering: for anyone, without an account, a script or a cookie."""

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.words import date_words, place_words
from maillage.lib.needs import Need, needs
from maillage.lib.rates import Rate
from maillage.office.retention import names_months
from maillage.registrations.links import own_path
from maillage.registrations.models import Opening
from maillage.registrations.opening import Entrance, entrance
from maillage.registrations.public_forms import PublicForm
from maillage.registrations.queries import known_communes, known_organisations
from maillage.registrations.services import Refused
from maillage.registrations.signing_up import sign_up

SENDINGS = Rate("s’inscrire à une rencontre", 300, 600)  # a whole plenary stands behind one box
SENT_COOKIE = "inscription-envoyee"
SENT_FOR = 1800  # seconds: the page of thanks can be opened again that long


def opening_of(space: str, slug: str) -> Opening:
    """404 unless somebody prepared the registrations of this gathering."""
    rows = Opening.objects.select_related("gathering__space", "gathering__commune", "gathering__epci")
    found = rows.filter(gathering__space__slug=space, gathering__slug=slug).first()
    if found is None:
        raise Http404
    return found


# Without CSRF on purpose: whoever sends this has no right here that another site could borrow, and somebody whose
# browser keeps no cookie, or whose page stayed open for days, must not lose what they wrote.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.PUBLISHED)
def form(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    opening = opening_of(space, slug)
    door = entrance(opening, timezone.now())
    if request.method != "POST":
        return form_page(request, opening, door, PublicForm(opening=opening) if door.enters else None)
    sent = PublicForm(request.POST, opening=opening)
    if not sent.is_valid():
        return form_page(request, opening, door, sent, status=422)
    wait = SENDINGS.wait(request.META.get("REMOTE_ADDR", ""))
    if wait:
        sent.add_error(None, _("Trop d’inscriptions viennent d’ici. Attendez quelques minutes, puis renvoyez."))
        response = form_page(request, opening, door, sent, status=429)
        response["Retry-After"] = str(wait)
        return response
    try:
        signed = sign_up(gathering=opening.gathering, answers=sent.answers, key=sent.sending)
    except Refused as refusal:
        sent.add_error(None, refusal.sentence)
        sent.add_error(None, _("Votre inscription n’est pas enregistrée. Ce que vous avez écrit est toujours là."))
        return form_page(request, opening, door, sent, status=409)
    if signed.registration is not None:
        return redirect(own_path(signed.registration))
    response = redirect("registrations:sent", space, slug)
    _remember(response, opening, sent.cleaned_data["email"], waiting=signed.waiting)
    return response


def form_page(
    request: HttpRequest,
    opening: Opening,
    door: Entrance,
    form: PublicForm | None,
    *,
    status: int = 200,
    preview: bool = False,
) -> HttpResponse:
    gathering = opening.gathering
    return render(
        request,
        "registrations/public_form.html",
        {
            "gathering": gathering,
            "opening": opening,
            "door": door,
            "form": form,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "organisations": known_organisations(gathering.space) if form and "organisation" in form.fields else [],
            "communes": known_communes(gathering.space) if form and "commune" in form.fields else [],
            "preview": preview,
            "kept_months": names_months(gathering.space_id),
        },
        status=status,
    )


@never_cache
@require_safe
@needs(Need.PUBLISHED)
def sent(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """What was just done, the same for an address that is new and for one that had served already."""
    opening = opening_of(space, slug)
    said = _remembered(request)
    if said is None:
        return redirect("registrations:form", space, slug)
    return render(
        request,
        "registrations/public_sent.html",
        {
            "gathering": opening.gathering,
            "opening": opening,
            "when": date_words(opening.gathering),
            "where": place_words(opening.gathering),
            **said,
        },
    )


def _remember(response: HttpResponse, opening: Opening, email: str, *, waiting: bool) -> None:
    """In a cookie of this one page: an address has no place in an address bar nor in a log."""
    response.set_cookie(
        SENT_COOKIE,
        signing.dumps({"email": email, "waiting": waiting}, salt=SENT_COOKIE),
        max_age=SENT_FOR,
        path=reverse("registrations:sent", args=[opening.gathering.space.slug, opening.gathering.slug]),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def _remembered(request: HttpRequest) -> dict[str, object] | None:
    try:
        said: dict[str, object] = signing.loads(
            request.COOKIES.get(SENT_COOKIE, ""), salt=SENT_COOKIE, max_age=SENT_FOR
        )
    except signing.BadSignature:
        return None
    return said
