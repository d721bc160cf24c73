"""`taken_over(space)`: a file of contracts was written in a few statements; sent inside the transaction."""

from django.dispatch import Signal

taken_over = Signal()
