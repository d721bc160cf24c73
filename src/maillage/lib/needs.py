"""What a page asks of whoever opens it: said once, above the view, and nowhere else.

    @require_safe
    @needs(Need.READ)
    def detail(request, gathering_id): ...

`needs` sends to sign-in whoever has no account, where one is needed; which space the thing belongs to, and whether the
role reaches that far, is asked by the `fetch_…` of the noun, since only it knows the row. A view that says nothing
fails tests/rights, which opens every address as everybody and holds the answers against docs/rights.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.auth.decorators import login_required

View = Callable[..., Any]


@dataclass(frozen=True)
class Asked:
    words: str  # French, of docs/rights.md: « s’ouvre à … »
    roles: tuple[str, ...] = ()  # of people.enums.SpaceRole, in the space the thing belongs to
    account: bool = False


ROLES = ("organiser", "facilitator", "desk", "reader")


class Need(Enum):
    ANYBODY = Asked("n’importe qui")
    PUBLISHED = Asked("n’importe qui, si la chose est publiée ; sinon elle n’existe pas")
    ATLAS = Asked("n’importe qui si l’atlas de l’espace est ouvert ; sinon un rôle dans l’espace", ROLES)
    CODE = Asked("qui a le code de la séance")
    SEAT = Asked("qui a une place dans cette séance, sur ce téléphone")
    LEADING_SEAT = Asked("qui anime cette séance, sur ce téléphone")
    LINK = Asked("qui a ce lien personnel")
    LEADING_LINK = Asked("qui a le lien personnel de qui tient ce noyau")
    ACCOUNT = Asked("un compte ; la page ne montre que ce qui est à lui", account=True)
    READ = Asked("tout rôle dans l’espace", ROLES, account=True)
    DESK = Asked("l’organisation, l’accueil", ("organiser", "desk"), account=True)
    FACILITATE = Asked("l’organisation, l’animation", ("organiser", "facilitator"), account=True)
    DAY = Asked("l’organisation, l’animation, l’accueil", ("organiser", "facilitator", "desk"), account=True)
    ORGANISE = Asked("l’organisation", ("organiser",), account=True)
    RUN_SOMEWHERE = Asked(
        "l’organisation ou l’animation, dans quelque espace", ("organiser", "facilitator"), account=True
    )
    ORGANISE_SOMEWHERE = Asked("l’organisation, où que ce soit", ("organiser",), account=True)


@dataclass(frozen=True)
class Needs:
    get: Need
    post: Need


def needs(need: Need, *, post: Need | None = None) -> Callable[[View], Any]:
    """`post`: what changing asks, where it is more than reading."""

    def declare(view: View) -> Any:
        # functools.wraps, of the decorators above this one, carries the mark up to what the resolver finds
        said: Any = login_required(view) if need.value.account else view
        said.needs = Needs(need, post or need)
        return said

    return declare
