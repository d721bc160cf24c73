from collections.abc import Iterator
from importlib.resources import files

import pytest
from django.db import transaction
from django.test import Client

from maillage.atlas import keeping
from maillage.config.importing import import_gatherings
from maillage.people.models import Space, User
from maillage.people.services import give_right, make_space, open_atlas
from maillage.territories.services import load_territories

DAYS = (files("maillage.gatherings") / "data" / "journees-grand-est.toml").read_bytes()


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch) -> None:
    """Each page is made anew: tests change rows by statements that no service makes. test_small_worlds.py keeps."""
    monkeypatch.setattr(keeping, "OLDEST", 0)


@pytest.fixture(scope="module")
def grand_est(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The whole region and its real gatherings, loaded once a module: five seconds. Undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories(outlines=True)
        import_gatherings(DAYS, filename="journees-grand-est.toml", by="Zoé")
        open_atlas(space=Space.objects.get(slug="grand-est"), public=True, by="Zoé")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def space(grand_est, db) -> Space:
    return Space.objects.get(slug="grand-est")


@pytest.fixture
def organiser(space) -> User:
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé Muller")
    give_right(user=user, space=space, role="organiser", by="test")
    return user


@pytest.fixture
def reader(space) -> User:
    user = User.objects.create_user("lecture@exemple.invalid", name="Ali Weber")
    give_right(user=user, space=space, role="reader", by="test")
    return user


@pytest.fixture
def stranger(db) -> User:
    user = User.objects.create_user("autre@exemple.invalid", name="Autre Espace")
    give_right(user=user, space=make_space(slug="ailleurs", name="Ailleurs", by="test"), role="organiser", by="test")
    return user


@pytest.fixture
def read(client: Client, space: Space):
    """The words of a page of the atlas of Grand Est, spaces as they are written on a keyboard."""

    def page(path: str = "", status: int = 200) -> str:
        answer = client.get(f"/atlas/grand-est/{path}")
        assert answer.status_code == status, path
        return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("\u2060", "")

    return page
