"""DOMAIN §2, step by step: what each role may do. Written by hand from the table, not from the method file."""

import pytest

from facilitation import Refusal, view
from tests.facilitation.playing import STAGES, Play, play_codev

WHO = {
    "porteur": "paul",
    "contributor": "ana",
    "note_taker": "omar",
    "facilitator": "lise",
    "projector": "wall",
    "control": "desk",
}

# step → role → the kinds of cards that role writes
WRITES = {
    "sujet": {"porteur": {"subject"}, "contributor": {"subject"}, "note_taker": {"subject"}},
    "presentation": {"porteur": {"headline", "ask"}, "contributor": set(), "note_taker": {"note"}},
    "clarification": {
        "porteur": {"answer"},
        "contributor": {"question"},
        "note_taker": {"question", "answer", "note"},
    },
    "demande": {
        "porteur": {"request_statement"},
        "contributor": {"restatement"},
        "note_taker": {"restatement", "note"},
    },
    "reactions": {"porteur": set(), "contributor": {"idea"}, "note_taker": {"idea", "note"}},
    "feedback": {"porteur": set(), "contributor": {"witness"}, "note_taker": {"witness", "note"}},
    "cloture": {"porteur": {"felt"}, "contributor": {"learned"}, "note_taker": {"learned", "note"}},
}
ALL_KINDS = {
    "subject", "headline", "ask", "question", "answer", "request_statement", "restatement", "idea", "witness", "felt",
    "learned", "note",
}  # fmt: skip
VOTES = {("sujet", "contributor"), ("sujet", "note_taker")}
KEEPS = {("reactions", "porteur"), ("feedback", "porteur")}
FILLS = {("feedback", "porteur"), ("cloture", "porteur")}
RELEASES = {("feedback", "porteur"), ("cloture", "porteur")}
CHOOSES = {("sujet", "facilitator")}
CELLS = [(stage, role) for stage in STAGES for role in WHO]


@pytest.fixture
def prepared() -> Play:
    """A card of each kind that something can be done with, then the step asked for."""
    play = play_codev()
    play.go("sujet")
    play.do("paul", "write", kind="subject", text="Un sujet")
    play.go("clarification")
    play.do("ana", "write", kind="question", text="Qui ?")
    play.go("reactions")
    play.do("ana", "write", kind="idea", text="Une idée")
    return play


def card(play: Play, kind: str) -> str:
    return next(card.id for card in play.state.cards.values() if card.kind == kind)


@pytest.mark.parametrize(("stage", "role"), CELLS)
def test_each_role_writes_only_what_its_step_says(prepared: Play, stage: str, role: str) -> None:
    prepared.go(stage)
    written = set()
    for kind in sorted(ALL_KINDS):
        parent = {"parent": card(prepared, "question")} if kind == "answer" else {}
        after = prepared.move(WHO[role], "write", kind=kind, text="Essai", **parent)
        if not isinstance(after, Refusal):
            written.add(kind)
        else:
            assert after.reason == "not_allowed"
    assert written == WRITES[stage].get(role, set())


@pytest.mark.parametrize(("stage", "role"), CELLS)
def test_each_role_marks_fills_releases_and_chooses_only_where_its_step_says(
    prepared: Play, stage: str, role: str
) -> None:
    prepared.go(stage)
    seat = WHO[role]

    def accepted(kind: str, **payload: object) -> bool:
        return not isinstance(prepared.move(seat, kind, **payload), Refusal)

    cell = (stage, role)
    assert accepted("mark", card=card(prepared, "subject"), mark="vote") == (cell in VOTES)
    assert accepted("mark", card=card(prepared, "idea"), mark="retained") == (cell in KEEPS)
    assert accepted("fill", field="first_step", value="Téléphoner") == (cell in FILLS)
    assert accepted("release", sentence="On commence petit.") == (cell in RELEASES)
    assert accepted("choose", card=card(prepared, "subject")) == (cell in CHOOSES)


