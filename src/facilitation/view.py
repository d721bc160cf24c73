"""The one door out: what a seat may see. A secret is in no view but its own seat's.

`view_audience` is made once for all the seats of an audience, so nothing in it may depend on who asks; what does is in
`view_own`.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from facilitation.definition import Stage
from facilitation.forms import stage_forms
from facilitation.sheet import sheet_view
from facilitation.state import Card, Seat, State
from facilitation.vocabulary import ROLE_TITLES, SCREENS

DEALT = 80  # characters of a card, where it is only named
CONTROLS = ("open", "advance", "back", "extend", "pause", "resume", "close", "reopen")


class Audience(NamedTuple):
    """Those who see the same. Language and reading variant are the template's."""

    role: str  # "" for a seat that is not in the session
    table: int | None  # whose cards they see: their own table, or the one they look at


def audience(state: State, seat: str) -> Audience:
    known = state.seats.get(seat)
    if known is None:
        return Audience("", None)
    return Audience(known.role, known.table if known.table is not None else known.looking_at)


def view(state: State, seat: str) -> dict[str, Any]:
    return {"shared": view_audience(state, audience(state, seat)), "own": view_own(state, seat)}


def view_audience(state: State, group: Audience) -> dict[str, Any]:
    """What everybody of that audience sees. JSON-able; the keys are always the same."""
    rule = state.rule
    sees = _sees(state, group)
    reads = sees in ("table", "all")
    cards = list(_visible(state, rule, group, sees)) if rule else []
    at_table = list(state.cards_at(group.table)) if reads else []
    chosen = state.cards.get(state.chosen.get(group.table, "")) if reads and group.table is not None else None
    return {
        "method": state.method.id,
        "title": state.method.title,
        "status": state.status,
        "number": state.number,
        "table": _table(state, group),
        "steps": _steps(state),
        "stage": _stage(state, rule, group.role) if rule and state.status != "closed" else None,
        "clock": {
            "ends_at": state.ends_at,
            "remaining": state.remaining,
            "total": state.total,
            "running": state.status == "running",
            "quiet_until": state.quiet_until if state.status == "running" else None,
        },
        "boards": _boards(state, rule, group, cards) if rule and reads else [],
        "counts": _counts(cards) if sees != "nothing" else {},
        "headline": _shown_as(state, at_table, "headline"),
        "request": _shown_as(state, at_table, "request"),
        "picture": _picture(state, group, at_table, chosen),
        "prompts": _prompts(rule) if _leads(state, group.role) and state.status != "closed" else _prompts(None),
        "notices": _notices(state, rule, group) if _leads(state, group.role) else [],
        "controls": _controls(state, group.role),
        "tables": _tables(state, group),
    }


def view_own(state: State, seat: str) -> dict[str, Any]:
    """What is this seat's alone."""
    known = state.seats.get(seat)
    if known is None:
        known = Seat(seat, "", "", None)
    rule = state.rule if state.status in ("running", "paused") else None
    return {
        "seat": known.id,
        "name": known.name,
        "role": known.role,
        "role_name": _role_name(state, known.role),
        "role_rule": state.method.roles[known.role].rule if known.role in state.method.roles else "",
        "table": known.table,
        "looking_at": known.looking_at,
        "present": known.present,
        "forms": _forms(state, rule, known) if rule else [],
        "cards": _own_cards(state, rule, known),
        "marks": {mark: sorted(cards, key=_card_order) for mark, cards in sorted(known.marks.items())},
        "actions": _own_actions(state, known),
        "sheet": sheet_view(state, known),
    }


def _role_name(state: State, role: str) -> str:
    return state.method.role_name(role) or (ROLE_TITLES[role] if role in SCREENS else "")


def _sees(state: State, group: Audience) -> str:
    declared = state.rule.sees if state.rule else state.method.sees
    return declared.get(group.role, "count" if group.role in SCREENS else "nothing")


