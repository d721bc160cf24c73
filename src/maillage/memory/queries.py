from dataclasses import dataclass, field
from uuid import UUID

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.models import Takeaway


@dataclass
class Kept:
    """A workshop (None: the whole gathering) and the sentences kept of it."""

    workshop: Workshop | None
    takeaways: list[Takeaway] = field(default_factory=list)


def kept_by_workshop(gathering: Gathering, *, rehearsal: bool = False) -> list[Kept]:
    """The gathering first, then each workshop in the order of the programme, those with nothing kept included."""
    workshops = Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS).select_related("slot")
    groups: dict[UUID | None, Kept] = {None: Kept(None)}
    groups |= {workshop.pk: Kept(workshop) for workshop in workshops.order_by("slot__position", "position")}
    for takeaway in Takeaway.objects.filter(gathering=gathering, rehearsal=rehearsal):
        groups[takeaway.workshop_id].takeaways.append(takeaway)
    return list(groups.values())


def workshops_without_takeaway(gathering: Gathering) -> list[Workshop]:
    """What the report still lacks."""
    return [kept.workshop for kept in kept_by_workshop(gathering) if kept.workshop and not kept.takeaways]
