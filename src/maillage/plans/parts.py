"""What plans add to pages of lower nouns."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.office.models import Job
from maillage.people.queries import Visitor, can_organise
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement
from maillage.plans.queries import own_placements, placements, published_plan
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart


def page_of_job(job: Job) -> str:
    """Where a run of the seat plan was started."""
    return reverse("plans:plan", args=[job.about])


def own_places(registration: Registration) -> OwnPart | None:
    """« Où je suis assis·e », once a plan is published."""
    found = own_placements(registration)
    return OwnPart("plans/_own_places.html", {"placements": found}, position=10) if found else None


def desk_places(gathering: Gathering, registrations: Sequence[Registration]) -> dict[UUID, list[str]]:
    """Where people are expected, for who welcomes them: one query, from the published plan."""
    found = placements().filter(
        plan__gathering=gathering, plan__status=PlanStatus.PUBLISHED, registration__in=list(registrations)
    )
    places: dict[UUID, list[str]] = {}
    for placement in found:
        places.setdefault(placement.registration_id, []).append(place_in_words(placement))
    return places


def place_in_words(placement: Placement) -> str:
    """« Co-développement, Salle Chardon, table 3 »."""
    workshop = placement.workshop
    parts = [str(workshop)]
    if workshop.room is not None:
        parts.append(workshop.room.name)
    if placement.table is not None:
        parts.append(_("table {n}").format(n=placement.table))
    return ", ".join(parts)


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    url = reverse("plans:plan", args=[gathering.pk])
    last = gathering.plans.exclude(status=PlanStatus.REPLACED).only("status", "figures", "gathering").first()
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
    return Glimpse(figures, [Action(_("Voir la répartition"), url)])
