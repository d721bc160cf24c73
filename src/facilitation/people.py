"""Who is in the room: joining, leaving, roles and tables. An absent person blocks nobody."""

from dataclasses import replace

from facilitation import payloads
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Move, Seat, State
from facilitation.vocabulary import PARTICIPANT, SCREENS


def join(state: State, move: Move, payload: Payload) -> State:
    known = state.seats.get(move.seat)
    if known is not None:
        if known.present:
            raise Refused("already_joined")
        return state.with_seat(replace(known, present=True))  # as they were: a role is not asked for twice
    role = payloads.word(payload, "role")
    if role in SCREENS:
        return state.with_seat(Seat(move.seat, "", role or "", None))
    table = payloads.whole(payload, "table")
    by = payloads.word(payload, "by") or "self"
    if by not in ("self", "facilitator", "paper"):
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
        return state.with_seat(replace(seat, role=role, table=None, looking_at=state.tables[0].id))
    if table is None or not state.has_table(table):
        table = _emptiest(state, role)
    seat = replace(seat, table=table)
    if not _is_free(state, seat.id, role, table):
        role = state.method.default_role
    return give(state, seat, role)


def give(state: State, seat: Seat, role: str) -> State:
    """The role is theirs; whoever held it at that table, if it is limited, takes the usual one."""
    declared = state.method.roles[role]
    if not declared.table:
        looking_at = seat.table if seat.table is not None else seat.looking_at
        return state.with_seat(replace(seat, role=role, table=None, looking_at=looking_at or state.tables[0].id))
    if declared.max is not None:
        holders = [other for other in state.at_table(seat.table) if other.role == role and other.id != seat.id]
        holders.sort(key=lambda other: other.present)  # the absent give way first
        for other in holders[: max(len(holders) - declared.max + 1, 0)]:
            state = state.with_seat(replace(other, role=state.method.default_role))
    return state.with_seat(replace(seat, role=role, looking_at=None))


def rename(state: State, move: Move, payload: Payload) -> State:
    return state.with_seat(replace(state.seats[move.seat], name=payloads.name(payload)))


def leave(state: State, move: Move, payload: Payload) -> State:
    id_ = payloads.word(payload, "seat") or move.seat
    if id_ != move.seat:
        if "give_role" not in state.rights(state.seats[move.seat].role):
            raise Refused("not_allowed")
        _person(state, id_)
    return state.with_seat(replace(state.seats[id_], present=False))


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
    if not _is_free(state, seat.id, role, seat.table):
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
        table = _emptiest(state, role)
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
    role = seat.role if _is_free(state, seat.id, seat.role, table) else state.method.default_role
    return give(state, replace(seat, table=table), role)


def look_at(state: State, move: Move, payload: Payload) -> State:
    table = payloads.whole(payload, "table")
    if table is None or not state.has_table(table):
        raise Refused("unknown_table")
    seat = state.seats[move.seat]
    if seat.table is not None:
        raise Refused("not_allowed")
    return state.with_seat(replace(seat, looking_at=table))


def _person(state: State, id_: str) -> Seat:
    seat = state.seats.get(id_)
    if seat is None or seat.role in SCREENS:
        raise Refused("unknown_seat")
    return seat


def _is_free(state: State, seat: str, role: str, table: int | None) -> bool:
    most = state.method.roles[role].max
    if most is None:
        return True
    held = [other for other in state.at_table(table) if other.role == role and other.present and other.id != seat]
    return len(held) < most


def _emptiest(state: State, role: str) -> int:
    """The table with the fewest people; for a limited role, among those where it is free."""
    people = {table.id: 0 for table in state.tables}
    for seat in state.seats.values():
        if seat.present and seat.table is not None:
            people[seat.table] += 1
    free = [table for table in people if _is_free(state, "", role, table)] or list(people)
    return min(free, key=lambda table: (people[table], table))
