"""The comfort choice of a device: easier letters. A cookie, since most readers have no account."""

from django.http import HttpRequest, HttpResponse

COOKIE = "lettres"
CHOSEN = "confort"
KEPT = 365 * 24 * 3600  # seconds


def wants_comfort(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == CHOSEN


def keep_comfort(answer: HttpResponse, *, wanted: bool) -> None:
    if wanted:
        answer.set_cookie(COOKIE, CHOSEN, max_age=KEPT, samesite="Lax", httponly=True)
    else:
        answer.delete_cookie(COOKIE, samesite="Lax")
