"""What no page can answer: requests made by hand, and what an earlier release kept. Refused with a sentence."""

import logging
import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from maillage.atlas.opendata.api import unreadable
from maillage.lib.languages import FRENCH, spoken
from maillage.lib.rates import TooMany
from maillage.lib.system_errors import database_is_away
from maillage.live import figures
from maillage.live.outcomes import RETRY_AFTER
from maillage.methods.queries import UnreadableVersion
from maillage.people.queries import can_organise
from maillage.ui.languages import asked_of
from maillage.ui.views import bad_request, conflict, too_many, wrong_method

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
UTF_8 = ("utf-8", "utf8")


def refuse_nulls(get_response: Answer) -> Answer:
    """No page asks for a NUL, and PostgreSQL refuses one in any text: an address that holds one goes no further."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            if request.path.startswith("/api/"):
                return unreadable(request)  # its refusals are JSON
            return bad_request(request, ValueError("a NUL"))  # not raised: nobody’s fault of ours, no line in the log
        said = request.content_params or {}
        if request.content_type == "multipart/form-data" and said.get("charset", "utf-8").lower() not in UTF_8:
            return bad_request(request, ValueError("a charset"))  # no browser says one; « rot13 » is known, and no text
        # « "\\000" » in a cookie is one too; none of ours holds any, and a session is looked for by what it says
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return answer


def say_wrong_method(get_response: Answer) -> Answer:
    """Django answers a form sent to a page that takes none with nothing at all."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            said = wrong_method(request)
            said["Allow"] = response["Allow"]
            return said
        return response

    return answer


def say_fault(request: HttpRequest) -> HttpResponse:
    """Django’s handler of what failed. A database that is away for a moment is nobody’s fault: it is asked again.

    In the language this device chose, whatever page failed: a cookie and a catalogue are all it asks.
    """
    error = sys.exc_info()[1]
    if error is None or not database_is_away(error):
        return HttpResponse(_failed(500, asked_of(request)), status=500)
    figures.unavailable.add()
    page = HttpResponse(_failed(503, asked_of(request)), status=503)
    page["Retry-After"] = str(RETRY_AFTER)
    return page


# As 500.html and 503.html say it in French, which use no tag: they are sent when the rest may be broken.
FAILED = {
    500: {
        "title": _("Erreur"),
        "heading": _("Une erreur de notre côté"),
        "lead": _(
            "Cette page n’a pas pu être faite. Ce qui était enregistré l’est toujours. Revenez en arrière et "
            "recommencez ; si cela continue, prévenez l’équipe qui tient ce serveur."
        ),
    },
    503: {
        "title": _("Un instant"),
        "heading": _("Le serveur reprend son souffle"),
        "lead": _(
            "Il ne joint plus sa base de données. Ce qui était enregistré l’est toujours ; ce que vous venez d’envoyer "
            "depuis cette page ne l’est pas. Attendez quelques secondes, revenez en arrière et recommencez."
        ),
    },
}


def _failed(status: int, language: str) -> str:
    if language != FRENCH:
        try:
            with spoken(language):
                return render_to_string("ui/failed.html", FAILED[status])
        except Exception:  # the edge: a page is owed, whatever else is broken
            logger.exception("the page of a fault is sent in French")
    return render_to_string(f"{status}.html")


class SayRefusals:
    """What a view raises for want of a page to say it on: too many requests; a method kept by an earlier release and
    refused by this one, whose file is shown to who may mend it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooMany):
            return too_many(request, exception.wait)
        if not isinstance(exception, UnreadableVersion):
            return None
        version = exception.version
        asked = request.resolver_match
        if (
            asked is not None
            and asked.app_name == "methods"
            and request.method in ("GET", "HEAD")
            and version.space is not None
            and can_organise(request.user, version.space)
        ):
            return redirect("methods:source", version.space.slug, version.method)
        return conflict(request, exception.sentence)
