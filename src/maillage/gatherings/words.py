"""When and where, in words; empty when it is not known."""

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Slot
from maillage.lib.dates import day_words
from maillage.lib.dates import time_words as one_time_words
from maillage.lib.typography import join_words


def date_words(gathering: Gathering) -> str:
    """« 2 octobre 2025 », « 1er mars 2026 »."""
    return day_words(gathering.date) if gathering.date else ""


def place_words(gathering: Gathering) -> str:
    """« Maison régionale des sports, Tomblaine »: the venue, and the commune unless the venue already names it."""
    area = gathering.commune or gathering.epci
    parts = [gathering.venue] if gathering.venue else []
    if area and area.name not in gathering.venue:
        parts.append(area.name)
    return ", ".join(parts)


def time_words(slot: Slot) -> str:
    """« 9 h 30 – 10 h 15 »; the spaces do not break."""
    return " – ".join(one_time_words(time) for time in (slot.starts_at, slot.ends_at) if time)


def readable(slug: str) -> str:
    """« coop-ou-pas-coop » -> « Coop ou pas coop »: a method whose file is not here is known by its identifier only."""
    words = slug.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def source_words(gathering: Gathering) -> list[str]:
    """« sous-titre, date et lieu : page publique de l’ORIV », one line a source, for facts learnt elsewhere."""
    facts: dict[str, list[str]] = {}
    for column in Gathering._meta.fields:
        if source := gathering.sources.get(column.name):
            facts.setdefault(source, []).append(str(column.verbose_name))
    words = _("{facts} : {source}")
    return [words.format(facts=join_words(names), source=source) for source, names in facts.items()]
