"""From the personal link of a registration to its seat."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.live import log
from maillage.live.entry import entry_part
from maillage.live.models import Seat
from maillage.live.services import close_session
from maillage.people.models import Person
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.own import token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def registration(session) -> Registration:
    """Somebody the published plan expects in the session, as its porteuse."""
    gathering = session.gathering
    person = Person.objects.create(space=gathering.space, first_name="Nadia", last_name="Ferrand")
    registration = Registration.objects.create(gathering=gathering, person=person)
    plan = Plan.objects.create(gathering=gathering, status=PlanStatus.PUBLISHED, by="essai")
    workshop = session.workshop
    Placement.objects.create(
        plan=plan,
        registration=registration,
        slot=workshop.slot,
        workshop=workshop,
        table=1,
        porteur=True,
        reason="Vœu 1",
    )
    return registration


def test_own_page_offers_the_open_session(registration, session) -> None:
    assert entry_part(registration).context["sessions"] == [session]
    close_session(session=session, by="organisation")
    assert entry_part(registration) is None


def test_own_page_shows_the_way_in_and_it_opens(registration, session) -> None:
    token = token_of(registration)
    page = Client().get(reverse("registrations:own", args=[token])).content.decode()
    way_in = f"/entrer/{token}/{session.id}/"
    assert f'action="{way_in}"' in page
    assert Client().post(way_in).status_code == 303


def test_the_way_in_opens_from_a_page_that_tells_nobody_its_address(registration, session) -> None:
    """The page is `no-referrer`: a browser sends its forms with `Origin: null`, and Django would refuse them."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/entrer/{token_of(registration)}/{session.id}/", headers={"origin": "null"})
    assert answer.status_code == 303


def test_personal_link_gives_the_same_seat_from_every_device(registration, session) -> None:
    path = f"/entrer/{token_of(registration)}/{session.id}/"
    for _device in range(2):
        client = Client()
        answer = client.post(path)
        assert (answer.status_code, answer["Location"]) == (303, f"/seance/{session.id}/")
        assert "Nadia" in client.get(answer["Location"]).content.decode()
    (seat,) = Seat.objects.filter(session=session)
    assert seat.registration_id == registration.id
    (joined,) = log.read(session.id)
    assert joined.payload == {"name": "Nadia", "role": "porteur", "table": 1}


def test_link_opens_only_where_its_person_is_expected(registration, session) -> None:
    token = token_of(registration)
    Placement.objects.all().delete()
    assert Client().post(f"/entrer/{token}/{session.id}/").status_code == 410
    assert Client().post(f"/entrer/{token[:-2]}xx/{session.id}/").status_code == 404
    assert Client().get(f"/entrer/{token}/{session.id}/").status_code == 405
    assert Seat.objects.count() == 0


def test_no_key_typed_at_the_door_is_somebodys_registration(registration, session) -> None:
    Client().post(f"/entrer/{token_of(registration)}/{session.id}/")
    thief = Client()
    thief.post(f"/s/{session.join_code}/", {"name": "Mallory", "key": str(registration.id)})
    assert Seat.objects.filter(session=session).count() == 2
    assert Seat.objects.get(registration_id=registration.id).id != Seat.objects.get(registration_id__isnull=True).id
    own = thief.get(f"/seance/{session.id}/").content.decode().split('id="own"')[1].split("</section")[0]
    assert "Mallory" in own
    assert "Nadia" not in own


def test_a_cancelled_registration_opens_no_seat(registration, session) -> None:
    registration.status = RegistrationStatus.CANCELLED
    registration.save()
    assert Client().post(f"/entrer/{token_of(registration)}/{session.id}/").status_code == 410
    assert not Seat.objects.exists()


def test_a_full_door_keeps_out_neither_who_leads_nor_who_is_expected(registration, session, monkeypatch) -> None:
    monkeypatch.setattr("maillage.live.seats.MOST_SEATS", 1)
    assert Client().post(f"/s/{session.join_code}/", {"name": "Ali", "key": "a"}).status_code == 303
    assert Client().post(f"/s/{session.join_code}/", {"name": "Bo", "key": "b"}).status_code >= 400
    assert Client().post(f"/s/{session.join_code}/", {"name": "Ali", "key": "a"}).status_code == 303
    assert Client().post(f"/entrer/{token_of(registration)}/{session.id}/").status_code == 303
    assert Client().post(f"/animer/{session.facilitator_code}/", {"name": "Lise", "key": "l"}).status_code == 303
