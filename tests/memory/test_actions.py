"""What was decided: agreed to, followed, never public with a name, and letters only to who asked for them."""

import datetime as dt
import re
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.services import make_gathering
from maillage.memory.action_letters import ask_agreement, queue_action_reminders
from maillage.memory.actions import (
    ActionChanged,
    add_action,
    add_action_once,
    agree_action,
    change_action,
    decline_action,
    find_by_owner_token,
    forget_owner,
    forget_owners,
    name_owner,
    owner_token,
    remove_action,
    return_action_to,
    set_state,
)
from maillage.memory.models import Action
from maillage.memory.services import add_takeaway
from maillage.office.models import Activity, Mail
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from tests.memory.playing import at_once

pytestmark = pytest.mark.django_db

NAME, EMAIL, BASE = "Karim Canari", "karim@exemple.invalid", "https://maillage.exemple.invalid"
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MARCH = dt.date(2026, 3, 8)


@pytest.fixture
def house():
    return make_space(slug="oriv", name="ORIV", by="essai")


@pytest.fixture
def day(house):
    made = make_gathering(space=house, kind="regional_day", title="Première journée", by="essai")
    made.date = dt.date(2025, 10, 2)
    made.save()
    return made


@pytest.fixture
def next_day(house, day):
    made = make_gathering(space=house, kind="regional_day", title="Deuxième journée", by="essai")
    made.date = dt.date(2026, 10, 2)
    made.save()
    return made


