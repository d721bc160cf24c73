"""Who may load what we answer, and what a page of ours may ask of the machine it is shown on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

OURS, ANYBODYS = "same-origin", "cross-origin"
# A badge is scanned by the camera (registrations/scan.js). What would tell most of who holds the phone, no script may
# ask for; the rest is not named: each page carries these bytes, and a browser asks its user first.
PERMISSIONS = "camera=(self), geolocation=(), microphone=()"

Answer = Callable[[HttpRequest], HttpResponse]


def say_who_may_load(get_response: Answer) -> Answer:
    """Another site shows nothing of ours but what is made for it: frames and pictures of the atlas, open data."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", ANYBODYS if _is_anybodys(response) else OURS)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer


def _is_anybodys(response: HttpResponse) -> bool:
    framed = bool(getattr(response, "xframe_options_exempt", False))
    return framed or "Access-Control-Allow-Origin" in response.headers


def for_static(headers: object, _path: str, _url: str) -> None:
    """What a file of `/static/` says: servestatic gives it its own headers, and none of ours.

    No resource policy: our styles and scripts are published, and a phone asks for a dozen of them on its first screen.
    """
    headers["X-Content-Type-Options"] = "nosniff"  # type: ignore[index]  # servestatic has no types
