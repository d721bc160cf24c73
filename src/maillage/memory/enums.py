from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TakeawayOrigin(TextChoices):
    PROGRAMME = "programme", _("support de la rencontre")
    ORGANISER = "organiser", _("organisation")
    FACILITATOR = "facilitator", _("animation de l’atelier")
    RELEASED = "released", _("phrase confiée par un porteur ou une porteuse")


class CooperationCriterion(TextChoices):
    """What tells cooperation from the rest (DOMAIN §3): a question to answer in words. Never a score."""

    WILL = "d1", _("Chacun a-t-il choisi d’être là ?")
    SHARED_AIM = "d2", _("Peut-on dire le but en une phrase que tous signeraient ?")
    SAME_GROUND = "d3", _("Est-ce le même territoire, ou le même sujet, pour tous ?")
    COMMON_WORK = "q1", _("Le résultat appartient-il à tous, ou à un seul ?")
    TRUST = "q2", _("Peut-on dire qu’on n’y arrive pas ?")
    LIMITS = "q3", _("Sait-on qui peut faire quoi, et ce qu’il ne peut pas ?")
    CONTROVERSY = "q4", _("Un désaccord a-t-il été mis sur la table et travaillé ?")
    RULES = "q5", _("Les règles et les responsabilités sont-elles dites ?")
    POWER = "q6", _("Un partenaire peut-il dire non sans risque ?")
    TIME = "q7", _("Le temps nécessaire a-t-il été pris ?")
    MEANS = "q8", _("À quoi cela sert-il pour les habitants ?")
    RESIDENTS = "q9", _("Les habitants en sont-ils co-auteurs ?")
