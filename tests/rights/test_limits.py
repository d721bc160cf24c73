"""Each door that opens without an account counts what is sent to it, and says when it is too much."""

from pathlib import Path

import pytest
from django.test import Client

from maillage.config.limits import write_table
from maillage.config.rights import addresses
from maillage.lib import needs
from maillage.lib.rates import FILES, RATES
from tests.rights.walking import Walk, path_of

SECURITY = Path(__file__).resolve().parents[2] / "SECURITY.md"


def test_a_form_without_an_account_that_is_not_counted_fails_here(walk: Walk, monkeypatch):
    for rates in needs.POSTS.values():
        for rate in rates:
            monkeypatch.setattr(rate, "most", 0)
    asked, silent = 0, []
    for address in addresses():
        assert address.needs is not None
        if address.needs.post.value.account:
            continue
        page = Client().post(path_of(address, walk.here.of(address)))
        asked += page.status_code == 429
        if page.status_code != 405 and (page.status_code != 429 or int(page["Retry-After"]) < 1):
            silent.append(f"{address.route}: {page.status_code}")
        if page.status_code == 429:
            assert "Attendez" in page.content.decode()
    assert asked > 40
    assert silent == []


def test_the_table_of_limits_says_what_the_code_does():
    page = SECURITY.read_text(encoding="utf-8")
    held = page.partition("<!-- limites -->\n")[2].partition("<!-- /limites -->")[0]
    assert held == write_table(), "run: maillage rights --limits, between the marks of SECURITY.md"


@pytest.mark.parametrize("name", ["ouvrir « Mes données » par un lien personnel", FILES.name])
def test_what_is_composed_when_it_is_asked_for_is_counted(walk: Walk, monkeypatch, name):
    """« Mes données », a map, an archive: opened too often, a sentence instead of the work."""
    opened = {path: Client().get(path).status_code for path in _composed(walk)[name]}
    assert len(opened) > 2
    assert set(opened.values()) == {200}, opened
    monkeypatch.setattr(RATES[name], "most", 0)
    for path in opened:
        page = Client().get(path)
        assert (page.status_code, page["Retry-After"]) == (429, "600"), path


def _composed(walk: Walk) -> dict[str, list[str]]:
    routes = {address.route: path_of(address, walk.here.of(address)) for address in addresses() if address.needs}
    mine = tuple(f"inscription/<str:token>/{part}" for part in ("donnees/", "donnees.json", "effacement/"))
    own = [path for route, path in routes.items() if route in mine]
    return {
        "ouvrir « Mes données » par un lien personnel": own,
        FILES.name: [
            path for route, path in routes.items() if route.endswith(("<slug:slug>/archive.zip", "carte.<str:kind>"))
        ],
    }
