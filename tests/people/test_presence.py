import hashlib
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from maillage.people.models import Presence, User
from maillage.people.presence import NOTED, SEEN_EVERY, device_words, erase_over
from maillage.people.services import make_sign_in_link

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 "
    "Chrome/121.0.0.0 Mobile Safari/537.36"
)


@pytest.fixture
def zoe():
    return User.objects.create_user("zoe@exemple.invalid", "Zoé")


def come_in(user, agent) -> Client:
    client = Client(headers={"user-agent": agent})
    user.refresh_from_db()  # a link is of the last entry
    token = make_sign_in_link(user=user, base_url="").partition("jeton=")[2]
    assert client.post("/connexion/lien/", {"jeton": token}).status_code == 302
    return client


def enters(client) -> bool:
    return client.get("/compte/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Samsung Internet, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) … CriOS/120 Mobile Safari/604.1", "Chrome, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) … Version/17 Safari/605.1.15", "Safari, Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) … Chrome/120 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) … Chrome/120 Safari/537.36", "Chrome, Linux"),
        ("curl/8", "navigateur inconnu"),
        ("", "navigateur inconnu"),
    ],
)
def test_a_browser_is_said_in_plain_words(agent, words):
    assert device_words(agent) == words


def test_the_page_lists_where_one_is_and_ends_one_or_all_others(zoe):
    here, phone, lent = come_in(zoe, FIREFOX), come_in(zoe, PHONE), come_in(zoe, "curl/8")
    somebody = come_in(User.objects.create_user("paul@exemple.invalid"), FIREFOX)
    page = here.get("/compte/appareils/").content.decode()
    assert page.count("celui-ci</span>") == 1
    assert "Samsung Internet, Android" in page
    assert "navigateur inconnu" in page
    of_phone = Presence.objects.get(device="Samsung Internet, Android")
    # nobody ends what is not theirs, and nothing happens by GET
    somebody.post("/compte/appareils/", {"presence": of_phone.pk})
    here.get("/compte/appareils/", {"presence": of_phone.pk, "others": "1"})
    assert enters(phone)
    here.post("/compte/appareils/", {"presence": of_phone.pk})
    assert [enters(each) for each in (here, phone, lent)] == [True, False, True]
    come_in(zoe, PHONE)
    here.post("/compte/appareils/", {"others": "1"})
    assert [enters(each) for each in (here, lent, somebody)] == [True, False, True]
    assert zoe.presences.count() == 1
    here.post("/compte/appareils/", {"presence": zoe.presences.get().pk})  # this one has its own button
    assert enters(here)


def test_what_is_kept_opens_nothing_and_names_no_address(zoe):
    client = come_in(zoe, FIREFOX)
    row = zoe.presences.get()
    assert row.session == hashlib.sha256(client.session.session_key.encode()).hexdigest()
    assert {field.name for field in Presence._meta.fields} == {
        "id", "user", "session", "device", "way", "began_at", "seen_at",
    }  # fmt: skip


def test_signing_out_here_or_everywhere_leaves_nothing(zoe):
    client, other = come_in(zoe, FIREFOX), come_in(zoe, PHONE)
    client.post("/deconnexion/")
    assert [row.device for row in zoe.presences.all()] == ["Samsung Internet, Android"]
    other.post("/compte/deconnexion-partout/")
    assert not zoe.presences.exists()
    assert not enters(other)


def test_it_is_seen_once_in_five_minutes(zoe):
    client = come_in(zoe, FIREFOX)
    began = zoe.presences.get().seen_at
    enters(client)
    assert zoe.presences.get().seen_at == began
    session = client.session
    session[NOTED] = int(time.time()) - SEEN_EVERY - 1
    session.save()
    enters(client)
    assert zoe.presences.get().seen_at > began
    assert client.session[NOTED] > time.time() - 5


def test_a_session_lasts_two_weeks_however_used_and_then_nothing_of_it_is_left(zoe):
    client = come_in(zoe, FIREFOX)
    ends = client.session.get_expiry_date()
    assert abs(ends - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    session = client.session
    session["autre"] = 1
    session.save()
    assert abs(Session.objects.get(pk=session.session_key).expire_date - ends) < timedelta(seconds=2)
    assert erase_over(timezone.now() + timedelta(days=13)) == 0
    assert erase_over(timezone.now() + timedelta(days=15)) == 2
    assert not Presence.objects.exists()
