"""/stats: counts, none below five, and none that another takes away from a total would give."""

import csv
import datetime as dt
import io

import pytest
from django.core.cache import cache

from maillage.config.stats import table
from maillage.gatherings.models import Gathering
from maillage.people.models import Person
from maillage.people.services import make_space
from maillage.registrations.models import Registration

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _counted_anew():
    cache.clear()
    yield
    cache.clear()


def days(space, year, people, *, number=1, **facts):
    for rank in range(number):
        day = Gathering.objects.create(
            space=space,
            slug=f"j-{year}-{rank}-{people}",
            title="zqsecret",
            kind="other",
            date=dt.date(year, 3, 1),
            **facts,
        )
    for _each in range(people):
        person = Person.objects.create(space=space, first_name="zqsecret")
        Registration.objects.create(gathering=day, person=person, presence="present")


def test_counts_say_no_less_than_five_and_no_total_gives_the_rest(client):
    space = make_space(slug="zqsecret", name="zqsecret", by="essai")
    days(space, 2024, 6, number=5)
    days(space, 2025, 4)
    days(space, 2025, 30, trial=True)
    days(space, 2027, 9, number=5)  # not held yet
    years, rows = table(today=TODAY)
    assert years == [2025, 2024]
    gatherings, welcomed = rows[0], rows[1]
    assert (gatherings.by_year, gatherings.total) == ({2025: None, 2024: 5}, 5)
    assert (welcomed.by_year, welcomed.total) == ({2025: None, 2024: 6}, 6)  # not 10: 10 less 6 would be 4
    page = client.get("/stats/?annee=2025").content.decode()
    assert "moins de 5" in page
    assert "zqsecret" not in page
    assert client.get("/stats/?annee=zqnon").status_code == 200
    lines = list(csv.reader(io.StringIO(client.get("/stats.csv").content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][1:] == ["en tout", "2025", "2024"]
    assert lines[2][1:] == ["6", "moins de 5", "6"]
    assert "zqsecret" not in str(lines)


def test_nothing_happened_yet_is_said(client):
    assert "Aucune rencontre n’a encore eu lieu ici" in client.get("/stats/").content.decode()
