"""What the rooms voted, played and answered, as facts: only what was shown on their walls, or let out of them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.live.story import RoomStory

AGREED = 67  # % of the answers on one: below, the room is divided (facilitation.activities.form)
SILENT: dict[str, Any] = {"status": "", "erased": False, "unreadable": False, "kept": [], "votes": [], "choices": [],
    "questions": [], "pot": None}  # fmt: skip
OPEN = ("waiting", "running", "paused")


def room_facts(told: RoomStory | None) -> dict[str, Any]:
    """Of one workshop; the same keys when it had no session."""
    if told is None:
        return dict(SILENT)
    if told.figures:
        return counted_facts(told)
    forms = [step for step in told.steps if step["activity"] == "form"]
    pots = [step["pot"] for step in told.steps if step["activity"] == "pot"]
    questions = _questions(forms)
    return {
        "status": told.status,
        "erased": told.erased,
        "unreadable": told.unreadable,
        "kept": [
            {
                "key": f"card:{card['id']}",
                "title": typo(card["title"]),
                "text": typo(card["text"]),
                "marks": card["marks"],
                "marked": typo(", ".join(card["marked"])),
            }
            for card in told.cards
        ],
        "votes": _votes([step for step in told.steps if step["activity"] == "poll"]),
        "choices": [question for question in questions if question["type"] == "choices"],
        "questions": [question for question in questions if question["type"] != "choices"],
        "pot": _pot(pots[-1]) if pots else None,  # its curve holds all the rounds before
    }


def without_known(
    kept: Iterable[dict[str, Any]], texts: Iterable[str], keys: Collection[str] = ()
) -> list[dict[str, Any]]:
    """A card that the desk dealt with is not told beside it; one whose words somebody kept otherwise is told once."""
    known = {fold(text) for text in texts}
    return [card for card in kept if card["key"] not in keys and fold(card["text"]) not in known]


def _votes(steps: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One a subject: the vote after the talk if there was one, with the one before beside it."""
    compared = {step["poll"]["before"]["step"] for step in steps if step["poll"]["before"]}
    return [_vote(step) for step in steps if step["step"] not in compared]


def _vote(step: dict[str, Any]) -> dict[str, Any]:
    poll, subject, before = step["poll"], step["subject"], step["poll"]["before"]
    earlier = {option["id"]: option["count"] for option in before["options"]} if before else {}
    most = max(option["share"] for option in poll["options"])
    return {
        "title": typo(subject["title"] if subject else step["title"]),
        "about": typo(subject["text"]) if subject else "",
        "question": typo(poll["question"]),
        "total": poll["total"],
        "options": [
            {
                "label": typo(option["label"]),
                "count": option["count"],
                "share": option["share"],
                "before": earlier.get(option["id"]) if before else None,
            }
            for option in poll["options"]
        ],
        "movement": typo(poll["movement"]["words"] + ".") if poll["movement"] else "",
        "divided": most < AGREED,
    }


def _questions(forms: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A question asked at each situation is counted once, over all of them."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for step in forms:
        for question in step["form"]["questions"]:
            if question["type"] == "text":
                continue
            known = found.setdefault(
                (step["stage"], question["id"]),
                {
                    "type": question["type"],
                    "label": typo(question["label"]),
                    "low": typo(question["low"]),
                    "high": typo(question["high"]),
                    "times": 0,
                    "answers": 0,
                    "options": {
                        option["id"]: {"label": typo(option["label"]), "count": 0} for option in question["options"]
                    },
                },
            )
            known["times"] += 1
            known["answers"] += question["answers"]
            for option in question["options"]:
                known["options"][option["id"]]["count"] += option["count"] or 0
    asked = [question for question in found.values() if question["answers"]]
    for question in asked:
        question["options"] = [
            {**option, "share": round(100 * option["count"] / question["answers"])}
            for option in question["options"].values()
        ]
        most = max(option["share"] for option in question["options"])
        question["divided"] = question["type"] == "choice" and most < AGREED
    return asked


def _pot(pot: dict[str, Any]) -> dict[str, Any]:
    """The sums of the room, round after round; of the tables where each is large enough. A gift is nowhere in it."""
    names = {table["id"]: typo(table["name"]) for step in pot["curve"] for table in step["tables"]}
    return {
        "rounds": [_round(step["title"], step["total"], step["possible"], step["players"]) for step in pot["curve"]],
        "tables": [
            {
                "name": name or f"Table {id_}",
                "shares": [
                    next((table["share"] for table in step["tables"] if table["id"] == id_), None)
                    for step in pot["curve"]
                ],
            }
            for id_, name in names.items()
        ],
    }


def _round(title: str, total: int, possible: int, players: int) -> dict[str, Any]:
    share = round(100 * total / possible) if possible else 0
    return {"title": typo(title), "total": total, "possible": possible, "players": players, "share": share}


# --- once the notes are erased ----------------------------------------------------------------------------------------


def counted_facts(told: RoomStory) -> dict[str, Any]:
    """The same facts from the counts that were kept: neither movement between two votes, nor words of a scale's ends.

    What was not counted for five people at least has no number there, and is not told.
    """
    rows = [row for row in told.figures if row["answered"] is not None]
    asked: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        asked.setdefault((row["kind"], row["step"], row["title"], row["subject"], row["question"]), []).append(row)
    polls = [group for key, group in asked.items() if key[0] == "poll"]
    questions = [_kept_question(group) for key, group in asked.items() if key[0] == "form"]
    rounds = [
        _round(row["title"], row["count"], row["possible"], row["answered"]) for row in rows if row["kind"] == "pot"
    ]
    return {
        **SILENT,
        "erased": told.erased,
        "votes": _kept_votes(polls),
        "choices": [question for question in questions if question["type"] == "choices"],
        "questions": [question for question in questions if question["type"] != "choices"],
        "pot": {"rounds": rounds, "tables": []} if rounds else None,
    }


def _kept_votes(polls: Sequence[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Two votes on the same card with the same options are one, before the talk and after it."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for rows in polls:
        first, labels = rows[0], tuple(row["option"] for row in rows)
        alone = (first["step"],) if not first["subject"] else ()
        key = (first["subject"], *labels, *alone)
        known = found.get(key)
        before = {option["label"]: option["count"] for option in known["options"]} if known else {}
        options = [
            {
                "label": typo(row["option"]),
                "count": row["count"],
                "share": round(100 * row["count"] / row["answered"]),
                "before": before.get(typo(row["option"])),
            }
            for row in rows
        ]
        found[key] = {
            "title": typo(first["subject"] or first["title"]),
            "about": "",
            "question": typo(first["question"]),
            "total": first["answered"],
            "options": options,
            "movement": "",
            "divided": max(option["share"] for option in options) < AGREED,
        }
    return list(found.values())


def _kept_question(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    answered = first["answered"]
    labels = [row["option"] for row in rows]
    several = sum(row["count"] for row in rows) > answered  # more ticks than people: they could tick several
    kind = "choices" if several else "scale" if all(label.isdigit() for label in labels) else "choice"
    options = [
        {"label": typo(row["option"]), "count": row["count"], "share": round(100 * row["count"] / answered)}
        for row in rows
    ]
    most = max(option["share"] for option in options)
    return {
        "type": kind,
        "label": typo(first["question"]),
        "low": "",
        "high": "",
        "times": 1,
        "answers": answered,
        "options": options,
        "divided": kind == "choice" and most < AGREED,
    }
