"""Experiences: told by a link, read again, published, changed by two at once, taken back, erased."""

import re

import pytest
from django.urls import reverse

from maillage.gatherings.services import make_gathering
from maillage.memory.experiences import (
    EMPTY,
    ChangedMeanwhile,
    call_token,
    change_experience,
    erase_experience,
    find_own,
    open_call,
    own_token,
    propose_experience,
    publish_experience,
    return_to_version,
    withdraw_experience,
)
from maillage.memory.models import Experience, Theme
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space

pytestmark = pytest.mark.django_db

CONTACT = "Olivia, olivia@exemple.invalid"


@pytest.fixture
def house():
    return make_space(slug="oriv", name="ORIV", by="essai")


@pytest.fixture
def signed(client, house):
    def sign_in(role=SpaceRole.ORGANISER, space=house, email="a@exemple.invalid"):
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        give_right(user=user, space=space, role=role, by="essai")
        client.force_login(user)
        return client

    return sign_in


def told(**words):
    return EMPTY | {"title": "Rompre l’isolement"} | words


def test_anybody_with_the_link_tells_and_only_what_was_read_is_published(client, house, signed):
    call = open_call(space=house, opened=True, by="essai")
    page = reverse("memory:propose-experience", args=[call_token(call)])
    sent = client.post(page, {"title": "Rompre l’isolement", "problem": "Des gens seuls", "contact": CONTACT})
    own = sent["Location"]
    assert client.get(own).status_code == 200
    experience = Experience.objects.get()
    assert (experience.published, experience.waits) == (None, True)
    organiser = signed()
    shown = organiser.get(reverse("memory:experience", args=[experience.pk])).content.decode()
    assert "Des gens seuls" in shown
    state = reverse("memory:experience-state", args=[experience.pk])
    # its author changes it while it is being read: what is published is what was on the page
    client.post(own, {"title": "Rompre l’isolement", "problem": "Autre chose", "seen": 1, "contact": CONTACT})
    organiser.post(state, {"do": "publish", "number": "1"})
    experience.refresh_from_db()
    assert (experience.published, experience.last, experience.waits) == (1, 2, True)
    house.atlas_public = True
    house.save()
    client.logout()
    public = reverse("memory:public-experience", args=["oriv", experience.pk])
    body = client.get(public).content.decode()
    assert "Des gens seuls" in body
    assert "Autre chose" not in body
    assert "olivia" not in body  # no agreement, no contact


def test_a_contact_is_shown_only_when_agreed(client, house):
    house.atlas_public = True
    house.save()
    experience = propose_experience(space=house, content=told(contact=CONTACT, contact_agreed=True), by="essai")
    publish_experience(experience=experience, number=1, by="essai")
    public = reverse("memory:public-experience", args=["oriv", experience.pk])
    assert CONTACT in client.get(public).content.decode()


def test_a_closed_atlas_shows_nothing_to_a_stranger_and_another_space_nothing_at_all(client, house, signed):
    experience = propose_experience(space=house, content=told(), by="essai")
    publish_experience(experience=experience, number=1, by="essai")
    pages = [
        reverse("memory:public-experiences", args=["oriv"]),
        reverse("memory:public-experience", args=["oriv", experience.pk]),
        reverse("memory:experience", args=[experience.pk]),
        reverse("memory:edit-experience", args=[experience.pk]),
    ]
    assert [client.get(page).status_code for page in pages[:2]] == [404, 404]
    other = make_space(slug="autre", name="Autre", by="essai")
    stranger = signed(space=other, email="b@exemple.invalid")
    assert [stranger.get(page).status_code for page in pages] == [404] * 4
    assert (
        stranger.post(reverse("memory:experience-state", args=[experience.pk]), {"do": "withdraw"}).status_code == 404
    )
    assert "Rompre" not in stranger.get(reverse("memory:experiences")).content.decode()
    reader = signed(role=SpaceRole.READER, email="c@exemple.invalid")
    assert [reader.get(page).status_code for page in pages] == [200, 200, 200, 403]


def test_two_at_once_keep_both_and_what_both_wrote_is_shown_side_by_side(house, signed):
    experience = propose_experience(space=house, content=told(problem="Seuls", who="La ville"), by="Ana")
    change_experience(experience=experience, content=told(problem="Très seuls", who="La ville"), seen=1, by="Ana")
    merged = change_experience(experience=experience, content=told(problem="Seuls", who="Le bailleur"), seen=1, by="Bo")
    last = merged.versions.get(number=3).content
    assert (last["problem"], last["who"]) == ("Très seuls", "Le bailleur")
    with pytest.raises(ChangedMeanwhile) as both:
        change_experience(experience=experience, content=told(problem="Isolés", who="La ville"), seen=1, by="Cy")
    assert both.value.theirs == {"problem": "Très seuls"}
    page = reverse("memory:edit-experience", args=[experience.pk])
    organiser = signed()
    answer = organiser.post(page, {"title": "Rompre l’isolement", "problem": "Isolés", "who": "La ville", "seen": 1})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Bo a écrit" in body
    assert "Très seuls" in body
    assert re.search(r"<textarea[^>]*name=\"problem\"[^>]*>\s*Isolés</textarea>", body)
    assert re.search(r"<textarea[^>]*name=\"who\"[^>]*>\s*Le bailleur</textarea>", body)  # theirs, untouched by mine
    seen = re.search(r'name="seen" value="(\d+)"', body)
    assert seen
    again = {"title": "Rompre l’isolement", "problem": "Isolés", "who": "Le bailleur", "seen": seen[1]}
    assert organiser.post(page, again).status_code == 302
    experience.refresh_from_db()
    assert experience.versions.get(number=experience.last).content["problem"] == "Isolés"


