from collections.abc import Mapping

from django import template

from maillage.gatherings.models import Slot, Speaker, Workshop
from maillage.gatherings.words import readable, time_words
from maillage.lib.typography import typo

register = template.Library()


@register.filter
def slot_time(slot: Slot) -> str:
    return time_words(slot)


@register.filter
def speaker_words(speaker: Speaker) -> str:
    """« Zoé FONTIER, Chargée de mission, SGARE »: what is known of them."""
    return typo(", ".join(part for part in (speaker.name, speaker.role, speaker.organisation) if part))


@register.filter
def of_whole_slot(speakers: list[Speaker]) -> list[Speaker]:
    """Those who speak in the plenary; a workshop's own are said with the workshop."""
    return [speaker for speaker in speakers if speaker.workshop_id is None]


@register.filter
def length_in(workshop: Workshop, lengths: Mapping[str, Mapping[str, str]]) -> str:
    """The title of the length chosen for a workshop; its name when the method has it no more."""
    return lengths.get(workshop.method, {}).get(workshop.preset) or readable(workshop.preset)


@register.filter
def named_in(key: str, names: Mapping[str, str]) -> str:
    """The name of a method; when no file of it is there, its identifier as one would write it."""
    return names.get(key) or readable(key)
