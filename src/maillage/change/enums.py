from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sharing(TextChoices):
    """What leaves a noyau's space. Names never do, nor what was noted for the noyau alone."""

    NOTHING = "nothing", _("Rien : seul le noyau lit")
    CENTRE = "centre", _("Le centre de ressources lit la vision, le chemin et les observations, sans nom")
    PUBLIC = "public", _("Tout le monde peut les lire, sans nom, dans l’atlas et les données ouvertes")


class Rhythm(TextChoices):
    MONTHLY = "monthly", _("chaque mois")
    TWO_MONTHS = "two-months", _("tous les deux mois")
    QUARTERLY = "quarterly", _("chaque trimestre")


class Condition(TextChoices):
    """Kania & Kramer 2011: three preconditions, five components of collective impact."""

    CHAMPION = "champion", _("Des personnes reconnues qui entraînent les autres")
    MEANS = "means", _("Des moyens pour deux ou trois ans")
    URGENCY = "urgency", _("Un problème que tous veulent voir changer maintenant")
    AGENDA = "agenda", _("Une vision partagée")
    MEASURES = "measures", _("Une même façon de regarder ce qui change")
    ACTIVITIES = "activities", _("Des actions qui se renforcent")
    DIALOGUE = "dialogue", _("Un dialogue continu")
    BACKBONE = "backbone", _("Une équipe qui soutient l’ensemble")


PRECONDITIONS = (Condition.CHAMPION, Condition.MEANS, Condition.URGENCY)


class ConditionState(TextChoices):
    ABSENT = "absent", _("absente")
    ONGOING = "ongoing", _("en cours")
    PRESENT = "present", _("en place")


class VisionState(TextChoices):
    CURRENT = "current", _("en vigueur")
    BESIDE = "beside", _("à côté, à départager")
    EARLIER = "earlier", _("ancienne")


class MarkerLevel(TextChoices):
    EXPECTED = "expected", _("attendu")
    WISHED = "wished", _("souhaité")
    IDEAL = "ideal", _("idéal")


class Degree(TextChoices):
    """None is better than another: each teaches."""

    SEEN = "seen", _("vu")
    PARTLY = "partly", _("vu en partie")
    UNSEEN = "unseen", _("pas vu")


class SeenBy(TextChoices):
    MYSELF = "myself", _("moi")
    MEMBER = "member", _("quelqu’un du noyau")
    OTHER = "other", _("quelqu’un d’autre, qui me l’a dit")


class ReviewKind(TextChoices):
    MONTHLY = "monthly", _("revue du mois")
    HALF_YEARLY = "half-yearly", _("revue des repères, tous les six mois")
    YEARLY = "yearly", _("revue de l’année, avant la réunion annuelle du contrat")
    DEEP = "deep", _("revue approfondie de 2027")


class Strength(TextChoices):
    """How strong the evidence of a change is, in words."""

    SAID = "said", _("dit par une personne")
    TOLD = "told", _("dit par plusieurs personnes")
    WITNESSED = "witnessed", _("vu par plusieurs personnes, de structures différentes")
    WRITTEN = "written", _("écrit ou compté quelque part, que l’on peut relire")


class ReceivedStatus(TextChoices):
    KEPT = "kept", _("accueilli")
    LEFT = "left", _("laissé de côté")