def _leads(state: State, role: str) -> bool:
    return role in state.method.roles and "advance" in state.rights(role)


def _visible(state: State, rule: Stage, group: Audience, sees: str) -> Iterable[Card]:
    """The cards on the table at this stage that this audience may read, or count."""
    stages = (rule.id, *rule.sources)
    everywhere = sees == "all" or (group.role in SCREENS and group.table is None)
    cards = state.cards.values() if everywhere else state.cards_at(group.table)
    return (card for card in cards if card.stage in stages and not card.removed)


def _table(state: State, group: Audience) -> dict[str, Any] | None:
    """The table and who sits there. A screen on a wall names nobody."""
    spec = next((table for table in state.tables if table.id == group.table), None)
    if spec is None or group.role in SCREENS:
        return None
    people = [
        {"seat": seat.id, "name": seat.name, "role": seat.role, "role_name": _role_name(state, seat.role)}
        for seat in state.at_table(spec.id)
        if seat.present
    ]
    return {"id": spec.id, "name": spec.name, "people": people if state.method.people_shown else []}


def _steps(state: State) -> list[dict[str, Any]]:
    path = state.path
    now = path.index(state.stage) if state.stage else -1
    steps = []
    number = 0
    for position, id_ in enumerate(path):
        stage = state.method.stages[id_]
        number += not stage.optional
        done = position < now or (state.status == "closed" and position <= now)
        steps.append(
            {
                "id": id_,
                "title": stage.title,
                "number": None if stage.optional else number,
                "state": "done" if done else "now" if position == now else "todo",
                "optional": stage.optional,
                "minutes": state.minutes[id_],
            }
        )
    return steps


def _stage(state: State, rule: Stage, role: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "rule": rule.rule(role),
        "activity": rule.activity,
        "minutes": state.minutes[rule.id],
        "quiet": rule.quiet,
    }


def _boards(state: State, rule: Stage, group: Audience, cards: list[Card]) -> list[dict[str, Any]]:
    """One board a kind: those of this stage, then those of the stages it takes `from`."""
    method = state.method
    kinds = [kind for stage in (rule.id, *rule.sources) for kind in method.kinds_of(stage)]
    kinds += [card.kind for card in cards]
    boards = []
    for kind_id in dict.fromkeys(kinds):
        kind = method.kinds.get(kind_id)
        if kind is None or kind.parents or kind.shown_as in ("headline", "request"):
            continue
        top = [card for card in cards if card.kind == kind_id]
        boards.append(
            {
                "id": kind_id,
                "title": kind.title,
                "empty": kind.empty,
                "cards": [_card(state, rule, group, card, cards) for card in top],
            }
        )
    return boards


def _card(state: State, rule: Stage, group: Audience, card: Card, cards: list[Card]) -> dict[str, Any]:
    hidden = state.method.stages[card.stage].hidden_authors
    author, typist = state.seats.get(card.author), state.seats.get(card.typed_by or "")
    marks = {
        id_: count
        for id_, count in sorted(card.marks.items())
        if not state.method.marks[id_].private or (card.table, id_) in state.revealed
    }
    return {
        "id": card.id,
        "kind": card.kind,
        "text": card.text,
        "author": author.name if author and not hidden else None,
        "typed_by": typist.name if typist and not hidden else None,
        "chosen": state.chosen.get(card.table) == card.id,
        "marks": marks,
        "replies": [_card(state, rule, group, other, cards) for other in cards if other.parent == card.id],
        "actions": _mark_actions(state, rule, group, card),
        "controls": _card_controls(state, rule, group, card),
    }


def _mark_actions(state: State, rule: Stage, group: Audience, card: Card) -> list[dict[str, str]]:
    if state.status not in ("running", "paused"):
        return []
    return [
        {"mark": mark.id, "label": mark.label, "label_on": mark.label_on}
        for mark in state.method.marks.values()
        if card.kind in mark.on and rule.allows(group.role, "mark", mark.id)
    ]


