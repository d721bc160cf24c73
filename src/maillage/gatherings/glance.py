"""The gathering at a glance: before, during, after. Later nouns add their figures here when the application starts.

    # registrations/apps.py, in ready():
    register(Phase.BEFORE, figures_of_registrations)

A provider takes the gathering and the user, and returns what it has to show; nothing is fine.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.people.queries import Visitor


class Phase(Enum):
    BEFORE = "before"
    DURING = "during"
    AFTER = "after"

    @property
    def label(self) -> Promise:
        return {Phase.BEFORE: _("Avant"), Phase.DURING: _("Pendant"), Phase.AFTER: _("Après")}[self]


@dataclass(frozen=True)
class Figure:
    """« 128 » + « inscriptions »: `number` may be empty, the sentence stands alone then. `warn`: needs a hand."""

    sentence: str
    number: int | None = None
    url: str = ""
    warn: bool = False


@dataclass(frozen=True)
class Action:
    label: str
    url: str
    quiet: bool = False  # on the public page: beside what one comes for


@dataclass(frozen=True)
class Glimpse:
    figures: Iterable[Figure] = ()
    actions: Iterable[Action] = ()


@dataclass
class PhaseGlance:
    phase: Phase
    figures: list[Figure] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


Provider = Callable[[Gathering, Visitor], Glimpse | None]
_providers: dict[Phase, list[Provider]] = {phase: [] for phase in Phase}


def register(phase: Phase, provider: Provider) -> None:
    """In the order of the apps, which is the life of a gathering. Registering twice changes nothing."""
    if provider not in _providers[phase]:
        _providers[phase].append(provider)


def glance(gathering: Gathering, user: Visitor) -> list[PhaseGlance]:
    phases = []
    for phase in Phase:
        shown = PhaseGlance(phase)
        for provider in _providers[phase]:
            glimpse = provider(gathering, user)
            if glimpse is not None:
                shown.figures += glimpse.figures
                shown.actions += glimpse.actions
        phases.append(shown)
    return phases


PublicProvider = Callable[[Gathering], Action | None]
_public: list[PublicProvider] = []


def register_public(provider: PublicProvider) -> None:
    """Called from a later noun's AppConfig.ready(): what anyone may do from the public page of a gathering."""
    if provider not in _public:
        _public.append(provider)


def public_actions(gathering: Gathering) -> list[Action]:
    return [action for provider in _public if (action := provider(gathering)) is not None]


@dataclass(frozen=True)
class PublicPart:
    """A piece of the public page: a template of the noun that gives it, and its context, as `part`."""

    template: str
    context: dict[str, Any]
    style: str = ""  # a sheet of its own, as a static file is named


PublicPartProvider = Callable[[Gathering], PublicPart | None]
_public_parts: list[PublicPartProvider] = []


def register_public_part(provider: PublicPartProvider) -> None:
    """Called from a later noun's AppConfig.ready(): what a gathering left, on the page anyone reads."""
    if provider not in _public_parts:
        _public_parts.append(provider)


def public_parts(gathering: Gathering) -> list[PublicPart]:
    return [part for provider in _public_parts if (part := provider(gathering)) is not None]
