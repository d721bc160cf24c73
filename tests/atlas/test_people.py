"""The directory of persons: by their own link, word for word what they agreed to, gone at once; nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.gatherings.models import Gathering
from maillage.office.models import Activity
from maillage.office.retention import erase_again
from maillage.people.models import Organisation, Person, User
from maillage.people.services import give_right
from maillage.registrations.erasure import erase_person
from maillage.registrations.models import Listing, Registration
from maillage.registrations.own import token_of
from tests.atlas.opendata import few_territories, fill, full_space
from tests.atlas.test_opendata_pages import addresses

pytestmark = pytest.mark.django_db

SILENT, SPEAKS = "Zqsilencieuse", "Zqparlante"  # nothing else holds these letters
PAGE = "/atlas/oriv/personnes/"


@pytest.fixture
def house(db):
    few_territories()
    space = full_space()
    fill(space)
    return space


@pytest.fixture
def come(house):
    """Somebody registered at the public day, with all that a registration may hold."""

    def make(name: str) -> Registration:
        row = Organisation.objects.create(space=house, name=f"{name}org", folded_name=f"{name}org".lower())
        person = Person.objects.create(
            space=house, first_name=name, last_name=f"{name}nom", email=f"{name}@exemple.fr", phone=f"06{name}",
            organisation=row, commune_id="54547",
        )  # fmt: skip
        day = Gathering.objects.get(public=True, space=house)
        return Registration.objects.create(gathering=day, person=person, presence="present")

    return make


def own(registration: Registration, tail: str = "") -> str:
    return reverse("registrations:own", args=[token_of(registration)]) + tail


def say(registration: Registration, **more: str):
    given = {"name": f"{SPEAKS} visible", "agreed": "on", **more}
    return Client(enforce_csrf_checks=True).post(own(registration, "annuaire/"), given, follow=True)


def directory(query: str = "") -> str:
    answer = Client().get(PAGE + query)
    assert answer.status_code == 200
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def pages_of_the_atlas(space) -> list[str]:
    found = addresses()
    found += [f"/atlas/oriv/{path}" for path in ("communes/54547/", "communes/54547/structures/", "structures/")]
    found += [f"/atlas/oriv/recherche/?q={word}" for word in (SILENT, SPEAKS)]
    found += [f"/atlas/oriv/cooperation/?lien={basis}" for basis in ("table", "rencontre")]
    found += [reverse("atlas:contract", args=["oriv", row.pk]) for row in space.contracts.filter(removed_at=None)]
    found += [reverse("atlas:organisation", args=["oriv", row.pk]) for row in space.organisations.filter(listed=True)]
    return [*found, f"{PAGE}?q={SILENT}"]


def test_who_agreed_to_nothing_is_in_no_byte_and_who_agreed_in_the_directory_alone(house, come):
    silent, speaks = come(SILENT), come(SPEAKS)
    say(speaks, about="Cherche un local")
    assert f"{SPEAKS} visible" in directory()
    for address in pages_of_the_atlas(house):
        body = Client().get(address).getvalue().decode()
        question = address.partition("?q=")[2]
        assert SILENT not in body.replace(question, "") if question else SILENT not in body, address
        assert SPEAKS not in body.replace(question, "") if question else SPEAKS not in body, address
    assert SILENT not in directory()
    assert silent.person.full_name not in Client().get(own(speaks)).content.decode()


def test_nothing_is_shown_but_what_they_left_in_and_changed_it_is_changed(come):
    speaks = come(SPEAKS)
    assert "L’annuaire des personnes" in Client().get(own(speaks)).content.decode()
    assert Client().get(own(speaks, "annuaire/")).content.decode().count("checked") == 0
    refused = say(speaks, agreed="")
    assert (refused.status_code, Listing.objects.count()) == (422, 0)
    assert "Sans votre accord" in refused.content.decode()
    shown = say(speaks, about="Jardine").content.decode()
    assert "Vous y êtes" in shown
    for private in (f"{SPEAKS}nom", f"{SPEAKS}org", f"{SPEAKS}@", f"06{SPEAKS}", "Vandœuvre"):
        assert private not in directory(), private
    say(speaks, about="Jardine encore", organisation="on", commune="on", contact="moi@exemple.fr")
    words = directory()
    assert all(each in words for each in ("Jardine encore", f"{SPEAKS}org", "Vandœuvre", "moi@exemple.fr"))
    assert Listing.objects.count() == 1
    assert SPEAKS in directory("?q=jardine+vandoeuvre")
    assert SPEAKS not in directory("?q=mairie")
    Person.objects.filter(pk=speaks.person_id).update(first_name="Autre")
    assert f"{SPEAKS} visible" in directory()  # what they agreed to, word for word


def test_taken_back_it_is_gone_at_once_and_an_older_copy_takes_it_back_too(come, django_capture_on_commit_callbacks):
    speaks = come(SPEAKS)
    say(speaks)
    copy = Listing.objects.get()
    Registration.objects.filter(pk=speaks.pk).update(status="cancelled")  # who cancelled takes it back as well
    assert "me retirer" in Client().get(own(speaks)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert Client().post(own(speaks, "annuaire/retrait/")).status_code == 302
    assert SPEAKS not in directory()
    assert Client().get(own(speaks, "annuaire/")).status_code == 302  # cancelled: nothing is offered any more
    copy.save(force_insert=True)
    erase_again()
    assert not Listing.objects.exists()
    lines = Activity.objects.filter(about_id=speaks.pk).order_by("at").values_list("verb", flat=True)
    assert list(lines) == ["agree-to-listing", "withdraw-listing"]


def test_opening_the_link_agrees_to_nothing_and_nobody_else_can(house, come):
    speaks = come(SPEAKS)
    page = own(speaks, "annuaire/")
    Client().get(page)
    assert Client().get(own(speaks, "annuaire/retrait/")).status_code == 405
    assert not Listing.objects.exists()
    Registration.objects.filter(pk=speaks.pk).update(token_version=2)
    assert Client().post(page, {"name": SPEAKS, "agreed": "on"}).status_code == 404  # a link that was renewed
    speaks.refresh_from_db()
    house.atlas_public = False
    house.save()
    answer = say(speaks)  # nobody would read it: not offered
    assert not Listing.objects.exists()
    assert "L’annuaire des personnes" not in answer.content.decode()


def test_erasing_a_person_and_an_organiser_take_it_off(house, come):
    speaks, silent = come(SPEAKS), come(SILENT)
    say(speaks)
    say(silent, name=f"{SILENT} visible")
    erase_person(person=silent.person, by="essai")
    assert SILENT not in directory()
    page = reverse("registrations:remove-listing", args=["oriv", Listing.objects.get().pk])
    reader = User.objects.create_user("lit@exemple.invalid", name="Lit")
    give_right(user=reader, space=house, role="reader", by="test")
    organiser = User.objects.create_user("orga@exemple.invalid", name="Orga")
    give_right(user=organiser, space=house, role="organiser", by="test")
    stranger = User.objects.create_user("autre@exemple.invalid", name="Autre")
    for user, status in ((stranger, 404), (reader, 403), (organiser, 302)):
        client = Client()
        client.force_login(user)
        assert ("Retirer" in client.get(PAGE).content.decode()) == (user is organiser)
        assert client.post(page).status_code == status
        assert (SPEAKS in directory()) == (user is not organiser)
