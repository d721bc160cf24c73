"""The one door out: what a seat may see. A secret is in no view but its own seat's.

`view_audience` is made once for all the seats of an audience, so nothing in it may depend on who asks; what does is in
`view_own`.
"""

from collections import Counter
from typing import Any, NamedTuple

from facilitation import boards, leading, rounds
from facilitation.activities import deal, form, poll, pot
from facilitation.definition import Stage
from facilitation.forms import stage_forms
from facilitation.groups import group_of
from facilitation.register import Register
from facilitation.sheet import sheet_view
from facilitation.state import MINUTE, Seat, State, card_order
from facilitation.vocabulary import ROLE_TITLES, SCREENS
from facilitation.words import speak, speak_of

NAMED = 80  # characters of a card, where it is only named
READS = ("group", "table", "all")
Moment = dict[tuple[int | None, str], dict[str, Any]]  # of one state: what depends on whose clock and on the role alone
AFTER_THE_END = ("fill", "release")  # forms that stay: the porteur decides quietly


class Audience(NamedTuple):
    """Those who see the same. Language and reading variant are the template's."""

    role: str  # "" for a seat that is not in the session
    table: int | None  # whose cards they see: their own table, or the one they look at
    group: int | None = None  # within the table, where a stage cuts it


def audience(state: State, seat: str) -> Audience:
    known = state.seats.get(seat)
    if known is None:
        return Audience("", None)
    table = known.table if known.table is not None else known.looking_at
    local = state.through(table)
    grouped = _sees(local, known.role) == "group"
    return Audience(known.role, table, group_of(local, known) if grouped else None)


def view(state: State, seat: str) -> dict[str, Any]:
    return {"shared": view_audience(state, audience(state, seat)), "own": view_own(state, seat)}


