from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.lib.identifiers import uuid7
from maillage.people.models import Space
from maillage.territories.models import Epci


class ContratDeVille(models.Model):
    """A contract of an intercommunalité. Having a QPV is not having signed: the signature is a fact with a source."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="contracts")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, related_name="contracts")
    first_year = models.PositiveSmallIntegerField(default=2024)
    last_year = models.PositiveSmallIntegerField(default=2030)
    signed = models.BooleanField(null=True)  # null: not known
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "epci", "first_year"],
                name="contracts_one_per_period",
                violation_error_message=_("Ce contrat de ville existe déjà pour cette période."),
            ),
            models.CheckConstraint(
                condition=models.Q(signed__isnull=True) | ~models.Q(source=""),
                name="contracts_signature_has_source",
                violation_error_message=_("Une signature se dit avec sa source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.epci} {self.first_year}–{self.last_year}"
