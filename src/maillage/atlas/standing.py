"""What a network says in words: who is in its middle, who is absent, how it grows. Facts, no score."""

from collections import defaultdict, deque
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.atlas.network import EXPERIENCE, GATHERING, TABLE, WORKSHOP, Network
from maillage.lib.typography import grouped, typo
from maillage.people.enums import ActorCategory
from maillage.people.models import Organisation
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration
from maillage.territories.models import Epci
from maillage.territories.queries import VINTAGE

MOST_CENTRAL = 5
MOST_BRIDGES = 3
MOST_COUNTED = 200  # organisations: beyond, who lies between others is not counted, and it is said


@dataclass(frozen=True)
class Said:
    name: str
    href: str
    words: str


@dataclass(frozen=True)
class Year:
    year: int | None
    organisations: int
    links: int
    new: int  # links never seen in an earlier year


def shared_words(basis: str, times: int) -> str:
    """« 3 tables »."""
    words = {
        TABLE: ngettext("%s table", "%s tables", times),
        WORKSHOP: ngettext("%s atelier", "%s ateliers", times),
        GATHERING: ngettext("%s rencontre", "%s rencontres", times),
        EXPERIENCE: ngettext("%s expérience", "%s expériences", times),
    }
    return words[basis] % grouped(times)


def linked_words(basis: str, number: int) -> str:
    words = {
        TABLE: ngettext("a partagé une table avec %s structure", "a partagé une table avec %s structures", number),
        WORKSHOP: ngettext("a partagé un atelier avec %s structure", "a partagé un atelier avec %s structures", number),
        GATHERING: ngettext("a rencontré %s structure", "a rencontré %s structures", number),
        EXPERIENCE: ngettext(
            "a présenté une expérience avec %s structure", "a présenté une expérience avec %s structures", number
        ),
    }
    return words[basis] % grouped(number)


def page_of(network: Network, row: Organisation) -> str:
    return reverse("atlas:organisation" if network.public else "people:organisation", args=[network.space.slug, row.pk])


def central(network: Network) -> list[Said]:
    """Those linked to the most others; as many as the fifth has, all are named."""
    ordered = sorted(network.actors, key=lambda row: -len(network.neighbours[row.pk]))
    least = len(network.neighbours[ordered[MOST_CENTRAL - 1].pk]) if len(ordered) >= MOST_CENTRAL else 0
    rows = [row for row in ordered if len(network.neighbours[row.pk]) >= max(least, 2)][: 2 * MOST_CENTRAL]
    return [
        Said(row.name, page_of(network, row), typo(linked_words(network.basis, len(network.neighbours[row.pk]))))
        for row in rows
    ]


def bridges(network: Network) -> list[Said]:
    """Those that most of the shortest ways between two others go through: Freeman's betweenness."""
    if len(network.actors) > MOST_COUNTED:
        return []
    between = betweenness(network.neighbours)
    rows = [row for row in sorted(network.actors, key=lambda row: -between[row.pk]) if between[row.pk] > 0.5]
    known = {one.href for one in central(network)}
    found: list[Said] = []
    for row in rows:
        if len(found) == MOST_BRIDGES:
            break
        alone = len(cut_off(network.neighbours, row.pk))
        words = _("est souvent sur le chemin le plus court entre deux autres")
        if alone:
            words = (
                ngettext(
                    "sans elle, %d structure ne serait plus reliée aux autres",
                    "sans elle, %d structures ne seraient plus reliées aux autres",
                    alone,
                )
                % alone
            )
        if alone or page_of(network, row) not in known:  # of those already said, only what is more
            found.append(Said(row.name, page_of(network, row), typo(words)))
    return found


def betweenness(neighbours: dict[UUID, set[UUID]]) -> dict[UUID, float]:
    """Brandes, Journal of Mathematical Sociology 25 (2001), doi:10.1080/0022250X.2001.9990249. Each pair once."""
    found: dict[UUID, float] = dict.fromkeys(neighbours, 0.0)
    for source in neighbours:
        order: list[UUID] = []
        before: dict[UUID, list[UUID]] = defaultdict(list)
        ways = defaultdict(float, {source: 1.0})
        far = {source: 0}
        queue = deque([source])
        while queue:
            here = queue.popleft()
            order.append(here)
            for there in neighbours[here]:
                if there not in far:
                    far[there] = far[here] + 1
                    queue.append(there)
                if far[there] == far[here] + 1:
                    ways[there] += ways[here]
                    before[there].append(here)
        share: dict[UUID, float] = defaultdict(float)
        for there in reversed(order):
            for here in before[there]:
                share[here] += ways[here] / ways[there] * (1 + share[there])
            if there != source:
                found[there] += share[there] / 2
    return found


def cut_off(neighbours: dict[UUID, set[UUID]], without: UUID) -> set[UUID]:
    """Who would not be joined any more to the largest rest of its group, that one apart."""
    left, parts = set(neighbours[without]), []
    while left:
        part, queue = set(), [left.pop()]
        while queue:
            here = queue.pop()
            if here not in part:
                part.add(here)
                queue += neighbours[here] - part - {without}
        parts.append(part)
        left -= part
    parts.sort(key=len)
    return set().union(*parts[:-1]) if len(parts) > 1 else set()


def absent_categories(network: Network) -> list[str]:
    """Nobody of these ever came. Of people, only that there is none is said."""
    rows = _present(network).order_by().values_list("person__category", flat=True).distinct()
    seen = set(rows)
    hidden = {ActorCategory.OTHER, ActorCategory.UNSAID}
    return [str(one.label) for one in ActorCategory if one not in seen and one not in hidden] if seen else []


def absent_epcis(network: Network) -> list[Said]:
    """Intercommunalités of the space's region that have a quarter, and from where nobody ever came."""
    region = network.space.region_id
    if region is None:
        return []
    seen: set[str] = set()
    for row in (
        _present(network)
        .order_by()
        .values_list(
            "person__commune__epci",
            "person__organisation__epci",
            "person__organisation__commune__epci",
        )
    ):
        seen |= {code for code in row if code}
    named = set(_present(network).order_by().values_list("person__territory_text", flat=True).distinct()) - {""}
    rows = Epci.objects.filter(qpvs__vintage=VINTAGE, qpvs__communes__department__region=region)
    rows = rows.exclude(Q(pk__in=seen) | Q(successor__in=seen) | Q(name__in=named) | Q(long_name__in=named))
    return [
        Said(row.name, reverse("atlas:epci", args=[network.space.slug, row.siren]), "")
        for row in rows.distinct().order_by("name")
    ]


def growth(network: Network) -> list[Year]:
    """By year of the gatherings; those without a date are last."""
    import numpy as np  # where a network was counted, it is there

    shared = network.shared
    rows: list[Year] = []
    before = np.array([], dtype=np.int64)
    for year in sorted(shared.by_year, key=lambda year: (not year, year)):
        codes = shared.by_year[year]
        if codes.size:
            new = np.setdiff1d(codes, before, assume_unique=True)
            rows.append(Year(year or None, shared.ends(codes).size, codes.size, new.size))
            before = np.union1d(before, codes)
    return rows


def _present(network: Network) -> QuerySet[Registration]:
    rows = Registration.objects.filter(
        gathering__space=network.space, gathering__trial=False, presence=Presence.PRESENT
    )
    return rows.filter(gathering__public=True) if network.public else rows
