"""The baseline of the page: Django, our middleware, our server, and an empty template."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

EMPTY = engines["django"].from_string("")


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(EMPTY.render({}, request))


urlpatterns = [path("", empty)]
