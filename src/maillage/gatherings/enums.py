from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class GatheringKind(TextChoices):
    REGIONAL_DAY = "regional_day", _("Journée régionale")
    TERRITORIAL_MEETING = "territorial_meeting", _("Rencontre territoriale")
    OTHER = "other", _("Autre rencontre")


class SlotKind(TextChoices):
    PLENARY = "plenary", _("Plénière")
    WORKSHOPS = "workshops", _("Ateliers")
    BREAK = "break", _("Pause")


class GroupColour(TextChoices):
    """A colour never goes without its name and its shape."""

    BLEU = "bleu", _("Bleu")
    ROUGE = "rouge", _("Rouge")
    JAUNE = "jaune", _("Jaune")
    VERT = "vert", _("Vert")


class Composition(TextChoices):
    """How tables are composed (DESIGN §4)."""

    MIXED = "mixed", _("mélangées")
    PEERS = "peers", _("entre pairs")
    FREE = "free", _("libres")
