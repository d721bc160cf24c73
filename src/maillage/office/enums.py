from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JobStatus(TextChoices):
    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("échoué")


class MailStatus(TextChoices):
    QUEUED = "queued", _("à envoyer")
    SENT = "sent", _("envoyé")
    FAILED = "failed", _("échoué")
