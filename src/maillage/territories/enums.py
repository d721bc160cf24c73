from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    REGION = "region", _("région")
    DEPARTMENT = "department", _("département")
    EPCI = "epci", _("intercommunalité")
    COMMUNE = "commune", _("commune")
    QPV = "qpv", _("quartier prioritaire")


class Detail(models.TextChoices):
    """How finely an outline is drawn: what a screen can show of it, no more."""

    COUNTRY = "country", _("à l’échelle du pays")
    REGION = "region", _("à l’échelle d’une région")
    NEAR = "near", _("de près")


UNITS = {Detail.COUNTRY: 1000, Detail.REGION: 200, Detail.NEAR: 10}  # metres: what one step of an outline is worth


class LandmarkKind(models.TextChoices):
    FRANCE_SERVICES = "france_services", _("France services")
    CITE_EDUCATIVE = "cite_educative", _("cité éducative")
    CITE_EMPLOI = "cite_emploi", _("cité de l’emploi")
