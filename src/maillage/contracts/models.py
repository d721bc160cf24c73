from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.lib.identifiers import uuid7
from maillage.people.models import Organisation, Space
from maillage.territories.models import Epci

EARLIEST, LATEST = 1990, 2100  # years a contract may speak of: before, none existed; after, a finger slipped


class ContratDeVille(models.Model):
    """A contract of an intercommunalité. Having a QPV is not having signed: the signature is a fact with a source.

    All of it is public with its source, but `note`, which is the organisers'.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="contracts")
    epci = models.ForeignKey(
        Epci, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("intercommunalité")
    )
    # the name of who it covers, when it is not this intercommunalité as a whole: one that merged into it since
    perimeter = models.CharField(_("périmètre"), max_length=200, blank=True)
    reference = models.CharField(_("référence"), max_length=40, blank=True)  # its code in the State’s lists: CV185
    first_year = models.PositiveSmallIntegerField(_("première année"), default=2024)
    last_year = models.PositiveSmallIntegerField(_("dernière année"), default=2030)
    status = models.CharField(_("signature"), max_length=12, choices=SignatureStatus, default=SignatureStatus.UNKNOWN)
    source = models.CharField(_("source"), max_length=300, blank=True)
    source_date = models.CharField(_("date de la source"), max_length=10, blank=True)  # 2026, 2026-01 or 2026-01-15
    signed_on = models.DateField(_("signé le"), null=True, blank=True)
    axes = models.JSONField(_("axes"), default=list)  # of short sentences, in the contract's order
    annual_meeting_on = models.DateField(_("réunion annuelle"), null=True, blank=True)
    revision_on = models.DateField(_("révision"), null=True, blank=True)
    # conseil citoyen, table de quartier: what somebody read of it, never assumed alive
    residents_body = models.CharField(_("conseil citoyen ou table de quartier"), max_length=300, blank=True)
    residents_body_source = models.CharField(_("source sur le conseil citoyen"), max_length=300, blank=True)
    documents = models.JSONField(_("documents"), default=list)  # of {title, url}: http or https, never fetched by us
    note = models.TextField(_("note interne"), blank=True)  # of the organisers, in no public page
    version = models.PositiveIntegerField(default=1)  # number of the ContractVersion that it is
    removed_at = models.DateTimeField(null=True)  # kept, so that it can be put back

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "epci", "first_year", "perimeter"],
                condition=models.Q(removed_at=None),
                name="contracts_one_per_period",
                violation_error_message=_("Ce contrat de ville existe déjà pour cette période."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=SignatureStatus.values),
                name="contracts_status_is_known",
                violation_error_message=_("L’état de la signature est l’un de ceux de la liste."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=SignatureStatus.UNKNOWN) | ~models.Q(source=""),
                name="contracts_signature_has_source",
                violation_error_message=_("Ce que l’on dit d’une signature se dit avec sa source."),
            ),
            models.CheckConstraint(
                condition=models.Q(signed_on=None) | models.Q(status=SignatureStatus.SIGNED),
                name="contracts_signed_on_of_signed",
                violation_error_message=_("Seul un contrat signé a une date de signature."),
            ),
            models.CheckConstraint(
                condition=models.Q(first_year__gte=EARLIEST, last_year__lte=LATEST)
                & models.Q(first_year__lte=models.F("last_year")),
                name="contracts_period_in_order",
                violation_error_message=_("La période va d’une année à la même ou à une suivante."),
            ),
            models.CheckConstraint(
                condition=models.Q(residents_body="") | ~models.Q(residents_body_source=""),
                name="contracts_residents_body_has_source",
                violation_error_message=_("Ce que l’on dit d’un conseil citoyen se dit avec sa source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.perimeter or self.epci} {self.first_year}–{self.last_year}"

    @property
    def period(self) -> str:
        return f"{self.first_year}–{self.last_year}"


class Signatory(models.Model):
    """Who signed, or is to sign. « Signataire » belongs to the organisation per contract, not to a person."""

    contract = models.ForeignKey(ContratDeVille, on_delete=models.CASCADE, related_name="signatories")
    category = models.CharField(_("catégorie"), max_length=24, choices=SignatoryCategory)
    name = models.CharField(_("nom"), max_length=200)
    # that of the space with this name, when there is one
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="signatures")
    signed_on = models.DateField(_("signé le"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "category", "name"],
                name="contracts_signatory_once",
                violation_error_message=_("Ce signataire est déjà noté."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContractVersion(models.Model):
    """What a contract said after each change: who, when, everything. Never rewritten."""

    contract = models.ForeignKey(ContratDeVille, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=200)
    verb = models.CharField(max_length=20)  # a key of words.VERBS
    state = models.JSONField()  # facts.facts_of(contract)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"],
                name="contracts_version_number",
                violation_error_message=_("Cette version existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.number}"
