from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """What a search finds, in the order its filters are shown."""

    EXPERIENCE = "experience", _("expérience")
    GATHERING = "gathering", _("rencontre")
    ORGANISATION = "organisation", _("structure")
    CONTRACT = "contract", _("contrat de ville")
    QPV = "qpv", _("quartier prioritaire")
    EPCI = "epci", _("intercommunalité")
    COMMUNE = "commune", _("commune")
    DEPARTMENT = "department", _("département")
