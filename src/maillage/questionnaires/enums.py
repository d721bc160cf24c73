from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Moment(TextChoices):
    BEFORE = "before", _("avant la rencontre")
    AFTER = "after", _("à chaud, juste après")
    LATER = "later", _("quelques mois après")


class QuestionKind(TextChoices):
    """The four words of the activity `form` (facilitation/vocabulary.py); a test holds the two together."""

    SCALE = "scale", _("une échelle, de 1 à…")
    CHOICE = "choice", _("un choix dans une liste")
    CHOICES = "choices", _("plusieurs choix dans une liste")
    TEXT = "text", _("un texte")


class Way(TextChoices):
    LINK = "link", _("en ligne")
    PAPER = "paper", _("sur papier")
