"""A state as text and back: what spares a long replay. The indexes are made again, not stored."""

import json
from dataclasses import asdict
from typing import Any

from facilitation.definition import Method
from facilitation.register import Register
from facilitation.state import Answer, Ballot, Card, Clock, Released, Seat, Share, State, TableSpec

_PLAIN = (
    "minutes", "preset", "number", "at", "seed", "status", "step", "opened_at", "ends_at", "remaining", "total",
    "quiet_until", "sheets",
)  # fmt: skip


def write(state: State) -> str:
    content = {name: getattr(state, name) for name in _PLAIN}
    content |= {
        "tables": [asdict(table) for table in state.tables],
        "visited": sorted(state.visited),
        "spared": dict(state.spared),
        "seats": [_seat_json(seat) for seat in state.seats.values()],
        "seated": {str(table): seats for table, seats in state.seated.items()},
        "cards": [asdict(card) for card in state.cards.values()],
        "chosen": {str(table): card for table, card in state.chosen.items()},
        "revealed": sorted(state.revealed),
        "releases": {key: asdict(release) for key, release in state.releases.items()},
        "ballots": {
            step: {seat: asdict(answer) for seat, answer in ballot.answers.items()}
            for step, ballot in state.ballots.items()
        },
        "hands": {step: {str(table): hands for table, hands in by.items()} for step, by in state.hands.items()},
        "shown": sorted(state.shown),
        "dealt": {step: dict(cards) for step, cards in state.dealt.items()},
        "picked": dict(state.picked),
        "groups": {step: dict(groups) for step, groups in state.groups.items()},
        "shares": {
            step: {str(table): asdict(share) for table, share in by.items()} for step, by in state.shares.items()
        },
        "merged": {str(table): into for table, into in state.merged.items()},
        "clocks": {
            str(table): {**asdict(clock), "visited": sorted(clock.visited)} for table, clock in state.clocks.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def read(method: Method, text: str) -> State:
    content = json.loads(text)
    state = State(
        method=method,
        tables=tuple(TableSpec(**table) for table in content["tables"]),
        visited=frozenset(content["visited"]),
        spared=_spared_from(content["spared"]),
        chosen={int(table): card for table, card in content["chosen"].items()},
        revealed=frozenset((int(table), str(mark)) for table, mark in content["revealed"]),
        releases={key: Released(**release) for key, release in content["releases"].items()},
        ballots={step: _ballot_from(answers) for step, answers in content["ballots"].items()},
        hands={step: {int(table): hands for table, hands in by.items()} for step, by in content["hands"].items()},
        shown=frozenset((str(step), int(table)) for step, table in content["shown"]),
        dealt={step: Register(cards.items()) for step, cards in content["dealt"].items()},
        picked={stage: tuple(cards) for stage, cards in content["picked"].items()},
        groups={step: Register(groups.items()) for step, groups in content["groups"].items()},
        shares={
            step: {int(table): Share(**share) for table, share in by.items()} for step, by in content["shares"].items()
        },
        merged={int(table): into for table, into in content["merged"].items()},
        clocks={
            int(table): Clock(
                **{**clock, "visited": frozenset(clock["visited"]), "spared": _spared_from(clock["spared"])}
            )
            for table, clock in content["clocks"].items()
        },
        **{name: content[name] for name in _PLAIN},
    )
    for seat in content["seats"]:
        state = state.with_seat(_seat_from(seat))
    state = state.with_cards([Card(**card) for card in content["cards"]])
    # who sits where is in the order people came to the table, not in the order they came to the session
    seated = {int(table): tuple(seats) for table, seats in content["seated"].items()}
    return state.but(seated=seated)


def _ballot_from(answers: dict[str, Any]) -> Ballot:
    ballot = Ballot()
    for seat, answer in answers.items():
        ballot = ballot.put(seat, Answer(**answer))
    return ballot


def _seat_json(seat: Seat) -> dict[str, Any]:
    fields = ("id", "name", "role", "table", "looking_at", "present", "by")
    marks = {mark: sorted(cards) for mark, cards in seat.marks.items()}
    return {name: getattr(seat, name) for name in fields} | {"marks": marks}


def _seat_from(content: dict[str, Any]) -> Seat:
    marks = {mark: frozenset(cards) for mark, cards in content["marks"].items()}
    return Seat(**{**content, "marks": marks})


def _spared_from(times: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    return {step: (left, total) for step, (left, total) in times.items()}
