"""Somebody who is erased, or reads what is held of them, takes nothing of anybody else, and teaches nothing of them."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from maillage.change.members import add_member, change_member, make_group
from maillage.change.models import Member
from maillage.memory.actions import add_action
from maillage.memory.experiences import EMPTY, propose_experience
from maillage.memory.models import Action, FollowUp
from maillage.office import retention
from maillage.office.models import Activity, Job, Mail
from maillage.office.services import drop_mail, queue_mail, send_due_mail
from maillage.people.models import Person, User
from maillage.people.services import give_right, make_space, send_sign_in_link
from maillage.plans.models import Placement, Plan
from maillage.questionnaires.library import model_named
from maillage.questionnaires.models import Invitation
from maillage.questionnaires.services import make_questionnaire
from maillage.registrations.erasure import erase_person, losses_of
from maillage.registrations.held import held_on
from maillage.registrations.listings import Shown, agree
from maillage.registrations.models import Opening, Registration
from maillage.registrations.own import token_of
from maillage.registrations.own_views import fetch_own
from maillage.registrations.retention import NAMELESS, erase_past_names
from maillage.registrations.services import PersonDetails, Refused, edit_registration, erase_needs
from maillage.registrations.signing_up import Answers, change_answers

pytestmark = pytest.mark.django_db

ANA = "ana@exemple.invalid"


@pytest.fixture
def come(day):
    def make(first, last="", email="") -> Registration:
        person = Person.objects.create(space=day.space, first_name=first, last_name=last, email=email)
        return Registration.objects.create(gathering=day, person=person)

    return make


def said_of(registration) -> str:
    parts = held_on(registration.person)
    return " ".join(f"{part.key} {part.title} {what} {value}" for part in parts for what, value in part.lines)


def test_a_short_name_takes_no_note_and_no_reason_of_others(day, come):
    mine, other, longer = come("Marie"), come("Élise", "Dupont"), come("Marie", "Dupont")
    notes = ["Élise Dupont change de table", "Marie Dupont est seule", "Jean-Marie et Annemarie", "Marie est à part"]
    plan = Plan.objects.create(gathering=day, status="published", by="essai", notes=notes)
    slot = day.slots.get(position=2)
    for row, reason in ((mine, "le vôtre"), (other, "Marie-Claire, « Marie »"), (longer, "autre")):
        Placement.objects.create(plan=plan, registration=row, slot=slot, workshop=slot.workshops.first(), reason=reason)
    erase_person(person=mine.person, by="essai")
    plan.refresh_from_db()
    assert plan.notes == notes[:3]
    assert set(Placement.objects.values_list("reason", flat=True)) == {"", "Marie-Claire, « Marie »", "autre"}


@pytest.mark.parametrize("way", ["person", "needs", "names"])
def test_why_no_plan_was_found_is_said_no_more(day, come, way):
    """« Aucune salle ne répond au besoin de Ana Bon (fauteuil roulant). » waits on the page of a work that failed."""
    mine = come("Ana", "Bon", ANA)
    mine.say_needs(needs="fauteuil roulant")
    mine.save()
    job = Job.objects.create(kind="plan", about=day.pk, status="failed", sentence="le besoin de Ana Bon")
    other = Job.objects.create(kind="plan", about=mine.pk, status="failed", sentence="d’une autre rencontre")
    if way == "person":
        erase_person(person=mine.person, by="essai")
    elif way == "needs":
        erase_needs(gathering=day, by="essai")
    else:
        erase_past_names(now=timezone.now() + dt.timedelta(days=4000))
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.sentence, other.sentence) == ("", "d’une autre rencontre")


def test_of_two_namesakes_the_note_stays(day, come):
    mine, _other = come("Ana", "Bon", ANA), come("Ana", "Bon", "autre@exemple.invalid")
    plan = Plan.objects.create(gathering=day, status="published", by="essai", notes=["Ana Bon change de table"])
    erase_person(person=mine.person, by="essai")
    plan.refresh_from_db()
    assert plan.notes == ["Ana Bon change de table"]


def test_files_that_wait_go_and_answers_of_confirmed_ones_stay_but_theirs(day, come):
    mine = come("Ana", "Bon", ANA)
    answers = {"category:1": "resident", f"known:{mine.pk}:2": "same", "email:3": ANA.upper()}
    done = day.imports.create(filename="a.csv", content=b"", status="done", by="essai", answers=answers)
    waits = day.imports.create(filename="b.csv", content=b"Ana", status="draft", by="essai")
    erase_person(person=mine.person, by="essai")
    done.refresh_from_db()
    assert done.answers == {"category:1": "resident"}
    assert not day.imports.filter(pk=waits.pk).exists()


@pytest.mark.parametrize(
    ("owner", "email", "namesake", "goes"),
    [
        ("Ana Bon", ANA.upper(), False, True),
        ("ANA BON", "", False, True),
        ("Ana Bon", "", True, False),  # of two namesakes, nobody knows which
        ("Ana Bon", "une-autre@exemple.invalid", False, False),
        ("Zoé Bon", ANA, False, True),
    ],
)
def test_an_action_loses_its_owner_only_if_it_is_them(day, come, owner, email, namesake, goes):
    mine = come("Ana", "Bon", ANA)
    if namesake:
        come("ana", "bon")
    add_action(gathering=day, what="Un local", by="essai")
    Action.objects.update(owner_name=owner, email=email)
    erase_person(person=mine.person, by="essai")
    left = Action.objects.get()
    assert (left.owner_name, left.email) == (("", "") if goes else (owner, email))


@pytest.mark.parametrize(
    ("contact", "goes"),
    [
        ("Écrire à ANA@exemple.invalid.", True),
        ("<ana@exemple.invalid>, mailto:ana@exemple.invalid", True),
        ("diana@exemple.invalid", False),
        ("jo.ana@exemple.invalid", False),
        ("ana@exemple.invalid.org", False),
        ("ana@exemple.invalide", False),
    ],
)
def test_a_contact_is_a_whole_address(day, come, contact, goes):
    mine = come("Ana", "Bon", ANA)
    told = propose_experience(
        space=day.space, content=EMPTY | {"title": "Un jardin", "contact": contact, "contact_agreed": True}, by="essai"
    )
    assert ("Un jardin" in said_of(mine)) == goes
    erase_person(person=mine.person, by="essai")
    assert told.versions.first().content["contact"] == ("" if goes else contact)


def test_two_who_share_an_address_leave_each_their_own_noyau_and_former_names_go(day, come):
    mine, other = come("Ana", "Bon", ANA), come("Paul", "Bon", ANA)
    lead = {"name": "Zoé", "email": "zoe@exemple.invalid"}
    group, _zoe = make_group(space=day.space, name="Cité nord", lead=lead, by_words="essai")
    hers = add_member(group=group, name="Anna Bon", email=ANA, by=None)
    content = {"organisation": "", "category": "resident", "joined_on": hers.joined_on}
    change_member(member=hers, name="ana bon", content=content, seen=None, by=None)
    his = add_member(group=group, name="Paul Bon", email=ANA, by=None)
    erase_person(person=mine.person, by="essai")
    hers, his = Member.objects.get(pk=hers.pk), Member.objects.get(pk=his.pk)
    assert (hers.name, hers.email, hers.former_names) == ("", "", [])
    assert (his.name, his.email, his.left_on) == ("Paul Bon", ANA, None)
    erase_person(person=other.person, by="essai")
    assert Member.objects.get(pk=his.pk).name == ""


def test_letters_of_other_spaces_and_of_an_account_are_neither_told_nor_erased(day, come):
    mine = come("Ana", "Bon", ANA)
    elsewhere = make_space(slug="ailleurs", name="Ailleurs", by="essai").gatherings.create(slug="x", title="Là-bas")
    User.objects.create_user(ANA, name="Ana Bon")
    send_sign_in_link(email=ANA, base_url="https://x.invalid")
    queue_mail(to=ANA, subject="Là-bas", body="", about=elsewhere.pk)
    queue_mail(to=ANA, subject="Votre nouvelle adresse", body="")
    kept = set(Mail.objects.values_list("pk", flat=True))
    action = add_action(gathering=day, what="Un local", by="essai")
    queue_mail(to=ANA.upper(), subject="Est-ce bien vous ?", body="", about=action.pk)
    queue_mail(to=ANA, subject="Votre inscription", body="", about=day.pk)
    read = said_of(mine)
    assert "Votre inscription" in read
    for words in ("Là-bas", "Votre nouvelle adresse", "Votre lien pour entrer", "Compte de l’équipe"):
        assert words not in read
    assert "le compte de l’équipe" not in " ".join(losses_of(mine.person).stays)
    give_right(user=User.objects.get(email=ANA), space=day.space, role="reader", by="essai")
    assert "Compte de l’équipe" in said_of(mine)
    assert "le compte de l’équipe" in " ".join(losses_of(mine.person).stays)
    erase_person(person=mine.person, by="essai")
    assert set(Mail.objects.values_list("pk", flat=True)) == kept


def test_whether_they_answered_a_questionnaire_is_told_to_nobody(day, come):
    asked = make_questionnaire(gathering=day, model=model_named("six-mois-apres"), by="essai")
    quiet, answered = come("Ana"), come("Zoé")
    now = timezone.now()
    Invitation.objects.create(questionnaire=asked, registration=quiet, sent_at=now, reminded_at=now)
    Invitation.objects.create(questionnaire=asked, registration=answered, sent_at=now, answered=True, refused=True)
    told = [
        next(part for part in held_on(row.person) if part.key == "questionnaires").lines for row in (quiet, answered)
    ]
    assert told[0] == told[1]
    assert told[0][0][0].replace("\xa0", " ") == "Vous avez été invité·e à répondre à"


def test_what_a_person_does_is_logged_without_their_name(client, day, come):
    Opening.objects.create(gathering=day, is_open=True)
    mine = come("Ana", "Bon")
    own = reverse("registrations:own", args=[token_of(mine)])
    client.post(f"{own}annulation/")
    client.post(reverse("registrations:own-restoration", args=[token_of(mine)]))
    given = {"first_name": "Anna", "last_name": "Bonne", "category": "resident"}
    client.post(reverse("registrations:own-answers", args=[token_of(mine)]), given)
    lines = Activity.objects.filter(about_id=mine.pk)
    assert set(lines.values_list("verb", flat=True)) >= {"cancel-registration", "restore-registration"}
    assert set(lines.values_list("by", flat=True)) == {"la personne inscrite"}


def test_a_page_sent_once_they_are_erased_brings_no_name_back(client, day, come):
    Opening.objects.create(gathering=day, is_open=True)
    day.space.atlas_public = True
    day.space.save()
    day.date = timezone.localdate()  # ahead, their registration would be cancelled
    day.save()
    mine = come("Ana", "Bon")
    opened = fetch_own(token_of(mine))  # the page is open
    erase_person(person=mine.person, by="essai")
    with pytest.raises(Refused):
        change_answers(registration=opened, answers=Answers(PersonDetails("Ana", "Bon")), by="essai")
    with pytest.raises(Refused):
        agree(registration=opened, shown=Shown("Ana Bon"), by="essai")
    assert Person.objects.get(pk=mine.person_id).full_name == NAMELESS


def test_an_organisers_page_opened_before_brings_no_name_back(client, day, come, organiser):
    client.force_login(organiser)
    mine = come("Ana", "Bon", ANA)
    address = reverse("registrations:edit", args=[day.pk, mine.pk])
    erase_person(person=mine.person, by="essai")
    typed = {"first_name": "Ana", "last_name": "Bon", "email": ANA, "category": "resident"}
    page = client.post(address, typed)
    assert page.status_code == 422
    assert "Cette personne est effacée" in page.content.decode()
    assert ANA not in page.content.decode()
    with pytest.raises(Refused, match="est effacée"):  # erased between the reading of the row and its writing
        edit_registration(
            registration=mine,
            details=PersonDetails(first_name="Ana", last_name="Bon", email=ANA),
            by="essai",
            needs="",
            volunteer_porteur=False,
            porteur_subject="Un sujet",
            newsletter=False,
            ranks={},
        )
    mine.refresh_from_db()
    mine.person.refresh_from_db()
    assert (mine.person.full_name, mine.person.email, mine.porteur_subject) == (NAMELESS, "", "")


def test_files_are_written_anew_by_the_server_and_asked_again_when_it_could_not(
    come, monkeypatch, django_capture_on_commit_callbacks
):
    now, written = timezone.now(), []

    def locked(_keys):
        raise DatabaseError("database is locked")

    def wait() -> bool:
        return any(Path(settings.KEYS_DIR).glob("recrire*"))

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=come("Ana", "Bon").person, by="essai")
    assert wait()
    retention.erase_all_due(now=now, on_fault=lambda *_said: None)  # in a transaction nothing is written: asked still
    monkeypatch.setattr(retention, "write_files_anew", locked)
    retention.erase_all_due(now=now, on_fault=lambda *_said: None)
    assert wait()
    monkeypatch.setattr(retention, "write_files_anew", lambda keys: written.append(set(keys)) or True)
    retention.erase_all_due(now=now + dt.timedelta(hours=1))
    assert (written, wait()) == ([{"names"}], False)
    retention.erase_all_due(now=now + dt.timedelta(hours=2))
    assert len(written) == 1


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_was_written_to_a_file_goes_with_its_row(day, come, settings, tmp_path):
    """Without a mail server the letters that left are files, of a month."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mine, other = come("Ana", "Bon", ANA), come("Paul", "Dur", "paul@exemple.invalid")
    for row in (mine, other):
        queue_mail(to=row.person.email, subject="Votre inscription", body=row.person.full_name, about=day.pk)
    assert send_due_mail() == 2
    erase_person(person=mine.person, by="essai")
    (left,) = settings.EMAIL_FILE_PATH.iterdir()
    assert "Paul Dur" in left.read_text(encoding="utf-8")
    drop_mail(about=day.pk)
    assert list(settings.EMAIL_FILE_PATH.iterdir()) == []


