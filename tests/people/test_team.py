import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import gatherings_for
from maillage.gatherings.removal import remove_gathering
from maillage.office import services as office
from maillage.office.models import Activity, Mail
from maillage.people.models import Invitation, Right, User
from maillage.people.queries import can_facilitate, can_organise, can_read, can_run_desk, spaces_of
from maillage.people.services import LastOrganiser, give_right, make_space, withdraw_right
from maillage.people.team import MOST_WAITING, accept_invitation, find_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return make_space(slug="oriv", name="ORIV", by="essai")


@pytest.fixture
def zoe(client, space):
    user = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    give_right(user=user, space=space, role="organiser", by="essai")
    client.force_login(user)
    return user


@pytest.fixture
def day(space):
    return Gathering.objects.create(space=space, slug="jr", kind="other", title="Journée des lilas")


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def link_in(letter: Mail) -> str:
    return re.search(r"https?://[^/]+(/\S+)", letter.body)[1]


def test_an_invitation_leaves_by_mail_and_is_on_no_screen(client, zoe, space, settings):
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    page = client.post("/equipe/oriv/", {"email": "Paul@Exemple.invalid", "role": "desk"}, follow=True)
    assert "L’invitation part par courriel à Paul@Exemple.invalid." in plain(page)
    letter = Mail.objects.get()
    assert letter.to == "paul@exemple.invalid"
    assert "Zoé vous confie un rôle (accueil)" in letter.body.replace("\xa0", " ")
    assert link_in(letter) not in page.content.decode()
    assert Activity.objects.filter(space="oriv", verb="invite", by="Zoé").count() == 1


def test_without_mail_the_screen_says_where_the_letter_lies(client, zoe, space, settings):
    assert "restent dans le dossier mail/" in plain(client.get("/equipe/oriv/"))
    page = client.post("/equipe/oriv/", {"email": "paul@exemple.invalid", "role": "desk"}, follow=True)
    assert "l’invitation de paul@exemple.invalid est dans son dossier mail/" in plain(page)
    assert link_in(Mail.objects.get()) not in page.content.decode()
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    assert "mail/" not in plain(client.get("/equipe/oriv/"))


def test_opening_it_gives_nothing_and_the_button_gives_the_role_once(client, zoe, space):
    client.post("/equipe/oriv/", {"email": "paul@exemple.invalid", "role": "desk"})
    link = link_in(Mail.objects.get())
    client.logout()
    for _ in range(2):  # a scanner of mail, then the person
        page = client.get(link)
        assert "Accepter, et entrer" in plain(page)
    assert not User.objects.filter(email="paul@exemple.invalid").exists()
    assert client.post(link)["Location"] == "/rencontres/"
    paul = User.objects.get(email="paul@exemple.invalid")
    assert client.session["_auth_user_id"] == str(paul.pk)
    assert can_run_desk(paul, space)
    assert not can_organise(paul, space)
    client.logout()
    assert client.post(link).status_code == 404
    assert "Elle a déjà servi" in plain(client.get(link))


def test_a_browser_may_press_the_button_of_the_letter(client, zoe, space):
    """A page that says `no-referrer` makes a browser send « Origin: null », which Django refuses."""
    client.post("/equipe/oriv/", {"email": "paul@exemple.invalid", "role": "desk"})
    assert press(link_in(Mail.objects.get())).status_code == 302
    client.post("/compte/adresse/", {"email": "neuve@exemple.invalid"})
    assert press(link_in(Mail.objects.get(to="neuve@exemple.invalid"))).status_code == 302


def press(link: str):
    """As a browser does: the token of the page, and the origin that its policy lets out."""
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(link)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())[1]
    origin = "null" if page["Referrer-Policy"] == "no-referrer" else "http://testserver"
    return strict.post(link, {"csrfmiddlewaretoken": token}, headers={"origin": origin})


def test_one_taken_back_replaced_old_or_forged_opens_nothing(client, zoe, space, monkeypatch):
    def invite_paul() -> str:
        client.post("/equipe/oriv/", {"email": "paul@exemple.invalid", "role": "reader"})
        return link_in(Mail.objects.get()).split("/")[2]

    first = invite_paul()
    second = invite_paul()
    assert Invitation.objects.count() == Mail.objects.count() == 1  # the letter before it does not leave twice
    assert find_invitation(first) is None
    assert find_invitation(second) is not None
    assert find_invitation(second[:-2] + "xx") is None
    later = timezone.now().timestamp() + timedelta(days=14, minutes=1).total_seconds()
    with monkeypatch.context() as moved:
        moved.setattr("django.core.signing.time.time", lambda: later)
        assert find_invitation(second) is None
    client.post("/equipe/oriv/", {"invitation": Invitation.objects.get().pk})
    assert accept_invitation(token=second) is None
    assert not Mail.objects.exists()


