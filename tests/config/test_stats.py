"""/stats: counts, none below five, and none that another takes away from a total would give."""

import csv
import datetime as dt
import io

import pytest

from maillage.config import stats
from maillage.config.stats import rounded_down, table
from maillage.gatherings.models import Gathering
from maillage.people.models import Person
from maillage.people.services import make_space
from maillage.registrations.models import Registration

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _counted_anew(settings, tmp_path):
    settings.DATA_DIR = tmp_path


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


def test_counts_say_no_less_than_five_and_no_total_gives_the_rest(client, settings, monkeypatch):
    space = make_space(slug="zqsecret", name="zqsecret", by="essai")
    days(space, 2024, 6, number=5)
    days(space, 2025, 4)
    days(space, 2025, 30, trial=True)
    days(space, 2027, 9, number=5)  # not held yet
    years, rows = table(today=TODAY)
    assert years == [2025, 2024]
    gatherings, welcomed = rows[0], rows[1]
    assert (gatherings.by_year, gatherings.total) == ({2025: None, 2024: 5}, 5)
    assert (welcomed.by_year, welcomed.total) == ({2025: None, 2024: 5}, 5)  # one of six, four of nobody
    page = client.get("/stats/?annee=2025").content.decode()
    assert "non montré" in page
    assert "moins de 5<" not in page  # three gatherings of four would make it false
    assert "arrondi vers le bas" in page
    assert "zqsecret" not in page
    assert client.get("/stats/?annee=zqnon").status_code == 200
    lines = list(csv.reader(io.StringIO(client.get("/stats.csv").content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0][1:] == ["en tout (au moins)", "2025 (au moins)", "2024 (au moins)"]
    assert lines[2][1:] == ["5", "non montré", "5"]
    assert "zqsecret" not in str(lines)


def test_what_is_published_elsewhere_taken_away_leaves_no_few_people():
    """A space says that it welcomed 47. Whether the other had nobody, one person or four, nothing here changes."""
    one, other = (make_space(slug=slug, name=slug, by="essai") for slug in ("un", "autre"))
    days(one, 2025, 47)
    alone = table(today=TODAY)[1][1].by_year
    shown = set()
    for few in range(1, 5):
        days(other, 2025, few)
        shown.add(str(_again()[1][1].by_year))
    assert shown == {str(alone)} == {str({2025: 45})}


def test_looking_each_day_tells_nothing_of_who_came_and_when():
    space = make_space(slug="un", name="un", by="essai")
    days(space, 2026, 30)
    first = str(table(today=TODAY))
    late = Gathering.objects.create(space=space, slug="ce-jour", title="x", kind="other", date=TODAY)
    for _each in range(9):
        person = Person.objects.create(space=space, first_name="x")
        Registration.objects.create(gathering=late, person=person, presence="present")
    assert str(_again()) == first  # the door of today is not watched
    Registration.objects.filter(gathering=late).delete()
    days(space, 2026, 40)
    assert str(table(today=TODAY)) == first  # counted once a day, whichever process is asked
    assert str(table(today=TODAY + dt.timedelta(days=1))) != first


def test_a_file_that_is_torn_or_of_another_release_is_made_again(settings):
    space = make_space(slug="un", name="un", by="essai")
    days(space, 2025, 6)
    for torn in ("", "{", "[]", '{"day": "2026-06-01"}', '{"day": "2026-06-01", "counted": {"welcomed": 3}}'):
        stats._file().write_text(torn)
        assert table(today=TODAY)[1][1].by_year == {2025: 5}
    assert [rounded_down(n) for n in (0, 4, 5, 49, 99, 109, 999, 1_234, 12_345)] == [
        0, 0, 5, 45, 95, 100, 990, 1_200, 12_000
    ]  # fmt: skip


def _again():
    stats._file().unlink(missing_ok=True)
    return table(today=TODAY)


def test_nothing_happened_yet_is_said(client):
    assert "Aucune rencontre n’a encore eu lieu ici" in client.get("/stats/").content.decode()
