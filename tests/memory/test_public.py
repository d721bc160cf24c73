"""The public page after the day: what was published of what was kept, and the thread of the cycle."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from maillage.gatherings.services import make_gathering
from maillage.memory.actions import add_action, agree_action
from maillage.memory.desk import publish_remains
from maillage.memory.queries import cycle, period_words
from maillage.memory.services import add_takeaway, remove_takeaway
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    space = make_space(slug="oriv", name="ORIV", by="essai")
    space.background = [{"period": "2020-05/2022-09", "title": "Explorer", "steps": ["Un rapport"]}]
    space.save()
    return space


def gathering(house, title, date, **fields):
    made = make_gathering(space=house, kind="regional_day", title=title, by="essai")
    made.date = dt.date.fromisoformat(date)
    for name, value in fields.items():
        setattr(made, name, value)
    made.save()
    return made


@pytest.fixture
def day(house):
    return gathering(house, "La journée", "2025-10-02")


def shown(day):
    return Client().get(reverse("gatherings:public", args=[day.space.slug, day.slug])).content.decode()


def keep(day, text, origin="organiser", **more):
    return add_takeaway(gathering=day, workshop=None, text=text, origin=origin, by="Ana", **more)


def test_what_is_kept_is_read_once_published_and_the_programmes_own_words_always(client, day):
    keep(day, "Du support", origin="programme")
    row = keep(day, "Du soir")
    keep(day, "D’un robot", rehearsal=True)
    assert ("Du support" in shown(day), "Du soir" in shown(day)) == (True, False)
    user = User.objects.create_user("o@exemple.invalid", "Olivia")
    give_right(user=user, space=day.space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    page = reverse("memory:publication", args=[day.pk])
    client.post(page, {"do": "publish"})
    assert "Du soir" in shown(day)
    assert "D’un robot" not in shown(day)
    remove_takeaway(takeaway=row, by="Ana")
    assert "Du soir" not in shown(day)
    client.post(page, {"do": "withdraw"})
    assert client.get(page).status_code == 405
    give_right(user=user, space=make_space(slug="b", name="B", by="essai"), role=SpaceRole.ORGANISER, by="essai")
    client.logout()
    assert client.post(page, {"do": "publish"}).status_code == 302  # to the sign-in page
    assert "Du support" in shown(day)


def test_the_cycle_is_told_in_order_with_what_each_kept_and_only_what_is_public(house, day):
    first = gathering(house, "La première", "2025-03-07")
    keep(first, "Partir des besoins", origin="programme")
    keep(first, "Pas encore publié")
    hidden = gathering(house, "La cachée", "2025-04-01", public=False)
    keep(hidden, "Secret", origin="programme")
    action = add_action(gathering=first, what="Un référent par quartier", by="Ana")
    agree_action(action=action, by="Ana")
    add_action(gathering=first, what="Pas d’accord donné", by="Ana")
    page = shown(day)
    order = [
        page.partition("Le fil du cycle")[2].index(words)
        for words in ("2020–2022", "Un rapport", "La première", "Partir des besoins", "cette rencontre")
    ]
    assert order == sorted(order)
    assert "Un référent par quartier" in page
    for secret in ("Pas encore publié", "La cachée", "Secret", "Pas d’accord donné"):
        assert secret not in page
    publish_remains(gathering=first, shown=True, by="Ana")
    assert "Pas encore publié" in shown(day)


def test_a_gathering_that_has_no_page_has_none_for_its_follow_up(house, day):
    day.public = False
    day.save()
    assert Client().get(reverse("memory:public-follow-up", args=["oriv", day.slug])).status_code == 404


def test_the_cycle_asks_as_much_for_three_meetings_as_for_one(house, day, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as one:
        cycle(day)
    for month in (3, 4, 5):
        keep(gathering(house, f"N° {month}", f"2025-0{month}-07"), "Une phrase", origin="programme")
    with django_assert_max_num_queries(len(one)):
        assert len(cycle(day)) == 5


@pytest.mark.parametrize(
    ("period", "words"), [("2020-05/2022-09", "2020–2022"), ("2020/2020", "2020"), ("hier", "hier"), ("", "")]
)
def test_a_period_is_said_in_years(period, words):
    assert period_words(period) == words
