import threading
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from maillage.lib.languages import spoken
from maillage.office import services
from maillage.office.enums import JobStatus, MailStatus
from maillage.office.models import Activity, Job, Mail
from maillage.office.queries import latest_activity
from maillage.office.services import MAIL_ATTEMPTS, close_lost_jobs, queue_mail, record_activity, run_job, send_due_mail


def wait_for_jobs() -> None:
    """The pool has two threads: when both have answered, everything submitted before is done."""
    here = threading.Barrier(services.JOB_THREADS + 1, timeout=20)
    for _ in range(services.JOB_THREADS):
        services._executor.submit(here.wait)
    here.wait()


class TooSmall(Exception):
    sentence = "Le fichier est trop petit."


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_in_its_own_thread_and_keeps_what_it_returns():
    seen = {}

    def work(report_progress):
        seen["thread"] = threading.current_thread().name
        report_progress(40, "Salle Chardon…")
        seen["row"] = Job.objects.values_list("status", "progress", "sentence").get()
        return {"url": "/rencontres/"}

    about = uuid.uuid4()
    job = run_job(kind="plan", about=about, by="Zoé", work=work)
    wait_for_jobs()
    job.refresh_from_db()
    assert seen["thread"].startswith("travaux")
    assert seen["row"] == (JobStatus.RUNNING, 40, "Salle Chardon…")
    assert (job.status, job.progress, job.result, job.about) == (JobStatus.DONE, 100, {"url": "/rencontres/"}, about)
    assert job.started_at <= job.finished_at


@pytest.mark.django_db(transaction=True)
def test_a_job_that_refuses_says_its_sentence_and_one_that_breaks_says_a_general_one(caplog):
    def refuses(report_progress):
        raise TooSmall

    def breaks(report_progress):
        raise ZeroDivisionError("a secret detail")

    refused = run_job(kind="plan", about=None, by="Zoé", work=refuses)
    broken = run_job(kind="plan", about=None, by="Zoé", work=breaks)
    with spoken("en"):
        elsewhere = run_job(kind="plan", about=None, by="Zoe", work=breaks)
    wait_for_jobs()
    refused.refresh_from_db()
    broken.refresh_from_db()
    assert (refused.status, refused.sentence) == (JobStatus.FAILED, "Le fichier est trop petit.")
    assert broken.status == JobStatus.FAILED
    assert broken.sentence.startswith("Une erreur inattendue")
    elsewhere.refresh_from_db()
    assert elsewhere.sentence.startswith("An unexpected error")
    assert "a secret detail" in caplog.text
    assert "TooSmall" not in caplog.text


@pytest.mark.django_db
def test_a_job_whose_process_stopped_is_said_failed_and_a_young_one_is_left_alone():
    old = Job.objects.create(kind="plan", status=JobStatus.RUNNING)
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=1))
    young = Job.objects.create(kind="plan", status=JobStatus.RUNNING)
    assert close_lost_jobs() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, young.status) == (JobStatus.FAILED, JobStatus.RUNNING)
    assert old.sentence == "Le serveur s’est arrêté pendant ce travail. Relancez-le."


@pytest.mark.django_db
def test_the_activity_log_of_a_space_is_read_newest_first_and_alone():
    record_activity(space="grand-est", by="Zoé", verb="make-gathering", about="x" * 400)
    record_activity(space="ailleurs", by="Zoé", verb="make-gathering")
    last = record_activity(space="grand-est", by="Zoé", verb="copy-gathering")
    lines = list(latest_activity("grand-est"))
    assert lines[0] == last
    assert [line.verb for line in lines] == ["copy-gathering", "make-gathering"]
    assert len(Activity.objects.get(pk=lines[1].pk).about) == 300


@pytest.mark.django_db
def test_waiting_mail_leaves_once():
    queue_mail(to="zoe@exemple.invalid", subject="Votre\r\nBcc: autre@exemple.invalid", body="Bonjour")
    assert mail.outbox == []
    assert send_due_mail() == 1
    assert send_due_mail() == 0
    assert [(m.to, m.subject) for m in mail.outbox] == [(["zoe@exemple.invalid"], "Votre Bcc: autre@exemple.invalid")]
    assert Mail.objects.get().status == MailStatus.SENT


class DeadServer(EmailBackend):
    def send_messages(self, messages):
        raise OSError("connexion refusée")


@pytest.mark.django_db
def test_mail_that_cannot_leave_is_tried_again_then_left_aside(settings):
    settings.EMAIL_BACKEND = "tests.office.test_services.DeadServer"
    letter = queue_mail(to="zoe@exemple.invalid", subject="Bonjour", body="Bonjour")
    for attempt in range(1, MAIL_ATTEMPTS + 1):
        assert send_due_mail() == 0
        letter.refresh_from_db()
        assert letter.attempts == attempt
        assert letter.status == (MailStatus.FAILED if attempt == MAIL_ATTEMPTS else MailStatus.QUEUED)
    assert letter.error == "connexion refusée"
    send_due_mail()
    letter.refresh_from_db()
    assert letter.attempts == MAIL_ATTEMPTS
