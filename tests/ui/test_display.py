"""The comfort letters: chosen on a device, gone when unchosen, downloaded by nobody else."""

import re
from pathlib import Path

import pytest
from django.test import Client

import maillage

pytestmark = pytest.mark.django_db
CSS = Path(maillage.__file__).parent / "ui/static/ui/css"


def sheets(client: Client, address: str) -> list[str]:
    return re.findall(r'ui/css/([a-z]+)[^"/]*\.css"', client.get(address).content.decode())


def choose(client: Client, letters: str, then: str = "/a-propos/"):
    return client.post("/affichage/", {"letters": letters, "next": then})


@pytest.mark.parametrize(("address", "usual"), [("/a-propos/", ["base", "components", "office"]), ("/s/", None)])
def test_comfort_letters_come_last_and_only_when_chosen(client, address, usual):
    before = sheets(client, address)
    assert before == (usual or ["base", "components", "live", "activities"])
    assert choose(client, "comfort").headers["Location"] == "/a-propos/"
    assert sheets(client, address) == [*before, "comfort"]
    choose(client, "usual")
    assert sheets(client, address) == before


def test_page_shows_what_is_chosen_and_where_one_goes_back(client):
    choose(client, "comfort")
    html = client.get("/affichage/?next=/a-propos/").content.decode()
    assert re.search(r'value="comfort" checked', html)
    assert not re.search(r'value="usual" checked', html)
    assert 'name="next" value="/a-propos/"' in html


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_going_back_never_leaves_the_site(client, elsewhere):
    assert choose(client, "comfort", elsewhere).headers["Location"] == "/"


def test_fonts_of_the_sheet_are_in_the_house():
    named = re.findall(r'url\("([^"]+)"\)', (CSS / "comfort.css").read_text())
    assert len(named) == 4
    assert [name for name in named if not (CSS / name).resolve().is_file()] == []


def test_page_of_a_server_error_needs_nothing_but_its_style():
    """It is sent when everything else may be broken: no tag, and only sheets whose name never changes."""
    page = (CSS.parents[2] / "templates/500.html").read_text()
    assert "{%" not in page
    assert "{{" not in page
    named = re.findall(r'href="/static/ui/css/([a-z.]+)"', page)
    assert named == ["base.css", "office.css"]
    assert all((CSS / name).is_file() for name in named)


@pytest.mark.parametrize(
    "address", ["x", "0", "../x", "gatherings:list", "?x", "//ailleurs.example", "javascript:alert(1)", "é"]
)
def test_a_way_back_that_is_no_page_of_ours_leads_home(client, address):
    answer = client.post("/affichage/", {"letters": "comfort", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_request_that_a_page_does_not_take_gets_a_sentence(client):
    answer = client.post("/a-propos/", {"x": "1"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert "Cette adresse attend une autre demande" in answer.content.decode()
