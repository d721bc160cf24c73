"""Who is in the room: joining, leaving, roles and tables. An absent person blocks nobody."""

from dataclasses import replace

from facilitation import groups, payloads
from facilitation.activities import deal
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Move, Seat, State, TableSpec
from facilitation.vocabulary import PAPER, PARTICIPANT, SCREENS


def join(state: State, move: Move, payload: Payload) -> State:
    known = state.seats.get(move.seat)
    if known is not None:
        if known.present:
            raise Refused("already_joined")
        return arrive(state, replace(known, present=True))  # as they were: a role is not asked for twice
    role = payloads.word(payload, "role")
    if role in SCREENS:
        return state.with_seat(Seat(move.seat, "", role or "", None))
    table = payloads.whole(payload, "table")
    by = payloads.word(payload, "by") or "self"
    if by not in ("self", "facilitator", PAPER):
        raise Refused("bad_payload")
    return sit(state, Seat(move.seat, payloads.name(payload), "", None, by=by), role, table)


def add_person(state: State, move: Move, payload: Payload) -> State:
    """Somebody without a phone: a facilitator types for them."""
    role = payloads.word(payload, "role")
    if role is not None and role in state.method.roles and not state.method.roles[role].table:
        raise Refused("unknown_role")
    table = payloads.whole(payload, "table")
    seat = Seat(f"p{move.number}", payloads.name(payload), "", None, by="facilitator")
    return sit(state, seat, role, table)


def sit(state: State, seat: Seat, role: str | None, table: int | None) -> State:
    """A newcomer takes the role asked for if it is free, else the usual one; never turned away."""
    if role is None or (role == PARTICIPANT and PARTICIPANT not in state.method.roles):
        role = state.method.default_role
    if role not in state.method.roles:
        raise Refused("unknown_role")
    if not state.method.roles[role].table:
        return state.with_seat(replace(seat, role=role, table=None, looking_at=watched(state)))
    if table is None or not state.has_table(table):
        table = _best_table(state, role)
    table = state.merged.get(table, table)
    seat = replace(seat, table=table)
    if not is_free(state, seat.id, role, table):
        role = state.method.default_role
    return give(state, seat, role)


def watched(state: State) -> int:
    """The table that whoever leads looks at first: one where people are."""
    there = (table.id for table in state.tables if any(seat.present for seat in state.at_table(table.id)))
    return next(there, state.tables[0].id)


def watch_people(state: State) -> State:
    """Whoever looks at an empty table looks where people are."""
    for seat in state.seats.values():
        if seat.looking_at is not None and not any(one.present for one in state.at_table(seat.looking_at)):
            state = state.with_seat(replace(seat, looking_at=watched(state)))
    return state


def give(state: State, seat: Seat, role: str) -> State:
    """The role is theirs; whoever held it at that table, if it is limited, takes the usual one."""
    declared = state.method.roles[role]
    if not declared.table:
        looking_at = seat.table if seat.table is not None else seat.looking_at
        return state.with_seat(replace(seat, role=role, table=None, looking_at=looking_at or state.tables[0].id))
    if declared.max is not None:
        held = state.held.get((seat.table or 0, role), (0, 0))[0]
        sitting = state.at_table(seat.table) if held else iter(())
        holders = [other for other in sitting if other.role == role and other.id != seat.id]
        holders.sort(key=lambda other: other.present)  # the absent give way first
        for other in holders[: max(len(holders) - declared.max + 1, 0)]:
            state = state.with_seat(replace(other, role=state.method.default_role))
    return arrive(state, replace(seat, role=role, looking_at=None))


def arrive(state: State, seat: Seat) -> State:
    """Somebody new at a table, or back: a group if people are in groups, a secret if secrets were dealt."""
    return deal.deal_to(groups.place(state.with_seat(seat), seat), seat)


