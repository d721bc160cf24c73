"""A plan made by hand, in a file that errs: nobody is seated where it does not say."""

import pytest

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.people.enums import ActorCategory
from maillage.plans.services import make_plan
from maillage.plans.sheets import FileRefused, export_rows, import_plan
from maillage.registrations.services import PersonDetails, add_registration


@pytest.fixture
def two(space) -> Gathering:
    """Two people, one workshop with tables at each of two moments."""
    day = Gathering.objects.create(space=space, slug="deux", title="Deux", kind="other")
    for position, (slot, title) in enumerate((("Matin", "Codev"), ("Soir", "Débat"))):
        row = Slot.objects.create(gathering=day, position=position, kind="workshops", title=slot)
        Workshop.objects.create(slot=row, position=1, title=title, table_min=1, table_max=4)
    for name in ("Ana", "Bo"):
        details = PersonDetails(name, "Marin", f"{name.lower()}@exemple.invalid", category=ActorCategory.PARTNER)
        add_registration(gathering=day, details=details, by="essai")
    return day


def read(day: Gathering, *lines: str, slot: str = "Créneau") -> list[str]:
    """The places of the plan these lines make, or the sentences that refuse them."""
    head = f"Prénom;Nom;Courriel;{slot};Atelier;Table"
    try:
        plan = import_plan(gathering=day, content="\n".join([head, *lines]).encode(), filename="p.csv", by="essai")
    except FileRefused as refusal:
        assert not day.plans.exists()
        return [each.replace("\u00a0", " ").replace("\u202f", " ") for each in refusal.problems]
    rows = plan.placements.order_by("registration__person__first_name", "slot__position")
    return [f"{row.registration.person.first_name} {row.slot.title} {row.workshop.title} {row.table}" for row in rows]


@pytest.mark.parametrize("typed", ["3", "3.0", "3,0", "03", "Table 3", "table n° 3", "T3", "n°3"])
def test_a_table_is_a_number_however_it_is_written(two, typed):
    assert read(two, f"Ana;Marin;;Matin;Codev;{typed}") == ["Ana Matin Codev 3"]


def test_a_file_of_an_older_release_is_read(two):
    assert read(two, "Ana;Marin;;Matin;Codev;3", slot="Moment") == ["Ana Matin Codev 3"]


@pytest.mark.parametrize("typed", ["-3", "1 et 2", "1/2", "3.5", "=1+2", "²", "٣", "12.5.2025", "1000", "0", "trois"])
def test_what_is_no_number_of_a_table_is_not_read_as_one(two, typed):
    (said,) = read(two, f"Ana;Marin;;Matin;Codev;{typed}")
    assert said.startswith("Ligne 2 : « ")
    assert "n’est pas un numéro de table pour « Codev »" in said


def test_an_address_and_a_name_that_disagree_seat_nobody(two):
    assert read(two, "Ana;Marin;bo@exemple.invalid;Matin;Codev;1") == [
        "Ligne 2 : l’adresse bo@exemple.invalid est celle de Bo Marin, pas de « Ana Marin »."
    ]
    assert read(two, ";;bo@exemple.invalid;Matin;Codev;1") == ["Bo Matin Codev 1"]


def test_two_workshops_of_one_title_are_not_taken_one_for_the_other(two):
    first = Workshop.objects.get(title="Codev")
    Workshop.objects.create(slot=first.slot, position=2, title="Codev", table_min=1, table_max=4)
    (said,) = read(two, "Ana;Marin;;Matin;Codev;1")
    assert "plusieurs ateliers s’appellent « Codev » sur ce créneau" in said


def test_two_moments_of_one_title_are_told_apart_by_their_workshops(two):
    Slot.objects.update(title="Ateliers")
    plan = make_plan(gathering=two, by="essai")
    _headers, rows = export_rows(plan)
    plan.delete()
    lines = [";".join([row[0], row[1], row[2], row[4], row[5], row[6]]) for row in rows]
    assert [place.rsplit(" ", 1)[0] for place in read(two, *lines)] == [
        "Ana Ateliers Codev",
        "Ana Ateliers Débat",
        "Bo Ateliers Codev",
        "Bo Ateliers Débat",
    ]
