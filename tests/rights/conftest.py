import io
import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from PIL import Image

from maillage.config import urls
from maillage.live import runtime, seats
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from tests.atlas.opendata import few_territories
from tests.rights.posts import POSTS
from tests.rights.walking import OF_ANOTHER_DAY, STRANGER, Walk
from tests.rights.world import make_users, make_world


@pytest.fixture(scope="package")
def _walked(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Walk]:
    """Made once for all that walks: each question is undone behind it."""
    from django.conf import settings

    before = settings.KEYS_DIR, settings.MEDIA_ROOT, runtime._live, settings.ROOM
    folder = tmp_path_factory.mktemp("rights")
    settings.KEYS_DIR, settings.MEDIA_ROOT, settings.ROOM, runtime._live = folder / "keys", folder / "files", True, None
    logging.disable(logging.ERROR)  # thousands of refusals, all wanted, and said in one word: their pages have tests
    handlers = urls.handler403, urls.handler404
    urls.handler403, urls.handler404 = _said(403), _said(404)
    with django_db_blocker.unblock(), transaction.atomic():
        few_territories()
        photo = io.BytesIO()
        Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
        here, there = (make_world(slug, shown=slug == "ici", photo=photo.getvalue()) for slug in ("ici", "zqailleurs"))
        users = make_users(here.space)
        users[STRANGER] = make_users(there.space)[SpaceRole.ORGANISER]
        users[OF_ANOTHER_DAY] = User.objects.create_user("benevole@ici.invalid", "bénévole")
        for role in (SpaceRole.DESK, SpaceRole.FACILITATOR):
            give_right(user=users[OF_ANOTHER_DAY], space=here.space, role=role, by="essai", gathering=here.another_day)
        here.values["*:revoked-cookies"] = _revoked(here)
        yield Walk(here, there, users, POSTS)
        transaction.set_rollback(True)
    settings.KEYS_DIR, settings.MEDIA_ROOT, runtime._live, settings.ROOM = before
    urls.handler403, urls.handler404 = handlers
    logging.disable(logging.NOTSET)


@pytest.fixture
def walk(_walked: Walk, db: None) -> Walk:
    return _walked


def _said(status: int) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
        return HttpResponse(status=status)

    return answer


def _revoked(world) -> dict[str, str]:
    from tests.rights.world import cookies_of

    session = world.seats["participant"].session
    seat = seats.take_seat(session=session, kind="participant", name="Partie", role="participant", key="partie")
    held = cookies_of(seat)
    seats.revoke_seat(seat=seat)
    return held


@pytest.fixture(autouse=True)
def _folders() -> None:
    """Those of the walk, not one a test."""
