"""The one clock of a session, and the stage it measures. Times are absolute and come with the moves."""

from dataclasses import replace

from facilitation import payloads
from facilitation.activities import cards
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import MINUTE, Move, State
from facilitation.vocabulary import MAX_MINUTES

LONGEST_EXTENSION = 3_600  # seconds in one move


def open_(state: State, move: Move, payload: Payload) -> State:
    if state.status != "waiting":
        raise Refused("already_open")
    return enter(state, state.path[0], move.at)


def advance(state: State, move: Move, payload: Payload) -> State:
    """The next stage; `from` says which one the person had in front of them, `to` skips optional ones."""
    here = _here(state, payload)
    path = state.path
    position = path.index(here)
    if position + 1 == len(path):
        raise Refused("last_stage")
    to = payloads.word(payload, "to") or path[position + 1]
    if to not in path[position + 1 :]:
        raise Refused("unknown_stage")
    between = path[position + 1 : path.index(to)]
    if any(not state.method.stages[id_].optional for id_ in between):
        raise Refused("unknown_stage")
    state = cards.settle_all(state, state.method.stages[here])
    return enter(state, to, move.at)


def back(state: State, move: Move, payload: Payload) -> State:
    """An earlier stage is on again, with its whole time. What was written stays."""
    here = _here(state, payload)
    path = state.path
    position = path.index(here)
    if position == 0:
        raise Refused("first_stage")
    to = payloads.word(payload, "to") or path[position - 1]
    if to not in path[:position]:
        raise Refused("unknown_stage")
    return enter(state, to, move.at)


def enter(state: State, stage: str, at: int) -> State:
    total = round(state.minutes[stage] * MINUTE)
    quiet = state.method.stages[stage].quiet
    return replace(
        state,
        status="running",
        stage=stage,
        visited=state.visited | {stage},
        ends_at=at + total,
        remaining=None,
        total=total,
        quiet_until=at + round(quiet * MINUTE) if quiet else None,
    )


def extend(state: State, move: Move, payload: Payload) -> State:
    """More time, or less. After the end, two more minutes are two minutes from now."""
    seconds = payloads.whole(payload, "seconds")
    if not seconds or abs(seconds) > LONGEST_EXTENSION:
        raise Refused("bad_duration")
    if state.status not in ("running", "paused"):
        raise Refused("not_running")
    left = state.remaining if state.ends_at is None else state.ends_at - move.at
    before = max(left or 0, 0)
    after = min(max(before + seconds * 1000, 0), MAX_MINUTES * MINUTE)
    total = max(state.total + after - before, 0)
    if state.status == "paused":
        return replace(state, remaining=after, total=total)
    return replace(state, ends_at=move.at + after, total=total)


def pause(state: State, move: Move, payload: Payload) -> State:
    if state.status != "running" or state.ends_at is None:
        raise Refused("not_running")
    return replace(state, status="paused", ends_at=None, remaining=max(state.ends_at - move.at, 0))


def resume(state: State, move: Move, payload: Payload) -> State:
    if state.status != "paused":
        raise Refused("not_paused")
    return replace(state, status="running", ends_at=move.at + (state.remaining or 0), remaining=None)


def close(state: State, move: Move, payload: Payload) -> State:
    if state.rule is not None:
        state = cards.settle_all(state, state.rule)
    left = state.remaining if state.ends_at is None else max(state.ends_at - move.at, 0)
    return replace(state, status="closed", ends_at=None, remaining=left)


def reopen(state: State, move: Move, payload: Payload) -> State:
    if state.status != "closed":
        raise Refused("not_closed")
    if state.stage is None:
        return replace(state, status="waiting", remaining=None)
    return replace(state, status="running", ends_at=move.at + (state.remaining or 0), remaining=None)


def set_minutes(state: State, move: Move, payload: Payload) -> State:
    """Changes the plan of a stage that is not on; zero skips an optional one."""
    id_ = payloads.needed(payload, "stage")
    stage = state.method.stages.get(id_)
    if stage is None or id_ == state.stage:
        raise Refused("unknown_stage")
    minutes = payloads.number(payload, "minutes")
    if minutes > MAX_MINUTES or (minutes < 0.1 and not (stage.optional and minutes == 0)):
        raise Refused("bad_duration")
    return replace(state, minutes={**state.minutes, id_: minutes})


def _here(state: State, payload: Payload) -> str:
    if state.stage is None:
        raise Refused("not_open")
    meant = payloads.word(payload, "from")
    if meant is not None and meant != state.stage:
        raise Refused("stale_stage")
    return state.stage
