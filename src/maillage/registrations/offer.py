"""What a gathering offers to wish for, and how the words of a file are recognised in it. Touches no database."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from maillage.lib.matching import closest, fold

WISH_SEPARATORS = re.compile(r"\s*[;|\n]\s*")  # a comma may stand in a title; these do not
LEADING_NUMBER = re.compile(r"^(?:atelier|n|no)?\s*(\d{1,2})\b\s*")


@dataclass(frozen=True)
class OfferedWorkshop:
    id: str
    title: str
    short_title: str = ""
    number: int | None = None

    @property
    def name(self) -> str:
        return self.short_title or self.title


@dataclass(frozen=True)
class OfferedSlot:
    id: str
    title: str
    workshops: tuple[OfferedWorkshop, ...]


@dataclass(frozen=True)
class Match:
    """A workshop of a slot; `sure` when the words are the same but for case, accents and signs."""

    slot: str
    workshop: str
    sure: bool


@dataclass(frozen=True)
class Offer:
    slots: tuple[OfferedSlot, ...]
    _titles: dict[str, dict[str, str]] = field(init=False, repr=False, compare=False)  # folded, spaces apart
    _names: dict[str, dict[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        titles: dict[str, dict[str, str]] = {}
        for slot in self.slots:
            known: dict[str, str] = {}
            for workshop in slot.workshops:
                for words in (workshop.title, workshop.short_title):
                    if _key(words):
                        known.setdefault(_key(words), workshop.id)
            titles[slot.id] = known
        names = {
            slot.id: {words: w.id for w in slot.workshops for words in (w.title, w.short_title) if words}
            for slot in self.slots
        }
        object.__setattr__(self, "_titles", titles)
        object.__setattr__(self, "_names", names)

    def slot(self, slot_id: str) -> OfferedSlot:
        return next(slot for slot in self.slots if slot.id == slot_id)

    def workshop_name(self, workshop_id: str) -> str:
        return next(w.name for slot in self.slots for w in slot.workshops if w.id == workshop_id)

    def slot_of(self, workshop_id: str) -> str:
        return next(slot.id for slot in self.slots if any(w.id == workshop_id for w in slot.workshops))

    def sure(self, slot_id: str, value: str) -> str | None:
        """The workshop of this slot whose title is this value, case, accents, signs and a number aside."""
        folded = fold(value)
        known = self._titles[slot_id]
        if folded.replace(" ", "") in known:
            return known[folded.replace(" ", "")]
        numbered = LEADING_NUMBER.match(folded)
        if numbered is None:
            return None
        rest = folded[numbered.end() :].strip()
        if rest:
            return known.get(rest.replace(" ", ""))
        by_number = {w.number: w.id for w in self.slot(slot_id).workshops if w.number is not None}
        return by_number.get(int(numbered[1]))

    def match(self, slot_id: str, value: str) -> Match | None:
        """The workshop meant: of this slot if possible, else of another one; sure before near."""
        order = [slot_id, *(slot.id for slot in self.slots if slot.id != slot_id)]
        for each in order:
            workshop = self.sure(each, value)
            if workshop is not None:
                return Match(each, workshop, sure=True)
        for each in order:
            near = closest(value, self._names[each])
            if near is not None and near.value is not None:
                return Match(each, near.value, sure=False)
        return None

    def split(self, slot_id: str, value: str) -> Sequence[str]:
        """A cell may hold several wishes, best first; a title that holds a separator stays whole."""
        if self.match(slot_id, value) is not None:
            return [value]
        parts = [part for part in WISH_SEPARATORS.split(value) if part.strip()]
        if len(parts) > 1:
            return parts
        parts = [part for part in re.split(r"\s*,\s*", value) if part.strip()]
        if len(parts) > 1 and all(self.sure(slot_id, part) for part in parts):
            return parts
        return [value]


def _key(title: str) -> str:
    return fold(title).replace(" ", "")
