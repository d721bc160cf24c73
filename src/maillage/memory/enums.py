from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TakeawayOrigin(TextChoices):
    PROGRAMME = "programme", _("support de la rencontre")
    ORGANISER = "organiser", _("organisation")
    FACILITATOR = "facilitator", _("animation de l’atelier")
    RELEASED = "released", _("phrase confiée par un porteur ou une porteuse")
