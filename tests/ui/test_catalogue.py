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
