"""What a plan says of people in words goes with their names; who sat where stays, as numbers."""

from maillage.gatherings.models import Gathering
from maillage.plans.models import Placement, Plan, SeatingPair

TABLES = ("plans_plan", "plans_placement", "plans_seatingpair")


def forget_words(sender: object, *, gathering: Gathering, **_signal: object) -> None:
    """Receiver of `registrations.signals.names_erased`. « Never at one table with »: nobody needs that any more."""
    SeatingPair.objects.filter(gathering=gathering).delete()
    Placement.objects.filter(plan__gathering=gathering).exclude(reason="").update(reason="")
    Plan.objects.filter(gathering=gathering).update(notes=[])
