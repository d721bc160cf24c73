"""What is true in a session after its moves. Frozen: a move gives a new state that shares all it did not change."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from facilitation.definition import Method, Stage

MINUTE = 60_000  # ms


@dataclass(frozen=True, slots=True)
class Move:
    """Something somebody did. Appended once to the session's log, never changed."""

    number: int
    seat: str
    kind: str
    payload: Mapping[str, Any] | None  # None: erased
    at: int  # ms since the epoch, the server's


@dataclass(frozen=True, slots=True)
class TableSpec:
    id: int
    name: str = ""
    size: int | None = None  # seats, when the plan says


@dataclass(frozen=True, slots=True)
class Seat:
    id: str
    name: str
    role: str
    table: int | None
    looking_at: int | None = None  # the table a facilitator looks at
    present: bool = True
    by: str = "self"  # "facilitator": somebody without a phone
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)  # mark → cards


@dataclass(frozen=True, slots=True)
class Card:
    id: str
    number: int  # of the move that wrote it, or wrote it again
    stage: str
    kind: str
    table: int
    author: str  # seat
    text: str
    parent: str | None = None
    by: str = "self"
    typed_by: str | None = None  # the seat that typed, when it is not the author's
    removed: bool = False
    declined: bool = False  # the author would rather somebody else carried it
    erased: bool = False
    marks: Mapping[str, int] = field(default_factory=dict)  # mark → how many seats


@dataclass(frozen=True, slots=True)
class Released:
    """What a person let out of the room."""

    seat: str
    table: int
    sentence: str
    card: str | None
    number: int


@dataclass(frozen=True, slots=True)
class State:
    method: Method = field(compare=False, repr=False)
    tables: tuple[TableSpec, ...]
    minutes: Mapping[str, float]  # stage → minutes planned
    preset: str | None = None
    number: int = 0
    at: int = 0  # ms, of the last move
    status: str = "waiting"  # waiting, running, paused, closed
    stage: str | None = None
    visited: frozenset[str] = frozenset()
    ends_at: int | None = None  # ms, while running
    remaining: int | None = None  # ms, while paused or closed
    total: int = 0  # ms of the stage, extensions included
    quiet_until: int | None = None  # ms
    seats: Mapping[str, Seat] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)  # changed by with_card only, which keeps the index
    by_table: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # table → its cards, in order
    chosen: Mapping[int, str] = field(default_factory=dict)  # table → card
    sheets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # seat → field → value
    revealed: frozenset[tuple[int, str]] = frozenset()  # table, mark
    releases: Mapping[str, Released] = field(default_factory=dict)  # seat, or seat and card → what left the room

    @property
    def released(self) -> tuple[Released, ...]:
        return tuple(self.releases.values())

    @property
    def path(self) -> tuple[str, ...]:
        """The stages that are played: an optional one with no minutes is skipped."""
        return tuple(
            id_
            for id_, stage in self.method.stages.items()
            if not stage.optional or self.minutes[id_] or id_ == self.stage
        )

    @property
    def rule(self) -> Stage | None:
        """The stage that is on, or the last one once closed."""
        return self.method.stages[self.stage] if self.stage else None

    def rights(self, role: str) -> frozenset[str]:
        rule = self.rule
        return rule.rights(role) if rule else self.method.may.get(role, frozenset())

    def at_table(self, table: int | None) -> Iterator[Seat]:
        return (seat for seat in self.seats.values() if seat.table == table and table is not None)

    def holder(self, role: str, table: int | None) -> Seat | None:
        return next((seat for seat in self.at_table(table) if seat.role == role), None)

    def cards_at(self, table: int | None) -> Iterator[Card]:
        """The cards of a table that are still there."""
        cards = (self.cards[id_] for id_ in (self.by_table.get(table, ()) if table is not None else ()))
        return (card for card in cards if not card.removed)

    def has_table(self, table: object) -> bool:
        return any(spec.id == table for spec in self.tables)

    def with_seat(self, seat: Seat) -> "State":
        return replace(self, seats={**self.seats, seat.id: seat})

    def with_card(self, card: Card) -> "State":
        cards = {**self.cards, card.id: card}
        if card.id in self.cards:
            return replace(self, cards=cards)
        return replace(self, cards=cards, by_table=_indexed(self.by_table, card))

    def to_json(self) -> str:
        content = {name: getattr(self, name) for name in _PLAIN}
        content |= {
            "tables": [asdict(table) for table in self.tables],
            "visited": sorted(self.visited),
            "seats": [_seat_json(seat) for seat in self.seats.values()],
            "cards": [asdict(card) for card in self.cards.values()],
            "chosen": {str(table): card for table, card in self.chosen.items()},
            "revealed": sorted(self.revealed),
            "releases": {key: asdict(release) for key, release in self.releases.items()},
        }
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, method: Method, text: str) -> "State":
        content = json.loads(text)
        seats = [_seat_from(seat) for seat in content["seats"]]
        cards = [Card(**card) for card in content["cards"]]
        by_table: Mapping[int, tuple[str, ...]] = {}
        for card in cards:
            by_table = _indexed(by_table, card)
        return cls(
            method=method,
            tables=tuple(TableSpec(**table) for table in content["tables"]),
            visited=frozenset(content["visited"]),
            seats={seat.id: seat for seat in seats},
            cards={card.id: card for card in cards},
            by_table=by_table,
            chosen={int(table): card for table, card in content["chosen"].items()},
            revealed=frozenset((int(table), str(mark)) for table, mark in content["revealed"]),
            releases={key: Released(**release) for key, release in content["releases"].items()},
            **{name: content[name] for name in _PLAIN},
        )


_PLAIN = (
    "minutes", "preset", "number", "at", "status", "stage", "ends_at", "remaining", "total", "quiet_until", "sheets",
)  # fmt: skip


def _indexed(by_table: Mapping[int, tuple[str, ...]], card: Card) -> Mapping[int, tuple[str, ...]]:
    return {**by_table, card.table: (*by_table.get(card.table, ()), card.id)}


def _seat_json(seat: Seat) -> dict[str, Any]:
    fields = ("id", "name", "role", "table", "looking_at", "present", "by")
    marks = {mark: sorted(cards) for mark, cards in seat.marks.items()}
    return {name: getattr(seat, name) for name in fields} | {"marks": marks}


def _seat_from(content: dict[str, Any]) -> Seat:
    marks = {mark: frozenset(cards) for mark, cards in content["marks"].items()}
    return Seat(**{**content, "marks": marks})
