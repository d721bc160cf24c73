"""News of a gathering for the nouns above, sent inside the transaction.

`copied(gathering, copy)`: what they prepared for the one, they prepare for the other.
`carried(gathering)`: it came from another server, its rows written in a few statements.
`rearranged(gathering)`: its parts changed places.
"""

from django.dispatch import Signal

copied = Signal()
carried = Signal()
rearranged = Signal()
