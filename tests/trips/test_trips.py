"""A day leaves for the server of a room and comes back: nothing lost, nothing doubled, one home at a time."""

import datetime as dt
import hashlib
import io
import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from facilitation import Move as EngineMove
from facilitation import replay, shipped_methods
from maillage.gatherings.models import Gathering, Room, Workshop
from maillage.lib.languages import spoken
from maillage.live import keys, log, seats
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import BoardPhoto, Move, Seat, Session
from maillage.live.photos import PhotoRefused, add_photo, find_viewer
from maillage.live.rooms import method_of, start_state
from maillage.live.runtime import live
from maillage.live.services import AwayGathering, erase_session, open_session
from maillage.memory.actions import add_action
from maillage.memory.desk import rewrite_takeaway, undo_last
from maillage.memory.following_up import ask_for_follow_up
from maillage.memory.models import Action, FollowUp, Gleaning, Takeaway
from maillage.memory.services import add_takeaway, remove_takeaway
from maillage.memory.sheets import follow_up_lookup
from maillage.methods.queries import latest_version
from maillage.methods.services import keep_version
from maillage.office import ledger
from maillage.office.models import Mail
from maillage.office.services import queue_mail
from maillage.people.merging import merge_organisations
from maillage.people.models import Organisation, Person, Right, Tie, User
from maillage.people.services import find_or_make_organisation, give_right, make_space
from maillage.people.ties import add_tie, remove_tie
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.plans.pairs import add_pair, remove_pair
from maillage.registrations.erasure import erase_person
from maillage.registrations.models import Answer, Question, Registration
from maillage.registrations.questions import add_question, erase_question
from maillage.registrations.retention import NAMELESS, erase_past_names
from maillage.registrations.services import mark_presence
from maillage.territories.models import Commune, Department, Region
from maillage.trips.models import Trip
from maillage.trips.refusals import TripRefused
from maillage.trips.sealing import Damaged, FileRefused, NotOurs, Unfinished, Writer, WrongPassphrase, read_lines
from maillage.trips.services import carry_back
from seating.words import speak
from tests.trips.conftest import PHRASE, log_of, on
from tests.trips.day import prepare_day, register, sit, submit, the_session, the_workshop, write


@pytest.fixture
def away(home, room, tmp_path):
    """The day is on the server of the room."""
    with on(home):
        prepare_day()
        assert write(sit("Amel"), "dit à la maison").accepted
    out = tmp_path / "aller.maillage"
    home.carry_out(out)
    room.carry_in(out)
    return out


def test_day_is_whole_on_the_server_of_the_room(away, home, room):
    def facts():
        registrations = Registration.objects.order_by("pk").select_related("person__organisation")
        workshop = the_workshop()
        return {
            "people": [(str(one.pk), str(one.person), one.person.organisation.name) for one in registrations],
            "places": list(
                Placement.objects.order_by("registration").values_list("registration", "workshop", "reason")
            ),
            "workshop": (str(workshop.pk), workshop.room.name, workshop.room.uid, workshop.room.capacity),
            "speakers": [(one.name, one.role) for one in workshop.speakers.all()],
            "facilitators": [one.name for one in workshop.facilitators.all()],
            "codes": (the_session().join_code, the_session().facilitator_code),
            "staff": list(Right.objects.values_list("user__email", "role")),
            "plan": list(Plan.objects.values_list("pk", "status", "created_at")),
        }

    with on(home):
        before = facts()
    with on(room):
        assert facts() == before
        assert keys.read_key(the_session().pk)
    assert log_of(room) == log_of(home)
    assert "dit à la maison" in str(log_of(room))