def test_a_look_alike_address_opens_its_own_account_and_no_other(client, zoe, space):
    """PostgreSQL, asked to ignore case, takes « ı » for « i »: both addresses have an owner of their own."""
    marie = User.objects.create_user("marie@gmail.invalid")
    client.post("/equipe/oriv/", {"email": "marie@gmaıl.invalid", "role": "reader"})
    link = link_in(Mail.objects.get())
    client.logout()
    client.post(link)
    assert client.session.get("_auth_user_id") != str(marie.pk)
    assert not Right.objects.filter(user=marie).exists()
    assert list(User.objects.of_address("MARIE@gmail.invalid")) == [marie]


def test_somebody_gone_stays_gone(client, zoe, space):
    User.objects.filter(pk=User.objects.create_user("paul@exemple.invalid").pk).update(is_active=False)
    client.post("/equipe/oriv/", {"email": "paul@exemple.invalid", "role": "reader"})
    client.logout()
    assert client.post(link_in(Mail.objects.get())).status_code == 404
    assert not Right.objects.filter(user__email="paul@exemple.invalid").exists()


def test_what_cannot_be_is_said_and_nothing_is_lost(client, zoe, space):
    page = client.post("/equipe/oriv/", {"email": "zoe@exemple.invalid", "role": "organiser"})
    assert page.status_code == 422
    assert "Zoé a déjà ce rôle." in plain(page)
    page = client.post("/equipe/oriv/", {"email": "pas une adresse", "role": "desk"})
    assert page.status_code == 422
    assert 'value="pas une adresse"' in page.content.decode()
    old = timezone.now()
    Invitation.objects.bulk_create(
        Invitation(space=space, email=f"p{number}@x.invalid", role="reader", by="z", sent_at=old)
        for number in range(MOST_WAITING)
    )
    page = client.post("/equipe/oriv/", {"email": "encore@exemple.invalid", "role": "desk"})
    assert "Cent invitations attendent déjà" in plain(page)


def test_the_last_organiser_stays_until_there_is_another(client, zoe, space):
    right = Right.objects.get()
    page = client.post("/equipe/oriv/", {"right": right.pk}, follow=True)
    assert "C’est la seule personne qui organise cet espace" in plain(page)
    with pytest.raises(LastOrganiser):
        withdraw_right(right=right, by="essai")
    paul = User.objects.create_user("paul@exemple.invalid")
    give_right(user=paul, space=space, role="organiser", by="essai")
    withdraw_right(right=right, by="essai")
    assert not can_read(zoe, space)


def test_a_right_of_another_space_is_not_ours_to_take(client, zoe, space):
    other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    theirs = give_right(user=User.objects.create_user("b@x.invalid"), space=other, role="reader", by="essai")
    assert client.post("/equipe/oriv/", {"right": theirs.pk}).status_code == 404
    assert client.post("/equipe/oriv/", {"right": "x"}).status_code == 404
    assert Right.objects.filter(pk=theirs.pk).exists()


def test_whoever_receives_people_comes_straight_to_the_desk(client, zoe, day):
    client.post(f"/rencontres/{day.pk}/equipe/", {"email": "paul@exemple.invalid", "role": "desk"})
    client.logout()
    assert client.post(link_in(Mail.objects.get()))["Location"] == f"/rencontres/{day.pk}/accueil/"


