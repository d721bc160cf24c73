import pytest
from django.urls import reverse

from maillage.office.models import Activity
from maillage.people.models import Space
from maillage.people.services import open_atlas

PATHS = ["", "departements/10/", "quartiers/QN01003M/", "communes/10081/", "carte.svg", "ouverture-inconnue/"]


@pytest.fixture
def closed(space) -> Space:
    open_atlas(space=space, public=False, by="test")
    return space


@pytest.mark.parametrize("path", PATHS)
def test_a_closed_atlas_does_not_exist_for_others(client, closed, stranger, path):
    assert client.get(f"/atlas/grand-est/{path}").status_code == 404
    client.force_login(stranger)
    assert client.get(f"/atlas/grand-est/{path}").status_code == 404


def test_whoever_has_a_role_reads_it_closed_and_its_frame_stays_closed(client, closed, reader):
    client.force_login(reader)
    html = client.get("/atlas/grand-est/").content.decode()
    assert "<svg" in html
    assert "Intégrer cette carte" not in html
    assert "oembed" not in html
    assert client.get("/atlas/grand-est/integrer/").status_code == 404
    page = "http://testserver/atlas/grand-est/"
    assert client.get("/oembed", {"url": page}).status_code == 404


def test_an_organiser_opens_and_closes_it_with_a_button(client, closed, organiser):
    client.force_login(organiser)
    assert "Ouvrir l’atlas à tous" in client.get("/atlas/grand-est/").content.decode()
    answer = client.post("/atlas/grand-est/ouverture/", {"public": "oui"}, follow=True)
    assert "L’atlas est ouvert" in answer.content.decode()
    assert "Fermer l’atlas" in answer.content.decode()
    assert Space.objects.get(pk=closed.pk).atlas_public
    client.post("/atlas/grand-est/ouverture/", {"public": "oui"})
    assert Activity.objects.filter(verb="open-atlas", by=str(organiser)).count() == 1
    client.post("/atlas/grand-est/ouverture/", {"public": "non"})
    assert not Space.objects.get(pk=closed.pk).atlas_public


def test_nobody_else_does(client, space, reader, stranger):
    url = reverse("atlas:opening", args=["grand-est"])
    assert client.post(url, {"public": "non"}).status_code == 302  # to sign in
    client.force_login(reader)
    assert "Fermer l’atlas" not in client.get("/atlas/grand-est/").content.decode()
    assert client.post(url, {"public": "non"}).status_code == 403
    client.force_login(stranger)
    assert client.post(url, {"public": "non"}).status_code == 404
    assert client.get(url).status_code == 405
    assert Space.objects.get(pk=space.pk).atlas_public


def test_gatherings_lead_to_the_atlas(client, space, organiser):
    public = client.get("/rencontres/grand-est/jr-2025/").content.decode()
    assert "/atlas/grand-est/communes/54526/" in public
    client.force_login(organiser)
    assert '/atlas/grand-est/"' in client.get("/rencontres/").content.decode()
    open_atlas(space=space, public=False, by="test")
    client.logout()
    assert "/atlas/" not in client.get("/rencontres/grand-est/jr-2025/").content.decode()
