"""What a payload means: the step a person had in front of them, and whom they type for."""

from facilitation import payloads
from facilitation.definition import Stage
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Move, Seat, State


def stage_meant(state: State, move: Move, payload: Payload) -> tuple[Stage, str]:
    """The stage and the step: those that are on, or for some, later ones after a step back."""
    stage, step = state.rule, state.step
    if stage is None or step is None:
        raise Refused("not_open")
    meant = payloads.word(payload, "stage")
    if meant is None or meant in (stage.id, step):
        return stage, step
    if "late" in state.rights(state.seats[move.seat].role):
        path = state.path
        for later in path[path.index(step) + 1 :]:
            known = state.method.step(later)
            if meant in (known.id, known.stage) and known.id in state.visited:
                return state.method.stages[known.stage], known.id
    raise Refused("stage_over")


def step_meant(state: State, payload: Payload) -> tuple[Stage, str]:
    """The stage and the step that are on, and no other: what is answered counts where it is asked."""
    stage, step = state.rule, state.step
    if stage is None or step is None:
        raise Refused("not_open")
    if payloads.word(payload, "stage") not in (None, stage.id, step):
        raise Refused("stage_over")
    return stage, step


def author_meant(state: State, move: Move, payload: Payload) -> tuple[Seat, str, str | None]:
    """Whose it is, how it came, and who typed it."""
    seat = state.seats[move.seat]
    meant = payloads.word(payload, "for")
    if meant is None or meant == seat.id:
        return seat, "self", None
    if "for" not in state.rights(seat.role):
        raise Refused("not_allowed")
    author = state.seats.get(meant)
    if author is None or author.table is None or (seat.table is not None and seat.table != author.table):
        raise Refused("unknown_seat")
    by = payloads.word(payload, "by") or "facilitator"
    if by not in ("facilitator", "paper"):
        raise Refused("bad_payload")
    return author, by, seat.id
