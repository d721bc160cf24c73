"""A page of a long list: its keys first, then its rows. A database that skips rows need not join what it skips."""

from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def rows_between(rows: QuerySet[M], start: int, stop: int) -> list[M]:
    """In their order."""
    return in_order(rows, list(rows.values_list("pk", flat=True)[start:stop]))


def in_order(rows: QuerySet[M], keys: list[Any]) -> list[M]:
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]  # one may have gone between the two questions


class KeyPaginator(Paginator):  # type: ignore[type-arg]
    """`counted`: the keys are read whole at once, where finding them costs as much as counting them."""

    object_list: QuerySet[Any]

    def __init__(self, rows: QuerySet[Any], per_page: int, *, counted: bool = False) -> None:
        super().__init__(rows, per_page)
        self._keys = list(rows.values_list("pk", flat=True)) if counted else None
        if self._keys is not None:
            self.count = len(self._keys)

    def page(self, number: int | str) -> Any:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        stop = min(start + self.per_page, self.count)
        rows = self.object_list
        if self._keys is not None:
            return Page(in_order(rows, self._keys[start:stop]), number, self)
        return Page(rows_between(rows, start, stop), number, self)
