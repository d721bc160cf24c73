from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SignatureStatus(TextChoices):
    """What somebody read of a signature. Having a quartier prioritaire says nothing of it: not known is the first."""

    UNKNOWN = "unknown", _("signature non connue")
    PREPARING = "preparing", _("en préparation")
    SIGNED = "signed", _("signé")
    NOT_SIGNED = "not_signed", _("ne sera pas signé")


class SignatoryCategory(TextChoices):
    STATE = "state", _("État")
    EPCI = "epci", _("Intercommunalité")
    COMMUNE = "commune", _("Commune")
    DEPARTMENT = "department", _("Département")
    REGION = "region", _("Région")
    CAF = "caf", _("CAF")
    SOCIAL_LANDLORD = "social_landlord", _("Bailleur social")
    BANQUE_DES_TERRITOIRES = "banque_des_territoires", _("Banque des territoires")
    OTHER = "other", _("Autre")
