"""The addresses of the atlas to be measured: each kind of page, of search, of list, at places drawn by chance."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from django.urls import reverse

from maillage.atlas.network_summary import BASES
from maillage.atlas.opendata.lists import ALL
from maillage.atlas.there import SECTIONS
from maillage.config.country import names
from maillage.contracts.models import ContratDeVille
from maillage.gatherings.models import Gathering
from maillage.memory.models import Experience
from maillage.people.models import Organisation, Space
from maillage.territories.models import Commune, Department, Epci, Qpv, Region

GOAL = 150.0  # ms at p95 (issue 6, acceptance 3)
API_PAGE = 100
HOST = "127.0.0.1"  # whose pages oEmbed is asked for


@dataclass(frozen=True)
class Kind:
    name: str
    addresses: list[str]
    goal: float | None = GOAL
    told: str = ""


def kinds_of(space: Space, how_many: int) -> list[Kind]:
    """At most so many addresses of each kind, the same each time."""
    chance = random.Random(space.slug)  # noqa: S311 - a sample, not a secret
    slug = space.slug

    def some(rows: Iterable[object]) -> list[object]:
        known = list(rows)
        return chance.sample(known, min(how_many, len(known)))

    def at(name: str, rows: Iterable[object], query: str = "") -> list[str]:
        return [reverse(f"atlas:{name}", args=[slug, row]) + query for row in some(rows)]

    def once(name: str, *queries: str) -> list[str]:
        return [reverse(f"atlas:{name}", args=[slug]) + query for query in queries or ("",)]

    regions, departments = _keys(Region), _keys(Department)
    epcis, communes, qpvs = _keys(Epci), _keys(Commune), _keys(Qpv)
    with_quarters = list(Epci.objects.filter(qpvs__isnull=False).distinct().order_by("pk").values_list("pk", flat=True))
    homes = list(Commune.objects.filter(qpvs__isnull=False).distinct().order_by("pk").values_list("pk", flat=True))
    listed = Organisation.objects.filter(space=space, listed=True).order_by("pk").values_list("pk", flat=True)
    contracts = ContratDeVille.objects.filter(space=space).order_by("pk").values_list("pk", flat=True)
    told = Experience.objects.filter(space=space, published=1).order_by("pk").values_list("pk", flat=True)
    days = Gathering.objects.filter(space=space, public=True).order_by("pk").values_list("slug", flat=True)
    layers = "?couches=france-services,cites-educatives,cites-emploi"
    kinds = [
        Kind("home", once("home", "", "?vue=contrats", "?vue=rencontres", "?vue=experiences", "?tri=-qpv")),
        Kind("france", once("france")),
        Kind("region", at("region", regions)),
        Kind("region-layers", at("region", regions, layers)),
        Kind("department", at("department", departments)),
        Kind("department-layers", at("department", departments, layers)),
        Kind("epci", at("epci", with_quarters)),
        Kind("epci-without-quarter", at("epci", sorted(set(epcis) - set(with_quarters)))),
        Kind("qpv", at("qpv", qpvs)),
        Kind("commune", at("commune", communes)),
        Kind("commune-with-quarter", at("commune", homes)),
        Kind("unknown-commune", [reverse("atlas:commune", args=[slug, word]) for word in ("00000", "Chantelac", "x")]),
        Kind("whole-list", [address for what in SECTIONS for address in at(f"{what}-epci", with_quarters[:1])]),
        Kind("frame", at("embedded-epci", with_quarters) + once("embedded-home")),
        Kind("picture-svg", [reverse("atlas:picture-epci", args=[slug, row, "svg"]) for row in some(with_quarters)]),
        Kind(
            "picture-pdf",
            [reverse("atlas:picture-epci", args=[slug, row, "pdf"]) for row in some(with_quarters)[:3]],
            None,
            "typst dessine et compose : une feuille à imprimer",
        ),
        Kind(
            "picture-png",
            [reverse("atlas:picture-epci", args=[slug, row, "png"]) for row in some(with_quarters)[:3]],
            None,
            "typst dessine, puis pointe : une image de 2 105 × 1 488",
        ),
        Kind("oembed", [_embedding(reverse("atlas:epci", args=[slug, row])) for row in some(with_quarters)]),
        Kind("contract", at("contract", contracts)),
        Kind("organisations", once("organisations", *(f"?page={n}" for n in _pages(listed.count(), 60, how_many)))),
        Kind("organisations-words", once("organisations", "?q=jardins", "?q=habitat+saint", "?genre=school", "?q=lac")),
        Kind("organisation", at("organisation", listed)),
        Kind("people", once("people", "", "?q=jardin")),
        Kind("gathering", [reverse("gatherings:public", args=[slug, row]) for row in some(days)]),
        Kind("gathering-calendar", [reverse("atlas:gathering-calendar", args=[slug, row]) for row in some(days)]),
        Kind("experiences", [reverse("memory:public-experiences", args=[slug]) + query for query in ("", "?page=3")]),
        Kind("experience", [reverse("memory:public-experience", args=[slug, row]) for row in some(told)]),
        Kind("glossary", [reverse("atlas:glossary")]),
    ]
    kinds += [Kind(f"network-{basis}", once("network", f"?lien={basis}")) for basis in BASES]
    kinds += _searches(slug, chance, how_many, [Commune.objects.get(pk=row).name for row in some(communes)])
    kinds += [
        Kind("open-data", once("open-data")),
        Kind("calendar", once("calendar", "", f"?departement={departments[0]}", f"?theme={names.THEMES[3]}")),
        Kind("gatherings-atom", once("gatherings-atom", "", f"?epci={with_quarters[0]}")),
        Kind("experiences-atom", once("experiences-atom")),
        Kind("api", [reverse("atlas:api-lists", args=[slug]), reverse("atlas:api"), reverse("atlas:openapi")]),
    ]
    for asked in ALL:
        own = reverse("atlas:api-list", args=[slug, asked.name])
        last = max(1, -(-asked.asked(space).count() // API_PAGE))
        pages = [f"{own}?page={n}" for n in dict.fromkeys((1, (last + 1) // 2, last))]
        if asked.of_department is not None:
            pages += [f"{own}?departement={code}" for code in some(departments)[:10]]
        kinds.append(Kind(f"api-{asked.name}", pages))
    return [kind for kind in kinds if kind.addresses]


def files_of(space: Space) -> list[Kind]:
    """Each file of the open data: asked again by who has it, then by who has not."""
    return [
        Kind(f"{asked.name}-{form}", [reverse("atlas:open-file", args=[space.slug, asked.name, form])])
        for asked in ALL
        for form in asked.formats
    ]


def _searches(slug: str, chance: random.Random, how_many: int, towns: Sequence[str]) -> list[Kind]:
    home = reverse("atlas:search", args=[slug])

    def ask(**said: str) -> str:
        return f"{home}?{urlencode(said)}"

    words = chance.sample(names.WORDS, min(how_many, len(names.WORDS)))
    return [
        Kind("search-nothing", [home]),
        Kind("search-town", [ask(q=town) for town in towns]),
        Kind(
            "search-word",
            [ask(q=word) for word in words],
            told="de la langue courante : presque toutes les expériences",
        ),
        Kind("search-begun", [ask(q=word[:3]) for word in words], told="trois lettres d’un mot"),
        Kind("search-letter", [ask(q=letter) for letter in "aeslm"], told="une lettre : la moitié de l’index"),
        Kind("search-two-words", [ask(q=f"{one} {other}") for one, other in pairwise(words)]),
        Kind("search-theme", [ask(q=theme) for theme in names.THEMES]),
        Kind("search-kind", [ask(q="association", quoi=kind) for kind in ("organisation", "experience", "commune")]),
        Kind("search-department", [ask(q="jardins", ou="01"), ask(q="santé", ou="01", annee="2022")]),
        Kind("search-page", [ask(q="association", page=str(page)) for page in (2, 10, 50)]),
        Kind("search-sigle", [ask(q=word) for word in ("QPV", "TFPB", "CAF")]),
    ]


def _embedding(path: str) -> str:
    return reverse("atlas:oembed") + "?" + urlencode({"url": f"http://{HOST}{path}"})


def _keys(model: Callable[..., object]) -> list[str]:
    return list(model.objects.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]


def _pages(rows: int, a_page: int, how_many: int) -> list[int]:
    last = max(1, -(-rows // a_page))
    return sorted({1 + round(n * (last - 1) / max(1, how_many - 1)) for n in range(how_many)})
