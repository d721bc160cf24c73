"""What is due goes from everywhere: rows, files, journal. What is not stays, and each erasure is in the log."""

import datetime as dt
import os
import random
import uuid

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.archives.package import write_archive
from maillage.config.cli import main
from maillage.config.upkeep import erase_before_serving, keep_house
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import KeptFigures, Session
from maillage.live.services import open_session
from maillage.memory.actions import add_action
from maillage.memory.models import Action, PorteurSheet
from maillage.memory.sheets import open_sheet, sheet_token
from maillage.office.ledger import PERSON, erased
from maillage.office.models import Activity, Mail, NamesRule
from maillage.office.retention import change_names_rule, months_after, names_months, waiting
from maillage.office.services import queue_mail, record_activity
from maillage.people.models import Person, User
from maillage.plans.models import Placement, Plan
from maillage.registrations.erasure import erase_person
from maillage.registrations.listings import Shown, agree
from maillage.registrations.models import Answer, Registration, RegistrationImport
from maillage.registrations.own import token_of
from maillage.registrations.retention import NAMELESS, erase_past_names
from tests.archives.world import METHOD, OF_PEOPLE, SECRET, full_day, play_counts, play_notes, sit, workshop_of
from tests.trips.conftest import on

pytestmark = pytest.mark.django_db(transaction=True)


CROWD = 4_000


def crowd(day) -> None:
    """Rows of all lengths, in the disorder of a long life: pages that were split and filled again keep pieces of them,
    `secure_delete` or not. Without the rewriting of the file some ten names in four thousand stay in it."""
    draw = random.Random(3)
    people = [
        Person(
            id=uuid.UUID(int=draw.getrandbits(128)),
            space=day.space,
            first_name=f"{SECRET}prenom{number}",
            last_name=f"{SECRET}nom" + "x" * draw.randint(0, 60),
            commune_text="y" * draw.randint(0, 99),
            commune_id="54547",
        )
        for number in range(CROWD)
    ]
    for start in range(0, CROWD, 100):
        Person.objects.bulk_create(people[start : start + 100])
        some = draw.sample(people[: start + 100], 40)
        for person in some:
            person.territory_text = "z" * draw.randint(0, 199)
        Person.objects.bulk_update(some, ["territory_text"])
    Registration.objects.bulk_create([Registration(gathering=day, person=person) for person in people], batch_size=500)


