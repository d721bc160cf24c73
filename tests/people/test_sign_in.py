from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from sesame.utils import get_token

from maillage.people.models import User
from maillage.people.services import make_sign_in_link, owner_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe():
    return User.objects.create_user("zoe@exemple.invalid", name="Zoé Muller")


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["jeton"][0]


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_opening_a_link_signs_nobody_in_however_often_and_pressing_the_button_does(client, zoe):
    link = make_sign_in_link(user=zoe, base_url="http://192.168.1.20:8000/")
    assert link.startswith("http://192.168.1.20:8000/connexion/lien/?jeton=")
    for _ in range(3):  # a mail scanner, a preview, the person
        page = client.get(path_of(link))
        assert page.status_code == 200
        assert "Bonjour Zoé Muller" in page.content.decode()
        assert not signed_in(client)
    answer = client.post("/connexion/lien/", {"jeton": token_of(link)})
    assert (answer.status_code, answer["Location"]) == (302, "/rencontres/")
    assert client.session["_auth_user_id"] == str(zoe.pk)


def test_a_link_serves_once_and_then_says_so(client, zoe):
    link = make_sign_in_link(user=zoe, base_url="")
    client.post("/connexion/lien/", {"jeton": token_of(link)})
    client.post("/deconnexion/")
    assert not signed_in(client)
    for answer in (client.get(path_of(link)), client.post("/connexion/lien/", {"jeton": token_of(link)})):
        assert answer.status_code == 403
        assert "Il a déjà servi, ou il a plus de douze heures" in answer.content.decode()
    assert not signed_in(client)


def test_a_link_older_than_the_day_is_over(client, zoe, monkeypatch):
    link = make_sign_in_link(user=zoe, base_url="")
    later = timezone.now().timestamp() + timedelta(hours=12, minutes=1).total_seconds()
    monkeypatch.setattr("sesame.tokens_v2.time.time", lambda: later)
    answer = client.post("/connexion/lien/", {"jeton": token_of(link)})
    assert answer.status_code == 403
    assert not signed_in(client)


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 600, "../../etc/passwd"])
def test_a_forged_token_opens_nothing(client, zoe, token):
    assert client.post("/connexion/lien/", {"jeton": token}).status_code == 403
    assert not signed_in(client)


def test_a_token_of_another_purpose_or_of_somebody_gone_opens_nothing(zoe):
    assert owner_of_link(get_token(zoe)) is None
    token = token_of(make_sign_in_link(user=zoe, base_url=""))
    assert owner_of_link(token) == zoe
    zoe.is_active = False
    zoe.save()
    assert owner_of_link(token) is None


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/rencontres/nouvelle/", "/rencontres/nouvelle/"),
        ("https://ailleurs.invalid/", "/rencontres/"),
        ("//ailleurs.invalid/", "/rencontres/"),
        ("javascript:alert(1)", "/rencontres/"),
    ],
)
def test_after_signing_in_one_goes_on_here_and_nowhere_else(client, zoe, wanted, where):
    link = make_sign_in_link(user=zoe, base_url="", next_url=wanted)
    assert parse_qs(urlsplit(link).query)["next"] == [wanted]
    answer = client.post("/connexion/lien/", {"jeton": token_of(link), "next": wanted})
    assert answer["Location"] == where


def test_signing_out_is_asked_from_our_pages_even_those_that_tell_nobody_their_address(zoe):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(zoe)
    for elsewhere in ({"origin": "https://ailleurs.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert strict.post("/deconnexion/", headers=elsewhere).status_code == 403
        assert signed_in(strict)
    here = {"origin": "null", "sec-fetch-site": "same-origin"}  # what a browser says under `no-referrer`
    assert strict.post("/deconnexion/", headers=here).status_code == 302
    assert not signed_in(strict)


def test_the_sign_in_page_says_how_to_get_a_link_and_signing_out_needs_a_post(client, zoe):
    page = client.get("/connexion/").content.decode()
    assert "maillage sign-in-link" in page
    client.force_login(zoe)
    assert client.get("/connexion/")["Location"] == "/rencontres/"
    assert client.get("/deconnexion/").status_code == 405
    assert signed_in(client)
    assert client.post("/deconnexion/").status_code == 302
    assert not signed_in(client)


def test_one_button_ends_every_session_and_every_link(client, zoe):
    other = Client()
    other.force_login(zoe)
    client.force_login(zoe)
    link = make_sign_in_link(user=zoe, base_url="")
    assert client.get("/compte/deconnexion-partout/").status_code == 405
    assert client.post("/compte/deconnexion-partout/")["Location"] == "/connexion/"
    assert other.get("/compte/")["Location"].startswith("/connexion/")
    assert not signed_in(client)
    assert owner_of_link(token_of(link)) is None


def test_ones_name_is_ones_own_to_write(client, zoe):
    client.force_login(zoe)
    assert client.post("/compte/", {"name": "  Zoé   M. "})["Location"] == "/compte/"
    zoe.refresh_from_db()
    assert zoe.name == "Zoé M."
    assert client.post("/compte/", {"name": " "}).status_code == 422
