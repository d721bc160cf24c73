from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RegistrationStatus(TextChoices):
    REGISTERED = "registered", _("inscrit·e")
    CANCELLED = "cancelled", _("annulé·e")


class Presence(TextChoices):
    EXPECTED = "expected", _("attendu·e")
    PRESENT = "present", _("présent·e")
    ABSENT = "absent", _("absent·e")


class ImportStatus(TextChoices):
    DRAFT = "draft", _("à vérifier")
    DONE = "done", _("importé")
    DROPPED = "dropped", _("abandonné")
