"""The activity `cards`: short texts with a kind, a parent and marks. What is typed is kept as it is: HTML is text."""

from dataclasses import replace

from facilitation import payloads
from facilitation.definition import Kind, Mark, Stage
from facilitation.payloads import Payload
from facilitation.people import give
from facilitation.refusals import Refused
from facilitation.state import Card, Move, Seat, State


def write(state: State, move: Move, payload: Payload) -> State:
    stage = _stage_meant(state, move, payload)
    author, by, typed_by = _author(state, move, payload)
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
        declined=bool(kind.decline) and payloads.flag(payload, "decline", False),
    )
    if kind.single:
        for known in state.cards_at(author.table):
            if known.kind == kind.id and known.author == author.id:
                return state.with_card(replace(card, id=known.id, marks=known.marks))
    return state.with_card(card)


def edit(state: State, move: Move, payload: Payload) -> State:
    card = _own_card(state, move, payload, "edit")
    text = payloads.text(payload, "text", state.method.kinds[card.kind].max_length)
    return state.with_card(replace(card, text=text, number=move.number))


def remove(state: State, move: Move, payload: Payload) -> State:
    seat = state.seats[move.seat]
    if "hide" in state.rights(seat.role):
        card = _card(state, payloads.needed(payload, "card"), None)
    else:
        card = _own_card(state, move, payload, "remove")
    return take_away(state, card)


def take_away(state: State, card: Card) -> State:
    """The card is no longer there for anybody; marks on it are given back."""
    for seat in [seat for seat in state.seats.values() if any(card.id in cards for cards in seat.marks.values())]:
        marks = {mark: cards - {card.id} for mark, cards in seat.marks.items()}
        state = state.with_seat(replace(seat, marks={mark: cards for mark, cards in marks.items() if cards}))
    if state.chosen.get(card.table) == card.id:
        state = replace(state, chosen={table: id_ for table, id_ in state.chosen.items() if table != card.table})
    return state.with_card(replace(card, removed=True, marks={}))


def mark(state: State, move: Move, payload: Payload) -> State:
    stage = _stage_meant(state, move, payload)
    seat, _by, typed_by = _author(state, move, payload)
    wanted = state.method.marks.get(payloads.needed(payload, "mark"))
    if wanted is None or not stage.allows(seat.role, "mark", wanted.id) or (wanted.private and typed_by):
        raise Refused("not_allowed")
    card = _card(state, payloads.needed(payload, "card"), seat.table)
    if card.kind not in wanted.on or card.stage not in (stage.id, *stage.sources):
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
    stage = _stage_meant(state, move, payload)
    seat = state.seats[move.seat]
    if stage.assign is None or not stage.allows(seat.role, "choose"):
        raise Refused("not_allowed")
    card = _card(state, payloads.needed(payload, "card"), seat.table)
    if stage.assign.kind is not None and card.kind != stage.assign.kind:
        raise Refused("wrong_card")
    return settle(state, stage, card)


def settle(state: State, stage: Stage, card: Card) -> State:
    """The card is the table's; its author takes the role, unless they declined or are elsewhere."""
    state = replace(state, chosen={**state.chosen, card.table: card.id})
    author = state.seats.get(card.author)
    if stage.assign is None or author is None or card.declined or not author.present or author.table != card.table:
        return state
    return give(state, author, stage.assign.role)


def settle_all(state: State, stage: Stage) -> State:
    """At the end of a stage that assigns a role: the table's vote, where nobody chose.

    A holder already there (the seat plan named one) keeps the role with the subject they wrote. A tie chooses nothing.
    """
    assign = stage.assign
    if assign is None:
        return state
    for table in state.tables:
        if table.id in state.chosen:
            continue
        cards = [
            card
            for card in state.cards_at(table.id)
            if card.stage == stage.id and (assign.kind is None or card.kind == assign.kind)
        ]
        holder = state.holder(assign.role, table.id)
        if holder is not None:
            own = [card for card in cards if card.author == holder.id]
            if own:
                state = replace(state, chosen={**state.chosen, table.id: own[-1].id})
            continue
        best = _most_marked(cards, assign.mark) if "vote" in assign.by and assign.mark else None
        if best is None and len(cards) == 1:
            best = cards[0]
        if best is not None:
            state = settle(state, stage, best)
    return state


def _most_marked(cards: list[Card], mark_: str) -> Card | None:
    counts = sorted((card.marks.get(mark_, 0) for card in cards), reverse=True)
    if not counts or counts[0] == 0 or (len(counts) > 1 and counts[0] == counts[1]):
        return None
    return next(card for card in cards if card.marks.get(mark_, 0) == counts[0])


def _stage_meant(state: State, move: Move, payload: Payload) -> Stage:
    """The stage a person had in front of them: the one that is on, or for some, a later one after a step back."""
    stage = state.rule
    if stage is None:
        raise Refused("not_open")
    meant = payloads.word(payload, "stage")
    if meant is None or meant == stage.id:
        return stage
    path = state.path
    may_be_late = "late" in state.rights(state.seats[move.seat].role)
    if may_be_late and meant in state.visited and meant in path and path.index(meant) > path.index(stage.id):
        return state.method.stages[meant]
    raise Refused("stage_over")


def _author(state: State, move: Move, payload: Payload) -> tuple[Seat, str, str | None]:
    """Whose the card is, how it came, and who typed it."""
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
    stage = _stage_meant(state, move, {"stage": card.stage})
    if not stage.allows(seat.role, verb) and seat.id != card.typed_by:
        raise Refused("not_allowed")
    return card
