"""Which questions are for somebody, from what they answered. Pure: questions and answers in, questions out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID


class Asked(Protocol):
    pk: Any
    after_id: Any
    after_answers: Any


Given = Mapping[UUID, Sequence[str]]


def applicable(questions: Iterable[Asked], given: Given) -> set[UUID]:
    """Those to answer, in the order they are asked. What follows a question that is not asked is not asked either."""
    found: set[UUID] = set()
    for question in questions:
        if question.after_id is None or (
            question.after_id in found and set(given.get(question.after_id, ())) & set(question.after_answers)
        ):
            found.add(question.pk)
    return found
