"""« Répondre pour quelqu’un »: who leads answers for somebody without a phone, on a page without script."""

import re

import pytest
from django.test import Client

from maillage.live import log, urls_of
from maillage.live.committer import Submitted
from maillage.live.models import Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


def begin(method: str, stage: str) -> tuple[Session, Client, str]:
    """A session at this stage, its prompter, and the seat of Mireille, who has no phone."""
    keep_shipped_versions()
    workshop = make_workshop()
    workshop.method = method
    workshop.save(update_fields=["method"])
    session = open_session(workshop=workshop, by="essai")
    lead = Client()
    lead.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    by = session.seats.get()
    moves = (("open", {}), ("skip", {"to": stage}), ("add_person", {"name": "Mireille <b>"}))
    for kind, payload in moves:
        outcome = live().committer.submit(Submitted(session.id, by.pk, kind, payload, kind))
        assert outcome.accepted or kind == "skip"
    return session, lead, f"p{outcome.number}"


def page_of(session: Session, seat: str = "") -> str:
    return f"/seance/{session.pk}/repondre/?siege=a" + (f"&pour={seat}" if seat else "")


def answer(client: Client, session: Session, seat: str, **typed: object):
    page = client.get(page_of(session, seat)).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    shown = re.search(r'name="input" value="([^"]+)"', page)[1]
    return client.post(page_of(session, seat), {"key": key, "input": shown, **typed}, follow=True)


def test_vote_is_typed_corrected_counted_once_and_said_in_the_log() -> None:
    session, lead, seat = begin("coop-ou-pas-coop", "vote")
    assert "/repondre/?siege=a" in lead.get(f"/seance/{session.pk}/?siege=a").content.decode()
    people = lead.get(page_of(session)).content.decode()
    assert "Mireille &lt;b&gt;" in people
    assert "pas encore de réponse" in people
    for option in ("coop", "pas_coop"):
        noted = answer(lead, session, seat, value=option)
        assert noted.status_code == 200
        page = noted.content.decode()
        assert "C’est noté pour Mireille &lt;b&gt;" in page
        assert "checked" not in page  # what was typed is not shown again
    assert "réponse notée" in lead.get(page_of(session)).content.decode()
    state = live().rooms.load(session.pk).state
    (known,) = state.ballots[state.step].answers.values()
    assert (known.values, known.by, known.typed_by) == ({"": "pas_coop"}, "facilitator", str(session.seats.get().pk))
    assert [one.payload["by"] for one in log.read(session.pk) if one.kind == "answer"] == ["facilitator"] * 2
    refused = answer(lead, session, seat, value="ailleurs")
    assert refused.status_code == 422
    assert "parmi celles proposées" in refused.content.decode()


def test_gift_out_of_bounds_comes_back_with_its_reason() -> None:
    session, lead, seat = begin("pot-du-quartier", "silence")
    wrong = answer(lead, session, seat, value="4000")
    assert (wrong.status_code, 'value="4000"' in wrong.content.decode()) == (422, True)
    answer(lead, session, seat, value="3")
    state = live().rooms.load(session.pk).state
    assert [known.values for known in state.ballots[state.step].answers.values()] == [{"": 3}]
    screen = lead.get(f"/seance/{session.pk}/?siege=a").content.decode()
    assert "1 don" in re.sub(r"\s", " ", screen) or "1 personne" in re.sub(r"\s", " ", screen)


def test_questions_of_a_form_are_answered_or_passed() -> None:
    session, lead, seat = begin("evaluation", "avis")
    page = lead.get(page_of(session, seat)).content.decode()
    inputs = re.findall(r'name="input" value="([^"]+)"', page)
    assert len(inputs) > 1
    passing = re.search(r'name="input" value="([^"]+)"(?:(?!</form>).)*name="pass"', page, re.S)[1]
    done = lead.post(page_of(session, seat), {"key": "x", "input": passing, "pass": "1"}, follow=True)
    assert "Question passée." in done.content.decode()
    stale = lead.post(page_of(session, seat), {"key": "y", "input": "ancienne", "value": "1"})
    assert (stale.status_code, "Cette étape est finie" in stale.content.decode()) == (409, True)


def test_nothing_chosen_is_not_noted_and_what_is_noted_is_said_where_it_was_typed() -> None:
    session, lead, seat = begin("evaluation", "avis")
    empty = answer(lead, session, seat, value="  ")
    assert (empty.status_code, "Rien n’est noté" in empty.content.decode()) == (422, True)
    assert "C’est noté" not in empty.content.decode()
    assert live().rooms.load(session.pk).state.ballots == {}
    page = lead.get(page_of(session, seat)).content.decode()
    (first, *_others) = re.findall(r'name="input" value="([^"]+)"', page)
    option = re.search(r'type="radio" name="value" value="([^"]+)"', page)[1]
    noted = lead.post(page_of(session, seat), {"key": "x", "input": first, "value": option})
    assert noted["Location"].endswith(f"#form-{first}")
    shown = lead.get(noted["Location"]).content.decode()
    assert "C’est noté" in shown.partition(f'id="form-{first}"')[2].partition("</form>")[0]
    assert shown.count("C’est noté") == 1


def test_only_who_leads_answers_for_somebody() -> None:
    session, lead, seat = begin("coop-ou-pas-coop", "vote")
    assert Client().get(page_of(session)).status_code == 403
    phone = Client()
    phone.post(urls_of.join_url(session), {"name": "Ana", "key": "a"})
    own = f"/seance/{session.pk}/repondre/"
    assert (phone.get(own).status_code, phone.post(f"{own}?pour={seat}").status_code) == (403, 403)
    ana = next(one for one in live().rooms.load(session.pk).state.seats.values() if one.name == "Ana")
    assert "Ana" not in lead.get(page_of(session)).content.decode()  # she has a phone
    assert "Répondre pour quelqu’un</h1>" in lead.get(page_of(session, ana.id)).content.decode()
