"""« Qui coopère avec qui »: for the organisers of a space whole, for everybody what may be public of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from maillage.atlas.compressing import compressed
from maillage.atlas.keeping import kept
from maillage.atlas.network import EXPERIENCE, GATHERING, LEAST_PEOPLE, LEAST_TIMES, TABLE, WORKSHOP, Network
from maillage.atlas.network_files import FORMS, kept_file
from maillage.atlas.network_keeping import count_beside, counted_lately, is_large, tell
from maillage.atlas.network_summary import BASES, Actor, Summary, title_of
from maillage.atlas.tables import UNKNOWN_WORDS, Cell, Column, Table, make_table
from maillage.lib.matching import fold
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.lib.typography import grouped, join_words, typo
from maillage.people.access import fetch_atlas, fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise

EMPTY = {
    TABLE: gettext_lazy("Personne n’a encore partagé une table"),
    WORKSHOP: gettext_lazy("Personne n’a encore partagé un atelier"),
    GATHERING: gettext_lazy("Personne ne s’est encore rencontré"),
    EXPERIENCE: gettext_lazy("Personne n’a encore présenté une expérience ensemble"),
}


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
@needs(Need.ATLAS)
def public_network(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    counted_at = counted_lately(space, public=True, basis=read_choice(request.GET).basis)
    if counted_at is None:
        return _page(request, space, public=True)
    return kept(request, space, lambda: _page(request, space, public=True), made_of=counted_at)


@require_safe
@needs(Need.ORGANISE)
def own_network(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _organised(request, slug), public=False)


@require_safe
@needs(Need.ATLAS)
@limited(FILES, methods=READING)
def public_export(request: HttpRequest, slug: str, form: str) -> HttpResponse | StreamingHttpResponse:
    return _export(request, fetch_atlas(request.user, slug), form, public=True)


@require_safe
@needs(Need.ORGANISE)
def own_export(request: HttpRequest, slug: str, form: str) -> HttpResponse | StreamingHttpResponse:
    return _export(request, _organised(request, slug), form, public=False)


def _organised(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


def _page(request: HttpRequest, space: Space, *, public: bool) -> HttpResponse:
    choice = read_choice(request.GET)
    told = tell(space, public=public, basis=choice.basis)
    summary = told.summary
    table = _table(summary, choice) if summary else None
    context: dict[str, Any] = {
        "space": space,
        "public": public,
        "choice": choice,
        "summary": summary,
        "counted_at": told.counted_at,
        "bases": [
            {"words": words, "href": Choice(basis).query, "on": basis == choice.basis} for basis, words in BASES.items()
        ],
        "empty": EMPTY[choice.basis],
        "title": title_of(space, choice.basis),
        "export_query": "" if choice.basis == TABLE else Choice(choice.basis).query,
        "table": table,
        "doubts": [doubt for doubt in (choice.doubt, table.doubt if table else "") if doubt],
        "least_times": LEAST_TIMES,
        "least_people": LEAST_PEOPLE,
        "absent_categories": summary.absent_categories if summary else [],
        "absent_epcis": summary.absent_epcis if summary else [],
        "organises": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    return render(request, "atlas/network.html", context)


def _table(summary: Summary, choice: Choice) -> Table:
    columns: list[Column[Actor]] = [
        Column("nom", _("Structure"), lambda one: Cell(one.name, one.href), lambda one: one.folded_name),
        Column(
            "genre",
            _("Genre"),
            lambda one: Cell(one.kind_words or UNKNOWN_WORDS),
            lambda one: fold(one.kind_words),
        ),
        Column("ou", _("Où"), lambda one: Cell(one.where or UNKNOWN_WORDS), lambda one: fold(one.where)),
        Column("liees", _("Structures liées"), lambda one: Cell(grouped(one.degree)), lambda one: one.degree, True),
        Column("fois", _("Partages"), lambda one: Cell(grouped(one.times)), lambda one: one.times, True),
    ]
    return make_table(columns, summary.actors, choice, _("Les mêmes faits en tableau : structures"))


def _export(request: HttpRequest, space: Space, form: str, *, public: bool) -> HttpResponse | StreamingHttpResponse:
    choice = read_choice(request.GET)
    if form not in FORMS or choice.doubt:
        raise Http404
    kind, write = FORMS[form]
    response: HttpResponse | StreamingHttpResponse
    if is_large(space):
        path = kept_file(space, public=public, basis=choice.basis, form=form)
        if path is None:
            count_beside(space, public=public, basis=choice.basis)
            sentence = _("Cet espace est grand : le fichier est en train d’être fait. Redemandez-le dans une minute.")
            return HttpResponse(
                typo(sentence) + "\n",
                status=503,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": "60"},
            )
        response = FileResponse(path.open("rb"), content_type=kind)
    else:
        response = HttpResponse(write(Network(space, public, choice.basis)), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="cooperation-{space.slug}-{choice.basis}.{form}"'
    return response
