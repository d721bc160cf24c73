"""The page of all the papers, and a document too long for a request."""

import os

import pytest
from django.urls import reverse

from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.removal import remove_gathering
from maillage.office import services as office
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right
from maillage.reports import long_work, shelf
from maillage.reports.services import FORMS, describe_report
from maillage.reports.writers import pdf
from tests.reports.test_doors import open_session


class InThisThread:
    """Stands for the office's executor: the work is done when it is asked."""

    def submit(self, work, *args):
        work(*args)


def member(space: Space, role: SpaceRole, email: str) -> User:
    user = User.objects.create_user(email, "Zoé")
    give_right(user=user, space=space, role=role, by="essai")
    return user


@pytest.fixture
def staff(client, day):
    client.force_login(member(day.space, SpaceRole.ORGANISER, "zoe@exemple.invalid"))
    return client


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(office, "_executor", InThisThread())
    monkeypatch.setattr(office.connections, "close_all", lambda: None)  # the test's own connection must live on
    monkeypatch.setattr(long_work, "LONG", 5)


def url(name: str, gathering: Gathering, *more: object) -> str:
    return reverse(f"reports:{name}", args=[gathering.pk, *more])


def body(response) -> str:
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_every_paper_of_the_page_is_there_and_says_what_it_is_for(staff, day):
    page = staff.get(url("documents", day))
    groups = page.context["groups"]
    assert [group.title for group in groups] == ["Après la rencontre", "Pendant la rencontre", "Avant et le jour même"]
    papers = [paper for group in groups for paper in group.papers]
    assert all(len(paper.what_for) > 20 for paper in papers)
    ways = [way for paper in papers for way in paper.ways]
    assert len(ways) == len({way.url for way in ways}) == 20
    for way in ways:
        answer = staff.get(way.url)
        assert answer.status_code == 200, way
        if ".pdf" in way.url:
            assert answer.content.startswith(b"%PDF"), way


def test_the_signs_say_that_their_codes_wait_for_the_sessions(staff, day):
    wait = "Le code pour entrer y sera, les séances ouvertes."
    assert wait in body(staff.get(url("documents", day)))
    workshop = Workshop.objects.filter(slot__gathering=day).first()
    open_session(workshop, join_code="KAVU72", facilitator_code="AAAABBBBCCCC")
    assert wait not in body(staff.get(url("documents", day)))


def test_what_each_role_sees_is_what_it_may_open(client, day):
    for role, titles in (
        (SpaceRole.FACILITATOR, ["Retour sur les ateliers", "Dossier papier de la journée", "Affiches des salles"]),
        (
            SpaceRole.DESK,
            ["Badges", "Feuilles d’émargement par salle", "Émargement par demi-journée", "Listes des portes"],
        ),
    ):
        client.force_login(member(day.space, role, f"{role}@exemple.invalid"))
        page = client.get(url("documents", day))
        papers = [paper for group in page.context["groups"] for paper in group.papers]
        assert [paper.title for paper in papers] == titles
        assert {client.get(way.url).status_code for paper in papers for way in paper.ways} == {200}
        for name in ("report", "report-docx", "report-page", "report-style", "summary", "poster"):
            assert client.get(url(name, day)).status_code == 403
    client.force_login(member(Space.objects.create(slug="autre", name="Autre"), SpaceRole.ORGANISER, "a@b.invalid"))
    for name in ("documents", "report", "report-odt", "report-html", "report-page", "summary", "poster", "deck"):
        assert client.get(url(name, day)).status_code == 404


def test_files_have_their_names_and_types(staff, day):
    for form, kind in FORMS.items():
        name = "report" if form == "pdf" else f"report-{form}"
        answer = staff.get(url(name, day))
        shown = "inline" if form == "pdf" else "attachment"
        assert answer["Content-Type"] == kind
        assert answer["Content-Disposition"] == f'{shown}; filename="compte-rendu-jr-2025.{form}"'
        assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
    assert staff.get(url("poster", day) + "?papier=a9").status_code == 404


def test_the_report_is_read_here_in_the_colours_of_the_space(staff, day):
    page = staff.get(url("report-page", day))
    text = page.content.decode()
    assert "Revenir aux documents de la rencontre" in text
    assert "<style" not in text  # the content policy takes linked sheets only
    style = staff.get(url("report-style", day))
    assert style["Content-Type"].startswith("text/css")
    assert "--accent:#0c5a63" in style.content.decode()
    assert "style-src 'self'" in page["Content-Security-Policy"]


