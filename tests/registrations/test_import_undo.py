"""A confirmed import, taken back: what nobody touched since, and nothing else."""

import datetime as dt
import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from maillage.lib.spreadsheets import write_csv
from maillage.office.models import Activity
from maillage.people.models import Organisation, Person
from maillage.plans.services import make_plan, publish_plan
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.erasure import erase_person
from maillage.registrations.held import held_on
from maillage.registrations.imports import confirm_import, drop_old_imports, import_registrations, start_import
from maillage.registrations.listings import Shown, agree
from maillage.registrations.models import Opening, Registration, Wish
from maillage.registrations.own import token_of
from maillage.registrations.queries import reading_of
from maillage.registrations.retention import erase_past_needs
from maillage.registrations.services import PersonDetails, add_registration, erase_needs, mark_presence, renew_link
from maillage.registrations.undoing import AllChangedSince, NotUndoable, undo_import, undoable_import
from tests.registrations.conftest import make_day
from tests.registrations.day import FILE

TITLES = ["Prénom", "Nom", "Courriel", "Téléphone", "Structure", "Besoins", "Testons les coopérations : vœu 1"]
ANA = ("Ana", "Bon", "ana@exemple.invalid", "", "", "", "")
LEA = ("Léa", "Roi", "lea@exemple.invalid", "", "Maison neuve", "", "Anarchaise")


