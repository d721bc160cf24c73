"""Where somebody is signed in: what is kept of it, for them to read and to end. How long: as the session, two weeks.

The session's own row is Django's; here is its key's digest, the browser in plain words, two moments. No address.
"""

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.people.enums import Way
from maillage.people.models import Presence, User

SEEN_EVERY = 300  # seconds: « vu » is right to five minutes, and most pages write nothing
NOTED = "noted"  # in the session: when its presence was last written

BROWSERS = (  # the first that is named: each also names those it descends from
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)

Answer = Callable[[HttpRequest], HttpResponse]


def device_words(agent: str) -> str:
    """« Firefox, Windows », of what a browser says it is."""
    found = [next((words for mark, words in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found)) or _("navigateur inconnu")


def digest_of(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()


def note_entry(request: HttpRequest, user: User, way: Way) -> None:
    """Just after login(): the session has its new key only once it is saved."""
    now = timezone.now()
    request.session.set_expiry(now + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))  # however often it is used
    request.session[NOTED] = int(time.time())
    request.session.save()
    Presence.objects.update_or_create(
        session=digest_of(request.session.session_key or ""),
        defaults={
            "user": user,
            "device": device_words(request.META.get("HTTP_USER_AGENT", ""))[:80],
            "way": way,
            "began_at": now,
            "seen_at": now,
        },
    )


def note_presence(get_response: Answer) -> Answer:
    """Middleware: who is signed in was seen, once in five minutes. Unless the page asked nothing of its session."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        noted = request.session.get(NOTED) if request.session.accessed else None
        if noted is not None and time.time() - noted > SEEN_EVERY:
            request.session[NOTED] = int(time.time())
            rows = Presence.objects.filter(session=digest_of(request.session.session_key or ""))
            rows.update(seen_at=timezone.now())
        return response

    return answer


def presences_of(user: User) -> list[Presence]:
    """Those whose session is not over."""
    return list(user.presences.filter(began_at__gt=_oldest(timezone.now())))


def _oldest(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)


@transaction.atomic
def end_presences(rows: Iterable[Presence]) -> None:
    """Their sessions are gone: the next page asked there is the one to sign in. Only digests are kept, so we look."""
    ended = {row.session: row.pk for row in rows}
    keys = Session.objects.filter(expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=[key for key in keys if digest_of(key) in ended]).delete()
    Presence.objects.filter(pk__in=list(ended.values())).delete()


def forget_session(session_key: str | None) -> None:
    """Somebody signs out here."""
    if session_key:
        Presence.objects.filter(session=digest_of(session_key)).delete()


_remembered: set[str] = set()


def register_remembered(*keys: str) -> None:
    """Of sessions: what a page keeps there for the next one, to say or to undo what was done, and that names people."""
    _remembered.update(keys)


def forget_remembered() -> None:
    """Somebody is erased: whoever's page would say their name again, or « Défaire » write it back. What is packed is
    not looked into for one name."""
    for row in Session.objects.filter(expire_date__gt=timezone.now()):
        kept = row.get_decoded()
        left = {key: value for key, value in kept.items() if key not in _remembered}
        if left != kept:
            data = SessionStore().encode(left)
            Session.objects.filter(pk=row.pk, session_data=row.session_data).update(session_data=data)


def forget_here(session: SessionBase) -> None:
    """The same of the session that asks: it is in memory already."""
    for key in _remembered:
        session.pop(key, None)


def erase_over(now: dt.datetime) -> int:
    """What is left of sessions that are over, whoever did not sign out. Returns how many rows."""
    gone, _each = Presence.objects.filter(began_at__lte=_oldest(now)).delete()
    return gone + Session.objects.filter(expire_date__lte=now).delete()[0]
