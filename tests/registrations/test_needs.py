"""What people write that they need reaches the lists of the day; what is not plain stays in their words."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from maillage.lib.spreadsheets import write_csv
from maillage.registrations.day_lists import day_lists, list_rows
from maillage.registrations.enums import Meal
from maillage.registrations.exports import export_rows
from maillage.registrations.imports import import_registrations, start_import
from maillage.registrations.models import Registration
from maillage.registrations.needs import (
    NUMBER_UNSAID,
    SaidNeeds,
    read_children,
    read_interpreter,
    read_meal,
    read_needs,
)
from maillage.registrations.queries import reading_of
from tests.registrations.day import FILE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("traduction en turc", SaidNeeds(interpreter="turc")),
        ("Traduction vers l’arabe", SaidNeeds(interpreter="arabe")),
        ("traducteur : albanais", SaidNeeds(interpreter="albanais")),
        ("Interprète LSF, repas végétarien", SaidNeeds("vegetarian", 0, "langue des signes")),
        ("un interprète", SaidNeeds(interpreter="langue à préciser")),
        ("garde d'enfant", SaidNeeds(children=1)),
        ("Garde d’enfants", SaidNeeds(children=1, rest=NUMBER_UNSAID)),
        ("garderie, végétarien", SaidNeeds(children=1, meal=Meal.VEGETARIAN, rest=NUMBER_UNSAID)),
        (NUMBER_UNSAID, SaidNeeds(rest=NUMBER_UNSAID)),
        ("Garde d’enfants (2)", SaidNeeds(children=2)),
        ("garde de deux enfants et traduction en turc", SaidNeeds(children=2, interpreter="turc")),
        ("3 enfants à garder", SaidNeeds(children=3)),
        ("repas végétarien", SaidNeeds("vegetarian")),
        ("allergie aux noix, végétarienne", SaidNeeds("vegetarian", rest="allergie aux noix")),
        ("place pour fauteuil roulant", SaidNeeds(rest="place pour fauteuil roulant")),
        ("sans porc", SaidNeeds(rest="sans porc")),
        ("pas de garde d’enfant", SaidNeeds(rest="pas de garde d’enfant")),
        ("je viens avec mon interprète", SaidNeeds(rest="je viens avec mon interprète")),
        ("boucle magnétique ; eau / thé", SaidNeeds(rest="boucle magnétique ; eau / thé")),
        ("aucun", SaidNeeds()),
    ],
)
def test_plain_words_are_understood_and_the_rest_is_kept(text, said):
    assert read_needs(text) == said


def test_cells_of_their_own_are_read():
    assert [read_meal(text) for text in ("mange sur place", "Non", "végétarien", "")] == [
        "any",
        "none",
        "vegetarian",
        "",
    ]
    assert read_meal("halal") is None
    assert [read_children(text) for text in ("2", "deux", "oui", "non", "")] == [2, 2, 1, 0, 0]
    assert read_children("les miens") is None
    assert [read_interpreter(text) for text in ("turc", "LSF", "oui", "non")] == [
        "turc",
        "langue des signes",
        "langue à préciser",
        "",
    ]


@given(st.text())
def test_no_text_makes_the_reader_raise(text):
    said = read_needs(text)
    assert len(said.interpreter) <= 60
    assert 0 <= said.children <= 12
    read_meal(text), read_children(text), read_interpreter(text)


@pytest.mark.django_db
def test_the_lists_of_the_day_hold_what_the_file_says(day):
    import_registrations(gathering=day, content=FILE.read_bytes(), filename=FILE.name, by="essai")
    lists = day_lists(day)
    written = [row.split(";") for row in FILE.read_text("utf-8-sig").splitlines()]
    assert len(lists.interpreters) == sum("traduction" in line[-2] for line in written) > 0
    assert len(lists.childcare) == sum("garde d'enfant" in line[-2] for line in written) > 0
    assert {label: number for label, number, _who in lists.meals} == {
        "mange sur place, sans viande ni poisson": sum("végétarien" in line[-2] for line in written)
    }
    left = {each.registration.needs for each in lists.other}
    assert left == {"place pour fauteuil roulant", "boucle magnétique"}


@pytest.mark.django_db
def test_what_goes_out_comes_back_with_its_meals_children_and_languages(day, space):
    import_registrations(gathering=day, content=FILE.read_bytes(), filename=FILE.name, by="essai")
    Registration.objects.filter(gathering=day, needs="boucle magnétique").update(meal="none", children=3)
    content = write_csv(*export_rows(day))
    waiting = start_import(gathering=day, content=content, filename="a.csv", by="essai")
    assert {"meal", "children", "interpreter"} <= waiting.mapping.keys()  # « 1 » is a child here, not a workshop
    again = reading_of(waiting)
    assert again.of("changed") == ()
    assert again.of("new") == ()
    assert len(again.of("same")) == 128


@pytest.mark.django_db
def test_children_whose_number_nobody_said_are_marked_so_and_come_back_so(client, day, desk):
    rows = [
        ["Ana", "Un", "garde d’enfants, boucle magnétique", ""],
        ["Béa", "Deux", "garde d’enfants", "2"],
        ["Col", "Trois", "", "oui"],
        ["Dao", "Quatre", "garde d’enfant", ""],
    ]
    content = write_csv(["Prénom", "Nom", "Besoins", "Enfants à garder"], rows)
    import_registrations(gathering=day, content=content, filename="a.csv", by="essai")
    said = {row.person.first_name: (row.children, row.needs) for row in Registration.objects.select_related("person")}
    assert said == {
        "Ana": (1, f"{NUMBER_UNSAID}, boucle magnétique"),
        "Béa": (2, ""),
        "Col": (1, NUMBER_UNSAID),
        "Dao": (1, ""),
    }
    lists = day_lists(day)
    assert [each.name for each in lists.childcare if each.children_unsaid] == ["Col Trois", "Ana Un"]
    _headers, printed = list_rows(lists, with_other=False)
    assert [row[3] for row in printed] == ["2", "1", "1 (à préciser)", "1 (à préciser)"]
    client.force_login(desk)
    page = client.get(reverse("registrations:day-lists", args=[day.pk])).content.decode()
    assert page.count("à préciser") == 2
    for again in (content, write_csv(*export_rows(day))):
        waiting = start_import(gathering=day, content=again, filename="b.csv", by="essai")
        assert len(reading_of(waiting).of("same")) == 4
