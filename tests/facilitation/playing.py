"""A session to play with, and by hand, who may see what: it knows the rules of DOMAIN, not those of view.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from facilitation import Method, Move, Refusal, State, TableSpec, apply, replay, shipped_methods, start, view

STAGES = ["sujet", "presentation", "clarification", "demande", "reactions", "feedback", "cloture"]
MINUTE = 60_000


@dataclass
class Play:
    """One session, its log, and the unique text of each thing typed in it."""

    first: State
    state: State = field(init=False)
    log: list[Move] = field(default_factory=list)
    now: int = 1_000_000

    def __post_init__(self) -> None:
        self.state = self.first

    def move(self, seat: str, move: str, /, **payload: Any) -> State | Refusal:
        self.now += 1_000
        made = Move(self.state.number + 1, seat, move, payload, self.now)
        after = apply(self.state, made)
        if not isinstance(after, Refusal):
            self.state = after
            self.log.append(made)
        return after

    def do(self, seat: str, move: str, /, **payload: Any) -> str:
        """A move that must be accepted. Gives the id of the card a `write` makes."""
        after = self.move(seat, move, **payload)
        assert isinstance(after, State), f"{seat} {move} {payload}: {after}"
        return f"c{after.number}"

    def refused(self, seat: str, move: str, /, **payload: Any) -> str:
        """A move that must be refused. Gives the reason."""
        before = self.state
        after = self.move(seat, move, **payload)
        assert isinstance(after, Refusal), f"{seat} {move} {payload} was accepted"
        assert self.state is before
        assert after.sentence.strip()
        return after.reason

    def go(self, stage: str) -> None:
        """The facilitator goes there, whatever the way."""
        if self.state.status == "waiting":
            self.do("lise", "open")
        while STAGES.index(self.state.stage or "") < STAGES.index(stage):
            self.do("lise", "advance", **{"from": self.state.stage})
        if self.state.stage != stage:
            self.do("lise", "back", to=stage)

    def replayed(self) -> State:
        return replay(self.first, self.log)


def codev() -> Method:
    return shipped_methods()["codev"]


def play_codev(*, tables: int = 2, preset: str | None = None) -> Play:
    """Two tables of codev. Lise facilitates; Paul (porteur), Ana and Omar (secrétaire) are at table 1."""
    play = Play(start(codev(), preset=preset, tables=tuple(TableSpec(id_) for id_ in range(1, tables + 1))))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("wall", "join", name="", role="projector")
    play.do("desk", "join", name="", role="control")
    play.do("paul", "join", name="Paul", role="porteur", table=1)
    play.do("ana", "join", name="Ana", role="contributor", table=1)
    play.do("omar", "join", name="Omar", role="note_taker", table=1)
    if tables > 1:
        play.do("rosa", "join", name="Rosa", role="porteur", table=2)
        play.do("ivan", "join", name="Ivan", table=2)
    return play


@dataclass(frozen=True)
class Canary:
    """A text nobody else types, and who typed it, where."""

    text: str
    what: str  # name, card, sheet, release
    seat: str
    table: int | None


def may_see(state: State, viewer: str, canary: Canary) -> bool:
    """DOMAIN §2: what is typed is seen by that group only; the sheet and the sentence by their porteur only."""
    if viewer == canary.seat:
        return True
    seat = state.seats.get(viewer)
    if seat is None or seat.role in ("projector", "control"):
        return False
    if canary.what in ("sheet", "release"):
        return False
    group = seat.looking_at if seat.role == "facilitator" else seat.table
    if canary.what == "name":
        named = state.seats[canary.seat]
        signed = {card.table for card in state.cards.values() if card.stage != "reactions" and card.author == named.id}
        signed |= {
            card.table for card in state.cards.values() if card.stage != "reactions" and card.typed_by == named.id
        }
        return (named.table is not None and named.table == group) or group in signed
    return canary.table == group


def find_leaks(
    state: State, canaries: list[Canary], look: Callable[[State, str], dict[str, Any]] = view
) -> list[tuple[str, Canary]]:
    """Every canary that is in the bytes of a seat it is not for."""
    found = []
    for viewer in [*state.seats, "nobody"]:
        sent = json.dumps(look(state, viewer), ensure_ascii=False)
        found += [(viewer, canary) for canary in canaries if canary.text in sent and not may_see(state, viewer, canary)]
    return found
