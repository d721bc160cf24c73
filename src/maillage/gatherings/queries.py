"""Reads that several places need."""

from django.db.models import Count, F, Prefetch, Q, QuerySet

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.languages import said as say
from maillage.lib.matching import fold
from maillage.methods.models import MethodVersion
from maillage.methods.queries import shipped_titles
from maillage.people.models import Space
from maillage.people.queries import Visitor, gatherings_held, spaces_of


def gatherings_for(user: Visitor) -> QuerySet[Gathering]:
    """Those of the user's spaces, and those they have a role in, the latest first, each with how many workshops."""
    return (
        Gathering.objects.filter(Q(space__in=spaces_of(user)) | Q(pk__in=gatherings_held(user)))
        .select_related("space", "commune", "epci")
        .annotate(workshop_count=Count("slots__workshops", filter=Q(slots__kind=SlotKind.WORKSHOPS)))
        .order_by(F("date").desc(nulls_last=True), "title")  # a query that groups forgets the model's own order
    )


def programme_of(gathering: Gathering) -> list[Slot]:
    """The whole programme in five queries, whatever its length."""
    workshops = (
        Workshop.objects.select_related("room", "commune", "epci", "qpv")
        .prefetch_related("speakers", "facilitators")
        .order_by("position")
    )
    slots = gathering.slots.prefetch_related(Prefetch("workshops", workshops), "speakers")
    return list(slots)


def has_workshops(gathering: Gathering) -> bool:
    return Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS).exists()


def public_gathering(space_slug: str, slug: str) -> Gathering | None:
    return (
        Gathering.objects.filter(space__slug=space_slug, slug=slug, public=True)
        .select_related("space", "commune__department", "epci")
        .first()
    )


def method_titles(space: Space) -> dict[str, str]:
    """The methods a space can use, id → title, the space's own title before the shipped one."""
    versions = MethodVersion.objects.filter(Q(space=space) | Q(space__isnull=True))
    ordered = versions.order_by(F("space_id").desc(nulls_first=True), "created_at").values_list("method", "title")
    titles = shipped_titles() | dict(ordered)
    said = {method: say(title) for method, title in titles.items()}
    return dict(sorted(said.items(), key=lambda item: fold(item[1])))
