import pytest
from django.test import Client
from django.urls import reverse

from maillage.live import seats
from maillage.live.services import erase_session
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.memory.queries import kept_by_workshop, workshops_without_takeaway
from maillage.memory.services import add_takeaway, catch_up_releases, hear_release, remove_takeaway
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from tests.memory.test_sheets import sit

pytestmark = pytest.mark.django_db(transaction=True)


def released() -> list[str]:
    return list(Takeaway.objects.filter(origin=TakeawayOrigin.RELEASED).values_list("text", flat=True))


@pytest.fixture
def organiser(session) -> Client:
    user = User.objects.create_user("organisation@exemple.invalid")
    give_right(user=user, space=session.gathering.space, role=SpaceRole.ORGANISER, by="essai")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_release_is_written_once_changed_and_taken_back(room):
    room.do(room.porteur, "release", sentence="Une phrase.")
    assert released() == ["Une phrase."]
    hear_release(session=room.session, seat_id=room.porteur.id, sentence="Une phrase.")
    assert released() == ["Une phrase."]
    room.do(room.porteur, "release", sentence="Une autre phrase.")
    assert released() == ["Une autre phrase."]
    room.do(room.porteur, "withdraw")
    assert released() == []


def test_release_that_was_not_heard_is_caught_up_once(room, monkeypatch):
    """The server dies between the commit and the news."""
    from maillage.live import signals

    monkeypatch.setattr(signals.released, "send_robust", lambda *_args, **_news: [])
    monkeypatch.setattr(signals.released, "send", lambda *_args, **_news: [])
    room.do(room.porteur, "release", sentence="Une phrase.")
    assert released() == []
    catch_up_releases()
    catch_up_releases()
    assert released() == ["Une phrase."]


def test_release_removed_by_the_organiser_does_not_come_back(room):
    room.do(room.porteur, "release", sentence="Une phrase.")
    remove_takeaway(takeaway=Takeaway.objects.get(), by="essai")
    catch_up_releases()
    assert released() == []


def test_workshops_without_takeaway_are_those_the_report_lacks(session):
    assert [workshop.pk for workshop in workshops_without_takeaway(session.gathering)] == [session.workshop.pk]
    add_takeaway(
        gathering=session.gathering,
        workshop=session.workshop,
        text="Garder",
        origin=TakeawayOrigin.ORGANISER,
        by="essai",
    )
    assert workshops_without_takeaway(session.gathering) == []
    assert [len(kept.takeaways) for kept in kept_by_workshop(session.gathering)] == [0, 1]


def test_organiser_adds_edits_and_removes(organiser, session):
    page = reverse("memory:takeaways", args=[session.gathering_id])
    box = f"{session.workshop_id}-text"
    organiser.post(page, {"workshop": str(session.workshop_id), box: "Garder le <b>lien</b>"})
    takeaway = Takeaway.objects.get()
    assert "Garder le &lt;b&gt;lien&lt;/b&gt;" in organiser.get(page).content.decode()
    open_page = organiser.post(page, {"edit": str(takeaway.pk)}).content.decode()
    assert "Garder le &lt;b&gt;lien&lt;/b&gt;</textarea>" in open_page
    organiser.post(page, {"save": str(takeaway.pk), f"phrase-{takeaway.pk}-text": "Garder"})
    takeaway.refresh_from_db()
    assert takeaway.text == "Garder"
    organiser.post(page, {"remove": str(takeaway.pk)})
    assert not Takeaway.objects.exists()


@pytest.mark.parametrize("pressed", ["add", "add twice", "remove", "empty"])
def test_what_is_typed_in_one_box_is_there_after_a_button_of_another(organiser, session, pressed):
    page, key = reverse("memory:takeaways", args=[session.gathering_id]), str(session.workshop_id)
    old = add_takeaway(gathering=session.gathering, workshop=None, text="Ancienne", origin="organiser", by="essai")
    sent = {"text": "Gardée de la journée", f"{key}-text": "Encore en cours d’écriture"}
    sent |= {"remove": str(old.pk)} if pressed == "remove" else {"workshop": ""}
    if pressed == "empty":
        sent["text"] = ""

    for _time in range(2 if pressed == "add twice" else 1):
        answer = organiser.post(page, sent)

    boxes = {form["form"].prefix or "": form["form"]["text"].value() for form in answer.context["groups"]}
    assert boxes[key] == "Encore en cours d’écriture"
    assert "Encore en cours d’écriture</textarea>" in answer.content.decode()
    assert bool(boxes[""]) == (pressed == "remove")  # added, it leaves its box
    kept = list(Takeaway.objects.values_list("text", flat=True))
    added = ["Ancienne", "Gardée de la journée"]
    assert kept == {"remove": [], "empty": ["Ancienne"]}.get(pressed, added)
    assert answer.status_code == (422 if pressed == "empty" else 200)


