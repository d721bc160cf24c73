"""French typography: what a reader of a generated sentence sees."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maillage.lib.typography import count, join_words, typo

N = "\u202f"
B = "\u00a0"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Pourquoi? Parce que!", f"Pourquoi{N}? Parce que{N}!"),
        ("Pourquoi ?", f"Pourquoi{N}?"),
        ("Quoi?!", f"Quoi{N}?!"),
        ("Thème: la coopération ; suite", f"Thème{B}: la coopération{N}; suite"),
        ("« bonjour »", f"«{N}bonjour{N}»"),
        ("«bonjour»", f"«{N}bonjour{N}»"),
        ('Il dit "oui" puis "non".', f"Il dit «{N}oui{N}» puis «{N}non{N}»."),
        ('l\'"atelier"', f"l’«{N}atelier{N}»"),
        ("un écran de 24\" et c'est tout", 'un écran de 24" et c’est tout'),
        ("l'isolement, aujourd'hui", "l’isolement, aujourd’hui"),
        ("attendez...", "attendez…"),
        ("attendez.....", "attendez…"),
        ("Strasbourg - Metz -- Nancy", "Strasbourg – Metz – Nancy"),
        ("- un point de liste", "- un point de liste"),
        ("rendez-vous à Saint-Dié", "rendez-vous à Saint-Dié"),
        ("de 14:30 à 16:00, rapport 3:1", "de 14:30 à 16:00, rapport 3:1"),
        ("À 14:30: accueil", f"À 14:30{B}: accueil"),
        ("voir https://exemple.fr/a?b=c;d!e:f ?", f"voir https://exemple.fr/a?b=c;d!e:f{N}?"),
        ("https://exemple.fr/?q=l'eau...", "https://exemple.fr/?q=l'eau…"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("o'neil@exemple.fr!", f"o'neil@exemple.fr{N}!"),
        ("12 % et 30 €", f"12{N}% et 30{N}€"),
        ("(?) et « ? »", f"(?) et «{N}?{N}»"),
        ("", ""),
        ("!", "!"),
    ],
)
def test_typo_plain(before, after):
    assert typo(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="/x?y=1;z" title="l\'eau !">Ici !</a>', f'<a href="/x?y=1;z" title="l\'eau !">Ici{N}!</a>'),
        ("Ville &amp; quartier; suite", f"Ville &amp; quartier{N}; suite"),
        ("l&#x27;eau dite &quot;claire&quot;", f"l’eau dite «{N}claire{N}»"),
        ("l'<em>eau</em> ?", f"l’<em>eau</em>{N}?"),
        ("« <b>gras</b> »", f"«{N}<b>gras</b>{N}»"),
        ("<pre>a ? b : c ;</pre> vraiment ?", f"<pre>a ? b : c ;</pre> vraiment{N}?"),
        ("<p>? </p>", "<p>? </p>"),
        ("&lt;script&gt;", "&lt;script&gt;"),
    ],
)
def test_typo_html_touches_only_what_is_read(before, after):
    assert typo(before, medium="html") == after


PIECES_OF_HTML = ["</b>", "&amp;", "&quot;", "&#x27;", "\ue000", "\ue001", "<pre>", "</pre>"]
PIECES = st.lists(
    st.sampled_from(
        [
            *" \n\u00a0\u202f\t!?;:.…«»\"'’()[]-–<>&@/%€",
            *("a", "l", "É", "14", "...", "https://a.fr/?b", "x@y.fr", "<b>"),
            *PIECES_OF_HTML,
        ]
    ),
    max_size=14,
).map("".join)


@given(text=st.one_of(PIECES, st.text()), medium=st.sampled_from(["plain", "html"]))
@example(text='""a""', medium="plain")
def test_typo_twice_is_typo_once(text, medium):
    once = typo(text, medium=medium)
    assert typo(once, medium=medium) == once


@given(text=st.one_of(PIECES, st.text()))
def test_typo_plain_loses_no_letter(text):
    def letters(value):
        return [c for c in value if c.isalnum()]

    assert letters(typo(text)) == letters(text)


def test_join_words():
    assert join_words([]) == ""
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b"]) == "a et b"
    assert join_words(["a", "b", "c"]) == "a, b et c"
    assert join_words(["a", "b"], last="ou") == "a ou b"


def test_count_never_says_zero_plural():
    assert count(0, "personne", "personnes", zero="aucune personne") == "aucune personne"
    assert count(1, "personne", "personnes", zero="aucune personne") == f"1{B}personne"
    assert count(1200, "personne", "personnes", zero="aucune personne") == f"1{N}200{B}personnes"
