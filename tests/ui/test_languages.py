"""A device chooses its language; a page speaks it where it has it, and French everywhere else."""

import datetime as dt
import gettext
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import django
import pytest
from django.db import OperationalError
from django.template import Context, Template

from facilitation import shipped_methods
from facilitation.spoken import spoken_method
from maillage.config import refusing
from maillage.config.closed_door import page as closed_page
from maillage.lib.dates import day_words
from maillage.lib.languages import FRENCH, NAMES, SIMPLE, WHOLE, in_french, offered, said, spoken
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
    assert choose(client, "en", origin="null").status_code == 403
    kept = choose(client, "en", origin="null", sec_fetch_site="same-origin")  # from a page that says `no-referrer`
    assert (kept.status_code, kept.cookies["langue"].value) == (302, "en")
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
    assert said[SIMPLE] == said["fr"]
    assert said["fr"] == ("1er octobre 2025", "1\u202f200\u00a0b", "x et y", "Oui\u202f?")
    assert said["en"] == ("1 October 2025", "1,200\u00a0b", "x and y", "Oui ?")
    assert said["de"] == ("1. Oktober 2025", "1.200\u00a0b", "x und y", "Oui ?")
    assert said["tr"][0] == "1 Ekim 2025"
    shown = Template('{{ day|date:"j F Y" }} {{ day|date:"l j F" }} {{ late|date:"j F, H:i" }}')
    late = dt.datetime(2025, 10, 2, 9, 5, tzinfo=ZoneInfo("Europe/Paris"))
    for language, words in {
        "fr": "1er octobre 2025 mercredi 1er octobre 2 octobre, 09:05",
        SIMPLE: "1er octobre 2025 mercredi 1er octobre 2 octobre, 09:05",
        "de": "1. Oktober 2025 Mittwoch 1. Oktober 2. Oktober, 09:05",
        "en": "1 October 2025 Wednesday 1 October 2 October, 09:05",
    }.items():
        with spoken(language):
            assert shown.render(Context({"day": day, "late": late})) == words
    with spoken("ar"):
        assert join_words(["x", "y", "z"]) == "x، y و z"
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


@pytest.mark.parametrize("language", [*catalogues.TRANSLATED, SIMPLE])
def test_a_language_counts_as_it_does_and_says_each_of_its_forms(language):
    """Arabic has six forms, the rule is its own; a count between none and thousands takes the one it should."""
    kept = catalogues.LOCALE / catalogues.FOLDERS.get(language, language) / "LC_MESSAGES" / "django.mo"
    ours = compiled(kept)
    home = Path(django.__file__).parent / "conf/locale" / language.partition("-")[0] / "LC_MESSAGES/django.mo"
    theirs = compiled(home)
    numbers = [*range(130), 200, 999, 1_000, 100_002]
    assert [ours.plural(number) for number in numbers] == [min(theirs.plural(n), forms(ours) - 1) for n in numbers]
    counted = [entry for entry in catalogues.sentences(language).values() if entry.many and all(entry.said)]
    assert len(counted) > (0 if language == SIMPLE else 20)
    assert {len(entry.said) for entry in counted} == {forms(ours)}
    for entry in counted:
        assert [ours.ngettext(entry.one, entry.many, n) for n in (0, 1, 2, 3, 11, 100)] == [
            entry.said[ours.plural(n)] for n in (0, 1, 2, 3, 11, 100)
        ]


