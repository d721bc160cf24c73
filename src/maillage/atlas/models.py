from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.atlas.enums import EntryKind
from maillage.people.models import Space


class Entry(models.Model):
    """A line of the search index: what is public of one thing. Made again from it whenever it changes.

    Its words are beside, in a table that each database searches in its own way (search.py).
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True)  # null: every space finds it
    kind = models.CharField(max_length=12, choices=EntryKind)
    ref = models.CharField(max_length=40)  # the key of the thing in its own table
    title = models.CharField(max_length=300)
    extract = models.CharField(max_length=300, blank=True)
    department = models.CharField(max_length=3, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    method = models.CharField(max_length=60, blank=True)
    themes = models.JSONField(default=list)  # of names

    class Meta:
        indexes = [models.Index(fields=["space", "kind"], name="atlas_entry_of_space")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "ref"],
                name="atlas_entry_once",
                violation_error_message=_("Cette chose est déjà dans l’index."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class KeptNetwork(models.Model):
    """The page of a large network as it was counted; made again from what it counts, some minutes later."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE)
    public = models.BooleanField()
    basis = models.CharField(max_length=12)  # a network.TABLE, WORKSHOP…
    said = models.JSONField()  # network_summary.Summary
    people = models.PositiveIntegerField()  # present, counted no further than network_keeping.IN_A_REQUEST
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "public", "basis"],
                name="atlas_network_once",
                violation_error_message=_("Ce réseau est déjà compté."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.space} {self.basis}"


class Mark(models.Model):
    """Changes with what is published of a noun in a space: a file made at a mark is right as long as the mark stays."""

    key = models.CharField(max_length=60, primary_key=True)  # marks.key_of
    value = models.UUIDField()

    def __str__(self) -> str:
        return self.key
