"""What may leave a room for what the day keeps: what was released, what the room pinned of what the method keeps, and
counts that were revealed. Where a porteur has a sheet, nothing but what that person released.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from facilitation import rounds
from facilitation.activities import form, poll, pot
from facilitation.state import Card, State
from facilitation.story import with_floor
from facilitation.vocabulary import KEPT_SHEET
from facilitation.words import speak, speak_of

TOP = 4  # options said in words: the most chosen first


def leaving(state: State) -> dict[str, Any]:
    """JSON-able: {"sentences": [{key, text, title, said, own}], "figures": [{key, text, title, divides}], "unpinned"}.

    `own`: a porteur's own words, that nobody else may change. `unpinned`: how many cards of what the method keeps were
    marked by the room and not pinned; they stay inside.
    """
    confided = state.method.sheet is not None
    return {
        "sentences": [*_sentences(state, confided=confided), *(() if confided else _answers(state))],
        "figures": [] if confided else [*_polls(state), *_forms(state), *_pots(state)],
        "unpinned": 0 if confided else sum(not card.pinned for card in _kept_cards(state) if card.marks),
    }


def _kept_cards(state: State) -> Iterator[Card]:
    kinds = {kind for stage in state.method.stages.values() if stage.keep for kind in stage.keep.what} - {KEPT_SHEET}
    for card in state.cards.values():
        gone = card.removed or card.hidden or card.erased or card.into is not None
        if card.kind in kinds and not gone and card.text.strip():
            yield card


def _sentences(state: State, *, confided: bool) -> Iterator[dict[str, Any]]:
    released = {release.card for release in state.released if release.card is not None}
    merged: dict[str, int] = {}
    for card in state.cards.values():
        if card.into is not None and not card.removed:
            merged[card.into] = merged.get(card.into, 0) + 1
    for card in _kept_cards(state):
        if card.id in released or (card.pinned and not confided):
            yield {
                "key": f"card:{card.id}",
                "text": card.text,
                "title": state.method.kinds[card.kind].title,
                "said": 1 + merged.get(card.id, 0),
                "own": confided,
            }


def _steps(state: State, activity: str) -> Iterator[str]:
    """Those that were played, in order."""
    stages = state.method.stages
    for step in state.method.steps:
        if step.id in state.visited and stages[step.stage].activity == activity:
            yield step.id


def _about(state: State, step: str) -> str:
    """The card of the deck a round is about, before what was said of it."""
    subject = rounds.subject(state, step)
    return speak("« {title} » – ", title=subject.title) if subject and subject.title else ""


def _forms(state: State) -> Iterator[dict[str, Any]]:
    for step in _steps(state, "form"):
        seen = form.shared_view(state, step, None)
        if not seen["revealed"] or seen["too_few"]:
            continue
        for question in seen["questions"]:
            chosen = sorted(
                (option for option in question["options"] if option["count"]), key=lambda option: -option["count"]
            )
            if not chosen:
                continue
            scale = question["type"] == "scale"
            said = chosen if scale else chosen[:TOP]
            words = _counts(said)
            ends = (
                speak(" (de « {low} » à « {high} »)", low=question["low"], high=question["high"])
                if question["low"] and scale
                else ""
            )
            yield {
                "key": f"form:{step}:{question['id']}",
                "title": seen["title"],
                "text": f"{_about(state, step)}{question['label']}{ends} {words}. {_in_all(question['answers'])}.",
                "divides": question["divides"],
            }


def _in_all(number: int) -> str:
    return speak_of(number, "{number} réponse en tout", "{number} réponses en tout")


def _answers(state: State) -> Iterator[dict[str, Any]]:
    """What people wrote in questionnaires once the room could read it: no author, no order."""
    for step in _steps(state, "form"):
        seen = form.shared_view(state, step, None)
        for question in seen["questions"] if seen["revealed"] else ():
            for text in dict.fromkeys(question["texts"]):
                digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
                yield {
                    "key": f"text:{step}:{question['id']}:{digest}",
                    "text": text,
                    "title": f"{_about(state, step)}{question['label']}",
                    "said": question["texts"].count(text),
                    "own": False,
                }


def _polls(state: State) -> Iterator[dict[str, Any]]:
    played = list(_steps(state, "poll"))
    views = {step: poll.shared_view(state, step, None, may_count=False) for step in played}
    compared = {view["before"]["step"] for view in views.values() if view["before"] and view["revealed"]}
    for step, seen in views.items():
        if not seen["revealed"] or not seen["total"] or step in compared:
            continue
        before = (
            speak(" Avant d’en parler : {counts}.", counts=_counts(seen["before"]["options"])) if seen["before"] else ""
        )
        yield {
            "key": f"poll:{step}",
            "title": state.method.stages[state.method.step(step).stage].title,
            "text": f"{_about(state, step)}{seen['question']} {_counts(seen['options'])}.{before}",
            "divides": False,
        }


def _counts(options: list[dict[str, Any]]) -> str:
    return ", ".join(speak("{label} : {count}", label=one["label"], count=one["count"]) for one in options)


def _pots(state: State) -> Iterator[dict[str, Any]]:
    """From the first round to the last: how much of what could be given was, all tables together. Never a table's."""
    last = next(iter(reversed(list(_steps(state, "pot")))), None)
    if last is None:
        return
    curve = [
        (point["title"], round(100 * point["total"] / point["possible"]))
        for point in with_floor(state, pot.shared_view(state, last, None))["curve"]
    ]
    if len(curve) < 2:
        return
    words = ", ".join(speak("{label} : {share} %", label=title, share=share) for title, share in curve)
    yield {
        "key": "pot",
        "title": speak("Le pot"),
        "text": speak("Ce que les tables ont mis en commun, toutes ensemble. {words}.", words=words),
        "divides": False,
    }
