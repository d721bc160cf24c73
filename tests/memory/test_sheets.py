"""The porteur's sheet: the link opens it, and nothing else does."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.live import seats
from maillage.live.keys import BadSeal, KeyMissing
from maillage.live.services import erase_session
from maillage.memory.models import PorteurSheet
from maillage.memory.services import keep_sheet
from maillage.memory.sheets import lookup_of, open_sheet, seal_sheet, sheet_token
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = {
    "title": "Ma fiche",
    "lines": [],
    "fields": [{"id": "x", "label": "Mon premier pas", "value": "canari-fiche"}],
}


def sit(client: Client, seat) -> None:
    client.cookies[seats.cookie_name(seat.session_id, seat.kind)] = seats.make_ticket(seat)


def test_sheet_opens_with_its_token_and_with_no_other(session):
    token, other = sheet_token(session.pk, session.pk), sheet_token(session.pk, session.gathering_id)
    sealed = seal_sheet(token, CONTENT)
    assert open_sheet(token, sealed) == CONTENT
    with pytest.raises(BadSeal):
        open_sheet(other, sealed)
    with pytest.raises(BadSeal):
        open_sheet(token, sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_neither_the_token_nor_the_text_is_in_the_row(room):
    sheet, token = keep_sheet(session=room.session, seat_id=room.porteur.id, content=CONTENT)
    row = PorteurSheet.objects.values_list("lookup", "sealed").get(pk=sheet.pk)
    assert token not in row[0]
    assert b"canari-fiche" not in bytes(row[1])
    assert token.encode() not in bytes(row[1])


def test_the_same_seat_gets_the_same_link(room):
    first = keep_sheet(session=room.session, seat_id=room.porteur.id, content=CONTENT)
    again = keep_sheet(session=room.session, seat_id=room.porteur.id, content={**CONTENT, "title": "Autre"})
    assert first[1] == again[1]
    assert first[0].pk == again[0].pk
    assert open_sheet(again[1], bytes(again[0].sealed))["title"] == "Autre"


def test_the_link_outlives_the_session_and_nobody_can_make_it_again(room, client):
    _sheet, token = keep_sheet(session=room.session, seat_id=room.porteur.id, content=CONTENT)
    erase_session(session=room.session, by="essai")
    page = client.get(reverse("memory:sheet", args=[token]))
    assert page.status_code == 200
    with pytest.raises(KeyMissing):
        sheet_token(room.session.pk, room.porteur.id)


def test_the_porteur_reaches_the_sheet_from_the_phone_and_a_neighbour_does_not(room):
    porteur, neighbour = Client(), Client()
    sit(porteur, room.porteur)
    sit(neighbour, room.sit("Voisine", ""))
    address = reverse("memory:own-sheet", args=[room.session.pk])
    assert porteur.get(address, follow=True).status_code == 200
    assert neighbour.get(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_an_organiser_has_no_way_to_a_sheet(room):
    user = User.objects.create_user("organisation@exemple.invalid")
    give_right(user=user, space=room.session.gathering.space, role=SpaceRole.ORGANISER, by="essai")
    organiser = Client()
    organiser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    sheet, _token = keep_sheet(session=room.session, seat_id=room.porteur.id, content=CONTENT)
    for guess in (str(sheet.pk), sheet.lookup, "a" * 32, "é", "x" * 3000):
        assert organiser.get(reverse("memory:sheet", args=[guess])).status_code == 404
    assert organiser.get(reverse("memory:own-sheet", args=[room.session.pk])).status_code == 404


def test_the_address_of_a_sheet_is_not_told_to_other_sites(room, client):
    _sheet, token = keep_sheet(session=room.session, seat_id=room.porteur.id, content=CONTENT)
    page = client.get(reverse("memory:sheet", args=[token]))
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"].startswith("max-age=0")


def test_lookup_says_nothing_of_the_token():
    assert lookup_of("a") != lookup_of("b")
    assert len(lookup_of("a")) == 64
