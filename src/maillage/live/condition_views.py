from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.lib.needs import Need, needs
from maillage.live.condition import condition
from maillage.people.queries import runs_rooms_somewhere


@never_cache
@needs(Need.RUN_SOMEWHERE)
@require_safe
def server_condition(request: HttpRequest) -> HttpResponse:
    """For who organises or facilitates in any space: figures of the whole server, of no room and of nobody."""
    if not runs_rooms_somewhere(request.user):
        raise PermissionDenied(_("L’état du serveur se lit avec un rôle d’organisation ou d’animation."))
    return render(request, "live/condition.html", {"condition": condition()})
