from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SessionStatus(TextChoices):
    OPEN = "open", _("ouverte")  # phones may join; the method's own state says whether it has begun
    CLOSED = "closed", _("close")
    ERASED = "erased", _("effacée")


class SeatKind(TextChoices):
    """How a seat came to be; what it may do is the method's business (its role is in the log)."""

    PARTICIPANT = "participant", _("participant")
    FACILITATOR = "facilitator", _("animation")
    PROJECTOR = "projector", _("projection")
    CONTROL = "control", _("régie")
    ROBOT = "robot", _("robot")


class HelpWord(TextChoices):
    """What a room that asks for help lacks; nothing at all is an answer too."""

    MATERIAL = "material", _("matériel")
    PERSON = "person", _("une personne")
    TIME = "time", _("le temps")
    OTHER = "other", _("autre chose")
