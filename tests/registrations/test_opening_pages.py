"""The organiser's page of the form: open, close, choose, see what people get."""

import datetime as dt
import email
from email import policy

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.office.models import Activity, Mail
from maillage.registrations.enums import Asked, Source
from maillage.registrations.imports import import_registrations
from maillage.registrations.models import Opening, Registration
from maillage.registrations.services import PersonDetails
from maillage.registrations.signing_up import Answers, sign_up
from tests.registrations.day import FILE
from tests.registrations.test_views import body, url


@pytest.fixture
def staff(client, organiser):
    client.force_login(organiser)
    return client


@pytest.fixture
def soon(day) -> Gathering:
    Gathering.objects.filter(pk=day.pk).update(date=timezone.localdate() + dt.timedelta(days=30))
    day.refresh_from_db()
    return day


def choices(**more):
    return {"is_open": "on", "waiting_list": "on", "asked": [Asked.CATEGORY, Asked.MEAL], "reminders": "on", **more}


def test_nothing_is_written_before_the_organiser_says_so(staff, soon):
    page = staff.get(url("opening", soon))
    preview = staff.get(url("opening-preview", soon))

    assert (page.status_code, preview.status_code) == (200, 200)
    assert "Prénom" in body(preview)
    assert not Opening.objects.exists()
    assert staff.get(f"/rencontres/{soon.space.slug}/{soon.slug}/inscription/").status_code == 404


def test_only_the_reminders_still_to_come_are_promised(staff, soon):
    assert len(staff.get(url("opening", soon)).context["reminder_dates"]) == 2
    Gathering.objects.filter(pk=soon.pk).update(date=timezone.localdate() + dt.timedelta(days=1))
    assert "Les jours des rappels sont passés" in body(staff.get(url("opening", soon)))


def test_the_form_opens_with_its_link_and_its_code(staff, soon):
    staff.post(url("opening", soon), choices(capacity="120", contact="equipe@exemple.invalid"))

    page = staff.get(url("opening", soon))
    link = f"http://testserver/rencontres/{soon.space.slug}/{soon.slug}/inscription/"
    assert f'href="{link}"' in body(page)
    assert 'class="qr"' in body(page)
    assert "Personne n’est encore inscrit, 120 places." in body(page)
    public = staff.get(link)
    assert "120" not in body(public)  # said to nobody: test_the_page_tells_nobody_whether_an_address_has_served
    assert "Repas" in body(public)
    assert "Téléphone" not in body(public)
    assert link.removeprefix("http://testserver") in body(staff.get(f"/rencontres/{soon.space.slug}/{soon.slug}/"))
    assert [line.verb for line in Activity.objects.all()] == ["open-registrations"]
    assert Opening.objects.get().base_url == "http://testserver"


def test_closing_keeps_the_rest(staff, soon):
    staff.post(url("opening", soon), choices(welcome="Bienvenue à toutes"))
    staff.post(url("opening", soon), {**choices(welcome="Bienvenue à toutes"), "is_open": ""})

    opening = Opening.objects.get()
    assert (opening.is_open, opening.welcome, opening.asked) == (False, "Bienvenue à toutes", ["category", "meal"])
    assert Activity.objects.filter(verb="close-registrations").count() == 1


def test_hours_are_those_of_the_place(staff, soon):
    Gathering.objects.update(timezone="Indian/Reunion")

    staff.post(url("opening", soon), choices(opens_at="2999-03-01T09:00"))

    assert Opening.objects.get().opens_at == dt.datetime(2999, 3, 1, 5, 0, tzinfo=dt.UTC)
    assert 'value="2999-03-01T09:00"' in body(staff.get(url("opening", soon)))
    public = staff.get(f"/rencontres/{soon.space.slug}/{soon.slug}/inscription/")
    assert "ouvrent le 1er mars 2999 à 9 h 00" in body(public)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"capacity": "0"}, "id_capacity"),
        ({"contact": "personne"}, "id_contact"),
        ({"opens_at": "demain"}, "id_opens_at"),
        ({"asked": ["birthday"]}, "id_asked"),
    ],
)
def test_a_bad_choice_is_said_and_nothing_changes(staff, soon, wrong, field):
    page = staff.post(url("opening", soon), choices(**wrong))

    assert page.status_code == 422
    assert f'href="#{field}' in body(page)
    assert not Opening.objects.exists()


def test_the_form_closes_after_it_opens(staff, soon):
    page = staff.post(url("opening", soon), choices(opens_at="2999-03-02T09:00", closes_at="2999-03-01T09:00"))

    assert page.status_code == 422
    assert "La fermeture vient après l’ouverture." in body(page)


def test_the_preview_sends_nothing(staff, soon):
    Opening.objects.create(gathering=soon, is_open=True)

    page = staff.post(url("opening-preview", soon), {"first_name": "Jeanne"})

    assert "disabled" in body(page)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("name", ["confirmation", "attente", "place", "annulation", "rappel"])
def test_a_letter_is_read_before_it_is_sent(staff, soon, name):
    Opening.objects.create(gathering=soon, contact="equipe@exemple.invalid")

    answer = staff.get(url("letter", soon, name))

    letter = email.message_from_bytes(answer.content, policy=policy.default)
    text = letter.get_content()
    assert answer["Content-Type"] == "message/rfc822"
    assert soon.title in letter["Subject"]
    assert "Bonjour Camille" in text
    assert "/inscription/lien-personnel/" in text
    assert "equipe@exemple.invalid" in text
    assert not Mail.objects.exists()


@pytest.mark.parametrize("name", ["opening", "opening-preview", "waiting"])
def test_these_pages_are_the_organiser_s(client, desk, soon, name):
    assert client.get(url(name, soon)).status_code == 302
    client.force_login(desk)
    assert client.get(url(name, soon)).status_code == 403
    assert client.get(url("letter", soon, "rappel")).status_code == 403


def test_the_list_says_who_came_which_way(staff, soon):
    import_registrations(gathering=soon, content=FILE.read_bytes(), filename=FILE.name, by="essai")
    Opening.objects.create(gathering=soon, is_open=True)
    sign_up(gathering=soon, answers=Answers(PersonDetails("Zoé", "Zeller")), key="1")

    found = [
        staff.get(f"{url('list', soon)}?only={source}").context["page"].paginator.count for source in ("form", "import")
    ]

    assert found == [1, 128]
    assert "par le formulaire" in body(staff.get(f"{url('list', soon)}?q=zeller"))
    assert set(Registration.objects.values_list("source", flat=True)) == {Source.FORM, Source.IMPORT}


def test_the_pages_take_the_same_queries_whatever_the_number(staff, soon, django_assert_max_num_queries):
    Opening.objects.create(gathering=soon, is_open=True, capacity=1)
    for number in range(12):
        sign_up(gathering=soon, answers=Answers(PersonDetails(f"P{number}")), key=str(number))

    with django_assert_max_num_queries(12):
        staff.get(reverse("registrations:waiting", args=[soon.pk]))
