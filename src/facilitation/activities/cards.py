"""The activity `cards`: short texts with a kind, a parent and marks. What is typed is kept as it is: HTML is text."""

from dataclasses import replace

from facilitation import payloads
from facilitation.definition import Kind, Mark, Stage
from facilitation.meant import author_meant, stage_meant
from facilitation.payloads import Payload
from facilitation.people import give
from facilitation.refusals import Refused
from facilitation.state import Card, Move, Seat, State

MOST_OF_ONE = 100  # standing cards of one person at one step: more is a game, and every screen of the table carries it


def write(state: State, move: Move, payload: Payload) -> State:
    stage, step = stage_meant(state, move, payload)
    author, by, typed_by = author_meant(state, move, payload)
    kind = _kind_meant(state, stage, author, payload)
    if author.table is None:
        raise Refused("no_table")
    text = payloads.text(payload, "text", kind.max_length)
    parent = payloads.word(payload, "parent")
    if kind.parents:
        if parent is None:
            raise Refused("needs_parent")
        answered = _card(state, parent, author.table)
        if answered.kind not in kind.parents:
            raise Refused("wrong_card")
    elif parent is not None:
        raise Refused("wrong_card")
    card = Card(
        id=f"c{move.number}",
        number=move.number,
        stage=stage.id,
        kind=kind.id,
        table=author.table,
        author=author.id,
        text=text,
        parent=parent,
        by=by,
        typed_by=typed_by,
        step=step,
        declined=bool(kind.decline) and payloads.flag(payload, "decline", False),
    )
    if kind.single:
        for known in state.cards_of(author.id):
            same = known.kind == kind.id and known.table == author.table
            if same and (known.step == step or known.stage != stage.id):  # at another round it is another card
                if typed_by is not None and known.typed_by is None:  # who types for somebody never changes their own
                    raise Refused("answered_already")
                return state.with_card(replace(card, id=known.id, marks=known.marks, pinned=known.pinned))
    elif sum(known.step == step for known in state.cards_of(author.id)) >= MOST_OF_ONE:
        raise Refused("card_limit")
    return state.with_card(card)


def edit(state: State, move: Move, payload: Payload) -> State:
    card = _own_card(state, move, payload, "edit")
    if card.erased:  # replayed: its words are gone, and perhaps its kind; what corrects them has nothing to correct
        raise Refused("unknown_card")
    text = payloads.text(payload, "text", state.method.kinds[card.kind].max_length)
    return state.with_card(replace(card, text=text, number=move.number))


def remove(state: State, move: Move, payload: Payload) -> State:
    seat = state.seats[move.seat]
    if "hide" in state.rights(seat.role):
        card = _card(state, payloads.needed(payload, "card"), None)
    else:
        card = _own_card(state, move, payload, "remove")
    return take_away(state, card)


def hide(state: State, move: Move, payload: Payload) -> State:
    """Off the boards, and back with `on` false. Its author still reads it; marks on it wait."""
    card = _led_card(state, move, payload, "card")
    return state.with_card(replace(card, hidden=payloads.flag(payload, "on", True)))


def pin(state: State, move: Move, payload: Payload) -> State:
    card = _led_card(state, move, payload, "card")
    return state.with_card(replace(card, pinned=payloads.flag(payload, "on", True)))


def merge(state: State, move: Move, payload: Payload) -> State:
    """A card like another goes under it, with what was merged into it, its replies and its marks: one mark a person."""
    card, into = _led_card(state, move, payload, "card"), _led_card(state, move, payload, "into")
    if card.id == into.id or card.kind != into.kind or card.table != into.table or not is_seen(card) or into.into:
        raise Refused("wrong_card")
    state = _give_marks(state, card, into)
    for other in list(state.cards_at(card.table)):
        if other.into == card.id:
            state = state.with_card(replace(other, into=into.id))
        elif other.parent == card.id:
            state = state.with_card(replace(other, parent=into.id))
    if state.chosen.get(card.table) == card.id:
        state = state.but(chosen={**state.chosen, card.table: into.id})
    return state.with_card(replace(state.cards[card.id], into=into.id, pinned=False))


