"""One person, erased because they ask: said first, gone from every row, and from an older backup before it serves."""

import datetime as dt

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.archives.package import write_archive
from maillage.config.upkeep import erase_before_serving
from maillage.memory.actions import add_action
from maillage.memory.models import Action
from maillage.office.ledger import PERSON, erased
from maillage.office.models import Activity, Mail
from maillage.office.services import queue_mail
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, User
from maillage.people.services import give_right
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.registrations.erasure import erase_person
from maillage.registrations.models import Registration
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
    Placement.objects.filter(registration=other).update(reason=f"loin de {name}")
    add_action(gathering=day, what="Un local", by="Ana")
    Action.objects.update(owner_name=name, email=mine.person.email.upper())
    queue_mail(to=mine.person.email, subject="Votre place", body=name, about=day.pk)
    later = day.space.gatherings.create(slug="apres", title="Après", kind="other", date=dt.date(2999, 1, 1))
    Registration.objects.create(gathering=later, person=mine.person)
    return mine, other


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
    there = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, (CharField, TextField, JSONField))
        for value in model._base_manager.values_list(field.name, flat=True)
        if name in str(value) or address.lower() in str(value).lower()
    ]
    assert there == []
    other.person.refresh_from_db()
    assert other.person.full_name.startswith(SECRET)  # nobody else is touched
    assert Plan.objects.get().notes == ["Une table est petite"]
    assert Placement.objects.filter(registration__in=[mine, other]).exclude(reason="").count() == 0
    assert Placement.objects.exclude(reason="").count() == 1  # the third one's reason stays
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
