"""What plans add to pages of lower nouns."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering, Slot
from maillage.office.models import Job
from maillage.people.queries import Visitor, can_organise
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan, WorkshopWait
from maillage.plans.queries import lacking_first, own_placements, placements, published_plan
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart


def page_of_job(job: Job) -> str:
    """Where a run of the seat plan was started."""
    return reverse("plans:plan", args=[job.about])


def own_places(registration: Registration) -> OwnPart | None:
    """« Où je vais », once a plan is published."""
    plan = published_plan(registration.gathering)
    if plan is None:
        return None
    found = own_placements(registration)
    return OwnPart(
        "plans/_own_places.html",
        {"placements": found, "without": _without(_moments(plan), found)},
        position=10,
    )


def desk_places(gathering: Gathering, registrations: Sequence[Registration]) -> dict[UUID, list[str]]:
    """Where people are expected, for who welcomes them, from the published plan; a moment without a place is said."""
    plan = published_plan(gathering)
    if plan is None:
        return {}
    placed: dict[UUID, list[Placement]] = {registration.pk: [] for registration in registrations}
    for placement in placements().filter(plan=plan, registration__in=list(registrations)):
        placed[placement.registration_id].append(placement)
    slots = _moments(plan)
    places: dict[UUID, list[str]] = {}
    for registration in registrations:
        mine = placed[registration.pk]
        places[registration.pk] = [place_in_words(placement) for placement in mine]
        if registration.status == RegistrationStatus.REGISTERED and registration.presence != Presence.ABSENT:
            places[registration.pk] += [
                _("{moment} : pas encore de place").format(moment=slot.title) for slot in _without(slots, mine)
            ]
    return places


def _moments(plan: Plan) -> list[Slot]:
    """The moments this plan gives places in."""
    return list(plan.gathering.slots.filter(placement__plan=plan).distinct().order_by("position", "pk"))


def _without(slots: Sequence[Slot], found: Sequence[Placement]) -> list[Slot]:
    seated = {placement.slot_id for placement in found}
    return [slot for slot in slots if slot.pk not in seated]


def place_in_words(placement: Placement) -> str:
    """« Co-développement, Salle Chardon, table 3 »."""
    workshop = placement.workshop
    parts = [str(workshop)]
    if workshop.room is not None:
        parts.append(workshop.room.name)
    if placement.table is not None:
        parts.append(_("table {n}").format(n=placement.table))
    return ", ".join(parts)


def losses(gathering: Gathering) -> list[str]:
    """What goes with a gathering that is deleted."""
    return [_("la répartition : qui va où")] if gathering.plans.exists() else []


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    url = reverse("plans:plan", args=[gathering.pk])
    last = gathering.plans.exclude(status=PlanStatus.REPLACED).only("status", "figures", "gathering").first()
    if last is None and lacking_first(gathering):
        return None  # the programme and the registrations say what comes first
    if last is None:
        return Glimpse([Figure(_("Pas encore de répartition."), url=url, warn=True)], [Action(_("Répartir"), url)])
    if last.status == PlanStatus.PUBLISHED:
        figures = [Figure(_("La répartition est publiée."), url=url)]
    elif published_plan(gathering) is not None:
        figures = [Figure(_("Une nouvelle répartition attend d’être publiée."), url=url, warn=True)]
    else:
        figures = [Figure(_("La répartition est prête, pas encore publiée."), url=url, warn=True)]
    unseated = (
        gathering.registrations.filter(status="registered").exclude(placements__plan=last).exclude(presence="absent")
    )
    number = unseated.count()
    if number:
        figures.append(Figure(ngettext("personne sans place", "personnes sans place", number), number, url, warn=True))
    waiting = WorkshopWait.objects.filter(registration__gathering=gathering).count()
    if waiting:
        sentence = ngettext("personne attend un autre atelier", "personnes attendent un autre atelier", waiting)
        figures.append(Figure(sentence, waiting, reverse("plans:waiting", args=[gathering.pk])))
    return Glimpse(figures, [Action(_("Voir la répartition"), url)])
