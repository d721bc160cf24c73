"""« Saisir ce qui s’est fait sur papier »: a session that no screen saw is typed in, table after table."""

import re

import pytest
from django.test import Client

from maillage.live import log, urls_of
from maillage.live.models import Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from tests.live.play import make_workshop

KIND = re.compile(r'name="step" value="([^"]+)"><input type="hidden" name="kind" value="([^"]+)"')

pytestmark = pytest.mark.django_db(transaction=True)


def begin(method: str) -> tuple[Session, Client, str]:
    """A session nobody opened, and who leads it, on the page that types paper."""
    keep_shipped_versions()
    workshop = make_workshop()
    workshop.method = method
    workshop.save(update_fields=["method"])
    session = open_session(workshop=workshop, by="essai")
    lead = Client()
    lead.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    return session, lead, f"/seance/{session.pk}/papier/?siege=a"


def typed(client: Client, address: str, step: str, /, *, key: str = "", **fields: object):
    shown = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())[1]
    return client.post(address, {"key": key or f"{shown}-{fields}", "step": step, **fields}, follow=True)


def state_of(session: Session):
    return live().rooms.load(session.pk).state


def test_a_session_nobody_opened_is_played_on_paper() -> None:
    session, lead, address = begin("presentation-experience")
    assert "papier/?siege=a" in lead.get(f"/seance/{session.pk}/?siege=a").content.decode()
    page = lead.get(address).content.decode()
    assert "Elle a eu lieu sur papier" in page
    assert "<textarea" not in page
    lead.post(address, {"key": "b", "begin": "1"})
    assert state_of(session).status == "closed"
    page = lead.get(address).content.decode()
    step, kind = re.search(
        r'name="step" value="([^"]+)"><input type="hidden" name="kind" value="([^"]+)"', page
    ).groups()
    lines = "Un café le mardi\n\n  <b>Des mères</b> à la porte \nUn local"
    for _twice in range(2):  # a double tap notes once
        noted = typed(lead, address, step, key="k1", kind=kind, lines=lines)
    assert "3 lignes sont notées." in noted.content.decode()
    assert "&lt;b&gt;Des mères&lt;/b&gt; à la porte" in noted.content.decode()
    cards = list(state_of(session).cards.values())
    assert [(card.by, card.text) for card in cards][2] == ("paper", "Un local")
    assert len(cards) == 3
    assert all(one.payload["by"] == "paper" for one in log.read(session.pk) if one.kind in ("open", "transcribe"))
    back = typed(lead, address, step, card=cards[0].id, on="false")
    assert "C’est retiré." in back.content.decode()
    assert state_of(session).cards[cards[0].id].removed


def test_a_line_refused_goes_back_with_those_after_and_loses_nothing() -> None:
    session, lead, address = begin("presentation-experience")
    lead.post(address, {"key": "b", "begin": "1"})
    page = lead.get(address).content.decode()
    step, kind = re.search(
        r'name="step" value="([^"]+)"><input type="hidden" name="kind" value="([^"]+)"', page
    ).groups()
    answer = typed(lead, address, step, kind=kind, lines="Court\n" + "x" * 1_001 + "\nDernier")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "trop long" in page
    assert "x" * 1_001 in page
    assert "Dernier</textarea>" in page
    assert [card.text for card in state_of(session).cards.values()] == ["Court"]
    empty = typed(lead, address, step, kind=kind, lines=" \n ")
    assert (empty.status_code, "Écrivez au moins une ligne." in empty.content.decode()) == (422, True)


def test_hands_and_totals_are_noted_and_bad_numbers_come_back() -> None:
    session, lead, address = begin("coop-ou-pas-coop")
    lead.post(address, {"key": "b", "begin": "1"})
    assert typed(lead, address, "vote", count_coop="5", count_depend="").status_code == 200
    assert state_of(session).hands["vote"] == {1: {"coop": 5}}
    wrong = typed(lead, address, "vote", count_coop="5000")
    assert (wrong.status_code, 'value="5000"' in wrong.content.decode()) == (422, True)
    session, lead, address = begin("pot-du-quartier")
    lead.post(address, {"key": "b", "begin": "1"})
    few = typed(lead, address, "silence", players="2", total="4")
    assert (few.status_code, "Moins de trois" in few.content.decode()) == (422, True)
    assert "pour chaque personne" in typed(lead, address, "silence", players="4", total="10").content.decode()
    assert state_of(session).shares["silence"][1].total == 10


def test_sheets_of_answers_are_typed_one_by_one() -> None:
    session, lead, address = begin("evaluation")
    lead.post(address, {"key": "b", "begin": "1"})
    page = lead.get(address).content.decode()
    step = re.search(r'name="step" value="([^"]+)"', page)[1]
    name, value = re.search(r'type="radio" name="(answer_\w+)" value="(\w+)"', page).groups()
    assert "1 feuille notée" in re.sub(r"\s", " ", typed(lead, address, step, **{name: value}).content.decode())
    assert typed(lead, address, step, **{name: "ailleurs"}).status_code == 422
    (sheet,) = state_of(session).ballots[step].answers
    typed(lead, address, step, sheet=sheet, on="false")
    assert not state_of(session).ballots[step].answers[sheet].values


def test_only_who_leads_gets_there() -> None:
    session, lead, address = begin("evaluation")
    assert Client().get(address).status_code == 403
    guest = Client()
    guest.post(urls_of.join_url(session), {"name": "Ana", "key": "z"})
    refused = guest.get(address.partition("?")[0])
    assert (refused.status_code, "Qui anime" in refused.content.decode()) == (403, True)
    assert guest.post(address.partition("?")[0], {"begin": "1"}).status_code == 403
    assert lead.get(f"/seance/{'0' * 8}-0000-0000-0000-{'0' * 12}/papier/").status_code == 404
