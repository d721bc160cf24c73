"""The room server: which names it answers to, what it shows, what it prints. No test here has a network."""

import datetime as dt
import ssl

import pytest
from cryptography import x509
from django.urls import reverse

from maillage.config.certificate import make_certificate
from maillage.config.commands import serve_room
from maillage.config.installation import wifi_file
from maillage.lib import lan
from maillage.lib.lan import RoomHosts, lan_addresses
from maillage.lib.wifi import Wifi, WifiRefused, check_wifi, read_wifi, save_wifi
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from tests.config.test_cli import run

HERE, THERE = "192.168.1.20", "192.168.43.7"


@pytest.fixture
def network(monkeypatch):
    """The addresses of this machine, as a list one may change."""
    addresses = [HERE]
    monkeypatch.setattr(lan, "_all", lambda: iter(["127.0.0.1", *addresses, *addresses]))
    monkeypatch.setattr(lan, "FRESH", -1.0)
    return addresses


@pytest.fixture
def room(settings, network, tmp_path):
    settings.ROOM = True
    settings.DATA_DIR = tmp_path
    settings.ALLOWED_HOSTS = RoomHosts(["localhost", "127.0.0.1", "[::1]"])
    return network


@pytest.fixture
def organiser(db):
    user = User.objects.create_user("orga@exemple.invalid", "Orga")
    give_right(user=user, space=make_space(slug="essai", name="Essai", by="x"), role=SpaceRole.ORGANISER, by="x")
    return user


def page(client, host=f"{HERE}:8000"):
    return client.get(reverse("room-server"), headers={"host": host})


def test_only_a_room_server_has_the_page(client, db):
    assert client.get("/salle/").status_code == 404
    assert client.get("/salle/wifi/").status_code == 302


@pytest.mark.django_db
def test_names_are_the_addresses_of_now(client, room):
    assert page(client).status_code == 200
    for host in ("evil.example", "192.168.1.21", f"{HERE}.evil.example", "10.0.0.1:8000", ""):
        assert page(client, host).status_code == 400, host
    room[:] = [THERE]
    assert page(client).status_code == 400  # no longer ours
    assert page(client, f"{THERE}:8000").status_code == 200


@pytest.mark.django_db
def test_page_says_the_new_address_to_the_machine_itself(client, room):
    assert f"http://{HERE}:8000" in page(client, "localhost:8000").content.decode()
    room[:] = [THERE, "10.1.2.3"]
    html = page(client, "localhost:8000").content.decode()
    assert f"http://{THERE}:8000" in html
    assert HERE not in html
    assert "http://10.1.2.3:8000" in html
    room[:] = []
    assert "sur aucun réseau" in page(client, "localhost:8000").content.decode()


def test_phones_are_never_sent_to_localhost(client, organiser, room):
    client.force_login(organiser)
    from maillage.live.models import Session
    from maillage.live.services import open_session
    from tests.live.play import make_workshop

    workshop = make_workshop()
    give_right(user=organiser, space=workshop.slot.gathering.space, role=SpaceRole.ORGANISER, by="x")
    open_session(workshop=workshop, by="x")
    address = reverse("live:control-room", args=[workshop.slot.gathering_id])
    html = client.get(address, headers={"host": "localhost:8000"}).content.decode()
    assert Session.objects.count() == 1
    assert f"http://{HERE}:8000/animer/" in html
    assert "localhost" not in html


def test_wifi_is_typed_on_the_page(client, organiser, room):
    client.force_login(organiser)
    host = {"host": f"{HERE}:8000"}
    refused = client.post(reverse("room-wifi"), {"name": "", "password": "sans nom 1"}, headers=host)
    assert refused.status_code == 422
    assert "Il manque le nom du Wi-Fi" in refused.content.decode()
    kept = client.post(reverse("room-wifi"), {"name": "Salle", "password": "mot;de passe"}, headers=host)
    assert kept.status_code == 302
    assert read_wifi(wifi_file()) == Wifi("Salle", "mot;de passe")
    assert wifi_file().stat().st_mode & 0o077 == 0
    assert "mot;de passe" in page(client).content.decode()


def test_wifi_belongs_to_organisers(client, room, db):
    client.force_login(User.objects.create_user("lecteur@exemple.invalid"))
    answer = client.post(reverse("room-wifi"), {"name": "x", "password": ""}, headers={"host": f"{HERE}:8000"})
    assert answer.status_code == 403
    assert not wifi_file().exists()


def test_wifi_code_is_escaped():
    assert Wifi('Salle "N"; 2', "a\\b:c,d").qr_text == 'WIFI:T:WPA;S:Salle \\"N\\"\\; 2;P:a\\\\b\\:c\\,d;;'
    assert Wifi("Ouvert", "").qr_text == "WIFI:T:nopass;S:Ouvert;;"


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "12345678"), ("é" * 17, ""), ("x", "court"), ("x", "y" * 64), ("x", "mot à passer"), ("a\nb", "")],
)
def test_wifi_that_no_box_takes_is_refused(name, password):
    with pytest.raises(WifiRefused):
        check_wifi(name, password)


def test_wifi_file_that_is_broken_is_no_wifi(tmp_path):
    file = tmp_path / "wifi.json"
    assert read_wifi(file) == Wifi()
    save_wifi(file, Wifi("a", ""))
    assert read_wifi(file) == Wifi("a", "")
    file.write_text('{"name": 3}')
    assert read_wifi(file) == Wifi()


def test_real_addresses_are_never_loopback():
    assert all(not address.startswith("127.") for address in lan_addresses(fresh=True))


def test_certificate_bears_the_addresses(tmp_path):
    made = make_certificate(tmp_path / "tls", [HERE], now=dt.datetime(2026, 11, 28, tzinfo=dt.UTC))
    assert made.key.stat().st_mode & 0o077 == 0
    read = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert HERE in map(str, names.get_values_for_type(x509.IPAddress))
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)  # the two go together


def test_summary_and_the_change_of_address(capsys, organiser, room):
    save_wifi(wifi_file(), Wifi("Salle", "motdepasse"))
    serve_room.print_summary([HERE], 8000, None)
    said = capsys.readouterr().out
    assert f"http://{HERE}:8000\n" in said
    assert "http://localhost:8000/salle/" in said
    assert "Salle, mot de passe motdepasse" in said
    assert f"orga@exemple.invalid  http://{HERE}:8000/connexion/lien/?jeton=" in said
    serve_room.say_address([THERE], 8000, None)
    assert f"http://{THERE}:8000" in capsys.readouterr().out
    serve_room.say_address([], 8000, None)
    assert "Le réseau est perdu" in capsys.readouterr().out


def test_options_are_checked_before_anything_is_served(tmp_path):
    refused = run("serve", "--tls", folder=tmp_path)
    assert (refused.returncode, "vont avec --room" in refused.stderr) == (1, True)
    refused = run("serve", "--room", "--port", "0", "--wifi-name", "x", "--wifi-password", "court", folder=tmp_path)
    assert refused.returncode == 1
    assert "de 8 à 63 signes" in refused.stderr
