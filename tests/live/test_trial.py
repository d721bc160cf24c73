"""« Essayer avec des robots »: a method of a space played without a gathering, seen nowhere, erased in one click."""

import html
import re
import time

import httpx
import pytest
from django.test import Client

from maillage.gatherings.models import Gathering, Workshop
from maillage.live import trial_views
from maillage.live.models import Move, Session
from maillage.live.trial import KIND, trial_id
from maillage.memory.models import PorteurSheet, Takeaway
from maillage.methods.services import save_method
from maillage.office.models import Job
from maillage.office.queries import is_finished
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY_OPENS = """id = "tour"
version = 1
title = "Notre tour"
summary = "Chacun écrit, puis on lit."
first = "ecrire"

[roles]
participant = "Écrit"
facilitator = "Donne le rythme"

[kinds.idea]
title = "Idée"

[stages.ecrire]
title = "Chacun écrit"
minutes = 2
activity = "cards"
next = "lire"
may = { participant = ["write", "edit"], facilitator = ["lead"] }
sees = { participant = "own", facilitator = "count" }

[stages.lire]
title = "On lit"
minutes = 2
activity = "cards"
next = "end"
may = { facilitator = ["lead"] }
sees = { participant = "table", facilitator = "all" }
"""
OWN = NOBODY_OPENS.replace('first = "ecrire"', 'first = "ecrire"\nmay = { facilitator = ["lead"] }')


@pytest.fixture
def space(transactional_db: None) -> Space:
    return Space.objects.create(slug="est", name="Est")


def signed_in(space: Space, role: SpaceRole) -> Client:
    user = User.objects.create_user(f"{role}@exemple.invalid", "Orga")
    give_right(user=user, space=space, role=role, by="essai")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def wait_for(job: Job) -> Job:
    deadline = time.monotonic() + 60
    while not is_finished(job):
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the job runs in another thread of this process: there is nothing else to wait on
        job.refresh_from_db()
    return job


def test_own_method_is_played_reported_watched_and_erased(server, space, monkeypatch) -> None:
    monkeypatch.setitem(trial_views.SPEEDS, "vite", 7200)
    save_method(space=space, method="tour", source=NOBODY_OPENS, base=None, by="essai")
    client = signed_in(space, SpaceRole.ORGANISER)
    browser = httpx.Client(base_url=server.url, trust_env=False, timeout=30, follow_redirects=True)
    browser.cookies.set("sessionid", client.cookies["sessionid"].value)
    page = "/methodes/est/tour/essai/"
    with browser:
        assert page in browser.get("/methodes/est/tour/").text
        assert page in browser.get("/methodes/est/tour/modifier/").text
        assert "pas encore été essayée" in html.unescape(browser.get(page).text)
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "rythme": "vite"}
        assert "/projection/" in browser.post(page, data=form).text  # while it is played, or after
        wait_for(Job.objects.get(kind=KIND))
        shown = html.unescape(browser.get(page).text)
        assert "Le dernier essai a trouvé des fautes" in shown
        assert "Chacun écrit</strong> jamais atteinte" in shown
        save_method(space=space, method="tour", source=OWN, base=None, by="essai")
        browser.post(page, data=form)  # takes the place of the first
        job = wait_for(Job.objects.filter(kind=KIND).latest("created_at"))
        assert (job.status, job.result["sound"]) == ("done", True), job.result or job.sentence
        assert browser.get(f"/travaux/{job.pk}/").url.path == page
        shown = html.unescape(browser.get(page).text)
        assert "Le dernier essai est réussi" in shown
        assert re.search(r"Chacun écrit</strong> \d+.gestes \(cartes écrites.: \d+", shown)
        assert "À cette étape, votre rôle ne permet pas cela." in shown
        projector = re.search(r'"(/projection/[^"]+)"', shown)
        assert "Notre tour" in browser.get(projector[1]).text
        session = Session.objects.get()
        assert (session.rehearsal, session.method_version.method) == (True, "tour")
        assert not Gathering.objects.exists()
        assert not space.gatherings.exists()
        assert browser.get(f"/rencontres/{trial_id(space, 'tour')}/").status_code == 404
        assert "Essai" not in browser.get("/rencontres/").text
        erased = html.unescape(browser.post(f"{page}effacement/", data=form).text)
        assert "L’essai est effacé." in erased
        assert "il n’en reste rien" in erased
    gone = (Gathering.with_trials, Workshop.objects, Session.objects, Move.objects)
    assert not any(rows.exists() for rows in (*gone, Takeaway.objects, PorteurSheet.objects))


def test_a_running_trial_is_neither_doubled_nor_erased(space) -> None:
    client = signed_in(space, SpaceRole.FACILITATOR)
    Job.objects.create(kind=KIND, about=trial_id(space, "codev"))
    for path in ("", "effacement/"):
        answer = client.post(f"/methodes/est/codev/essai/{path}", follow=True)
        assert "déjà en cours" in html.unescape(answer.content.decode())
    assert not Session.objects.exists()


def test_who_may_try(space) -> None:
    reader = signed_in(space, SpaceRole.READER)
    assert reader.get("/methodes/est/codev/essai/").status_code == 403
    assert "/essai/" not in reader.get("/methodes/est/codev/").content.decode()
    Space.objects.create(slug="ouest", name="Ouest")
    assert reader.post("/methodes/ouest/codev/essai/").status_code == 404
    assert Client().post("/methodes/est/codev/essai/").status_code == 302
