"""Everything a page of the atlas says, gathered once: screen, frame of another site and sheet of paper say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.atlas import there
from maillage.atlas.around import (
    contract_lines,
    down_from,
    near_to,
)
from maillage.atlas.choices import LAYER_WORDS, LAYERS, VIEWS, Choice
from maillage.atlas.contracts import Status, current_by_epci
from maillage.atlas.drawing import shape_of, svg_of
from maillage.atlas.facts import Fact, all_sources, contracts_fact, facts_of, sources_of, used_sources, year_of
from maillage.atlas.keeping import part
from maillage.atlas.maps import PlaceMap, draw_map, landmarks_in, linker
from maillage.atlas.marks import CONTRACTS, EXPERIENCES, GATHERINGS, TERRITORIES, Marks, marks_of
from maillage.atlas.places import FRANCE, Place, address, find_place, parents_of
from maillage.atlas.shades import legend_title, qpv_words
from maillage.atlas.tables import Table, epci_table, qpv_table
from maillage.atlas.tallies import (
    Tally,
    department_counts,
    experiences_by_epci,
    gatherings_by_epci,
    qpvs_in,
    tallies_of,
)
from maillage.atlas.there import Lines, Section, lines_of
from maillage.lib.typography import typo
from maillage.people.models import Space
from maillage.territories.enums import LandmarkKind, Level
from maillage.territories.models import Qpv, Source

SHADED = (Level.REGION, Level.DEPARTMENT)  # levels whose map has views
OF_VIEWS = {  # what a map says beside territories
    "contrats": (CONTRACTS,),
    "rencontres": (GATHERINGS,),
    "experiences": (EXPERIENCES, GATHERINGS),
}
T = TypeVar("T")


@dataclass
class AtlasPage:
    space: Space
    place: Place
    choice: Choice
    as_of: Marks
    embedded: bool = False

    def _kept(self, name: str, make: Callable[[], T]) -> T:
        """What follows the territories alone: no gathering, no contract changes it."""
        key = (name, self.place.level, self.place.code)
        return part(self.as_of.of((TERRITORIES,)), key, make)

    def _said(self, name: str, nouns: tuple[str, ...], make: Callable[[], T]) -> T:
        """What these nouns of the space say of the place."""
        key = (name, self.space.pk, self.space.slug, self.place.level, self.place.code)
        return part(self.as_of.of((TERRITORIES, *nouns)), key, make)

    def _lines(self, section: Section) -> Lines:
        return self._said(f"list {section.what}", section.nouns, lambda: lines_of(self.space, self.place, section))

    @cached_property
    def qpvs(self) -> list[Qpv]:
        return [self.place.row] if self.place.level == Level.QPV else self._kept("qpvs", self._read_qpvs)

    def _read_qpvs(self) -> list[Qpv]:
        rows = qpvs_in(self.place)
        if self.place.level == FRANCE:  # counted only: no name, no outline
            return list(rows.select_related(None).order_by().only("code", "population", "epci_id", "sources"))
        return list(rows.prefetch_related("communes") if self.place.level in (Level.EPCI, Level.COMMUNE) else rows)

    @cached_property
    def tallies(self) -> list[Tally]:
        if not self.shaded:
            return []
        sirens = {qpv.epci_id for qpv in self.qpvs}
        year = str(timezone.localdate().year)
        return tallies_of(
            self.qpvs,
            self._said(f"statuses {year}", (CONTRACTS,), lambda: current_by_epci(self.space, sirens)),
            self._said("count of gatherings", (GATHERINGS,), lambda: gatherings_by_epci(self.space, sirens)),
            self._said("count of experiences", OF_VIEWS["experiences"], lambda: experiences_by_epci(self.space, sirens))
            if self.choice.view == "experiences"
            else {},
        )

    @cached_property
    def department_counts(self) -> dict[str, int]:
        if self.place.level != Level.REGION:
            return {}
        return self._kept("department counts", lambda: department_counts(self.place))

    @cached_property
    def known_sources(self) -> dict[str, Source]:
        return part(self.as_of.of((TERRITORIES,)), ("sources",), all_sources)

    @property
    def shaded(self) -> bool:
        return self.place.level in SHADED

    @property
    def eyebrow(self) -> str:
        return str(_("pays") if self.place.level == FRANCE else Level(self.place.level).label).capitalize()

    # --- the map ---

    @cached_property
    def map(self) -> PlaceMap:
        return self._map[0]

    @property
    def sheets(self) -> list[str]:
        """SVG, one a part of the world."""
        return self._map[1]

    @property
    def panes(self) -> list[tuple[str, str]]:
        """Each sheet, and its name under it when it is not the first."""
        titles = ["", *(drawing.title for drawing in self.map.drawings[1:])]
        return list(zip(self.sheets, titles, strict=False))

    @cached_property
    def _map(self) -> tuple[PlaceMap, list[str]]:
        """Kept by itself: it follows the territories, and what its view shows."""
        view = self.choice.view if self.shaded else ""
        mark = f"{self.as_of.of((TERRITORIES, *OF_VIEWS.get(view, ())))} {timezone.localdate().year}"
        whose = (self.space.pk, self.space.slug, self.space.region_id)
        return part(
            mark, ("map", *whose, self.place.level, self.place.code, self.choice.carried, self.embedded), self._draw
        )

    def _draw(self) -> tuple[PlaceMap, list[str]]:
        counts = self.department_counts
        drawn = draw_map(self.space, self.place, self.qpvs, self.tallies, self.choice, counts, embedded=self.embedded)
        return drawn, [svg_of(drawing) for drawing in drawn.drawings]

    @property
    def map_title(self) -> str:
        if self.shaded:
            return typo(f"{self.place.name} : {self.legend_title[0].lower()}{self.legend_title[1:]}")
        return typo(self.place.name)

    @property
    def legend_title(self) -> str:
        return _("Quartiers prioritaires par région") if self.place.level == FRANCE else legend_title(self.choice)

    @property
    def views(self) -> list[dict[str, object]]:
        if not self.shaded:
            return []
        return [
            {"words": words, "href": self.choice.seen_as(view), "on": view == self.choice.view}
            for view, words in VIEWS.items()
        ]

    @property
    def layers(self) -> list[dict[str, object]]:
        if self.place.level == FRANCE or not self.map.drawings:
            return []
        return [
            {
                "id": layer,
                "words": LAYER_WORDS[layer],
                "href": self.choice.with_layer(layer),
                "on": layer in self.choice.layers,
                "shown": self._shown(layer),
            }
            for layer in LAYERS
        ]

    def _shown(self, layer: str) -> int:
        return sum(len(drawing.symbols.get(layer, [])) for drawing in self.map.drawings)

    @property
    def marks(self) -> list[dict[str, str]]:
        """What dots and symbols mean, if there are any on the sheet."""
        found = [("qpv", _("un quartier prioritaire"), "")] if self.map.has_dots else []
        found += [("quarter", _("quartier prioritaire"), "")] if self.map.has_quarters else []
        found += [(str(one["id"]), str(one["words"]), str(one["shown"])) for one in self.layers if one["on"]]
        return [{"id": id_, "words": words, "shown": shown, "shape": shape_of(id_)} for id_, words, shown in found]

    # --- words ---

    @cached_property
    def facts(self) -> list[Fact]:
        before, after = self._kept("facts", lambda: facts_of(self.place, self.qpvs, self.known_sources))
        return [*before, *([contracts_fact(self.tallies)] if self.shaded else []), *after]

    @cached_property
    def map_sources(self) -> list[Source]:
        drawn = [
            outline
            for drawing in self.map.drawings
            for outline in (*drawing.land, *drawing.borders, *drawing.here, *(area.outline for area in drawing.areas))
        ]
        return used_sources(self.facts, drawn, self.known_sources)

    @property
    def producers(self) -> str:
        """« Sources : ANCT, IGN, Insee. Licence Ouverte 2.0 »: what stands under every map."""
        makers = sorted({source.producer for source in self.map_sources})
        licences = sorted({source.licence for source in self.map_sources})
        if not makers:
            return ""
        words = {"makers": ", ".join(makers), "licences": ", ".join(licences)}
        return typo(_("Sources : %(makers)s. %(licences)s.") % words)

    @cached_property
    def table(self) -> Table | None:
        link = linker(self.space, self.choice)
        if self.shaded and self.tallies:
            all_departments = self.place.level == Level.REGION
            return epci_table(self.tallies, self.choice, link, year=self._year, departments=all_departments)
        if self.place.level in (Level.EPCI, Level.COMMUNE) and self.qpvs:
            return qpv_table(self.qpvs, self.choice, link, year=self._year)
        return None

    @property
    def _year(self) -> str:
        counted = [qpv for qpv in self.qpvs if qpv.population is not None]
        return year_of(sources_of(counted, "population", self.known_sources))

    @property
    def doubts(self) -> list[str]:
        return [*self.choice.doubts, *([self.table.doubt] if self.table and self.table.doubt else [])]

    # --- around ---

    @cached_property
    def parents(self) -> list[dict[str, str]]:
        link = linker(self.space, self.choice, embedded=self.embedded)
        return [{"name": each.name, "href": link(each.level, each.code)} for each in self.above]

    @cached_property
    def above(self) -> list[Place]:
        return self._kept("above", lambda: parents_of(self.place))

    @property
    def down(self) -> list[dict[str, str]]:
        places = self._linked(self._kept("down", lambda: down_from(self.place, self.qpvs)))
        if self.place.level == Level.REGION:
            counts = self.department_counts
            for each in places:
                each["words"] = qpv_words(counts.get(each["code"], 0))
        return places

    @property
    def near(self) -> list[dict[str, str]]:
        return self._linked(self._kept("near", lambda: near_to(self.place, self.qpvs)))

    def _linked(self, places: list[Place]) -> list[dict[str, str]]:
        link = linker(self.space, self.choice)
        return [{"name": each.name, "href": link(each.level, each.code), "code": each.code} for each in places]

    @cached_property
    def contracts(self) -> list[Status]:
        below = self.place.level in (Level.EPCI, Level.QPV, Level.COMMUNE)
        if not below:
            return []
        year = timezone.localdate().year
        return self._said(f"contracts {year}", (CONTRACTS,), lambda: contract_lines(self.space, self.place))

    @cached_property
    def gatherings(self) -> Lines:
        return self._lines(there.GATHERINGS)

    @cached_property
    def experiences(self) -> Lines:
        return self._lines(there.EXPERIENCES)

    @cached_property
    def takeaways(self) -> Lines:
        return self._lines(there.TAKEAWAYS)

    @cached_property
    def organisations(self) -> Lines:
        return self._lines(there.ORGANISATIONS)

    @cached_property
    def landmarks(self) -> list[dict[str, object]]:
        """By kind; those of a whole région are on its map and in its départements."""
        if self.place.level in (FRANCE, Level.REGION):
            return []
        rows = self._kept("landmarks", lambda: landmarks_in(self.place))
        kinds = [(kind, [row for row in rows if row.kind == kind]) for kind in LandmarkKind]
        return [
            {"kind": kind.label, "rows": found, "sources": sources_of(found[:1], "", self.known_sources)}
            for kind, found in kinds
            if found
        ]

    @property
    def successor(self) -> dict[str, object] | None:
        epci = self.place.row if self.place.level == Level.EPCI else None
        if epci is None or epci.successor is None:
            return None
        href = linker(self.space, self.choice, embedded=self.embedded)(Level.EPCI, epci.successor_id)
        return {"name": epci.successor.name, "href": href, "on": epci.merged_on}

    @property
    def predecessors(self) -> list[dict[str, str]]:
        if self.place.level != Level.EPCI:
            return []
        link = linker(self.space, self.choice)
        rows = sorted(self.place.row.predecessors.all(), key=lambda row: str(row.name))
        return [{"name": row.name, "href": link(Level.EPCI, row.pk)} for row in rows]

    # --- addresses ---

    @property
    def path(self) -> str:
        return address(self.space, self.place.level, self.place.code) + self.choice.carried

    @property
    def embedded_path(self) -> str:
        return address(self.space, self.place.level, self.place.code, embedded=True) + self.choice.carried

    @property
    def pictures(self) -> list[dict[str, str]]:
        base = address(self.space, self.place.level, self.place.code)
        return [
            {"words": kind.upper(), "href": f"{base}carte.{kind}{self.choice.carried}"}
            for kind in ("pdf", "png", "svg")
        ]

    @property
    def country(self) -> str:
        """Where all the régions are, when there are several."""
        return address(self.space, FRANCE, "") if self.place.level == Level.REGION and self.above else ""


def read_page(space: Space, level: str, code: str, choice: Choice, *, embedded: bool = False) -> AtlasPage:
    """Raises UnknownPlace."""
    marks = marks_of(space)
    key = ("place", level, code, space.region_id)
    place = part(marks.of((TERRITORIES,)), key, lambda: find_place(space, level, code))
    return AtlasPage(space, place, choice, marks, embedded)