def _card_controls(state: State, rule: Stage, group: Audience, card: Card) -> list[dict[str, str]]:
    """The moves on this card that lead the session: to retain it, to take it away."""
    if state.status not in ("running", "paused"):
        return []
    found = []
    assign = rule.assign
    if assign and card.kind == (assign.kind or card.kind) and rule.allows(group.role, "choose"):
        found.append({"kind": "choose", "label": "Retenir"})
    if "hide" in rule.rights(group.role):
        found.append({"kind": "remove", "label": "Retirer de l’écran"})
    return found


def _counts(cards: list[Card]) -> dict[str, int]:
    return dict(sorted(Counter(card.kind for card in cards).items()))


def _shown_as(state: State, cards: list[Card], use: str) -> str | None:
    kinds = {kind.id for kind in state.method.kinds.values() if kind.shown_as == use}
    found = [card for card in cards if card.kind in kinds]
    return max(found, key=lambda card: card.number).text if found else None


def _picture(state: State, group: Audience, cards: list[Card], chosen: Card | None) -> dict[str, Any]:
    """Le système des acteurs: the porteur, what they bring, those around, the solutions that come out."""
    sheet = state.method.sheet
    counted = [line.kind for line in sheet.lines if line.mark] if sheet else []
    screens = group.role in SCREENS
    cards_counted = (card for card in state.cards.values() if not card.removed) if screens else iter(cards)
    solutions = sum(card.kind in counted for card in cards_counted)
    if sheet is None or screens or not (cards or _sees(state, group) in ("table", "all")):
        return {"porteur": None, "action": None, "contributors": [], "solutions": solutions if screens else 0}
    people = [seat for seat in state.at_table(group.table) if seat.present and state.method.people_shown]
    holder = state.holder(sheet.role, group.table) if state.method.people_shown else None
    return {
        "porteur": holder.name if holder else None,
        "action": _shown_as(state, cards, "headline") or (chosen.text if chosen else None),
        "contributors": [seat.name for seat in people if seat.role != sheet.role],
        "solutions": solutions,
    }


def _prompts(rule: Stage | None) -> dict[str, list[str]]:
    if rule is None:
        return {"say": [], "watch": [], "avoid": []}
    return {"say": list(rule.prompts.say), "watch": list(rule.prompts.watch), "avoid": list(rule.prompts.avoid)}


def _notices(state: State, rule: Stage | None, group: Audience) -> list[str]:
    """What whoever leads should know of the table they look at; numbers, never names."""
    people = [seat for seat in state.at_table(group.table) if seat.present]
    method = state.method
    notices = []
    if method.people_min and len(people) < method.people_min:
        notices.append(f"{_people(len(people))} à cette table : cette méthode en demande {method.people_min} au moins.")
    if method.people_max and len(people) > method.people_max:
        notices.append(f"{_people(len(people))} à cette table : cette méthode en accepte {method.people_max} au plus.")
    sheet = method.sheet
    if rule and sheet and state.holder(sheet.role, group.table) is None and (rule.assign is None):
        notices.append(f"Personne n’a le rôle « {method.role_name(sheet.role)} » à cette table.")
    if rule and state.status in ("running", "paused"):
        wrote = {card.author for card in state.cards_at(group.table) if card.stage == rule.id}
        asked = [seat for seat in people if _is_asked_to_write(state, rule, seat.role)]
        waiting = sum(seat.id not in wrote for seat in asked)
        if waiting:
            notices.append(f"{_people(waiting)} {'n’a' if waiting == 1 else 'n’ont'} pas encore écrit.")
    return notices


def _is_asked_to_write(state: State, rule: Stage, role: str) -> bool:
    """Replies are not asked of anybody; a card of one's own is."""
    return any(not state.method.kinds[kind].parents for kind in state.method.kinds_for(rule.id, role))