def _give_marks(state: State, card: Card, into: Card) -> State:
    for seat in [seat for seat in state.seats.values() if any(card.id in cards for cards in seat.marks.values())]:
        marks = {
            mark: (cards - {card.id}) | {into.id} if card.id in cards else cards for mark, cards in seat.marks.items()
        }
        gained = {
            mark for mark, cards in marks.items() if card.id in seat.marks[mark] and into.id not in seat.marks[mark]
        }
        state = state.with_seat(replace(seat, marks=marks))
        target = state.cards[into.id]
        counts = {**target.marks, **{mark: target.marks.get(mark, 0) + 1 for mark in gained}}
        state = state.with_card(replace(target, marks=counts))
    return state.with_card(replace(state.cards[card.id], marks={}))


def split(state: State, move: Move, payload: Payload) -> State:
    """Out of the card it was merged into. The marks stay on the one that has them."""
    card = _led_card(state, move, payload, "card")
    if card.into is None:
        raise Refused("wrong_card")
    return state.with_card(replace(card, into=None))


def _led_card(state: State, move: Move, payload: Payload, key: str) -> Card:
    """A card that whoever leads may act on: of their own table if they sit at one."""
    return _card(state, payloads.needed(payload, key), state.seats[move.seat].table)


def take_away(state: State, card: Card) -> State:
    """The card is no longer there for anybody; marks on it are given back."""
    for seat in [seat for seat in state.seats.values() if any(card.id in cards for cards in seat.marks.values())]:
        marks = {mark: cards - {card.id} for mark, cards in seat.marks.items()}
        state = state.with_seat(replace(seat, marks={mark: cards for mark, cards in marks.items() if cards}))
    if state.chosen.get(card.table) == card.id:
        state = state.but(chosen={table: id_ for table, id_ in state.chosen.items() if table != card.table})
    for other in list(state.cards_at(card.table)):
        if other.into == card.id:  # what was merged into it is a card of its own again
            state = state.with_card(replace(other, into=None))
    return state.with_card(replace(card, removed=True, marks={}))


def mark(state: State, move: Move, payload: Payload) -> State:
    stage, _step = stage_meant(state, move, payload)
    seat, _by, typed_by = author_meant(state, move, payload)
    wanted = state.method.marks.get(payloads.needed(payload, "mark"))
    if wanted is None or not stage.allows(seat.role, "mark", wanted.id) or (wanted.private and typed_by):
        raise Refused("not_allowed")
    card = _card(state, payloads.needed(payload, "card"), _reach(state, stage, seat))
    if card.kind not in wanted.on or card.stage not in (stage.id, *stage.sources) or not is_seen(card):
        raise Refused("wrong_card")
    held = seat.marks.get(wanted.id, frozenset())
    on = payloads.flag(payload, "on", True)
    if on == (card.id in held):
        return state
    if not on:
        return _set_mark(state, seat, wanted, held - {card.id}, card.id, -1)
    if wanted.max is not None and len(held) >= wanted.max:
        if wanted.max > 1:
            raise Refused("mark_limit")
        for moved in held:  # a single vote changes its mind
            state = _set_mark(state, seat, wanted, frozenset(), moved, -1)
        seat, held = state.seats[seat.id], frozenset()
    return _set_mark(state, seat, wanted, held | {card.id}, card.id, 1)


def _reach(state: State, stage: Stage, seat: Seat) -> int | None:
    """Whose cards may be marked: those of one's table; those of the room where one reads them all."""
    return None if stage.sees.get(seat.role) == "all" else seat.table


def _set_mark(state: State, seat: Seat, mark_: Mark, held: frozenset[str], card_id: str, step: int) -> State:
    marks = {id_: cards for id_, cards in seat.marks.items() if id_ != mark_.id}
    if held:
        marks[mark_.id] = held
    card = state.cards[card_id]
    counts = {id_: count for id_, count in card.marks.items() if id_ != mark_.id}
    count = card.marks.get(mark_.id, 0) + step
    if count:
        counts[mark_.id] = count
    return state.with_seat(replace(seat, marks=marks)).with_card(replace(card, marks=counts))