def plain(text):
    """Non-breaking spaces are typography's own tests' business."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def body(response):
    return plain(html.unescape(response.content.decode()))


def confirmed(day, *people):
    content = FILE.read_bytes() if not people else write_csv(TITLES, people)
    import_ = start_import(gathering=day, content=content, filename="inscriptions.csv", by="essai")
    for doubt, _rows in reading_of(import_).questions:
        import_.answers[doubt.key] = "file" if doubt.key.startswith("change:") else doubt.proposed
    import_.save()
    confirm_import(import_=import_, by="essai")
    import_.refresh_from_db()
    return import_


@pytest.fixture
def ana(day):
    """Registered by hand before any file, with a wish."""
    slot = day.slots.get(title="Testons les coopérations")
    return add_registration(
        gathering=day,
        details=PersonDetails("Ana", "Bon", "ana@exemple.invalid", phone="0388000001", organisation="Les Amis"),
        needs="fauteuil",
        ranks={str(slot.pk): [str(slot.workshops.get(title="Serious Game").pk)]},
        by="essai",
    )


def everything():
    """Of every row, every column."""
    return [list(model.objects.order_by("pk").values()) for model in (Person, Registration, Organisation)] + [
        list(Wish.objects.order_by("slot", "rank").values("registration", "slot", "workshop", "rank"))
    ]


def test_all_that_an_import_made_goes(day):
    import_ = confirmed(day)
    assert (Registration.objects.count(), Organisation.objects.exists()) == (128, True)
    undone = undo_import(import_=import_, by="essai")
    assert plain(undone.sentence) == "L’import est annulé : 128 inscriptions retirées."
    assert undone.left == ()
    assert everything() == [[], [], [], []]
    assert Activity.objects.get(verb="undo-import").about.endswith(undone.sentence)
    with pytest.raises(NotUndoable):
        undo_import(import_=import_, by="essai")
    assert confirmed(day).record != {}  # the same file is read again, and its questions asked


def test_those_it_changed_are_what_they_were(day, ana):
    before = everything()
    slot = day.slots.get(title="Testons les coopérations")
    other = slot.workshops.get(title="Anarchaise")
    import_ = confirmed(
        day, ("Ana", "Bon", "ana@exemple.invalid", "0388999999", "Maison neuve", "rampe", other.title), LEA
    )
    ana.refresh_from_db()
    assert (ana.person.phone, ana.needs, ana.wishes.get().workshop) == ("0388999999", "rampe", other)
    assert ana.person.organisation.name == "Maison neuve"
    undone = undo_import(import_=import_, by="essai")
    assert plain(undone.sentence) == (
        "L’import est annulé : 1 inscription retirée, 1 inscription redevenue ce qu’elle était."
    )
    assert everything() == before


def test_an_address_that_a_file_changes_and_its_undo_close_the_links_that_the_other_was_sent(client, day, ana):
    def own() -> str:
        ana.refresh_from_db()
        return reverse("registrations:own", args=[token_of(ana)])

    def open_() -> list[str]:
        return [link for link in sent if client.get(link).status_code == 200]

    sent = [own()]
    done = confirmed(day, ("Ana", "Bon", "ana.bon@exemple.invalid", "", "Les Amis", "", ""))
    ana.person.refresh_from_db()
    assert ana.person.email == "ana.bon@exemple.invalid"
    assert open_() == []
    sent.append(own())
    assert open_() == sent[1:]
    undone = undo_import(import_=done, by="essai")
    assert "le lien personnel de cette personne est neuf" in undone.sentence
    ana.person.refresh_from_db()
    assert ana.person.email == "ana@exemple.invalid"
    sent.append(own())
    assert open_() == sent[2:]
    renew_link(registration=ana, by="essai")  # no number that served serves again
    sent.append(own())
    assert open_() == sent[3:]


def test_what_changed_since_stays_and_is_named(day, ana):
    import_ = confirmed(day, ("Ana", "Bon", "ana@exemple.invalid", "0388999999", "", "", ""), LEA)
    lea = Registration.objects.get(person__first_name="Léa")
    mark_presence(registration=lea, presence=Presence.PRESENT, by="essai")
    undone = undo_import(import_=import_, by="essai")
    assert (undone.removed, undone.restored, undone.left) == (0, 1, ("Léa Roi",))
    assert Registration.objects.filter(pk=lea.pk).exists()
    assert Organisation.objects.filter(name="Maison neuve").exists()  # hers
    ana.person.refresh_from_db()
    assert ana.person.phone == "0388000001"


def test_when_all_changed_since_nothing_is_undone(day):
    import_ = confirmed(day, LEA)
    mark_presence(registration=day.registrations.get(), presence=Presence.PRESENT, by="essai")
    with pytest.raises(AllChangedSince) as refusal:
        undo_import(import_=import_, by="essai")
    assert plain(refusal.value.sentence) == (
        "Rien n’est annulé. Une inscription changée, placée ou utilisée depuis reste comme elle est : Léa Roi."
    )
    assert undoable_import(day) == import_


def test_a_draft_of_places_does_not_hold_them_and_a_published_one_does(client, day, organiser):
    import_ = confirmed(day)
    plan = make_plan(gathering=day, by="essai")
    assert plan.placements.exists()
    publish_plan(plan=plan, by="essai")
    with pytest.raises(AllChangedSince):
        undo_import(import_=import_, by="essai")
    plan.status = "replaced"
    plan.save()
    assert undo_import(import_=import_, by="essai").removed == 128
    assert not plan.placements.exists()
    client.force_login(organiser)
    assert client.get(reverse("plans:plan", args=[day.pk])).status_code == 200


def test_a_person_known_before_stays_as_they_were_and_one_who_says_more_is_held(day, space):
    space.atlas_public = True
    space.save()
    there = add_registration(
        gathering=make_day(space, slug="autre"), details=PersonDetails("Ana", "Bon", "ana@exemple.invalid"), by="essai"
    )
    import_ = confirmed(day, ("Ana", "Bon", "ana@exemple.invalid", "0388999999", "", "", ""), LEA)
    agree(registration=day.registrations.get(person__first_name="Léa"), shown=Shown("Léa Roi"), by="essai")
    undone = undo_import(import_=import_, by="essai")
    assert (undone.removed, undone.left) == (1, ("Léa Roi",))
    there.person.refresh_from_db()
    assert (there.person.phone, Registration.objects.filter(person=there.person).count()) == ("", 1)


def test_a_place_that_is_freed_is_given_to_who_waits(day):
    import_ = confirmed(day, LEA)
    Opening.objects.create(gathering=day, is_open=True, capacity=1)
    person = Person.objects.create(space=day.space, first_name="Zoé", email="zoe@exemple.invalid")
    waits = Registration.objects.create(gathering=day, person=person, status="waiting", waiting_rank=1)
    undo_import(import_=import_, by="essai")
    waits.refresh_from_db()
    assert waits.status == RegistrationStatus.REGISTERED


def test_the_last_that_wrote_something_is_offered(day):
    first = confirmed(day, LEA)
    confirmed(day, LEA)  # changes nothing
    assert undoable_import(day) == first
    import_registrations(gathering=day, content=write_csv(TITLES, [ANA]), filename="b.csv", by="essai")
    assert undoable_import(day) is None
    with pytest.raises(NotUndoable):
        undo_import(import_=first, by="essai")
    last = confirmed(day, ("Zoé", "Bon", "", "", "", "", ""))
    assert undoable_import(day) == last
    day.away_since = timezone.now()
    assert undoable_import(day) is None


def test_what_it_wrote_over_is_kept_a_week_and_not_past_the_needs(day, ana):
    changed = ("Ana", "Bon", "ana@exemple.invalid", "", "", "rampe", "")
    import_ = confirmed(day, changed)
    assert "fauteuil" in str(import_.record)
    assert "Fichiers" in str(held_on(ana.person))
    drop_old_imports(before=timezone.now() - dt.timedelta(days=7))
    import_.refresh_from_db()
    assert import_.record != {}
    drop_old_imports(before=timezone.now())
    import_.refresh_from_db()
    assert import_.record == {}
    import_ = confirmed(day, ("Ana", "Bon", "ana@exemple.invalid", "", "", "boucle magnétique", ""))
    assert "rampe" in str(import_.record)
    erase_needs(gathering=day, by="essai")
    import_.refresh_from_db()
    assert import_.record == {}


def test_needs_it_wrote_over_go_the_day_after_whatever_was_said_since(day, ana):
    import_ = confirmed(day, ("Ana", "Bon", "ana@exemple.invalid", "", "", "rampe", ""))
    Registration.objects.update(needs="")
    day.date = timezone.localdate() + dt.timedelta(days=1)
    day.save()
    for days, kept in ((1, True), (3, False)):
        erase_past_needs(now=timezone.now() + dt.timedelta(days=days))
        import_.refresh_from_db()
        assert ("fauteuil" in str(import_.record)) is kept


def test_of_somebody_who_is_erased_nothing_is_kept_to_undo(day, ana):
    import_ = confirmed(day, ("Ana", "Bon", "ana@exemple.invalid", "0388999999", "", "", ""), LEA)
    erase_person(person=ana.person, by="essai")
    import_.refresh_from_db()
    assert "0388000001" not in str(import_.record)
    assert undo_import(import_=import_, by="essai").removed == 1
    ana.person.refresh_from_db()
    assert ana.person.phone == ""


def url(name, day, *parts):
    return reverse(f"registrations:{name}", args=[day.pk, *parts])


def test_the_pages_offer_it_and_a_button_does_it(client, day, organiser, desk):
    client.force_login(organiser)
    file = SimpleUploadedFile("mauvais « fichier ».csv", write_csv(TITLES, [LEA]))
    preview = client.post(url("import", day), {"file": file}).url
    offer = "Annuler cet import"
    assert offer not in body(client.get(url("import", day)))
    after = client.post(preview, {"action": "confirm"}, follow=True)
    assert offer in body(after)
    assert offer not in body(client.get(url("list", day)))  # it was said once there
    page = body(client.get(url("import", day)))
    button = url("import-cancellation", day, day.imports.get().pk)
    assert offer in page
    assert f'action="{button}"' in page
    assert client.get(button).status_code == 405
    client.force_login(desk)
    assert client.post(button).status_code == 403
    client.force_login(organiser)
    done = client.post(button, follow=True)
    assert "L’import est annulé : 1 inscription retirée." in body(done)
    assert not Registration.objects.exists()
    assert offer not in body(client.get(url("import", day)))
    again = client.post(button, follow=True)
    assert "Cet import ne s’annule plus" in body(again)
