"""News of registrations for the nouns above: sent after the commit, so that what listens never keeps somebody out.

`arrived(registration, by)`: this person is at the door, announced or not. Receivers may hear the same news twice.
`names_erased(gathering)`: inside the transaction; whoever wrote names of its people elsewhere erases them too.
`person_erased(person, registrations)`: the same for one person, whose name and address are still readable then.
`needs_erased(gathering)`: the same for what its people needed, and for what was said of it.
`entered(registration, by)`: this person left the waiting list and comes. `left(registration, by)`: they cancelled.
"""

from django.db import transaction
from django.dispatch import Signal

from maillage.registrations.models import Registration

arrived = Signal()
entered = Signal()
left = Signal()
names_erased = Signal()
person_erased = Signal()
needs_erased = Signal()


def tell_arrived(registration: Registration, by: object) -> None:
    """A receiver that fails is logged and keeps nobody out (`robust`)."""
    transaction.on_commit(lambda: arrived.send(Registration, registration=registration, by=by), robust=True)


def tell_entered(registration: Registration, by: object) -> None:
    transaction.on_commit(lambda: entered.send(Registration, registration=registration, by=by), robust=True)


def tell_left(registration: Registration, by: object) -> None:
    transaction.on_commit(lambda: left.send(Registration, registration=registration, by=by), robust=True)
