from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.identifiers import uuid7
from maillage.live.models import Session
from maillage.memory.enums import TakeawayOrigin
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv


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


class Theme(models.Model):
    """What experiences are about, in the words of those who tell them: one word, one row."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="themes")
    name = models.CharField(max_length=80)
    folded_name = models.CharField(max_length=80)  # lib.matching.fold(name)

    class Meta:
        ordering = ["folded_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "folded_name"],
                name="memory_theme_once",
                violation_error_message=_("Ce thème existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Experience(models.Model):
    """What people did together somewhere, told so that others can start from it.

    The words are in its versions. The columns repeat those of the version others read (the published one, else the
    last), so that lists and maps ask for nothing more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="experiences")
    workshop = models.ForeignKey(  # the one that told it
        Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="experiences"
    )
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="experiences")
    epci = models.ForeignKey(Epci, on_delete=models.PROTECT, null=True, blank=True, related_name="experiences")
    qpv = models.ForeignKey(Qpv, on_delete=models.PROTECT, null=True, blank=True, related_name="experiences")
    method = models.SlugField(max_length=60, blank=True)  # the id of a method file
    themes = models.ManyToManyField(Theme, related_name="experiences")
    last = models.PositiveSmallIntegerField(default=1)  # the number of the last version
    published = models.PositiveSmallIntegerField(null=True, blank=True)  # the version others read; null: none
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1)  # raising it revokes its author's link
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["space", "published"], name="memory_experience_published")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published__isnull=True) | models.Q(published__lte=models.F("last")),
                name="memory_experience_version",
                violation_error_message=_("Cette version n’existe pas."),
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(published__isnull=True),
                name="memory_experience_withdrawn",
                violation_error_message=_("Une expérience retirée n’est plus publiée."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        """Its last words are not those others read: somebody of the space has to read them."""
        return self.withdrawn_at is None and self.published != self.last


class ExperienceVersion(models.Model):
    experience = models.ForeignKey(Experience, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()  # memory.experiences.CONTENT
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["experience", "number"],
                name="memory_experience_version_once",
                violation_error_message=_("Cette version existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.experience} ({self.number})"


class ExperienceCall(models.Model):
    """The link by which anybody proposes an experience to a space; renewing it revokes the one before."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, related_name="experience_call")
    opened = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return f"appel à expériences de {self.space}"
