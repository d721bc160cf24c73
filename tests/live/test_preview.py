"""Each screen of each method can be looked at before anybody is in a room."""

import re

import pytest
from django.test import Client

from facilitation import shipped_methods
from maillage.live.models import Session
from maillage.live.preview_views import play_to
from maillage.people.models import Space, User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    space = Space.objects.create(slug="est", name="Est")
    user = User.objects.create_user("r@exemple.invalid")
    give_right(user=user, space=space, role="reader", by="test")
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("method", sorted(shipped_methods()))
def test_every_stage_is_reached_in_every_role(method) -> None:
    found = shipped_methods()[method]
    for stage in found.stages:
        for role in found.roles:
            state, seat = play_to(found, stage, role)
            assert (state.status, state.stage) == ("running", stage)
            assert state.seats[seat].role == role, (stage, role)


@pytest.mark.parametrize("method", sorted(shipped_methods()))
def test_screens_show_and_keep_nothing(reader, method) -> None:
    found = shipped_methods()[method]
    last = list(found.stages)[-1]
    for role in (*found.roles, "projector"):
        page = reader.get(f"/methodes/est/{method}/apercu/", {"etape": last, "role": role})
        assert page.status_code == 200
        text = page.content.decode()
        assert found.stages[last].title.replace("'", "’") in text.replace("\u202f", " ").replace("\u00a0", " ")
        assert "<fieldset disabled" in text
        assert "live/screen.js" not in text
    assert not Session.objects.exists()


def test_clock_of_a_preview_is_that_of_a_stage_that_begins(reader) -> None:
    page = reader.get("/methodes/est/anarchaise/apercu/", {"etape": "jeu"}).content.decode()
    minutes = shipped_methods()["anarchaise"].stages["jeu"].minutes
    said = re.search(r'class="clock"[^>]*>([^<]+)<', page)[1]
    assert said in (f"{minutes:g}:00", f"{minutes - 1:g}:59", f"{minutes - 1:g}:58")


def test_another_spaces_reader_sees_nothing(reader) -> None:
    Space.objects.create(slug="ouest", name="Ouest")
    assert reader.get("/methodes/ouest/codev/apercu/").status_code == 404
    assert reader.get("/methodes/est/rien/apercu/").status_code == 404
    assert Client().get("/methodes/est/codev/apercu/").status_code == 302
