"""No page asks for a NUL, and PostgreSQL refuses one in any text: an address that holds one is refused at the door."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from maillage.ui.views import bad_request

Answer = Callable[[HttpRequest], HttpResponse]


def refuse_nulls(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, ValueError("a NUL"))  # not raised: nobody’s fault of ours, no line in the log
        return get_response(request)

    return answer
