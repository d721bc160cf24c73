"""No page asks for a NUL, and PostgreSQL refuses one in any text: an address that holds one is refused at the door."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def refuse_nulls(get_response: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("a NUL in an address")
        return get_response(request)

    return answer
