"""The control room: every workshop of the day, open, ended or not yet; what it says and what it offers."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from facilitation import shipped_methods
from maillage.gatherings.models import Gathering, Workshop
from maillage.live import seats, urls_of
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.glimpse import during
from maillage.live.models import Seat, Session
from maillage.live.runtime import live
from maillage.live.services import close_session, open_session
from maillage.methods.models import MethodVersion
from maillage.methods.services import keep_version
from maillage.office.models import Activity
from maillage.people.enums import SpaceRole
from maillage.people.models import Right, User
from maillage.people.services import end_every_session, give_right, withdraw_right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(session: Session):
    def sign_in(role: SpaceRole) -> Client:
        user = User.objects.create_user(f"{role}@exemple.invalid", str(role))
        give_right(user=user, space=session.gathering.space, role=role, by="essai")
        client = Client()
        client.force_login(user)
        client.user = user
        return client

    return sign_in


def row_of(client: Client, workshop: Workshop) -> str:
    page = client.get(f"/rencontres/{workshop.slot.gathering_id}/regie/").content.decode()
    return re.sub(r"\s+", " ", page.split(f'id="room-{workshop.pk}"')[1].split("</tr>")[0])


def add(session: Session, title: str, method: str) -> Workshop:
    return Workshop.objects.create(slot=session.workshop.slot, position=9, title=title, method=method)


def play(session: Session, kind: str) -> None:
    lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="lise")
    assert live().committer.submit(Submitted(session.id, lead.id, kind, {}, kind)).accepted


def test_ended_session_says_so_and_leads_to_what_was_kept(session, staff) -> None:
    organiser = staff(SpaceRole.ORGANISER)
    assert session.join_code[:4] in row_of(organiser, session.workshop)
    play(session, "open")
    play(session, "close")
    row = row_of(organiser, session.workshop)
    assert "terminée" in row
    assert session.join_code[:4] not in row
    assert "projection" not in row
    assert f"a-retenir/#atelier-{session.workshop_id}" in row
    assert "écran" not in row
    assert "vide" not in row
    assert "Rien n’est encore écrit" in row  # what the report still waits for
    assert "a-retenir" not in row_of(staff(SpaceRole.FACILITATOR), session.workshop)  # they may not open that page


def watch(client: Client, session: Session) -> str:
    """The screen that the control room opens; each account has its own."""
    screen = client.get(f"/regie/{session.pk}/")["Location"]
    assert client.get(screen).status_code == 200
    return screen


@pytest.mark.parametrize("way", ["role", "everywhere", "sign-out"])
def test_what_an_account_watched_ends_with_it_and_nobody_elses(session, staff, way) -> None:
    gone, other = staff(SpaceRole.FACILITATOR), staff(SpaceRole.ORGANISER)
    screen, _theirs = watch(gone, session), watch(other, session)
    ticket = seats.read_ticket({name: one.value for name, one in gone.cookies.items()}, session.pk, "c")
    assert seats.find_kind(ticket) == SeatKind.CONTROL
    if way == "role":
        withdraw_right(right=Right.objects.get(user=gone.user), by="essai")
    elif way == "everywhere":
        end_every_session(user=gone.user)
    else:
        gone.post("/deconnexion/")
    assert seats.find_kind(ticket) == ""  # of their stream too
    assert gone.get(screen, follow=True).status_code in (403, 404)
    assert gone.get(f"/seance/{session.pk}/export.csv?siege=c").status_code == 403
    assert other.get(screen).status_code == 200
    assert Seat.objects.filter(session=session, kind=SeatKind.CONTROL).count() == 2


def test_who_may_still_watch_is_let_in_again(session, staff) -> None:
    """A second role was taken from them, or they signed out of another device."""
    organiser = staff(SpaceRole.ORGANISER)
    screen = watch(organiser, session)
    give_right(user=organiser.user, space=session.gathering.space, role=SpaceRole.DESK, by="essai")
    withdraw_right(right=Right.objects.get(user=organiser.user, role=SpaceRole.DESK), by="essai")
    assert organiser.get(screen, follow=True).redirect_chain[-1][0] == screen


def test_who_leads_no_more_is_put_out_by_a_new_link(session, staff) -> None:
    """Whoever was given the link « Animer » keeps it, a role or none."""
    organiser, gone = staff(SpaceRole.ORGANISER), Client()
    address = f"/rencontres/{session.gathering_id}/regie/"
    old = urls_of.facilitator_url(session)
    screen = gone.post(old, {"name": "Lise", "key": "k"})["Location"]
    ticket = seats.read_ticket({name: one.value for name, one in gone.cookies.items()}, session.pk, "a")
    assert gone.get(screen).status_code == 200
    asked = {"new-link": session.workshop_id}
    assert staff(SpaceRole.FACILITATOR).post(address, asked).status_code == 403
    assert organiser.post(address, {"new-link": ""}).status_code == 404  # no room is chosen for who chose none
    assert seats.find_kind(ticket)

    said = organiser.post(address, asked, follow=True).content.decode()

    assert "a un nouveau lien d’animation" in said
    assert seats.find_kind(ticket) == ""
    assert [seat.name for seat in live().rooms.load(session.pk).state.seats.values() if seat.present] == []
    assert gone.get(screen).status_code == 403
    assert gone.get(old).status_code == 404
    assert gone.post(old, {"name": "Lise", "key": "k"}).status_code == 404
    session.refresh_from_db()
    new = urls_of.facilitator_url(session)
    assert new in said
    other = Client()
    assert other.get(other.post(new, {"name": "Omar", "key": "o"})["Location"]).status_code == 200
    assert Activity.objects.filter(verb="a changé un lien d’animation", about_id=session.pk).count() == 1


def test_a_room_that_is_away_or_ended_keeps_its_link(session, staff) -> None:
    organiser, address = staff(SpaceRole.ORGANISER), f"/rencontres/{session.gathering_id}/regie/"
    for change in ({"away": True}, {"away": False, "status": "closed"}):
        Session.objects.filter(pk=session.pk).update(**change)
        said = organiser.post(address, {"new-link": session.workshop_id}, follow=True).content.decode()
        assert "son lien n’a pas changé" in said
    assert Session.objects.get(pk=session.pk).facilitator_code == session.facilitator_code


def test_session_closed_from_outside_is_ended_too(session, staff) -> None:
    play(session, "open")
    close_session(session=session, by="organisation")
    assert "terminée" in row_of(staff(SpaceRole.ORGANISER), session.workshop)


def test_an_ended_room_is_reopened_in_one_touch_and_nobody_enters_it_for_that(session, staff) -> None:
    organiser, facilitator = staff(SpaceRole.ORGANISER), staff(SpaceRole.FACILITATOR)
    play(session, "open")
    play(session, "close")
    address = f"/rencontres/{session.gathering_id}/regie/"
    assert 'name="reopen"' in row_of(organiser, session.workshop)
    assert 'name="reopen"' not in row_of(facilitator, session.workshop)
    assert facilitator.post(address, {"reopen": session.workshop_id}).status_code in (403, 404)
    assert live().rooms.load(session.pk).state.status == "closed"
    for _twice in range(2):
        assert organiser.post(address, {"reopen": session.workshop_id}).status_code == 302
        state = live().rooms.load(session.pk).state
        assert (state.status, len(state.seats)) == ("running", 1)
    assert session.join_code[:4] in row_of(organiser, session.workshop)
    close_session(session=session, by="essai")
    organiser.post(address, {"reopen": session.workshop_id})
    assert session.join_code[:4] in row_of(organiser, session.workshop)
    assert organiser.post(address, {"reopen": uuid4()}).status_code == 404


def test_rooms_with_something_to_see_are_named_above_the_table(session, staff) -> None:
    organiser = staff(SpaceRole.ORGANISER)
    address = f"/rencontres/{session.gathering_id}/regie/"
    assert "à voir</strong>" not in organiser.get(address).content.decode()
    play(session, "open")  # and no screen of the room is on line
    page = re.sub(r"\s+", " ", organiser.get(address).content.decode())
    said = page.split('class="to-see"')[1].split("</p>")[0]
    assert "<strong>1 salle à voir</strong>" in said.replace("\xa0", " ")
    assert f'href="#room-{session.workshop_id}"' in said


def test_workshop_without_a_session_is_there_and_can_be_opened(session, staff) -> None:
    other = add(session, "Le lendemain", "essai")
    organiser = staff(SpaceRole.ORGANISER)
    assert "prête à ouvrir" in row_of(organiser, other)
    assert "<button" not in row_of(staff(SpaceRole.FACILITATOR), other)
    answer = organiser.post(f"/rencontres/{session.gathering_id}/regie/", {"workshop": str(other.pk)})
    assert answer.status_code == 302
    assert other.sessions.get().join_code[:4] in row_of(organiser, other)


def test_workshop_that_cannot_be_played_says_why(session, staff) -> None:
    organiser = staff(SpaceRole.ORGANISER)
    for method, why in (("", "Pas de méthode"), ("inconnue", "n’a pas encore de fichier")):
        workshop = add(session, f"Atelier {method}", method)
        assert why in row_of(organiser, workshop)
        assert "<button" not in row_of(organiser, workshop)
        organiser.post(f"/rencontres/{session.gathering_id}/regie/", {"workshop": str(workshop.pk)})
        assert not workshop.sessions.exists()


def test_workshop_whose_method_this_release_refuses_says_why(session, staff) -> None:
    organiser, source = staff(SpaceRole.ORGANISER), shipped_methods()["anarchaise"].source
    kept = keep_version(source=source, name="anarchaise.toml", space=session.gathering.space)
    MethodVersion.objects.filter(pk=kept.pk).update(source="first = 3", checksum="autre")
    workshop = add(session, "Atelier ancien", "anarchaise")
    assert "n’est plus lisible" in row_of(organiser, workshop)
    answer = organiser.post(f"/rencontres/{session.gathering_id}/regie/", {"workshop": str(workshop.pk)})
    assert answer.status_code < 500
    assert not workshop.sessions.exists()


def test_workshop_of_another_gathering_is_not_opened(session, staff) -> None:
    space = session.gathering.space
    elsewhere = Gathering.objects.create(space=space, slug="ailleurs", title="Ailleurs", kind="regional_day")
    organiser = staff(SpaceRole.ORGANISER)
    for text in (str(session.workshop_id), "rien"):
        answer = organiser.post(f"/rencontres/{elsewhere.pk}/regie/", {"workshop": text})
        assert answer.status_code == 404


def test_at_a_glance_what_is_open_and_what_has_ended(session, staff) -> None:
    user = staff(SpaceRole.ORGANISER).user

    def figures() -> list[tuple[int | None, str]]:
        found = during(session.gathering, user)
        assert found is not None
        return [(figure.number, figure.sentence) for figure in found.figures]

    assert figures() == [(1, "séance ouverte")]
    play(session, "open")
    play(session, "close")
    assert figures() == [(1, "séance terminée")]


def test_projector_of_an_ended_session_shows_no_code(session) -> None:
    play(session, "open")
    wall = Client()
    address = wall.get(urls_of.projector_url(session))["Location"]
    assert session.join_code[:4] in wall.get(address).content.decode()
    play(session, "close")
    page = wall.get(address).content.decode()
    assert "C’est fini, merci" in page
    assert session.join_code[:4] not in page


def test_facilitators_screen_of_an_ended_session_has_no_warning_and_the_way_on(session) -> None:
    client = Client()
    address = client.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})["Location"]
    play(session, "open")
    assert 'class="watch"' in client.get(address).content.decode()
    play(session, "close")
    page = client.get(address).content.decode()
    assert 'class="watch"' not in page
    assert f"/seance/{session.pk}/a-retenir/" in page


def test_all_rooms_that_play_get_the_same_minutes_once(session, staff) -> None:
    organiser = staff(SpaceRole.ORGANISER)
    address = f"/rencontres/{session.gathering_id}/regie/"
    assert 'name="minutes"' not in organiser.get(address).content.decode()  # nothing plays: nothing to shift
    idle = organiser.post(address, {"minutes": "15", "key": str(uuid4())}, follow=True).content.decode()
    assert "rien à décaler" in idle

    play(session, "open")
    key = re.search(r'name="key" value="([^"]+)"', organiser.get(address).content.decode())[1]
    before = live().rooms.load(session.pk).state.ends_at
    for _press in range(2):
        said = organiser.post(address, {"minutes": "15", "key": key}, follow=True).content.decode()
        assert re.search(r"15\sminutes de plus", said)
    assert live().rooms.load(session.pk).state.ends_at - before == 15 * 60_000

    said = organiser.post(address, {"minutes": "-5", "key": str(uuid4())}, follow=True).content.decode()
    assert re.search(r"5\sminutes de moins", said)
    assert live().rooms.load(session.pk).state.ends_at - before == 10 * 60_000


def act(session: Session, lead, kind: str, **payload) -> None:
    assert live().committer.submit(Submitted(session.pk, lead.pk, kind, payload, str(uuid4()))).accepted


def shift(session: Session, client: Client, minutes: str = "15", key: str | None = None) -> str:
    form = {"minutes": minutes, "key": key or str(uuid4())}
    return client.post(f"/rencontres/{session.gathering_id}/regie/", form, follow=True).content.decode()


def ends_at(session: Session) -> int:
    return live().rooms.load(session.pk).state.ends_at


def test_who_has_left_is_not_brought_back_to_shift_the_room(session, staff) -> None:
    play(session, "open")
    lise = session.seats.get()
    other = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Ali", role="facilitator", key="ali")
    act(session, lise, "leave")
    organiser, key, before = staff(SpaceRole.ORGANISER), str(uuid4()), ends_at(session)
    assert re.search(r"15\sminutes de plus", shift(session, organiser, key=key))
    assert not live().rooms.load(session.pk).state.seats[str(lise.pk)].present

    act(session, lise, "extend", seconds=-60)  # she is back,
    act(session, other, "leave")  # he leaves: the same press is still one
    shift(session, organiser, key=key)
    assert ends_at(session) - before == 14 * 60_000

    act(session, lise, "leave")
    assert "Personne n’y anime" in shift(session, organiser)
    assert ends_at(session) - before == 14 * 60_000


def test_a_participant_who_was_given_the_lead_shifts_the_room(session, staff) -> None:
    play(session, "open")
    lise = session.seats.get()
    nora = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Nora", role="participant", key="n")
    act(session, lise, "give_role", seat=str(nora.pk), role="facilitator")
    act(session, lise, "leave")
    before = ends_at(session)
    assert re.search(r"15\sminutes de plus", shift(session, staff(SpaceRole.ORGANISER)))
    assert ends_at(session) - before == 15 * 60_000


def test_the_clock_of_a_table_that_runs_itself_is_shifted_too_and_once(session, staff) -> None:
    tables = [{"id": 1, "name": "Table 1"}, {"id": 2, "name": "Table 2"}]
    session = open_session(workshop=add(session, "Deux tables", "essai"), by="essai", tables=tables)
    play(session, "open")
    lise = session.seats.get()
    act(session, lise, "own_clock", table=2)
    act(session, lise, "look_at", table=2)
    before, organiser, key = ends_at(session), staff(SpaceRole.ORGANISER), str(uuid4())
    for _press in range(2):
        assert re.search(r"5\sminutes de plus", shift(session, organiser, "5", key))
    after = live().rooms.load(session.pk).state
    assert [after.ends_at - before, after.clocks[2].ends_at - before] == [5 * 60_000] * 2

    nora = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Nora", role="participant", key="n")
    act(session, lise, "seat_at", seat=str(nora.pk), table=2)
    act(session, lise, "leave")
    said = shift(session, organiser, "5")  # table 2 alone, by whoever runs it
    assert re.search(rf"{session}, Table 1\s: Personne n’y anime", said)
    assert re.search(rf"5\sminutes de plus\s: {session}, Table 2\.", said)
    after = live().rooms.load(session.pk).state
    assert [after.ends_at - before, after.clocks[2].ends_at - before] == [5 * 60_000, 10 * 60_000]


def test_of_several_rooms_each_answers_for_itself(session, staff) -> None:
    play(session, "open")
    other = open_session(workshop=add(session, "Sans personne", "essai"), by="essai")
    lead = seats.take_seat(session=other, kind=SeatKind.FACILITATOR, name="Max", role="facilitator", key="max")
    act(other, lead, "open")
    act(other, lead, "leave")
    waiting = open_session(workshop=add(session, "Pas commencé", "essai"), by="essai")
    before = ends_at(session), ends_at(other)
    said = shift(session, staff(SpaceRole.ORGANISER))
    assert re.search(rf"15\sminutes de plus\s: {session}\.", said)
    assert re.search(rf"{other}\s: Personne n’y anime", said)
    assert str(waiting) not in "".join(re.findall(r'class="notice[^<]*', said))
    assert (ends_at(session), ends_at(other)) == (before[0] + 15 * 60_000, before[1])


@pytest.mark.parametrize("minutes", ["", "0", "quinze", "61", "-61", "1e3", "15\x0c5"])
def test_minutes_that_are_none_shift_nothing(session, staff, minutes) -> None:
    play(session, "open")
    before = live().rooms.load(session.pk).state.ends_at
    address = f"/rencontres/{session.gathering_id}/regie/"
    refused = staff(SpaceRole.ORGANISER).post(address, {"minutes": minutes, "key": str(uuid4())}, follow=True)
    assert "Rien n’est décalé" in refused.content.decode()
    assert staff(SpaceRole.FACILITATOR).post(address, {"minutes": "15", "key": str(uuid4())}).status_code == 403
    assert live().rooms.load(session.pk).state.ends_at == before


@pytest.mark.parametrize(("chosen", "minutes"), [("flash", 45), ("", 60), ("gone", 60)])
def test_a_session_opens_with_the_length_its_programme_says(session, staff, chosen: str, minutes: float) -> None:
    workshop = add(session, "Entraide", "codev")
    Workshop.objects.filter(pk=workshop.pk).update(preset=chosen)
    client = staff(SpaceRole.ORGANISER)
    client.post(f"/rencontres/{workshop.slot.gathering_id}/regie/", {"workshop": workshop.pk})
    state = live().rooms.load(Session.objects.get(workshop=workshop).id).state
    assert sum(state.minutes[step.stage] for step in state.method.steps) == minutes