@pytest.fixture
def organiser(client, house):
    user = User.objects.create_user("o@exemple.invalid", "Olivia")
    give_right(user=user, space=house, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


@pytest.fixture
def action(day):
    made = add_action(gathering=day, what="Ouvrir le local le soir", bearer="Centre social", due=MARCH, by="Ana")
    name_owner(action=made, name=NAME, email=EMAIL, base_url=BASE, by="Ana")
    made.refresh_from_db()
    return made


def public(day):
    pages = (
        reverse("gatherings:public", args=[day.space.slug, day.slug]),
        reverse("memory:public-follow-up", args=[day.space.slug, day.slug]),
    )
    return "".join(Client().get(page).content.decode() for page in pages)


def test_an_action_is_public_only_once_agreed_and_never_with_a_name(day, action):
    assert "Ouvrir le local" not in public(day)
    agree_action(action=action, by="qui s’en charge")
    shown = public(day)
    assert "Ouvrir le local le soir" in shown
    assert "Centre social" in shown
    assert "Canari" not in shown
    assert EMAIL not in shown
    decline_action(action=action, by="qui s’en charge")
    assert "Ouvrir le local" not in public(day)


def test_no_version_and_no_line_of_the_log_holds_the_name_or_the_address(action):
    agree_action(action=action, by="qui s’en charge", reminders=True)
    set_state(action=action, state="done", by="Ana")
    written = str(list(action.versions.values())) + str(list(Activity.objects.values()))
    assert "Canari" not in written
    assert EMAIL not in written


def test_the_letter_asks_opening_it_changes_nothing_and_its_button_does(organiser, day):
    action = add_action(gathering=day, what="Ouvrir le local le soir", by="Ana")
    page = reverse("memory:action", args=[day.pk, action.pk])
    organiser.post(page, {"do": "ask", "owner_name": NAME, "email": EMAIL})
    mail = Mail.objects.get()
    assert mail.to == EMAIL
    assert "Ouvrir le local" not in mail.subject
    link = re.search(r"http://testserver(/action/\S+)", mail.body)
    assert link
    stranger = Client()
    for _look in range(2):  # a scanner of mails, then the person
        assert stranger.get(link[1])["Referrer-Policy"] == "no-referrer"
    action.refresh_from_db()
    assert action.agreed_at is None
    stranger.post(link[1], {"do": "yes"})
    action.refresh_from_db()
    assert (action.agreed_at is None, action.reminders) == (False, False)  # the box was not ticked
    stranger.post(
        link[1], {"do": "save", "state": "done", "outcome": "Ouvert le mardi.", "due": "", "seen": action.version}
    )
    action.refresh_from_db()
    assert (action.state, action.outcome, action.what) == ("done", "Ouvert le mardi.", "Ouvrir le local le soir")


def test_reminders_go_to_who_ticked_the_box_a_week_before_and_the_day_after_once_each(action):
    agree_action(action=action, by="qui s’en charge")
    assert queue_action_reminders(now=NOON) == 0
    agree_action(action=action, by="qui s’en charge", reminders=True)
    Mail.objects.all().delete()
    sent = [queue_action_reminders(now=NOON + dt.timedelta(days=day)) for day in range(-3, 20) for _twice in (1, 2)]
    assert sum(sent) == 2
    assert [mail.subject.split(" – ")[0] for mail in Mail.objects.order_by("pk")] == [
        "Dans une semaine",
        "Où en est-on ?",
    ]
    assert all("/action/" in mail.body and BASE in mail.body for mail in Mail.objects.all())


@pytest.mark.parametrize("end", ["done", "dropped", "declined", "removed", "forgotten"])
def test_no_reminder_once_it_is_over(action, end):
    agree_action(action=action, by="qui s’en charge", reminders=True)
    if end == "declined":
        decline_action(action=action, by="qui s’en charge")
    elif end == "removed":
        remove_action(action=action, by="Ana")
    elif end == "forgotten":
        Client().post(reverse("memory:own-action", args=[owner_token(action)]), {"do": "forget"})
    else:
        set_state(action=action, state=end, by="Ana")
    assert queue_action_reminders(now=NOON) == 0


def test_agreement_is_asked_once_an_address(action):
    assert [ask_agreement(action), ask_agreement(action)] == [True, False]
    assert Mail.objects.filter(about=action.pk).count() == 1
    name_owner(action=action, name="Léa", email="lea@exemple.invalid", base_url=BASE, by="Ana")
    action.refresh_from_db()
    assert ask_agreement(action)


def test_nobody_is_written_to_at_night_nor_long_after(action):
    agree_action(action=action, by="qui s’en charge", reminders=True)
    assert queue_action_reminders(now=NOON.replace(hour=3)) == 0
    assert queue_action_reminders(now=NOON + dt.timedelta(days=60)) == 0


def test_another_address_is_another_person_the_former_link_opens_nothing(action):
    former = owner_token(action)
    agree_action(action=action, by="qui s’en charge", reminders=True)
    name_owner(action=action, name="Léa", email="lea@exemple.invalid", base_url=BASE, by="Ana")
    action.refresh_from_db()
    assert (find_by_owner_token(former), action.reminders) == (None, False)
    assert action.agreed_at is None  # another's yes is not theirs
    theirs = owner_token(action)
    forget_owner(action=action, by="Ana")
    assert find_by_owner_token(theirs) is None
    for token in ("x", "é", former + "x", "a" * 3000):
        assert Client().get(reverse("memory:own-action", args=[token])).status_code == 404


def test_who_bears_it_is_forgotten_two_months_after_it_is_over_with_the_letters(action):
    agree_action(action=action, by="qui s’en charge", reminders=True)
    assert queue_action_reminders(now=NOON) == 1
    set_state(action=action, state="done", by="Ana")
    now = timezone.now()
    assert forget_owners(now=now + dt.timedelta(days=59)) == 0
    assert forget_owners(now=now + dt.timedelta(days=61)) == 1
    action.refresh_from_db()
    assert (action.owner_name, action.email, Mail.objects.count(), action.what) == (
        "",
        "",
        0,
        "Ouvrir le local le soir",
    )


def test_two_who_change_other_parts_both_keep_theirs_and_the_same_part_is_asked(action):
    seen = action.version
    change_action(action=action, content={"bearer": "La ville"}, seen=seen, by="Ana")
    change_action(action=action, content={"outcome": "Un essai.", "bearer": "Centre social"}, seen=seen, by="Bo")
    action.refresh_from_db()
    assert (action.bearer, action.outcome) == ("La ville", "Un essai.")
    with pytest.raises(ActionChanged) as both:
        change_action(action=action, content={"bearer": "Le bailleur"}, seen=seen, by="Cy")
    assert both.value.theirs == {"bearer": "La ville"}


def test_the_page_shows_both_and_keeps_what_was_typed(organiser, day, action):
    page = reverse("memory:action", args=[day.pk, action.pk])
    seen = action.version
    change_action(action=action, content={"bearer": "La ville"}, seen=seen, by="Ana")
    sent = {
        "do": "save",
        "what": action.what,
        "bearer": "Le bailleur",
        "due": "08/03/2026",
        "state": "todo",
        "seen": seen,
    }
    answer = organiser.post(page, sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<dd>La ville</dd>" in html
    assert 'value="Le bailleur"' in html
    again = re.search(r'name="seen" value="(\d+)"', html)
    assert again
    assert organiser.post(page, sent | {"seen": again[1]}).status_code == 302
    action.refresh_from_db()
    assert action.bearer == "Le bailleur"


def test_any_version_comes_back_agreement_included(action):
    agree_action(action=action, by="qui s’en charge")
    set_state(action=action, state="done", by="Ana")
    return_action_to(action=action, number=1, by="Ana")
    action.refresh_from_db()
    assert (action.state, action.agreed_at) == ("todo", None)
    remove_action(action=action, by="Ana")
    assert not Action.objects.exists()
    return_action_to(action=action, number=1, by="Ana")
    assert Action.objects.get().what == "Ouvrir le local le soir"


def test_the_next_gathering_shows_what_had_been_decided_and_what_became_of_it(organiser, day, next_day, action):
    agree_action(action=action, by="qui s’en charge")
    set_state(action=action, state="done", outcome="Ouvert le mardi.", by="Ana")
    shown = public(next_day)
    assert "Ce qui avait été décidé" in shown
    assert "Ouvert le mardi." in shown
    assert "1 sur 1" in shown
    assert "action décidée avant" in organiser.get(reverse("gatherings:detail", args=[next_day.pk])).content.decode()
    page = reverse("memory:follow-up", args=[next_day.pk])
    organiser.post(page, {"action": str(action.pk), "state": "doing"})
    action.refresh_from_db()
    assert action.state == "doing"
    day.public = False
    day.save()
    assert "Ouvert le mardi." not in public(next_day)


def test_a_sentence_of_the_desk_becomes_an_action_once(organiser, day):
    row = add_takeaway(gathering=day, workshop=None, text="Ouvrir le local", origin="organiser", by="Ana")
    desk = reverse("memory:takeaways", args=[day.pk])
    for _press in range(2):
        organiser.post(desk, {"act": str(row.pk)})
    made = Action.objects.get()
    assert (made.what, made.takeaway, made.agreed_at) == ("Ouvrir le local", row, None)
    assert "suivie comme action" in organiser.get(desk).content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"what": ""}, "Dites ce qui sera fait"),
        ({"what": "A", "due": "demain"}, "On attend une date"),
        ({"what": "x" * 301}, "300 signes au plus"),
        ({"what": "A", "workshop": "nimporte"}, ""),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(organiser, day, sent, sentence):
    answer = organiser.post(reverse("memory:follow-up", args=[day.pk]), sent | {"bearer": "La ville"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert 'value="La ville"' in answer.content.decode()
    assert not Action.objects.exists()


def test_another_space_changes_nothing(day, action):
    other = make_space(slug="autre", name="Autre", by="essai")
    user = User.objects.create_user("x@exemple.invalid")
    give_right(user=user, space=other, role=SpaceRole.ORGANISER, by="essai")
    stranger = Client()
    stranger.force_login(user)
    for page in (reverse("memory:follow-up", args=[day.pk]), reverse("memory:action", args=[day.pk, action.pk])):
        assert stranger.get(page).status_code == 404
        assert stranger.post(page, {"do": "agreed", "action": str(action.pk), "state": "done"}).status_code == 404
    action.refresh_from_db()
    assert (action.state, action.agreed_at) == ("todo", None)


@pytest.mark.parametrize("sent", [{"do": "x"}, {"do": "version", "number": "٣"}, {"do": "version", "number": ""}])
def test_a_button_nobody_made_is_not_found(organiser, day, action, sent):
    assert organiser.post(reverse("memory:action", args=[day.pk, action.pk]), sent).status_code == 404
    assert Client().post(reverse("memory:own-action", args=[owner_token(action)]), sent).status_code == 404


def test_two_taps_on_a_state_are_one_change(organiser, day, action):
    page = reverse("memory:follow-up", args=[day.pk])
    for _tap in range(2):
        organiser.post(page, {"action": action.pk, "state": "doing"})
    action.refresh_from_db()
    assert action.state == "doing"
    changes = action.versions.filter(verb="a changé une action")
    assert [version.content["state"] for version in changes] == ["doing"]


def test_reminders_asked_after_a_refusal_are_not_an_agreement(day, action):
    page = reverse("memory:own-action", args=[owner_token(action)])
    visitor = Client()
    visitor.post(page, {"do": "no"})
    visitor.post(page, {"do": "reminders", "remind": "on"})
    action.refresh_from_db()
    assert (action.agreed_at, action.reminders) == (None, False)
    assert queue_action_reminders(now=NOON) == 0
    assert "Ouvrir le local" not in public(day)


@pytest.mark.django_db(transaction=True)
def test_two_who_note_the_same_action_at_once_note_one(day):
    row = add_takeaway(gathering=day, workshop=None, text="Un local le soir", origin="organiser", by="Ana")
    become = partial(add_action_once, gathering=day, what="Un local le soir", takeaway=row, by="Ana")
    note = partial(add_action_once, gathering=day, what="Réunir les trois", by="Bo")
    assert at_once(become, become, note, note) == []
    assert sorted(Action.objects.values_list("what", flat=True)) == ["Réunir les trois", "Un local le soir"]