def test_a_role_for_one_gathering_opens_that_one_and_nothing_else(client, zoe, space, day):
    other = Gathering.objects.create(space=space, slug="autre", kind="other", title="Une autre")
    page = client.post(f"/rencontres/{day.pk}/equipe/", {"email": "paul@exemple.invalid", "role": "facilitator"})
    assert page.status_code == 302
    client.logout()
    link = link_in(Mail.objects.get())
    assert "(pour une seule rencontre)" in plain(client.get(link))
    assert client.post(link)["Location"] == f"/rencontres/{day.pk}/"
    paul = User.objects.get(email="paul@exemple.invalid")
    assert can_facilitate(paul, day)
    assert not can_run_desk(paul, day)
    assert not can_facilitate(paul, other)
    assert not can_read(paul, space)
    assert list(spaces_of(paul)) == []
    assert list(gatherings_for(paul)) == [day]
    assert fetch_gathering(paul, day.pk, can=can_facilitate) == day
    with pytest.raises(PermissionDenied):
        fetch_gathering(paul, day.pk)
    with pytest.raises(Http404):
        fetch_gathering(paul, other.pk, can=can_read)
    for address, status in (
        (f"/rencontres/{day.pk}/", 200),
        (f"/rencontres/{day.pk}/programme/", 200),
        (f"/rencontres/{day.pk}/regie/", 200),
        (f"/rencontres/{day.pk}/documents/", 200),
        (f"/rencontres/{day.pk}/accueil/", 403),
        (f"/rencontres/{day.pk}/equipe/", 403),
        (f"/rencontres/{other.pk}/", 404),
        ("/contrats/oriv/", 404),
        ("/methodes/oriv/", 404),
        ("/equipe/oriv/", 404),
    ):
        assert client.get(address).status_code == status, address
    client.force_login(zoe)
    assert "paul@exemple.invalid, animation" in plain(client.get("/equipe/oriv/"))
    remove_gathering(gathering=day, by="Zoé")
    assert not Right.objects.filter(user=paul).exists()


def test_only_what_is_for_a_day_is_offered_for_a_day(client, zoe, day):
    page = client.post(f"/rencontres/{day.pk}/equipe/", {"email": "paul@exemple.invalid", "role": "organiser"})
    assert page.status_code == 422
    assert not Invitation.objects.exists()


def test_the_sign_in_page_writes_to_the_team_and_says_the_same_to_everybody(client, settings, space):
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    User.objects.create_user("zoe@exemple.invalid", "Zoé")
    said = {
        address: plain(client.post("/connexion/", {"email": address})).replace(address, "…")
        for address in ("zoe@exemple.invalid", "personne@exemple.invalid")
    }
    assert len(set(said.values())) == 1
    letter = Mail.objects.get()
    assert letter.to == "zoe@exemple.invalid"
    path, _sign, token = link_in(letter).partition("?jeton=")
    assert client.post(path, {"jeton": token}).status_code == 302
    assert client.session["_auth_user_id"]


class Later:
    def __init__(self):
        self.works = []

    def submit(self, _in_its_thread, work):
        self.works.append(work)


def test_an_address_that_is_known_takes_the_page_no_longer(client, settings, monkeypatch, space):
    """Three times as long, when the letter was written while the page was awaited."""
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    monkeypatch.setattr(office, "_letters", later := Later())
    zoe = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    done = []
    for address in (zoe.email, "personne@exemple.invalid"):
        with CaptureQueriesContext(connection) as asked:
            assert client.post("/connexion/", {"email": address}).status_code == 200
        done.append([query["sql"].split(" WHERE ")[0] for query in asked])
    client.force_login(zoe)
    for address in ("libre@exemple.invalid", User.objects.create_user("paul@exemple.invalid").email):
        with CaptureQueriesContext(connection) as asked:
            assert client.post("/compte/adresse/", {"email": address}).status_code == 302
        done.append([query["sql"].split(" WHERE ")[0] for query in asked])
    assert (done[0], done[2]) == (done[1], done[3])
    assert not Mail.objects.exists()
    for work in later.works:
        work()
    assert set(Mail.objects.values_list("to", flat=True)) == {"zoe@exemple.invalid", "libre@exemple.invalid"}


def test_letters_are_not_asked_for_without_end(client, settings):
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    asked = [client.post("/connexion/", {"email": f"z{n}@exemple.invalid"}).status_code for n in range(41)]
    assert asked == [200] * 40 + [429]


def test_one_mailbox_is_not_filled_from_many_places_whoever_has_it(client, settings):
    settings.EMAIL_HOST = "courrier.exemple.invalid"
    User.objects.create_user("zoe@exemple.invalid", "Zoé")
    for address in ("zoe@exemple.invalid", "personne@exemple.invalid"):
        asked = [client.post("/connexion/", {"email": address}, REMOTE_ADDR=f"192.0.2.{n}") for n in range(6)]
        assert [page.status_code for page in asked] == [200] * 5 + [429]
        assert int(asked[-1]["Retry-After"]) > 0
        assert "Ouvrez le dernier reçu" in asked[-1].content.decode()
    assert Mail.objects.count() == 1  # and one that still waits is not written again
