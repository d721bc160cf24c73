"""One's own registration, by the public form: for anyone, with nothing but a browser."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering, Workshop
from maillage.office.models import Activity, Mail
from maillage.people.models import Organisation, Person
from maillage.registrations import public_views
from maillage.registrations.enums import Asked, RegistrationStatus, Source
from maillage.registrations.models import Opening, Registration
from maillage.registrations.own import token_of
from tests.registrations.test_views import body

BASE = "https://inscription.exemple.invalid"


@pytest.fixture
def opening(day) -> Opening:
    Gathering.objects.filter(pk=day.pk).update(date=timezone.localdate() + dt.timedelta(days=30))
    return Opening.objects.create(gathering=day, is_open=True, base_url=BASE, contact="equipe@exemple.invalid")


def address(opening: Opening, name: str = "form") -> str:
    return reverse(f"registrations:{name}", args=[opening.gathering.space.slug, opening.gathering.slug])


def said(**more):
    return {"first_name": "Jeanne", "last_name": "Martin", "email": "jeanne@exemple.invalid", **more}


def send(client, opening, follow=False, **data):
    return client.post(address(opening), said(**data), follow=follow)


# Coming in


def test_the_form_is_one_page_without_account_cookie_or_script(opening):
    strict = Client(enforce_csrf_checks=True)  # a browser that keeps no cookie

    page = strict.get(address(opening))
    answer = strict.post(address(opening), said())

    assert page.status_code == 200
    assert "<script" not in page.content.decode()
    assert not page.cookies
    assert answer.status_code == 302
    assert Registration.objects.get().source == Source.FORM


@pytest.mark.parametrize("https", [True, False])
def test_the_address_in_the_cookie_of_thanks_goes_by_https_alone_where_there_is_one(client, opening, settings, https):
    settings.HTTPS = https
    cookie = send(client, opening).cookies[public_views.SENT_COOKIE]
    assert (bool(cookie["secure"]), cookie["httponly"], cookie["samesite"]) == (https, True, "Lax")


def test_the_page_tells_nobody_whether_an_address_has_served(client, opening):
    """Opened before and after: one registration more or none, it says the same."""
    Opening.objects.update(capacity=10)

    def page() -> str:
        return re.sub(r'name="key" value="[^"]+"', "", client.get(address(opening)).content.decode())

    send(client, opening)
    before = page()
    send(Client(), opening, first_name="Une autre")  # the same address
    assert page() == before
    send(Client(), opening, email="nouvelle@exemple.invalid")
    assert page() == before
    assert Registration.objects.count() == 2


def test_that_few_places_are_left_is_said_without_a_number(client, opening):
    words = "Il reste peu de places."
    Opening.objects.update(capacity=20)
    Registration.objects.all().delete()
    assert words not in client.get(address(opening)).content.decode()
    for number in range(18):
        assert words not in client.get(address(opening)).content.decode()
        send(Client(), opening, email=f"p{number}@exemple.invalid")
    assert words in client.get(address(opening)).content.decode()


def test_everything_said_is_written_and_nothing_more(client, opening):
    coop, codev = Workshop.objects.filter(slot__position=4).order_by("-title")[1:3]
    send(
        client,
        opening,
        phone="06 12",
        category="resident",
        organisation="Régie de quartier",
        commune="Nancy",
        meal="vegetarian",
        children="2",
        interpreter="LSF",
        needs="une place pour un fauteuil",
        porteur_subject="Faire venir les jeunes",
        remember_encounters="on",
        wants_takeaways="on",
        **{f"wish-{coop.slot_id}-1": coop.pk, f"wish-{coop.slot_id}-2": codev.pk},
    )

    registration = Registration.objects.select_related("person__organisation").get()
    person = registration.person
    assert (person.full_name, person.email, person.phone, person.category) == (
        "Jeanne Martin", "jeanne@exemple.invalid", "06 12", "resident",
    )  # fmt: skip
    assert (person.organisation.name, person.commune.name) == ("Régie de quartier", "Nancy")
    assert (registration.meal, registration.children, registration.interpreter) == ("vegetarian", 2, "LSF")
    assert registration.needs == "une place pour un fauteuil"
    assert registration.volunteer_porteur  # a subject was written
    assert (registration.newsletter, registration.remember_encounters) == (False, True)
    assert registration.wants_takeaways
    assert [wish.workshop_id for wish in registration.wishes.all()] == [coop.pk, codev.pk]


def test_no_consent_is_ticked_beforehand(client, opening):
    page = client.get(address(opening)).content.decode()

    assert len(re.findall(r'<input type="checkbox"', page)) == 4  # porteur, takeaways, newsletter, encounters
    assert "checked" not in re.sub(r'<input type="radio"[^>]*>', "", page)


def test_what_the_organiser_does_not_ask_is_neither_shown_nor_taken(client, opening):
    opening.asked = [Asked.CATEGORY]
    opening.save()

    page = body(client.get(address(opening)))
    send(client, opening, phone="06 12", needs="secret", newsletter="on", category="resident")

    registration = Registration.objects.get()
    assert "Vous êtes" in page
    assert "fauteuil" not in page
    assert "Choix 1" not in page
    assert (registration.person.phone, registration.needs, registration.newsletter) == ("", "", False)
    assert registration.person.category == "resident"


def test_a_name_that_one_person_carries_is_suggested_to_nobody(client, opening):
    space = opening.gathering.space
    opening.asked = [Asked.ORGANISATION]
    opening.save()
    for name, members in (("Centre social Nord", 3), ("Cabinet Durand", 1)):
        organisation = Organisation.objects.create(space=space, name=name, folded_name=name.lower())
        for number in range(members):
            person = Person.objects.create(space=space, first_name=f"P{number}", organisation=organisation)
            Registration.objects.create(gathering=opening.gathering, person=person)
    for number in range(3):  # whoever wonders whether that one is there, or has something to say to all
        for name in ("Cabinet Durand", "Achetez mes vélos"):
            send(Client(), opening, first_name=f"Faux {name} {number}", email="", organisation=name)
    Registration.objects.filter(source=Source.FORM).update(presence="present", self_arrived=True)

    page = body(client.get(address(opening)))

    assert '<option value="Centre social Nord">' in page
    assert "Durand" not in page
    assert "vélos" not in page

    Registration.objects.filter(source=Source.FORM).update(self_arrived=False)  # the desk saw them
    assert "Cabinet Durand" in body(client.get(address(opening)))


# Faults


def test_a_fault_is_said_at_the_top_with_a_way_to_its_field_and_loses_nothing(client, opening):
    codev = Workshop.objects.get(title="Co-développement")
    twice = {f"wish-{codev.slot_id}-{rank}": codev.pk for rank in (1, 2)}

    page = send(
        client, opening, first_name="", email="jeanne.exemple.invalid", needs="deux rampes", children="x", **twice
    )

    html = page.content.decode()
    top = html[html.index('class="errors"') : html.index("</ul>", html.index('class="errors"'))]
    assert page.status_code == 422
    for field in ("id_first_name", "id_email", "id_children", f"id_wish-{codev.slot_id}-2"):
        assert f'href="#{field}"' in top
        assert re.search(rf'id="{field}"[^>]*', html)
        assert re.search(
            rf'<[^>]*aria-describedby="[^"]*{field}_fault"[^>]*id="{field}"|id="{field}"[^>]*aria-describedby="[^"]*{field}_fault"',
            html,
        )
    assert 'value="deux rampes"' in html
    assert 'value="jeanne.exemple.invalid"' in html
    assert html.count(f'<option value="{codev.pk}" selected>') == 2
    assert "<title>À corriger" in html
    assert not Registration.objects.exists()


def test_a_robot_is_caught_and_a_person_caught_by_error_sees_why(client, opening):
    page = send(client, opening, question="https://achetez.exemple.invalid")

    assert page.status_code == 422
    html = page.content.decode()
    assert html.count("Laissez ce champ vide") == 2  # at the top, and a field that is seen
    assert '<div class="visually-hidden"' not in html
    assert '<div class="visually-hidden"' in client.get(address(opening)).content.decode()
    assert 'value="Jeanne"' in page.content.decode()
    assert not Registration.objects.exists()


def test_many_sendings_from_one_address_wait_and_keep_what_was_written(client, opening, monkeypatch):
    monkeypatch.setattr(public_views.SENDINGS, "most", 1)
    send(client, opening)

    page = send(client, opening, email="autre@exemple.invalid", first_name="Autre")

    assert (page.status_code, Registration.objects.count()) == (429, 1)
    assert int(page["Retry-After"]) > 0
    assert 'value="autre@exemple.invalid"' in page.content.decode()


# Twice


def test_an_address_that_served_learns_it_by_mail_and_the_page_says_the_same(opening):
    first, again = Client(), Client()
    new = send(first, opening, follow=True)

    old = send(again, opening, follow=True, first_name="Un", last_name="Curieux", email="JEANNE@exemple.invalid")

    assert Registration.objects.count() == 1
    assert Registration.objects.get().person.full_name == "Jeanne Martin"
    assert body(old).replace("JEANNE@", "jeanne@") == body(new)
    confirmation, warning = Mail.objects.order_by("created_at")
    assert warning.to == "jeanne@exemple.invalid"
    assert "existe déjà" in warning.subject
    link = f"{BASE}/inscription/{token_of(Registration.objects.get())}/"
    assert link in warning.body
    assert link in confirmation.body
    assert "Curieux" not in warning.body


def test_a_letter_box_is_not_filled_by_the_form(client, opening):
    for _time in range(6):
        send(client, opening)

    assert Mail.objects.count() == 3


def test_two_clicks_are_one_registration_and_another_name_is_another_person(client, opening):
    key = "0b9f2a3e-6f5e-4d55-9a41-0c1e8a3f7a11"
    for name in ("Jeanne", "Jeanne", "Karim"):
        send(client, opening, first_name=name, email="", key=key)

    assert sorted(Person.objects.values_list("first_name", flat=True)) == ["Jeanne", "Karim"]


def test_without_an_address_the_page_itself_is_shown(client, opening):
    page = send(client, opening, email="", follow=True)

    assert page.redirect_chain == [(f"/inscription/{token_of(Registration.objects.get())}/", 302)]
    assert "Bonjour Jeanne" in body(page)
    assert not Mail.objects.exists()


def test_the_page_of_thanks_holds_no_link_that_opens(client, opening):
    page = send(client, opening, follow=True)

    token = token_of(Registration.objects.get())
    assert "jeanne@exemple.invalid" in body(page)
    assert token not in body(page)
    assert "jeanne" not in page.redirect_chain[0][0]
    assert Client().get(address(opening, "sent")).status_code == 302  # nobody else sees it


def test_links_of_letters_do_not_follow_the_host_of_the_visitor(client, opening, settings):
    settings.ALLOWED_HOSTS = ["*"]

    client.post(address(opening), said(), headers={"host": "pirate.exemple.invalid"})

    assert "pirate" not in Mail.objects.get().body


def test_somebody_of_an_earlier_gathering_keeps_one_row(client, opening):
    space = opening.gathering.space
    known = Person.objects.create(
        space=space, first_name="Jeanne", last_name="MARTIN", email="jeanne@exemple.invalid", phone="06 12"
    )
    namesake = Person.objects.create(space=space, first_name="Jean", last_name="Martin", email="jeanne@exemple.invalid")

    send(client, opening)

    registration = Registration.objects.get()
    known.refresh_from_db()
    assert registration.person_id == known.pk
    assert known.phone == "06 12"  # what they leave empty stays
    assert not namesake.registrations.exists()


def test_whoever_knows_a_name_and_an_address_changes_neither_name_nor_telephone_nor_past_counts(client, opening):
    """A form that does not ask who one is leaves a person of before as they were."""
    known = Person.objects.create(
        space=opening.gathering.space, first_name="Jeanne", last_name="Martin", email="jeanne@exemple.invalid",
        phone="06 12", category="elected_official",
    )  # fmt: skip
    opening.asked = [Asked.PHONE]
    opening.save()

    send(client, opening, first_name="JEANNE", last_name="martin", phone="06 66")

    known.refresh_from_db()
    assert Registration.objects.get().person_id == known.pk
    assert (known.full_name, known.phone, known.category) == ("Jeanne Martin", "06 12", "elected_official")


def test_the_log_names_nobody(client, opening):
    send(client, opening)

    line = Activity.objects.get(verb="sign-up")
    assert "Jeanne" not in f"{line.by} {line.about}"


# Open and closed


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_open": False}, "ne sont pas ouvertes"),
        ({"opens_at": dt.datetime(2999, 3, 1, 8, 5, tzinfo=dt.UTC)}, "ouvrent le 1er mars 2999 à 9 h 05"),
        ({"closes_at": dt.datetime(2020, 7, 2, 8, 0, tzinfo=dt.UTC)}, "closes depuis le 2 juillet 2020 à 10 h 00"),
    ],
)
def test_a_closed_form_says_so_and_takes_nothing(client, opening, change, sentence):
    Opening.objects.filter(pk=opening.pk).update(**change)

    page = client.get(address(opening))
    late = send(client, opening)

    assert sentence in body(page)
    assert "<form" not in body(page).partition("<footer")[0]
    assert late.status_code == 409
    assert 'value="Jeanne"' in late.content.decode()  # written while it closed: still there
    assert sentence in body(late)
    assert not Registration.objects.exists()


def test_after_the_day_the_form_says_when_it_was(client, opening):
    Gathering.objects.update(date=dt.date(2025, 10, 2))

    assert "a eu lieu le 2 octobre 2025" in body(client.get(address(opening)))


def test_a_gathering_nobody_opened_has_no_form(client, day):
    assert client.get(f"/rencontres/{day.space.slug}/{day.slug}/inscription/").status_code == 404


def test_without_a_waiting_list_full_is_full(client, opening):
    Opening.objects.update(capacity=1, waiting_list=False)
    send(client, opening)

    late = send(client, opening, email="b@exemple.invalid")

    assert late.status_code == 409
    assert "plus de place" in body(client.get(address(opening)))
    assert Registration.objects.count() == 1


def test_full_means_the_waiting_list(client, opening):
    Opening.objects.update(capacity=1)
    send(client, opening)

    before = body(client.get(address(opening)))
    send(client, opening, first_name="Karim", email="karim@exemple.invalid", follow=True)

    karim = Registration.objects.get(person__first_name="Karim")
    assert "liste d’attente" in before
    assert (karim.status, karim.waiting_rank) == (RegistrationStatus.WAITING, 1)
    assert "liste d’attente" in Mail.objects.get(to="karim@exemple.invalid").subject
    own = body(client.get(f"/inscription/{token_of(karim)}/"))
    assert "Votre rang dans la file : 1" in own


# Changing, leaving, coming back


@pytest.fixture
def mine(client, opening) -> Registration:
    send(client, opening, needs="un fauteuil", organisation="Régie", meal="any")
    Mail.objects.all().delete()
    return Registration.objects.select_related("gathering__space", "person").get()


def own(registration, name=""):
    return f"/inscription/{token_of(registration)}/{name}"


def test_answers_change_by_ones_own_link_and_the_address_does_not(client, mine):
    page = client.get(own(mine, "reponses/"))
    assert 'value="un fauteuil"' in page.content.decode()

    answer = client.post(own(mine, "reponses/"), said(needs="", meal="none", email="voleur@exemple.invalid"))

    mine.refresh_from_db()
    mine.person.refresh_from_db()
    assert answer.status_code == 302
    assert (mine.needs, mine.meal, mine.person.organisation) == ("", "none", None)
    assert mine.person.email == "jeanne@exemple.invalid"


def test_what_is_no_longer_asked_stays_as_it_was(client, mine, opening):
    Opening.objects.update(asked=[Asked.MEAL])

    client.post(own(mine, "reponses/"), {"first_name": "Jeanne", "meal": "none"})

    mine.refresh_from_db()
    assert (mine.needs, mine.meal) == ("un fauteuil", "none")
    assert mine.person.organisation.name == "Régie"


def test_opening_the_link_of_a_letter_cancels_nothing(client, mine):
    assert f'href="{own(mine, "annulation/")}"' in body(client.get(own(mine)))
    page = client.get(own(mine, "annulation/"))

    mine.refresh_from_db()
    assert "Rien n’est encore fait" in body(page)
    assert mine.status == RegistrationStatus.REGISTERED


@pytest.mark.parametrize("name", ["voeux/", "reponses/", "annulation/", "retablissement/", "arrivee/"])
def test_a_browser_that_gives_nobody_the_address_can_still_send(mine, name):
    """Under no-referrer a browser's form says « Origin: null », and cookies may be off: the address is the key."""
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(own(mine, name), said(), headers={"origin": "null"})

    assert page.status_code == 302
    assert strict.get(own(mine))["Referrer-Policy"] == "no-referrer"


