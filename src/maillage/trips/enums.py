from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    OUT = "out", _("emportée")
    IN = "in", _("arrivée")
    BACK = "back", _("reprise ici")
