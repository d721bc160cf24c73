"""The moves of a gathering's home from one server to another: docs/decisions/0009-one-home.md."""

import uuid

from django.db import models

from maillage.gatherings.models import Gathering
from maillage.lib.identifiers import uuid7
from maillage.trips.enums import Direction


class Installation(models.Model):
    """This database's own name among servers. One row, made when it is first asked for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)  # two processes that ask first make one row
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)


class Trip(models.Model):
    """A gathering that left, came, or was taken back. The id is the file's: the same file twice is one trip."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="trips")
    direction = models.CharField(max_length=4, choices=Direction)
    generation = models.PositiveIntegerField()  # of the gathering's home, once this trip is made
    origin = models.UUIDField()  # the Installation where the gathering was born: it alone may be taken back to
    base = models.JSONField(default=dict)  # what both servers knew then, as digests: kind → row → part → digest
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.gathering} {self.get_direction_display()}"


def installation_id() -> uuid.UUID:
    found = Installation.objects.first() or Installation.objects.get_or_create(only=True)[0]
    return found.id