def test_ties_pairs_and_the_teams_questions_travel_and_come_home(home, room, tmp_path):
    def facts():
        return {
            "ties": [str(tie) for tie in Tie.objects.all()],
            "pairs": list(SeatingPair.objects.values_list("kind", "first", "second")),
            "questions": list(Question.objects.values_list("pk", "label", "choices", "required", "at_desk")),
            "answers": list(Answer.objects.order_by("registration").values_list("registration", "question", "values")),
        }

    out, back = tmp_path / "aller", tmp_path / "retour"
    with on(home):
        gathering = prepare_day()
        one, other, third = Registration.objects.order_by("pk")[:3]
        other.person.organisation = find_or_make_organisation(space=gathering.space, name="DDT")
        other.person.save()
        add_tie(space=gathering.space, upper="DDT", kind="funds", lower="CCAS", by="essai")
        gone = add_pair(gathering=gathering, one=one, other=other, kind="apart", by="essai")
        add_pair(gathering=gathering, one=one, other=third, kind="together", by="essai")
        asked = [
            add_question(gathering=gathering, by="essai", kind="line", label=label) for label in ("Train ?", "Vélo ?")
        ]
        for row in (one, other):
            for question in asked:
                Answer.objects.create(registration=row, question=question, values=["oui"])
        before = facts()
        assert [len(rows) for rows in before.values()] == [1, 2, 2, 4]
    home.carry_out(out)
    room.carry_in(out)
    with on(room):
        assert facts() == before
        remove_pair(pair=SeatingPair.objects.get(pk=gone.pk), by="accueil")
        erase_question(question=Question.objects.get(label="Vélo ?"), by="accueil")
        remove_tie(tie=Tie.objects.get(), by="accueil")
        Answer.objects.filter(registration=other.pk).update(values=["en retard"])
        after = facts()
        assert [len(rows) for rows in after.values()] == [0, 1, 1, 2]
    room.carry_out(back)
    (said,) = home.carry_in(back).said
    assert "question du formulaire" in said
    assert "Vélo ?" in said  # it stays, unanswered, until somebody erases it here too
    with on(home):
        assert facts() == {**after, "questions": before["questions"]}


def test_why_one_sits_there_is_said_in_their_language_in_the_room_and_back(home, room, tmp_path):
    def why(language):
        with spoken(language):
            return [(row.why, *row.plan.notes_said) for row in Placement.objects.order_by("registration")]

    def say(sentence):
        Placement.objects.update(reason=str(sentence), told=sentence.told)
        Plan.objects.update(notes=[str(sentence)], told={str(sentence): sentence.told})

    with on(home):
        prepare_day(people=1)
        say(speak("Vous y apportez un sujet."))
    out, back = tmp_path / "aller.maillage", tmp_path / "retour.maillage"
    home.carry_out(out)
    room.carry_in(out)
    with on(room):
        assert why("en") == [("You bring a subject there.",) * 2]
        say(speak("Votre atelier a changé : voyez l’accueil."))
    room.carry_out(back)
    assert home.carry_in(back).said == []
    with on(home):
        assert why("en") == [("Your workshop has changed: go to the welcome desk.",) * 2]


def test_a_place_taken_away_goes_home_even_when_an_older_release_let_the_day_leave(away, home, room, tmp_path):
    with on(home):
        trip = Trip.objects.get()
        for parts in trip.base["placement"].values():
            del parts["told"]
        trip.save()
    with on(room):
        Placement.objects.order_by("registration").first().delete()
    back = tmp_path / "retour.maillage"
    room.carry_out(back)
    assert home.carry_in(back).said == []
    with on(home):
        assert Placement.objects.count() == 3


def forged(file: Path, to: Path, **changes: object) -> Path:
    """A file that somebody who has its passphrase wrote again: each line of a kind as its change gives it."""
    writer = Writer(to, PHRASE)
    with file.open("rb") as opened:
        for line in read_lines(opened, PHRASE):
            change = changes.get(str(line.get("kind")))
            writer.line({**line, "row": {**line["row"], **change(line["row"])}} if change else line)
    writer.flush()
    writer.finish()
    return to