def choose(state: State, move: Move, payload: Payload) -> State:
    stage, _step = stage_meant(state, move, payload)
    seat = state.seats[move.seat]
    if stage.assign is None or not stage.allows(seat.role, "choose"):
        raise Refused("not_allowed")
    card = _card(state, payloads.needed(payload, "card"), seat.table)
    if stage.assign.kind is not None and card.kind != stage.assign.kind:
        raise Refused("wrong_card")
    return settle(state, stage, card)


def settle(state: State, stage: Stage, card: Card) -> State:
    """The card is the table's; its author takes the role, unless they declined or are elsewhere."""
    state = state.but(chosen={**state.chosen, card.table: card.id})
    author = state.seats.get(card.author)
    if stage.assign is None or author is None or card.declined or not author.present or author.table != card.table:
        return state
    return give(state, author, stage.assign.role)


def settle_all(state: State, stage: Stage) -> State:
    """At the end of a stage that assigns a role: the table's vote, where nobody chose.

    A holder already there (the seat plan named one) keeps the role with the subject they wrote. A tie chooses nothing.
    """
    assign = stage.assign
    if assign is None or not {"choice", "vote"} & set(assign.by):
        return state
    for table in state.led:
        if table.id in state.chosen:
            continue
        cards = [
            card
            for card in state.cards_at(table.id)
            if card.stage == stage.id and (assign.kind is None or card.kind == assign.kind) and is_seen(card)
        ]
        holder = state.holder(assign.role, table.id)
        if holder is not None:
            own = [card for card in cards if card.author == holder.id]
            if own:
                state = state.but(chosen={**state.chosen, table.id: own[-1].id})
            continue
        best = _most_marked(cards, assign.mark) if "vote" in assign.by and assign.mark else None
        if best is None and len(cards) == 1:
            best = cards[0]
        if best is not None:
            state = settle(state, stage, best)
    return state


def free_role(state: State, stage: Stage) -> State:
    """At a new round, a role taken by volunteers is free again: each takes it in turn."""
    assign = stage.assign
    if assign is None or "volunteer" not in assign.by or not state.method.roles[assign.role].table:
        return state
    for table in state.led:
        for seat in [seat for seat in state.at_table(table.id) if seat.role == assign.role]:
            state = give(state, seat, state.method.default_role)
    return state


def _most_marked(cards: list[Card], mark_: str) -> Card | None:
    counts = sorted((card.marks.get(mark_, 0) for card in cards), reverse=True)
    if not counts or counts[0] == 0 or (len(counts) > 1 and counts[0] == counts[1]):
        return None
    return next(card for card in cards if card.marks.get(mark_, 0) == counts[0])


def _kind_meant(state: State, stage: Stage, author: Seat, payload: Payload) -> Kind:
    """The kind named (a form calls it kind_of_card), or the only one this role may write here."""
    allowed = state.method.kinds_for(stage.id, author.role)
    meant = payloads.word(payload, "kind") or payloads.word(payload, "kind_of_card")
    if meant is None and len(allowed) == 1:
        meant = allowed[0]
    if not allowed or (meant is not None and meant not in allowed):
        raise Refused("not_allowed", stage.rule(author.role))
    if meant is None:
        raise Refused("bad_payload")
    return state.method.kinds[meant]


def is_seen(card: Card) -> bool:
    """On a board of its own: neither taken away, nor hidden, nor merged into another."""
    return not card.removed and not card.hidden and card.into is None


def _card(state: State, id_: str, table: int | None) -> Card:
    """A card that is still there; at that table, when one is given."""
    card = state.cards.get(id_)
    if card is None or card.removed or (table is not None and card.table != table):
        raise Refused("unknown_card")
    return card


def _own_card(state: State, move: Move, payload: Payload, verb: str) -> Card:
    seat = state.seats[move.seat]
    card = _card(state, payloads.needed(payload, "card"), seat.table)
    if seat.id not in (card.author, card.typed_by):
        raise Refused("not_yours")
    stage, _step = stage_meant(state, move, {"stage": card.step or card.stage})
    if not stage.allows(seat.role, verb) and seat.id != card.typed_by:
        raise Refused("not_allowed")
    return card
