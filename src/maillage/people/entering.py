"""The one door: whoever proved who they are comes in here, whatever the way; who has a second proof gives it."""

import time
from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout
from django.contrib.auth.models import update_last_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from maillage.people.enums import Way
from maillage.people.log import record_of_account
from maillage.people.models import User
from maillage.people.presence import note_entry
from maillage.people.second_factor import factor_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING = "second-step"  # in the session: who waits for their second factor
PROVIDER = "provider"  # in the session: what the provider gave, to sign out of it too
STEP_OPEN = 600  # seconds to type six digits


def enter(
    request: HttpRequest, user: User, *, way: Way, next_url: str, provider: dict[str, Any] | None = None
) -> HttpResponse:
    """`next_url` is a page of this site: whoever calls has made sure."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    if factor_of(user) is not None:
        update_last_login(type(user), user)  # the link that brought them has served
        request.session.cycle_key()
        request.session[WAITING] = {
            "user": str(user.pk),
            "way": way.value,
            "next": next_url,
            "until": int(time.time()) + STEP_OPEN,
            "provider": provider,
        }
        return redirect("people:second-step")
    return _open(request, user, way, next_url, provider)


def who_waits(request: HttpRequest) -> User | None:
    """Whoever gave the first proof here, a moment ago, and is still of a team."""
    waiting = request.session.get(WAITING)
    if not isinstance(waiting, dict) or waiting["until"] < time.time():
        return None
    user = User.objects.filter(pk=UUID(waiting["user"]), is_active=True).first()
    return user if user is not None and factor_of(user) is not None else None


def enter_at_last(request: HttpRequest, user: User) -> HttpResponse:
    """The second proof was good."""
    waiting = request.session.pop(WAITING)
    return _open(request, user, Way(waiting["way"]), waiting["next"], waiting["provider"])


def _open(request: HttpRequest, user: User, way: Way, next_url: str, provider: dict[str, Any] | None) -> HttpResponse:
    login(request, user, backend=BACKEND)  # updates last_login, which ends the link
    if provider:
        request.session[PROVIDER] = provider
    note_entry(request, user, way)
    record_of_account(user, "sign-in", str(way.label))
    return redirect(next_url)
