"""What is known of the answers of a step: how many, of whom, and whether the others may see them yet."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from facilitation.definition import Stage
from facilitation.refusals import Refused
from facilitation.state import EVERYBODY, ROOM, Answer, Ballot, Seat, State
from facilitation.words import speak, speak_of

FEWEST = 3  # answers below which a questionnaire or a pot shows nothing: of two, each would know the other's


def rule_of(state: State, step: str) -> Stage:
    return state.method.stages[state.method.step(step).stage]


def is_shown(state: State, step: str, table: int | None) -> bool:
    """Whether a table may see the answers of a step; None is the whole room."""
    rule = rule_of(state, step)
    if rule.reveal == "now" or (step, EVERYBODY) in state.shown:
        return True
    return (step, ROOM if table is None else table) in state.shown


def show_tables(state: State, step: str, tables: Iterable[int]) -> State:
    """Some tables may see the answers of a step; once all may, so may those who look at the whole room."""
    shown = state.shown | {(step, table) for table in tables}
    if all((step, table.id) in shown for table in state.open_tables if state.seated.get(table.id)):
        shown |= {(step, ROOM)}
    return state.but(shown=shown)


def seen(state: State, step: str, tables: frozenset[int] | None) -> frozenset[int] | None:
    """The tables whose answers count in what is shown: a table that came later is still at its own vote."""
    if tables is not None or rule_of(state, step).reveal == "now" or (step, EVERYBODY) in state.shown:
        return tables
    return frozenset(table for known, table in state.shown if known == step and table > EVERYBODY)


def is_over(state: State, step: str, seat: Seat) -> bool:
    """Once the others' answers are seen, one's own no longer changes."""
    shown = rule_of(state, step).reveal != "now" and is_shown(state, step, seat.table)
    return shown or is_settled_elsewhere(state, step, seat.id, seat.table)


def is_settled_elsewhere(state: State, step: str, seat: str, table: int | None) -> bool:
    """Answered at another table, which saw it or shared it: it stays there, and is not asked again."""
    ballot = state.ballots.get(step)
    answer = ballot.answers.get(seat) if ballot else None
    if answer is None or answer.table == table or not answer.values:
        return False
    seen_there = rule_of(state, step).reveal != "now" and is_shown(state, step, answer.table)
    return seen_there or answer.table in state.shares.get(step, {})


def check_open(state: State, step: str, seat: Seat) -> None:
    if is_over(state, step, seat):
        raise Refused("already_shown")


def show(state: State, step: str) -> State:
    """To all who follow this clock."""
    if state.here is None and not state.clocks:
        return state.but(shown=state.shown | {(step, EVERYBODY)})
    return show_tables(state, step, [table.id for table in state.led])


def counted(state: State, step: str, tables: frozenset[int] | None) -> tuple[int, int]:
    """How many answered, of how many who were asked: those who are there, and those who answered before leaving."""
    rule = rule_of(state, step)
    ballot = state.ballots.get(step, Ballot())
    answered = {seat for seat, _answer in ballot.at(tables)}
    where = frozenset(table.id for table in state.open_tables) if tables is None else tables
    asked = [role for role in state.method.roles if rule.asks(role)]
    there = sum(state.present(role, table) for table in where for role in asked)  # of a crowd, without a look at each
    done = sum(
        id_ in answered or is_settled_elsewhere(state, step, id_, seat.table)
        for id_ in ballot.answers  # a sheet of paper has no seat
        if (seat := state.seats.get(id_)) and seat.present and seat.table in where and seat.role in asked
    )
    return len(answered), len(answered) + there - done


def answers_at(state: State, step: str, table: int | None) -> list[Answer]:
    ballot = state.ballots.get(step, Ballot())
    return [answer for _seat, answer in ballot.at(None if table is None else frozenset({table}))]


def are_enough(answers: Collection[Answer]) -> bool:
    """Whether a total tells nobody's own: three at least, and not one alone beside those somebody typed and knows."""
    by_themselves = sum(answer.typed_by is None for answer in answers)
    return len(answers) >= FEWEST and by_themselves != 1


class Counted(NamedTuple):
    """How many did something, as whole sentences: « 0 personne » is never one."""

    nobody: str
    one: str
    many: str


def how_many(count: int, asked: int, words: Counted) -> str:
    """« 3 personnes ont voté sur 20 »."""
    if not count:
        return speak(words.nobody)
    said = speak_of(count, words.one, words.many)
    return speak("{said} sur {asked}", said=said, asked=asked) if asked else said


def share_of(count: int, total: int) -> int:
    """A whole percentage."""
    return round(100 * count / total) if total else 0
