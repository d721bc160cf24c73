"""Sentences that say the same are put side by side; those that only share words are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.lib.likeness import group_alike, most_typical

SAME = [
    ("Avoir le temps de se rencontrer", "Prendre le temps de la rencontre"),
    ("Associer les habitants dès le début", "Les habitants associés dès le départ"),
    ("Commencer petit, avec des gens qui en ont envie", "Commencer par de petites choses"),
    ("Se parler avant de décider, pas après", "Décider après s’être parlé"),
    ("Coopérer, c’est faire ensemble", "La coopération, faire ensemble"),
    ("Un référent dans chaque quartier", "Que chaque quartier ait un référent"),
]
OTHER = [
    ("Une règle commune", "Sans règle commune"),
    ("Une règle commune", "Un but commun"),
    ("Des moyens pour durer", "Un financement sur trois ans"),
    ("Le bailleur répond aux habitants", "La mairie répond aux associations"),
    ("Qui fait quoi doit être clair", "Le bailleur doit être là"),
    ("", "…"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_idea_in_other_words_is_one_group(one, other):
    alone = ["Un local ouvert le soir", "Former les élus aux quartiers"]
    assert group_alike([one, *alone, other]) == [[0, 3], [1], [2]]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_idea_is_not_however_many_words_they_share(one, other):
    assert group_alike([one, other]) == [[0], [1]]


def test_all_of_a_day_at_once_keeps_those_groups_and_makes_no_other():
    texts = [text for pair in SAME for text in pair]
    assert group_alike(texts) == [[n, n + 1] for n in range(0, len(texts), 2)]


def test_a_group_never_drifts_from_neighbour_to_neighbour():
    chain = ["temps rencontre quartier", "rencontre quartier habitants", "quartier habitants bailleur"]
    for group in group_alike(chain, alike=0.6):
        assert group in ([0], [1], [2], [0, 1], [1, 2])


def test_the_sentence_that_stands_for_all_is_the_nearest_to_each():
    texts = ["Se parler plus tôt", "Se parler tôt, se parler vrai, et décider ensuite", "Se parler tôt"]
    assert texts[most_typical(texts)] == "Se parler tôt"
    assert most_typical(["Seule"]) == 0


@given(st.lists(st.text(max_size=60), max_size=12))
def test_every_sentence_is_in_one_group_and_the_order_is_the_same_each_time(texts):
    groups = group_alike(texts)
    assert sorted(position for group in groups for position in group) == list(range(len(texts)))
    assert groups == group_alike(texts)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
