"""What the rooms gave that may leave them: read from their logs each time, copied nowhere before it is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from maillage.gatherings.models import Gathering
from maillage.lib.likeness import group_alike, most_typical
from maillage.live.models import Session
from maillage.live.queries import leaving, open_sessions
from maillage.memory.enums import GleaningStatus
from maillage.memory.models import Gleaning


@dataclass(frozen=True)
class Gleaned:
    """One sentence, or one fact in figures."""

    session: Session
    key: str
    text: str
    title: str  # the words above it in the room: « Coopérer, c’est… »
    said: int = 1
    own: bool = False  # a porteur's words: kept or left, never rewritten
    figures: bool = False
    divides: bool = False  # what splits the room

    @property
    def name(self) -> str:
        """As a form names it."""
        return f"{self.session.pk}/{self.key}"


@dataclass
class Alike:
    """Sentences of one room that say the same."""

    gleaned: list[Gleaned]

    @property
    def text(self) -> str:
        texts = [thing.text for thing in self.gleaned]
        return texts[most_typical(texts)]

    @property
    def said(self) -> int:
        return sum(thing.said for thing in self.gleaned)

    @property
    def name(self) -> str:
        return self.gleaned[0].name

    @property
    def names(self) -> str:
        """Of all of it, for one button. No key holds a space."""
        return " ".join(thing.name for thing in self.gleaned)

    @property
    def several(self) -> bool:
        return len(self.gleaned) > 1

    @property
    def own(self) -> bool:
        return self.gleaned[0].own


@dataclass
class FromRoom:
    """What one workshop gave and how far it is sorted."""

    sentences: list[Alike] = field(default_factory=list)  # to sort
    figures: list[Alike] = field(default_factory=list)  # to sort, what splits the room first
    left: list[Gleaned] = field(default_factory=list)
    apart: list[Gleaned] = field(default_factory=list)  # taken out of their groups by hand
    unpinned: int = 0  # marked by the room and not pinned: they stay inside
    live: bool = False  # its session can still be read


def gleaned_of(session: Session) -> tuple[list[Gleaned], int]:
    """All that may leave this session, and how many cards the room marked without pinning them."""
    found = leaving(session.pk)
    if found is None:
        return [], 0
    sentences = [
        Gleaned(session, line["key"], line["text"], line["title"], line["said"], own=line["own"])
        for line in found["sentences"]
    ]
    figures = [
        Gleaned(session, line["key"], line["text"], line["title"], figures=True, divides=line["divides"])
        for line in sorted(found["figures"], key=lambda line: not line["divides"])
    ]
    return sentences + figures, found["unpinned"]


def from_rooms(gathering: Gathering, *, rehearsal: bool = False) -> dict[UUID, FromRoom]:
    """By workshop. Kept things are in none: they are sentences now."""
    rooms: dict[UUID, FromRoom] = {}
    sessions = [session for session in open_sessions(gathering.pk) if session.rehearsal == rehearsal]
    marked = {
        (row.session_id, row.key): row.status for row in Gleaning.objects.filter(session__in=sessions).only(*_MARKS)
    }
    for session in sessions:
        things, unpinned = gleaned_of(session)
        room = rooms.setdefault(session.workshop_id, FromRoom())
        room.unpinned, room.live = unpinned, True
        waiting: list[Gleaned] = []
        for thing in things:
            status = marked.get((session.pk, thing.key))
            if status is None or status == GleaningStatus.APART:
                waiting.append(thing)
            if status == GleaningStatus.LEFT:
                room.left.append(thing)
            if status == GleaningStatus.APART:
                room.apart.append(thing)
        alone = {thing.key for thing in room.apart}
        room.sentences = group_gleaned([thing for thing in waiting if not thing.figures], alone=alone)
        room.figures = [Alike([thing]) for thing in waiting if thing.figures]
    return rooms


_MARKS = ("session_id", "key", "status")


def group_gleaned(things: Sequence[Gleaned], *, alone: Iterable[str] = ()) -> list[Alike]:
    """Alike ones together, but for a porteur's words and for what somebody set apart. Most said first."""
    apart = set(alone)
    free = [thing for thing in things if not thing.own and thing.key not in apart]
    groups = [Alike([free[position] for position in group]) for group in group_alike([thing.text for thing in free])]
    groups += [Alike([thing]) for thing in things if thing.own or thing.key in apart]
    return sorted(groups, key=lambda group: -group.said)


def find_gleaned(gathering: Gathering, names: Iterable[str], *, rehearsal: bool = False) -> list[Gleaned]:
    """Those named by a form, as they are now; what is gone from its room since is not among them."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, Gleaned] = {}
    for session in open_sessions(gathering.pk):
        if session.rehearsal == rehearsal and any(name.startswith(f"{session.pk}/") for name in wanted):
            found |= {thing.name: thing for thing in gleaned_of(session)[0]}
    return [found[name] for name in wanted if name in found]
