"""Any sequence of moves, sensible or absurd: nothing raises, what must hold holds, nothing leaks."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from facilitation import REFUSALS, Move, Refusal, State, TableSpec, apply, audience, replay, start, view
from tests.examples import several
from tests.facilitation.playing import STAGES, Canary, codev, find_leaks

SEATS = ["lise", "zed", "paul", "ana", "omar", "rosa", "ivan", "wall", "desk"]
KINDS = list(codev().kinds)
ROLES = [*codev().roles, "projector", "participant", "mayor", None]
MOVES = [
    "open", "advance", "back", "extend", "pause", "resume", "close", "reopen", "set_minutes", "give_role", "seat_at",
    "look_at", "add_person", "join", "rename", "leave", "take_role", "write", "edit", "remove", "mark", "choose",
    "fill", "release", "withdraw", "reveal", "explode", "",
]  # fmt: skip
# Shrinking a session of sixty moves takes minutes; the failing one is printed whole.
QUICK = {"deadline": None, "derandomize": True, "database": None, "phases": [Phase.explicit, Phase.generate]}
Session = tuple[int, list[tuple[str, str, Any]]]

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["ana", "c9", "1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)
FIELDS = [
    "name", "role", "table", "by", "seat", "from", "to", "seconds", "stage", "minutes", "kind", "text", "parent", "for",
    "card", "mark", "on", "field", "value", "sentence", "decline",
]  # fmt: skip
absurd_moves = st.tuples(
    st.sampled_from([*SEATS, "ghost", ""]),
    st.sampled_from(MOVES),
    st.none() | st.dictionaries(st.sampled_from(FIELDS), junk | st.just("é" * 2_000), max_size=4),
)
# What a phone could send: drawn as numbers, and made into ids that exist by `sensible`.
numbers = st.tuples(*[st.integers(0, 30)] * 4)
leading_moves = st.tuples(
    st.sampled_from(["lise", "lise", "lise", "zed", "ana"]),
    st.sampled_from(
        ["open", *["advance"] * 3, "back", "extend", "pause", "close", "give_role", "seat_at",
         "look_at", *["choose"] * 2, "seat_at", "give_role", "remove", "set_minutes", "add_person"]
    ),
    numbers,
)  # fmt: skip
people_moves = st.tuples(
    st.sampled_from([seat for seat in SEATS if seat not in ("wall", "desk")]),
    st.sampled_from([*["write"] * 8, *["edit"] * 3, "remove", *["mark"] * 4, *["take_role"] * 3, "leave", "rename"]),
    numbers,
)
porteur_moves = st.tuples(
    st.sampled_from(["paul", "rosa", "ana"]),
    st.sampled_from(["write", "mark", "fill", "release", "release", "withdraw", "withdraw", "reveal"]),
    numbers,
)
moves = leading_moves | leading_moves | people_moves | people_moves | porteur_moves | absurd_moves
# how many stages have gone by, then what happens
sessions = st.tuples(st.sampled_from([0, 0, 0, 0, *range(1, len(STAGES))]), st.lists(moves, min_size=20, max_size=60))


def pick(items: list[Any], index: int) -> Any:
    return items[index % len(items)] if items else None


def sensible(state: State, seat: str, kind: str, draw: tuple[int, ...], text: str) -> dict[str, Any]:
    """A payload whose names exist, most of the time the right ones."""
    a, b, c, d = draw
    role = state.seats[seat].role if seat in state.seats else ""
    kinds = list(state.method.kinds_for(state.stage, role)) if state.stage else []
    cards = list(state.cards)
    seats = list(state.seats)
    here = [card.id for card in state.cards.values() if card.kind == ("subject" if state.stage == "sujet" else "idea")]
    own = [card.id for card in state.cards.values() if card.author == seat and card.stage == state.stage]
    target = pick(own, a) if own and d % 4 else pick(cards, a)
    payloads: dict[str, dict[str, Any]] = {
        "advance": {"from": state.stage if d % 5 else pick(STAGES, a)},
        "back": {"to": pick(STAGES, a)} if d % 2 else {},
        "extend": {"seconds": (a - 10) * 30},
        "set_minutes": {"preset": pick(list(state.method.presets), a)}
        if d % 3 == 0
        else {"stage": pick(STAGES, a), "minutes": b},
        "write": {"kind": pick(kinds, a) or pick(KINDS, a), "text": text, "parent": pick(cards, b)},
        "edit": {"card": target, "text": text},
        "remove": {"card": target},
        "mark": {
            "card": pick(here, a) if d % 4 else pick(cards, a),
            "mark": "vote" if (b % 4 == 0) != (state.stage == "sujet") else "retained",
            "on": bool(c % 3),
        },
        "choose": {"card": pick(here, a)},
        "fill": {"field": pick(["first_step", "date", "with_whom", "report_back"], a), "value": text},
        "release": {"sentence": text},
        "reveal": {"mark": "retained", "on": bool(a % 2)},
        "give_role": {
            "seat": pick(seats, a),
            "role": pick(ROLES if d % 3 == 0 else ["porteur", "contributor"], b),
            "table": 1 + c % 2 if d % 2 else None,
        },
        "seat_at": {"seat": pick(seats, a), "table": 1 + b % 2},
        "look_at": {"table": 1 + a % 2},
        "take_role": {"role": pick(["porteur", "note_taker", "contributor"], a) if d % 4 else pick(ROLES, a)},
        "rename": {"name": text},
        "add_person": {"name": text, "table": 1 + a % 2},
    }
    payload = payloads.get(kind, {})
    if kind == "write" and state.stage and payload["kind"] in KINDS and not codev().kinds[payload["kind"]].parents:
        payload.pop("parent")
    if kind == "write" and d % 6 == 0:
        payload["for"] = pick(seats, c)
    return {key: value for key, value in payload.items() if value is not None}


def check_invariants(before: State, state: State) -> None:
    assert state.number > before.number
    assert state.at >= before.at
    assert (state.ends_at is not None) == (state.status == "running")
    if state.status == "paused":
        assert state.remaining is not None
    assert state.total >= 0
    assert (state.stage is None) <= (state.status in ("waiting", "closed"))
    for table in state.tables:
        for role in ("porteur", "note_taker"):
            assert sum(seat.role == role for seat in state.at_table(table.id)) <= 1
    for seat in state.seats.values():
        assert seat.role in (*codev().roles, "projector", "control")
        assert (seat.table is not None) == (seat.role in ("porteur", "contributor", "note_taker"))
        assert len(seat.marks.get("vote", ())) <= 1
        for mark, cards in seat.marks.items():
            assert all(state.cards[card].marks[mark] >= 1 for card in cards)
    for card in state.cards.values():
        assert 0 < len(card.text) <= 1_000
        for mark, count in card.marks.items():
            assert count == sum(card.id in seat.marks.get(mark, ()) for seat in state.seats.values())
    assert set(before.cards) <= set(state.cards)
    for table, card_id in state.chosen.items():
        assert state.cards[card_id].table == table


def note_canary(canaries: dict[str, Canary], state: State, move: Move, text: str) -> None:
    """What this accepted move let somebody type; a text that was replaced is nobody's any more."""
    payload = move.payload or {}
    if text not in payload.values():
        return
    if move.kind in ("write", "edit"):
        card = next(card for card in state.cards.values() if card.text == text)
        canaries[text] = Canary(text, "card", card.author, card.table)
    elif move.kind == "rename":
        canaries[text] = Canary(text, "name", move.seat, None)
    elif move.kind == "add_person":
        canaries[text] = Canary(text, "name", f"p{move.number}", None)
    elif move.kind == "fill":
        canaries[text] = Canary(text, "sheet", move.seat, None)
    elif move.kind == "release":
        canaries[text] = Canary(text, "release", move.seat, None)


