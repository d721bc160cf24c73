"""What is true in a session after its moves. Frozen: a move gives a new state that shares all it did not change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from facilitation.definition import Method, Stage, Step
from facilitation.register import Register

MINUTE = 60_000  # ms
SELF_LED = frozenset({"advance", "back", "extend", "pause", "resume"})  # of whoever sits at a table that runs itself
EVERYBODY = 0  # in place of a table: what is shown to every table, late ones too
ROOM = -1  # in place of a table: shown to those who look at the whole room, because every table had it shown


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
    step: str = ""  # the stage, at its round
    hidden: bool = False  # by whoever leads
    pinned: bool = False
    into: str | None = None  # the like card it was merged into


@dataclass(frozen=True, slots=True)
class Answer:
    """What a seat answered at a step. A vote and a gift are under the name ""."""

    table: int
    values: Mapping[str, Any]  # question → value; None: « passer »
    by: str = "self"
    typed_by: str | None = None
    complete: bool = True  # nothing more is asked of this seat


@dataclass(frozen=True, slots=True)
class Ballot:
    """The answers of a step."""

    answers: Register[str, Answer] = field(default_factory=Register)
    complete: Mapping[int, int] = field(default_factory=dict)  # table → seats that have nothing more to answer

    def put(self, seat: str, answer: Answer) -> "Ballot":
        before = self.answers.get(seat)
        complete = dict(self.complete)
        if before is not None and before.complete:
            complete[before.table] -= 1
        if answer.complete:
            complete[answer.table] = complete.get(answer.table, 0) + 1
        return Ballot(self.answers.put(seat, answer), {table: count for table, count in complete.items() if count})

    def at(self, tables: frozenset[int] | None) -> Iterator[tuple[str, Answer]]:
        """The answers of those tables; None is the whole room."""
        return (
            (seat, answer)
            for seat, answer in self.answers.items()
            if answer.values and (tables is None or answer.table in tables)
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A round of the pot at one table, once shared."""

    players: int
    total: int
    pot: int  # what was there to share
    each: int
    remainder: int  # stays for the next round