def test_the_same_words_saved_again_make_no_version(house):
    experience = propose_experience(space=house, content=told(), by="essai")
    assert change_experience(experience=experience, content=told(), seen=1, by="essai").last == 1


def test_an_earlier_version_comes_back_as_a_new_one(house):
    experience = propose_experience(space=house, content=told(problem="Un"), by="essai")
    change_experience(experience=experience, content=told(problem="Deux"), seen=1, by="essai")
    back = return_to_version(experience=experience, number=1, by="essai")
    assert [version.content["problem"] for version in back.versions.all()] == ["Un", "Deux", "Un"]


def test_its_author_takes_it_back_and_an_organiser_erases_it(client, house):
    experience = propose_experience(space=house, content=told(contact=CONTACT), by="essai")
    publish_experience(experience=experience, number=1, by="essai")
    client.post(reverse("memory:own-experience", args=[own_token(experience)]), {"do": "withdraw"})
    experience.refresh_from_db()
    assert (experience.published, experience.withdrawn_at is None) == (None, False)
    token = own_token(experience)
    erase_experience(experience=experience, by="essai")
    assert find_own(token) is None
    assert not Experience.objects.exists()


def test_a_closed_call_says_so_and_a_renewed_one_revokes_the_former(client, house):
    call = open_call(space=house, opened=True, by="essai")
    former = reverse("memory:propose-experience", args=[call_token(call)])
    assert client.get(former).status_code == 200
    call = open_call(space=house, opened=True, by="essai", renew=True)
    assert client.get(former).status_code == 404
    assert client.get(reverse("memory:propose-experience", args=[call_token(call) + "x"])).status_code == 404
    call = open_call(space=house, opened=False, by="essai")
    closed = client.get(reverse("memory:propose-experience", args=[call_token(call)]))
    assert closed.status_code == 410
    assert "Ce lien est fermé" in closed.content.decode()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"title": ""}, "Donnez un titre"),
        ({"title": "A", "year": "2204"}, "2204 est dans le futur"),
        ({"title": "A", "year": "hier"}, "On attend une année"),
        ({"title": "A", "commune": "Nulle-Part"}, "nom inconnu"),
        ({"title": "A", "documents": "javascript:alert(1)"}, "une adresse qui commence par https"),
        ({"title": "A", "documents": "Piège ; javascript:alert(1)"}, "une adresse qui commence par https"),
        ({"title": "A", "contact_agreed": "on"}, "aucun contact n’est écrit"),
        ({"title": "A", "problem": "é" * 4001}, "C’est trop long"),
        ({"title": "A", "themes": "\n".join("abcdefghi")}, "Au plus 8 thèmes"),
        ({"title": "A", "seen": "x"}, ""),
    ],
)
def test_what_is_refused_is_said_and_what_was_typed_stays(client, house, sent, sentence):
    call = open_call(space=house, opened=True, by="essai")
    answer = client.post(reverse("memory:propose-experience", args=[call_token(call)]), sent | {"who": "La ville"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in body
    assert "La ville</textarea>" in body
    assert not Experience.objects.exists()


def test_a_theme_written_two_ways_is_one(house):
    for themes in (["Isolement social"], ["ISOLEMENT SOCIAL", "Jeunesse"]):
        propose_experience(space=house, content=told(themes=themes), by="essai")
    assert [theme.name for theme in Theme.objects.all()] == ["Isolement social", "Jeunesse"]


def test_the_lists_ask_the_same_number_of_questions_whatever_their_length(house, signed, django_assert_max_num_queries):
    organiser = signed()
    house.atlas_public = True
    house.save()
    for number in range(3):
        experience = propose_experience(space=house, content=told(title=f"N° {number}", themes=["A"]), by="essai")
        publish_experience(experience=experience, number=1, by="essai")
    for page, most in ((reverse("memory:public-experiences", args=["oriv"]), 7), (reverse("memory:experiences"), 9)):
        with django_assert_max_num_queries(most):
            assert organiser.get(page).content.decode().count("N° ") == 3
    withdraw_experience(experience=experience, by="essai")
    assert organiser.get(reverse("memory:public-experiences", args=["oriv"])).content.decode().count("N° ") == 2


def test_a_workshop_where_one_was_presented_begins_its_story(house, signed):
    gathering = make_gathering(space=house, kind="regional_day", title="Journée", by="essai")
    slot = gathering.slots.create(position=1, kind="workshops", title="Matin")
    slot.workshops.create(position=1, title="L’isolement social en QPV", method="presentation-experience")
    organiser = signed()
    listed = organiser.get(reverse("memory:experiences")).content.decode()
    button = re.search(r'name="workshop" value="([^"]+)"', listed)
    assert button
    page = reverse("memory:new-experience", args=["oriv"])
    went = organiser.post(page, {"workshop": button[1]})
    experience = Experience.objects.get()
    assert went["Location"] == reverse("memory:edit-experience", args=[experience.pk])
    assert (experience.title, experience.workshop.title) == ("L’isolement social en QPV",) * 2
    assert organiser.post(page, {"workshop": button[1]}).status_code == 404  # told of once
