"""A session as robots are told of it: its doors, its tables, its method when it is known."""

from dataclasses import dataclass

from facilitation import Method

ALONE = 8  # people at a table of which nothing is known


@dataclass(frozen=True)
class Scene:
    """A session to play and its doors. `tables`: (number, or None when there is only one; how many people)."""

    title: str
    join_code: str
    facilitator_code: str
    tables: tuple[tuple[int | None, int], ...] = ((None, ALONE),)
    method: Method | None = None  # None: recognised by the steps on its screens
    projection: str = ""  # the token of the projector's link
    slot: int = 0  # sessions of one slot are played together
