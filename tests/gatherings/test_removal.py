import pytest
from django.urls import reverse

from maillage.gatherings import removal
from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.services import make_gathering
from maillage.office.models import Activity, Mail
from maillage.office.services import queue_mail
from maillage.people.models import Person
from maillage.registrations.services import PersonDetails, add_registration


def url(name, gathering, *args):
    return reverse(f"gatherings:{name}", args=[gathering.pk, *args])


def body(response):
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def held(monkeypatch):
    """A noun above that says no, for one workshop."""

    def hold(workshops):
        return "On y joue." if workshops.filter(title="Anarchaise").exists() else ""

    monkeypatch.setattr(removal, "_holds", [hold])


def test_what_is_lost_is_said_and_a_box_must_be_ticked(client, day, organiser):
    add_registration(gathering=day, details=PersonDetails("Ana", "Un"), by="essai")
    client.force_login(organiser)
    assert url("remove", day) in body(client.get(url("detail", day)))

    asked = body(client.get(url("remove", day)))
    assert "son programme, 8 ateliers" in asked
    assert "1 inscription, avec les vœux" in asked
    unsure = client.post(url("remove", day))
    assert unsure.status_code == 422
    assert "Cochez cette case" in body(unsure)
    assert Gathering.objects.filter(pk=day.pk).exists()

    done = client.post(url("remove", day), {"sure": "on"}, follow=True)
    assert done.redirect_chain[-1][0] == reverse("gatherings:list")
    assert "est supprimée" in body(done)
    assert not Gathering.objects.filter(pk=day.pk).exists()
    assert Activity.objects.filter(verb="remove-gathering", by="Zoé Muller").exists()


def test_who_came_there_alone_is_forgotten_and_who_comes_elsewhere_stays(client, day, organiser):
    here = add_registration(gathering=day, details=PersonDetails("Ana", "Un"), by="essai")
    twice = add_registration(gathering=day, details=PersonDetails("Bob", "Deux"), by="essai")
    other = make_gathering(space=day.space, title="Autre", kind="other", by="essai")
    other.registrations.create(person=twice.person)

    for gathering in (day, other):
        queue_mail(to="ana@exemple.invalid", subject="Rappel", body="À demain.", about=gathering.pk)

    removal.remove_gathering(gathering=day, by="essai")

    assert list(Mail.objects.values_list("about", flat=True)) == [other.pk]  # nobody is called to a day that is no more
    assert not Person.objects.filter(pk=here.person_id).exists()
    assert list(other.registrations.values_list("person", flat=True)) == [twice.person_id]


def test_it_is_the_organisers_alone(client, day, reader, stranger):
    for user, status in ((reader, 403), (stranger, 404)):
        client.force_login(user)
        assert client.post(url("remove", day), {"sure": "on"}).status_code == status
    assert url("remove", day) not in body(client.get(url("detail", day)))
    assert Gathering.objects.filter(pk=day.pk).exists()


def test_nothing_is_removed_from_under_people_who_play(client, day, organiser, held):
    client.force_login(organiser)
    workshop = Workshop.objects.get(title="Anarchaise")

    for name, args in (("remove", ()), ("remove-slot", (workshop.slot_id,)), ("remove-workshop", (workshop.pk,))):
        assert "On y joue." in body(client.get(url(name, day, *args)))
        refused = client.post(url(name, day, *args), {"sure": "on"})
        assert refused.status_code == 422
        assert "On y joue." in body(refused)
    assert Workshop.objects.filter(pk=workshop.pk).exists()
    calm = Workshop.objects.get(title="Coop ou pas coop")
    assert client.post(url("remove-workshop", day, calm.pk)).status_code == 302
