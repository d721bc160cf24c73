from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.identifiers import uuid7
from maillage.plans.enums import PairKind, PlanStatus
from maillage.plans.telling import say_stored
from maillage.registrations.models import Registration


class Plan(models.Model):
    """Who sits where, at one moment. A published plan is what people see; a new run starts from it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="plans")
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT)
    seed = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)  # sentences: broken soft rules, and why
    told = models.JSONField(default=dict)  # how each of them was said, to say it in another language (telling.py)
    figures = models.JSONField(default=dict)  # recounted by seating.measure
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering"],
                condition=models.Q(status="published"),
                name="plans_one_published",
                violation_error_message=_("Une répartition est déjà publiée."),
            )
        ]
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.gathering} {self.created_at:%d/%m %H:%M}"

    @property
    def notes_said(self) -> list[str]:
        return [say_stored(note, self.told.get(note)) for note in self.notes]

    @property
    def when(self) -> str:
        """What names it among others: to the second where `versions.plans_of` saw another of the same minute."""
        return date_format(
            timezone.localtime(self.created_at), "j F, H:i:s" if getattr(self, "twin", False) else "j F, H:i"
        )


class Placement(models.Model):
    """One person's place in one slot."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="placements")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="placements")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="placements")
    table = models.PositiveSmallIntegerField(null=True)  # 1, 2, …; null: the workshop is one group
    porteur = models.BooleanField(default=False)
    locked = models.BooleanField(default=False)
    reason = models.CharField(max_length=400)  # why this person is here
    told = models.JSONField(default=dict)  # how it was said, to say it in another language; {} of older rows

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "registration", "slot"],
                name="plans_one_place_a_slot",
                violation_error_message=_("Cette personne a déjà une place sur ce créneau."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration.person} : {self.workshop}"

    @property
    def why(self) -> str:
        """The reason, to this person, in the language of the page."""
        return say_stored(self.reason, self.told)


class WorkshopWait(models.Model):
    """Somebody who has a place and asks for another workshop of the same moment."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="workshop_waits")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="waits")
    created_at = models.DateTimeField(auto_now_add=True)  # the order in which they are served

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "slot"],
                name="plans_one_wait_a_slot",
                violation_error_message=_("Cette personne attend déjà un atelier sur ce créneau."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration.person} → {self.workshop}"


class SeatingPair(models.Model):
    """Two people to sit at one table, or never at the same: a companion, an interpreter; a conflict, a hierarchy."""

    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="seating_pairs")
    kind = models.CharField(max_length=10, choices=PairKind)
    first = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")  # the lower key of the two
    second = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="plans_one_word_a_pair",
                violation_error_message=_("Une consigne lie déjà ces deux personnes."),
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="plans_pair_of_two",
                violation_error_message=_("Une consigne lie deux personnes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first.person} / {self.second.person} : {self.get_kind_display()}"
