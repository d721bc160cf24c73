"""« Qui coopère avec qui »: for the organisers of a space whole, for everybody what may be public of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from maillage.atlas.compressing import compressed
from maillage.atlas.network import EXPERIENCE, GATHERING, LEAST_PEOPLE, LEAST_TIMES, TABLE, WORKSHOP, Network
from maillage.atlas.network_drawing import draw_network
from maillage.atlas.standing import (
    absent_categories,
    absent_epcis,
    bridges,
    central,
    growth,
    page_of,
    shared_words,
)
from maillage.atlas.tables import UNKNOWN_WORDS, Cell, Column, Table, make_table
from maillage.lib.matching import fold
from maillage.lib.spreadsheets import write_csv
from maillage.lib.typography import join_words, typo
from maillage.people.access import fetch_atlas, fetch_in_space
from maillage.people.models import Organisation, Space
from maillage.people.queries import can_organise

BASES = {
    TABLE: gettext_lazy("une table"),
    WORKSHOP: gettext_lazy("un atelier"),
    GATHERING: gettext_lazy("une rencontre"),
    EXPERIENCE: gettext_lazy("une expérience présentée"),
}
EMPTY = {
    TABLE: gettext_lazy("Personne n’a encore partagé une table"),
    WORKSHOP: gettext_lazy("Personne n’a encore partagé un atelier"),
    GATHERING: gettext_lazy("Personne ne s’est encore rencontré"),
    EXPERIENCE: gettext_lazy("Personne n’a encore présenté une expérience ensemble"),
}
MOST_LINKS = 30  # in the page; the file has them all


@dataclass(frozen=True)
class Choice:
    basis: str = TABLE
    order: str = ""
    doubt: str = ""

    @property
    def query(self) -> str:
        said = {"lien": self.basis if self.basis != TABLE else "", "tri": self.order}
        pairs = {name: value for name, value in said.items() if value}
        return "?" + urlencode(pairs) if pairs else "?"

    def ordered_by(self, order: str) -> str:
        return replace(self, order=order).query


def read_choice(given: Mapping[str, str]) -> Choice:
    basis, doubt = given.get("lien", TABLE), ""
    if basis not in BASES:
        words = _("Le lien « {basis} » n’existe pas ; ceux qui existent : {known}.")
        doubt = typo(words.format(basis=basis[:40], known=join_words(list(BASES), last=_("ou"))))
        basis = TABLE
    return Choice(basis, given.get("tri", "")[:40], doubt)


@require_safe
@compressed
def public_network(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, fetch_atlas(request.user, slug), public=True)


@require_safe
@login_required
def own_network(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _organised(request, slug), public=False)


@require_safe
def public_export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    return _export(request, fetch_atlas(request.user, slug), form, public=True)


@require_safe
@login_required
def own_export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    return _export(request, _organised(request, slug), form, public=False)


def _organised(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


def _page(request: HttpRequest, space: Space, *, public: bool) -> HttpResponse:
    choice = read_choice(request.GET)
    network = Network(space, public, choice.basis)
    title = typo(_("Structures de {space} qui ont partagé {what}").format(space=space.name, what=BASES[choice.basis]))
    table = _table(network, choice)
    context: dict[str, Any] = {
        "space": space,
        "public": public,
        "choice": choice,
        "network": network,
        "bases": [
            {"words": words, "href": Choice(basis).query, "on": basis == choice.basis} for basis, words in BASES.items()
        ],
        "empty": EMPTY[choice.basis],
        "title": title,
        "export_query": "" if choice.basis == TABLE else Choice(choice.basis).query,
        "table": table,
        "doubts": [doubt for doubt in (choice.doubt, table.doubt) if doubt],
        "least_times": LEAST_TIMES,
        "least_people": LEAST_PEOPLE,
        "absent_categories": absent_categories(network),
        "absent_epcis": absent_epcis(network),
        "organises": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    if network.links:
        context |= {
            "picture": draw_network(network, title),
            "central": central(network),
            "bridges": bridges(network),
            "growth": growth(network),
            "links": [
                {
                    "one": link.one,
                    "one_href": page_of(network, link.one),
                    "other": link.other,
                    "other_href": page_of(network, link.other),
                    "times": shared_words(choice.basis, link.times),
                    "years": ", ".join(map(str, link.years)) or UNKNOWN_WORDS,
                }
                for link in network.links[:MOST_LINKS]
            ],
            "more_links": max(0, len(network.links) - MOST_LINKS),
        }
    return render(request, "atlas/network.html", context)


def _table(network: Network, choice: Choice) -> Table:
    degree = {row.pk: len(network.neighbours[row.pk]) for row in network.actors}
    columns: list[Column[Organisation]] = [
        Column(
            "nom",
            _("Structure"),
            lambda row: Cell(row.name, page_of(network, row)),
            lambda row: row.folded_name,
        ),
        Column(
            "genre",
            _("Genre"),
            lambda row: Cell(row.get_kind_display() or UNKNOWN_WORDS),
            lambda row: fold(row.get_kind_display()),
        ),
        Column("ou", _("Où"), lambda row: Cell(_where(row)), lambda row: fold(_where(row))),
        Column("liees", _("Structures liées"), lambda row: Cell(str(degree[row.pk])), lambda row: degree[row.pk], True),
        Column(
            "fois",
            _("Partages"),
            lambda row: Cell(str(network.times[row.pk])),
            lambda row: network.times[row.pk],
            True,
        ),
    ]
    return make_table(columns, network.actors, choice, _("Les mêmes faits en tableau : structures"))


def _where(row: Organisation) -> str:
    return str(row.commune or row.epci or UNKNOWN_WORDS)


def _export(request: HttpRequest, space: Space, form: str, *, public: bool) -> HttpResponse:
    choice = read_choice(request.GET)
    if form not in ("csv", "graphml") or choice.doubt:
        raise Http404
    network = Network(space, public, choice.basis)
    content = _csv(network) if form == "csv" else _graphml(network)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/graphml+xml"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="cooperation-{space.slug}-{choice.basis}.{form}"'
    return response


def _csv(network: Network) -> bytes:
    headers = [_("Structure"), _("Genre"), _("Structure liée"), _("Son genre"), _("Partages"), _("Années")]
    rows = [
        [
            link.one.name,
            link.one.get_kind_display(),
            link.other.name,
            link.other.get_kind_display(),
            str(link.times),
            " ".join(map(str, link.years)),
        ]
        for link in network.links
    ]
    return write_csv(headers, rows)


def _graphml(network: Network) -> bytes:
    """GraphML 1.0 (graphdrawing.org), as Gephi, yEd or igraph read it."""
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys = [("node", "name", "string"), ("node", "kind", "string"), ("node", "commune", "string")]
    keys += [("node", "epci", "string"), ("edge", "weight", "int"), ("edge", "years", "string")]
    for on, name, kind in keys:
        ElementTree.SubElement(root, "key", {"id": name, "for": on, "attr.name": name, "attr.type": kind})
    graph = ElementTree.SubElement(root, "graph", id="cooperation", edgedefault="undirected")
    for row in network.actors:
        node = ElementTree.SubElement(graph, "node", id=str(row.pk))
        _data(node, name=row.name, kind=row.kind, commune=row.commune_id or "", epci=row.epci_id or "")
    for link in network.links:
        edge = ElementTree.SubElement(graph, "edge", source=str(link.one.pk), target=str(link.other.pk))
        _data(edge, weight=str(link.times), years=" ".join(map(str, link.years)))
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _data(parent: ElementTree.Element, **said: str) -> None:
    for key, value in said.items():
        if value:  # XML has no control characters, a name typed somewhere may
            ElementTree.SubElement(parent, "data", key=key).text = "".join(
                letter for letter in value if letter.isprintable()
            )
