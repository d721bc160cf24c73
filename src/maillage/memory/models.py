from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.identifiers import uuid7
from maillage.live.models import Session
from maillage.memory.enums import ActionState, FollowUpState, GleaningStatus, TakeawayOrigin
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv


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


class KeptTakeaways(models.Manager["Takeaway"]):
    """Every page, report and count: what was taken out is in none, and can come back."""

    def get_queryset(self) -> models.QuerySet["Takeaway"]:
        return super().get_queryset().filter(removed_at=None)


class Takeaway(models.Model):
    """A sentence « à retenir ». Those released by a porteur carry no name and no context."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="takeaways")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, null=True, blank=True, related_name="takeaways")
    text = models.CharField(max_length=600)
    origin = models.CharField(max_length=12, choices=TakeawayOrigin)
    position = models.PositiveSmallIntegerField(default=0)
    rehearsal = models.BooleanField(default=False)
    unsettled = models.BooleanField(default=False)  # « non tranché »: told apart from what was decided
    said = models.PositiveSmallIntegerField(default=1)  # how many cards say it: alike ones were kept as one sentence
    themes = models.ManyToManyField(Theme, related_name="takeaways")
    version = models.PositiveSmallIntegerField(default=0)  # raised by each act on it (memory/desk.py)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = KeptTakeaways()
    with_removed = models.Manager["Takeaway"]()

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.text


class TakeawayVersion(models.Model):
    """A sentence as an act left it. A porteur's own words are in no version: they alone change or take them back."""

    takeaway = models.ForeignKey(Takeaway, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()  # memory.desk.snapshot
    verb = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["takeaway", "number"], name="memory_takeaway_version_once")]

    def __str__(self) -> str:
        return f"{self.takeaway_id} ({self.number})"


class Gleaning(models.Model):
    """A thing a room gave, once the desk dealt with it. Its words are copied here only when they are kept."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="gleanings")
    key = models.CharField(max_length=120)  # of facilitation.leaving
    status = models.CharField(max_length=5, choices=GleaningStatus)
    takeaway = models.ForeignKey(Takeaway, on_delete=models.CASCADE, null=True, related_name="gleanings")
    text = models.CharField(max_length=600, blank=True)  # as the room gave it

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="memory_gleaning_once"),
            models.CheckConstraint(
                condition=models.Q(status="kept", takeaway__isnull=False)
                | (~models.Q(status="kept") & models.Q(takeaway__isnull=True, text="")),
                name="memory_gleaning_kept",
                violation_error_message=_("Ce qui n’est pas gardé n’est pas copié."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.get_status_display()}"


class Publication(models.Model):
    """What a gathering keeps is shown on its public page; without this row only what its own programme said is."""

    gathering = models.OneToOneField(Gathering, on_delete=models.CASCADE, related_name="publication")
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.gathering} {self.at:%d/%m/%Y}"


class CurrentActions(models.Manager["Action"]):
    """Those of the real gatherings: what a rehearsal noted is in no page, letter or count but its own."""

    def get_queryset(self) -> models.QuerySet["Action"]:
        return super().get_queryset().filter(removed_at=None, rehearsal=False)


class Action(models.Model):
    """Who does what by when, and what became of it. Public once whoever bears it agreed, never with a name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="actions")
    workshop = models.ForeignKey(Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    takeaway = models.ForeignKey(Takeaway, on_delete=models.SET_NULL, null=True, related_name="actions")
    what = models.CharField(max_length=300)
    bearer = models.CharField(max_length=200, blank=True)  # a structure, a service, a group: shown to all
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=ActionState, default=ActionState.TODO)
    outcome = models.CharField(max_length=400, blank=True)  # what it gave
    agreed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    rehearsal = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Who is written to. Shown to organisers only, in no version, erased once it no longer serves.
    owner_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    reminders = models.BooleanField(default=False)  # asked for by the owner, by their link
    base_url = models.CharField(max_length=200, blank=True)  # where this server is found, for the letters
    link_version = models.PositiveSmallIntegerField(default=1)  # raising it revokes the owner's link

    objects = CurrentActions()
    with_removed = models.Manager["Action"]()

    class Meta:
        ordering = [models.F("due").asc(nulls_last=True), "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agreed_at__isnull=True) | models.Q(declined_at__isnull=True),
                name="memory_action_agreed",
                violation_error_message=_("Une action refusée n’est pas acceptée."),
            ),
            models.CheckConstraint(
                condition=models.Q(reminders=False) | ~models.Q(email=""),
                name="memory_action_reminders",
                violation_error_message=_("Un rappel demande une adresse."),
            ),
            models.CheckConstraint(
                condition=models.Q(rehearsal=False) | models.Q(email="", owner_name=""),
                name="memory_action_rehearsed",
                violation_error_message=_("Une répétition n’écrit à personne."),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class ActionVersion(models.Model):
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()  # memory.actions.CONTENT: no name, no address
    verb = models.CharField(max_length=60)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["action", "number"], name="memory_action_version_once")]

    def __str__(self) -> str:
        return f"{self.action_id} ({self.number})"


class ActionReminder(models.Model):
    """A letter that left: each once for one date. A date that moves is announced again."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="sent_reminders")
    days = models.SmallIntegerField()  # before the date; -1: the day after
    due = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "days", "due"], name="memory_action_reminder_once")]

    def __str__(self) -> str:
        return f"{self.action_id} {self.days}"


class FollowUp(models.Model):
    """« Où en êtes-vous ? », asked on the day a porteur chose. Apart from the sheet: it names neither it nor a room.

    `lookup` and `public_key` come of the sheet's own link: who holds that link finds this row and reads the answer, and
    nobody else does, the server included.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="follow_ups")
    lookup = models.CharField(max_length=64, unique=True)
    public_key = models.BinaryField()
    email = models.EmailField(blank=True)  # erased with the answer, or 60 days after the letter
    due = models.DateField()
    base_url = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)  # the answer
    shared_state = models.CharField(
        max_length=10, choices=FollowUpState, blank=True
    )  # what the porteur ticked to share
    shared_text = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["due", "id"]

    def __str__(self) -> str:
        return f"{self.gathering} {self.due:%d/%m/%Y}"


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