def test_two_who_share_an_address_keep_each_their_own_letters_and_read_no_other(day, come):
    mine, his = come("Ana", "Bon", ANA), come("Paul", "Bon", ANA.upper())
    link = f"https://x.invalid/inscription/{token_of(his)}/"
    queue_mail(to=ANA, subject="Votre inscription", body=f"Bonjour, {token_of(mine)}", about=day.pk)
    queue_mail(to=ANA, subject="Votre place, Ana Bon", body="", about=day.pk)
    kept = [
        queue_mail(to=ANA, subject="Sa place", body=link, about=day.pk),
        queue_mail(to=ANA, subject="Sa suite", body="Paul BON, bonjour", about=day.pk),
        queue_mail(to=ANA, subject="À qui ?", body="Bonjour", about=day.pk),
    ]
    question = FollowUp.objects.create(
        gathering=day, lookup="x", public_key=b"x", email=ANA, due=timezone.localdate(), base_url="http://x"
    )
    told = propose_experience(
        space=day.space, content=EMPTY | {"title": "Un jardin", "contact": f"Paul Bon, {ANA}", "contact_agreed": True},
        by="essai",
    )  # fmt: skip
    read = said_of(mine)
    assert "Votre inscription" in read
    for words in ("Sa place", "Sa suite", "À qui ?", "Un jardin"):
        assert words not in read
    erase_person(person=mine.person, by="essai")
    assert set(Mail.objects.values_list("pk", flat=True)) == {letter.pk for letter in kept}
    assert FollowUp.objects.filter(pk=question.pk).exists()
    assert ANA in told.versions.first().content["contact"]
    his.person.refresh_from_db()
    assert his.person.full_name == "Paul Bon"
    erase_person(person=his.person, by="essai")
    assert not Mail.objects.exists()
    assert not FollowUp.objects.filter(email__iexact=ANA).exists()
    assert told.versions.first().content["contact"] == ""


def test_a_file_named_after_somebody_and_the_line_that_tells_of_it_lose_their_name(day, come):
    mine, _other = come("Zoé", "d’Arc"), come("Zoé", "Darcy")
    theirs, another = "Inscription_D'ARC-Zoe.xlsx", "Zoé Darcy.csv"
    for name in (theirs, another):
        day.imports.create(filename=name, content=b"", status="done", by="essai")
        Activity.objects.create(space="x", by="essai", verb="import", about=f"{day} : {name}, 1 ligne", about_id=day.pk)
    erase_person(person=mine.person, by="essai")
    assert set(day.imports.values_list("filename", flat=True)) == {"fichier d’inscriptions", another}
    lines = " ".join(Activity.objects.filter(verb="import").values_list("about", flat=True))
    assert ("ARC-Zoe" in lines, another in lines) == (False, True)
