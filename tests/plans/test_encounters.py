"""Those who met at an earlier gathering, and agreed that it is remembered, are seated apart if they can; no name."""

import datetime as dt

import pytest

from maillage.gatherings.enums import Composition, GatheringKind, SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.people.models import Person, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.plans.problem import situation_of
from maillage.plans.services import make_plan, move_effect
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration
from tests.plans.test_views import body, staff, url

__all__ = ["staff"]

NAMES = "abcdefgh"


def gathering_of(space: Space, day: dt.date) -> Gathering:
    """Two tables of four for eight people who ask for nothing."""
    gathering = Gathering.objects.create(
        space=space, slug=f"r-{day}", kind=GatheringKind.TERRITORIAL_MEETING, title="Rencontre", date=day
    )
    slot = Slot.objects.create(gathering=gathering, position=1, kind=SlotKind.WORKSHOPS, title="L’atelier")
    Workshop.objects.create(
        slot=slot, position=1, title="Tables", table_min=4, table_max=4, max_people=8, compose=Composition.MIXED
    )
    for name in NAMES:
        person, _new = Person.objects.get_or_create(space=space, first_name=name, last_name="Essai")
        Registration.objects.create(gathering=gathering, person=person)
    return gathering


@pytest.fixture
def earlier(space) -> Gathering:
    """a, b, c, d were at table 1, the others at table 2; everybody agreed."""
    gathering = gathering_of(space, dt.date(2025, 5, 16))
    plan = Plan.objects.create(gathering=gathering, status=PlanStatus.PUBLISHED, by="essai")
    workshop = Workshop.objects.get(slot__gathering=gathering)
    for row in gathering.registrations.select_related("person"):
        table = 1 if row.person.first_name in "abcd" else 2
        Placement.objects.create(plan=plan, registration=row, slot=workshop.slot, workshop=workshop, table=table)
    gathering.registrations.update(remember_encounters=True)
    return gathering


@pytest.fixture
def now(space, earlier) -> Gathering:
    return gathering_of(space, dt.date(2025, 10, 2))


def met(gathering: Gathering) -> set[str]:
    """« ab »: a and b met before."""
    situation = situation_of(gathering)
    name = {key: row.person.first_name for key, row in situation.registrations.items()}
    return {"".join(sorted((name[each.a], name[each.b]))) for each in situation.problem.encounters}


def test_those_who_shared_a_table_and_agreed_have_met_and_nobody_else(earlier, now):
    assert met(now) == {"ab", "ac", "ad", "bc", "bd", "cd", "ef", "eg", "eh", "fg", "fh", "gh"}
    assert met(earlier) == set()  # what comes later is not before

    rows = {row.person.first_name: row for row in earlier.registrations.select_related("person")}
    Registration.objects.filter(pk__in=[rows["a"].pk, rows["e"].pk, rows["f"].pk]).update(remember_encounters=False)
    Registration.objects.filter(pk=rows["g"].pk).update(presence=Presence.ABSENT)
    assert met(now) == {"bc", "bd", "cd"}  # the agreement of both is needed, and their being there

    earlier.plans.update(status=PlanStatus.REPLACED)
    assert met(now) == set()


def test_what_was_in_another_space_is_not_known_here(earlier, now):
    Gathering.objects.filter(pk=earlier.pk).update(space=Space.objects.create(slug="ailleurs", name="Ailleurs"))
    assert met(now) == set()


def test_the_plan_seats_them_apart_and_says_how_many_without_a_name(staff, earlier, now):
    plan = make_plan(gathering=now, by="essai")
    at_first = set(plan.placements.filter(table=1).values_list("registration__person__first_name", flat=True))
    assert len(at_first & set("abcd")) == 2

    page = body(staff.get(url("plan", now)))
    assert "On tient compte de 12 rencontres passées, avec l’accord des personnes." in page
    assert "4 paires se retrouvent à une même table." in page
    one, other = (plan.placements.filter(table=table, registration__person__first_name__in="abcd") for table in (1, 2))
    effect = move_effect(one.first(), other.first().workshop, 2)
    said = [*plan.notes, *effect.worse, *effect.better, *plan.placements.values_list("reason", flat=True)]
    assert said
    assert not any("précédente" in sentence for sentence in said)


def test_without_agreement_nothing_is_said(staff, earlier, now):
    earlier.registrations.update(remember_encounters=False)
    make_plan(gathering=now, by="essai")
    assert "rencontres passées" not in body(staff.get(url("plan", now)))