@pytest.mark.parametrize("pressed", ["edit", "leave", "save", "save nothing", "remove"])
def test_changing_a_sentence_keeps_what_is_typed_elsewhere(organiser, session, pressed):
    page, key = reverse("memory:takeaways", args=[session.gathering_id]), str(session.workshop_id)
    one, other = (
        add_takeaway(gathering=session.gathering, workshop=None, text=text, origin="organiser", by="essai")
        for text in ("Une", "Deux")
    )
    sent = {pressed.split()[0]: str(one.pk), f"{key}-text": "En cours", f"phrase-{other.pk}-text": "Deux, changée"}
    if pressed != "edit":
        sent[f"phrase-{one.pk}-text"] = "" if pressed == "save nothing" else "Une, changée"

    answer = organiser.post(page, sent)
    html = answer.content.decode()

    assert "En cours</textarea>" in html
    assert "Deux, changée</textarea>" in html
    begun = {"edit": "Une", "save nothing": ""}.get(pressed)
    assert (f'name="phrase-{one.pk}-text"' in html) == (begun is not None)
    assert begun is None or f"{begun}</textarea>" in html
    assert (answer.status_code, "Écrivez une phrase" in html) == ((422, True) if begun == "" else (200, False))
    kept = {"save": ["Une, changée", "Deux"], "remove": ["Deux"]}.get(pressed, ["Une", "Deux"])
    assert list(Takeaway.objects.values_list("text", flat=True)) == kept


def test_what_a_porteur_released_is_not_changed_by_the_organisers(organiser, session):
    page = reverse("memory:takeaways", args=[session.gathering_id])
    row = add_takeaway(
        gathering=session.gathering, workshop=session.workshop, text="Une", origin=TakeawayOrigin.RELEASED, by="essai"
    )
    for verb in ("edit", "save"):
        assert organiser.post(page, {verb: str(row.pk), f"phrase-{row.pk}-text": "Autre"}).status_code == 404
    assert released() == ["Une"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 601])
def test_refused_sentence_stays_in_the_form(organiser, session, text):
    page = organiser.post(
        reverse("memory:takeaways", args=[session.gathering_id]),
        {"workshop": str(session.workshop_id), f"{session.workshop_id}-text": text},
    )
    assert page.status_code == 422
    assert text in page.content.decode()
    assert not Takeaway.objects.exists()


@pytest.mark.parametrize("workshop", ["nimporte", "01a20632-d7ba-75e8-8811-f219255c97a9"])
def test_unknown_workshop_is_not_found(organiser, session, workshop):
    page = organiser.post(reverse("memory:takeaways", args=[session.gathering_id]), {"workshop": workshop, "text": "x"})
    assert page.status_code == 404


def test_another_space_sees_nothing(session):
    user = User.objects.create_user("ailleurs@exemple.invalid")
    stranger = Client()
    stranger.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.get(reverse("memory:takeaways", args=[session.gathering_id])).status_code == 404


def test_facilitator_writes_for_the_room_and_a_participant_does_not(room):
    leader, participant = Client(), Client()
    sit(leader, room.lead)
    sit(participant, room.porteur)
    address = reverse("memory:room-takeaways", args=[room.session.pk])
    assert leader.post(address, {"text": "On se rappelle."}).status_code == 302
    assert participant.post(address, {"text": "Non."}).status_code == 404
    takeaway = Takeaway.objects.get()
    assert (takeaway.text, takeaway.origin) == ("On se rappelle.", TakeawayOrigin.FACILITATOR)
    leader.post(address, {"remove": str(takeaway.pk)})
    assert not Takeaway.objects.exists()


def test_revoked_facilitator_writes_no_more(room):
    leader = Client()
    sit(leader, room.lead)
    seats.revoke_seat(seat=room.lead)
    address = reverse("memory:room-takeaways", args=[room.session.pk])
    assert leader.post(address, {"text": "On se rappelle."}).status_code == 404


def test_erased_session_closes_its_rooms_page_and_keeps_what_was_released(room, organiser):
    """What was typed is gone for everybody; what the porteur let out, and what the room wrote for the report, stays."""
    room.do(room.porteur, "fill", field="pas", value="Un pas que personne ne lira")
    room.do(room.porteur, "release", sentence="Une phrase confiée.")
    seat = seats.take_seat(session=room.session, kind="facilitator", name="Lise", role="facilitator", key="autre")
    lead = Client()
    lead.cookies[seats.cookie_name(room.session.id, seat.kind)] = seats.make_ticket(seat)
    page = f"/seance/{room.session.id}/a-retenir/"
    assert lead.post(page, {"text": "Une phrase de la salle."}).status_code == 302
    assert "Une phrase confiée." in lead.get(page).content.decode()
    erase_session(session=room.session, by="essai")
    for answer in (lead.get(page), lead.post(page, {"text": "Après."}), lead.post(page, {"remove": "x"})):
        assert answer.status_code == 410
        assert "effacée" in answer.content.decode()
        assert "phrase confiée" not in answer.content.decode()
        assert "de la salle" not in answer.content.decode()
    kept = organiser.get(f"/rencontres/{room.session.gathering_id}/a-retenir/").content.decode()
    assert "Une phrase confiée." in kept
    assert "Une phrase de la salle." in kept
    assert "personne ne lira" not in kept
    assert Takeaway.objects.count() == 2