def play(session: Session) -> tuple[State, State, list[Move], list[Canary]]:
    first = state = start(codev(), preset="flash", tables=(TableSpec(1), TableSpec(2)))
    log: list[Move] = []
    canaries: dict[str, Canary] = {}
    joins = [
        ("lise", "facilitator", None), ("zed", "facilitator", None), ("paul", "porteur", 1), ("ana", "contributor", 1),
        ("omar", "note_taker", 1), ("rosa", "porteur", 2), ("ivan", "contributor", 2), ("wall", "projector", None),
        ("desk", "control", None),
    ]  # fmt: skip
    opening: list[tuple[str, str, Any]] = [
        (seat, "join", {"name": seat, "role": role, "table": table}) for seat, role, table in joins
    ]
    gone, drawn_moves = session
    cards = {"sujet": "subject", "clarification": "question", "reactions": "idea", "feedback": "witness"}
    for position, stage in enumerate(STAGES[: gone + 1]):
        opening.append(("lise", "advance" if position else "open", {}))
        if stage in cards:
            opening += [("ana", "write", {"kind": cards[stage], "text": f"{stage} de {table}"}) for table in (1, 2)]
    for index, (seat, drawn_kind, drawn) in enumerate([*opening, *drawn_moves]):
        text = f"canari-{index:04d}"
        kind = drawn_kind
        if kind == "close" and isinstance(drawn, tuple) and drawn[1] % 4:
            kind = "choose"  # a session that is over early teaches little
        if (
            isinstance(drawn, tuple)
            and state.status in ("paused", "closed")
            and drawn[0] % 2
            and seat in ("lise", "zed")
        ):
            kind = "resume" if state.status == "paused" else "reopen"
        payload = sensible(state, seat, kind, drawn, text) if isinstance(drawn, tuple) else drawn
        move = Move(state.number + 1, seat, kind, payload, 1_000 * index)
        after = apply(state, move)
        if isinstance(after, Refusal):
            assert after.reason in REFUSALS
            assert after.sentence.startswith(REFUSALS[after.reason])
            continue
        check_invariants(state, after)
        log.append(move)
        state = after
        note_canary(canaries, state, move, text)
    return first, state, log, list(canaries.values())


