"""What no page can answer: requests made by hand, and what an earlier release kept. Refused with a sentence."""

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.defaults import server_error

from maillage.atlas.opendata.api import unreadable
from maillage.lib.system_errors import database_is_away
from maillage.live import figures
from maillage.live.outcomes import RETRY_AFTER
from maillage.methods.queries import UnreadableVersion
from maillage.people.queries import can_organise
from maillage.ui.views import bad_request, conflict, wrong_method

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
    """Django’s handler of what failed. A database that is away for a moment is nobody’s fault: it is asked again."""
    error = sys.exc_info()[1]
    if error is None or not database_is_away(error):
        return server_error(request)
    figures.unavailable.add()
    page = HttpResponse(render_to_string("503.html"), status=503)
    page["Retry-After"] = str(RETRY_AFTER)
    return page


class MendUnreadable:
    """A method kept by an earlier release, refused by this one: who may mend it is taken to its file."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
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
