import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.registrations.mapping import FIELDS, BadMapping, check_mapping, propose_mapping, read_wish_key
from tests.registrations.day import OFFER, day_table


def test_the_real_file_needs_no_correction():
    table = day_table()

    assert propose_mapping(table.headers, table.rows, OFFER) == {
        "registered_at": 0,
        "first_name": 1,
        "last_name": 2,
        "email": 3,
        "phone": 4,
        "category": 5,
        "organisation": 6,
        "commune": 7,
        "territory": 8,
        "wish:m:1": 9,
        "wish:m:2": 10,
        "wish:m:3": 11,
        "wish:a:1": 12,
        "wish:a:2": 13,
        "wish:a:3": 14,
        "volunteer": 15,
        "subject": 16,
        "needs": 17,
        "newsletter": 18,
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("PRENOM", "first_name"),
        ("Votre nom", "last_name"),
        ("Nom et prénom", "full_name"),
        ("Adresse mail professionnelle", "email"),
        ("E-mail", "email"),
        ("N° de portable", "phone"),
        ("Catégorie d'acteur", "category"),
        ("Nom de la structure", "organisation"),
        ("Ville / commune", "commune"),
        ("EPCI", "territory"),
        ("Avez-vous des besoins particuliers ?", "needs"),
        ("Je m'abonne à la newsletter", "newsletter"),
        ("Date d'inscription", "registered_at"),
        ("Souhaitez-vous apporter un sujet ?", "volunteer"),
    ],
)
def test_a_header_in_other_words_is_recognised(header, field):
    assert propose_mapping([header], [], OFFER) == {field: 0}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["1er choix - matin", "2e choix - matin"], ["wish:m:1", "wish:m:2"]),
        (["Vœu n°2 après-midi", "Vœu n°1 après-midi"], ["wish:a:2", "wish:a:1"]),
        (["Testons les coopérations : premier choix d’atelier"], ["wish:a:1"]),
        (["Atelier créneau 2"], ["wish:a:1"]),
        (["Atelier (matin)", "Atelier (matin) bis"], ["wish:m:1", "wish:m:2"]),
    ],
)
def test_wish_columns_without_values_are_told_by_their_header(headers, expected):
    mapping = propose_mapping(headers, [], OFFER)

    assert {key: column for column, key in enumerate(expected)} == mapping


def test_values_tell_the_slot_when_the_header_does_not():
    rows = [["Marie", "coop ou PAS coop", "le village des solidarites"], ["Paul", "Anarchaise", ""]]

    assert propose_mapping(["Prénom", "Réponse A", "Réponse B"], rows, OFFER) == {
        "first_name": 0,
        "wish:a:1": 1,
        "wish:m:1": 2,
    }


def test_a_choice_of_something_else_is_no_wish():
    assert propose_mapping(["Prénom", "Choix du repas"], [["Marie", "végétarien"]], OFFER) == {
        "first_name": 0,
        "meal": 1,
    }


def test_one_name_column_of_two_words_is_a_full_name():
    assert propose_mapping(["Nom"], [["Marie Curie"], ["Paul Langevin"]], OFFER) == {"full_name": 0}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [({"email": 0}, "la colonne du nom"), ({"last_name": 7}, "n’existe pas"), ({"wish:x:1": 0}, "n’existe pas")],
)
def test_a_mapping_that_cannot_be_read_is_refused_in_words(mapping, said):
    with pytest.raises(BadMapping) as refusal:
        check_mapping(mapping, 2, OFFER)

    assert said in refusal.value.sentence


@settings(deadline=None)
@given(
    headers=st.lists(
        st.text(max_size=40) | st.sampled_from(["Nom", "choix 1", "atelier choix 99", "matin"]), max_size=12
    ),
    cells=st.lists(st.lists(st.text(max_size=20) | st.sampled_from(["Anarchaise"]), max_size=12), max_size=5),
)
def test_any_table_gets_a_mapping_of_its_own_columns(headers, cells):
    mapping = propose_mapping(headers, cells, OFFER)

    assert sorted(set(mapping.values())) == sorted(mapping.values())  # a column serves once
    assert all(0 <= column < len(headers) for column in mapping.values())
    assert all(key in FIELDS or read_wish_key(key) is not None for key in mapping)