def test_one_leaves_and_comes_back(client, mine):
    client.post(own(mine, "annulation/"))
    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.CANCELLED
    letter = Mail.objects.get()
    assert (letter.to, f"{BASE}{own(mine)}" in letter.body) == ("jeanne@exemple.invalid", True)
    client.post(own(mine, "annulation/"))
    assert Mail.objects.count() == 1  # pressed twice, told once
    assert "Finalement, je viens" in body(client.get(own(mine)))

    client.post(own(mine, "retablissement/"))

    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.REGISTERED


def test_coming_back_when_it_is_full_waits_its_turn(client, mine):
    client.post(own(mine, "annulation/"))
    Opening.objects.update(capacity=1)
    Registration.objects.create(
        gathering=mine.gathering, person=Person.objects.create(space=mine.gathering.space, first_name="Karim")
    )

    client.post(own(mine, "retablissement/"))

    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.WAITING


def test_there_is_no_coming_back_to_a_full_day_without_a_waiting_list(client, mine):
    client.post(own(mine, "annulation/"))
    Opening.objects.update(capacity=1, waiting_list=False)
    Registration.objects.create(
        gathering=mine.gathering, person=Person.objects.create(space=mine.gathering.space, first_name="Karim")
    )

    page = client.post(own(mine, "retablissement/"), follow=True)

    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.CANCELLED
    assert "plus de place" in body(page)