def analyze() -> None:
    """PostgreSQL's statistics keep samples of what is in a table, names included."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def bytes_of(server) -> dict[str, bytes]:
    """Every file of a server: database, journal, keys. Of PostgreSQL the tables' own; its WAL is the operator's."""
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    if server.database["ENGINE"].endswith("postgresql"):
        from tests import postgresql  # imported only there: it starts a cluster

        with on(server), connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
            (oid,) = cursor.fetchone()
        files += [path for path in (postgresql.cluster().home / "data" / "base" / str(oid)).iterdir() if path.is_file()]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.only_sqlite
def test_after_31_days_the_notes_are_in_no_file(make_server):
    server = make_server("maison", vendor="sqlite")
    with on(server):
        day = full_day(date=timezone.localdate())
        session, porteur = play_notes(day)
        play_counts(day)
        token, key = sheet_token(session.pk, porteur.pk), keys.read_key(session.pk)
        figures = write_archive(day)
        connections.close_all()
    there = bytes_of(server)
    assert any(key in content for content in there.values())
    assert any(f"{SECRET}fauteuil".encode() in content for content in there.values())
    with on(server):
        keep_house(now=timezone.now() + dt.timedelta(days=32))
        assert set(Session.objects.values_list("status", flat=True)) == {SessionStatus.ERASED}
        assert not Registration.objects.exclude(needs="").exists()
        assert Person.objects.filter(first_name__startswith=SECRET).count() == 24  # their own term is longer
        assert KeptFigures.objects.exists()
        assert write_archive(day) == figures  # the numbers stay
        sheet = PorteurSheet.objects.get()
        assert f"{SECRET}pas" in str(open_sheet(token, bytes(sheet.sealed)))  # and what the porteur kept
        connections.close_all()
    for name, content in bytes_of(server).items():
        assert key not in content, name
        for word in ("note", "fauteuil", "langue"):
            assert f"{SECRET}{word}".encode() not in content, (name, word)
    assert not list((server.folder / "keys").glob("*.key"))


def test_after_the_rule_of_the_space_the_names_are_in_no_file(make_server):
    server = make_server("maison")
    with on(server):
        day = full_day(date=timezone.localdate())
        crowd(day)
        change_names_rule(space=day.space_id, slug=day.space.slug, months=2, by="essai")
        before = write_archive(day)
        analyze()
        connections.close_all()
    there = b"".join(bytes_of(server).values())
    assert [word for word in OF_PEOPLE if word.encode() not in there] == []  # all of it is there to begin with
    with on(server):
        keep_house(now=timezone.now() + dt.timedelta(days=50))
        assert Person.objects.filter(first_name__startswith=SECRET).count() == 24 + CROWD
        keep_house(now=timezone.now() + dt.timedelta(days=70))
        assert write_archive(day) == before  # the numbers stay
        assert Person.objects.filter(first_name=NAMELESS).count() == 24 + CROWD
        connections.close_all()
    for name, content in bytes_of(server).items():
        assert [word for word in OF_PEOPLE if word.encode() in content] == [], name


def test_one_who_asks_is_in_no_file_an_hour_later(make_server):
    """Their name, address, telephone, words: typed by them, by who organises, by a file, in a room. Backups apart."""
    mine = {"first_name": "Zqmoi", "last_name": "Zqnom", "email": "zqmoi@zqdomaine.invalid"}
    words = ("Zqmoi", "Zqnom", "zqdomaine", "06zqtel", "zqcommune", "zqfauteuil", "zqsujet", "zqmetier")
    server = make_server("maison")
    with on(server):
        day = full_day(people=3, date=timezone.localdate())
        others = [row.person.full_name for row in Registration.objects.select_related("person")]
        person = Person.objects.create(space=day.space, phone="06zqtel", commune_text="zqcommune", **mine)
        row = Registration.objects.create(
            gathering=day, person=person, needs="zqfauteuil", porteur_subject="zqsujet", presence="present"
        )
        agree(registration=row, shown=Shown("Zqmoi Zqnom", about="zqmetier", contact=mine["email"]), by="essai")
        day.imports.create(filename="Zqmoi Zqnom.csv", content=b"Zqmoi;Zqnom", status="draft", by="essai")
        day.imports.create(filename="ZQNOM_Zqmoi.csv", content=b"", status="done", by="essai")
        record_activity(space="x", by="essai", verb="import", about="Zqmoi Zqnom.csv", about_id=day.pk)
        record_activity(space="x", by=person.full_name, verb="cancel-registration", about_id=row.pk)
        queue_mail(to=person.email, subject="Pour Zqmoi Zqnom", body=token_of(row), about=day.pk)
        plan = Plan.objects.get()
        plan.notes = [*plan.notes, f"{person.full_name} est à part"]
        plan.save()
        other = Placement.objects.select_related("workshop").first()  # a reason names nobody but whom it is given to
        words_of_mine = {"reason": f"{person.full_name}, votre vœu", "slot": other.slot, "workshop": other.workshop}
        Placement.objects.create(plan=plan, registration=row, **words_of_mine)
        add_action(gathering=day, what="Un local", by="essai")
        Action.objects.update(owner_name=person.full_name, email=person.email)
        session = open_session(workshop=workshop_of(day, METHOD, "Codéveloppement"), by="essai")
        sit(session, person.full_name, "participant")
        analyze()
        connections.close_all()
    there = b"".join(bytes_of(server).values())
    assert [word for word in words if word.encode() not in there] == []
    with on(server):
        erase_person(person=person, by="la personne inscrite")
        keep_house(now=timezone.now() + dt.timedelta(hours=1))
        assert Registration.objects.filter(presence="present").count() == 4
        assert {row.person.full_name for row in Registration.objects.select_related("person")} == {*others, NAMELESS}
        connections.close_all()
    for name, content in bytes_of(server).items():
        assert [word for word in words if word.lower().encode() in content.lower()] == [], name


def test_names_go_from_every_row_and_what_is_counted_stays(transactional_db):
    day = full_day()
    day.date = dt.date(2020, 1, 31)
    day.save()
    before = write_archive(day)
    people = set(Person.objects.filter(registrations__gathering=day).values_list("pk", flat=True))
    assert erase_past_names(now=dt.datetime(2023, 1, 30, 12, tzinfo=dt.UTC)) == 0
    assert erase_past_names(now=dt.datetime(2023, 2, 1, tzinfo=dt.UTC)) == 24
    assert (
        not Person.objects.filter(pk__in=people).exclude(first_name=NAMELESS, last_name="", email="", phone="").exists()
    )
    assert not Answer.objects.exists()
    assert not RegistrationImport.objects.exists()
    assert not Mail.objects.exists()
    assert not Registration.objects.exclude(porteur_subject="").exists()
    assert not Placement.objects.exclude(reason="").exists()
    assert Plan.objects.get().notes == []
    assert not Activity.objects.filter(by__startswith=f"{SECRET}prenom").exists()
    assert Registration.objects.filter(presence="present").count() == 24
    assert write_archive(day) == before
    assert erased(PERSON) == people
    assert Activity.objects.filter(verb="erase-names").count() == 1
    assert erase_past_names(now=dt.datetime(2023, 2, 2, tzinfo=dt.UTC)) == 0
    assert Activity.objects.filter(verb="erase-names").count() == 1  # nothing more, and the log says nothing more


def test_somebody_who_also_came_later_keeps_their_name(transactional_db):
    day = full_day(people=2)
    day.date = dt.date(2020, 1, 31)
    day.save()
    later = day.space.gatherings.create(slug="apres", title="Après", kind="other", date=dt.date(2022, 1, 31))
    stays = Person.objects.get(first_name=f"{SECRET}prenom0")
    Registration.objects.create(gathering=later, person=stays)
    assert erase_past_names(now=dt.datetime(2023, 2, 1, tzinfo=dt.UTC)) == 1
    stays.refresh_from_db()
    assert stays.first_name == f"{SECRET}prenom0"


def test_a_restored_database_erases_again_before_it_serves(transactional_db):
    day = full_day(people=3)
    person = Person.objects.get(first_name=f"{SECRET}prenom1")
    day.date = dt.date(2020, 1, 1)
    day.save()
    erase_past_names(now=timezone.now())
    day.date = timezone.localdate()
    day.save()
    Person.objects.filter(pk=person.pk).update(first_name="Revenue", email="revenue@exemple.invalid")  # an older copy
    erase_before_serving()
    person.refresh_from_db()
    assert (person.first_name, person.email) == (NAMELESS, "")


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (dt.date(2025, 1, 31), 1, dt.date(2025, 2, 28)),
        (dt.date(2025, 10, 2), 36, dt.date(2028, 10, 2)),
        (dt.date(2024, 12, 31), 2, dt.date(2025, 2, 28)),
        (dt.date(9999, 12, 1), 36, dt.date(9999, 12, 1)),
    ],
)
def test_months_end_on_a_day_that_exists(day, months, after):
    assert months_after(day, months) == after


@pytest.fixture
def organiser(transactional_db):
    day = full_day(date=timezone.localdate())
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    return day, client, reverse("archives:retention", args=[day.space.slug])


def test_the_page_shows_what_goes_and_when_and_a_rule_is_tried_first(organiser):
    day, client, address = organiser
    page = client.get(address).content.decode()
    assert "noms de 24 personnes" in page
    assert "36 mois" in page
    day.date = timezone.localdate() - dt.timedelta(days=100)
    day.save()
    tried = client.get(address, {"months": "2"}).content.decode()
    assert "Dans l’heure" in tried
    assert (names_months(day.space_id), NamesRule.objects.count()) == (36, 0)  # looked at, not taken
    assert client.post(address, {"months": "2"}).status_code == 302
    assert names_months(day.space_id) == 2
    log = Activity.objects.get(verb="change-names-rule")
    assert (log.about, log.space) == ("2", day.space.slug)
    assert Person.objects.filter(first_name=NAMELESS).count() == 0  # the page itself erases nothing


def test_a_rule_out_of_bounds_is_refused_in_words(organiser):
    day, client, address = organiser
    for wrong in ("0", "37", "-1", "", "deux", "1.5", "9" * 40, "1\x002"):
        for answer in (client.post(address, {"months": wrong}), client.get(address, {"months": wrong})):
            assert answer.status_code in (400, 422), wrong
            assert answer.status_code == 400 or 'class="fault"' in answer.content.decode()
    assert names_months(day.space_id) == 36


def test_the_page_is_the_organisers(organiser):
    _day, _client, address = organiser
    assert Client().get(address).status_code == 302
    other = Client()
    other.force_login(
        User.objects.create_user("autre@exemple.invalid"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert other.get(address).status_code == 404


def test_the_command_shows_and_erases_nothing_until_it_is_told(organiser, capsys, monkeypatch):
    day, _client, _address = organiser
    monkeypatch.setattr("maillage.config.commands.retention.prepare_tables", lambda: None)
    day.date = timezone.localdate() - dt.timedelta(days=3)
    day.save()
    assert main(["retention", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "maintenant" in said
    assert "24 personnes" in said
    assert SECRET not in said.replace(f"{SECRET}fichier.csv", "")  # an operator is told of numbers, not of people
    assert Registration.objects.exclude(needs="").exists()
    assert main(["retention", "--apply"]) == 0
    assert not Registration.objects.exclude(needs="").exists()
    assert main(["retention", "--apply", "--dry-run"]) == 1


def test_every_rule_says_its_term(transactional_db):
    day = full_day(people=1)
    keys = [rule.key for rule, _due in waiting(day.space_id)]
    assert keys == [
        "log",
        "presences",
        "needs",
        "names",
        "listings",
        "letters",
        "imports",
        "notes",
        "noyaux",
        "noyaux-photos",
        "questionnaire-texts",
    ]
    assert all(rule.term(day.space_id) for rule, _due in waiting(day.space_id))


def test_letters_go_a_month_after_they_left_and_those_that_wait_do_not(transactional_db, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    old, new = tmp_path / "a.log", tmp_path / "b.log"
    old.write_text(SECRET)
    new.write_text(SECRET)
    month = timezone.now() - dt.timedelta(days=32)
    os.utime(old, (month.timestamp(), month.timestamp()))
    for status in ("sent", "failed", "queued"):
        queue_mail(to="a@exemple.invalid", subject=status, body=SECRET)
        Mail.objects.filter(subject=status).update(status=status, created_at=month)
    queue_mail(to="a@exemple.invalid", subject="hier", body=SECRET)
    Mail.objects.filter(subject="hier").update(status="sent")
    keep_house(now=timezone.now())
    left = set(Mail.objects.values_list("subject", flat=True))
    assert "hier" in left
    assert not {"sent", "failed"} & left
    assert (old.exists(), new.exists()) == (False, True)


def test_somebody_who_is_registered_nowhere_is_not_kept_for_ever(transactional_db):
    day = full_day(people=1)
    Registration.objects.all().delete()
    assert erase_past_names(now=timezone.now()) == 0
    assert erase_past_names(now=timezone.now() + dt.timedelta(days=37 * 31)) > 0
    assert not Person.objects.filter(space=day.space).exists()