def test_any_session_holds() -> None:
    stages: set[str | None] = set()
    kinds: set[str] = set()

    @settings(max_examples=several(120), **QUICK)
    @given(sessions)
    def run(session: Session) -> None:
        first, state, log, canaries = play(session)
        assert replay(first, log) == state
        assert State.from_json(codev(), state.to_json()) == state
        assert find_leaks(state, canaries) == []
        shared: dict[object, str] = {}
        for seat in [*state.seats, "ghost"]:
            sent = json.dumps(view(state, seat)["shared"], ensure_ascii=False)
            assert shared.setdefault(audience(state, seat), sent) == sent
            sent.encode()
        stages.add(state.stage)
        kinds.update(move.kind for move in log)

    run()
    # sessions that never leave the first stage would prove nothing
    assert stages >= set(STAGES)
    assert len(set(MOVES) - kinds) <= 4  # two of them exist nowhere


@settings(max_examples=several(60), **QUICK)
@given(sessions, st.randoms(use_true_random=False))
def test_any_erased_session_replays(session: Session, random: Any) -> None:
    first, state, log, _canaries = play(session)
    erased = replay(first, [replace(move, payload=None) for move in log])
    assert erased.number == state.number
    written = sum(move.kind == "write" for move in log)
    assert len(erased.cards) == written
    if not any("to" in (move.payload or {}) for move in log) and not any(move.kind == "set_minutes" for move in log):
        assert (erased.stage, erased.status) == (state.stage, state.status)
    assert not any(seat.name for seat in erased.seats.values())
    assert "canari" not in erased.to_json()
    half = [replace(move, payload=None) if random.random() < 0.5 else move for move in log]
    replayed = replay(first, half)
    assert replayed.number == state.number
    for seat in replayed.seats:
        view(replayed, seat)
