"""The clock of a session, and the step it measures. Times are absolute and come with the moves."""

from collections.abc import Callable, Container

from facilitation import groups, payloads, people
from facilitation.activities import answers, cards, deal, pot
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import MINUTE, Move, State
from facilitation.vocabulary import MAX_MINUTES

LONGEST_EXTENSION = 3_600  # seconds in one move
LEAST_AGAIN = MINUTE  # ms: a step that is on again has that long at least


def open_(state: State, move: Move, payload: Payload) -> State:
    if state.status != "waiting":
        raise Refused("already_open")
    # secrets are dealt by what nobody in the room can work out: the server's salt; the instant alone is on every clock
    salt = payloads.word(payload, "salt") or ""
    own = [table.id for table in state.open_tables] if state.method.own_clocks else list(state.clocks)
    state = state.but(seed=f"{move.at}-{move.number}-{move.seat}{salt}", opened_at=move.at, clocks={})
    state = enter(state, state.path[0], move.at)
    return people.watch_people(state.but(clocks=dict.fromkeys(own, state.clock)))


def advance(state: State, move: Move, payload: Payload) -> State:
    """The next step; `from` says which one the person had in front of them, `to` skips optional ones."""
    path, position = _position(state, payload)
    if position + 1 == len(path):
        raise Refused("last_stage")
    to = payloads.word(payload, "to") or path[position + 1]
    if to not in path[position + 1 :]:
        raise Refused("unknown_stage")
    between = path[position + 1 : path.index(to)]
    if any(not state.method.stages[state.method.step(id_).stage].optional for id_ in between):
        raise Refused("unknown_stage")
    return _go_on(state, to, move.at)


def skip(state: State, move: Move, payload: Payload) -> State:
    """Any later step. Without `to`, out of the rounds that are on, or over the next stage."""
    path, position = _position(state, payload)
    later = path[position + 1 :]
    if not later:
        raise Refused("last_stage")
    to = payloads.word(payload, "to") or _after_rounds(state, later)
    if to not in later:
        raise Refused("unknown_stage")
    return _go_on(state, to, move.at)


def _go_on(state: State, to: str, at: int) -> State:
    """Further on: what the step was waiting for is settled first."""
    state = leave(state)
    stage = state.method.stages[state.method.step(to).stage]
    return enter(cards.free_role(state, stage) if stage.id == state.stage else state, to, at)


def _after_rounds(state: State, later: tuple[str, ...]) -> str:
    """The first step after the outermost rounds that are on; without any, the one after the next."""
    rounds = state.at_step.rounds if state.at_step else ()
    if not rounds:
        return later[min(1, len(later) - 1)]
    loop = rounds[0][0]
    outside = (id_ for id_ in later if not any(of == loop for of, _number in state.method.step(id_).rounds))
    return next(outside, later[-1])


def back(state: State, move: Move, payload: Payload) -> State:
    """An earlier step is on again, with the time it had left. What was written stays, what was revealed too."""
    path, position = _position(state, payload)
    if position == 0:
        raise Refused("first_stage")
    to = payloads.word(payload, "to") or path[position - 1]
    if to not in path[:position]:
        raise Refused("unknown_stage")
    return enter(state, to, move.at)


def enter(state: State, step: str, at: int) -> State:
    """A step is on: with its whole time, or with what it had left if it was quitted (a minute at least).

    Whoever touched « Revenir » or « Étape suivante » by mistake finds the clock as it was, what was added included.
    """
    stage = state.method.stages[state.method.step(step).stage]
    spared = dict(state.spared)
    if state.step is not None and state.on:
        spared[state.step] = (_left(state, at), state.total)
    whole = round(state.minutes[stage.id] * MINUTE)
    left, total = spared.pop(step, (whole, whole))
    left = max(left, min(LEAST_AGAIN, whole))
    total = max(total, left)
    quiet = round(stage.quiet * MINUTE) - (total - left)
    state = state.but(
        status="running",
        step=step,
        visited=state.visited | {step},
        ends_at=at + left,
        remaining=None,
        total=total,
        quiet_until=at + quiet if quiet > 0 else None,
        spared=spared,
    )
    return deal.deal_all(groups.form(state))


def _left(state: State, at: int) -> int:
    """ms left of the step that is on."""
    return max((state.remaining if state.ends_at is None else state.ends_at - at) or 0, 0)


