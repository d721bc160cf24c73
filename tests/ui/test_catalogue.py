"""French without a real catalogue says « 0 personnes »: Django then counts as English does."""

import ast
import re
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext, ngettext

import maillage
from maillage.lib.typography import typo

SOURCE = Path(maillage.__file__).parent
CATALOGUE = SOURCE / "ui/locale/fr/LC_MESSAGES/django.po"
PLURALS = {"ngettext", "ngettext_lazy"}


def plural_pairs():
    """Every pair of sentences the code hands to ngettext."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in PLURALS:
                one, many = node.args[:2]
                if isinstance(one, ast.Constant) and isinstance(many, ast.Constant):
                    yield one.value, many.value


def test_zero_is_singular_for_every_counted_sentence():
    pairs = list(plural_pairs())
    assert len(pairs) > 10
    with translation.override("fr"):
        wrong = [
            one for one, many in pairs if (ngettext(one, many, 0), ngettext(one, many, 2)) != (typo(one), typo(many))
        ]
    assert wrong == []  # a sentence that is not in the catalogue: run make messages


def test_the_catalogue_changes_no_word_and_sets_french_spaces():
    with translation.override("fr"):
        assert gettext("Entrer dans un atelier") == "Entrer dans un atelier"
        assert gettext("Supprimer la rencontre ?") == "Supprimer la rencontre\u202f?"
    pairs = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(pairs) > 1_000
    assert [one for one, shown in pairs if shown != typo(one)] == []


OF_TIME = re.compile(
    r"([Ee]n ce|pour le|au|vécu ce) moment|moment (où|difficile|a été vécu)|deux moments|le moment et la façon"
    r"|[{(]moment[})]|^(de )?moment$"
)


def test_a_part_of_the_programme_is_called_one_thing():
    """« Créneau », as the glossary says; a moment is one of time."""
    said = re.findall(r'^msgid(?:_plural)? "(.+)"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert "Ajouter un créneau" in said
    assert [one for one in said if re.search(r"\bmoments?\b", OF_TIME.sub("", one), re.IGNORECASE)] == []


# Names, units and addresses: the same in every language.
SAME = {
    "CSV", "JSON", "GraphML", "PDF", "HTML5", "CSS", "JavaScript", "SVG", "WAI-ARIA", "SIRET", "Maillage", "min",
    "maillage", "carry", "in", "FICHIER", "sign-in-link", "eml", "cnil", "fr", "plaintes", "api", "v1", "quartiers",
    "page", "departement", "amp", "nbsp",
}  # fmt: skip
FRENCH = re.compile(r"/letters/|/50[03]\.html$")  # what is sent; what is left when all the rest is broken
BLOCKS = r"{%\s*block body_class\b.*?{%\s*endblock\s*%}|{%\s*blocktrans.*?{%\s*endblocktrans\w*\s*%}"
NOT_WORDS = re.compile(
    BLOCKS + r"|<(script|style)\b.*?</\1>|{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->",
    re.DOTALL,
)
READ = re.compile(r'\s(?:aria-label|alt|placeholder|title)="([^"]*)"')
TAG = re.compile(r"<[^<>]*>")
WORD = re.compile(r"[^\W\d_]{2,}(?:-[^\W\d_]+)*\d*")


def test_no_word_of_a_page_stands_outside_its_sentences():
    """A word that no tag says is read in French by everybody."""
    pages = [path for path in sorted(SOURCE.rglob("*.html")) if not FRENCH.search(path.as_posix())]
    assert len(pages) > 200
    astray = {}
    for path in pages:
        page = NOT_WORDS.sub("", path.read_text(encoding="utf-8"))
        read = [*READ.findall(page), TAG.sub(" ", page)]
        words = {word for text in read for word in WORD.findall(text) if not word.startswith("data-")} - SAME
        if words:
            astray[path.relative_to(SOURCE).as_posix()] = words
    assert astray == {}
