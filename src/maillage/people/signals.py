"""`parted(kept, gone)`: two organisations that were merged are two again; sent inside the transaction.

What moved at the merge was moved back. What named the one that is back by its name meanwhile is for its own noun.
"""

from django.dispatch import Signal

parted = Signal()