def compiled(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def forms(catalogue: gettext.GNUTranslations) -> int:
    return int(catalogue.info()["plural-forms"].partition("nplurals=")[2].partition(";")[0])


def test_simple_french_is_chosen_beside_the_others_and_read_as_french(client):
    assert "Français simple" in shown(client, "/donnees/")
    answer = choose(client, SIMPLE, "/donnees/")
    assert answer.cookies["langue"].value == SIMPLE
    html = shown(client, "/donnees/")
    assert '<html lang="fr">' in html  # what a voice reads with
    assert 'value="fr-simple" lang="fr" dir="ltr" aria-current="true">Français simple</button>' in html
    assert "Voici ce que nous gardons sur vous. Voici qui le lit." in html
    assert "Vous pouvez écrire à la CNIL. La CNIL protège les informations des personnes en France\u00a0:" in html
    assert "<h2>Combien de temps</h2>" in html  # what has no simpler words is said in the usual ones
    other = shown(client, "/a-propos/")  # not a page of participants: French, as it is
    assert 'aria-current="true">Français</button>' in other
    assert "Français simple" not in other
    assert "language-offer" not in other


def test_simple_french_keeps_to_our_sentences_their_places_and_short_ones(monkeypatch):
    said_so = {
        "Bonjour {name}": "Salut {nom}",
        "Il part": "mot " * 20,
        "Plus rien": "Rien",
        "Venez": "Venez. Asseyez-vous.",
    }
    entries = {("", one): po.Entry(one, said=[words]) for one, words in said_so.items()}
    monkeypatch.setattr(catalogues, "sentences", lambda _language: entries)
    asked = {key: po.Entry(key[1]) for key in entries if key[1] != "Plus rien"}
    assert [fault.partition(" : ")[0] for fault in catalogues.simple_faults(asked)] == [
        "repères ou balises différents",
        "plus de 16 mots",
        "n’est plus une phrase de Maillage",
    ]


def test_pages_of_a_fault_say_the_same_in_the_language_that_was_chosen(rf, monkeypatch):
    def answer(error: Exception, language: str, path: str = "/rencontres/") -> tuple[int, str]:
        request = rf.get(path)
        request.COOKIES["langue"] = language
        try:
            raise error
        except type(error):
            page = refusing.say_fault(request)
        return page.status_code, page.content.decode()

    for status, error in ((500, KeyError("x")), (503, OperationalError("unable to open database file"))):
        words = refusing.FAILED[status]
        code, french = answer(error, FRENCH)
        assert code == status
        assert all(typo(str(sentence)) in french for sentence in words.values())
        code, html = answer(error, "en")
        assert (code, '<html lang="en">' in html) == (status, True)
        with spoken("en"):
            assert all(str(sentence) in html for sentence in words.values())
        assert str(words["heading"]) not in html
        assert '<html lang="ar" dir="rtl">' in answer(error, "ar")[1]
        assert answer(error, "en", "/liste.csv")[1] == answer(error, "zz")[1] == french

    monkeypatch.setattr(refusing, "render_to_string", broken(refusing.render_to_string))
    assert answer(KeyError("x"), "en") == (500, answer(KeyError("x"), FRENCH)[1])  # the page of another language fails


def broken(render):
    def rendered(name, *arguments):
        if name == "ui/failed.html":
            raise RuntimeError("no template can be read")
        return render(name, *arguments)

    return rendered


def test_closed_door_speaks_what_was_chosen():
    french = closed_page("").decode()
    assert '<html lang="fr" dir="ltr">' in french
    assert "Ouverture en cours" in french
    assert closed_page("langue=zz; x").decode() == french
    english = closed_page("a=b; langue=en").decode()
    assert '<html lang="en" dir="ltr">' in english
    assert "Ouverture en cours" not in english
    assert '<html lang="ar" dir="rtl">' in closed_page("langue=ar").decode()


def test_text_we_ship_is_said_while_it_is_ours_and_anybody_s_stays():
    assert said("oui") == "oui"
    with spoken("en"):
        assert (said("oui"), said("Ce que quelqu’un a écrit"), said("")) == ("yes", "Ce que quelqu’un a écrit", "")


def test_no_filter_is_inside_a_sentence():
    """`blocktranslate` looks for a value of that very name, and says nothing."""
    inside = re.compile(r"{% blocktranslate.*?%}(.*?){% endblocktranslate %}", re.DOTALL)
    for path in catalogues.LOCALE.parents[1].rglob("*.html"):
        for sentence in inside.findall(path.read_text(encoding="utf-8")):
            assert not re.search(r"{{[^}]*\|", sentence), (path, sentence)
