"""Mentions légales, déclaration d’accessibilité, nouveautés : honest when nothing is set, exact when it is."""

import csv
import re

import pytest

from maillage.ui import rgaa
from maillage.ui.changelog import read, releases
from maillage.ui.rgaa import PAGES, Audit, Criterion, audit, grid_file

pytestmark = pytest.mark.django_db
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)  # criteria of each theme, RGAA 4.1


def test_legal_page_says_what_is_not_set_then_what_is(client, settings):
    settings.OPERATOR_ADDRESS = settings.OPERATOR_PHONE = settings.PUBLICATION_DIRECTOR = settings.HOSTING = ""
    page = client.get("/mentions-legales/").content.decode()
    for name in ("OPERATOR_ADDRESS", "OPERATOR_PHONE", "PUBLICATION_DIRECTOR", "HOSTING"):
        assert f"MAILLAGE_{name}" in page
    settings.OPERATOR_ADDRESS, settings.OPERATOR_PHONE = "1 rue d'Ici, Metz", "03 00 00 00 00"
    settings.PUBLICATION_DIRECTOR, settings.HOSTING = "Ana <b>", "Chez Nous, 2 rue de Là, 03 00 00 00 01"
    page = client.get("/mentions-legales/").content.decode()
    assert "MAILLAGE_" not in page
    for words in ("1 rue d’Ici, Metz", "03 00 00 00 00", "Ana &lt;b&gt;", "Chez Nous"):
        assert words in page


def test_news_are_those_of_the_changelog(client):
    page = client.get("/nouveautes/").content.decode()
    assert releases()[0].title in page
    assert len(releases()[0].points) > 20
    assert "**" not in re.search(r"<main.*</main>", page, re.DOTALL)[0]


def test_news_are_text_and_lines_that_were_cut_are_one():
    text = "# Titre\n\n## 1.0\n\nUn mot.\n\n- **Gras** : <b>et\n  `code` [ici](docs/x.md)\n- deux\n"
    (release,) = read(text)
    assert (release.said, release.title) == (["Un mot."], "1.0")
    assert release.points == ["<strong>Gras</strong>\u00a0: &lt;b&gt;et <code>code</code> ici", "deux"]


def test_grid_holds_the_criteria_of_the_rgaa_and_says_how_each_was_looked_at():
    numbers = [each.number for each in audit().criteria]
    assert numbers == [f"{theme}.{rank}" for theme, most in enumerate(THEMES, 1) for rank in range(1, most + 1)]
    assert [each.number for each in audit().criteria if not each.how.strip()] == []
    with grid_file().open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["critère", "question", *PAGES, "vérification"]


def grid(*results: str) -> Audit:
    """A criterion for each, told page by page: « C NC » is of two pages."""
    pages = list(PAGES)
    return Audit(tuple(
        Criterion(str(number), "?", dict(zip(pages, words.split(), strict=False)), "vu")
        for number, words in enumerate(results)
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("results", "state", "rate"),
    [
        (("C", "C NA", "NA"), "totalement conforme", 100),
        (("C", "C NC", "NA"), "partiellement conforme", 50),
        (("C", "NC", "NC C"), "non conforme", 33),
        (("C", "C NT", "C"), "non conforme", 100),  # an audit that is not complete proves nothing
        (("C NT NC", "C"), "partiellement conforme", 50),  # a fault is one, whatever was not looked at
        (("NA",), "non conforme", None),
    ],
)
def test_state_is_the_one_the_grid_gives(results, state, rate):
    found = grid(*results)
    assert (found.state, found.rate) == (state, rate)


def test_a_result_that_is_none_is_refused_by_name():
    header = ",".join(["critère", "question", *PAGES, "vérification"])
    with pytest.raises(ValueError, match=r"1\.1 : accueil : oui"):
        rgaa.read([header, ",".join(["1.1", "?", "oui", *["C"] * 9, "vu"])])


def test_declaration_and_every_foot_of_page_say_what_the_grid_gives(client, monkeypatch):
    page = client.get("/accessibilite/").content.decode()
    told = audit()
    for number, words in (
        (told.conforming, "sont conformes"), (told.failing, "ne le sont pas"),
        (told.apart, "ne s’appliquent pas"), (told.untested, "ne sont pas encore testés"),
    ):  # fmt: skip
        assert f"{number} {words}" in page
    assert "article 47 de la loi n°\u00a02005-102 du 11 février 2005" in page
    assert "Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07" in page
    footer = client.get("/connexion/").content.decode().partition("<footer")[2]
    assert f"Accessibilité\u00a0: {told.state}" in footer
    for module in ("maillage.ui.views", "maillage.ui.templatetags.ui"):
        monkeypatch.setattr(f"{module}.audit", lambda: grid("C", "NC C"))
    page = client.get("/accessibilite/").content.decode()
    assert page.count("partiellement conforme") >= 3  # title, sentence, foot
    assert "50\u00a0% des critères du RGAA sont respectés" in page
    assert "en raison des non-conformités énumérées ci-dessous" in page


def test_every_page_of_the_shell_leads_to_them(client):
    footer = client.get("/connexion/").content.decode().partition("<footer")[2]
    for address in ("/mentions-legales/", "/nouveautes/", "/stats/", "/donnees/", "/accessibilite/"):
        assert f'href="{address}"' in footer
