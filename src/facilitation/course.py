"""The stages of a method with their rounds unrolled: every step a session may go through, known beforehand."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from facilitation.definition import Deck, Stage, Step
from facilitation.vocabulary import MAX_STEPS


class Loop(NamedTuple):
    """Stages from `first` to `last`, both included, played `times` times."""

    first: int
    last: int
    times: int
    stage: str  # that declares it
    key: str  # repeat, for_each


def loops(stages: Mapping[str, Stage], decks: Mapping[str, Deck]) -> list[Loop]:
    """The rounds a method declares, the widest first; those that would begin after their end are left to `check`."""
    order = list(stages)
    found = []
    for id_, stage in stages.items():
        for key, rounds in (("for_each", stage.for_each), ("repeat", stage.repeat)):
            if rounds is None or rounds.back_to not in order[: order.index(id_) + 1]:
                continue
            times = rounds.times
            if rounds.deck is not None:
                deck = decks.get(rounds.deck)
                times = (deck.draw or len(deck.cards)) if deck else 1
            found.append(Loop(order.index(rounds.back_to), order.index(id_), times, id_, key))
    return sorted(found, key=lambda loop: loop.first - loop.last)  # stable: of two equal ones, for_each is around


def crossing(found: list[Loop]) -> Loop | None:
    """A loop that is neither inside another nor apart from it."""
    for position, loop in enumerate(found):
        for wider in found[:position]:
            apart = loop.last < wider.first or loop.first > wider.last
            inside = wider.first <= loop.first and loop.last <= wider.last
            if not apart and not inside:
                return loop
    return None


def unroll(stages: Mapping[str, Stage], found: list[Loop]) -> tuple[Step, ...]:
    """Every step in order; at most MAX_STEPS + 1 of them, so that a mistake costs nothing."""
    steps = []
    for step in _walk(list(stages), found, 0, len(stages) - 1, ()):
        steps.append(step)
        if len(steps) > MAX_STEPS:
            break
    return tuple(steps)


def _walk(
    order: list[str], inner: list[Loop], first: int, last: int, rounds: tuple[tuple[str, int], ...]
) -> Iterator[Step]:
    position = first
    while position <= last:
        loop = next((loop for loop in inner if loop.first == position and loop.last <= last), None)
        if loop is None:
            yield _step(order[position], rounds)
            position += 1
            continue
        rest = [other for other in inner if other is not loop]
        for number in range(1, loop.times + 1):
            yield from _walk(order, rest, loop.first, loop.last, (*rounds, (loop.stage, number)))
        position = loop.last + 1


def _step(stage: str, rounds: tuple[tuple[str, int], ...]) -> Step:
    numbers = [number for _loop, number in rounds]
    later = any(number > 1 for number in numbers)
    return Step(".".join([stage, *map(str, numbers)]) if later else stage, stage, rounds)
