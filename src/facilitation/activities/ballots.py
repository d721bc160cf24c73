"""What is known of the answers of a step: how many, of whom, and whether the others may see them yet."""

from dataclasses import replace

from facilitation.definition import Stage
from facilitation.refusals import Refused
from facilitation.state import EVERYBODY, Ballot, Seat, State

FEWEST = 3  # answers below which a questionnaire or a pot shows nothing: of two, each would know the other's


def rule_of(state: State, step: str) -> Stage:
    return state.method.stages[state.method.step(step).stage]


def is_shown(state: State, step: str, table: int | None) -> bool:
    """Whether a table may see the answers of a step; None is the whole room."""
    rule = rule_of(state, step)
    if rule.reveal == "now" or (step, EVERYBODY) in state.shown:
        return True
    if table is not None:
        return (step, table) in state.shown
    tables = [spec.id for spec in state.open_tables if state.seated.get(spec.id)]
    return bool(tables) and all((step, here) in state.shown for here in tables)


def check_open(state: State, stage: Stage, step: str, seat: Seat) -> None:
    """Once the others' answers are seen, one's own no longer changes."""
    if stage.reveal != "now" and is_shown(state, step, seat.table):
        raise Refused("already_shown")


def show(state: State, step: str) -> State:
    """To all who follow this clock."""
    if state.here is None and not state.clocks:
        return replace(state, shown=state.shown | {(step, EVERYBODY)})
    return replace(state, shown=state.shown | {(step, table.id) for table in state.led})


def counted(state: State, step: str, tables: frozenset[int] | None) -> tuple[int, int]:
    """How many answered, of how many who were asked: those who are there, and those who answered before leaving."""
    rule = rule_of(state, step)
    ballot = state.ballots.get(step, Ballot())
    answered = {seat for seat, _answer in ballot.at(tables)}
    where = [table.id for table in state.open_tables] if tables is None else tables
    waiting = sum(
        seat.id not in answered
        for table in where
        for seat in state.at_table(table)
        if seat.present and rule.asks(seat.role)
    )
    return len(answered), len(answered) + waiting


def answered(state: State, step: str, table: int | None) -> int:
    ballot = state.ballots.get(step, Ballot())
    return sum(1 for _answer in ballot.at(None if table is None else frozenset({table})))


def how_many(count: int, asked: int, one: str, many: str) -> str:
    """« 3 réponses sur 20 », as a sentence."""
    words = f"{count} {many if count > 1 else one}"
    return f"{words} sur {asked}" if asked else words


def share_of(count: int, total: int) -> int:
    """A whole percentage."""
    return round(100 * count / total) if total else 0
