"""A rehearsal is a copy of the day: its desk, actions and documents work, marked; nothing of it is the day's."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.archives.contents import BY_NAME, Contents
from maillage.live.rehearsal import erase_rehearsal
from maillage.memory.actions import agree_action
from maillage.memory.desk import publish_remains
from maillage.memory.models import Action, Gleaning, Takeaway
from maillage.memory.services import add_takeaway
from maillage.office.models import Activity
from maillage.reports.services import describe_summary
from tests.memory.playing import Morning, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PINNED, TYPED = "Une carte de robot.", "Ouvrir la réunion à tous."


@pytest.fixture
def morning():
    return Morning(rehearsal=True)


@pytest.fixture
def day(morning):
    gathering = morning.session.gathering
    gathering.public = True
    gathering.save()
    return gathering


@pytest.fixture
def organiser(morning):
    return sign_in(morning.session)


def address(name, day, *more):
    return reverse(f"memory:{name}", args=[day.pk, *more])


@pytest.fixture
def rehearsed(organiser, morning, day):
    """Kept from the room, typed, made an action that somebody bears: all by the pages."""
    desk = address("rehearsed-takeaways", day)
    organiser.post(desk, {"keep": morning.pin(0, PINNED)})
    organiser.post(desk, {"workshop": "", "text": TYPED})
    sentence = Takeaway.objects.get(text=TYPED)
    organiser.post(desk, {"act": sentence.pk})
    action = Action.with_removed.get()
    page = address("rehearsed-action", day, action.pk)
    organiser.post(page, {"do": "save", "what": TYPED, "bearer": "Ville de Laxou"})
    organiser.post(page, {"do": "agreed"})
    return action


def test_the_desk_of_a_rehearsal_sorts_keeps_and_decides_as_the_days_own(organiser, day, rehearsed):
    assert list(Takeaway.objects.values_list("text", "rehearsal", "origin").order_by("text")) == [
        (TYPED, True, "organiser"),
        (PINNED, True, "room"),
    ]
    assert Gleaning.objects.get().takeaway.text == PINNED
    rehearsed.refresh_from_db()
    assert (rehearsed.rehearsal, rehearsed.bearer, rehearsed.agreed_at is not None) == (True, "Ville de Laxou", True)
    for name, more in (("rehearsed-takeaways", ()), ("rehearsed-follow-up", ()), ("rehearsed-action", (rehearsed.pk,))):
        shown = organiser.get(address(name, day, *more)).content.decode()
        assert "<strong>Répétition</strong>" in shown
        assert "<title>Répétition" in shown
        assert TYPED in shown
    organiser.post(address("rehearsed-follow-up", day), {"action": rehearsed.pk, "state": "done"})
    rehearsed.refresh_from_db()
    assert rehearsed.state == "done"
    verbs = set(Activity.objects.filter(by="Olivia").values_list("verb", flat=True))
    assert verbs
    assert [verb for verb in verbs if not verb.endswith("(répétition)")] == []


def test_documents_of_a_rehearsal_say_so_on_each_page_and_hold_what_was_kept_there(day, rehearsed):
    document = describe_summary(day, rehearsal=True)
    said = str(document.as_data()["blocks"])
    assert TYPED in said
    assert "Ville de Laxou" in said
    assert [text.split(" ")[0] for text in (document.foot, document.eyebrow, document.description)] == [
        "Répétition"
    ] * 3
    real = describe_summary(day)
    assert "Répétition" not in real.foot
    assert TYPED not in str(real.as_data()["blocks"])
    assert PINNED not in str(real.as_data()["blocks"])


def test_nothing_of_a_rehearsal_is_on_the_days_pages_in_its_archive_or_published(organiser, day, rehearsed):
    add_takeaway(gathering=day, workshop=None, text="La vraie phrase.", origin="organiser", by="Ana")
    publish_remains(gathering=day, shown=True, by="Ana")
    slugs = [day.space.slug, day.slug]
    pages = [
        *(organiser.get(address(name, day)) for name in ("takeaways", "follow-up", "letter")),
        organiser.get(reverse("gatherings:detail", args=[day.pk])),
        *(Client().get(reverse(name, args=slugs)) for name in ("gatherings:public", "memory:public-follow-up")),
    ]
    shown = "".join(page.content.decode() for page in pages)
    assert "La vraie phrase." in shown
    assert [text for text in (TYPED, PINNED, "Ville de Laxou") if text in shown] == []
    assert organiser.get(address("action", day, rehearsed.pk)).status_code == 404
    assert [row["texte"] for row in BY_NAME["a-retenir"].rows(Contents(day))] == ["La vraie phrase."]
    real = Takeaway.objects.get(text="La vraie phrase.")
    assert organiser.post(address("rehearsed-takeaways", day), {"remove": real.pk}).status_code == 404
    kept = Takeaway.objects.get(text=PINNED)
    assert organiser.post(address("takeaways", day), {"remove": kept.pk}).status_code == 404


def test_a_rehearsal_writes_to_nobody_and_leaves_with_all_it_kept(organiser, day, rehearsed):
    page = address("rehearsed-action", day, rehearsed.pk)
    asked = organiser.post(page, {"do": "ask", "email": "amel@exemple.invalid"})
    assert asked.status_code == 404
    agree_action(action=rehearsed, by="Ana", reminders=True)
    assert not Action.with_removed.filter(reminders=True).exists()
    assert "/action/" not in organiser.get(page).content.decode()
    erase_rehearsal(gathering=day, by="Ana")
    assert (Takeaway.with_removed.count(), Action.with_removed.count(), Gleaning.objects.count()) == (0, 0, 0)
