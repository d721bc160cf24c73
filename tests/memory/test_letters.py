"""What was kept, sent once to each who asked; only what anybody may read."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from maillage.gatherings.models import Gathering
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.letters import CannotSend, send_takeaways
from maillage.memory.models import Publication
from maillage.memory.services import add_takeaway
from maillage.office.models import Mail
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, Right, Space, User
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Opening, Registration

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 10, 3, 9, tzinfo=dt.UTC)


@pytest.fixture
def day() -> Gathering:
    space = Space.objects.create(slug="essai", name="Essai")
    day = Gathering.objects.create(
        space=space, slug="jour", kind="regional_day", title="La journée", date=dt.date(2025, 10, 2), public=True
    )
    Opening.objects.create(gathering=day, base_url="https://maillage.exemple")
    for name in ("Ana", "Bo", "Cy", "Di", "Eli"):
        person = Person.objects.create(space=space, first_name=name, email=f"{name.lower()}@exemple.invalid")
        Registration.objects.create(gathering=day, person=person, wants_takeaways=name != "Bo")
    of = {row.person.first_name: row for row in day.registrations.select_related("person")}
    Registration.objects.filter(pk=of["Cy"].pk).update(status=RegistrationStatus.CANCELLED)
    Registration.objects.filter(pk=of["Di"].pk).update(presence=Presence.ABSENT)
    text = "Inviter avant d’écrire : chacun a sa part."
    add_takeaway(gathering=day, workshop=None, text=text, origin=TakeawayOrigin.ORGANISER, by="essai")
    return day


@pytest.fixture
def staff(day: Gathering, client: Client) -> Client:
    user = User.objects.create(email="orga@exemple.invalid", name="Inès")
    Right.objects.create(user=user, space=day.space, role=SpaceRole.ORGANISER)
    client.force_login(user)
    return client


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_nothing_leaves_before_it_is_public(day: Gathering) -> None:
    with pytest.raises(CannotSend, match="Publiez d’abord"):
        send_takeaways(gathering=day, by="Inès", now=NOW)
    assert not Mail.objects.exists()


def test_each_who_asked_gets_one_letter_however_often_it_is_sent(day: Gathering) -> None:
    Publication.objects.create(gathering=day, by="Inès")
    assert send_takeaways(gathering=day, by="Inès", now=NOW) == 2
    assert send_takeaways(gathering=day, by="Inès", now=NOW) == 0
    mails = {mail.to: plain(mail.body) for mail in Mail.objects.all()}
    assert set(mails) == {"ana@exemple.invalid", "eli@exemple.invalid"}
    body = mails["ana@exemple.invalid"]
    assert "Bonjour Ana," in body
    assert "– Inviter avant d’écrire : chacun a sa part." in body
    assert "https://maillage.exemple/rencontres/essai/jour/" in body
    own = day.registrations.get(person__first_name="Ana")
    assert "https://maillage.exemple/inscription/" in body
    assert own.takeaways_sent_at == NOW
    day.registrations.filter(person__first_name="Bo").update(wants_takeaways=True)  # asks later: is not forgotten
    assert send_takeaways(gathering=day, by="Inès", now=NOW) == 1


def test_no_address_of_the_server_no_letter(day: Gathering) -> None:
    Publication.objects.create(gathering=day, by="Inès")
    Opening.objects.update(base_url="")
    with pytest.raises(CannotSend, match="L’adresse de ce serveur"):
        send_takeaways(gathering=day, by="Inès", now=NOW)


def test_page_shows_the_letter_and_sends_it_by_post_only(day: Gathering, staff: Client) -> None:
    page = reverse("memory:letter", args=[day.pk])
    told = plain(staff.get(page).content.decode())
    assert "2 personnes l’ont demandé" in told
    assert "Publiez d’abord" in told
    Publication.objects.create(gathering=day, by="Inès")
    told = plain(staff.get(page).content.decode())
    assert "Bonjour Camille" in told
    assert "Envoyer à 2 personnes" in told
    assert not Mail.objects.exists()
    told = plain(staff.post(page, follow=True).content.decode())
    assert "2 courriels sont partis" in told
    assert "toutes l’ont reçu" in told
    assert "Envoyer à" not in told
    again = plain(staff.post(page, follow=True).content.decode())
    assert "Personne d’autre ne l’attendait" in again
    assert Mail.objects.count() == 2
    letter = staff.get(reverse("memory:letter-file", args=[day.pk]))
    assert letter["Content-Type"] == "message/rfc822"
    assert b"camille@exemple.invalid" in letter.content


def test_strangers_learn_nothing(day: Gathering, client: Client) -> None:
    assert client.get(reverse("memory:letter", args=[day.pk])).status_code == 302
    client.force_login(User.objects.create(email="autre@exemple.invalid"))
    for name in ("letter", "letter-file"):
        assert client.get(reverse(f"memory:{name}", args=[day.pk])).status_code == 404