@pytest.mark.parametrize("checksum", ["its own", "another's"])
def test_a_file_gives_no_other_space_a_method_as_if_it_were_shipped(away, home, room, tmp_path, checksum):
    """Whoever organises chooses the passphrase of the file, and writes in it what they like."""
    with on(home):
        Workshop.objects.update(method="codev")
        other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
        before = keep_version(source=shipped_methods()["codev"].source, name="codev.toml")
        mine = before.source.replace("version = 1", "version = 99", 1).replace('title = "', 'title = "À moi : ', 1)
        assert mine != before.source
    room.carry_out(tmp_path / "retour")

    def change(_row):
        said = {"method": "codev", "version": 99, "source": mine, "shipped": True, "id": str(uuid.uuid4())}
        told = mine if checksum == "its own" else "of a release to come"
        return said | {"checksum": hashlib.sha256(told.encode()).hexdigest()}

    file = forged(tmp_path / "retour", tmp_path / "faux", version=change)
    if checksum == "another's":
        with pytest.raises(Damaged):
            home.carry_in(file)
    else:
        home.carry_in(file)
    with on(home):
        assert latest_version("codev", other) == before


def test_a_file_that_comes_back_makes_no_territory_for_every_space(away, home, room, tmp_path):
    def somewhere(insee):
        region = Region.objects.get_or_create(code="44", defaults={"name": "Grand Est"})[0]
        there = Department.objects.get_or_create(code="67", defaults={"name": "Bas-Rhin", "region": region})[0]
        return Commune.objects.create(insee=insee, name=f"Commune {insee}", department=there)

    with on(home):
        somewhere("67001")
    with on(room):
        for name, insee in (("Personne1", "67001"), ("Personne2", "67999")):
            Person.objects.filter(first_name=name).update(commune=somewhere(insee))
    room.carry_out(tmp_path / "retour")
    home.carry_in(tmp_path / "retour")
    with on(home):
        assert list(Commune.objects.values_list("pk", flat=True)) == ["67001"]
        communes = dict(Person.objects.values_list("first_name", "commune"))
        assert (communes["Personne1"], communes["Personne2"]) == ("67001", None)


def test_file_holds_nothing_in_clear(away, home):
    content = away.read_bytes()
    with on(home):
        key = keys.read_key(the_session().pk)
    for secret in (b"Personne0", b"Amel", b"Journ", "dit à la maison".encode(), key):
        assert secret not in content


def test_addresses_stay_at_home(away, room):
    with on(room):
        assert set(Person.objects.values_list("email", flat=True)) == {""}


def test_old_home_refuses_on_every_path(away, home):
    with on(home):
        session = the_session()
        amel = Seat.objects.get(kind=SeatKind.PARTICIPANT)
        refused = write(amel.pk, "trop tard")
        assert (refused.status, refused.reason) == (410, "elsewhere")
        assert "autre serveur" in str(refused.sentence)
        assert write(amel.pk, "dit à la maison").status == 200  # stored before it left: acknowledged again
        with pytest.raises(seats.JoinRefused, match="elsewhere"):
            sit("Bao")
        room_state = live().rooms.load(session.pk)
        lead = Seat.objects.get(kind=SeatKind.FACILITATOR)
        viewer = find_viewer(room_state, seats.Ticket(session.pk, lead.pk, 1))
        with pytest.raises(PhotoRefused, match="autre serveur"):
            add_photo(
                viewer=viewer, table=None, content=_picture(), caption="x", people_on_it=False, agreed=False, key="k"
            )
        other = Workshop.objects.create(slot=the_workshop().slot, position=2, title="Deux", method="essai")
        with pytest.raises(AwayGathering, match="emportée"):
            open_session(workshop=other, by="essai")
        assert Move.objects.filter(session=session).count() == session.last_number


