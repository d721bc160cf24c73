"""What a room did on paper, typed in afterwards: at any step, during the session or once it is closed.

Nobody is held for its author: texts belong to the table's paper, a questionnaire to a sheet without a name, hands and
pots to the table. `by` is « paper » in the log, whoever types.
"""

from dataclasses import replace
from typing import Any

from facilitation import payloads, rounds
from facilitation.activities import cards, form, pot
from facilitation.activities.ballots import FEWEST, rule_of, show_tables
from facilitation.definition import Question, Stage
from facilitation.inputs import inputs
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Answer, Ballot, Card, Move, Seat, State
from facilitation.vocabulary import MAX_PEOPLE, PAPER

NAME = "Sur papier"
NAMED = 80  # characters of a card, where it is only named


def transcribe(state: State, move: Move, payload: Payload) -> State:
    """One text, one count, one round of the pot or one sheet of answers; with `on` false, what was typed goes away."""
    step = payloads.needed(payload, "step")
    if step not in state.path and step not in state.visited:
        raise Refused("unknown_stage")
    rule = rule_of(state, step)
    table = _table_meant(state, move, payload)
    write = {"cards": _card, "poll": _hands, "pot": _round, "form": _sheet}.get(rule.activity)
    if write is None:
        raise Refused("unknown_stage")
    after = write(state, move, payload, rule, step, table)
    after = after.but(visited=after.visited | {step})
    if rule.activity in ("cards", "pot") or (state.on and state.step == step) or _by_phone(state, step, table):
        return after  # what phones answered is shown at its time, not because paper came
    return show_tables(after, step, [table])


def _table_meant(state: State, move: Move, payload: Payload) -> int:
    own = state.seats[move.seat].table
    table = payloads.whole(payload, "table") or own or state.open_tables[0].id
    if not state.has_table(table):
        raise Refused("unknown_table")
    if own is not None and table != own:
        raise Refused("not_allowed")
    return state.merged.get(table, table)


def _author(state: State, id_: str, table: int) -> State:
    """Somebody who was never there: present nowhere, waited for by nobody."""
    if id_ in state.seats:
        return state
    return state.with_seat(Seat(id_, NAME, state.method.default_role, table, present=False, by=PAPER))


def _card(state: State, move: Move, payload: Payload, rule: Stage, step: str, table: int) -> State:
    author = f"{PAPER}-{table}"
    if not payloads.flag(payload, "on", True):
        card = state.cards.get(payloads.needed(payload, "card"))
        if card is None or card.removed or card.author != author or card.step != step:
            raise Refused("unknown_card")
        return cards.take_away(state, card)
    allowed = state.method.kinds_of(rule.id)
    meant = payloads.word(payload, "kind") or (allowed[0] if len(allowed) == 1 else None)
    if meant not in allowed:
        raise Refused("not_allowed")
    kind = state.method.kinds[meant]
    text = payloads.text(payload, "text", kind.max_length)
    parent = payloads.word(payload, "parent")
    if bool(kind.parents) != (parent is not None):
        raise Refused("needs_parent" if kind.parents else "wrong_card")
    if parent is not None:
        answered = state.cards.get(parent)
        if answered is None or answered.removed or answered.table != table:
            raise Refused("unknown_card")
        if answered.kind not in kind.parents:
            raise Refused("wrong_card")
    if sum(known.step == step for known in state.cards_of(author)) >= cards.MOST_OF_ONE:
        raise Refused("card_limit")
    return _author(state, author, table).with_card(
        Card(
            id=f"c{move.number}",
            number=move.number,
            stage=rule.id,
            kind=kind.id,
            table=table,
            author=author,
            text=text,
            parent=parent,
            by=PAPER,
            typed_by=move.seat,
            step=step,
        )
    )


def _hands(state: State, _move: Move, payload: Payload, rule: Stage, step: str, table: int) -> State:
    """The whole count of the table: what was there is replaced."""
    raised = {option.id: payloads.whole(payload, f"count_{option.id}") or 0 for option in rule.options}
    if not all(0 <= number <= MAX_PEOPLE for number in raised.values()):
        raise Refused("bad_payload")
    kept = {id_: number for id_, number in raised.items() if number}
    return state.but(hands={**state.hands, step: {**state.hands.get(step, {}), table: kept}})


