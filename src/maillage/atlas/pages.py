"""Everything a page of the atlas says, gathered once: screen, frame of another site and sheet of paper say the same."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.atlas.around import (
    Event,
    contract_lines,
    down_from,
    experience_events,
    gathering_events,
    gatherings_in,
    near_to,
)
from maillage.atlas.choices import LAYER_WORDS, LAYERS, VIEWS, Choice
from maillage.atlas.contracts import Status
from maillage.atlas.drawing import shape_of, svg_of
from maillage.atlas.facts import Fact, all_sources, facts_of, sources_of, used_sources, year_of
from maillage.atlas.maps import PlaceMap, draw_map, landmarks_in, linker
from maillage.atlas.places import FRANCE, Place, address, find_place, has_several_regions, parents_of
from maillage.atlas.shades import legend_title, qpv_words
from maillage.atlas.tables import Table, epci_table, qpv_table
from maillage.atlas.tallies import Tally, department_counts, qpvs_in, tallies_of
from maillage.lib.typography import typo
from maillage.people.models import Space
from maillage.territories.enums import LandmarkKind, Level
from maillage.territories.models import Qpv, Source

SHADED = (Level.REGION, Level.DEPARTMENT)  # levels whose map has views


@dataclass
class AtlasPage:
    space: Space
    place: Place
    choice: Choice
    embedded: bool = False

    @cached_property
    def qpvs(self) -> list[Qpv]:
        if self.place.level == Level.QPV:
            return [self.place.row]
        rows = qpvs_in(self.place)
        if self.place.level == FRANCE:  # counted only: no name, no outline
            return list(rows.select_related(None).order_by().only("code", "population", "epci_id", "sources"))
        return list(rows.prefetch_related("communes") if self.place.level in (Level.EPCI, Level.COMMUNE) else rows)

    @cached_property
    def tallies(self) -> list[Tally]:
        counted = self.choice.view == "experiences"
        return tallies_of(self.space, self.qpvs, experiences=counted) if self.shaded else []

    @cached_property
    def department_counts(self) -> dict[str, int]:
        return department_counts(self.place) if self.place.level == Level.REGION else {}

    @cached_property
    def known_sources(self) -> dict[str, Source]:
        return all_sources()

    @property
    def shaded(self) -> bool:
        return self.place.level in SHADED

    @property
    def eyebrow(self) -> str:
        return str(_("pays") if self.place.level == FRANCE else Level(self.place.level).label).capitalize()

    # --- the map ---

    @cached_property
    def map(self) -> PlaceMap:
        counts = self.department_counts
        return draw_map(self.space, self.place, self.qpvs, self.tallies, self.choice, counts, embedded=self.embedded)

    @cached_property
    def sheets(self) -> list[str]:
        """SVG, one a part of the world."""
        return [svg_of(drawing) for drawing in self.map.drawings]

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
        return facts_of(self.place, self.qpvs, self.tallies, self.known_sources)

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
        return [{"name": each.name, "href": link(each.level, each.code)} for each in parents_of(self.place, self.space)]

    @property
    def down(self) -> list[dict[str, str]]:
        places = self._linked(down_from(self.place, self.qpvs))
        if self.place.level == Level.REGION:
            counts = self.department_counts
            for each in places:
                each["words"] = qpv_words(counts.get(each["code"], 0))
        return places

    @property
    def near(self) -> list[dict[str, str]]:
        return self._linked(near_to(self.place, self.qpvs))

    def _linked(self, places: list[Place]) -> list[dict[str, str]]:
        link = linker(self.space, self.choice)
        return [{"name": each.name, "href": link(each.level, each.code), "code": each.code} for each in places]

    @cached_property
    def contracts(self) -> list[Status]:
        below = self.place.level in (Level.EPCI, Level.QPV, Level.COMMUNE)
        return contract_lines(self.space, self.place) if below else []

    @cached_property
    def gatherings(self) -> list[Event]:
        return gathering_events(self.space, gatherings_in(self.space, self.place))

    @cached_property
    def experiences(self) -> list[Event]:
        return experience_events(self.space, self.place)

    @cached_property
    def landmarks(self) -> list[dict[str, object]]:
        """By kind; those of a whole région are on its map and in its départements."""
        if self.place.level in (FRANCE, Level.REGION):
            return []
        rows = landmarks_in(self.place)
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
        rows = self.place.row.predecessors.order_by("name")
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
        return address(self.space, FRANCE, "") if self.place.level == Level.REGION and has_several_regions() else ""


def read_page(space: Space, level: str, code: str, choice: Choice, *, embedded: bool = False) -> AtlasPage:
    """Raises UnknownPlace."""
    return AtlasPage(space, find_place(space, level, code), choice, embedded)
