"""Sign-in sheets by half-day: everybody on each, before any plan, whatever the rooms."""

import datetime as dt

import pytest
from django.urls import reverse

from maillage.gatherings.models import Slot
from maillage.lib.matching import fold
from maillage.plans.services import make_plan, publish_plan
from maillage.reports.facts import badge_facts, sign_in_facts
from maillage.reports.half_days import half_day_facts, half_days, make_half_day_sheets
from tests.plans.conftest import full_day  # noqa: F401 - the real day
from tests.registrations.conftest import day, desk, organiser, space, territories  # noqa: F401
from tests.reports.test_documents import text_of


def slot(kind: str, starts_at: dt.time | None = None) -> Slot:
    return Slot(kind=kind, title=kind, starts_at=starts_at)


@pytest.mark.parametrize(
    ("slots", "said"),
    [
        ([slot("plenary"), slot("break"), slot("workshops")], ["Matin", "Après-midi"]),
        ([slot("plenary"), slot("workshops")], ["Journée"]),
        ([slot("break"), slot("workshops")], ["Journée"]),
        ([], ["Journée"]),
        ([slot("plenary", dt.time(9)), slot("workshops", dt.time(14))], ["Matin", "Après-midi"]),
        ([slot("plenary", dt.time(9)), slot("break"), slot("workshops", dt.time(11))], ["Matin"]),
        ([slot("workshops", dt.time(13))], ["Après-midi"]),
    ],
)
def test_half_days_follow_the_times_else_the_pause(slots, said):
    assert half_days(slots) == said


@pytest.mark.django_db
def test_everybody_registered_is_on_each_sheet_and_who_cancelled_on_none(full_day):  # noqa: F811
    gone = full_day.registrations.order_by("pk").first()
    gone.status = "cancelled"
    gone.save()
    assert [sheet["workshop"] for sheet in half_day_facts(full_day)["sheets"]] == ["Émargement\u00a0: journée"]
    Slot.objects.create(gathering=full_day, position=50, kind="break", title="Repas")
    Slot.objects.create(gathering=full_day, position=51, kind="plenary", title="Clôture")
    facts = half_day_facts(full_day)
    halves = ["Émargement\u00a0: matin", "Émargement\u00a0: après-midi"]
    assert [sheet["workshop"] for sheet in facts["sheets"]] == halves
    assert all(len(sheet["people"]) == 127 for sheet in facts["sheets"])
    printed = text_of(make_half_day_sheets(full_day))
    assert "127 personnes inscrites" in printed
    names = {each.person.last_name for each in full_day.registrations.filter(status="registered")}
    assert all(name in printed for name in names)


@pytest.mark.django_db
def test_the_sheets_are_for_the_team(client, full_day, desk):  # noqa: F811
    address = reverse("reports:half-day-sheets", args=[full_day.pk])
    assert client.get(address).status_code == 302
    client.force_login(desk)
    answer = client.get(address)
    assert answer.content.startswith(b"%PDF")
    assert "emargement-demi-journees-" in answer["Content-Disposition"]


@pytest.mark.django_db
def test_papers_put_accents_where_paper_does(full_day):  # noqa: F811
    publish_plan(plan=make_plan(gathering=full_day, by="essai"), by="essai")
    lists = [
        [each["last_name"] for each in half_day_facts(full_day)["sheets"][0]["people"]],
        [each["last_name"] for each in badge_facts(full_day)["badges"]],
        *([each["last_name"] for each in sheet["people"]] for sheet in sign_in_facts(full_day)["sheets"]),
    ]
    assert len(lists) == 2 + 8
    for names in lists:
        assert names == sorted(names, key=fold)
    assert lists[0].index("Gérardin") < lists[0].index("Grandjean")
    titles = [sheet["workshop"] for sheet in sign_in_facts(full_day)["sheets"]]
    assert titles[4] == "Co-développement"  # the morning first, then as the programme says
