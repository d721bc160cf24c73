import re
import time
from argparse import Namespace
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from maillage.config.commands import sign_in_link
from maillage.lib import totp
from maillage.lib.sealing import BadSeal, open_sealed, seal
from maillage.office.models import Activity
from maillage.people.entering import STEP_OPEN
from maillage.people.models import RecoveryCode, SecondFactor, User
from maillage.people.second_factor import MOST_TRIES, drop_factor, secret_of
from maillage.people.services import give_right, make_sign_in_link, make_space

pytestmark = pytest.mark.django_db
PAGE, STEP = "/compte/second-facteur/", "/connexion/code/"


@pytest.fixture
def zoe():
    user = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    give_right(user=user, space=make_space(slug="oriv", name="ORIV", by="essai"), role="organiser", by="essai")
    return user


@pytest.fixture
def clock(monkeypatch):
    """The codes' time, that a test moves; it starts at the middle of a step."""

    class Clock:
        now = time.time() // 30 * 30 + 15

        def __call__(self) -> float:
            return self.now

    made = Clock()
    for place in ("second_factor", "entering"):
        monkeypatch.setattr(f"maillage.people.{place}.time.time", made)
    return made


def plain(response) -> str:
    return unescape(response.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


def link_of(user) -> dict[str, str]:
    user.refresh_from_db()  # a link is of the last entry
    return {"jeton": make_sign_in_link(user=user, base_url="", next_url="").partition("jeton=")[2]}


def code_of(user, at) -> str:
    return totp.code_at(secret_of(SecondFactor.objects.get(user=user)), at)


def set_up(client, user, clock) -> list[str]:
    client.force_login(user)
    client.get(PAGE)
    page = client.post(PAGE, {"code": code_of(user, clock.now)})
    client.logout()
    clock.now += 30  # the next entry is not in the same half-minute
    return re.findall(r"<code>([a-z2-9-]{19})</code>", page.content.decode())


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_digits_are_those_of_the_rfc():
    """RFC 6238, appendix B, of which six digits are shown."""
    secret = b"12345678901234567890"
    for at, code in ((59, "94287082"), (1111111109, "07081804"), (2000000000, "69279037"), (20000000000, "65353130")):
        assert totp.code_at(secret, at) == code[-6:]
    assert totp.matching_step(secret, "287082", at=59, after=0) == 1
    assert totp.matching_step(secret, "287082", at=95, after=0) is None  # more than a step late
    assert totp.matching_step(secret, "287082", at=59, after=1) is None  # it has served
    for typed in ("", "28708", "２８７０８２", "-28708", "28708²"):
        assert totp.matching_step(secret, typed, at=59, after=0) is None


def test_what_is_sealed_opens_for_its_row_and_its_secret_only():
    sealed = seal(b"secret", secret="un", context="a")
    assert b"secret" not in sealed
    assert open_sealed(sealed, secret="un", context="a") == b"secret"
    for secret, context, bytes_ in (
        ("deux", "a", sealed),
        ("un", "b", sealed),
        ("un", "a", sealed[:-1]),
        ("un", "a", b""),
    ):
        with pytest.raises(BadSeal):
            open_sealed(bytes_, secret=secret, context=context)


def test_it_is_set_up_by_a_first_code_and_then_asked_at_each_entry(client, zoe, clock):
    client.force_login(zoe)
    page = client.get(PAGE).content.decode()
    secret = secret_of(zoe.second_factor)
    assert totp.spelled(secret) in page
    assert f"secret={totp.spelled(secret).replace(' ', '')}" in page
    assert "<svg" in page
    assert secret not in bytes(zoe.second_factor.sealed)
    assert client.get(PAGE).content.decode().count(totp.spelled(secret)) == 1  # opened again, it is the same
    # nothing is asked before a first code was right
    assert client.post(PAGE, {"code": "000000"}).status_code == 422
    assert SecondFactor.objects.get().confirmed_at is None
    codes = set_up(client, zoe, clock)
    assert len(codes) == len(set(codes)) == 8
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    assert secret_of(SecondFactor.objects.get()) == secret
    # the link alone opens nothing now, and has served all the same
    link = link_of(zoe)
    assert client.post("/connexion/lien/", link)["Location"] == STEP
    assert not signed_in(client)
    assert client.get("/compte/")["Location"].startswith("/connexion/")
    assert Client().post("/connexion/lien/", link).status_code == 403
    assert client.get(STEP).status_code == 200
    assert client.post(STEP, {"code": code_of(zoe, clock.now)})["Location"] == "/rencontres/"
    assert signed_in(client)
    assert not client.get(PAGE).content.decode().count(totp.spelled(secret))  # never shown again
    verbs = set(Activity.objects.filter(space="oriv").values_list("verb", flat=True))
    assert {"set-second-factor", "sign-in"} <= verbs


def test_a_code_serves_once_and_wrong_ones_are_counted_whatever_the_browser(client, zoe, clock):
    set_up(client, zoe, clock)
    code = code_of(zoe, clock.now)
    for browser, status in ((client, 302), (Client(), 422)):
        browser.post("/connexion/lien/", link_of(zoe))
        assert browser.post(STEP, {"code": code}).status_code == status
    clock.now += 60
    for _ in range(MOST_TRIES):  # one was wrong already; the last is refused without being looked at
        other = Client()
        other.post("/connexion/lien/", link_of(zoe))
        answer = other.post(STEP, {"code": "000000"})
    assert answer.status_code == 429
    assert "Trop de codes faux" in plain(answer)
    good = {"code": code_of(zoe, clock.now)}
    assert other.post(STEP, good).status_code == 429
    SecondFactor.objects.update(tries_since=timezone.now() - timedelta(minutes=16))
    assert other.post(STEP, good).status_code == 302


def test_a_recovery_code_opens_once(client, zoe, clock):
    codes = set_up(client, zoe, clock)
    client.post("/connexion/lien/", link_of(zoe))
    answer = client.post(STEP, {"code": codes[0].upper().replace("-", " ")}, follow=True)
    assert "Il vous en reste 7." in plain(answer)
    assert signed_in(client)
    other = Client()
    other.post("/connexion/lien/", link_of(zoe))
    assert other.post(STEP, {"code": codes[0]}).status_code == 422
    # one asks for others with a code, and the old ones are over
    assert client.post(PAGE, {"do": "renew", "code": "123456"}).status_code == 422
    page = client.post(PAGE, {"do": "renew", "code": code_of(zoe, clock.now)})
    assert len(re.findall(r"<code>[a-z2-9-]{19}</code>", page.content.decode())) == 8
    assert other.post(STEP, {"code": codes[1]}).status_code == 422


def test_the_second_step_is_for_who_gave_the_first_a_moment_ago(client, zoe, clock):
    set_up(client, zoe, clock)
    assert client.get(STEP)["Location"] == "/connexion/"
    assert client.post(STEP, {"code": code_of(zoe, clock.now)})["Location"] == "/connexion/"
    client.post("/connexion/lien/", link_of(zoe))
    clock.now += STEP_OPEN + 1
    assert client.post(STEP, {"code": code_of(zoe, clock.now)})["Location"] == "/connexion/"
    client.post("/connexion/lien/", link_of(zoe))
    User.objects.update(is_active=False)
    assert client.post(STEP, {"code": code_of(zoe, clock.now)})["Location"] == "/connexion/"
    assert not signed_in(client)


def test_taking_it_away_asks_a_code_and_the_server_s_keeper_needs_none(client, zoe, clock, monkeypatch):
    codes = set_up(client, zoe, clock)
    client.force_login(zoe)
    assert client.post(PAGE, {"do": "remove", "code": "000000"}).status_code == 422
    assert client.post(PAGE, {"do": "remove", "code": ""}).status_code == 422
    assert client.post(PAGE, {"code": codes[2]})["Location"] == PAGE  # the form that sets up, left open elsewhere
    assert SecondFactor.objects.exists()
    assert client.post(PAGE, {"do": "remove", "code": codes[3]})["Location"] == "/compte/"
    assert not SecondFactor.objects.exists()
    set_up(client, zoe, clock)
    monkeypatch.setattr("maillage.config.commands.sign_in_link.prepare_tables", lambda: None)
    sign_in_link.run(Namespace(email="zoe@exemple.invalid", organise="", url="", forget_code=True))
    assert Activity.objects.filter(verb="remove-second-factor", by="ligne de commande", about="Zoé").count() == 1
    assert not drop_factor(user=zoe, by="essai")
    client.post("/connexion/lien/", link_of(zoe))
    assert signed_in(client)


def test_under_another_secret_key_the_recovery_codes_still_open(client, zoe, clock, settings):
    """A complete archive put back elsewhere: the sealed secret is lost, and nobody enters without a second proof."""
    codes = set_up(client, zoe, clock)
    code = code_of(zoe, clock.now)
    settings.SECRET_KEY = "another secret of the tests, long enough to be accepted"
    client = Client()
    client.post("/connexion/lien/", link_of(zoe))
    assert client.post(STEP, {"code": code}).status_code == 422
    assert client.post(STEP, {"code": codes[5]}).status_code == 302
