"""Who to write to: said when the operator set it, and never a false promise when not."""

import re

import pytest

pytestmark = pytest.mark.django_db
PAGES = ["/accessibilite/", "/donnees/", "/a-propos/"]


@pytest.mark.parametrize("address", PAGES)
def test_page_says_whom_to_ask_when_nothing_is_set(client, settings, address):
    settings.OPERATOR = settings.OPERATOR_EMAIL = settings.ACCESSIBILITY_EMAIL = ""
    html = client.get(address).content.decode()
    assert "la personne qui vous a invité" in html
    assert "mailto:" not in html


@pytest.mark.parametrize("address", PAGES)
def test_page_names_the_operator_and_the_right_address(client, settings, address):
    settings.OPERATOR = "Équipe d'essai <b>"
    settings.OPERATOR_EMAIL = "equipe@exemple.invalid"
    settings.ACCESSIBILITY_EMAIL = "acces@exemple.invalid"
    html = client.get(address).content.decode()
    assert "Équipe d’essai &lt;b&gt;" in html
    expected = "acces@exemple.invalid" if address == "/accessibilite/" else "equipe@exemple.invalid"
    assert re.findall(r'href="mailto:([^"]+)"', html) == [expected]
    assert "la personne qui vous a invité" not in html


def test_every_page_of_the_shell_leads_to_them(client):
    html = client.get("/connexion/").content.decode()
    footer = html.partition("<footer")[2]
    assert [address for address in PAGES if f'href="{address}"' not in footer] == []


def test_about_credits_what_the_package_holds_and_nothing_else(client):
    html = client.get("/a-propos/").content.decode()
    for named in ("Insee", "DGCL", "ANCT", "QPV 2024", "15 janvier 2026", "Licence Ouverte 2.0", "EUPL", "OFL"):
        assert named in html
    for absent in ("IGN", "OpenStreetMap", "La Poste"):  # no outline, no map, no postcode is in the package
        assert absent not in html