def test_what_is_done_in_the_room_comes_back_once(away, home, room, tmp_path):
    with on(room):
        assert write(sit("Bao"), "dit dans la salle").accepted
        _photo(the_session())
        first = Registration.objects.order_by("pk").first()
        mark_presence(registration=first, presence="present", by="accueil")
        walk_in = register(first.gathering, "Zoe", walk_in=True)
        placed = walk_in.placements.get().reason
        add_takeaway(gathering=first.gathering, workshop=None, text="À retenir.", origin="organiser", by="essai")
    played = log_of(room)
    back = tmp_path / "retour.maillage"
    assert room.carry_out(back).home
    done = home.carry_in(back)
    assert (done.back, done.new_moves, done.said) == (True, 2, [])
    assert log_of(home) == played
    with on(home):
        assert Registration.objects.get(pk=first.pk).presence == "present"
        zoe = Registration.objects.get(person__first_name="Zoe")
        assert (zoe.pk, zoe.walk_in, zoe.person.email) == (walk_in.pk, True, "zoe@exemple.invalid")
        assert set(Person.objects.exclude(pk=zoe.person_id).values_list("email", flat=True)) == {
            f"personne{n}@exemple.invalid" for n in range(4)
        }  # what stayed at home is still there
        assert zoe.placements.get().reason == placed
        assert Takeaway.objects.get().text == "À retenir."
        assert BoardPhoto.objects.count() == 1
        assert write(Seat.objects.filter(kind="participant").first().pk, "de retour").accepted
    again = home.carry_in(back)
    assert again.already
    assert len(log_of(home)[str(_only(log_of(home)))]) == len(played[str(_only(played))]) + 1
    with on(room):  # and the room refuses now
        assert write(Seat.objects.filter(kind="participant").first().pk, "encore").reason == "elsewhere"


def test_the_desk_of_the_evening_may_be_held_in_the_room(away, home, room, tmp_path):
    """What was kept, taken out, decided and asked there is so at home, once; what a room gave is not offered again."""
    token = "t" * 32
    due = dt.date(2030, 1, 1)
    with on(home):  # the sheet's page is open on both servers
        ask_for_follow_up(token=token, gathering=the_day(), email="a@exemple.invalid", due=due, base_url="http://ici")
    with on(room):
        day, session = the_day(), the_session()
        kept, gone = (
            add_takeaway(gathering=day, workshop=None, text=text, origin="organiser", by="essai")
            for text in ("Gardée", "Retirée")
        )
        rewrite_takeaway(takeaway=kept, text="Gardée", workshop=None, themes=["Jeunesse"], seen=1, by="essai")
        remove_takeaway(takeaway=gone, by="essai")
        Gleaning.objects.create(session=session, key="card:c1", status="kept", takeaway=kept, text="Originale")
        Gleaning.objects.create(session=session, key="card:c2", status="left")
        add_action(gathering=day, what="Rappeler chaque famille", takeaway=kept, by="essai")
        ask_for_follow_up(token=token, gathering=day, email="b@exemple.invalid", due=due, base_url="http://192.168.1.2")
    back = tmp_path / "retour.maillage"
    room.carry_out(back)
    home.carry_in(back)
    home.carry_in(back)
    with on(home):
        row = Takeaway.objects.get()
        assert (row.text, [theme.name for theme in row.themes.all()]) == ("Gardée", ["Jeunesse"])
        assert Takeaway.with_removed.exclude(removed_at=None).get().text == "Retirée"
        assert sorted(Gleaning.objects.values_list("key", "text")) == [("card:c1", "Originale"), ("card:c2", "")]
        assert (Action.objects.get().what, Action.objects.get().takeaway) == ("Rappeler chaque famille", row)
        assert FollowUp.objects.get().lookup == follow_up_lookup(token)
        again = rewrite_takeaway(takeaway=row, text="Réécrite", workshop=None, themes=["Jeunesse"], seen=0, by="essai")
        assert undo_last(takeaway=again, number=again.version, by="essai").text == "Gardée"


def the_day() -> Gathering:
    return Gathering.objects.select_related("space").get()


def test_same_file_twice_is_harmless(away, room):
    with on(room):
        assert write(sit("Bao"), "après l’import").accepted
    before = log_of(room)
    assert room.carry_in(away).already
    assert log_of(room) == before
    with on(room):
        assert Registration.objects.count() == 4


def test_replay_of_what_came_back_is_equal(away, home, room, tmp_path):
    with on(room):
        seat = sit("Bao")
        for number in range(5):
            assert write(seat, f"idée {number}").accepted
        state = live().rooms.load(the_session().pk).state
    back = tmp_path / "retour.maillage"
    room.carry_out(back)
    home.carry_in(back)
    with on(home):
        session = the_session()
        begun = start_state(method_of(session.method_version), session.options)
        moves = [_move(read) for read in log.read(session.pk)]
        assert replay(begun, moves) == state
        assert live().rooms.load(session.pk).state == state


