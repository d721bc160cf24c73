"""The moves of polls, forms and pots: answering, giving, revealing. Each activity reads its own payloads."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from facilitation import payloads
from facilitation.activities import form, poll, pot
from facilitation.activities.ballots import (
    answers_at,
    are_enough,
    check_open,
    is_settled_elsewhere,
    is_shown,
    rule_of,
    show,
    show_tables,
)
from facilitation.definition import Stage
from facilitation.meant import author_meant, step_meant
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Answer, Ballot, Move, Seat, State


def answer(state: State, move: Move, payload: Payload) -> State:
    stage, step = step_meant(state, payload)
    seat, by, typed_by = author_meant(state, move, payload)
    if stage.activity not in ("poll", "form") or "answer" not in stage.rights(seat.role):
        raise Refused("not_allowed")
    if seat.table is None:
        raise Refused("no_table")
    check_open(state, step, seat)
    known = state.ballots.get(step, Ballot()).answers.get(seat.id)
    _check_typed(known, typed_by)
    values = known.values if known else {}
    read = poll.read if stage.activity == "poll" else form.read
    return keep(state, step, seat, read(stage, seat.role, values, payload), by, typed_by)


def give(state: State, move: Move, payload: Payload) -> State:
    stage, step = step_meant(state, payload)
    seat, by, typed_by = author_meant(state, move, payload)
    if stage.activity != "pot" or "give" not in stage.rights(seat.role):
        raise Refused("not_allowed")
    if seat.table is None:
        raise Refused("no_table")
    tokens = pot.read(stage, payload)
    known = state.ballots.get(step, Ballot()).answers.get(seat.id)
    _check_typed(known, typed_by)
    shares = state.shares.get(step, {})
    if seat.table in shares or (known is not None and known.table in shares):
        raise Refused("round_over")
    return keep(state, step, seat, {"": tokens}, by, typed_by)


def _check_typed(known: Answer | None, typed_by: str | None) -> None:
    """Who types for somebody corrects what was typed for them, never what they answered themselves."""
    if typed_by is not None and known is not None and known.typed_by is None and known.values:
        raise Refused("answered_already")


def keep(state: State, step: str, seat: Seat, values: Mapping[str, Any], by: str, typed_by: str | None) -> State:
    """What the seat answered at a step, and what it brings about when everybody has."""
    assert seat.table is not None  # checked by whoever reads the payload
    rule = rule_of(state, step)
    answer = Answer(seat.table, values, by, typed_by, complete=_is_complete(rule, seat, values))
    ballot = state.ballots.get(step, Ballot()).put(seat.id, answer)
    state = state.but(ballots={**state.ballots, step: ballot})
    return show_if_everyone(state, (seat.table,))


def _is_complete(rule: Stage, seat: Seat, values: Mapping[str, Any]) -> bool:
    if rule.activity != "form":
        return bool(values)
    return all(question.id in values for question in rule.questions_for(seat.role))


def reveal(state: State, move: Move, payload: Payload) -> State:
    """Shows, for good, what a step kept hidden: to the table of whoever sits at one, to everybody otherwise."""
    seat = state.seats[move.seat]
    step = _step_to_reveal(state, payload)
    rule = rule_of(state, step)
    if rule.activity == "cards" or not may_reveal(state, seat.role, rule):
        raise Refused("not_allowed")
    if rule.activity == "pot":
        return pot.share_asked(state, step, seat.table)
    if rule.activity == "form" and not are_enough(answers_at(state, step, seat.table)):
        raise Refused("too_few")
    if seat.table is not None and "advance" not in rule.rights(seat.role):
        return show_tables(state, step, [seat.table])
    return show(state, step)


def may_reveal(state: State, role: str, rule: Stage) -> bool:
    return "reveal" in state.rights(role) or "reveal" in rule.rights(role)


def _step_to_reveal(state: State, payload: Payload) -> str:
    """A step already played, by its name or by its stage's; the one that is on by default."""
    meant = payloads.word(payload, "step") or payloads.word(payload, "stage") or state.step
    if meant is None:
        raise Refused("not_open")
    played = [step.id for step in state.method.steps if step.id in state.visited and meant in (step.id, step.stage)]
    if not played:
        raise Refused("unknown_stage")
    return meant if meant in played and meant != state.method.step(meant).stage else played[-1]


def show_at_end(state: State) -> State:
    """What waited for everybody, or for the end, waits no longer: an absent person blocks nobody."""
    rule, step = state.rule, state.step
    if rule is None or step is None or rule.activity in ("cards", "pot") or rule.reveal not in ("end", "everyone"):
        return state
    return show(state, step)


def show_if_everyone(state: State, tables: Iterable[int]) -> State:
    """Where everybody who is there and is asked has answered, the answers are shown, the pot is shared."""
    rule, step = state.rule, state.step
    if rule is None or step is None or rule.reveal != "everyone" or rule.activity not in ("poll", "form", "pot"):
        return state
    for table in tables:
        if not _all_answered(state, rule, step, table):
            continue
        state = pot.share(state, step, table) if rule.activity == "pot" else show_tables(state, step, [table])
    return state


def show_everywhere_if_everyone(state: State) -> State:
    """After somebody left or moved: those who remain may all have answered."""
    state = show_if_everyone(state, [table.id for table in state.led])
    for table in state.clocks:
        local = state.through(table)
        state = show_if_everyone(local, (table,)).back_from(state)
    return state


def _all_answered(state: State, rule: Stage, step: str, table: int) -> bool:
    ballot = state.ballots.get(step)
    asked = sum(state.present(role, table) for role in state.method.roles if rule.asks(role))
    if ballot is None or not asked or not ballot.complete.get(table) or sum(ballot.complete.values()) < asked:
        return False  # quick: it is asked at each vote
    return all(
        _has_answered(state, ballot, step, seat, table)
        for seat in state.at_table(table)
        if seat.present and rule.asks(seat.role)
    )


def _has_answered(state: State, ballot: Ballot, step: str, seat: Seat, table: int) -> bool:
    known = ballot.answers.get(seat.id)
    if known is None:
        return False
    return (known.complete and known.table == table) or is_settled_elsewhere(state, step, seat.id, table)


def follow(state: State, table: int, into: int) -> State:
    """The answers of a table whose people go to another, where the step still asks."""
    rule, step = state.rule, state.step
    ballot = state.ballots.get(step or "")
    if rule is None or step is None or ballot is None:
        return state
    if is_shown(state, step, into) or into in state.shares.get(step, {}) or table in state.shares.get(step, {}):
        return state
    for seat, answer in ballot.answers.items():
        if answer.table == table:
            ballot = ballot.put(seat, replace(answer, table=into))
    return state.but(ballots={**state.ballots, step: ballot})
