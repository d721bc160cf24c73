"""The directory of persons: those who agreed, by their own link, and what they chose to show (decision 0021).

Never kept, nor packed with others: what somebody takes back is on no page from that instant on.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.paging import KeyPaginator
from maillage.people.access import fetch_atlas
from maillage.people.queries import can_organise
from maillage.registrations.listings import listed_people

A_PAGE = 60
LONGEST = 100  # signs of a question


@never_cache
@require_safe
@needs(Need.ATLAS)
def people(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    question = " ".join(request.GET.get("q", "")[:LONGEST].split())
    rows = listed_people(space, text=question)
    context = {
        "space": space,
        "page": KeyPaginator(rows, A_PAGE, counted=bool(question)).get_page(request.GET.get("page")),
        "question": question,
        "organises": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    response = render(request, "atlas/people.html", context)
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response
