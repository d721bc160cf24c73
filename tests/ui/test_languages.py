"""A device chooses its language; a page speaks it where it has it, and French everywhere else."""

import datetime as dt

import pytest

from facilitation import shipped_methods
from facilitation.spoken import spoken_method
from maillage.lib.dates import day_words
from maillage.lib.languages import NAMES, WHOLE, in_french, offered, spoken
from maillage.lib.typography import count, duration_words, join_words, typo
from maillage.methods.speaking import in_words
from maillage.ui import catalogues, po
from maillage.ui.participant import DOORS, PAGES, is_theirs


def choose(client, language: str, then: str = "/a-propos/", **headers: str):
    return client.post("/langue/", {"language": language, "next": then}, headers=headers)


def shown(client, address: str, **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()


pytestmark = pytest.mark.django_db


def test_what_a_browser_asks_for_chooses_nothing_and_is_offered_at_the_doors(client):
    page = client.get("/s/", headers={"accept-language": "de-AT,de;q=0.9,fr;q=0.5"})
    html = page.content.decode()
    assert '<html lang="fr">' in html
    assert "Entrer dans un atelier" in html
    assert 'lang="de" dir="ltr">Diese Seite auf Deutsch lesen</button>' in html
    assert {"Cookie", "Accept-Language"} <= {name.strip() for name in page["Vary"].split(",")}
    inside = client.get("/a-propos/", headers={"accept-language": "de"})
    assert "Diese Seite" not in inside.content.decode()
    assert "Accept-Language" not in inside.get("Vary", "")


@pytest.mark.parametrize(
    ("accepted", "offer"),
    [("", ""), ("fr-FR,fr;q=0.9,en;q=0.8", ""), ("it,ar;q=0.5", "ar"), ("EN-us,en;q=0.5", "en"), ("nonsense;;q=x", "")],
)
def test_one_language_is_offered_and_never_over_french(accepted, offer):
    assert offered(accepted, "fr") == offer


@pytest.mark.parametrize(
    ("language", "title"), [("en", "workshop"), ("de", "workshop"), ("tr", "atölye"), ("ar", "ورشة")]
)
def test_choice_is_kept_and_every_page_of_a_participant_speaks_it(client, language, title):
    answer = choose(client, language, "/s/")
    assert (answer.status_code, answer["Location"]) == (302, "/s/")
    cookie = answer.cookies["langue"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == (language, "Lax", True)
    html = shown(client, "/s/", accept_language="fr")
    side = ' dir="rtl"' if language == "ar" else ""
    assert f'<html lang="{language}"{side}>' in html
    assert title in html.lower()
    assert "Entrer dans un atelier" not in html
    assert "language-offer" not in html  # somebody chose: nothing else is offered
    choose(client, "fr", "/s/")
    assert '<html lang="fr">' in shown(client, "/s/")


def test_page_that_a_language_has_not_is_french_and_says_so_in_it(client):
    choose(client, "ar")
    html = shown(client, "/a-propos/")
    assert '<html lang="fr">' in html
    assert "بالفرنسية" in html
    assert 'value="ar"' not in html.partition("<footer")[2]  # not offered where it is not
    assert '<html lang="ar" dir="rtl">' in shown(client, "/nulle-part/")  # a refusal speaks it


def test_a_file_is_in_french_whoever_asks(client):
    choose(client, "en")
    assert '<html lang="fr">' in shown(client, "/nulle-part.csv")
    assert '<html lang="en">' in shown(client, "/nulle-part/")


@pytest.mark.parametrize("language", ["", "xx", "fr-x", "<script>", "\0"])
def test_what_is_no_language_of_ours_changes_nothing(client, language):
    assert "langue" not in choose(client, language).cookies
    client.cookies["langue"] = language or "zz"
    assert '<html lang="fr">' in shown(client, "/a-propos/")


def test_choice_comes_from_our_pages_only_and_leads_to_them(client):
    assert choose(client, "en", origin="https://ailleurs.example").status_code == 403
    assert choose(client, "en", origin="http://[").status_code == 403
    assert choose(client, "en", sec_fetch_site="cross-site").status_code == 403
    assert choose(client, "en", "https://ailleurs.example/")["Location"] == "/"
    assert client.get("/langue/").status_code == 405


def test_doors_are_pages_of_participants():
    assert DOORS <= PAGES
    assert is_theirs(["maillage/live/templates/live/join.html"])
    assert is_theirs(["facilitation/library/codev.toml"])
    assert not is_theirs(["facilitation/library/codev.toml#lead", "maillage/plans/views.py"])


def test_catalogues_say_everything_with_the_same_places(capsys):
    assert catalogues.main([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("one", "many", "said", "wrong"),
    [
        ("Bonjour {name}", "", ["Hello {name}"], ""),
        ("Bonjour {name}", "", ["Hello {nom}"], "repères"),
        ("Un <b>mot</b>", "", ["A <i>word</i>"], "repères"),
        ("Un mot", "", [""], "à traduire"),
        ("%(n)s table", "%(n)s tables", ["one table", "%(n)s tables"], ""),
        ("%(n)s table", "%(n)s tables", ["%(n)s table"], "à traduire"),
    ],
)
def test_what_a_catalogue_lacks_is_named(monkeypatch, one, many, said, wrong):
    asked = {("", one): po.Entry(one, many)}
    monkeypatch.setattr(catalogues, "sentences", lambda _language: {("", one): po.Entry(one, many, said)})
    found = list(catalogues.faults("en", asked))
    assert [fault for fault in found if wrong and fault.startswith(wrong)] == found
    assert bool(found) is bool(wrong)


def test_catalogue_comes_back_as_it_was_written():
    odd = po.Entry('Un « mot » "droit"\nsur deux lignes', places=["a.py"])
    assert next(iter([each for each in po.read(po.written([odd])) if each.one])).one == odd.one


def test_new_sentence_says_nothing_until_somebody_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    template = tmp_path / "all.pot"
    template.write_text(po.written([po.Entry("Bonjour", places=["maillage/ui/views.py"])]), encoding="utf-8")
    catalogues.gather("en", template)
    path = catalogues.path_of("en")
    path.write_text(path.read_text(encoding="utf-8").replace('msgstr ""\n\n', 'msgstr ""\n\n'), encoding="utf-8")
    path.write_text(path.read_text().replace('msgid "Bonjour"\nmsgstr ""', 'msgid "Bonjour"\nmsgstr "Hello"'))
    more = [po.Entry("Bonjour", places=["maillage/ui/views.py"]), po.Entry("Bonjour !", places=["maillage/x.py"])]
    template.write_text(po.written(more), encoding="utf-8")
    catalogues.gather("en", template)
    catalogues.gather("ar", template)
    assert {each.one: each.said for each in catalogues.sentences("en").values()} == {
        "Bonjour": ["Hello"],
        "Bonjour !": [""],
    }
    assert [each.one for each in catalogues.sentences("ar").values()] == ["Bonjour"]  # a participant's only


def test_shipped_method_is_read_in_its_reader_s_language_and_an_author_s_stays():
    codev = shipped_methods()["codev"]
    with spoken("de"):
        said = in_words(codev)
        assert in_words(codev) is said
    assert in_words(codev) is codev  # French: the very object
    assert said.title != codev.title
    assert [*said.stages] == [*codev.stages]
    for id_, stage in codev.stages.items():
        assert (said.stages[id_].reveal, said.stages[id_].activity, said.stages[id_].may) == (
            stage.reveal,
            stage.activity,
            stage.may,
        )
    own = spoken_method(codev, lambda text: {codev.title: "Peer"}.get(text, text))
    assert own.title == "Peer"
    assert own.stages == codev.stages  # no text of theirs was known: none changed


def test_dates_numbers_and_type_follow_the_language():
    day = dt.date(2025, 10, 1)
    said = {}
    for language in NAMES:
        with spoken(language):
            said[language] = (day_words(day), count(1_200, "a", "b", zero=""), join_words(["x", "y"]), typo("Oui ?"))
    assert said["fr"] == ("1er octobre 2025", "1\u202f200\u00a0b", "x et y", "Oui\u202f?")
    assert said["en"] == ("1 October 2025", "1,200\u00a0b", "x and y", "Oui ?")
    assert said["de"] == ("1. Oktober 2025", "1.200\u00a0b", "x und y", "Oui ?")
    assert said["tr"][0] == "1 Ekim 2025"
    with spoken("tr"):
        assert duration_words(65) == "1\u00a0sa\u00a005"


def test_what_is_kept_or_sent_stays_in_french():
    @in_french
    def letter() -> str:
        return day_words(dt.date(2025, 10, 1))

    for language in NAMES:
        with spoken(language):
            assert letter() == "1er octobre 2025"
            if language in WHOLE - {"fr"}:
                assert day_words(dt.date(2025, 10, 1)) != letter()
