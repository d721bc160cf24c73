import pytest

from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.people.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(User.objects.create_user("zoe@exemple.invalid", name="Zoé"))
    return client


def test_a_waiting_page_looks_again_by_itself_until_there_is_an_end(signed_in):
    job = Job.objects.create(kind="plan", status=JobStatus.RUNNING, progress=40, sentence="Salle Chardon…")
    page = signed_in.get(f"/travaux/{job.pk}/")
    assert page["Refresh"] == "2"
    assert 'value="40"' in page.content.decode()
    assert "Salle Chardon…" in page.content.decode()
    Job.objects.update(status=JobStatus.FAILED, sentence="Le fichier est trop petit.")
    page = signed_in.get(f"/travaux/{job.pk}/")
    assert "Refresh" not in page
    assert "Le fichier est trop petit." in page.content.decode()


@pytest.mark.parametrize(
    ("url", "status"),
    [("/rencontres/", 302), ("https://ailleurs.invalid/", 200), ("//ailleurs.invalid", 200), ("", 200)],
)
def test_a_finished_job_goes_to_its_result_here_and_nowhere_else(signed_in, url, status):
    job = Job.objects.create(kind="plan", status=JobStatus.DONE, result={"url": url})
    assert signed_in.get(f"/travaux/{job.pk}/").status_code == status


def test_a_job_is_for_the_staff(client):
    job = Job.objects.create(kind="plan")
    assert client.get(f"/travaux/{job.pk}/")["Location"].startswith("/connexion/?next=")
