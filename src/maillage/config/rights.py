"""Who opens which address, read in the code: docs/rights.md, and what tests/rights holds the answers against."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import URLResolver

from maillage.lib.needs import ROLES, Need, Needs
from maillage.people.enums import SpaceRole

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    route: str  # « rencontres/<uuid:gathering_id>/ »
    name: str  # « gatherings:detail »; "": one that nothing leads to
    view: str  # where its function is
    needs: Needs | None  # None: somebody forgot to say
    keys: tuple[str, ...]  # what the address names, in order
    given: dict[str, Any]  # what the route itself tells its view


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, space: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            view: Any = entry.callback
            where = f"{view.__module__}.{view.__qualname__}"
            found = getattr(view, "needs", None)
            name = space + entry.name if entry.name else ""
            yield Address(route, name, where, found, tuple(CONVERTER.findall(route)), dict(entry.default_args))


INTRODUCTION = """# Qui ouvre quoi

Écrit par `maillage rights > docs/rights.md`, d’après le code : ne pas corriger à la main (`tests/rights` le verrait).

Chaque page dit ce qu’elle demande en une ligne, au-dessus de sa fonction (`@needs(Need.…)`, `lib/needs.py`).
`tests/rights` ouvre chaque adresse comme chacun (sans compte, chaque rôle, un autre espace, une autre rencontre, une
place dans une salle, un lien personnel), en lecture et en écriture, avec les identifiants de cet espace et d’un autre,
et compare les réponses à ce tableau ; puis il retire chaque vérification, une à une, et s’assure que cela se voit.

Un rôle se tient dans un espace ; l’animation et l’accueil, aussi pour une seule rencontre. Qui n’a aucun rôle dans
l’espace d’une chose reçoit « n’existe pas » (404) ; qui en a un trop étroit, « votre rôle ne permet pas » (403) ; sans
compte, la page de connexion. Une page dont l’adresse porte un lien personnel, une place ou un code n’est ouverte par
aucun rôle : l’organisation non plus ne lit la fiche de qui porte un sujet.

`/live/…` (les gestes et les écrans des séances, `live/asgi.py`) demande une place dans la séance. `/metrics` demande
un jeton, ou la machine elle-même ; `/healthz` et `/readyz` ne disent que l’état du serveur.
"""

COLUMNS = (("organiser", "organisation"), ("facilitator", "animation"), ("desk", "accueil"), ("reader", "lecture"))


def write_page() -> str:
    found = addresses()
    lines = [INTRODUCTION, "| s’ouvre à | " + " | ".join(words for _role, words in COLUMNS) + " | sans compte |"]
    lines.append("| --- |" + " :-: |" * (len(COLUMNS) + 1))
    for need in Need:
        cells = [*(_cell(need, role) for role, _words in COLUMNS), _without_account(need)]
        lines.append(f"| {need.value.words} | " + " | ".join(cells) + " |")
    for need in Need:
        rows = sorted(address.route for address in found if address.needs is not None and address.needs.get is need)
        if not rows:
            continue
        lines += ["", f"## {need.value.words[0].upper()}{need.value.words[1:]}", ""]
        by_route = {address.route: address.needs for address in found}
        for route in dict.fromkeys(rows):
            asked = by_route[route]
            more = "" if asked is None or asked.post is asked.get else f" ; pour changer : {asked.post.value.words}"
            lines.append(f"- `/{route}`{more}")
    return "\n".join(lines) + "\n"


def _cell(need: Need, role: str) -> str:
    if need in HELD:
        return "qui l’a"
    if need in (Need.ANYBODY, Need.PUBLISHED, Need.ACCOUNT):
        return "✓"
    return "✓" if role in need.value.roles else "–"


def _without_account(need: Need) -> str:
    if need is Need.ATLAS:
        return "si ouvert"
    if need in HELD:
        return "qui l’a"
    return "✓" if need in (Need.ANYBODY, Need.PUBLISHED) else "–"


# By what one holds, and no role: whoever comes has it or not.
HELD = (Need.CODE, Need.SEAT, Need.LEADING_SEAT, Need.LINK, Need.LEADING_LINK)
assert ROLES == tuple(SpaceRole.values) == tuple(role for role, _words in COLUMNS)
