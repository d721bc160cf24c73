"""The activity `poll`: one choice each, hidden until revealed; hands raised are typed in beside the phones."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from facilitation import payloads
from facilitation.activities.ballots import Counted, counted, how_many, is_over, is_shown, rule_of, seen, share_of
from facilitation.definition import Stage
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Ballot, Move, Seat, State
from facilitation.vocabulary import MAX_PEOPLE
from facilitation.words import later, speak, speak_of

NO_ANSWER = ""  # at one end of a river: somebody who voted once of the two times
NO_ANSWER_LABEL = later("Sans réponse")
VOTED = Counted(
    later("Personne n’a encore voté"),
    later("{number} personne a voté"),
    later("{number} personnes ont voté"),
)


def read(stage: Stage, role: str, values: Mapping[str, Any], payload: Payload) -> dict[str, Any]:
    """The vote; an empty one takes it back."""
    value = payloads.word(payload, "value")
    if value is None:
        return {}
    if value not in [option.id for option in stage.options]:
        raise Refused("unknown_option")
    return {"": value}


def count(state: State, move: Move, payload: Payload) -> State:
    """Hands raised, counted by whoever leads: they are beside the phones, never instead of them."""
    seat = state.seats[move.seat]
    step = payloads.word(payload, "step") or state.step
    if step is None or step not in state.visited or rule_of(state, step).activity != "poll":
        raise Refused("unknown_stage")
    options = [option.id for option in rule_of(state, step).options]
    hands = {id_: payloads.whole(payload, f"count_{id_}") or 0 for id_ in options if f"count_{id_}" in payload}
    if not hands or not all(0 <= number <= MAX_PEOPLE for number in hands.values()):
        raise Refused("bad_payload")
    table = seat.table or _table_named(state, payload) or seat.looking_at or state.open_tables[0].id
    by_table = state.hands.get(step, {})
    raised = {id_: number for id_, number in {**by_table.get(table, {}), **hands}.items() if number}
    return state.but(hands={**state.hands, step: {**by_table, table: raised}})


def _table_named(state: State, payload: Payload) -> int | None:
    """The table whose clock the count goes by is the one that counted."""
    table = payloads.whole(payload, "table")
    return state.merged.get(table, table) if table is not None and state.has_table(table) else None


def shared_view(state: State, step: str, tables: frozenset[int] | None, *, may_count: bool) -> dict[str, Any]:
    rule = rule_of(state, step)
    answered, asked = counted(state, step, tables)
    shown = is_shown(state, step, _only(tables))
    result = _result(state, step, tables) if shown else None
    sides = [line for line in result["options"] if line["count"]] if result else []
    fewest = min((line["count"] for line in sides), default=0)
    return {
        "step": step,
        "question": rule.question or rule.title,
        "revealed": shown,
        "answered": answered,
        "asked": asked,
        "words": how_many(answered, asked, VOTED),
        "options": result["options"] if result else _unknown(rule),
        "total": result["total"] if result else None,
        "hands": result["hands"] if result else None,
        "smallest": [line["id"] for line in sides if line["count"] == fewest] if len(sides) > 1 else [],
        "may_count": may_count,
        **_compared(state, step, rule, tables, shown=shown),
    }


def own_view(state: State, step: str, seat: Seat) -> dict[str, Any]:
    rule = rule_of(state, step)
    answer = state.ballots.get(step, Ballot()).answers.get(seat.id)
    over = is_over(state, step, seat)
    return {
        "step": step,
        "value": answer.values.get("") if answer else None,
        "may": state.on and state.step == step and not over and rule.asks(seat.role),
    }


def _only(tables: frozenset[int] | None) -> int | None:
    return next(iter(tables)) if tables else None


def _unknown(rule: Stage) -> list[dict[str, Any]]:
    nothing = {"count": None, "phones": None, "hands": None, "share": None, "words": ""}
    return [{"id": option.id, "label": option.label, **nothing} for option in rule.options]


def _result(state: State, step: str, tables: frozenset[int] | None) -> dict[str, Any]:
    tables = seen(state, step, tables)
    phones = Counter(answer.values[""] for _seat, answer in state.ballots.get(step, Ballot()).at(tables))
    hands: Counter[str] = Counter()
    for table, raised in state.hands.get(step, {}).items():
        if tables is None or table in tables:
            hands.update(raised)
    total = phones.total() + hands.total()
    options = []
    for option in rule_of(state, step).options:
        number = phones[option.id] + hands[option.id]
        share = share_of(number, total)
        options.append(
            {
                "id": option.id,
                "label": option.label,
                "count": number,
                "phones": phones[option.id],
                "hands": hands[option.id],
                "share": share,
                "words": _line(option.label, number, share if total else None),
            }
        )
    return {"options": options, "total": total, "hands": hands.total()}


def _line(label: str, number: int, share: int | None) -> str:
    said = speak("{label} : {count}", label=label, count=speak_of(number, "{number} voix", "{number} voix"))
    return said if share is None else speak("{said}, {share} %", said=said, share=share)


def _compared(
    state: State, step: str, rule: Stage, tables: frozenset[int] | None, *, shown: bool
) -> dict[str, dict[str, Any] | None]:
    """The vote before, once revealed; who moved between the two, once both are."""
    before = latest(state, rule.compare, step) if rule.compare else None
    if before is None or not is_shown(state, before, _only(tables)):
        return {"before": None, "movement": None}
    first = _result(state, before, tables)
    return {
        "before": {
            "step": before,
            "title": rule_of(state, before).title,
            "options": [
                {key: line[key] for key in ("id", "label", "count", "share", "words")} for line in first["options"]
            ],
            "total": first["total"],
        },
        "movement": _movement(state, before, step, tables) if shown else None,
    }


def _movement(state: State, before: str, after: str, tables: frozenset[int] | None) -> dict[str, Any]:
    """The rivers between two votes: how many went from each answer to each, those of one vote only included."""
    tables = seen(state, after, seen(state, before, tables))
    first = {seat: answer.values[""] for seat, answer in state.ballots.get(before, Ballot()).at(tables)}
    second = {seat: answer.values[""] for seat, answer in state.ballots.get(after, Ballot()).at(tables)}
    flows = Counter((first.get(seat, NO_ANSWER), second.get(seat, NO_ANSWER)) for seat in {**first, **second})
    labels = {option.id: option.label for option in rule_of(state, after).options} | {NO_ANSWER: speak(NO_ANSWER_LABEL)}
    stayed = sum(number for (from_, to), number in flows.items() if from_ == to)
    moved = sum(number for (from_, to), number in flows.items() if from_ != to and from_ and to)
    return {
        "moved": moved,
        "stayed": stayed,
        "words": speak(
            "{moved}, {stayed}",
            moved=speak_of(moved, "{number} personne a changé d’avis", "{number} personnes ont changé d’avis"),
            stayed=speak_of(stayed, "{number} a gardé le sien", "{number} ont gardé le sien"),
        ),
        "flows": [
            {
                "from": from_,
                "to": to,
                "from_label": labels[from_],
                "to_label": labels[to],
                "count": flows[from_, to],
                "words": speak(
                    "{before} → {after} : {count}",
                    before=labels[from_],
                    after=labels[to],
                    count=flows[from_, to],
                ),
            }
            for from_ in labels
            for to in labels
            if flows[from_, to]
        ],
    }


def latest(state: State, stage: str, step: str) -> str | None:
    """The last time a stage was played, up to that step: in rounds, that of the same round."""
    found = None
    for known in state.method.steps:
        if known.stage == stage and known.id in state.visited:
            found = known.id
        if known.id == step:
            break
    return found
