"""What the page of a network says, counted once: plain values, so that it can be kept and given again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.atlas.network import EXPERIENCE, GATHERING, TABLE, WORKSHOP, Network
from maillage.atlas.network_drawing import Picture, draw_network
from maillage.atlas.standing import (
    Said,
    Year,
    absent_categories,
    absent_epcis,
    bridges,
    central,
    growth,
    page_of,
    shared_words,
)
from maillage.lib.typography import typo
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, Space

MOST_LINKS = 30  # in the page; the file has them all
MOST_ACTORS = 200  # in its table: the most linked; the file has them all
BASES = {
    TABLE: gettext_lazy("une table"),
    WORKSHOP: gettext_lazy("un atelier"),
    GATHERING: gettext_lazy("une rencontre"),
    EXPERIENCE: gettext_lazy("une expérience présentée"),
}


@dataclass(frozen=True)
class Actor:
    key: str
    name: str
    folded_name: str
    kind: str  # an OrganisationKind
    where: str
    href: str
    degree: int
    times: int

    @property
    def kind_words(self) -> str:
        return str(OrganisationKind(self.kind).label) if self.kind else ""


@dataclass(frozen=True)
class LinkSaid:
    one: str
    one_href: str
    other: str
    other_href: str
    times: str
    years: str


@dataclass(frozen=True)
class Summary:
    actors: list[Actor]
    links: list[LinkSaid]
    how_many_actors: int
    how_many_links: int
    named: list[str]  # keys of all the organisations that the page names
    central: list[Said]
    bridges: list[Said]
    growth: list[Year]
    absent_categories: list[str]
    absent_epcis: list[Said]
    picture: Picture | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def more_links(self) -> int:
        return self.how_many_links - len(self.links)

    @property
    def more_actors(self) -> int:
        return self.how_many_actors - len(self.actors)


def summary_from(said: Mapping[str, Any]) -> Summary:
    picture = said["picture"]
    return Summary(
        **{
            **said,
            "actors": [Actor(**one) for one in said["actors"]],
            "links": [LinkSaid(**one) for one in said["links"]],
            "central": [Said(**one) for one in said["central"]],
            "bridges": [Said(**one) for one in said["bridges"]],
            "growth": [Year(**one) for one in said["growth"]],
            "absent_epcis": [Said(**one) for one in said["absent_epcis"]],
            "picture": picture and Picture(**{**picture, "sizes": [(size, words) for size, words in picture["sizes"]]}),
        }
    )


def title_of(space: Space, basis: str) -> str:
    return typo(_("Structures de {space} qui ont partagé {what}").format(space=space.name, what=BASES[basis]))


def summarise(network: Network) -> Summary:
    links = network.links[:MOST_LINKS]
    shown = sorted(network.actors, key=lambda row: (-len(network.neighbours[row.pk]), row.folded_name))[:MOST_ACTORS]
    said = central(network) if network.links else []
    named = {str(row.pk) for row in shown} | {str(row.pk) for link in links for row in (link.one, link.other)}
    return Summary(
        actors=[_actor(network, row) for row in shown],
        links=[
            LinkSaid(
                one=link.one.name,
                one_href=page_of(network, link.one),
                other=link.other.name,
                other_href=page_of(network, link.other),
                times=shared_words(network.basis, link.times),
                years=", ".join(map(str, link.years)),
            )
            for link in links
        ],
        how_many_actors=len(network.actors),
        how_many_links=len(network.links),
        named=sorted(named),
        central=said,
        bridges=bridges(network) if network.links else [],
        growth=growth(network) if network.links else [],
        absent_categories=absent_categories(network),
        absent_epcis=absent_epcis(network),
        picture=draw_network(network, title_of(network.space, network.basis)) if network.links else None,
    )


def _actor(network: Network, row: Organisation) -> Actor:
    return Actor(
        key=str(row.pk),
        name=row.name,
        folded_name=row.folded_name,
        kind=row.kind,
        where=str(row.commune or row.epci or ""),
        href=page_of(network, row),
        degree=len(network.neighbours[row.pk]),
        times=network.times[row.pk],
    )


def still_named(space: Space, summary: Summary, *, public: bool) -> bool:
    """Nobody it names was taken out of the directory, or merged, since it was counted."""
    rows: QuerySet[Organisation] = space.organisations.filter(pk__in=summary.named)
    if public:
        rows = rows.filter(listed=True)
    return rows.count() == len(summary.named)
