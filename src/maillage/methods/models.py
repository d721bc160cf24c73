from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.lib.identifiers import uuid7
from maillage.people.models import Space


class MethodVersion(models.Model):
    """One version of a method file. A running session keeps the version it started with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(
        Space, on_delete=models.CASCADE, null=True, related_name="method_versions"
    )  # null: shipped
    method = models.SlugField(max_length=60)  # the id in the file
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    source = models.TextField()  # the TOML, as written
    checksum = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "method", "checksum"],
                name="methods_version_once",
                violation_error_message=_("Cette version existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["method", "checksum"],
                condition=models.Q(space__isnull=True),
                name="methods_shipped_version_once",
            ),
        ]
        ordering = ["method", "-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.title} (version {self.version})"