def _people(count: int) -> str:
    return f"{count} personne{'s' if count > 1 else ''}"


def _controls(state: State, role: str) -> list[str]:
    if role not in state.method.roles:
        return []
    rights = state.rights(role)
    path = state.path
    now = {
        "open": state.status == "waiting",
        "advance": state.status in ("running", "paused") and state.stage != path[-1],
        "back": state.status in ("running", "paused") and state.stage != path[0],
        "extend": state.status in ("running", "paused"),
        "pause": state.status == "running",
        "resume": state.status == "paused",
        "close": state.status != "closed",
        "reopen": state.status == "closed",
    }
    return [kind for kind in CONTROLS if kind in rights and now[kind]]


def _tables(state: State, group: Audience) -> list[dict[str, Any]]:
    """One line a table for those who lead the room and for screens: counts, and the headline of the table looked at."""
    if group.role not in SCREENS and not _leads(state, group.role):
        return []
    people = Counter(seat.table for seat in state.seats.values() if seat.present)
    cards = Counter(card.table for card in state.cards.values() if not card.removed)
    reads = group.role not in SCREENS and _sees(state, group) in ("table", "all")
    return [
        {
            "id": table.id,
            "name": table.name,
            "people": people[table.id],
            "cards": cards[table.id],
            "headline": _shown_as(state, list(state.cards_at(table.id)), "headline")
            if reads and table.id == group.table
            else None,
        }
        for table in state.tables
    ]


def _forms(state: State, rule: Stage, seat: Seat) -> list[dict[str, Any]]:
    found = []
    for form in stage_forms(state.method, rule, seat.role):
        if form["answers"]:
            form["parents"] = [
                {"id": card.id, "text": card.text[:DEALT]}
                for card in _visible(state, rule, Audience(seat.role, seat.table), "table")
                if card.kind in form["answers"] and rule.sees.get(seat.role) in ("table", "all")
            ]
        found.append(form)
    return found


def _own_cards(state: State, rule: Stage | None, seat: Seat) -> list[dict[str, Any]]:
    found = []
    for card in state.cards.values():
        if card.author != seat.id or card.removed:
            continue
        open_ = rule is not None and card.stage == rule.id and card.table == seat.table
        rights = rule.rights(seat.role) if rule and open_ else frozenset()
        may = [verb for verb in ("edit", "remove") if verb in rights]
        found.append({"id": card.id, "stage": card.stage, "kind": card.kind, "text": card.text, "may": may})
    return found


def _own_actions(state: State, seat: Seat) -> list[dict[str, Any]]:
    """Buttons of this seat's own: a role to take, a private mark to reveal, a sentence to take back."""
    if seat.role not in state.method.roles or seat.table is None:
        return []
    rights = state.rights(seat.role)
    found: list[dict[str, Any]] = []
    for role in state.method.roles.values() if state.status != "closed" else ():
        if f"take_role:{role.id}" in rights and role.id != seat.role and _is_open(state, role.id, role.max, seat):
            label = role.take or f"Je prends le rôle « {role.title} »"
            found.append({"kind": "take_role", "payload": {"role": role.id}, "label": label})
    for mark in state.method.marks.values() if state.stage else ():
        if mark.private and f"reveal:{mark.id}" in rights:
            on = (seat.table, mark.id) not in state.revealed
            label = (mark.reveal or "Montrer à la table") if on else "Ne plus montrer"
            found.append({"kind": "reveal", "payload": {"mark": mark.id, "on": on}, "label": label})
    if seat.id in state.releases:
        found.append({"kind": "withdraw", "payload": {}, "label": "Retirer la phrase rendue publique"})
    return found


def _is_open(state: State, role: str, most: int | None, seat: Seat) -> bool:
    held = sum(other.role == role and other.present for other in state.at_table(seat.table))
    return most is None or held < most


def _card_order(card_id: str) -> tuple[int, str]:
    return len(card_id), card_id
