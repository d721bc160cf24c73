"""Presence by half-day, where the organiser asks for it; one for the whole gathering where nobody does."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from maillage.registrations.enums import Presence
from maillage.registrations.exports import export_rows
from maillage.registrations.half_days import half_day_at, seen_at
from maillage.registrations.models import Opening
from maillage.registrations.opening_services import set_opening
from maillage.registrations.services import PersonDetails, add_registration, mark_presence
from maillage.reports.half_days import half_day_facts
from maillage.trips.kinds import REGISTRATION
from tests.registrations.test_day import add
from tests.registrations.test_views import body, url

BOTH = ["morning", "afternoon"]


@pytest.fixture
def by_half_day(day):
    Opening.objects.create(gathering=day, half_days=BOTH)
    return day


def mark(row, presence, *halves):
    mark_presence(registration=row, presence=presence, by="essai", half_days=halves)
    row.refresh_from_db()
    return row.presence, row.half_days


def test_each_half_day_is_marked_and_taken_back_alone(by_half_day):
    row = add(by_half_day, "Ana")
    stale = type(row).objects.get(pk=row.pk)  # as another desk has it on its screen
    assert mark(row, "present", "morning") == ("present", ["morning"])
    came = row.presence_at
    assert mark(stale, "present", "afternoon") == ("present", BOTH)  # the other desk's mark is not lost
    assert stale.presence_at == came  # the hour of arrival
    assert mark(row, "expected", "morning") == ("present", ["afternoon"])
    assert mark(row, "expected", "afternoon") == ("expected", [])
    assert mark(row, "absent") == ("absent", [])
    with pytest.raises(ValueError, match="evening"):
        mark(row, "present", "evening")  # nobody asked for it


def test_a_presence_of_before_is_of_all_half_days(by_half_day):
    row = add(by_half_day, "Ana", presence=Presence.PRESENT)
    assert seen_at(row, BOTH) == BOTH
    assert mark(row, "expected", "morning") == ("present", ["afternoon"])


@pytest.mark.parametrize(
    ("hour", "asked", "found"),
    [(9, BOTH, "morning"), (14, BOTH, "afternoon"), (20, BOTH, "afternoon"), (9, ["afternoon"], "afternoon")],
)
def test_who_arrives_is_marked_at_the_half_day_that_is_on(day, hour, asked, found):
    now = dt.datetime(2025, 10, 2, hour, tzinfo=ZoneInfo(day.timezone))
    assert half_day_at(day, asked, now) == [found]
    assert half_day_at(day, [], now) == []


def test_the_desk_marks_undoes_and_counts_half_days(client, desk, by_half_day):
    row = add(by_half_day, "Ana")
    client.force_login(desk)
    address = url("presence", by_half_day, row.pk)

    def sent(value):
        page = client.post(address, {"presence": value}, follow=True)
        row.refresh_from_db()
        return body(page)

    page = sent("present:morning")
    assert "Ana Essai : présent·e (matin)" in page.replace("\xa0", " ")
    assert "Matin : 1, après-midi : 0." in page.replace("\xa0", " ")
    assert 'value="expected:morning"' in page  # « Défaire », and the button pressed again
    sent("absent")
    assert (row.presence, row.half_days) == ("absent", [])
    sent("present:morning")
    assert 'value="present:morning"' in sent("absent")  # what « Défaire » gives back
    assert "n’est plus pointée" in sent("present:evening")
    assert row.presence == "absent"
    assert 'value="present:afternoon"' in body(client.get(url("desk-person", by_half_day, row.pk)))


def test_one_presence_for_all_where_nobody_asks_for_half_days(client, desk, day):
    row = add(day, "Ana")
    client.force_login(desk)
    page = body(client.post(url("presence", day, row.pk), {"presence": "present"}, follow=True))
    row.refresh_from_db()
    assert (row.presence, row.half_days) == ("present", [])
    assert "atin :" not in page.replace("\xa0", " ")
    assert 'name="presence" value="absent"' in page


def test_the_organiser_says_which_and_sheets_and_export_follow(client, organiser, day):
    client.force_login(organiser)
    client.post(url("opening", day), {"half_days": ["evening", "morning"], "asked": []})
    assert day.opening.half_days == ["morning", "evening"]
    assert [sheet["workshop"] for sheet in half_day_facts(day)["sheets"]] == [
        "Émargement\xa0: matin",
        "Émargement\xa0: soirée",
    ]
    set_opening(gathering=day, by="essai", base_url="", half_days=BOTH)
    row = add_registration(gathering=day, details=PersonDetails("Ana"), by="essai", walk_in=True)
    assert len(row.half_days) == 1
    row.half_days = ["morning"]
    row.save()
    headers, (line,) = export_rows(day)
    assert line[headers.index("Présence")] == "présent·e (matin)"


def test_a_file_of_before_half_days_still_says_who_was_there(day):
    row = REGISTRATION.dump(add(day, "Ana", presence=Presence.PRESENT))
    del row["half_days"]
    assert REGISTRATION.parts_of(row)["presence"][0] == "present"