@pytest.mark.parametrize("role", [role for role in WHO if role != "facilitator"])
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("advance", {}), ("back", {}), ("extend", {"seconds": 120}), ("pause", {}), ("close", {}),
        ("give_role", {"seat": "ana", "role": "porteur"}), ("seat_at", {"seat": "ana", "table": 2}),
        ("look_at", {"table": 2}), ("add_person", {"name": "Zoé"}), ("set_minutes", {"stage": "cloture", "minutes": 9}),
        ("leave", {"seat": "rosa"}), ("leave", {"seat": "rosa", "back": "1"}),
    ],
)  # fmt: skip
def test_only_the_facilitator_leads(role: str, kind: str, payload: dict) -> None:
    play = play_codev()
    play.go("presentation")
    assert play.refused(WHO[role], kind, **payload) == "not_allowed"
    play.do("lise", kind, **payload)


def test_porteur_has_no_answer_form_in_step_4_only_i_keep() -> None:
    play = play_codev()
    play.go("reactions")
    play.do("ana", "write", text="Une idée")
    mine, theirs = view(play.state, "paul"), view(play.state, "ana")
    assert mine["own"]["forms"] == []
    ideas = next(board for board in mine["shared"]["boards"] if board["id"] == "idea")
    assert [action["label"] for action in ideas["cards"][0]["actions"]] == ["Je garde"]
    assert [form["kind"] for form in theirs["own"]["forms"]] == ["idea"]


def test_contributor_has_no_form_while_the_porteur_presents() -> None:
    play = play_codev()
    play.go("presentation")
    assert view(play.state, "ana")["own"]["forms"] == []
    assert [form["kind"] for form in view(play.state, "paul")["own"]["forms"]] == ["headline", "ask"]


def test_refusal_to_write_says_the_rule_of_the_step() -> None:
    play = play_codev()
    play.go("presentation")
    refusal = play.move("ana", "write", kind="question", text="Qui ?")
    assert isinstance(refusal, Refusal)
    assert refusal.sentence.endswith("Écoutez jusqu’au bout, sans interrompre.")


def test_note_taker_types_for_somebody_at_their_own_table_only() -> None:
    play = play_codev()
    play.go("clarification")
    written = play.do("omar", "write", kind="question", text="Combien ?", **{"for": "ana"})
    assert play.state.cards[written].author == "ana"
    assert play.refused("omar", "write", kind="question", text="Combien ?", **{"for": "ivan"}) == "unknown_seat"
    assert play.refused("ana", "write", kind="question", text="Combien ?", **{"for": "omar"}) == "not_allowed"


def test_typing_for_somebody_gives_no_more_than_their_own_rights() -> None:
    play = play_codev()
    play.go("reactions")
    assert play.refused("lise", "write", kind="idea", text="Une idée", **{"for": "paul"}) == "not_allowed"
    written = play.do("lise", "write", kind="idea", text="Une idée", by="paper", **{"for": "ana"})
    card_ = play.state.cards[written]
    assert (card_.author, card_.typed_by, card_.by) == ("ana", "lise", "paper")


def test_nobody_writes_over_the_words_somebody_wrote_themselves() -> None:
    play = play_codev()
    play.go("presentation")
    headline = play.do("paul", "write", kind="headline", text="Mes mots")
    assert play.refused("omar", "write", kind="headline", text="Autre chose", **{"for": "paul"}) == "answered_already"
    assert play.refused("lise", "write", kind="headline", text="Autre chose", **{"for": "paul"}) == "answered_already"
    assert play.state.cards[headline].text == "Mes mots"
    play.do("rosa", "leave")
    typed = play.do("lise", "write", kind="headline", text="Dicté", **{"for": "rosa"})
    play.do("lise", "write", kind="headline", text="Corrigé", **{"for": "rosa"})
    assert play.state.cards[typed].text == "Corrigé"
