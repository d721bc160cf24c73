"""The activity `pot`: a public-goods round, in whole numbers. A gift is in its giver's own view, and in no other, ever.

Each has so many tokens a round and puts some in the pot of the table; the pot is multiplied and shared equally among
those who gave, nothing included; what does not divide stays for the next round. A round with fewer than FEWEST givers
is not shared: of two, each would know what the other gave. Nor is one where a single person gave by themselves, beside
gifts that were typed: whoever typed them would know theirs.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from facilitation import payloads
from facilitation.activities.ballots import (
    Counted,
    answers_at,
    are_enough,
    counted,
    how_many,
    is_settled_elsewhere,
    rule_of,
)
from facilitation.definition import Stage
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Ballot, Seat, Share, State
from facilitation.words import later, speak

GAVE = Counted(
    later("Personne n’a encore donné"),
    later("{number} personne a donné"),
    later("{number} personnes ont donné"),
)


def read(stage: Stage, payload: Payload) -> int:
    tokens = payloads.whole(payload, "tokens")
    if tokens is None or not 0 <= tokens <= stage.tokens:
        raise Refused("bad_gift", "Ici, de 0 à {most}.", most=stage.tokens)
    return tokens


def share_asked(state: State, step: str, table: int | None) -> State:
    """Whoever leads ends the round without waiting for those who have not given."""
    tables = [table] if table is not None else [led.id for led in state.led]
    after = state
    for asked in tables:
        after = share(after, step, asked)
    if after is state:
        raise Refused("too_few")
    return after


def share_all(state: State) -> State:
    """At the end of the step."""
    if state.rule is None or state.step is None or state.rule.activity != "pot":
        return state
    for table in state.led:
        state = share(state, state.step, table.id)
    return state


def share(state: State, step: str, table: int) -> State:
    shares = state.shares.get(step, {})
    gifts = answers_at(state, step, table)
    if table in shares or not are_enough(gifts):
        return state
    return share_totals(state, step, table, len(gifts), sum(gift.values[""] for gift in gifts))


def share_totals(state: State, step: str, table: int, players: int, total: int) -> State:
    """So many people gave so much, in all."""
    pot = int(total * Fraction(str(rule_of(state, step).multiplier))) + _left_over(state, step, table)
    each, remainder = divmod(pot, players)
    shared = Share(players, total, pot, each, remainder)
    return state.but(shares={**state.shares, step: {**state.shares.get(step, {}), table: shared}})


def _left_over(state: State, step: str, table: int) -> int:
    """What the round before could not divide."""
    before = 0
    for earlier in rounds(state):
        if earlier == step:
            break
        shared = state.shares.get(earlier, {}).get(table)
        before = shared.remainder if shared else before
    return before


def rounds(state: State) -> Iterator[str]:
    """The steps of the method that are rounds of a pot, in order."""
    stages = state.method.stages
    return (step.id for step in state.method.steps if stages[step.stage].activity == "pot")


def title(state: State, step: str) -> str:
    stage = rule_of(state, step).title
    return (
        speak("{stage}, tour {number}", stage=stage, number=_round(state, step))
        if state.method.step(step).rounds
        else stage
    )


def _round(state: State, step: str) -> int:
    rounds_ = state.method.step(step).rounds
    return rounds_[-1][1] if rounds_ else 1


def shared_view(state: State, step: str, tables: frozenset[int] | None) -> dict[str, Any]:
    """Table totals, never a gift; for one table, or the whole room."""
    rule = rule_of(state, step)
    specs = [spec for spec in state.tables if tables is None or spec.id in tables]
    lines = [_table_line(state, step, spec.id, spec.name) for spec in specs if spec.id not in state.merged]
    own = lines[0] if tables is not None and lines and lines[0]["settled"] else None
    given, asked = sum(line["given"] for line in lines), sum(line["asked"] for line in lines)
    return {
        "step": step,
        "tokens": rule.tokens,
        "multiplier": f"{rule.multiplier:g}".replace(".", speak(",")),
        "given": given,
        "asked": asked,
        "words": how_many(given, asked, GAVE),
        "settled": bool(lines) and all(line["settled"] for line in lines),
        "round": {key: own[key] for key in ("total", "pot", "each", "remainder", "players", "words")} if own else None,
        "tables": lines,
        "curve": [
            {
                "step": earlier,
                "stage": state.method.step(earlier).stage,
                "title": title(state, earlier),
                "round": _round(state, earlier),
                "tables": [_point(state, earlier, spec.id, spec.name) for spec in specs if spec.id in shares],
            }
            for earlier in rounds(state)
            if (shares := state.shares.get(earlier, {})) and any(spec.id in shares for spec in specs)
        ],
    }


def _table_line(state: State, step: str, table: int, name: str) -> dict[str, Any]:
    given, asked = counted(state, step, frozenset({table}))
    shared = state.shares.get(step, {}).get(table)
    words = _words(shared) if shared else how_many(given, asked, GAVE)
    return {
        "id": table,
        "name": name,
        "given": given,
        "asked": asked,
        "settled": shared is not None,
        "players": shared.players if shared else None,
        "total": shared.total if shared else None,
        "pot": shared.pot if shared else None,
        "each": shared.each if shared else None,
        "remainder": shared.remainder if shared else None,
        "share": _part(state, step, shared) if shared else None,
        "words": words,
    }


def _point(state: State, step: str, table: int, name: str) -> dict[str, Any]:
    shared = state.shares[step][table]
    part = _part(state, step, shared)
    words = speak(
        "{name} : {total} sur {possible}, soit {part} %",
        name=name, total=shared.total, possible=_possible(state, step, shared), part=part,
    )  # fmt: skip
    return {"id": table, "name": name, "total": shared.total, "share": part, "words": words}


def _possible(state: State, step: str, shared: Share) -> int:
    return rule_of(state, step).tokens * shared.players


def _part(state: State, step: str, shared: Share) -> int:
    return round(100 * (shared.total or 0) / _possible(state, step, shared))


def _words(shared: Share) -> str:
    left = speak(" ; il en reste {number} dans le pot", number=shared.remainder) if shared.remainder else ""
    return speak(
        "{total} donnés, {pot} à partager, {each} pour chaque personne{left}",
        total=shared.total, pot=shared.pot, each=shared.each, left=left,
    )  # fmt: skip


def own_view(state: State, step: str, seat: Seat) -> dict[str, Any]:
    """What this seat gave and got: for this seat only."""
    rule = rule_of(state, step)
    answer = state.ballots.get(step, Ballot()).answers.get(seat.id)
    gift = answer.values.get("") if answer else None
    done = []
    for earlier in rounds(state):
        given = state.ballots.get(earlier, Ballot()).answers.get(seat.id)
        shared = state.shares.get(earlier, {}).get(given.table) if given and given.values else None
        if given and shared:
            tokens = rule_of(state, earlier).tokens
            kept = tokens - given.values[""]
            done.append(
                {
                    "step": earlier,
                    "title": title(state, earlier),
                    "gift": given.values[""],
                    "kept": kept,
                    "each": shared.each,
                }
            )
    balance = sum(line["kept"] + line["each"] for line in done)
    settled = seat.table in state.shares.get(step, {}) or is_settled_elsewhere(state, step, seat.id, seat.table)
    return {
        "step": step,
        "gift": gift,
        "tokens": rule.tokens,
        "may": state.on and state.step == step and not settled and rule.asks(seat.role),
        "balance": balance,
        "words": speak("Vous avez {number} en tout", number=balance) if done else "",
        "rounds": done,
    }
