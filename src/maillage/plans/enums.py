from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanStatus(TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publiée")
    REPLACED = "replaced", _("remplacée")


class PairKind(TextChoices):
    """What is asked of two people at every moment."""

    TOGETHER = "together", _("ensemble")
    APART = "apart", _("à part")
