"""The writes every noun shares: a line of the activity log, long work beside the request, a letter in the queue."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import close_old_connections, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.lib.languages import current, spoken
from maillage.office.enums import JobStatus, MailStatus
from maillage.office.models import Activity, Job, Mail

logger = logging.getLogger(__name__)

JOB_THREADS = 2  # HiGHS and typst release the GIL; more would only share the same two cores
PROGRESS_EVERY = 0.25  # seconds: a solver may report thousands of times, the row is written four times a second
LOST_AFTER = timedelta(minutes=30)  # no work of ours lasts that long: its process has stopped
MAIL_ATTEMPTS = 5
MAIL_BATCH = 50

ReportProgress = Callable[..., bool]  # report_progress(percent, sentence=""); False: stop with the best so far
Work = Callable[[ReportProgress], Mapping[str, Any] | None]

_executor = ThreadPoolExecutor(JOB_THREADS, thread_name_prefix="travaux")
_letters = ThreadPoolExecutor(1, thread_name_prefix="lettres")  # none waits for a plan that is being computed


def record_activity(*, space: str, by: str, verb: str, about: str = "", about_id: UUID | None = None) -> Activity:
    """`space` is a slug, `by` a name. Never a content of a live room."""
    return Activity.objects.create(space=space, by=by[:200], verb=verb, about=about[:300], about_id=about_id)


def run_job(*, kind: str, about: UUID | None, by: str, work: Work) -> Job:
    """Runs `work(report_progress)` in a thread once the transaction is committed, and returns its row at once.

    What `work` returns becomes `job.result`; a "url" in it is where the waiting page goes. A refusal (an exception
    with a `sentence`) is shown to the person; anything else is logged and said in general words.
    """
    close_lost_jobs()
    job = Job.objects.create(kind=kind, about=about, by=by[:200])
    language = current()
    transaction.on_commit(lambda: _executor.submit(_run, job.pk, work, language))
    return job


def _run(job_id: UUID, work: Work, language: str) -> None:
    try:
        Job.objects.filter(pk=job_id).update(status=JobStatus.RUNNING, started_at=timezone.now())
        result = work(_progress_writer(job_id))
        _finish(job_id, JobStatus.DONE, progress=100, result=dict(result or {}))
    except Exception as error:  # the edge of the thread: nobody above would hear of it
        sentence = getattr(error, "sentence", None)
        if sentence is None:
            logger.exception("job %s failed", job_id)
        with spoken(language):  # of who waits: the work itself is in French, unless it says otherwise
            words = str(sentence or _("Une erreur inattendue a arrêté ce travail. Rien n’a été perdu ; relancez-le."))
        _finish(job_id, JobStatus.FAILED, sentence=words[:500])
    finally:
        connections.close_all()


def _progress_writer(job_id: UUID) -> ReportProgress:
    written_at = 0.0
    wanted = True

    def report_progress(percent: float, sentence: str = "") -> bool:
        nonlocal written_at, wanted
        now = time.monotonic()
        if now - written_at < PROGRESS_EVERY:
            return wanted
        written_at = now
        news: dict[str, Any] = {"progress": min(100, max(0, int(percent)))}
        if sentence:
            news["sentence"] = sentence[:500]
        wanted = Job.objects.filter(pk=job_id, stop_asked=False).update(**news) == 1
        return wanted

    return report_progress


def forget_sentences(abouts: Iterable[UUID]) -> int:
    """What work said of these things: why no plan was found names people, and what they need."""
    return Job.objects.filter(about__in=list(abouts)).exclude(sentence="").update(sentence="")


def ask_to_stop(*, job: Job) -> None:
    """Somebody would rather have what was found so far. Work that is finished is not touched."""
    unfinished = Job.objects.filter(pk=job.pk, status__in=[JobStatus.QUEUED, JobStatus.RUNNING])
    unfinished.update(stop_asked=True, sentence=_("On s’arrête au meilleur résultat trouvé…"))


def _finish(job_id: UUID, status: JobStatus, **fields: Any) -> None:
    Job.objects.filter(pk=job_id).update(status=status, finished_at=timezone.now(), **fields)


def close_lost_jobs(*, older_than: timedelta = LOST_AFTER) -> int:
    """Says failed the jobs whose process stopped under them. A server that starts alone passes timedelta(0)."""
    return Job.objects.filter(
        status__in=[JobStatus.QUEUED, JobStatus.RUNNING], created_at__lte=timezone.now() - older_than
    ).update(
        status=JobStatus.FAILED,
        finished_at=timezone.now(),
        sentence=_("Le serveur s’est arrêté pendant ce travail. Relancez-le."),
    )


def queue_mail(*, to: str, subject: str, body: str, about: UUID | None = None) -> Mail:
    """Nothing leaves inside a request; a line break in a subject is a space (it would forge headers)."""
    return Mail.objects.create(to=to, subject=" ".join(subject.split())[:200], body=body, about=about)


def write_beside(work: Callable[[], None]) -> None:
    """Writes a letter, or finds that there is none to write, while the page is answered: how long the page takes says
    nothing of which it was. Outside of a transaction."""
    _letters.submit(_write, work)


def _write(work: Callable[[], None]) -> None:
    close_old_connections()
    try:
        work()
    except Exception:  # the edge of the thread: nobody above would hear of it
        logger.exception("a letter was not written")
    finally:
        close_old_connections()


def drop_mail(*, about: UUID) -> int:
    """The letters that speak of a thing that is gone, sent or not: they name people. Returns how many."""
    return Mail.objects.filter(about=about).delete()[0]


def letter_file(mail_id: UUID) -> Path:
    """Without a mail server a letter is a file, under the name of its row: it goes when its row goes."""
    return Path(settings.EMAIL_FILE_PATH) / f"{mail_id}.log"


def forget_letter(sender: type[Mail], instance: Mail, **_more: object) -> None:
    """Receiver of `post_delete`: who is erased is in no letter, wherever it was written."""
    if instance.status != MailStatus.QUEUED:
        file = letter_file(instance.pk)
        transaction.on_commit(lambda: file.unlink(missing_ok=True), robust=True)


def send_due_mail(*, limit: int = MAIL_BATCH) -> int:
    """Sends what waits, oldest first; a letter refused MAIL_ATTEMPTS times is left aside. Returns how many left."""
    waiting = Mail.objects.filter(status=MailStatus.QUEUED).order_by("created_at", "pk")
    return sum(_send(mail_id) for mail_id in list(waiting.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _send(mail_id: UUID) -> bool:
    """The row stays locked while it is sent: two processes never send the same letter.

    A crash between the sending and the commit sends it again: twice is better than never.
    """
    mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=mail_id, status=MailStatus.QUEUED).first()
    if mail is None:
        return False
    mail.attempts += 1
    try:
        link = get_connection()
        EmailMessage(mail.subject, mail.body, to=[mail.to], connection=link).send()
        if written := getattr(link, "_fname", None):  # Django's own backend of files
            Path(written).replace(letter_file(mail.pk))
    except (SMTPException, OSError) as error:
        mail.error = str(error)[:500]
        if mail.attempts >= MAIL_ATTEMPTS:
            mail.status = MailStatus.FAILED
        mail.save(update_fields=["attempts", "error", "status"])
        return False
    mail.status, mail.sent_at, mail.error = MailStatus.SENT, timezone.now(), ""
    mail.save(update_fields=["attempts", "error", "status", "sent_at"])
    return True
