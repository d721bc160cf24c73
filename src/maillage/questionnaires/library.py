"""The questionnaires we ship: files of the package, invented by us. What depends on the gathering is filled in."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.languages import in_french
from maillage.people.enums import ActorCategory
from maillage.questionnaires.enums import Moment

FOLDER = Path(__file__).parent / "library"
ORDER = (Moment.BEFORE, Moment.AFTER, Moment.LATER)
MOST_OF_LIST = 20  # options that a list of the gathering may give


@dataclass(frozen=True)
class Model:
    id: str
    moment: str
    title: str
    summary: str
    welcome: str
    questions: tuple[dict[str, Any], ...]


@cache
def models() -> tuple[Model, ...]:
    """In the order of a gathering's life."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda model: ORDER.index(Moment(model.moment))))


def model_named(id_: str) -> Model | None:
    return next((model for model in models() if model.id == id_), None)


def _read(path: Path) -> Model:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Model(
        path.stem, said["moment"], said["title"], said["summary"], said["welcome"], tuple(said["questions"])
    )  # fmt: skip


@in_french
def options_of(question: dict[str, Any], gathering: Gathering) -> list[str]:
    """Its answers in words, as they are kept. `options` names a list of the gathering, or is one. Empty: nothing to
    choose from."""
    if question["kind"] == "scale":
        return [str(number) for number in range(1, question["points"] + 1)]
    options = question.get("options", [])
    if isinstance(options, list):
        return list(options)
    found = {"categories": _categories, "workshops": _workshops, "territories": _territories}[options](gathering)
    return found[:MOST_OF_LIST] if len(found) > 1 else []


def _categories(_gathering: Gathering) -> list[str]:
    return [str(category.label) for category in ActorCategory if category != ActorCategory.UNSAID]


def _workshops(gathering: Gathering) -> list[str]:
    rows = Workshop.objects.filter(slot__gathering=gathering).order_by("slot__position", "position", "pk")
    return list(dict.fromkeys(str(workshop)[:100] for workshop in rows))


def _territories(gathering: Gathering) -> list[str]:
    """Where those who registered come from, and « elsewhere »."""
    names = gathering.registrations.exclude(person__commune__epci=None)
    found = sorted({name[:100] for name in names.values_list("person__commune__epci__name", flat=True)})
    return [*found[: MOST_OF_LIST - 1], _("un autre territoire")] if found else []