def view_audience(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
    """What everybody of that audience sees. JSON-able; the keys are always the same.

    `moment`: kept by who asks for many audiences of this very state; a hundred tables share a third of their view.
    """
    state = state.through(group.table)
    rule = state.rule
    sees = _sees(state, group.role)
    reads = sees in READS
    cards = list(boards.visible(state, rule, group, sees)) if rule else []
    at_table = list(state.cards_at(group.table)) if reads else []
    leads = leading.leads(state, group.role)
    crowd = not leads and boards.is_crowd(state, group.table)  # nobody is named: a thousand people are not gone through
    people = [] if crowd else [seat for seat in state.at_table(group.table) if seat.present]
    moment = {} if moment is None else moment
    alike = moment.get((state.here, group.role))
    if alike is None:
        alike = moment[state.here, group.role] = _alike_at_all_tables(state, group.role, leads=leads)
    return {
        **alike,
        "table": _table(state, group, people, leads=leads),
        "boards": boards.boards(state, rule, group, cards) if rule and reads else [],
        "counts": boards.counts(cards) if sees != "nothing" else {},
        **_activities(state, group, sees),
        "headline": boards.shown_as(state, at_table, "headline"),
        "request": boards.shown_as(state, at_table, "request"),
        "picture": boards.picture(state, group, at_table, people, reads=reads),
        "group": _group(state, group),
        "groups": _groups(state, group) if leads else [],
        "cut": _cut(state) if group.role in SCREENS and sees != "nothing" else [],
        "notices": leading.notices(state, rule, group) if leads else [],
        "awaited": leading.awaited(state, rule, group) if leads else "",
        "reveals": leading.reveals(state, group),
        "hidden": boards.hidden(state, group),
        "gone": leading.gone(state, group),
        "tables": leading.tables(state, group, reads=reads),
    }


def _alike_at_all_tables(state: State, role: str, *, leads: bool) -> dict[str, Any]:
    rule = state.rule
    closed = state.status == "closed"
    subject = rounds.subject(state, state.step) if not closed else None
    return {
        "method": state.method.id,
        "title": state.method.title,
        "status": state.status,
        "number": state.number,
        "steps": leading.steps(state),
        "stage": _stage(state, rule, role) if rule and not closed else None,
        "round": rounds.round_view(state) if not closed else None,
        "subject": subject._asdict() if subject else None,
        "clock": _clock(state),
        "own_clock": state.here is not None,
        "prompts": leading.prompts(rule.prompts if rule and leads and not closed else None),
        "controls": leading.controls(state, role),
        **leading.ways(state, role),
        "plan": leading.plan(state) if leads else None,
    }


def view_own(state: State, seat: str) -> dict[str, Any]:
    """What is this seat's alone."""
    known = state.seats.get(seat)
    if known is None:
        known = Seat(seat, "", "", None)
    state = state.through(known.table if known.table is not None else known.looking_at)
    rule = state.rule if state.on else None
    forms = _forms(state, state.rule, known) if state.rule and state.status != "waiting" else []
    return {
        "seat": known.id,
        "name": known.name,
        "role": known.role,
        "role_name": _role_name(state, known.role),
        "role_rule": state.method.roles[known.role].rule if known.role in state.method.roles else "",
        "table": known.table,
        "group": group_of(state, known),
        "looking_at": known.looking_at,
        "present": known.present,
        "forms": [form for form in forms if rule or form["move"] in AFTER_THE_END],
        "cards": boards.own_cards(state, rule, known),
        "marks": {mark: sorted(cards, key=card_order) for mark, cards in sorted(known.marks.items())},
        "actions": _own_actions(state, known),
        "sheet": sheet_view(state, known),
        **_own_activities(state, known),
        "deal": deal.own_view(state, known),
    }


def _role_name(state: State, role: str) -> str:
    return state.method.role_name(role) or (speak(ROLE_TITLES[role]) if role in SCREENS else "")


def _sees(state: State, role: str) -> str:
    rule = state.rule
    declared = rule.sees if rule else state.method.sees
    return declared.get(role, "count" if role in SCREENS else "nothing")


def _table(state: State, group: Audience, people: list[Seat], *, leads: bool) -> dict[str, Any] | None:
    """The table and who sits there: of a crowd, for who leads only. A screen on a wall names nobody."""
    spec = next((table for table in state.tables if table.id == group.table), None)
    if spec is None or group.role in SCREENS:
        return None
    present = boards.people_there(state, spec.id)
    if not state.method.people_shown or (present > boards.MOST_NAMED and not leads):
        return {"id": spec.id, "name": spec.name, "present": present, "people": []}
    named = [
        {"seat": seat.id, "name": seat.name, "role": seat.role, "role_name": _role_name(state, seat.role)}
        for seat in people
    ]
    return {"id": spec.id, "name": spec.name, "present": present, "people": named}


def _stage(state: State, rule: Stage, role: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "step": state.step,
        "title": rule.title,
        "rule": rule.rule(role),
        "activity": rule.activity,
        "minutes": state.minutes[rule.id],
        "quiet": rule.quiet,
    }


def _clock(state: State) -> dict[str, Any]:
    """The time of the step, and the time kept for the debrief: when it should begin for the session to end in time."""
    stages = state.method.stages
    rules = [stages[state.method.step(id_).stage] for id_ in state.path]
    first = next((position for position, rule in enumerate(rules) if rule.debrief), None)
    here = state.path.index(state.step) if state.step in state.path else -1
    ahead = first is not None and here < first and state.on
    before = sum(state.minutes[rule.id] for rule in rules[: first or 0])
    return {
        "ends_at": state.ends_at,
        "remaining": state.remaining,
        "total": state.total,
        "running": state.status == "running",
        "quiet_until": state.quiet_until if state.status == "running" else None,
        "reserved": round(sum(state.minutes[rule.id] for rule in rules if rule.debrief) * MINUTE),
        "debrief_at": state.opened_at + round(before * MINUTE) if ahead and state.opened_at is not None else None,
    }


def _steps_on(state: State) -> dict[str, str]:
    """For each activity, the step it is shown of: the one that is on, or the last of the stages it takes `from`."""
    rule, step = state.rule, state.step
    if rule is None or step is None:
        return {}
    found = {}
    for source in rule.sources:
        known = poll.latest(state, source, step)
        if known is not None:
            found[state.method.stages[source].activity] = known
    return {**found, rule.activity: step}


def _activities(state: State, group: Audience, sees: str) -> dict[str, Any]:
    """The poll, deal, pot and form of this moment, for the table or the whole room; counts only, until revealed."""
    found: dict[str, Any] = {"poll": None, "deal": None, "pot": None, "form": None}
    room = sees == "all" or (group.role in SCREENS and group.table is None)
    if sees == "nothing" or (not room and group.table is None):
        return found
    tables = None if room else frozenset([group.table or 0])
    on = _steps_on(state)
    may_count = state.on and "count" in state.rights(group.role)
    if "poll" in on:
        found["poll"] = poll.shared_view(state, on["poll"], tables, may_count=may_count)
    if "deal" in on:
        found["deal"] = deal.shared_view(state, on["deal"], tables)
    if "pot" in on:
        found["pot"] = pot.shared_view(state, on["pot"], tables)
    if "form" in on:
        found["form"] = form.shared_view(state, on["form"], tables)
    return found


def _own_activities(state: State, seat: Seat) -> dict[str, Any]:
    on = _steps_on(state) if seat.table is not None else {}
    views = {"poll": poll.own_view, "pot": pot.own_view, "form": form.own_view}
    return {name: look(state, on[name], seat) if name in on else None for name, look in views.items()}


def _group(state: State, group: Audience) -> dict[str, Any] | None:
    """The group this audience is. A screen on a wall names nobody."""
    if group.group is None or state.step is None or group.role in SCREENS:
        return None
    groups = state.groups.get(state.step, Register[str, int]())
    people = [seat.name for seat in state.at_table(group.table) if seat.present and groups.get(seat.id) == group.group]
    return {"number": group.group, "names": people if state.method.people_shown else []}


def _groups(state: State, group: Audience) -> list[dict[str, Any]]:
    """How the table looked at is cut, and who is where: somebody without a phone has to be told."""
    groups = state.groups.get(state.step or "", Register[str, int]())
    people: dict[int, list[str]] = {}
    for seat in state.at_table(group.table):
        if seat.present and seat.id in groups:
            people.setdefault(groups[seat.id], []).append(seat.name)
    return [
        {
            "number": number,
            "people": len(names),
            "words": speak("Groupe {number} : {people}", number=number, people=_persons(len(names))),
            "names": names if state.method.people_shown else [],
        }
        for number, names in sorted(people.items())
    ]


def _cut(state: State) -> list[str]:
    """How the room is cut, for a wall: how many groups of how many, the most frequent first; never who is where."""
    groups = state.groups.get(state.step or "")
    if groups is None or state.status == "closed":
        return []
    sizes = Counter(
        (table.id, groups[seat.id])
        for table in state.led
        for seat in state.at_table(table.id)
        if seat.present and seat.id in groups
    )
    kinds = sorted(Counter(sizes.values()).items(), key=lambda kind: (-kind[1], kind[0]))
    return [
        speak_of(many, "{number} groupe de {people}", "{number} groupes de {people}", people=_persons(size))
        for size, many in kinds
    ]


def _persons(count: int) -> str:
    return speak_of(count, "{number} personne", "{number} personnes")


def _forms(state: State, rule: Stage, seat: Seat) -> list[dict[str, Any]]:
    found = []
    sees = rule.sees.get(seat.role, "nothing")
    for written in stage_forms(state.method, rule, seat.role):
        if written["answers"]:
            group = Audience(seat.role, seat.table, group_of(state, seat))
            written["parents"] = [
                {"id": card.id, "text": card.text[:NAMED]}
                for card in boards.visible(state, rule, group, "group" if sees == "group" else "table")
                if card.kind in written["answers"] and card.into is None and sees in READS
            ]
        found.append(written)
    return found


def _own_actions(state: State, seat: Seat) -> list[dict[str, Any]]:
    """Buttons of this seat's own: a role to take, a private mark to reveal, a sentence to take back."""
    if seat.role not in state.method.roles or seat.table is None:
        return []
    rights = state.rights(seat.role)
    found: list[dict[str, Any]] = []
    for role in state.method.roles.values() if state.status != "closed" else ():
        if f"take_role:{role.id}" in rights and role.id != seat.role and _is_open(state, role.id, role.max, seat):
            label = role.take or speak("Je prends le rôle « {role} »", role=role.title)
            found.append({"kind": "take_role", "payload": {"role": role.id}, "label": label})
    for mark in state.method.marks.values() if state.stage else ():
        if mark.private and f"reveal:{mark.id}" in rights:
            on = (seat.table, mark.id) not in state.revealed
            label = (mark.reveal or speak("Montrer à la table")) if on else speak("Ne plus montrer")
            found.append({"kind": "reveal", "payload": {"mark": mark.id, "on": on}, "label": label})
    if seat.id in state.releases:
        found.append({"kind": "withdraw", "payload": {}, "label": speak("Retirer la phrase rendue publique")})
    return found


def _is_open(state: State, role: str, most: int | None, seat: Seat) -> bool:
    return most is None or state.present(role, seat.table) < most
