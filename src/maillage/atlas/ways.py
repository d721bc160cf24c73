"""Several ways to belong to a place, each by its own index."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


def any_of(rows: QuerySet[M], ways: list[Q]) -> QuerySet[M]:
    """Found by one of them; without any, all. A single « or » over several tables would read the first one whole."""
    if not ways:
        return rows
    first, *others = [rows.model._base_manager.filter(where).order_by().values("pk") for where in ways]
    return rows.filter(pk__in=first.union(*others, all=True) if others else first)
