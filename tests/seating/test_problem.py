"""A problem refuses what cannot be, naming the person, the field and the bound. A plan survives JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seating import Encounter, InvalidPlan, InvalidProblem, Lock, Pair, Person, Plan, Problem, Seat, Weights, Workshop

ROOM = Workshop(id="a", slot="s", name="Atelier A", maximum=5)
TABLES = Workshop(id="t", slot="s", maximum=5, tables=(2, 3), table_count=2)


def with_person(**fields: object) -> Problem:
    person = Person(id="ana", name="Ana", category="partner", **fields)  # type: ignore[arg-type]
    return Problem(slots=("s",), people=(person,), workshops=(ROOM, TABLES))


def with_pairs(**fields: object) -> Problem:
    person = Person(id="ana", category="partner")
    return Problem(slots=("s",), people=(person,), workshops=(ROOM,), **fields)  # type: ignore[arg-type]


def room(**fields: object) -> Workshop:
    return Workshop(**{"id": "a", "slot": "s", "maximum": 5, **fields})  # type: ignore[arg-type]


REFUSALS: list[tuple[Callable[[], object], str, str, str]] = [
    (
        lambda: with_person(needs="rampe"),
        "Person.needs",
        "ana",
        "Ana : le besoin devrait être une liste de textes, pas « rampe ».",
    ),
    (
        lambda: with_person(wishes={"s": "a"}),
        "Person.wishes",
        "ana",
        "Ana : le souhait devrait être une liste de textes, pas « a ».",
    ),
    (
        lambda: with_person(wishes=("a",)),
        "Person.wishes",
        "ana",
        "Ana : le souhait devrait être donné par créneau, pas « ('a',) ».",
    ),
    (
        lambda: with_person(organisation=12),
        "Person.organisation",
        "ana",
        "ana : la structure devrait être un texte, pas « 12 ».",
    ),
    (
        lambda: room(maximum=None),
        "Workshop.maximum",
        "a",
        "Atelier « a » : le maximum devrait être un nombre entier, pas vide.",
    ),
    (
        lambda: room(minimum=2.5),
        "Workshop.minimum",
        "a",
        "Atelier « a » : le minimum devrait être un nombre entier, pas « 2.5 ».",
    ),
    (
        lambda: room(tables=(2,)),
        "Workshop.tables",
        "a",
        "Atelier « a » : la taille des tables va d’un nombre à un autre ; reçu : 2.",
    ),
    (
        lambda: with_pairs(ties=(("CAF", "CAF"),)),
        "Problem.ties",
        "",
        "Un lien de financement ou d’encadrement unit deux structures, pas : CAF, CAF.",
    ),
    (lambda: Person(id="", category="partner"), "Person.id", "", "Une personne n’a pas d’identifiant."),
    (lambda: Person(id="ana", category=""), "Person.category", "ana", "ana n’a pas de catégorie d’acteur."),
    (
        lambda: with_person(wishes={"s": ("a", "a", "a")}),
        "Person.wishes",
        "ana",
        "Ana demande 3 fois l’atelier « a » : une fois suffit.",
    ),
    (
        lambda: with_person(wishes={"s": ("gone",)}),
        "Person.wishes",
        "ana",
        "Ana demande l’atelier « gone », qui n’est pas proposé au créneau « s ».",
    ),
    (lambda: with_person(wishes={"soir": ()}), "Person.wishes", "ana", "Ana : le créneau « soir » n’existe pas."),
    (
        lambda: with_person(absent_slots=frozenset({"soir"})),
        "Person.absent_slots",
        "ana",
        "Ana : le créneau « soir » n’existe pas.",
    ),
    (
        lambda: with_person(locks={"s": Lock("gone")}),
        "Person.locks",
        "ana",
        "Ana a une place fixée à l’atelier « gone », qui n’est pas proposé au créneau « s ».",
    ),
    (
        lambda: with_person(locks={"s": Lock("a", 1)}),
        "Person.locks",
        "ana",
        "Ana a une place fixée à la table 1 de « Atelier A », qui n’a pas de tables.",
    ),
    (
        lambda: with_person(locks={"s": Lock("t", 3)}),
        "Person.locks",
        "ana",
        "Ana a une place fixée à la table 3 de « t », qui en a 2.",
    ),
    (lambda: Lock("t", 0), "Lock.table", "", "Place fixée à la table 0 : les tables se comptent à partir de 1."),
    (
        lambda: Workshop(id="a", slot="s", maximum=0),
        "Workshop.maximum",
        "a",
        "Atelier « a » : le maximum est de 0 ; il faut au moins une place.",
    ),
    (
        lambda: Workshop(id="a", slot="s", maximum=3, minimum=4),
        "Workshop.minimum",
        "a",
        "Atelier « a » : le minimum (4) dépasse le maximum (3).",
    ),
    (
        lambda: Workshop(id="a", slot="s", maximum=3, tables=(4, 3)),
        "Workshop.tables",
        "a",
        "Atelier « a » : des tables de 4 à 3 personnes ne sont pas possibles.",
    ),
    (
        lambda: Workshop(id="a", slot="s", maximum=3, table_count=3),
        "Workshop.table_count",
        "a",
        "Atelier « a » : un nombre de tables est donné, mais pas leur taille.",
    ),
    (
        lambda: Workshop(id="a", slot="s", maximum=3, compose="tas"),  # type: ignore[arg-type]
        "Workshop.compose",
        "a",
        "Atelier « a » : composition inconnue : « tas » (mixed, free ou peers).",
    ),
    (lambda: Pair("ana", "ana"), "Pair.b", "ana", "Une paire lie « ana » à la même personne."),
    (
        lambda: Encounter("ana", "bob", 101),
        "Encounter.weight",
        "ana",
        "Rencontre de « ana » et « bob » : poids 101, attendu de 1 à 100.",
    ),
    (
        lambda: Weights(met=1_001),
        "Weights.met",
        "",
        "Poids « met » : 1001 ; attendu un nombre entier de 0 à 1000.",
    ),
    (
        lambda: with_pairs(together=(Pair("ana", "bob"),)),
        "Pair.b",
        "bob",
        "La personne « bob » n’est pas inscrite.",
    ),
    (
        lambda: Problem(slots=("s", "u"), people=(), workshops=(ROOM,)),
        "Problem.workshops",
        "u",
        "Aucun atelier au créneau « u ».",
    ),
    (
        lambda: Problem(slots=("s",), people=(), workshops=(ROOM, ROOM)),
        "Problem.workshops",
        "a",
        "L’identifiant « a » sert deux fois (atelier).",
    ),
    (
        lambda: Problem(
            slots=("s",), people=tuple(Person(id=str(i), category="other") for i in range(5_001)), workshops=(ROOM,)
        ),
        "Problem.people",
        "",
        "5001 personnes : la répartition en traite 5000 au plus. Répartissez-les en plusieurs rencontres.",
    ),
]


@pytest.mark.parametrize(("make", "where", "who", "sentence"), REFUSALS)
def test_a_refusal_names_the_field_the_person_and_the_bound(
    make: Callable[[], object], where: str, who: str, sentence: str
) -> None:
    with pytest.raises(InvalidProblem) as refusal:
        make()
    assert (refusal.value.field, refusal.value.who, refusal.value.sentence) == (where, who, sentence)


def test_chains_of_together_are_one_cluster() -> None:
    people = tuple(Person(id=x, category="other") for x in "abcde")
    problem = Problem(
        slots=("s",), people=people, workshops=(ROOM,), together=(Pair("d", "b"), Pair("b", "a"), Pair("c", "e", "s"))
    )
    assert sorted(problem.clusters("s")) == [("a", "b", "d"), ("c", "e")]


seats = st.dictionaries(
    st.tuples(st.text(min_size=1, max_size=4), st.sampled_from(["matin", "midi"])),
    st.builds(Seat, st.text(min_size=1, max_size=4), st.none() | st.integers(1, 40), st.booleans()),
    max_size=8,
)
ranks = st.dictionaries(
    st.sampled_from(["matin", "midi"]), st.dictionaries(st.sampled_from(["1", "2", "other"]), st.integers(0, 9))
)


@given(
    st.builds(
        Plan,
        seats=seats,
        regret=st.integers(0, 99),
        ranks=ranks,
        notes=st.lists(st.text(max_size=9)).map(tuple),
        seed=st.integers(0, 99),
        proven=st.booleans(),
    )
)
def test_a_plan_survives_json(plan: Plan) -> None:
    back = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
    assert back == plan
    assert back.digest() == plan.digest()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"format": 0}, "Répartition au format 0 ; attendu : 1."),
        ({"seats": None}, "illisible"),
        ({"seats": [{"person": "a"}]}, "il manque 'slot'"),
        ({"regret": "beaucoup"}, "illisible"),
        ({"ranks": []}, "illisible"),
    ],
)
def test_what_is_not_a_plan_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidPlan, match=sentence):
        Plan.from_dict({**Plan({}).to_dict(), **change})


def test_two_seats_for_one_person_are_refused() -> None:
    data = Plan({("ana", "matin"): Seat("a")}).to_dict()
    data["seats"] *= 2
    with pytest.raises(InvalidPlan, match="« ana » a deux places au créneau « matin »"):
        Plan.from_dict(data)


def test_a_workshop_removed_after_the_wishes_has_a_way_out() -> None:
    with pytest.raises(InvalidProblem) as refusal:
        with_person(wishes={"s": ("gone",)})
    assert refusal.value.way_out == ("Remettez l’atelier au programme, ou retirez-le de sa fiche : le reste est gardé.")
