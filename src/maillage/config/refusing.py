"""Requests made by hand that no page makes: refused at the door, with a sentence."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from maillage.ui.views import bad_request, wrong_method

Answer = Callable[[HttpRequest], HttpResponse]


def refuse_nulls(get_response: Answer) -> Answer:
    """No page asks for a NUL, and PostgreSQL refuses one in any text: an address that holds one goes no further."""

    def answer(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, ValueError("a NUL"))  # not raised: nobody’s fault of ours, no line in the log
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
