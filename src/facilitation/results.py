"""What a session found, in counts that anybody may read: no name, no text, no gift, nothing that was never revealed."""

from collections.abc import Iterator
from typing import Any

from facilitation import rounds
from facilitation.activities import form, poll
from facilitation.activities.ballots import rule_of
from facilitation.state import State


def results(state: State) -> list[dict[str, Any]]:
    """One item a question that was asked and shown, in the order of the method.

    Returns
    -------
    list of dict
        ``step``, ``kind`` (``poll``, ``form`` or ``pot``), ``title``, ``subject`` (the card of a deck of the method's
        file it was about, or ""), ``question``, ``answered`` (whole number) and ``options``: dicts ``label``, ``count``
        (votes, answers). Of a pot ``answered`` counts those who gave in a round that was shared, and ``options`` is
        one item, all the tables together: ``label`` "", ``count`` the tokens given, ``possible`` those they had.
    """
    if state.method.sheet is not None:  # a porteur confides here: nothing leaves but what they release
        return []
    return [item for step in state.method.steps if step.id in state.visited for item in _of_step(state, step.id)]


def _of_step(state: State, step: str) -> Iterator[dict[str, Any]]:
    activity = rule_of(state, step).activity
    if activity == "poll":
        yield from _poll(state, step)
    elif activity == "form":
        yield from _form(state, step)
    elif activity == "pot":
        yield from _pot(state, step)


def _item(state: State, step: str, kind: str, **more: Any) -> dict[str, Any]:
    subject = rounds.subject(state, step)
    return {
        "step": step,
        "kind": kind,
        "title": rounds.title(state, step),
        "subject": subject.title or subject.text if subject else "",
        "question": "",
        **more,
    }


def _poll(state: State, step: str) -> Iterator[dict[str, Any]]:
    seen = poll.shared_view(state, step, None, may_count=False)
    if seen["revealed"] and seen["total"]:
        options = [{"label": option["label"], "count": option["count"]} for option in seen["options"]]
        yield _item(state, step, "poll", question=seen["question"], answered=seen["total"], options=options)


def _form(state: State, step: str) -> Iterator[dict[str, Any]]:
    seen = form.shared_view(state, step, None)
    if not seen["revealed"] or seen["too_few"]:
        return
    for question in seen["questions"]:
        if question["type"] != "text" and question["answers"]:
            options = [{"label": option["label"], "count": option["count"]} for option in question["options"]]
            yield _item(state, step, "form", question=question["label"], answered=question["answers"], options=options)


def _pot(state: State, step: str) -> Iterator[dict[str, Any]]:
    shares = list(state.shares.get(step, {}).values())
    if shares:
        players = sum(share.players for share in shares)
        total = {
            "label": "",
            "count": sum(share.total for share in shares),
            "possible": rule_of(state, step).tokens * players,
        }
        yield _item(state, step, "pot", answered=players, options=[total])
