"""News of a gathering for the nouns above.

`copied(gathering, copy)`: sent inside the transaction; what they prepared for the one, they prepare for the other.
"""

from django.dispatch import Signal

copied = Signal()
