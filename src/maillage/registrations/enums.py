from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationStatus(TextChoices):
    REGISTERED = "registered", _("inscrit·e")
    WAITING = "waiting", _("en liste d’attente")
    CANCELLED = "cancelled", _("annulé·e")


class Source(TextChoices):
    """By which way a registration came in."""

    TEAM = "team", _("saisie par l’équipe")
    FORM = "form", _("par le formulaire")
    IMPORT = "import", _("par un fichier")


class Meal(TextChoices):
    """What a caterer must know; never why."""

    UNSAID = "", _("ne dit rien")
    ANY = "any", _("mange sur place")
    VEGETARIAN = "vegetarian", _("mange sur place, sans viande ni poisson")
    NONE = "none", _("ne mange pas sur place")


class Asked(TextChoices):
    """What the public form may ask beside the name; the organiser chooses."""

    PHONE = "phone", _("Téléphone")
    CATEGORY = "category", _("Vous êtes (habitant·e, élu·e…)")
    ORGANISATION = "organisation", _("Structure")
    COMMUNE = "commune", _("Commune")
    WISHES = "wishes", _("Vœux d’ateliers")
    PORTEUR = "porteur", _("Apporter un sujet")
    MEAL = "meal", _("Repas")
    CHILDCARE = "childcare", _("Garde d’enfants")
    INTERPRETER = "interpreter", _("Interprète")
    NEEDS = "needs", _("Autres besoins")
    NEWSLETTER = "newsletter", _("Lettre d’information")
    ENCOUNTERS = "encounters", _("Se souvenir de mes rencontres")
    TAKEAWAYS = "takeaways", _("Recevoir ce qui aura été retenu")


class Presence(TextChoices):
    EXPECTED = "expected", _("attendu·e")
    PRESENT = "present", _("présent·e")
    ABSENT = "absent", _("absent·e")


class ImportStatus(TextChoices):
    DRAFT = "draft", _("à vérifier")
    DONE = "done", _("importé")
    DROPPED = "dropped", _("abandonné")


class QuestionKind(TextChoices):
    """How a question of the organiser's own is answered."""

    LINE = "line", _("une réponse courte")
    TEXT = "text", _("une réponse longue")
    ONE = "one", _("un choix dans une liste")
    SEVERAL = "several", _("plusieurs choix dans une liste")
    YES_NO = "yes-no", _("oui ou non")


class HalfDay(TextChoices):
    """What a certificate of attendance names."""

    MORNING = "morning", _("matin")
    AFTERNOON = "afternoon", _("après-midi")
    EVENING = "evening", _("soirée")