def test_a_long_document_is_asked_for_made_apart_and_found(staff, day, at_once, django_capture_on_commit_callbacks):
    page = staff.get(url("report", day))
    assert "Ce compte rendu a" in body(page)
    assert not Job.objects.exists()  # looking makes nothing
    for form in FORMS:
        with django_capture_on_commit_callbacks(execute=True):
            started = staff.post(url("report" if form == "pdf" else f"report-{form}", day))
        job = Job.objects.latest("created_at")
        assert started.url == reverse("office:job", args=[job.pk])
        assert (job.status, job.kind) == (JobStatus.DONE, "report")
        back = staff.get(started.url)
        ready = staff.get(back.url)
        assert "Votre document est prêt" in body(ready)
        file = ready.context["made"]
        found = staff.get(url("made", day, file))
        assert (found.status_code, found["Content-Type"]) == (200, FORMS[form])
        assert found.content.startswith({"pdf": b"%PDF", "html": b"<!doctype"}.get(form, b"PK"))


def test_a_made_document_is_its_gatherings_own_and_no_other_file(
    staff, day, at_once, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(url("report-html", day))
    file = Job.objects.get().result["file"]
    other = Gathering.objects.get(slug="rt")
    assert staff.get(url("made", other, file)).status_code == 404
    for wrong in ("..%2F..%2Fsecret-key", "secret-key", f"{other.pk}.compte-rendu.{'0' * 32}.pdf", file.upper()):
        assert staff.get(url("made", day, "x").replace("x", wrong)).status_code == 404
    assert "n’est plus gardé" in body(staff.get(url("documents", day) + "?pret=parti"))
    remove_gathering(gathering=day, by="essai")
    assert not list(shelf.folder().glob("*"))


def test_made_documents_go_after_a_day(day, settings):
    shelf.keep_file(gathering_id=day.pk, name="compte-rendu", fingerprint="a" * 64, form="pdf", content=b"x")
    shelf.sweep()
    assert len(list(shelf.folder().glob("*"))) == 1
    shelf.sweep(older_than=-1)
    assert not list(shelf.folder().glob("*"))


def test_a_stopped_work_keeps_nothing_and_says_so(day, monkeypatch):
    """Whoever asks to stop is heard while facts are gathered, while blocks are set, and while typst works."""
    for form, last in (("docx", 1), ("docx", 4), ("pdf", 3)):
        said: list[str] = []

        def report(percent, sentence="", said=said, last=last):
            said.append(sentence)
            return len(said) < last

        monkeypatch.setattr(pdf, "LOOK", 0.01)
        with pytest.raises(long_work.Stopped):
            long_work._make(day, form, False, False, report, "fr")
        assert len(said) == last
        assert not shelf.folder().is_dir() or not list(shelf.folder().glob("*"))
    assert "On met en page" in said[-1]


def test_progress_goes_forward_and_never_says_done_before_the_end(day):
    percents: list[float] = []
    long_work._make(day, "docx", False, False, lambda percent, sentence="": not percents.append(percent), "fr")
    assert percents == sorted(percents)
    assert 90 < percents[-1] < 100


def test_typst_in_a_process_of_its_own_gives_the_same_words_and_is_killed_when_stopped(day, monkeypatch):
    document = describe_report(day)
    assert pdf.write_pdf_apart(document, watch=lambda seconds: None).startswith(b"%PDF")

    monkeypatch.setattr(pdf, "LOOK", 0.01)

    class Enough(Exception):
        pass

    def stop(seconds):
        raise Enough

    with pytest.raises(Enough):
        pdf.write_pdf_apart(document, watch=stop)


def test_typst_that_takes_too_much_memory_is_killed_and_says_what_else_to_ask(day, monkeypatch):
    monkeypatch.setattr(pdf, "LOOK", 0.01)
    monkeypatch.setattr(pdf, "MOST_MEMORY", 1)
    if pdf._memory_of(os.getpid()) == 0:
        pytest.skip("ce système ne dit pas la mémoire d’un processus")
    with pytest.raises(pdf.TooBig) as refusal:
        pdf.write_pdf_apart(describe_report(day), watch=lambda seconds: None)
    assert "HTML" in str(refusal.value.sentence)


def test_memory_holds_the_last_documents_and_no_more():
    kept = shelf.Memory(most_bytes=10)
    for key in "abc":
        kept.put(key, b"xxxx")
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (None, b"xxxx", b"xxxx")
    kept.get("b")
    kept.put("d", b"xxxx")
    assert kept.get("c") is None
