from django.db import models

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.identifiers import uuid7
from maillage.live.models import Session
from maillage.memory.enums import TakeawayOrigin
from maillage.people.models import Space


class Takeaway(models.Model):
    """A sentence « à retenir ». Those released by a porteur carry no name and no context."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="takeaways")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="takeaways")
    text = models.CharField(max_length=600)
    origin = models.CharField(max_length=12, choices=TakeawayOrigin)
    position = models.PositiveSmallIntegerField(default=0)
    rehearsal = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.text


class PorteurSheet(models.Model):
    """What a porteur keeps, sealed with a key that only the private link holds: nobody else can read it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.SET_NULL, null=True, related_name="sheets")
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="sheets")
    lookup = models.CharField(
        max_length=64, unique=True
    )  # a hash of the link's token; the token itself is never stored
    sealed = models.BinaryField()
    takeaway = models.OneToOneField(Takeaway, on_delete=models.SET_NULL, null=True, related_name="sheet")
    release_heard = models.BooleanField(default=False)  # an organiser may remove the sentence: it is not heard again
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"fiche {self.id}"


class Resource(models.Model):
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="resources")
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=500)

    def __str__(self) -> str:
        return self.title