def test_lost_server_is_refused_when_it_returns(away, home, room, tmp_path):
    with on(room):
        assert write(sit("Bao"), "perdu avec l’ordinateur").accepted
    with on(home):
        gathering = carry_back(gathering=Gathering.objects.get(), by="Orga")
        assert gathering.away_since is None
        assert write(sit("Chloe"), "repris ici").accepted
        with pytest.raises(TripRefused, match="déjà ici"):
            carry_back(gathering=gathering, by="Orga")
    back = tmp_path / "retour.maillage"
    room.carry_out(back)
    before = log_of(home)
    with pytest.raises(TripRefused, match=r"reprise ici le .* par Orga"):
        home.carry_in(back)
    assert log_of(home) == before
    later = tmp_path / "aller-2.maillage"  # and that server refuses to forget what it alone has
    home.carry_out(later)
    with pytest.raises(FileRefused, match="gestes que ce fichier ne connaît pas"):
        room.carry_in(later)


def test_second_trip_to_the_same_room(away, home, room, tmp_path):
    room.carry_out(tmp_path / "1")
    home.carry_in(tmp_path / "1")
    with on(home):
        assert write(sit("Chloe"), "entre deux trajets").accepted
        register(Gathering.objects.get(), "Nouveau")
    home.carry_out(tmp_path / "2")
    done = room.carry_in(tmp_path / "2")
    assert done.new_moves == 2
    assert log_of(room) == log_of(home)
    with on(room):
        assert Registration.objects.count() == 5
        assert write(Seat.objects.filter(kind="participant").first().pk, "la suite").accepted


def test_file_written_again_is_the_same_trip(away, home, room, tmp_path):
    again = home.carry_out(tmp_path / "encore")
    assert again.again
    assert room.carry_in(tmp_path / "encore").already
    with on(home):
        assert Gathering.objects.get().generation == 2


def test_guest_may_resume_before_it_is_brought_home(away, home, room, tmp_path):
    room.carry_out(tmp_path / "trop-tot")
    with on(room):
        carry_back(gathering=Gathering.objects.get(), by="Orga")
        assert write(sit("Bao"), "l’après-midi").accepted
    room.carry_out(tmp_path / "soir")
    home.carry_in(tmp_path / "soir")
    assert log_of(home) == log_of(room)
    with pytest.raises(TripRefused, match="plus ancien"):
        home.carry_in(tmp_path / "trop-tot")


