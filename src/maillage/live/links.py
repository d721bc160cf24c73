"""Ways out of a live screen that later nouns own: the porteur's sheet, the room's takeaways."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from maillage.live.models import Session


@dataclass(frozen=True)
class Link:
    label: str | Promise
    view: str  # a URL name that takes the session's id
    icon: str


_sheet: list[Link] = []
_facilitator: list[Link] = []
_kept: list[Callable[[Session], str]] = []


def register(
    *, sheet: Link | None = None, facilitator: Link | None = None, kept: Callable[[Session], str] | None = None
) -> None:
    """`sheet`: shown to the seat that has one; `facilitator`: to who leads. Twice changes nothing.

    `kept`: the address where an organiser reads what a session that ended left behind.
    """
    if kept is not None:
        _kept[:] = [kept]
    for link, known in ((sheet, _sheet), (facilitator, _facilitator)):
        if link is not None and link not in known:
            known.append(link)


def links_for(session_id: object, *, sheet: bool, facilitator: bool) -> list[dict[str, object]]:
    found = (_sheet if sheet else []) + (_facilitator if facilitator else [])
    return [{"label": link.label, "icon": link.icon, "url": reverse(link.view, args=[session_id])} for link in found]


def kept_address(session: Session) -> str:
    return _kept[0](session) if _kept else ""
