"""Which language a page speaks: the one this device chose, where that page has it; French everywhere else."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from maillage.lib.languages import (
    COOKIE,
    FRENCH,
    KEPT,
    NAMES,
    WHOLE,
    chosen,
    current,
    direction,
    offered,
    spoken,
    switch,
    tongue_of,
)
from maillage.ui.participant import DOORS, PAGES

A_FILE = re.compile(r"\.[a-z0-9]{2,8}\Z")  # of an address: what is downloaded is a document, and speaks French

Answer = Callable[[HttpRequest], HttpResponse]


def asked_of(request: HttpRequest) -> str:
    """What this device chose, for a page."""
    return FRENCH if A_FILE.search(request.path) else chosen(request.COOKIES)


class Spoken:
    """Middleware. A page of participants speaks all our languages, another one those that are whole, a file French."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with spoken(asked_of(request)):
            response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Cookie", "Accept-Language") if hasattr(request, "varies") else ("Cookie",))
        return response

    def process_view(self, request: HttpRequest, _view: object, _arguments: object, _named: object) -> None:
        asked, found = current(), request.resolver_match
        if asked not in WHOLE and (found is None or found.view_name not in PAGES):
            switch(FRENCH)


# Said in the language itself, to who does not read the page it stands on.
OFFERS = {
    FRENCH: "Lire cette page en français",
    "en": "Read this page in English",
    "de": "Diese Seite auf Deutsch lesen",
    "ar": "اقرأ هذه الصفحة بالعربية",
    "tr": "Bu sayfayı Türkçe oku",
}
NOT_HERE = {
    "ar": "هذه الصفحة متاحة بالفرنسية والإنجليزية والألمانية فقط.",
    "tr": "Bu sayfa yalnızca Fransızca, İngilizce ve Almanca olarak sunulur.",
}


@dataclass(frozen=True)
class Choice:
    code: str
    name: str
    direction: str
    here: bool  # spoken by this page

    @property
    def tongue(self) -> str:
        return tongue_of(self.code)


def speaks_all(request: HttpRequest) -> bool:
    """Whether this page is one of a participant's."""
    found = getattr(request, "resolver_match", None)
    return found is not None and found.view_name in PAGES


def choices(request: HttpRequest) -> list[Choice]:
    """Those this page speaks, each in its own words."""
    there = NAMES if speaks_all(request) else [code for code in NAMES if code in WHOLE]
    return [Choice(code, NAMES[code], direction(code), code == current()) for code in there]


def offer(request: HttpRequest) -> Choice | None:
    """At a participant's door: the language their phone asks for, where nobody chose one on it."""
    found = getattr(request, "resolver_match", None)
    if found is None or found.view_name not in DOORS:
        return None
    request.varies = True  # type: ignore[attr-defined]  # read below, by the middleware
    if COOKIE in request.COOKIES:
        return None
    asked = offered(request.META.get("HTTP_ACCEPT_LANGUAGE", ""), current())
    return Choice(asked, OFFERS[asked], direction(asked), here=False) if asked else None


def not_here(request: HttpRequest) -> Choice | None:
    """What was chosen and this page does not speak, in its own words."""
    asked = chosen(request.COOKIES)
    if asked == current() or asked not in NOT_HERE:
        return None
    return Choice(asked, NOT_HERE[asked], direction(asked), here=False)


def keep_language(answer: HttpResponse, language: str) -> None:
    """A choice of French is kept too: it is not offered another again."""
    if language in NAMES:
        answer.set_cookie(COOKIE, language, max_age=KEPT, samesite="Lax", httponly=True)