def test_wrong_files_change_nothing(away, home, room, make_server, tmp_path):
    other = make_server("ailleurs")
    with pytest.raises(WrongPassphrase):
        other.carry_in(away, "une autre phrase de passe")
    with pytest.raises(TripRefused, match="parti d’ici"):
        home.carry_in(away)
    room.carry_out(tmp_path / "retour")
    with pytest.raises(TripRefused, match="à un autre serveur que celui-ci"):
        other.carry_in(tmp_path / "retour")
    content = (tmp_path / "retour").read_bytes()
    for number, broken in enumerate(
        [
            content[:10],
            content[: len(content) // 2],
            content[:-1],
            content + b"x",
            b"",
            b"PK\x03\x04",
            _flip(content, 200),
        ]
    ):
        file = tmp_path / f"broken-{number}"
        file.write_bytes(broken)
        with pytest.raises((NotOurs, Unfinished, Damaged)):
            home.carry_in(file)
    with on(home):
        assert Gathering.objects.get().away_since is not None
        assert not Trip.objects.filter(direction="in").exists()
    home.carry_in(tmp_path / "retour")


def test_space_of_the_same_name_born_elsewhere_is_not_mixed(away, make_server):
    other = make_server("ailleurs")
    with on(other):
        prepare_day()
    with pytest.raises(TripRefused, match="né sur un autre serveur"):
        other.carry_in(away)


def test_both_sides_change(away, home, room, tmp_path):
    with on(home):
        rows = list(Registration.objects.order_by("person__first_name").select_related("person"))
        mark_presence(registration=rows[0], presence="absent", by="maison")
        mark_presence(registration=rows[1], presence="present", by="maison")
        rows[2].person.phone = "0102030405"
        rows[2].person.save()
        Registration.objects.filter(pk=rows[3].pk).update(needs="")
        register(Gathering.objects.get(), "Yann", walk_in=True)
        Workshop.objects.update(title="Titre de la maison")
    with on(room):
        mark_presence(registration=Registration.objects.get(pk=rows[0].pk), presence="present", by="salle")
        Person.objects.filter(pk=rows[2].person_id).update(category="resident")
        register(Gathering.objects.get(), "Yann", walk_in=True)
        Room.objects.update(name="Salle Sud")
        Workshop.objects.update(title="Titre de la salle")
    room.carry_out(tmp_path / "retour")
    said = home.carry_in(tmp_path / "retour").said
    with on(home):
        rows = [Registration.objects.select_related("person").get(pk=row.pk) for row in rows]
        assert rows[0].presence == "present"  # of the day: the room decides
        assert rows[1].presence == "present"  # only home knew
        assert (rows[2].person.phone, rows[2].person.category) == ("0102030405", "resident")
        assert Registration.objects.filter(person__first_name="Yann").count() == 2
        assert the_workshop().room.name == "Salle Sud"
        assert the_workshop().title == "Titre de la maison"
    assert len(said) == 3
    assert any("Personne0" in one and "présence" in one and "serveur de la salle" in one for one in said)
    assert any("Titre de la maison" in one and "atelier a changé" in one and "celui d’origine" in one for one in said)
    assert any("Yann Essai est inscrit·e des deux côtés" in one for one in said)


def test_erased_on_one_side_is_erased(away, home, room, tmp_path):
    with on(home):
        session = the_session()
        erase_session(session=session, by="sur demande")
    with on(room):
        assert write(sit("Bao"), "après l’effacement").accepted
    room.carry_out(tmp_path / "retour")
    said = home.carry_in(tmp_path / "retour").said
    assert any("effacée ici" in one for one in said)
    with on(home):
        assert the_session().status == SessionStatus.ERASED
        assert not keys.has_key(session.pk)


def test_erased_in_the_room_is_erased_at_home(away, home, room, tmp_path):
    with on(room):
        erase_session(session=the_session(), by="sur demande")
    room.carry_out(tmp_path / "retour")
    home.carry_in(tmp_path / "retour")
    with on(home):
        assert the_session().status == SessionStatus.ERASED
        assert not keys.has_key(the_session().pk)


def test_person_erased_in_the_room_is_erased_at_home(away, home, room, tmp_path):
    """Their address and their telephone never left home: an empty name must not be all that is erased there."""
    with on(home):
        row = Registration.objects.get(person__first_name="Personne1")
        queue_mail(to=row.person.email, subject="Bonjour", body="Personne1 Essai", about=row.gathering_id)
        Person.objects.filter(pk=row.person_id).update(phone="06 00 00 00 01")
    with on(room):
        erase_person(person=Person.objects.get(pk=row.person_id), by="accueil")
    room.carry_out(tmp_path / "retour")
    home.carry_in(tmp_path / "retour")
    with on(home):
        person = Person.objects.get(pk=row.person_id)
        assert (person.first_name, person.last_name, person.email, person.phone) == (NAMELESS, "", "", "")
        assert person.pk in ledger.erased(ledger.PERSON)
        assert not Mail.objects.filter(to="personne1@exemple.invalid").exists()
        assert Person.objects.filter(last_name="Essai").count() == 3


def test_person_whose_erasure_must_wait_keeps_their_name_at_home(away, home, room, tmp_path):
    with on(home):
        person = Person.objects.get(first_name="Personne1")
        other = Gathering.objects.create(space=person.space, slug="autre", title="Autre", away_since=timezone.now())
        Registration.objects.create(gathering=other, person=person, registered_at=timezone.now())
    with on(room):
        erase_person(person=Person.objects.get(pk=person.pk), by="accueil")
    room.carry_out(tmp_path / "retour")
    (said,) = home.carry_in(tmp_path / "retour").said
    assert "Autre\u202f» est en ce moment sur un serveur de salle" in said
    assert "Personne1" in said
    with on(home):
        Gathering.objects.filter(slug="autre").update(away_since=None)
        erase_person(person=Person.objects.get(pk=person.pk), by="accueil")
        assert Person.objects.get(pk=person.pk).email == ""


def test_names_erased_at_home_do_not_come_back_from_the_room(away, home, room, tmp_path):
    """Their time came while the day was away."""
    with on(room):
        Registration.objects.update(porteur_subject="Mon sujet")
    with on(home):
        Gathering.objects.update(date=dt.date(2020, 1, 1))
        assert erase_past_names(now=timezone.now()) == 4
    room.carry_out(tmp_path / "retour")
    home.carry_in(tmp_path / "retour")
    with on(home):
        assert set(Person.objects.values_list("first_name", "last_name")) == {(NAMELESS, "")}
        assert set(Registration.objects.values_list("porteur_subject", flat=True)) == {""}


def test_session_opened_in_the_room_comes_home(away, home, room, tmp_path):
    with on(home):
        Workshop.objects.create(slot=the_workshop().slot, position=2, title="Deux", method="essai")
        carry_back(gathering=Gathering.objects.get(), by="essai")
    home.carry_out(tmp_path / "2")
    room.carry_in(tmp_path / "2")
    with on(room):
        second = Workshop.objects.get(title="Deux")
        made = open_session(workshop=second, by="essai")
        lead = seats.take_seat(session=made, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="l")
        assert submit(made, lead.pk, "open", {}, "open").accepted
    room.carry_out(tmp_path / "retour")
    assert home.carry_in(tmp_path / "retour").sessions == 2
    with on(home):
        assert Session.objects.get(workshop=second.pk).last_number == 2
        assert log.read(made.pk)[0].payload["name"] == "Lise"


def test_laptop_gives_nobody_rights_at_home(away, home, room, tmp_path):
    with on(room):
        user = User.objects.create_user("intrus@exemple.invalid")
        give_right(user=user, space=Gathering.objects.get().space, role="organiser", by="x")
    room.carry_out(tmp_path / "retour")
    home.carry_in(tmp_path / "retour")
    with on(home):
        assert not User.objects.filter(email="intrus@exemple.invalid").exists()


def _only(mapping):
    (key,) = mapping
    return key


def _move(read):
    return EngineMove(read.number, read.seat, read.kind, read.payload, read.at)


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "JPEG")
    return made.getvalue()


