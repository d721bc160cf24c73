import uuid

import pytest

from maillage.gatherings.models import Gathering
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.office.services import _progress_writer
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def gathering() -> Gathering:
    space = Space.objects.create(slug="essai", name="Essai")
    return Gathering.objects.create(space=space, slug="journee", title="Journée", kind="regional_day")


@pytest.fixture
def signed_in(client, gathering):
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé")
    give_right(user=user, space=gathering.space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


def test_a_waiting_page_looks_again_by_itself_until_there_is_an_end(signed_in, gathering):
    job = Job.objects.create(
        kind="plan", about=gathering.pk, status=JobStatus.RUNNING, progress=40, sentence="Salle Chardon…"
    )
    page = signed_in.get(f"/travaux/{job.pk}/")
    assert page["Refresh"] == "2"
    assert 'value="40"' in page.content.decode()
    assert "Salle Chardon…" in page.content.decode()
    Job.objects.update(status=JobStatus.FAILED, sentence="Le fichier est trop petit.")
    page = signed_in.get(f"/travaux/{job.pk}/")
    assert "Refresh" not in page
    assert "Le fichier est trop petit." in page.content.decode()


@pytest.mark.parametrize(("kind", "start"), [("plan", "repartition"), ("rehearsal", "repetition")])
def test_a_failed_job_says_what_to_do_and_leads_back(signed_in, gathering, kind, start):
    job = Job.objects.create(kind=kind, about=gathering.pk, status=JobStatus.FAILED, sentence="La salle manque.")
    page = signed_in.get(f"/travaux/{job.pk}/").content.decode()
    assert f'href="/rencontres/{gathering.pk}/{start}/"' in page
    assert "relancez-le" in page
    assert signed_in.get(f"/rencontres/{gathering.pk}/{start}/").status_code == 200


@pytest.mark.parametrize(
    ("url", "status"),
    [("/rencontres/", 302), ("https://ailleurs.invalid/", 200), ("//ailleurs.invalid", 200), ("", 200)],
)
def test_a_finished_job_goes_to_its_result_here_and_nowhere_else(signed_in, gathering, url, status):
    job = Job.objects.create(kind="plan", about=gathering.pk, status=JobStatus.DONE, result={"url": url})
    assert signed_in.get(f"/travaux/{job.pk}/").status_code == status


def test_a_job_is_for_those_who_organise_in_its_space(client, gathering):
    job = Job.objects.create(kind="plan", about=gathering.pk, status=JobStatus.DONE, result={"url": "/rencontres/"})
    page = f"/travaux/{job.pk}/"
    assert client.get(page)["Location"].startswith("/connexion/?next=")
    elsewhere = Space.objects.create(slug="ailleurs", name="Ailleurs")
    for space, role, status in (
        (gathering.space, SpaceRole.DESK, 404),
        (elsewhere, SpaceRole.ORGANISER, 404),
        (gathering.space, SpaceRole.ORGANISER, 302),
    ):
        user = User.objects.create_user(f"{uuid.uuid4()}@exemple.invalid")
        give_right(user=user, space=space, role=role, by="essai")
        client.force_login(user)
        assert client.get(page).status_code == status


def test_a_job_nobody_told_of_is_nobodys(signed_in, gathering):
    for kind, about in (("inconnu", gathering.pk), ("plan", None), ("plan", uuid.uuid4())):
        job = Job.objects.create(kind=kind, about=about)
        assert signed_in.get(f"/travaux/{job.pk}/").status_code == 404


def test_a_search_may_be_ended_with_the_best_so_far(signed_in, gathering):
    job = Job.objects.create(kind="plan", about=gathering.pk, status=JobStatus.RUNNING, progress=40)
    assert f"/travaux/{job.pk}/arret/" in signed_in.get(f"/travaux/{job.pk}/").content.decode()
    assert signed_in.get(f"/travaux/{job.pk}/arret/").status_code == 405
    assert signed_in.post(f"/travaux/{job.pk}/arret/").status_code == 302
    assert _progress_writer(job.pk)(50) is False
    assert f"/travaux/{job.pk}/arret/" not in signed_in.get(f"/travaux/{job.pk}/").content.decode()
    other = Job.objects.create(kind="rehearsal", about=gathering.pk, status=JobStatus.RUNNING)
    assert signed_in.post(f"/travaux/{other.pk}/arret/").status_code == 404
    assert _progress_writer(other.pk)(50) is True
