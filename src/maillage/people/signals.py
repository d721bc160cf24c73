"""`parted(kept, gone)`: two organisations that were merged are two again; sent inside the transaction.

What moved at the merge was moved back. What named the one that is back by its name meanwhile is for its own noun.

`account_closed(user)`: a role was taken from them, or a place where they were signed in was ended; sent after the
commit. What their account opened and goes on without it ends; what they may open still, they open again.
"""

from django.db import transaction
from django.dispatch import Signal

from maillage.people.models import User

parted = Signal()
account_closed = Signal()


def tell_closed(user: User) -> None:
    transaction.on_commit(lambda: account_closed.send(User, user=user))
