"""The day's papers: for each workshop, what its room needs to go on when everything with a screen fails."""

from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.gatherings.queries import programme_of
from maillage.gatherings.words import date_words, place_words, time_words
from maillage.lib.typography import typo
from maillage.lib.typst import compile_pdf
from maillage.methods.papers import paper_facts
from maillage.methods.queries import UnreadableVersion, find_method, with_preset
from maillage.reports.doors import door_lists_of, signs_of


def make_day_pack(gathering: Gathering, base: str = "", *, names: bool = False) -> bytes:
    """With the signs of the rooms, and the lists of their doors if the reader may see `names`."""
    doors = {"signs": signs_of(gathering, base), "lists": door_lists_of(gathering) if names else []}
    return compile_pdf("reports/typst/day_pack.typ", day_pack_facts(gathering) | doors)


def day_pack_facts(gathering: Gathering) -> dict[str, Any]:
    """The programme, and the workshops in its order. A workshop without a method says why it has no sheet."""
    programme: list[dict[str, Any]] = []
    workshops: list[dict[str, Any]] = []
    methods: dict[tuple[str, str], dict[str, Any] | str] = {}
    for slot in programme_of(gathering):
        first = len(workshops)
        for workshop in slot.workshops.all():
            played = (workshop.method, workshop.preset)
            if played not in methods:
                methods[played] = _papers(gathering, *played)
            workshops.append(_workshop_facts(len(workshops), slot, workshop, methods[played]))
        programme.append(
            {"title": typo(slot.title), "time": time_words(slot), "workshops": list(range(first, len(workshops)))}
        )
    return {
        "title": typo(gathering.title),
        "date": date_words(gathering),
        "place": typo(place_words(gathering)),
        "programme": programme,
        "workshops": workshops,
    }


def _papers(gathering: Gathering, method: str, preset: str) -> dict[str, Any] | str:
    """The facts of its sheets, or why there are none."""
    if not method:
        return _("pas de méthode choisie")
    try:
        known = find_method(gathering.space, method)
    except UnreadableVersion as refusal:
        return refusal.sentence
    if known is None:
        return _("méthode sans fichier")
    return paper_facts(with_preset(known.method, preset))


def _workshop_facts(index: int, slot: Slot, workshop: Workshop, papers: dict[str, Any] | str) -> dict[str, Any]:
    title = workshop.title if workshop.number is None else f"{workshop.number}. {workshop.title}"
    room = workshop.room.name if workshop.room else ""
    return {
        "index": index,
        "title": typo(title),
        "room": typo(room),
        "colour": workshop.colour,
        "colour_name": workshop.get_colour_display(),
        "place": typo(" · ".join(part for part in (title, room, time_words(slot)) if part)),
        "method": papers if isinstance(papers, dict) else None,
        "why": typo(papers) if isinstance(papers, str) else "",
    }
