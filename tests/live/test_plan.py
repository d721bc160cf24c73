"""How long each stage lasts: another length of the method, or other minutes, before and during; without script too."""

import re

import pytest
from django.test import Client

from maillage.live import urls_of
from maillage.live.committer import Submitted
from maillage.live.models import Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> Session:
    keep_shipped_versions()
    workshop = make_workshop()
    workshop.method = "codev"
    workshop.save(update_fields=["method"])
    return open_session(workshop=workshop, by="essai")


@pytest.fixture
def lead(session) -> Client:
    client = Client()
    client.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    return client


def screen(client: Client, session: Session) -> str:
    return client.get(f"/seance/{session.pk}/?siege=a").content.decode().replace("\xa0", " ")


def plan(page: str) -> list[str]:
    return re.findall(r"<li[^>]*>([^<]+)</li>", page.split('id="plan"')[1].split("</ol>")[0])


def move(session: Session, kind: str, **payload: str) -> str:
    """The sentence of a refusal; nothing when it was done. A form sends text only."""
    by = session.seats.get()
    return live().committer.submit(Submitted(session.pk, by.pk, kind, payload, f"{kind} {payload}")).sentence


def test_another_length_is_taken_before_the_session_begins(session, lead) -> None:
    page = screen(lead, session)
    assert "Le déroulé : 1 h en tout" in page
    assert "Flash, 45 minutes" in page.split('id="plan-preset"')[1].split("</select>")[0]
    move(session, "set_minutes", preset="flash")
    page = screen(lead, session)
    assert "Le déroulé : 45 min en tout" in page
    assert "Les réactions · 15 min" in plan(page)
    assert '<option value="flash" selected>' in page


def test_minutes_of_one_stage_with_a_comma(session, lead) -> None:
    move(session, "set_minutes", stage="reactions", minutes="18,5")
    assert "Les réactions · 18 min 30 s" in plan(screen(lead, session))
    move(session, "set_minutes", stage="demande", minutes="0")
    assert "La demande · passée" in plan(screen(lead, session))


def test_the_stage_that_is_on_keeps_its_time_and_it_is_said(session, lead) -> None:
    move(session, "open")
    said = move(session, "set_minutes", stage="sujet", minutes="3")
    assert said.startswith("Cette étape est en cours")
    assert "Le sujet · 8 min" in plan(screen(lead, session))


def test_participants_are_shown_no_plan_to_change(session, lead) -> None:
    ana = Client()
    ana.post(f"/s/{session.join_code}/", {"name": "Ana", "key": "a"})
    page = ana.get(f"/seance/{session.pk}/").content.decode()
    assert 'id="own"' in page
    assert 'id="plan"' not in page
    assert 'id="lengths"' not in page
