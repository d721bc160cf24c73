"""One person, erased because they ask: said first, gone from every row, and from an older backup before it serves."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.archives.package import write_archive
from maillage.change.members import add_member, make_group
from maillage.change.models import Member
from maillage.config.upkeep import erase_before_serving
from maillage.memory.actions import add_action
from maillage.memory.experiences import EMPTY, propose_experience, publish_experience
from maillage.memory.models import Action, Experience, FollowUp
from maillage.office.ledger import PERSON, erased
from maillage.office.models import Activity, Mail
from maillage.office.retention import erase_all_due
from maillage.office.services import queue_mail
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, User
from maillage.people.services import give_right
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.registrations.erasure import erase_person
from maillage.registrations.models import Registration
from maillage.registrations.own import token_of
from maillage.registrations.retention import NAMELESS
from tests.archives.world import SECRET, full_day

pytestmark = pytest.mark.django_db(transaction=True)

BY = f"{SECRET} organisatrice"


@pytest.fixture
def day(transactional_db):
    return full_day(people=3, date=timezone.localdate())


@pytest.fixture
def organiser(day):
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def keep_apart(day, *pair):
    first, second = sorted(pair, key=lambda registration: registration.pk)
    SeatingPair.objects.create(gathering=day, kind="apart", first=first, second=second)


def somebody(day):
    """With all that may be known of them: pairs, sentences that name them, an action they bear, a later day."""
    rows = list(Registration.objects.filter(gathering=day).select_related("person").order_by("person__first_name"))
    mine, other = rows[0], rows[1]
    name = mine.person.full_name
    keep_apart(day, mine, other)
    Plan.objects.update(notes=[f"{name} est à part", "Une table est petite"])
    Placement.objects.filter(registration=mine).update(reason=f"{name}, votre premier choix")
    add_action(gathering=day, what="Un local", by="Ana")
    Action.objects.update(owner_name=name, email=mine.person.email.upper())
    queue_mail(to=mine.person.email, subject="Votre place", body=name, about=day.pk)
    later = day.space.gatherings.create(slug="apres", title="Après", kind="other", date=dt.date(2999, 1, 1))
    Registration.objects.create(gathering=later, person=mine.person)
    return mine, other


def everywhere(day):
    """The same person in what other links open: a contact of an experience, two noyaux, a question asked later."""
    mine, other = somebody(day)
    address = mine.person.email
    contact = EMPTY | {"title": "Un jardin", "contact": f"Écrire à {address.upper()}", "contact_agreed": True}
    told = propose_experience(space=day.space, content=contact, by="essai")
    publish_experience(experience=told, number=1, by="essai")
    lead = {"name": "Ana", "email": "ana@exemple.invalid"}
    shared, _ana = make_group(space=day.space, name="Cité nord", lead=lead, by_words="essai")
    add_member(group=shared, name=mine.person.full_name, email=address, by=None)
    make_group(space=day.space, name="Seule", lead={"name": mine.person.full_name, "email": address}, by_words="essai")
    FollowUp.objects.create(
        gathering=day, lookup="x", public_key=b"x", email=address, due=timezone.localdate(), base_url="http://x"
    )
    return mine, other


def files_wait() -> bool:
    """For the server to write them anew, within the hour."""
    return any(Path(settings.KEYS_DIR).glob("recrire*"))


def left_of(name, address):
    return [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, (CharField, TextField, JSONField))
        for value in model._base_manager.values_list(field.name, flat=True)
        if name in str(value) or address.lower() in str(value).lower()
    ]


def test_a_person_reads_takes_and_erases_all_that_is_held_by_their_own_link(day):
    mine, other = everywhere(day)
    name, address, client = mine.person.full_name, mine.person.email, Client()
    own = reverse("registrations:own", args=[token_of(mine)])
    assert f'href="{own}donnees/"' in client.get(own).content.decode()
    page = client.get(f"{own}donnees/")
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("no-referrer", True)
    held = client.get(f"{own}donnees.json").json()
    keys = {part["key"] for part in held["parts"]}
    assert keys >= {
        "person", f"registration-{mine.pk}", "plans", "questionnaires", "letters", "other", "actions", "experiences",
    }  # fmt: skip
    assert keys.isdisjoint({"follow-ups", "core-groups", "other-letters"})  # organisers can open this link
    assert "par son propre lien" in held["elsewhere"].replace("\xa0", " ")
    words = " ".join(f"{line['what']} {line['value']}" for part in held["parts"] for line in part["lines"])
    for said in (address, f"{SECRET}sujet", f"{SECRET}fauteuil", f"{SECRET}rue", "Un jardin", "Un local"):
        assert said in words
        assert said in page.content.decode().replace("&#x27;", "'")
    assert other.person.full_name not in words  # a pair says something of two: it is counted
    erasure = f"{own}effacement/"
    assert "qui est alors quitté" in client.get(erasure).content.decode()
    assert left_of(name, address)  # a scanner of letters opens links: nothing is erased
    answer = client.post(erasure)
    assert (answer.status_code, answer["Location"]) == (302, "/inscription/effacee/")
    assert "C’est effacé" in client.get(answer["Location"]).content.decode()
    assert left_of(name, address) == []
    assert files_wait()
    erase_all_due(now=timezone.now())  # what the server does each hour
    assert not files_wait()
    assert mine.person_id in erased(PERSON)
    assert {client.get(f"{own}{end}").status_code for end in ("", "donnees/", "donnees.json", "effacement/")} == {404}
    assert Experience.objects.get(title="Un jardin").published == 1  # what was told stays
    shared = Member.objects.filter(group__name="Cité nord").order_by("pk")
    assert [(row.name, row.left_on is None) for row in shared] == [("Ana", True), ("", False)]
    assert Member.objects.get(group__name="Seule").left_on is None  # its notes would have no reader left
    assert Activity.objects.filter(verb="erase-person").first().by == "la personne inscrite"


def test_organisers_read_what_is_held_but_not_what_another_link_opens(organiser, client, day):
    mine, _other = everywhere(day)
    page = reverse("registrations:data", args=[day.pk, mine.pk])
    assert page in organiser.get(reverse("registrations:edit", args=[day.pk, mine.pk])).content.decode()
    for address in (page, reverse("registrations:data-file", args=[day.pk, mine.pk])):
        read = organiser.get(address).content.decode()
        assert f"{SECRET}sujet" in read
        for kept in ("Cité nord", "votre adresse, pour le"):
            assert kept not in read
        assert client.get(address).status_code == 302


def test_their_own_link_waits_while_a_room_server_has_the_day(day):
    mine = Registration.objects.filter(gathering=day).first()
    type(day).objects.filter(pk=day.pk).update(away_since=timezone.now())
    answer = Client().post(reverse("registrations:own-erasure", args=[token_of(mine)]))
    assert (answer.status_code, "serveur de salle" in answer.content.decode()) == (409, True)
    mine.person.refresh_from_db()
    assert mine.person.first_name.startswith(SECRET)


def test_one_person_is_erased_by_a_button_that_says_first_what_goes(organiser, day):
    mine, other = somebody(day)
    name, address = mine.person.full_name, mine.person.email
    before = write_archive(day)
    page = reverse("registrations:erasure", args=[day.pk, mine.pk])
    assert page in organiser.get(reverse("registrations:edit", args=[day.pk, mine.pk])).content.decode()
    shown = organiser.get(page).content.decode()
    for words in (name, "Les besoins", "Le sujet proposé", "à Après", "Les nombres", "Elle y est effacée aussi"):
        assert words in shown
    assert Person.objects.get(pk=mine.person_id).full_name == name  # reading the page erases nothing
    answer = organiser.post(page, follow=True)
    assert "C’est effacé" in answer.content.decode()
    assert left_of(name, address) == []
    other.person.refresh_from_db()
    assert other.person.full_name.startswith(SECRET)  # nobody else is touched
    assert Plan.objects.get().notes == ["Une table est petite"]
    assert Placement.objects.filter(registration=mine).exclude(reason="").count() == 0
    assert Placement.objects.exclude(reason="").count() == 2  # the others' reasons stay
    assert Action.objects.get().what == "Un local"
    statuses = dict(mine.person.registrations.values_list("gathering__slug", "status"))
    assert (statuses.pop("apres"), set(statuses.values())) == ("cancelled", {"registered"})
    assert write_archive(day) == before
    assert mine.person_id in erased(PERSON)
    lines = Activity.objects.filter(verb="erase-person")
    later = day.space.gatherings.get(slug="apres")
    assert {(line.by, line.about_id) for line in lines} == {(BY, day.pk), (BY, later.pk)}
    organiser.post(page)
    assert Activity.objects.filter(verb="erase-person").count() == 2  # once


def test_an_older_backup_erases_that_person_again_and_nobody_elses_words(organiser, day):
    mine, other = somebody(day)
    third = Registration.objects.filter(gathering=day).exclude(pk__in=[mine.pk, other.pk]).get()
    SeatingPair.objects.all().delete()
    kept = queue_mail(to=third.person.email, subject="Votre place", body="", about=day.pk)
    name, address = mine.person.full_name, mine.person.email
    erase_person(person=mine.person, by=BY)
    Person.objects.filter(pk=mine.person_id).update(first_name=name, email=address)  # as an older copy has it
    queue_mail(to=address, subject="Votre place", body=name, about=day.pk)
    keep_apart(day, other, third)
    erase_before_serving()
    mine.person.refresh_from_db()
    assert (mine.person.first_name, mine.person.email) == (NAMELESS, "")
    assert not Mail.objects.filter(to=address).exists()
    assert Mail.objects.filter(pk=kept.pk).exists()
    assert SeatingPair.objects.count() == 1
    third.person.refresh_from_db()
    assert third.person.full_name.startswith(SECRET)


def test_a_person_whose_day_is_away_is_not_half_erased_and_only_organisers_may(organiser, client, day):
    mine = Registration.objects.filter(gathering=day).first()
    page = reverse("registrations:erasure", args=[day.pk, mine.pk])
    assert client.post(page).status_code == 302
    desk = User.objects.create_user("accueil@exemple.invalid", "Accueil")
    give_right(user=desk, space=day.space, role=SpaceRole.DESK, by="essai")
    client.force_login(desk, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(page).status_code in (403, 404)
    type(day).objects.filter(pk=day.pk).update(away_since=timezone.now())
    answer = organiser.post(page)
    assert answer.status_code in (403, 409, 422)
    mine.person.refresh_from_db()
    assert mine.person.first_name.startswith(SECRET)
