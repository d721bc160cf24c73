"""History and undo of what is not a line on a page: the noyau itself, a review, a member, who validated the vision."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.change.checks import ChangeRefused
from maillage.change.entrusting import entrust_step, take_step_back
from maillage.change.keeping import change_kept, return_to, versions_of
from maillage.change.members import change_group, forget_member, let_leave, make_group, member_token
from maillage.change.models import CoreGroup, Marker, Member, Photo, Review, Version
from maillage.change.noting import add_harvest, hold_review, plan_review
from maillage.change.observing import add_observation
from maillage.change.path import merge_markers
from maillage.change.queries import agenda_of
from maillage.change.retention import erase_photos
from maillage.change.visions import current_vision, validate_vision, write_vision
from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import make_contract, new_facts
from maillage.territories.models import Department, Epci, Region

TODAY = timezone.localdate()


def url(member, page, *args):
    return reverse(f"change:{page}", args=[member_token(member), *args])


def about(group, **said):
    return {"do": "about", "name": group.name, "rhythm": group.rhythm, "seen": group.version, **said}


def test_the_noyaus_name_rhythm_contact_and_sharing_have_history_and_undo(client, lead) -> None:
    there, group = url(lead, "members"), lead.group
    client.post(there, about(group, name="Noyau des Roses", rhythm="quarterly", contact="roses@exemple.invalid"))
    client.post(there, {"do": "share", "sharing": "public"})
    page = client.get(there).content.decode()
    for words in ("Noyau des Lilas", "Noyau des Roses", "chaque trimestre", "roses@exemple.invalid", "Tout le monde"):
        assert words in page
    assert client.post(there, {"do": "version", "number": "1"}).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.rhythm, group.contact, group.sharing) == ("Noyau des Lilas", "monthly", "", "nothing")
    client.post(there, {"do": "version", "number": "3"})  # and the undo is undone
    group.refresh_from_db()
    assert (group.name, group.sharing, group.version) == ("Noyau des Roses", "public", 5)


def test_only_who_holds_the_noyau_takes_a_version_of_it_again(client, lead, other) -> None:
    change_group(group=lead.group, content={"name": "Autre nom"}, seen=None, by=lead)
    assert client.post(url(other, "members"), {"do": "version", "number": "1"}).status_code == 404
    for number in ("7", "-1", "x", "²", "9" * 40, ""):
        assert client.post(url(lead, "members"), {"do": "version", "number": number}).status_code == 404
    assert CoreGroup.objects.get().name == "Autre nom"


def test_two_people_change_the_noyau_at_once_and_no_word_is_lost(client, lead) -> None:
    group, there = lead.group, url(lead, "members")
    client.post(there, about(group, name="Noyau des Roses"))
    answer = client.post(there, about(group, name="Noyau du Port"))  # opened at the first version too
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Noyau des Roses" in page
    assert 'value="Noyau du Port"' in page
    again = about(CoreGroup.objects.get(), name="Noyau du Port")
    assert client.post(there, again).status_code == 302
    assert CoreGroup.objects.get().name == "Noyau du Port"


def test_a_version_older_than_a_column_and_one_whose_contract_is_erased(lead) -> None:
    region = Region.objects.create(code="44", name="Grand Est")
    department = Department.objects.create(code="57", name="Moselle", region=region)
    Epci.objects.create(siren="200000001", name="Metz Métropole", department=department)
    contract = make_contract(space=lead.group.space, facts=new_facts("200000001"), by="essai")
    change_group(group=lead.group, content={"contract": contract, "contact": "ici"}, seen=None, by=lead)
    change_group(group=lead.group, content={"contract": None}, seen=None, by=lead)
    ContratDeVille.objects.filter(pk=contract.pk).delete()
    assert return_to(lead.group, number=2, by=lead).contract_id is None
    old = Version.objects.get(object_id=lead.group.pk, number=1)
    old.content.pop("contact")
    old.save()
    assert return_to(lead.group, number=1, by=lead).contact == "ici"  # it does not say: it stays
    assert change_kept(lead.group, content={"contact": "là"}, seen=1, by=lead, verb="a changé").contact == "là"


def test_a_review_is_as_it_was_again(client, lead) -> None:
    review = plan_review(group=lead.group, kind="monthly", on=TODAY, by=lead)
    there = url(lead, "review", review.pk)
    said = {"do": "hold", "attended": "mairie, préfecture", "decisions": "Écrire", "seen": 1}
    assert client.post(there, said).status_code == 302
    client.post(there, said | {"decisions": "Téléphoner", "attended": "mairie", "seen": 2})
    page = client.get(there).content.decode()
    assert "mairie, préfecture" in page
    client.post(there, {"do": "version", "number": "2"})
    review.refresh_from_db()
    assert (review.decisions, review.attended) == ("Écrire", "mairie, préfecture")
    client.post(there, {"do": "version", "number": "1"})
    review.refresh_from_db()
    assert (review.decisions, review.agenda) == ("", None)  # not held yet


def test_a_member_is_written_again_by_who_holds_it_or_by_themselves(client, lead, other) -> None:
    there = url(lead, "edit", "member", other.pk)
    said = {"do": "save", "name": "Paula", "organisation": "DDETS", "category": "resident", "seen": 1}
    answer = client.post(there, said | {"joined_on": "2204-01-01"})
    assert answer.status_code == 422
    assert "futur" in answer.content.decode()
    assert client.post(there, said | {"joined_on": TODAY.isoformat()}).status_code == 302
    other.refresh_from_db()
    assert (other.name, other.category) == ("Paula", "resident")
    assert "Paula" not in str(list(versions_of(other).values_list("content", flat=True)))
    client.post(there, {"do": "version", "number": "1"})
    other.refresh_from_db()
    assert (other.name, other.category, other.organisation) == ("Paula", "state_officer", "")
    assert client.get(url(other, "edit", "member", other.pk)).status_code == 200
    assert client.get(url(other, "edit", "member", lead.pk)).status_code == 404
    assert client.post(there, {"do": "remove"}).status_code == 404


def test_an_old_version_of_a_member_opens_no_link_again(client, lead, other) -> None:
    let_leave(member=other, by=lead)
    client.post(url(lead, "edit", "member", other.pk), {"do": "version", "number": "1"})
    assert Member.objects.get(pk=other.pk).left_on == TODAY
    said = {"do": "save", "name": "Paul", "category": "resident", "joined_on": TODAY.isoformat(), "seen": 2}
    let = Member.objects.get(pk=other.pk)
    let.joined_on = let.left_on = TODAY - dt.timedelta(days=9)
    let.save()
    answer = client.post(url(lead, "edit", "member", other.pk), said)
    assert answer.status_code == 422
    assert "après le départ" in answer.content.decode()


def test_who_validated_the_vision_has_history_and_undo(client, lead, other) -> None:
    vision = write_vision(group=lead.group, text="Ici", horizon=TODAY.year + 3, seen=0, by=lead)
    validate_vision(vision=vision, who="le noyau", on=TODAY, by=lead)
    there = url(lead, "vision")
    client.post(there, {"do": "validate", "who": "l’assemblée", "on": TODAY.isoformat()})
    page = client.get(there).content.decode()
    assert "le noyau" in page[page.index("Historique de la validation") :]
    client.post(there, {"do": "validation", "number": "1"})
    assert current_vision(lead.group).validated_by == "le noyau"
    client.post(there, {"do": "validation", "number": "0"})
    assert current_vision(lead.group).validated_on is None
    assert client.post(there, {"do": "validation", "number": "9"}).status_code == 404
    assert versions_of(vision).count() == 4


def test_a_merged_marker_that_takes_a_version_again_stands_alone(client, lead, markers) -> None:
    first, second, _third = markers
    merge_markers(marker=first, into=second, by=lead)
    client.post(url(lead, "edit", "marker", first.pk), {"do": "version", "number": "1"})
    assert Marker.objects.get(pk=first.pk).into is None
    key = "0198c3a0-0000-7000-8000-000000000001"
    row, _new = add_observation(
        group=lead.group, by=lead, key=key, degree="seen", marker=Marker.objects.get(pk=first.pk)
    )
    assert row.marker_id == first.pk


@pytest.mark.parametrize(
    ("strength", "evidence", "taken"),
    [
        ("witnessed", "la mairie", False),
        ("told", "un habitant,", False),
        ("witnessed", "la mairie, la préfecture", True),
        ("told", "une mère et un gardien", True),
        ("said", "une mère", True),
        ("written", "", False),
    ],
)
def test_several_people_are_two_that_one_can_name(lead, strength, evidence, taken) -> None:
    said = {"text": "Il vient", "who": "le bailleur", "when": "en mai", "contribution": "on l’a invité", "review": None}
    said |= {"strength": strength, "evidence": evidence, "group": lead.group, "by": lead}
    if taken:
        assert add_harvest(**said).evidence == evidence
    else:
        with pytest.raises(ChangeRefused) as refusal:
            add_harvest(**said)
        assert refusal.value.field == "evidence"


def test_a_step_given_to_another_noyau_is_read_by_the_first_no_more(lead) -> None:
    group, token = lead.group, "essai-de-fiche"
    other, _lead = make_group(space=group.space, name="Noyau du Port", lead={"name": "Ana"}, by_words="l’organisation")
    said = {"token": token, "what": "Appeler la mairie", "who": "", "due": TODAY - dt.timedelta(days=3)}
    entrust_step(group=group, **said)
    review = plan_review(group=group, kind="monthly", on=TODAY, by=lead)
    agenda = agenda_of(group, on=TODAY, since=None).as_json
    assert "Appeler la mairie" in agenda["late"][0]
    hold_review(review=review, learned="", decisions="", next_on=None, agenda=agenda, seen=None, by=lead)
    entrust_step(group=other, **said)
    kept = [*Review.objects.values_list("agenda", flat=True), *group.versions.values_list("content", flat=True)]
    assert "Appeler la mairie" not in str(kept)
    take_step_back(token=token)
    assert not Version.objects.filter(kind="commitment").exists()


def _with_photo(lead):
    row, _new = add_observation(group=lead.group, by=lead, key=uuid.uuid4(), degree="seen", text="Une fête")
    Photo.objects.create(observation=row, content=b"image", consent=True)
    return row


def test_a_photo_that_was_removed_is_put_back_and_erased_for_good_when_asked_or_due(client, lead) -> None:
    row = _with_photo(lead)
    page, image = url(lead, "edit", "observation", row.pk), url(lead, "photo", row.pk)
    client.post(page, {"do": "remove-photo"})
    assert client.get(image).status_code == 404
    assert image not in client.get(url(lead, "observations")).content.decode()
    assert "Remettre la photo" in client.get(page).content.decode()
    client.post(page, {"do": "photo-back"})
    assert client.get(image).content == b"image"
    client.post(page, {"do": "remove-photo"})
    assert erase_photos(timezone.now() + dt.timedelta(days=29)) == 0
    assert erase_photos(timezone.now() + dt.timedelta(days=31)) == 1
    other = _with_photo(lead)
    client.post(url(lead, "edit", "observation", other.pk), {"do": "erase-photo"})
    assert not Photo.objects.exists()
    assert client.post(page, {"do": "photo-back"}).status_code == 302  # nothing to put back


def test_a_members_name_is_written_as_before_and_forgotten_whole(client, lead, other) -> None:
    said = {"do": "save", "organisation": "", "category": other.category, "joined_on": other.joined_on, "seen": "1"}
    page = url(lead, "edit", "member", other.pk)
    client.post(page, said | {"name": "Pol"})
    assert "Reprendre le nom d’avant : Paul" in client.get(page).content.decode().replace("\xa0", " ")
    client.post(page, {"do": "name"})
    other.refresh_from_db()
    assert (other.name, other.former_names) == ("Paul", ["Pol"])
    assert "Pol" not in str(list(Version.objects.values_list("content", "verb")))
    let_leave(member=other, by=lead)
    assert "nom d’avant" not in client.get(page).content.decode()
    forgotten = forget_member(member=other, by=lead)
    assert (forgotten.name, forgotten.former_names) == ("", [])
