import re

import pytest
from django.test import Client

from maillage.office.models import Mail
from maillage.people.models import User
from maillage.people.services import end_every_session, make_sign_in_link, owner_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe(client):
    user = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    client.force_login(user)
    return user


def asked(client, email: str) -> str:
    """The link of the letter."""
    assert client.post("/compte/adresse/", {"email": email})["Location"] == "/compte/"
    letter = Mail.objects.order_by("-created_at").first()
    return re.search(r"https?://[^/]+(/adresse/\S+)", letter.body)[1] if letter else ""


def test_the_letter_to_the_new_address_changes_it_by_a_button_and_ends_every_session(client, zoe):
    other = Client()
    other.force_login(zoe)
    old = make_sign_in_link(user=zoe, base_url="").partition("jeton=")[2]
    link = asked(client, "Zoe.Neuve@exemple.invalid")
    assert Mail.objects.get().to == "zoe.neuve@exemple.invalid"
    somebody = Client()
    assert somebody.get(link).status_code == somebody.get(link).status_code == 200  # opening it changes nothing
    zoe.refresh_from_db()
    assert zoe.email == "zoe@exemple.invalid"
    assert somebody.post(link)["Location"] == "/connexion/"
    zoe.refresh_from_db()
    assert zoe.email == "zoe.neuve@exemple.invalid"
    for browser in (client, other):
        assert browser.get("/compte/")["Location"].startswith("/connexion/")
    assert owner_of_link(old) is None
    warned = Mail.objects.get(to="zoe@exemple.invalid")
    assert "zoe.neuve@exemple.invalid" in warned.body
    assert somebody.post(link).status_code == somebody.get(link).status_code == 404  # once


def test_a_letter_asked_for_before_every_session_was_ended_changes_nothing(client, zoe):
    """Whoever had this browser for a minute asked for their own address."""
    link = asked(client, "autre@exemple.invalid")
    end_every_session(user=zoe)
    assert Client().post(link).status_code == 404
    zoe.refresh_from_db()
    assert zoe.email == "zoe@exemple.invalid"


def test_somebody_else_s_address_is_written_nothing_and_nobody_learns(client, zoe):
    User.objects.create_user("paul@exemple.invalid")
    said = {}
    for email in ("paul@exemple.invalid", "libre@exemple.invalid"):
        page = client.post("/compte/adresse/", {"email": email}, follow=True).content.decode()
        said[email] = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page.replace(email, "…"))
    assert len(set(said.values())) == 1
    assert [letter.to for letter in Mail.objects.all()] == ["libre@exemple.invalid"]


def test_one_taken_meanwhile_forged_or_of_somebody_gone_changes_nothing(client, zoe):
    link = asked(client, "neuve@exemple.invalid")
    for wrong in (link[:-3] + "xy/", "/adresse/x/", f"/adresse/{'x' * 2000}/"):
        assert client.post(wrong).status_code == 404
    taken = User.objects.create_user("neuve@exemple.invalid")
    assert client.post(link).status_code == 404
    taken.delete()
    User.objects.filter(pk=zoe.pk).update(is_active=False)
    assert Client().post(link).status_code == 404
    assert client.post("/compte/adresse/", {"email": "x"}).status_code == 302  # no account any more


def test_letters_are_not_asked_for_without_end(client, zoe):
    sent = [client.post("/compte/adresse/", {"email": f"a{n}@exemple.invalid"}).status_code for n in range(6)]
    assert sent == [302] * 5 + [429]


def test_a_word_that_is_no_address_is_said(client, zoe):
    page = client.post("/compte/adresse/", {"email": "pas une adresse"})
    assert page.status_code == 422
    assert 'value="pas une adresse"' in page.content.decode()
