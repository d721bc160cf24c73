"""What every noun needs. Lowest of the nouns: it names people and spaces by identifier and label, never by a key."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.lib.identifiers import uuid7
from maillage.office.enums import JobStatus, MailStatus


class Job(models.Model):
    """Long work that runs beside the request: a seat plan, a report, a rehearsal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    about = models.UUIDField(null=True, db_index=True)  # the thing it works for
    status = models.CharField(max_length=10, choices=JobStatus, default=JobStatus.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    sentence = models.CharField(
        max_length=500, blank=True
    )  # what is being done, or why it failed, for the person who waits
    stop_asked = models.BooleanField(default=False)  # by a person: the work gives the best it has
    result = models.JSONField(default=dict)
    by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(progress__lte=100),
                name="office_job_progress_percent",
                violation_error_message=_("L’avancement est un pourcentage."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_status_display()}"


class Mail(models.Model):
    """A letter in the queue. Nothing is sent inside a request."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    about = models.UUIDField(null=True, db_index=True)  # the thing it speaks of: without it, it must not leave
    status = models.CharField(max_length=10, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class Activity(models.Model):
    """One line of the activity log of a space: who did what, when. No content of a live room ever goes here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    space = models.CharField(max_length=60, blank=True)  # its slug
    by = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=300, blank=True)
    about_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["space", "-at"], name="office_activity_space_at"),
            models.Index(fields=["about_id", "at"], name="office_activity_about"),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.by} : {self.verb} {self.about}"


class NamesRule(models.Model):
    """How long a space keeps the names of those who came. No row: office.retention.USUAL_MONTHS."""

    space = models.UUIDField(primary_key=True)  # its identifier
    months = models.PositiveSmallIntegerField(_("mois après la rencontre"))
    by = models.CharField(max_length=200)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=36),
                name="office_names_rule_bounds",
                violation_error_message=_("Les noms se gardent de un à trente-six mois."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.space} : {self.months}"
