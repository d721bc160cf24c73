"""The organiser's page: away by a download, home by an upload, back by a box that is ticked."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from maillage.gatherings.models import Gathering
from maillage.gatherings.removal import HeldBack, remove_gathering
from maillage.live.models import Seat, Session
from maillage.live.throttle import codes_throttle
from maillage.people.models import User
from maillage.registrations.models import Registration
from maillage.registrations.own import token_of
from tests.trips.conftest import PHRASE, log_of, on
from tests.trips.day import prepare_day, sit, the_session, write


def address(name="trip"):
    return reverse(f"trips:{name}", args=[Gathering.objects.get().pk])


def signed_in(email="orga@exemple.invalid"):
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


def words(response):
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def test_there_and_back_by_pages(home, room, tmp_path):
    with on(home):
        prepare_day()
        client = signed_in()
        assert "Emporter sur un serveur de salle" in words(
            client.get(reverse("gatherings:detail", args=[Gathering.objects.get().pk]))
        )
        offered = re.search(r'name="passphrase" value="([a-z-]+)"', client.get(address()).content.decode())[1]
        answer = client.post(address("leave"), {"passphrase": offered})
        assert answer["Content-Disposition"].startswith('attachment; filename="journee-')
        (tmp_path / "out").write_bytes(answer.content)
        shown = words(client.get(address()))
        assert "Emportée depuis le" in shown
        assert "Reprendre ici" in shown
        assert "est emportée sur un autre serveur" in words(
            client.get(reverse("live:control-room", args=[Gathering.objects.get().pk]))
        )
    room.carry_in(tmp_path / "out", offered)
    with on(room):
        assert write(sit("Bao"), "dans la salle").accepted
        client = signed_in()
        assert "La rendre à son serveur d’origine" in words(client.get(address()))
        (tmp_path / "back").write_bytes(client.post(address("leave"), {"passphrase": PHRASE}).content)
    with on(home):
        client = signed_in()
        sent = {"file": SimpleUploadedFile("x", (tmp_path / "back").read_bytes()), "passphrase": "pas la bonne phrase"}
        wrong = client.post(address("arrive"), sent)
        assert (wrong.status_code, "pas la phrase de passe" in words(wrong)) == (422, True)
        sent = {"file": SimpleUploadedFile("x", (tmp_path / "back").read_bytes()), "passphrase": PHRASE}
        done = client.post(address("arrive"), sent, follow=True)
        assert "est de retour : 2 gestes nouveaux" in words(done)
    assert log_of(home) == log_of(room)


def test_doors_and_screens_at_the_old_home_say_where_it_is(home, tmp_path):
    codes_throttle.__init__()  # wrong codes of a file played before in this process are not ours
    with on(home):
        prepare_day()
        sit("Amel")
    home.carry_out(tmp_path / "out")
    with on(home):
        session, client = the_session(), Client()
        for door in (
            reverse("live:join", args=[session.join_code]),
            reverse("live:facilitate", args=[session.facilitator_code]),
            reverse("live:screen", args=[session.pk]),
        ):
            answer = client.get(door)
            assert (answer.status_code, "se joue sur un autre serveur" in words(answer)) == (410, True), door
        own = client.get(reverse("registrations:own", args=[token_of(Registration.objects.first())]))
        assert "Les ateliers se jouent sur le serveur de la salle" in words(own)
        assert Seat.objects.filter(session=session, kind="participant").count() == 1


def test_taking_back_asks_first(home, tmp_path):
    with on(home):
        prepare_day()
    home.carry_out(tmp_path / "out")
    with on(home):
        client = signed_in()
        assert client.post(address("take-back"), {}).status_code == 422
        assert Gathering.objects.get().away_since is not None
        done = client.post(address("take-back"), {"sure": "on"}, follow=True)
        assert "est reprise ici" in words(done)
        assert "son retour sera refusé" in words(done)
        assert not Session.objects.filter(away=True).exists()
        again = client.post(address("take-back"), {"sure": "on"})
        assert "est déjà ici" in words(again)


def test_gathering_that_is_away_is_not_removed(home, room, tmp_path):
    with on(home):
        prepare_day()
    home.carry_out(tmp_path / "out")
    room.carry_in(tmp_path / "out")
    with on(home):
        with pytest.raises(HeldBack) as held:
            remove_gathering(gathering=Gathering.objects.get(), by="essai")
        assert "emportée sur un autre serveur" in held.value.sentence
    room.carry_out(tmp_path / "back")
    with on(room):  # the guest's copy may go once it is home
        remove_gathering(gathering=Gathering.objects.get(), by="essai")
        assert not Session.objects.exists()
    assert home.carry_in(tmp_path / "back").back


def test_page_is_for_organisers(home, tmp_path):
    with on(home):
        prepare_day()
        User.objects.create_user("autre@exemple.invalid")
        client = signed_in("autre@exemple.invalid")
        for name in ("leave", "arrive", "take-back"):
            assert client.post(address(name), {"passphrase": PHRASE}).status_code == 404
        assert client.get(address()).status_code == 404
        assert Gathering.objects.get().away_since is None


def test_file_of_another_gathering_is_not_taken_by_this_page(home, room, make_server, tmp_path):
    with on(home):
        prepare_day()
    home.carry_out(tmp_path / "out")
    room.carry_in(tmp_path / "out")
    room.carry_out(tmp_path / "back")
    other = make_server("autre")
    with on(other):
        prepare_day()
        sent = {"file": SimpleUploadedFile("x", (tmp_path / "back").read_bytes()), "passphrase": PHRASE}
        answer = signed_in().post(address("arrive"), sent)
        assert (answer.status_code, "celui d’une autre rencontre" in words(answer)) == (422, True)
