"""Experiences as others read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from maillage.gatherings.models import Workshop
from maillage.memory.enums import CooperationCriterion
from maillage.memory.experiences import CONTENT, EMPTY, PERSONAL
from maillage.memory.models import Experience, ExperienceVersion
from maillage.people.models import Space

PRESENTATION = "presentation-experience"  # the method by which an experience is presented
TOLD = ("problem", "who", "done", "results", "changed")


@dataclass(frozen=True)
class Told:
    """A version, ready to be read: (heading, words) pairs, without what is empty."""

    title: str
    parts: list[tuple[str, str]]
    criteria: list[tuple[str, str]]
    documents: list[list[str]]
    contact: str  # "" unless whoever it names agreed
    lacks: list[str]  # the headings nobody has told yet


def told(content: Mapping[str, Any]) -> Told:
    full = EMPTY | dict(content)
    questions = dict(CooperationCriterion.choices)
    return Told(
        title=full["title"],
        parts=[(str(CONTENT[key]), full[key]) for key in TOLD if full[key]],
        criteria=[(str(questions[code]), words) for code, words in full["criteria"].items() if code in questions],
        documents=full["documents"],
        contact=full["contact"] if full["contact_agreed"] else "",
        lacks=[str(CONTENT[key]) for key in TOLD if not full[key]],
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(heading, before, after) of what changed; the contact is said to have changed, not shown."""
    full, other = EMPTY | dict(before), EMPTY | dict(after)
    return [
        (str(label), "" if key in PERSONAL else full[key], "" if key in PERSONAL else other[key])
        for key, label in CONTENT.items()
        if full[key] != other[key]
    ]


def published_experiences(space: Space) -> QuerySet[Experience]:
    """Those others read, in the order of their place then their title."""
    rows = Experience.objects.filter(space=space, published__isnull=False)
    return rows.select_related("commune", "epci", "qpv").prefetch_related("themes").order_by("title", "pk")


def published_version(experience: Experience) -> ExperienceVersion | None:
    return experience.versions.filter(number=experience.published or 0).first()


def experiences_of(space: Space) -> QuerySet[Experience]:
    """All of them, for those who prepare: what waits to be read comes first."""
    rows = Experience.objects.filter(space=space)
    return rows.select_related("space", "commune", "epci", "qpv", "workshop__slot__gathering")


def workshops_untold(space: Space) -> QuerySet[Workshop]:
    """Those where an experience was presented, and of which nobody has begun to tell it."""
    rows = Workshop.objects.filter(slot__gathering__space=space, slot__gathering__trial=False, method=PRESENTATION)
    return rows.filter(experiences=None).select_related("slot__gathering").order_by("slot__gathering__date", "position")
