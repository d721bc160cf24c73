"""A gathering deleted for good. What it would lose, and what forbids it, the nouns above say here.

# registrations/apps.py, in ready():
register_loss(losses_of_registrations)
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.gatherings.services import NotRemovable
from maillage.office.services import record_activity
from maillage.people.team import forget_gathering

# Sent inside the transaction, before the rows go: `gathering`. What does not hang on the gathering itself goes here.
removing = Signal()

Loss = Callable[[Gathering], list[str]]
Hold = Callable[["QuerySet[Workshop]"], str]
_losses: list[Loss] = []
_holds: list[Hold] = []


def register_loss(loss: Loss) -> None:
    """`loss(gathering)`: what would go with it, « 128 inscriptions »; nothing when there is nothing."""
    if loss not in _losses:
        _losses.append(loss)


def register_hold(hold: Hold) -> None:
    """`hold(workshops)`: a sentence that forbids removing one of them now, or ""."""
    if hold not in _holds:
        _holds.append(hold)


class HeldBack(NotRemovable):
    """Something is going on there."""

    def __init__(self, thing: Gathering | Slot | Workshop, sentence: str) -> None:
        super().__init__(thing)
        self.sentence = sentence


def losses_of(gathering: Gathering) -> list[str]:
    workshops = Workshop.objects.filter(slot__gathering=gathering).count()
    said = [_("la rencontre, sa page publique et son adresse")]
    if workshops:
        said.append(
            ngettext("son programme, {n} atelier", "son programme, {n} ateliers", workshops).format(n=workshops)
        )
    return said + [sentence for loss in _losses for sentence in loss(gathering)]


def hold_on(workshops: "QuerySet[Workshop]") -> str:
    return " ".join(sentence for hold in _holds if (sentence := hold(workshops)))


@transaction.atomic
def remove_gathering(*, gathering: Gathering, by: str) -> None:
    held = hold_on(Workshop.objects.filter(slot__gathering=gathering))
    if held:
        raise HeldBack(gathering, held)
    space, title, pk = gathering.space.slug, gathering.title, gathering.pk
    removing.send(Gathering, gathering=gathering)
    try:
        with transaction.atomic():
            gathering.delete()
    except ProtectedError as error:
        raise NotRemovable(gathering) from error
    forget_gathering(pk)
    record_activity(space=space, by=by, verb="remove-gathering", about=title, about_id=pk)
