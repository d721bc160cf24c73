from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TakeawayOrigin(TextChoices):
    PROGRAMME = "programme", _("support de la rencontre")
    ORGANISER = "organiser", _("organisation")
    FACILITATOR = "facilitator", _("animation de l’atelier")
    RELEASED = "released", _("phrase confiée par un porteur ou une porteuse")
    ROOM = "room", _("retenu par la salle")
    FIGURES = "figures", _("ce que l’atelier a donné, en chiffres")


class GleaningStatus(TextChoices):
    """What the desk did with a thing a room gave; nothing yet: it is to be sorted."""

    KEPT = "kept", _("gardé")
    LEFT = "left", _("laissé de côté")
    APART = "apart", _("montré seul")


class ActionState(TextChoices):
    TODO = "todo", _("à faire")
    DOING = "doing", _("en cours")
    DONE = "done", _("fait")
    DROPPED = "dropped", _("abandonné")


class FollowUpState(TextChoices):
    """What a porteur says of their first step. None is better than another."""

    DONE = "done", _("C’est fait")
    BEGUN = "begun", _("C’est commencé")
    NOT_YET = "not-yet", _("Pas encore")
    OTHERWISE = "otherwise", _("J’ai fait autrement")


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