def leave(state: State) -> State:
    """At the end of a step: votes settle, the pot is shared, what waited for the end is shown."""
    rule = state.rule
    if rule is None:
        return state
    state = pot.share_all(cards.settle_all(state, rule))  # an absent person is not waited for
    return answers.show_at_end(state)


def extend(state: State, move: Move, payload: Payload) -> State:
    """More time, or less. After the end, two more minutes are two minutes from now."""
    seconds = payloads.whole(payload, "seconds")
    if not seconds or abs(seconds) > LONGEST_EXTENSION:
        raise Refused("bad_duration")
    if not state.on:
        raise Refused("not_running")
    before = _left(state, move.at)
    after = min(max(before + seconds * 1000, 0), MAX_MINUTES * MINUTE)
    total = max(state.total + after - before, 0)
    if state.status == "paused":
        return state.but(remaining=after, total=total)
    return state.but(ends_at=move.at + after, total=total)


def pause(state: State, move: Move, payload: Payload) -> State:
    if state.status != "running" or state.ends_at is None:
        raise Refused("not_running")
    return state.but(status="paused", ends_at=None, remaining=max(state.ends_at - move.at, 0))


def resume(state: State, move: Move, payload: Payload) -> State:
    if state.status != "paused":
        raise Refused("not_paused")
    return state.but(status="running", ends_at=move.at + (state.remaining or 0), remaining=None)


def close(state: State, move: Move, payload: Payload) -> State:
    """The end, for every table: those that run themselves too."""
    return _each_clock(state, lambda local: _close(local, move))


def _close(state: State, move: Move) -> State:
    if state.status == "closed":
        return state
    return leave(state).but(status="closed", ends_at=None, remaining=_left(state, move.at))


def reopen(state: State, move: Move, payload: Payload) -> State:
    if state.status != "closed":
        raise Refused("not_closed")
    return _each_clock(state, lambda local: _reopen(local, move))


def _reopen(state: State, move: Move) -> State:
    if state.step is None:
        return state.but(status="waiting", remaining=None)
    return state.but(status="running", ends_at=move.at + (state.remaining or 0), remaining=None)


def _each_clock(state: State, turn: Callable[[State], State]) -> State:
    state = turn(state)
    for table in state.clocks:
        state = turn(state.through(table)).back_from(state)
    return state


def set_minutes(state: State, move: Move, payload: Payload) -> State:
    """Changes the plan of a stage that is not on; zero skips an optional one. With `preset`, of all those not on."""
    if (preset := payloads.word(payload, "preset")) is not None:
        return _take_preset(state, preset)
    id_ = payloads.needed(payload, "stage")
    stage = state.method.stages.get(id_)
    if stage is None:
        raise Refused("unknown_stage")
    if _is_on(state, id_):
        raise Refused("stage_on")
    minutes = payloads.number(payload, "minutes")
    if minutes > MAX_MINUTES or (minutes < 0.1 and not (stage.optional and minutes == 0)):
        raise Refused("bad_duration")
    state = _each_clock(state, lambda local: _forget_time_left(local, (id_,)))
    return state.but(minutes={**state.minutes, id_: minutes})


def _take_preset(state: State, preset: str) -> State:
    """The stages that are on keep their time: « 2 min de plus » is for them."""
    known = state.method.presets.get(preset)
    if known is None:
        raise Refused("bad_payload")
    planned = {id_: stage.minutes for id_, stage in state.method.stages.items()} | dict(known.minutes)
    changed = {id_: minutes for id_, minutes in planned.items() if not _is_on(state, id_)}
    state = _each_clock(state, lambda local: _forget_time_left(local, changed))
    return state.but(minutes={**state.minutes, **changed}, preset=preset)


def _is_on(state: State, stage: str) -> bool:
    return stage == state.stage or stage in _stages_of_tables(state)


def _forget_time_left(state: State, stages: Container[str]) -> State:
    """A stage planned anew begins with its new minutes, even if it was quitted before."""
    spared = {step: time for step, time in state.spared.items() if state.method.step(step).stage not in stages}
    return state.but(spared=spared)


def _stages_of_tables(state: State) -> set[str]:
    return {state.method.step(clock.step).stage for clock in state.clocks.values() if clock.step}


def _position(state: State, payload: Payload) -> tuple[tuple[str, ...], int]:
    """The path, and where on it the person thinks the session is."""
    if state.step is None:
        raise Refused("not_open")
    meant = payloads.word(payload, "from")
    if meant is not None and meant != state.step:
        raise Refused("stale_stage")
    path = state.path
    return path, path.index(state.step)
