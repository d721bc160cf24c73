"""The pages of a noyau, by Django's client: what each answers, and what a wrong word costs."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.change.demonstration import make_demonstration
from maillage.change.members import find_by_token, let_leave, member_token
from maillage.change.models import Actor, Commitment, Finding, Marker, Member, Observation, Review
from maillage.change.noting import add_commitment
from maillage.change.visions import write_vision
from maillage.people.models import Space, User
from maillage.people.services import give_right
from maillage.reports.change_story import describe_period
from maillage.territories.models import Qpv
from tests.atlas.opendata import few_territories

PAGES = (
    "home",
    "observe",
    "observations",
    "path",
    "vision",
    "conditions",
    "context",
    "commitments",
    "reviews",
    "members",
    "rooms",
)


@pytest.fixture
def demo(db):
    space = Space.objects.create(slug="oriv", name="Centre de ressources")
    return make_demonstration(space=space, by="essai", today=timezone.localdate())


@pytest.fixture
def paul(demo):
    return Member.objects.get(group=demo, lead=True)


def url(member, page, *args):
    return reverse(f"change:{page}", args=[member_token(member), *args])


def test_every_page_opens_and_names_nobody_who_left(client, paul) -> None:
    for page in PAGES:
        answer = client.get(url(paul, page))
        assert answer.status_code == 200, page
        if page != "members":
            assert "Léo" not in answer.content.decode(), page
        assert answer["Referrer-Policy"] == "no-referrer"
    for kind, model in (
        ("actor", Actor),
        ("marker", Marker),
        ("observation", Observation),
        ("commitment", Commitment),
        ("finding", Finding),
    ):
        row = model.objects.filter(group=paul.group).first()
        assert client.get(url(paul, "edit", kind, row.pk)).status_code == 200
    review = Review.objects.filter(group=paul.group).first()
    assert "ordre du jour" in client.get(url(paul, "review", review.pk)).content.decode()
    assert client.get(url(paul, "calendar")).content.count(b"BEGIN:VEVENT") == 3


def test_who_has_no_link_or_left_reads_a_sentence(client, lead, other) -> None:
    token = member_token(other)
    let_leave(member=other, by=lead)
    for each in (token, "faux"):
        answer = client.get(reverse("change:path", args=[each]))
        assert (answer.status_code, "Ce lien ne mène plus" in answer.content.decode()) == (404, True)
    assert client.get(url(lead, "edit", "observation", uuid.uuid4())).status_code == 404


def test_an_observation_is_sent_and_what_is_wrong_loses_nothing(client, lead, markers) -> None:
    said = {
        "marker": "",
        "degree": "",
        "text": "Une fête sans nous",
        "on": "2204-01-01",
        "seen_by": "myself",
        "key": str(uuid.uuid4()),
    }
    answer = client.post(url(lead, "observe"), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "dans le futur" in page
    assert "Une fête sans nous" in page
    assert Observation.objects.count() == 0
    said |= {"on": timezone.localdate().isoformat()}
    for _twice in range(2):
        answer = client.post(url(lead, "observe"), said, headers={"X-Requested-With": "outbox"})
        assert answer.status_code == 201
    assert Observation.objects.get().text == "Une fête sans nous"


def test_a_marker_without_an_actor_and_a_vision_without_a_horizon(client, lead) -> None:
    answer = client.post(
        url(lead, "path"), {"do": "marker", "marker-text": "On ouvre la salle", "marker-level": "expected"}
    )
    assert answer.status_code == 422
    assert "de quel acteur" in answer.content.decode()
    assert "On ouvre la salle" in answer.content.decode()
    answer = client.post(url(lead, "vision"), {"do": "write", "text": "Ici, ensemble", "horizon": ""})
    assert answer.status_code == 422
    assert "sans horizon" in answer.content.decode()


def test_two_visions_are_shown_side_by_side(client, lead, other) -> None:
    year = timezone.localdate().year + 3
    write_vision(group=lead.group, text="Chacun ici", horizon=year, seen=0, by=lead)
    for member, text in ((lead, "Chacun trouve sa place"), (other, "Chaque habitant trouve sa place")):
        client.post(url(member, "vision"), {"do": "write", "text": text, "horizon": year, "seen": 1})
    page = client.get(url(other, "vision")).content.decode()
    assert "Écrits en même temps" in page
    assert "<ins>" in page
    assert lead.group.visions.count() == 3


def test_what_both_wrote_is_shown_and_kept(client, lead, other) -> None:
    action = add_commitment(group=lead.group, what="Ouvrir la salle", by=lead)
    there = url(lead, "edit", "commitment", action.pk)
    client.post(there, {"do": "save", "what": "Ouvrir la salle du bas", "seen": 1})
    answer = client.post(there, {"do": "save", "what": "Ouvrir le gymnase", "seen": 1})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Ouvrir la salle du bas" in page
    assert "Ouvrir le gymnase" in page


def staff(space: Space) -> Client:
    user = User.objects.create_user("organisation@exemple.invalid", "Olivia")
    give_right(user=user, space=space, role="organiser", by="essai")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_organisers_read_only_what_is_shared_and_never_a_name(lead, markers) -> None:
    organiser = staff(lead.group.space)
    there = reverse("change:shared", args=[lead.group.pk])
    write_vision(group=lead.group, text="Une vision à nous", horizon=timezone.localdate().year, seen=0, by=lead)
    assert "Une vision à nous" not in organiser.get(there).content.decode()
    Client().post(url(lead, "members"), {"do": "share", "sharing": "centre"})
    page = organiser.get(there).content.decode()
    assert "Une vision à nous" in page
    assert "Samira" not in page
    stranger = Client()
    assert stranger.get(there).status_code == 302


def test_a_group_is_constituted_and_its_first_link_opens_it(db) -> None:
    space = Space.objects.create(slug="oriv", name="Centre de ressources")
    organiser = staff(space)
    said = {"name": "Noyau du Port", "lead_name": "Samira", "category": "resident", "rhythm": "monthly"}
    assert organiser.post(reverse("change:groups"), {**said, "lead_name": ""}).status_code == 422
    assert organiser.post(reverse("change:groups"), said).status_code == 302
    page = organiser.get(reverse("change:groups")).content.decode()
    token = page.split("/noyau/")[1].split("/")[0]
    assert str(find_by_token(token)) == "Samira"


def test_only_who_holds_it_changes_members(client, lead, other) -> None:
    assert client.post(url(other, "members"), {"do": "add", "name": "X", "category": "resident"}).status_code == 404
    assert client.post(url(lead, "members"), {"do": "add", "name": "Inès", "category": "resident"}).status_code == 302
    page = client.get(url(other, "members")).content.decode()
    assert "Inès" in page
    again = client.post(url(lead, "members"), {"do": "add", "name": "Inès", "category": "resident"})
    hers = Member.objects.get(name="Inès")
    assert again["Location"] == f"{url(lead, 'members')}?lien={hers.pk}#lien-{hers.pk}"
    held = client.get(again["Location"]).content.decode()
    assert f'<details id="lien-{hers.pk}" open>' in held  # her link, to be given to her
    ids = re.findall(r' id="([^"]+)"', held)
    assert len(ids) == len(set(ids))
    assert page.count("/noyau/") == client.get(url(other, "members")).content.decode().count(member_token(other))


def test_the_story_of_a_period_names_members_and_its_public_version_names_nobody(demo) -> None:
    own, public = (str(describe_period(demo, public=public).as_data()) for public in (False, True))
    assert "Samira" in own
    assert not any(name in public for name in ("Samira", "Paul", "Inès", "Léo"))
    for words in (
        "Données inventées",
        "Le club de sport a prêté sa salle",
        "Proposer à la mairie un essai",
        ", pas vu",
    ):
        assert words in own.replace("\u202f", " ").replace("\xa0", " ")


def test_what_is_public_is_read_by_anybody_without_a_name(demo, client, paul) -> None:
    demo.space.atlas_public = True
    demo.space.save()
    few_territories()
    demo.qpv = Qpv.objects.get(pk="QN01003M")
    demo.save()
    Observation.objects.filter(text__startswith="Onze parents").update(inside=True)
    names = ("Samira", "Paul", "Inès", "Léo")
    args = [demo.space.slug, demo.slug]
    pages = [reverse("atlas:core-group", args=args), reverse("atlas:quarter-story", args=[args[0], "QN01003M"])]
    pages += [reverse("atlas:core-group-data", args=[*args, kind]) for kind in ("csv", "json")]
    for page in pages:
        body = client.get(page).content.decode()
        assert "club de sport" in body, page
        assert not any(name in body for name in names), page
        assert "Onze parents" not in body, page
    assert client.get(reverse("atlas:core-group-data", args=[*args, "schema.json"])).json()["fields"]
    assert client.get(reverse("reports:public-change-report", args=[*args, "html"])).status_code == 200
    client.post(url(paul, "members"), {"do": "share", "sharing": "nothing"})
    assert [client.get(page).status_code for page in pages] == [404, 200, 404, 404]
    assert "club de sport" not in client.get(pages[1]).content.decode()


def test_a_first_link_that_is_lost_is_made_anew_until_the_noyau_begins(lead, other) -> None:
    organiser = staff(lead.group.space)
    there, make = (reverse(f"change:{name}", args=[lead.group_id]) for name in ("shared", "first-link"))
    assert f'action="{make}"' not in organiser.get(there).content.decode()  # Paul was welcomed: it has begun
    refused = organiser.post(make, follow=True).content.decode()
    assert "ses liens sont à lui" in refused
    assert organiser.get(url(lead, "home")).status_code == 200
    lead.group.versions.filter(by__isnull=False).delete()
    assert f'action="{make}"' in organiser.get(there).content.decode()
    [new] = re.findall(r"/noyau/[^/\s]+/", organiser.post(make, follow=True).content.decode())
    assert organiser.get(new).context["member"] == lead
    assert organiser.get(url(lead, "home")).status_code == 404
    assert lead.group.versions.filter(by_words="l’organisation", verb="a changé un lien personnel").count() == 1
    assert organiser.get(make).status_code == 405
    assert Client().post(make).status_code == 302  # to sign-in


def test_who_changes_their_own_link_goes_on_by_the_new_one(client, lead) -> None:
    answer = client.post(url(lead, "members"), {"do": "renew", "row": str(lead.pk)})
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(url(lead, "home")).status_code == 404
