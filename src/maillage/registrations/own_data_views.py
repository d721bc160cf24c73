"""« Mes données » : all that is held of whoever has this link; a file of it; and their erasure, asked of nobody.

The same for organisers, who answer whoever lost their link.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.rates import LINK, READING, Rate, limited
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.erasure import CarriedAway, erase_person, losses_of
from maillage.registrations.held import as_json, elsewhere, held_on
from maillage.registrations.own_views import fetch_own, private
from maillage.registrations.views import registration_of

# All that is held of somebody, looked for in every noun: nobody reads it more often, a program might.
OPENINGS = Rate("ouvrir « Mes données » par un lien personnel", 60, 600, LINK)
FILE = 'attachment; filename="mes-donnees.json"'


@never_cache
@require_safe
@needs(Need.LINK)
@limited(OPENINGS, methods=READING)
def own_data(request: HttpRequest, token: str) -> HttpResponse:
    registration = fetch_own(token)
    context = {"registration": registration, "gathering": registration.gathering, "token": token}
    context["parts"] = held_on(registration.person)
    context["elsewhere"] = elsewhere()
    return private(render(request, "registrations/own_data.html", context))


@never_cache
@require_safe
@needs(Need.LINK)
@limited(OPENINGS, methods=READING)
def own_data_file(request: HttpRequest, token: str) -> HttpResponse:
    person = fetch_own(token).person
    answer = JsonResponse(
        as_json(held_on(person), person=person), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = FILE
    return private(answer)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
@limited(OPENINGS, methods=(*READING, "POST"))
def own_erasure(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link says what goes and what stays; pressing erases. A scanner of letters only opens."""
    registration = fetch_own(token)
    refusal = ""
    if request.method == "POST":
        try:
            erase_person(person=registration.person, by=THE_PERSON)
        except CarriedAway as carried:
            refusal = carried.sentence
        else:
            return redirect("registrations:own-erased")
    others = registration.person.registrations.exclude(pk=registration.pk).select_related("gathering")
    context = {
        "registration": registration,
        "gathering": registration.gathering,
        "token": token,
        "losses": losses_of(registration.person),
        "others": [other.gathering for other in others],
        "refusal": refusal,
    }
    return private(render(request, "registrations/own_erasure.html", context, status=409 if refusal else 200))


@require_safe
@needs(Need.ANYBODY)
def own_erased(request: HttpRequest) -> HttpResponse:
    """The link opens nothing any more: this page is everybody's, and says nothing of who reads it."""
    return render(request, "registrations/own_erased.html")


@never_cache
@require_safe
@needs(Need.ORGANISE)
def data(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = registration_of(request, gathering, registration)
    context = {"registration": row, "gathering": row.gathering, "parts": held_on(row.person)}
    return render(request, "registrations/data.html", context)


@never_cache
@require_safe
@needs(Need.ORGANISE)
def data_file(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    person = registration_of(request, gathering, registration).person
    answer = JsonResponse(
        as_json(held_on(person), person=person), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = FILE.replace("mes-donnees", "donnees-d-une-personne")
    return answer
