from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.identifiers import uuid7
from maillage.people.models import Person
from maillage.registrations.enums import ImportStatus, Presence, RegistrationStatus


class Registration(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registrations")
    status = models.CharField(max_length=12, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.EXPECTED)
    presence_at = models.DateTimeField(null=True)
    walk_in = models.BooleanField(default=False)  # registered at the desk on the day
    volunteer_porteur = models.BooleanField(_("volontaire pour apporter un sujet"), default=False)
    porteur_subject = models.CharField(_("sujet"), max_length=300, blank=True)
    needs = models.CharField(_("besoins"), max_length=300, blank=True)  # erased after the day
    newsletter = models.BooleanField(
        _("accepte la lettre d’information"), default=False
    )  # another purpose: never presumed
    registered_at = models.DateTimeField(null=True)  # as the file says
    token_version = models.PositiveSmallIntegerField(default=1)  # raising it revokes the personal link

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person"],
                name="registrations_person_once",
                violation_error_message=_("Cette personne est déjà inscrite."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.gathering}"


class Wish(models.Model):
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="wishes")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField()  # 1: first choice

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "slot", "rank"], name="registrations_wish_rank"),
            models.UniqueConstraint(
                fields=["registration", "workshop"],
                name="registrations_wish_once",
                violation_error_message=_("Le même atelier est choisi deux fois."),
            ),
        ]
        ordering = ["slot__position", "rank"]

    def __str__(self) -> str:
        return f"{self.rank}. {self.workshop}"


class RegistrationImport(models.Model):
    """A file of registrations that waits for the organiser's word. Nothing is written before it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)  # field → column number, as corrected by the organiser
    answers = models.JSONField(default=dict)  # row or value → the organiser's answer to a doubt
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.DRAFT)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename
