"""`imported()`: official lists were taken; sent inside the transaction."""

from django.dispatch import Signal

imported = Signal()
