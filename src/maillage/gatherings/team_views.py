"""Who facilitates or welcomes at one gathering, and sees nothing else of its space."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.gatherings.access import fetch_gathering
from maillage.lib.needs import Need, needs
from maillage.people.models import OF_ONE_GATHERING
from maillage.people.team_views import team_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def team(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering_id)
    beside = {"gathering": found, "space": found.space}
    return team_page(request, found.space, to=found.title, roles=OF_ONE_GATHERING, beside=beside, gathering=found.pk)
