"""What an address asks of a map: a view, layers, an order of the table. What it asks wrongly is said and left aside."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.lib.typography import typo
from maillage.territories.enums import LandmarkKind

VIEWS = {
    "qpv": gettext_lazy("quartiers prioritaires"),
    "contrats": gettext_lazy("contrats de ville"),
    "rencontres": gettext_lazy("rencontres publiques"),
    "experiences": gettext_lazy("expériences"),
}
LAYERS = {
    "france-services": LandmarkKind.FRANCE_SERVICES,
    "cites-educatives": LandmarkKind.CITE_EDUCATIVE,
    "cites-emploi": LandmarkKind.CITE_EMPLOI,
}
LAYER_WORDS = {
    "france-services": gettext_lazy("France services"),
    "cites-educatives": gettext_lazy("Cités éducatives"),
    "cites-emploi": gettext_lazy("Cités de l’emploi"),
}
USUAL = "qpv"


@dataclass(frozen=True)
class Choice:
    view: str = USUAL
    layers: tuple[str, ...] = ()
    order: str = ""  # a column of the table, « -column » downwards
    doubts: tuple[str, ...] = field(default=(), compare=False)

    @property
    def query(self) -> str:
        """« ?vue=… », shortest: what is usual is not said."""
        said = {
            "vue": self.view if self.view != USUAL else "",
            "couches": ",".join(self.layers),
            "tri": self.order,
        }
        pairs = {name: value for name, value in said.items() if value}
        return "?" + urlencode(pairs, safe=",") if pairs else ""

    @property
    def carried(self) -> str:
        """What goes on to another place: its table has an order of its own."""
        return replace(self, order="").query

    def seen_as(self, view: str) -> str:
        return replace(self, view=view).query or "?"

    def with_layer(self, layer: str) -> str:
        """The address that shows this layer, or hides it if it is shown."""
        left = tuple(one for one in LAYERS if (one in self.layers) != (one == layer))
        return replace(self, layers=left).query or "?"

    def ordered_by(self, order: str) -> str:
        return replace(self, order=order).query or "?"


def read_choice(given: Mapping[str, str]) -> Choice:
    doubts = []
    view = given.get("vue", USUAL)
    if view not in VIEWS:
        words = {"view": view[:40], "known": ", ".join(VIEWS)}
        doubts.append(_("La vue « %(view)s » n’existe pas ; celles qui existent : %(known)s.") % words)
        view = USUAL
    asked = [name for name in given.get("couches", "").split(",") if name]
    unknown = [name[:40] for name in asked if name not in LAYERS]
    if unknown:
        words = {"unknown": ", ".join(unknown[:5]), "known": ", ".join(LAYERS)}
        doubts.append(_("Couche inconnue : « %(unknown)s » ; celles qui existent : %(known)s.") % words)
    layers = tuple(name for name in LAYERS if name in asked)
    return Choice(view, layers, given.get("tri", "")[:40], tuple(typo(doubt) for doubt in doubts))
