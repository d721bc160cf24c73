"""What a page asks of whoever opens it: said once, above the view, and nowhere else.

    @require_safe
    @needs(Need.READ)
    def detail(request, gathering_id): ...

`needs` sends to sign-in whoever has no account, where one is needed; which space the thing belongs to, and whether the
role reaches that far, is asked by the `fetch_…` of the noun, since only it knows the row. A view that says nothing
fails tests/rights, which opens every address as everybody and holds the answers against docs/rights.md.

What is sent without an account is counted here too, so that no door can be forgotten: far above what a room of two
hundred does behind one address, far below what a program does. A door that needs less says so itself (lib/rates.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required

from maillage.lib.rates import LINK, Rate, limited

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


_OF_ALL = Rate("ce qui s’envoie sans compte ni lien", 1_200, 600)
_OF_FORMS = Rate("les formulaires publics d’une rencontre", 600, 600)
_OF_ROOMS = Rate("les portes et les écrans des salles", 6_000, 600)
_OF_LINKS = Rate("ce qui s’envoie par des liens personnels", 3_000, 600)
_OF_ONE_LINK = Rate("ce qui s’envoie par un lien personnel", 240, 600, LINK)
POSTS = {
    Need.ANYBODY: (_OF_ALL,),
    Need.PUBLISHED: (_OF_FORMS,),
    Need.ATLAS: (_OF_ALL,),
    Need.CODE: (_OF_ROOMS,),
    Need.SEAT: (_OF_ROOMS,),
    Need.LEADING_SEAT: (_OF_ROOMS,),
    Need.LINK: (_OF_ONE_LINK, _OF_LINKS),
    Need.LEADING_LINK: (_OF_ONE_LINK, _OF_LINKS),
}


@dataclass(frozen=True)
class Needs:
    get: Need
    post: Need


def _unreferred(view: View) -> Any:
    """The address is the key: a referrer says the site and no more. « no-referrer » would make a browser say that its
    forms come from nowhere (Origin: null), which the CSRF check refuses: a page whose forms carry no token says it.
    """

    @wraps(view)
    def unreferred(*args: Any, **given: Any) -> Any:
        response = view(*args, **given)
        response.setdefault("Referrer-Policy", "strict-origin")
        return response

    return unreferred


def needs(need: Need, *, post: Need | None = None) -> Callable[[View], Any]:
    """`post`: what changing asks, where it is more than reading."""

    def declare(view: View) -> Any:
        # functools.wraps, of the decorators above this one, carries the mark up to what the resolver finds
        said: Any = login_required(view) if need.value.account else limited(*POSTS[post or need])(view)
        if need in (Need.LINK, Need.LEADING_LINK):
            said = _unreferred(said)
        said.needs = Needs(need, post or need)
        return said

    return declare
