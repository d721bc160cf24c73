"""Which rows a space's complete archive holds: every table of the house, by the way that leads from it to its space.

The way is found, not listed: a table that is added later is in it as soon as it hangs on something that is. One that
hangs on nothing must be said here, or `tables()` refuses: a table nobody thought of is never left out in silence.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

from maillage.live.models import Session
from maillage.people.models import Space, User

Scope = Callable[[Space], Q]

LEFT_OUT: Mapping[str, str] = {  # table → why
    "atlas.entry": "the index of the search: made again from what it speaks of",
    "atlas.keptnetwork": "a page as it was counted: counted again from what it counts",
    "atlas.mark": "says that a file kept on this server is still right",
    "people.presence": "where somebody is signed in: sessions are not kept",
    "people.user_groups": "no right of the house is held by a group",
    "people.user_user_permissions": "nor by a permission of Django",
    "office.job": "work beside a request: what it made is in the other tables",
    "office.mail": "letters in the queue, sent or to send: put back, they would leave a second time",
}
FOREIGN = frozenset({"auth", "contenttypes", "sessions"})  # Django's own: groups, kinds of tables, who is signed in
EVERYWHERE = frozenset({"territories"})  # belongs to no space: a copy of it comes with each


def _users(space: Space) -> Q:
    return Q(pk__in=User.objects.filter(rights__space=space).values("pk"))


def _versions(space: Space) -> Q:
    """The shipped ones too: sessions were played with them."""
    played = Session.objects.filter(gathering__space=space).values("method_version")
    return Q(space=space) | Q(space__isnull=True) | Q(pk__in=played)


SPECIAL: Mapping[str, Scope] = {
    "people.space": lambda space: Q(pk=space.pk),
    "people.user": _users,
    "people.identity": lambda space: Q(user__in=User.objects.filter(rights__space=space)),
    "people.secondfactor": lambda space: Q(user__in=User.objects.filter(rights__space=space)),
    "people.recoverycode": lambda space: Q(factor__user__in=User.objects.filter(rights__space=space)),
    "methods.methodversion": _versions,
    "office.activity": lambda space: Q(space=space.slug),
    "office.namesrule": lambda space: Q(space=space.pk),
    "trips.installation": lambda space: Q(),  # its name among servers: a gathering that is away comes back to it
}


class UnknownTable(Exception):
    def __init__(self, label: str) -> None:
        super().__init__(f"{label} leads to no space: say in archives/scope.py whether a complete archive holds it")


@lru_cache(maxsize=1)
def tables() -> dict[str, type[Model]]:
    """Those of a complete archive, by label, in an order that is always the same."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if model._meta.app_label in FOREIGN or label in LEFT_OUT or not model._meta.managed:
            continue
        if label not in SPECIAL and model._meta.app_label not in EVERYWHERE and not _way(model):
            raise UnknownTable(label)
        found[label] = model
    return dict(sorted(found.items()))


def rows_of(model: type[Model], space: Space) -> "QuerySet[Any]":
    """By primary key: the same rows are always in the same order."""
    label = model._meta.label_lower
    rows = model._base_manager.order_by("pk")
    if label in SPECIAL:
        return rows.filter(SPECIAL[label](space))
    if model._meta.app_label in EVERYWHERE:
        return rows
    return rows.filter(**{_way(model): space.pk})


@cache
def _way(model: type[Model]) -> str:
    """« workshop__slot__gathering__space », by columns that are never empty; "": none."""
    seen: set[type[Model]] = {model}
    waiting: list[tuple[type[Model], str]] = [(model, "")]
    while waiting:
        here, way = waiting.pop(0)
        for column in here._meta.concrete_fields:
            target = column.related_model
            if not isinstance(column, ForeignKey) or column.null or not isinstance(target, type):
                continue
            if target is Space:
                return f"{way}{column.name}"
            if target not in seen:
                seen.add(target)
                waiting.append((target, f"{way}{column.name}__"))
    return ""