def _photo(session):
    lead = Seat.objects.get(session=session, kind=SeatKind.FACILITATOR)
    viewer = find_viewer(live().rooms.load(session.pk), seats.Ticket(session.pk, lead.pk, 1))
    return add_photo(
        viewer=viewer, table=None, content=_picture(), caption="tableau", people_on_it=False, agreed=False, key="k"
    )


def _flip(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_structure_merged_at_home_meanwhile_is_the_one_kept(home, room, tmp_path):
    out, back = tmp_path / "aller", tmp_path / "retour"
    with on(home):
        gathering = prepare_day()
        gone = find_or_make_organisation(space=gathering.space, name="CCAS")
        gone.about, gone.listed = "Accueille", True
        gone.save()
    home.carry_out(out)
    with on(home):
        kept = find_or_make_organisation(space=gathering.space, name="Centre communal d’action sociale")
        merge_organisations(kept=kept, gone=gone, by="essai")
    room.carry_in(out)
    with on(room):
        assert Organisation.objects.values_list("about", "listed").get(name="CCAS") == ("Accueille", True)
        register(Gathering.objects.get(), "Walk", walk_in=True)  # of the CCAS, as all of that day
    room.carry_out(back)
    home.carry_in(back)
    with on(home):
        assert set(Person.objects.values_list("organisation", flat=True)) == {kept.pk}
        assert not Organisation.objects.filter(name="CCAS").exists()
