from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.enums import Composition, GatheringKind, GroupColour, SlotKind
from maillage.lib.folded import FoldedField
from maillage.lib.identifiers import uuid7
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv


class RealGatherings(models.Manager["Gathering"]):
    """Every list, link and count of the house: a method's trial is in none."""

    def get_queryset(self) -> models.QuerySet["Gathering"]:
        return super().get_queryset().filter(trial=False)


class Gathering(models.Model):
    """A day or a meeting. What is not known stays empty: no invented date, time or place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="gatherings")
    slug = models.SlugField(max_length=60)
    kind = models.CharField(_("genre"), max_length=20, choices=GatheringKind)
    title = models.CharField(_("titre"), max_length=200)
    subtitle = models.CharField(_("sous-titre"), max_length=200, blank=True)
    theme = models.CharField(_("thème"), max_length=200, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    timezone = models.CharField(_("fuseau horaire"), max_length=60, default="Europe/Paris")
    venue = models.CharField(_("lieu"), max_length=200, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("commune"))
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("intercommunalité"))
    objectives = models.JSONField(_("objectifs"), default=list)  # of sentences
    definition = models.JSONField(
        default=dict
    )  # {text, implies, determinants, properties}: what the day calls cooperation
    sources = models.JSONField(
        default=dict
    )  # field → where the fact comes from, when it is not the gathering's own file
    public = models.BooleanField(_("page publique"), default=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="copies")
    trial = models.BooleanField(default=False)  # nobody meets: a method tried with robots (live/trial.py)
    generation = models.PositiveIntegerField(default=1)  # raised each time its home moves: an older copy is refused
    away_since = models.DateTimeField(null=True)  # its home is another server, which alone plays its sessions (trips/)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RealGatherings()
    with_trials = models.Manager["Gathering"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["space", "slug"],
                name="gatherings_gathering_slug",
                violation_error_message=_("Une rencontre porte déjà ce nom court."),
            )
        ]
        ordering = [models.F("date").desc(nulls_last=True), "title"]

    def __str__(self) -> str:
        return self.title


class Room(models.Model):
    uid = models.UUIDField(default=uuid7, unique=True, editable=False)  # the same on every server it is carried to
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="rooms")
    name = models.CharField(_("nom"), max_length=100)
    capacity = models.PositiveSmallIntegerField(_("personnes au plus"), null=True, blank=True)
    capacity_assumed = models.BooleanField(_("capacité supposée"), default=False)  # shown as « hypothèse »
    step_free = models.BooleanField(_("accessible en fauteuil"), null=True, blank=True)  # null: not known

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "name"],
                name="gatherings_room_name",
                violation_error_message=_("Une salle porte déjà ce nom."),
            )
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """A moment of the programme. Times may be empty: the real day's are not known."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="slots")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("genre"), max_length=10, choices=SlotKind)
    title = models.CharField(_("titre"), max_length=200)
    starts_at = models.TimeField(_("début"), null=True, blank=True)
    ends_at = models.TimeField(_("fin"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="gatherings_slot_order",
                violation_error_message=_("La fin vient après le début."),
            ),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class Workshop(models.Model):
    """One room, one slot; may hold several tables."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="workshops")
    position = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(_("numéro"), null=True, blank=True)
    title = models.CharField(_("titre"), max_length=200)
    short_title = models.CharField(_("titre court"), max_length=100, blank=True)
    room = models.ForeignKey(Room, on_delete=models.SET_NULL, null=True, blank=True, related_name="workshops")
    colour = models.CharField(_("couleur"), max_length=10, choices=GroupColour, blank=True)
    method = models.SlugField(_("méthode"), max_length=60, blank=True)  # the id of a method file
    preset = models.CharField(_("durée"), max_length=60, blank=True)  # of the method's; "" is its usual one
    method_proposed = models.BooleanField(default=False)  # ours: the day's own programme names none
    territory = models.CharField(_("territoire"), max_length=200, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True)
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, blank=True)
    qpv = models.ForeignKey(Qpv, on_delete=models.PROTECT, null=True, blank=True)
    min_people = models.PositiveSmallIntegerField(_("au moins"), null=True, blank=True)
    max_people = models.PositiveSmallIntegerField(_("au plus"), null=True, blank=True)
    table_min = models.PositiveSmallIntegerField(
        _("par table, au moins"), null=True, blank=True, validators=[MinValueValidator(2)]
    )
    table_max = models.PositiveSmallIntegerField(_("par table, au plus"), null=True, blank=True)
    compose = models.CharField(_("tables"), max_length=6, choices=Composition, default=Composition.MIXED)
    sizes_assumed = models.BooleanField(default=False)  # shown as « hypothèse »

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_people__isnull=True)
                | models.Q(min_people__isnull=True)
                | models.Q(max_people__gte=models.F("min_people")),
                name="gatherings_workshop_sizes",
                violation_error_message=_("Le nombre de places est plus petit que le minimum."),
            ),
            models.CheckConstraint(
                condition=models.Q(table_max__isnull=True)
                | models.Q(table_min__isnull=True)
                | models.Q(table_max__gte=models.F("table_min")),
                name="gatherings_workshop_tables",
                violation_error_message=_("La plus grande table est plus petite que la plus petite."),
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.short_title or self.title


class Speaker(models.Model):
    """Who speaks in a plenary or presents in a workshop, as the programme names them."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="speakers")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="speakers")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("nom"), max_length=150, blank=True)
    role = models.CharField(_("fonction"), max_length=150, blank=True)
    organisation = models.CharField(_("structure"), max_length=200, blank=True)
    folded_organisation = FoldedField(of="organisation", max_length=200)  # by which a directory finds who spoke for it

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["folded_organisation"], name="gatherings_speaker_of")]

    def __str__(self) -> str:
        return self.name or self.organisation


class Facilitator(models.Model):
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="facilitators")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("nom"), max_length=150)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name