def _round(state: State, _move: Move, payload: Payload, rule: Stage, step: str, table: int) -> State:
    """A round's total: shared as it would have been, and with it the later rounds that were on paper too."""
    players, total = payloads.whole(payload, "players") or 0, payloads.whole(payload, "total") or 0
    if _by_phone(state, step, table):
        raise Refused("round_over")
    if players < FEWEST:
        raise Refused("too_few")
    if players > MAX_PEOPLE or not 0 <= total <= players * rule.tokens:
        raise Refused("bad_gift", "Ici, de 0 à {most} par personne.", most=rule.tokens)
    state = pot.share_totals(state, step, table, players, total)
    steps = list(pot.rounds(state))
    for later in steps[steps.index(step) + 1 :]:
        known = state.shares.get(later, {}).get(table)
        if known is not None and not _by_phone(state, later, table):
            state = pot.share_totals(state, later, table, known.players, known.total)
    return state


def _by_phone(state: State, step: str, table: int) -> bool:
    """Whether somebody answered there on a phone, or had it typed for them during the session."""
    return any(answer.by != PAPER for _seat, answer in state.ballots.get(step, Ballot()).at(frozenset({table})))


def _sheet(state: State, move: Move, payload: Payload, rule: Stage, step: str, table: int) -> State:
    ballot = state.ballots.get(step, Ballot())
    if not payloads.flag(payload, "on", True):
        sheet = payloads.needed(payload, "sheet")
        known = ballot.answers.get(sheet)
        if known is None or known.by != PAPER or known.table != table or not known.values:
            raise Refused("unknown_card")
        emptied = ballot.put(sheet, replace(known, values={}, complete=False))
        return state.but(ballots={**state.ballots, step: emptied})
    role = payloads.word(payload, "role") or next(role for role in state.method.roles if rule.asks(role))
    if not rule.asks(role):
        raise Refused("unknown_role")
    values: dict[str, Any] = {}
    for question in rule.questions_for(role):
        typed = {"question": question.id, "value": payload.get(f"answer_{question.id}")}
        values = form.read(rule, role, values, typed)
    if not values:
        raise Refused("empty_text")
    id_ = f"p{move.number}"
    state = _author(state, id_, table)
    answer = Answer(table, values, PAPER, move.seat)
    return state.but(ballots={**state.ballots, step: ballot.put(id_, answer)})


def paper_steps(state: State, table: int) -> list[dict[str, Any]]:
    """What the page that types shows: each step that leaves something on paper, and what was typed from it.

    Never what a phone wrote, but for the cards that a text may answer.
    """
    found = []
    for step in state.path:
        rule = rule_of(state, step)
        if rule.activity == "deal" or (rule.activity == "cards" and not state.method.kinds_of(rule.id)):
            continue
        share = state.shares.get(step, {}).get(table)
        hands = state.hands.get(step, {}).get(table, {})
        answers = state.ballots.get(step, Ballot()).at(frozenset({table}))
        found.append(
            {
                "step": step,
                "title": rounds.title(state, step),
                "activity": rule.activity,
                "kinds": [_kind(state, kind, table) for kind in state.method.kinds_of(rule.id)],
                "cards": [
                    {"id": card.id, "kind": card.kind, "text": card.text}
                    for card in state.cards_of(f"{PAPER}-{table}")
                    if card.step == step
                ],
                "question": rule.question,
                "options": [{"id": one.id, "label": one.label, "hands": hands.get(one.id)} for one in rule.options],
                "counted": table in state.hands.get(step, {}),
                "tokens": rule.tokens,
                "round": {"players": share.players, "total": share.total, "each": share.each} if share else None,
                "by_phone": rule.activity == "pot" and _by_phone(state, step, table),
                "forms": _forms(state, rule),
                "sheets": [seat for seat, answer in answers if answer.by == PAPER],
            }
        )
    return found


def _kind(state: State, id_: str, table: int) -> dict[str, Any]:
    kind = state.method.kinds[id_]
    return {
        "id": id_,
        "title": kind.title,
        "max_length": kind.max_length,
        "answers": bool(kind.parents),
        "parents": [
            {"id": card.id, "text": card.text[:NAMED]}
            for card in state.cards_at(table)
            if card.kind in kind.parents and cards.is_seen(card)
        ],
    }


def _forms(state: State, rule: Stage) -> list[dict[str, Any]]:
    """One sheet a form, and one a role when they are not asked the same."""
    if rule.activity != "form":
        return []
    asked: dict[tuple[Question, ...], list[str]] = {}
    for role in state.method.roles:
        if rule.asks(role) and (questions := rule.questions_for(role)):
            asked.setdefault(questions, []).append(role)
    return [
        {
            "role": roles[0],
            "title": ", ".join(map(state.method.role_name, roles)) if len(asked) > 1 else "",
            "questions": [one for one in inputs(state.method, roles[0]) if one["stage"] == rule.id],
        }
        for roles in asked.values()
    ]
