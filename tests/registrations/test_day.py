"""On the day: a badge that is scanned, what people need."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from maillage.gatherings.models import Workshop
from maillage.lib.spreadsheets import read_table
from maillage.office.models import Activity
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, Space
from maillage.registrations import own
from maillage.registrations.enums import Meal, Presence, RegistrationStatus
from maillage.registrations.links import badge_path, read_badge
from maillage.registrations.models import Registration
from maillage.registrations.services import erase_needs
from tests.registrations.conftest import member
from tests.registrations.test_views import body, url


def add(gathering, name, **more) -> Registration:
    person = Person.objects.create(space=gathering.space, first_name=name, last_name="Essai")
    return Registration.objects.create(gathering=gathering, person=person, **more)


# A badge


def test_a_scanned_badge_is_two_taps_from_present(client, desk, day):
    row = add(day, "Ana")
    client.force_login(desk)

    page = client.get(badge_path(row.pk), follow=True)  # first tap: the camera's
    assert "Ana Essai" in body(page)
    action = reverse("registrations:presence", args=[day.pk, row.pk])
    assert f'action="{action}"' in body(page)
    client.post(action, {"presence": "present"})  # the second

    row.refresh_from_db()
    assert row.presence == Presence.PRESENT
    assert "Présent·e, noté à" in body(client.get(badge_path(row.pk), follow=True))


def test_the_end_of_the_day_goes_on_among_those_still_expected(client, desk, day):
    rows = [add(day, name) for name in ("Ana", "Bruno")]
    client.force_login(desk)
    expected = f"{reverse('registrations:desk', args=[day.pk])}?presence=expected"
    assert 'name="among" value="expected"' in body(client.get(expected))

    answer = client.post(
        reverse("registrations:presence", args=[day.pk, rows[0].pk]), {"presence": "absent", "among": "expected"}
    )
    assert answer.url == expected
    assert [row for row, *_rest in client.get(expected).context["rows"]] == [rows[1]]
    wrong = reverse("registrations:presence", args=[day.pk, rows[1].pk])
    assert "presence" not in client.post(wrong, {"presence": "absent", "among": "x&q=y"}).url


def test_a_hand_scanner_types_the_badge_into_the_search(client, desk, day):
    row = add(day, "Ana")
    client.force_login(desk)
    at_desk = reverse("registrations:desk", args=[day.pk])

    found = client.get(at_desk, {"q": f"https://journee.exemple.invalid{badge_path(row.pk)} "})
    assert found.url == reverse("registrations:desk-person", args=[day.pk, row.pk])
    for unknown in (
        badge_path(day.pk),
        "/badge/",
        "/badge/é/",
        "badge",
    ):  # somebody else's, or none: an ordinary search
        assert client.get(at_desk, {"q": unknown}).status_code == 200


def test_the_address_of_a_refused_walk_in_opens_the_desk(client, desk, day):
    client.force_login(desk)
    address = reverse("registrations:walk-in", args=[day.pk])
    assert client.post(address, {"first_name": ""}).status_code == 422
    assert client.get(address).url == reverse("registrations:desk", args=[day.pk])


def test_at_the_door_a_first_name_is_enough(client, desk, day):
    client.force_login(desk)
    page = client.post(
        reverse("registrations:walk-in", args=[day.pk]), {"first_name": "Ana", "category": "resident"}, follow=True
    )
    assert "Ana est inscrit·e, présent·e." in body(page)
    assert day.registrations.get(walk_in=True).presence == Presence.PRESENT


def test_a_badge_tells_strangers_nothing_not_even_whether_it_is_one(client, day):
    row = add(day, "Ana", needs="un fauteuil")
    elsewhere = Client()
    elsewhere.force_login(
        member(Space.objects.create(slug="ailleurs", name="Ailleurs"), "x@exemple.invalid", SpaceRole.DESK)
    )
    unknown = badge_path(day.pk)  # the identifier of something else

    for visitor in (client, elsewhere):
        true, false = (visitor.get(each) for each in (badge_path(row.pk), unknown))
        assert (true.status_code, false.status_code) == (200, 200)
        assert "Ana" not in body(true)
        assert _content(true) == _content(false).replace(unknown, badge_path(row.pk))


def _content(page) -> str:
    """Between header and footer: these carry the address and a token of their own."""
    return body(page).partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("code", ["x", "é", "A" * 21, "A" * 40])
def test_a_code_that_is_none_opens_the_same_page(client, db, code):
    assert read_badge(code) is None
    assert client.get(f"/badge/{code}/").status_code == 200


def test_the_desk_finds_who_waits_for_a_place(client, desk, day):
    row = add(day, "Wanda", status=RegistrationStatus.WAITING, waiting_rank=1)
    client.force_login(desk)

    assert "Wanda" not in body(client.get(url("desk", day)))
    assert "attend une place" in body(client.get(f"{url('desk', day)}?q=wanda"))
    client.post(url("presence", day, row.pk), {"presence": "present"})

    row.refresh_from_db()
    assert row.status == RegistrationStatus.REGISTERED


def test_the_desk_sees_who_announced_themselves(client, desk, day):
    add(day, "Ana", presence=Presence.PRESENT, self_arrived=True)
    client.force_login(desk)

    assert "s’est annoncé·e" in body(client.get(url("desk", day)))


def test_a_place_has_the_colour_of_its_badge_and_says_its_name(client, desk, day, monkeypatch):
    Workshop.objects.create(slot=day.slots.last(), position=9, title="Coop", colour="vert")
    row = add(day, "Ana", interpreter="LSF")
    said = ["Coop ou pas coop, Espace Lorraine, table 3", "L’animation territoriale, Salle Gruber"]
    monkeypatch.setattr(own, "_places", [lambda gathering, rows: {each.pk: said for each in rows}])
    client.force_login(desk)

    assert [place.colour for place in own.places_of(day, [row])[row.pk]] == ["rouge", ""]
    person = reverse("registrations:desk-person", args=[day.pk, row.pk])
    for page in (url("desk", day), person, url("day-lists", day)):
        assert body(client.get(page)).count("shape-rouge") == 1
        assert re.search(r"</svg>rouge</span>", body(client.get(page)), re.IGNORECASE)


# What people need


@pytest.fixture
def needs(day):
    add(day, "Ana", interpreter="LSF", needs="boucle magnétique")
    add(day, "Bo", children=2, meal=Meal.VEGETARIAN)
    add(day, "Cy", children=1, meal=Meal.ANY)
    add(day, "Di", meal=Meal.ANY, status=RegistrationStatus.CANCELLED)
    add(day, "Ed", interpreter="arabe", presence=Presence.ABSENT)
    add(day, "Flo")
    return day


def test_lists_count_those_who_come(client, desk, needs):
    client.force_login(desk)

    page = body(client.get(url("day-lists", needs)))

    assert "3 enfants en tout." in page
    assert "Mange sur place : 1" in page
    assert "Mange sur place, sans viande ni poisson : 1" in page
    assert "2 personnes n’ont rien dit de leur repas." in page
    assert "LSF" in page
    for absent in ("arabe", "Di Essai", "Ed Essai", "Flo Essai"):
        assert absent not in page


def test_what_is_written_freely_is_the_organiser_s(client, desk, organiser, needs):
    for user, sees in ((desk, False), (organiser, True)):
        client.force_login(user)
        assert ("boucle magnétique" in body(client.get(url("day-lists", needs)))) is sees
        file = client.get(url("day-lists-csv", needs))
        table = read_table(file.content, "besoins.csv")
        assert [row[0] for row in table.rows] == ["Ana Essai", "Bo Essai", "Cy Essai"]
        assert ("boucle magnétique" in file.content.decode()) is sees
        assert "no-store" in file["Cache-Control"]


def test_lists_are_closed_to_strangers(client, needs):
    assert client.get(url("day-lists", needs)).status_code == 302
    client.force_login(member(needs.space, "lecture@exemple.invalid", SpaceRole.READER))
    assert [client.get(url(name, needs)).status_code for name in ("day-lists", "day-lists-csv")] == [403, 403]


def test_everything_one_needs_is_erased(needs):
    erase_needs(gathering=needs, by="essai")

    for row in needs.registrations.all():
        assert (row.needs, row.meal, row.children, row.interpreter) == ("", "", 0, "")


def test_pages_that_show_needs_say_that_they_were_erased(client, organiser, needs):
    client.force_login(organiser)
    row = needs.registrations.first()
    pages = (url("day-lists", needs), url("list", needs), reverse("registrations:edit", args=[needs.pk, row.pk]))
    assert not any("effacés le" in body(client.get(page)) for page in pages)

    erase_needs(gathering=needs, by="essai")
    Activity.objects.update(at=dt.datetime(2025, 10, 31, 23, 30, tzinfo=dt.UTC))  # half past midnight, in Paris

    for page in pages:
        assert "(repas, enfants, interprète…) ont été effacés le 1er novembre 2025." in body(client.get(page))
    lists = body(client.get(pages[0]))
    for false in ("Personne n’a demandé d’interprète", "Aucun enfant", "rien dit de leur repas", "s’effacent"):
        assert false not in lists