def rename(state: State, move: Move, payload: Payload) -> State:
    if state.seats[move.seat].role in SCREENS:
        raise Refused("not_allowed")
    return state.with_seat(replace(state.seats[move.seat], name=payloads.name(payload)))


def leave(state: State, move: Move, payload: Payload) -> State:
    id_ = payloads.word(payload, "seat") or move.seat
    if state.seats[move.seat].role in SCREENS:  # many laptops show the one projector: none of them sends it away
        raise Refused("not_allowed")
    if id_ != move.seat:
        if "give_role" not in state.rights(state.seats[move.seat].role):
            raise Refused("not_allowed")
        _person(state, id_)
    person = state.seats[id_]
    if not payloads.flag(payload, "back", default=False):
        return state.with_seat(replace(person, present=False))
    if person.by == PAPER:  # the table's paper was never somebody
        raise Refused("unknown_seat")
    return state if person.present else arrive(state, replace(person, present=True))  # here again, as they were


def take_role(state: State, move: Move, payload: Payload) -> State:
    seat = state.seats[move.seat]
    role = payloads.needed(payload, "role")
    if role not in state.method.roles:
        raise Refused("unknown_role")
    if f"take_role:{role}" not in state.rights(seat.role):
        raise Refused("not_allowed")
    table = payloads.whole(payload, "table")
    if table is not None and table != seat.table:
        raise Refused("not_allowed")
    if seat.table is not None and not is_free(state, seat.id, role, seat.table):
        raise Refused("role_taken")
    return give(state, seat, role)


def give_role(state: State, move: Move, payload: Payload) -> State:
    seat = _person(state, payloads.needed(payload, "seat"))
    role = payloads.needed(payload, "role")
    if role not in state.method.roles:
        raise Refused("unknown_role")
    table = payloads.whole(payload, "table")
    if table is not None and not state.has_table(table):
        raise Refused("unknown_table")
    if state.method.roles[role].table and seat.table is None and table is None:
        table = _best_table(state, role)
    return give(state, replace(seat, table=seat.table if table is None else table), role)


def seat_at(state: State, move: Move, payload: Payload) -> State:
    seat = _person(state, payloads.needed(payload, "seat"))
    table = payloads.whole(payload, "table")
    if table is None or not state.has_table(table):
        raise Refused("unknown_table")
    if seat.table is None:
        raise Refused("no_table")
    if seat.table == table:
        return state
    if table in state.merged:  # it is used again
        state = state.but(merged={left: into for left, into in state.merged.items() if left != table})
    role = seat.role if is_free(state, seat.id, seat.role, table) else state.method.default_role
    return give(state, replace(seat, table=table), role)


def _person(state: State, id_: str) -> Seat:
    seat = state.seats.get(id_)
    if seat is None or seat.role in SCREENS:
        raise Refused("unknown_seat")
    return seat


def is_free(state: State, seat: str, role: str, table: int) -> bool:
    most = state.method.roles[role].max
    if most is None:
        return True
    known = state.seats.get(seat)
    own = known is not None and (known.table, known.role, known.present) == (table, role, True)
    return state.present(role, table) - own < most


def _best_table(state: State, role: str) -> int:
    """Where somebody sits who did not say: a table that has begun to fill, before an empty one is opened.

    Of those that have room, the one with the fewest people, so that nobody stays alone; full ones come last. Without a
    size nobody knows what full is: the emptiest. For a limited role, among the tables where it is free.
    """
    people = dict.fromkeys((table.id for table in state.open_tables), 0)
    for (table, _role), (_seats, present) in state.held.items():
        if table in people:
            people[table] += present
    free = [table for table in state.open_tables if is_free(state, "", role, table.id)] or state.open_tables

    def rank(table: TableSpec) -> tuple[int, int, int]:
        there = people[table.id]
        size = table.size or state.method.table_size or state.method.people_max
        if size is None:
            return (there != 1, there, table.id)
        return (2 if there >= size else 0 if there else 1, there, table.id)

    return min(free, key=rank).id
