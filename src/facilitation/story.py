"""What a session leaves to tell, whoever asks and whenever: counts that were shown, and the cards somebody let out.

Step by step, what a screen on the wall showed of votes, questionnaires and pots once they were revealed: the same
floors and one more, no author, no free answer. Of the cards, only those of a kind that the method keeps, pinned or
released by whoever leads the room. What the method keeps for one person (a porteur's sheet) is never here.
"""

from typing import Any

from facilitation import boards, rounds
from facilitation.activities.cards import is_seen
from facilitation.definition import Stage
from facilitation.state import Card, State, card_order
from facilitation.view import Audience, view_audience

WALL = Audience("projector", None)
COUNTED = ("poll", "pot", "form")
FLOOR = 5  # people: below, a count that goes out of the room says too much of each of them


def story(state: State) -> list[dict[str, Any]]:
    """One entry a step that was played and has something to show, in the order of the method.

    {"step", "stage", "title", "activity", "subject": {"title", "text"} or None, and one of "poll", "pot", "form": as in
    `view_audience`, without the texts of a questionnaire; of a pot, the curve alone, with the sums of the room}.
    """
    found: list[dict[str, Any]] = []
    if state.method.sheet is not None:  # a porteur confides here: nothing leaves but what they release
        return found
    visited = state.visited.union(*(clock.visited for clock in state.clocks.values()))
    for step in state.method.steps:
        rule = state.method.stages[step.stage]
        if step.id not in visited or rule.activity not in COUNTED or rule.sees.get(WALL.role, "count") == "nothing":
            continue
        seen = view_audience(state.but(here=None, step=step.id, visited=visited), WALL)[rule.activity]
        if seen is None or not _is_known(rule.activity, seen):
            continue
        subject = rounds.subject(state, step.id)
        if rule.activity == "pot":
            seen = with_floor(state, seen)
            if not seen["curve"]:
                continue
        found.append(
            {
                "step": step.id,
                "stage": step.stage,
                "title": rule.title,
                "activity": rule.activity,
                "subject": {"title": subject.title, "text": subject.text} if subject else None,
                rule.activity: _without_texts(seen) if rule.activity == "form" else seen,
            }
        )
    return found


def _is_known(activity: str, seen: dict[str, Any]) -> bool:
    if activity == "poll":
        return bool(seen["revealed"]) and seen["total"] >= FLOOR
    if activity == "form":
        return bool(seen["revealed"] and not seen["too_few"]) and seen["answered"] >= FLOOR
    return bool(seen["curve"])


def with_floor(state: State, seen: dict[str, Any]) -> dict[str, Any]:
    """Sums of the room, round after round; of each table only where all of them are FLOOR at least: one that is left
    out would be what the others lack of the room's sum."""
    curve = []
    for point in seen["curve"]:
        shares = state.shares[point["step"]]
        tables = [(table, shares[table["id"]]) for table in point["tables"]]
        players = sum(share.players for _table, share in tables)
        if players < FLOOR:
            continue
        large = all(share.players >= FLOOR for _table, share in tables)
        total = sum(share.total or 0 for _table, share in tables)
        possible = players * state.method.stages[point["stage"]].tokens
        sums = {"players": players, "total": total, "possible": possible}
        curve.append({**point, **sums, "tables": point["tables"] if large else []})
    return {**seen, "round": None, "tables": [], "curve": curve}


def _without_texts(form: dict[str, Any]) -> dict[str, Any]:
    """What people wrote with their own words leaves by the desk, where somebody reads it, and by no other way."""
    enough = [question for question in form["questions"] if question["answers"] >= FLOOR]
    return {**form, "questions": [{**question, "texts": []} for question in enough]}


def kept_cards(state: State) -> list[dict[str, Any]]:
    """The cards of a kind the method keeps, pinned or released by whoever leads: the most marked first.

    {"id", "kind", "title": of the kind, "text", "table", "marks": how many, "marked": [words], "released": bool}.
    """
    released = {release.card for release in state.released if release.card is not None}
    kinds = {kind for rule in state.method.stages.values() for kind in _kinds_let_out(rule)}
    cards = [
        card for card in state.cards.values()
        if card.kind in kinds and is_seen(card) and (card.pinned or card.id in released)
    ]  # fmt: skip
    cards.sort(key=lambda card: (-_marks(state, card), card_order(card.id)))
    return [
        {
            "id": card.id,
            "kind": card.kind,
            "title": state.method.kinds[card.kind].title,
            "text": card.text,
            "table": card.table,
            "marks": _marks(state, card),
            "marked": boards.marked(state, card),
            "released": card.id in released,
        }
        for card in cards
    ]


def _kinds_let_out(rule: Stage) -> tuple[str, ...]:
    """Of a stage: what its leader may let out."""
    keep = rule.keep
    if keep is None or "advance" not in rule.rights(keep.release):
        return ()
    return tuple(keep.what)


def _marks(state: State, card: Card) -> int:
    return sum(boards.public_marks(state, card).values())