@dataclass(frozen=True, slots=True)
class Released:
    """What a person let out of the room."""

    seat: str
    table: int
    sentence: str
    card: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Clock:
    """Where a table is, and its time, when it runs itself."""

    status: str
    step: str | None
    visited: frozenset[str]
    ends_at: int | None
    remaining: int | None
    total: int
    quiet_until: int | None
    spared: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class State:
    method: Method = field(compare=False, repr=False)
    tables: tuple[TableSpec, ...]
    minutes: Mapping[str, float]  # stage → minutes planned
    preset: str | None = None
    number: int = 0
    at: int = 0  # ms, of the last move
    seed: str = ""  # what secrets are dealt by
    status: str = "waiting"  # waiting, running, paused, closed
    step: str | None = None  # the stage that is on, at its round
    visited: frozenset[str] = frozenset()  # steps
    opened_at: int | None = None  # ms
    ends_at: int | None = None  # ms, while running
    remaining: int | None = None  # ms, while paused or closed
    total: int = 0  # ms of the stage, extensions included
    quiet_until: int | None = None  # ms
    spared: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # step quitted → ms left, ms in all
    seats: Register[str, Seat] = field(default_factory=Register)  # changed by with_seat only, which keeps the indexes
    seated: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # table → its seats
    held: Mapping[tuple[int, str], tuple[int, int]] = field(default_factory=dict)  # table, role → seats, present ones
    cards: Register[str, Card] = field(default_factory=Register)  # changed by with_card only, which keeps the indexes
    by_table: Mapping[int, Register[str, str]] = field(default_factory=dict)  # table → its cards, in order
    by_author: Register[str, tuple[str, ...]] = field(default_factory=Register)  # seat → its cards, in order
    chosen: Mapping[int, str] = field(default_factory=dict)  # table → card
    sheets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # seat → field → value
    revealed: frozenset[tuple[int, str]] = frozenset()  # table, mark
    releases: Mapping[str, Released] = field(default_factory=dict)  # seat, or seat and card → what left the room
    ballots: Mapping[str, Ballot] = field(default_factory=dict)  # step → answers
    hands: Mapping[str, Mapping[int, Mapping[str, int]]] = field(default_factory=dict)  # step → table → option → hands
    shown: frozenset[tuple[str, int]] = frozenset()  # step, table or EVERYBODY: for good
    dealt: Mapping[str, Register[str, str]] = field(default_factory=dict)  # step → seat → card of the deck
    picked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stage with for_each → its deck, in order
    groups: Mapping[str, Register[str, int]] = field(default_factory=dict)  # step → seat → group
    shares: Mapping[str, Mapping[int, Share]] = field(default_factory=dict)  # step → table → the round once shared
    merged: Mapping[int, int] = field(default_factory=dict)  # table → the one its people went to
    clocks: Mapping[int, Clock] = field(default_factory=dict)  # the tables that run themselves
    here: int | None = None  # the table whose clock is looked through; None is the shared one. See `through`

    def but(self, **changes: Any) -> "State":
        """The state with these fields changed: what dataclasses.replace does, ten times faster, at each move."""
        assert changes.keys() <= self.__dict__.keys(), changes.keys()
        after = object.__new__(State)
        after.__dict__.update(self.__dict__, **changes)
        return after

    @property
    def released(self) -> tuple[Released, ...]:
        return tuple(self.releases.values())

    @property
    def stage(self) -> str | None:
        return self.method.step(self.step).stage if self.step else None

    @property
    def at_step(self) -> Step | None:
        return self.method.step(self.step) if self.step else None

    @property
    def path(self) -> tuple[str, ...]:
        """The steps that are played: an optional stage with no minutes is skipped."""
        stages = self.method.stages
        return tuple(
            step.id
            for step in self.method.steps
            if not stages[step.stage].optional or self.minutes[step.stage] or step.id == self.step
        )

    @property
    def rule(self) -> Stage | None:
        """The stage that is on, or the last one once closed."""
        return self.method.stages[self.method.step(self.step).stage] if self.step else None

    @property
    def on(self) -> bool:
        return self.status in ("running", "paused")

    def rights(self, role: str) -> frozenset[str]:
        rule = self.rule
        rights = rule.rights(role) if rule else self.method.may.get(role, frozenset())
        if self.here is not None and role in self.method.roles and self.method.roles[role].table:
            return rights | SELF_LED
        return rights

    def at_table(self, table: int | None) -> Iterator[Seat]:
        return (self.seats[id_] for id_ in (self.seated.get(table, ()) if table is not None else ()))

    def holder(self, role: str, table: int | None) -> Seat | None:
        return next((seat for seat in self.at_table(table) if seat.role == role), None)

    def present(self, role: str, table: int | None) -> int:
        """How many people who are there hold a role at a table."""
        return self.held.get((table, role), (0, 0))[1] if table is not None else 0

    def cards_at(self, table: int | None) -> Iterator[Card]:
        """The cards of a table that are still there."""
        cards = (self.cards[id_] for id_ in (self.by_table.get(table, ()) if table is not None else ()))
        return (card for card in cards if not card.removed)

    def cards_of(self, seat: str) -> Iterator[Card]:
        return (card for id_ in self.by_author.get(seat, ()) if not (card := self.cards[id_]).removed)

    def has_table(self, table: object) -> bool:
        return any(spec.id == table for spec in self.tables)

    @property
    def open_tables(self) -> tuple[TableSpec, ...]:
        """The tables where people sit: those merged into another are left."""
        return tuple(table for table in self.tables if table.id not in self.merged)

    @property
    def led(self) -> tuple[TableSpec, ...]:
        """The tables that follow the clock looked through."""
        if self.here is not None:
            return tuple(table for table in self.tables if table.id == self.here)
        return tuple(table for table in self.open_tables if table.id not in self.clocks)

    def with_seat(self, seat: Seat) -> "State":
        before = self.seats.get(seat.id)
        state = self.but(seats=self.seats.put(seat.id, seat))
        kept = ("", None, False) if before is None else (before.role, before.table, before.present)
        if kept == (seat.role, seat.table, seat.present):
            return state
        seated, held = dict(self.seated), dict(self.held)
        if before is not None and before.table is not None:
            _hold(held, before, -1)
            if before.table != seat.table:
                seated[before.table] = tuple(id_ for id_ in seated[before.table] if id_ != seat.id)
        if seat.table is not None:
            _hold(held, seat, 1)
            if before is None or before.table != seat.table:
                seated[seat.table] = (*seated.get(seat.table, ()), seat.id)
        return state.but(seated=seated, held=held)

    def with_card(self, card: Card) -> "State":
        before = self.cards.get(card.id)
        cards = self.cards.put(card.id, card)
        if before is not None and (before.table, before.author) == (card.table, card.author):
            return self.but(cards=cards)
        by_author = self.by_author
        if before is None or before.author != card.author:
            by_author = by_author.put(card.author, (*by_author.get(card.author, ()), card.id))
        by_table = dict(self.by_table)
        if before is None:
            by_table[card.table] = by_table.get(card.table, Register[str, str]()).put(card.id, card.id)
        elif before.table != card.table:  # rare: tables that merge
            by_table[before.table] = _in_order(id_ for id_ in by_table[before.table] if id_ != card.id)
            by_table[card.table] = _in_order([*by_table.get(card.table, ()), card.id])
        by_table = {table: ids for table, ids in by_table.items() if ids}
        return self.but(cards=cards, by_table=by_table, by_author=by_author)

    def with_cards(self, cards: Iterable[Card]) -> "State":
        """A state that had none, with all of these: what `with_card` makes one by one, at once."""
        known = list(cards)
        by_author: dict[str, list[str]] = {}
        by_table: dict[int, list[tuple[str, str]]] = {}
        for card in known:
            by_author.setdefault(card.author, []).append(card.id)
            by_table.setdefault(card.table, []).append((card.id, card.id))
        return self.but(
            cards=Register((card.id, card) for card in known),
            by_author=Register((author, tuple(ids)) for author, ids in by_author.items()),
            by_table={table: Register(ids) for table, ids in by_table.items()},
        )

    def through(self, table: int | None) -> "State":
        """The session as a table that runs itself sees it: its step, its time. Others share one clock."""
        clock = self.clocks.get(table) if table is not None else None
        if clock is None or self.here == table:
            return self
        return self.but(here=table, status=clock.status, step=clock.step, visited=clock.visited, ends_at=clock.ends_at,
            remaining=clock.remaining, total=clock.total, quiet_until=clock.quiet_until, spared=clock.spared,
        )  # fmt: skip

    def back_from(self, shared: "State") -> "State":
        """After a move made through a table's clock: that clock is kept, and the shared one is as it was."""
        if self.here is None:
            return self
        clocks = {**self.clocks, self.here: self.clock}
        return self.but(clocks=clocks, here=None, status=shared.status, step=shared.step, visited=shared.visited,
            ends_at=shared.ends_at, remaining=shared.remaining, total=shared.total, quiet_until=shared.quiet_until,
            spared=shared.spared,
        )  # fmt: skip

    @property
    def clock(self) -> Clock:
        return Clock(self.status, self.step, self.visited, self.ends_at, self.remaining, self.total, self.quiet_until,
            self.spared,
        )  # fmt: skip

    def to_json(self) -> str:
        from facilitation import snapshot  # here: it builds states, so it is read after this module

        return snapshot.write(self)

    @classmethod
    def from_json(cls, method: Method, text: str) -> "State":
        from facilitation import snapshot

        return snapshot.read(method, text)


def card_order(card: str) -> tuple[int, str]:
    """Cards are named by the move that wrote them: c9 is before c10."""
    return len(card), card


def _in_order(cards: Iterable[str]) -> Register[str, str]:
    return Register((id_, id_) for id_ in sorted(cards, key=card_order))


def _hold(held: dict[tuple[int, str], tuple[int, int]], seat: Seat, by: int) -> None:
    if seat.table is None:
        return
    seats, present = held.get((seat.table, seat.role), (0, 0))
    held[seat.table, seat.role] = (seats + by, present + by * seat.present)
    if held[seat.table, seat.role] == (0, 0):
        del held[seat.table, seat.role]
