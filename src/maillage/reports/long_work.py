"""A document too long for a request: made beside it, with its progress said, and stopped when somebody says so."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.lib.languages import current, in_language
from maillage.lib.typography import typo
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.office.services import ReportProgress, run_job
from maillage.reports import shelf
from maillage.reports.blocks import Document
from maillage.reports.services import describe_report, writer_of
from maillage.reports.writers.pdf import write_pdf_apart

KIND = "report"
LONG = 1_500  # lines and blocks: some 80 pages, three seconds
TOLD, SET = 20, 97  # per cent, once the facts are told; once the document is set
BLOCKS_A_SECOND = 500  # that typst sets here (decision 0018): only the bar depends on it
MOST_SECONDS = 25 * 60  # a job that lasts longer is taken for lost (office.services.LOST_AFTER)


class Stopped(Exception):
    sentence = _("Vous avez arrêté ce travail : rien n’en est gardé.")


class TooLong(Exception):
    sentence = _("Ce document demande plus de vingt-cinq minutes : le travail s’arrête là. Essayez le format HTML.")


def is_long(document: Document) -> bool:
    return document.weight > LONG


def start_report(*, gathering: Gathering, form: str, rehearsal: bool, plain: bool, by: str) -> Job:
    """The job that makes it; the one that already does, if there is one."""
    wanted = {"form": form, "rehearsal": rehearsal, "plain": plain}
    going = Job.objects.filter(
        kind=KIND, about=gathering.pk, status__in=[JobStatus.QUEUED, JobStatus.RUNNING], stop_asked=False
    )
    for job in going:
        if job.result.get("wanted") == wanted:
            return job

    language = current()

    def work(report_progress: ReportProgress) -> Mapping[str, Any]:
        return _make(gathering, form, rehearsal, plain, report_progress, language) | {"wanted": wanted}

    job = run_job(kind=KIND, about=gathering.pk, by=by, work=work)
    Job.objects.filter(pk=job.pk, result={}).update(result={"wanted": wanted})
    return job


def _make(
    gathering: Gathering, form: str, rehearsal: bool, plain: bool, report: ReportProgress, language: str
) -> dict[str, Any]:
    """The document is in French; how far it is, is for who waits."""

    def said(percent: float, sentence: str) -> None:
        if not report(percent, typo(sentence)):
            raise Stopped

    @in_language(language)
    def told(done: int, total: int) -> None:
        said(
            TOLD * done / max(total, 1),
            gettext("On rassemble les faits : atelier {n} sur {all}.").format(n=done, all=total),
        )

    @in_language(language)
    def put(done: int, total: int) -> None:
        said(
            TOLD + (SET - TOLD) * done / total,
            gettext("On met en page : {n} blocs sur {all}.").format(n=done, all=total),
        )

    document = describe_report(gathering, rehearsal=rehearsal, plain=plain, progress=told)
    content = _set_pdf(document, said, language) if form == "pdf" else writer_of(form)(document, progress=put)
    file = shelf.keep_file(
        gathering_id=gathering.pk, name="compte-rendu", fingerprint=document.fingerprint, form=form, content=content
    )
    return {"url": f"{reverse('reports:documents', args=[gathering.pk])}?pret={file}", "file": file}


def _set_pdf(document: Document, said: Any, language: str) -> bytes:
    """typst says nothing before its end: the bar follows the time that such a document usually takes."""
    usual = max(document.weight / BLOCKS_A_SECOND, 1.0)

    @in_language(language)
    def watch(seconds: float) -> None:
        if seconds > MOST_SECONDS:
            raise TooLong
        share = seconds / (seconds + usual / 2)  # two thirds at the usual time; it never says that it is done
        words = gettext("On met en page : {n} blocs, depuis {s} s.").format(n=document.weight, s=round(seconds))
        said(TOLD + (SET - TOLD) * share, words)

    return write_pdf_apart(document, watch=watch)


def page_of_job(job: Job) -> str:
    return reverse("reports:documents", args=[job.about]) if job.about else reverse("gatherings:list")


def drop_documents(*, gathering: Gathering, **_: object) -> None:
    shelf.drop_files_of(gathering.pk)


def find_made(file: str, gathering_id: uuid.UUID) -> bytes | None:
    path = shelf.find_file(file, gathering_id)
    return path.read_bytes() if path else None