# Here I am


def at(moment, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("Europe/Paris", dt.datetime(2027, 3, 9, 22, 59, tzinfo=dt.UTC), False),
        ("Europe/Paris", dt.datetime(2027, 3, 9, 23, 1, tzinfo=dt.UTC), True),
        ("Indian/Reunion", dt.datetime(2027, 3, 9, 20, 1, tzinfo=dt.UTC), True),
        ("America/Cayenne", dt.datetime(2027, 3, 10, 2, 59, tzinfo=dt.UTC), False),
        ("America/Cayenne", dt.datetime(2027, 3, 11, 2, 59, tzinfo=dt.UTC), True),
    ],
)
def test_one_says_here_i_am_on_the_day_where_people_meet(client, mine, monkeypatch, zone, moment, today):
    Gathering.objects.update(date=dt.date(2027, 3, 10), timezone=zone)
    at(moment, monkeypatch)

    page = client.get(own(mine))
    client.post(own(mine, "arrivee/"), {"presence": "present"})

    mine.refresh_from_db()
    assert ("Je suis là" in body(page)) is today
    assert (mine.presence == "present", mine.self_arrived) == (today, today)
    if today:
        hour = moment.astimezone(ZoneInfo(zone))
        assert f"notée à {hour.hour} h {hour.minute:02d}" in body(client.get(own(mine)))


def test_here_i_am_is_taken_back_by_who_said_it(client, mine):
    Gathering.objects.update(date=timezone.localdate())
    client.post(own(mine, "arrivee/"), {"presence": "present"})
    client.post(own(mine, "arrivee/"), {"presence": "expected"})
    mine.refresh_from_db()
    assert mine.presence == "expected"

    Registration.objects.update(presence="present", self_arrived=False)  # the desk said it
    client.post(own(mine, "arrivee/"), {"presence": "expected"})
    mine.refresh_from_db()
    assert mine.presence == "present"
