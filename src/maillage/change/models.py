"""A noyau and its path. Nothing of it is deleted: what is taken out has `removed_at`, and each act leaves a Version."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.change.enums import (
    Condition,
    ConditionState,
    Degree,
    MarkerLevel,
    ReceivedStatus,
    ReviewKind,
    Rhythm,
    SeenBy,
    Sharing,
    Strength,
    VisionState,
)
from maillage.contracts.models import ContratDeVille
from maillage.lib.identifiers import uuid7
from maillage.live.models import Session
from maillage.memory.enums import ActionState
from maillage.memory.models import Action
from maillage.people.enums import ActorCategory
from maillage.people.models import Space, User
from maillage.territories.models import Qpv

LONGEST_SENTENCE, LONGEST_STORY = 300, 600  # characters


class CoreGroup(models.Model):
    """« Noyau »: those who meet, look at what changes and note it. Its space is its own."""

    CONTENT: ClassVar = ("name", "rhythm", "contract", "qpv", "contact", "sharing")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="core_groups")
    slug = models.SlugField(max_length=60)  # as a command names it
    name = models.CharField(max_length=120)
    rhythm = models.CharField(max_length=10, choices=Rhythm, default=Rhythm.MONTHLY)
    contract = models.ForeignKey(
        ContratDeVille, on_delete=models.SET_NULL, null=True, blank=True, related_name="core_groups"
    )
    qpv = models.ForeignKey(Qpv, on_delete=models.PROTECT, null=True, blank=True, related_name="core_groups")
    contact = models.CharField(max_length=200, blank=True)  # where a reader of its story asks: of a structure
    sharing = models.CharField(max_length=7, choices=Sharing, default=Sharing.NOTHING)
    invented = models.BooleanField(default=False)  # of the demonstration: every page and file says so
    version = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "slug"],
                name="change_group_slug",
                violation_error_message=_("Un noyau porte déjà ce nom court."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Kept(models.Model):
    """What a noyau notes: an identity made where it is born, versions, and never deleted."""

    CONTENT: ClassVar[tuple[str, ...]] = ()  # what a version holds, and an undo brings back

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(CoreGroup, on_delete=models.CASCADE, related_name="%(class)ss")
    version = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Member(Kept):
    """Name and address are in no version: they go, with `former_names`, when the person asks, or a year after they
    left."""

    CONTENT: ClassVar = ("organisation", "category", "lead", "joined_on", "left_on")

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    former_names = models.JSONField(default=list, blank=True)  # as it was written before, the last one last
    email = models.EmailField(blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=20, choices=ActorCategory, default=ActorCategory.UNSAID)
    lead = models.BooleanField(default=False)  # invites, says who left, what is shared, what rooms gave
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    link_version = models.PositiveSmallIntegerField(default=1)  # raising it revokes their link

    class Meta:
        ordering = ["joined_on", "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on=None) | models.Q(left_on__gte=models.F("joined_on")),
                name="change_member_leaves_after",
                violation_error_message=_("On quitte un noyau après y être entré."),
            )
        ]

    def __str__(self) -> str:
        return (self.name if self.left_on is None else "") or str(_("un membre du noyau"))


class ConditionNote(Kept):
    """What the noyau says of one condition on a day. The last of a year is that year's."""

    CONTENT: ClassVar = ("condition", "state", "finding", "on")

    condition = models.CharField(max_length=10, choices=Condition)
    state = models.CharField(max_length=8, choices=ConditionState)
    finding = models.CharField(max_length=LONGEST_STORY, blank=True)
    on = models.DateField()

    class Meta:
        ordering = ["on", "created_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_condition_display()} : {self.get_state_display()}"


class Finding(Kept):
    """« Contexte »: what is so, who says it, from what."""

    CONTENT: ClassVar = ("text", "said_by", "source")

    text = models.CharField(max_length=LONGEST_STORY)
    said_by = models.CharField(max_length=200, blank=True)  # a group, a structure: never a person
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text


class Vision(models.Model):
    """A text of the shared vision. Each is a row for ever; two written at once stand side by side."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(CoreGroup, on_delete=models.CASCADE, related_name="visions")
    number = models.PositiveIntegerField()
    based_on = models.PositiveIntegerField(default=0)  # the number its author had before their eyes; 0: none
    text = models.CharField(max_length=2000)
    horizon = models.PositiveSmallIntegerField()  # a year
    state = models.CharField(max_length=7, choices=VisionState)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    validated_by = models.CharField(max_length=300, blank=True)
    validated_on = models.DateField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "number"],
                name="change_vision_number",
                violation_error_message=_("Cette version existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(state="current"),
                name="change_vision_one_current",
                violation_error_message=_("Une seule vision est en vigueur."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Actor(Kept):
    """Who must change, institutions included."""

    CONTENT: ClassVar = ("name", "position")

    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.name


class Change(Kept):
    """« L’acteur X fait… »"""

    CONTENT: ClassVar = ("actor", "text", "for_whom", "position")

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="changes")
    text = models.CharField(max_length=LONGEST_SENTENCE)
    for_whom = models.CharField(max_length=200, blank=True)  # a group: « les locataires », never a person
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.text


class Marker(Kept):
    """« Marqueur de progrès »: a sentence one can observe, of an actor."""

    CONTENT: ClassVar = ("actor", "change", "level", "text", "position")

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="markers")
    change = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, blank=True, related_name="markers")
    level = models.CharField(max_length=8, choices=MarkerLevel)
    text = models.CharField(max_length=LONGEST_SENTENCE)
    position = models.PositiveSmallIntegerField(default=0)
    into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")  # merged in that one

    class Meta:
        ordering = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return self.text


class Observation(Kept):
    """What somebody saw, on a day. Without a marker: « inattendu »."""

    CONTENT: ClassVar = ("marker", "degree", "text", "on", "seen_by", "source", "inside")

    key = models.UUIDField(default=uuid7, editable=False)  # of the form that was filled: sent twice, it is one
    marker = models.ForeignKey(Marker, on_delete=models.SET_NULL, null=True, blank=True, related_name="observations")
    degree = models.CharField(max_length=6, choices=Degree)
    text = models.CharField(max_length=LONGEST_STORY, blank=True)
    on = models.DateField()
    seen_by = models.CharField(max_length=6, choices=SeenBy, default=SeenBy.MYSELF)
    source = models.CharField(max_length=200, blank=True)
    inside = models.BooleanField(default=False)  # for the noyau alone
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="observations")

    class Meta:
        ordering = ["-on", "-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "key"],
                name="change_observation_once",
                violation_error_message=_("Cette observation est déjà notée."),
            ),
            models.CheckConstraint(
                condition=models.Q(marker__isnull=False) | ~models.Q(text=""),
                name="change_observation_says",
                violation_error_message=_("Dites en deux lignes ce que vous avez vu."),
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_degree_display()


class Photo(models.Model):
    """Read by the noyau alone, and only with the consent of who is on it, said by who sends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    observation = models.OneToOneField(Observation, on_delete=models.CASCADE, related_name="photo")
    content = models.BinaryField()  # a JPEG that we made
    consent = models.BooleanField()
    removed_at = models.DateTimeField(null=True)  # seen by nobody; it can be put back until it is erased
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(consent=True),
                name="change_photo_consent",
                violation_error_message=_("Une photo se garde avec l’accord des personnes qu’on y voit."),
            )
        ]

    def __str__(self) -> str:
        return f"photo de {self.observation_id}"


class Commitment(Kept):
    """« Action »: what feeds a change. One that a gathering decided leans on it, and says what it says."""

    CONTENT: ClassVar = ("what", "who", "due", "state", "outcome", "change")

    change = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments")
    what = models.CharField(max_length=LONGEST_SENTENCE)
    who = models.CharField(max_length=200, blank=True)
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=ActionState, default=ActionState.TODO)
    outcome = models.CharField(max_length=400, blank=True)
    decided = models.ForeignKey(Action, on_delete=models.SET_NULL, null=True, related_name="commitments")
    # a porteur's first step, entrusted by them: memory.sheets.follow_up_lookup of their own link finds it, nobody else
    entrusted = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = [models.F("due").asc(nulls_last=True), "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "decided"],
                name="change_commitment_decided_once",
                violation_error_message=_("Cette action est déjà celle du noyau."),
            ),
            models.UniqueConstraint(
                fields=["entrusted"],
                condition=~models.Q(entrusted=""),
                name="change_commitment_entrusted_once",
                violation_error_message=_("Ce premier pas est déjà confié à un noyau."),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class Review(Kept):
    CONTENT: ClassVar = ("kind", "on", "attended", "learned", "decisions", "next_on", "agenda")

    kind = models.CharField(max_length=11, choices=ReviewKind)
    on = models.DateField()
    attended = models.CharField(max_length=300, blank=True)  # structures, functions: who decided
    learned = models.TextField(blank=True)
    decisions = models.TextField(blank=True)  # one a line
    next_on = models.DateField(null=True, blank=True)
    agenda = models.JSONField(null=True, blank=True)  # as it was prepared, once the review is held

    class Meta:
        ordering = ["-on", "-created_at", "id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Harvest(Kept):
    """« Récolte des effets »: a change, who, when, how the noyau contributed, how strong the evidence is."""

    CONTENT: ClassVar = ("review", "text", "who", "when", "contribution", "strength", "evidence")

    review = models.ForeignKey(Review, on_delete=models.SET_NULL, null=True, related_name="harvests")
    text = models.CharField(max_length=LONGEST_STORY)
    who = models.CharField(max_length=200)
    when = models.CharField(max_length=100)
    contribution = models.CharField(max_length=LONGEST_STORY)
    strength = models.CharField(max_length=9, choices=Strength)
    evidence = models.CharField(max_length=300, blank=True)  # who saw or said it, or where it is written

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.text


class Version(models.Model):
    """What an act left of a thing of the noyau. Never rewritten; no name and no address in it."""

    group = models.ForeignKey(CoreGroup, on_delete=models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=20)  # of the model
    object_id = models.UUIDField()
    number = models.PositiveIntegerField()
    content = models.JSONField()
    verb = models.CharField(max_length=60)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    by_words = models.CharField(max_length=60, blank=True)  # who is no member: « l’organisation »
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_id", "number"],
                name="change_version_once",
                violation_error_message=_("Cette version existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} ({self.number})"

    @property
    def who(self) -> str:
        return str(self.by) if self.by is not None else self.by_words or str(_("un membre du noyau"))


class Offering(models.Model):
    """A room whose result the organisers offer to a noyau: it takes what it wants of it."""

    group = models.ForeignKey(CoreGroup, on_delete=models.CASCADE, related_name="offerings")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)  # offered no more; what the noyau took of it stays

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "session"],
                name="change_offering_once",
                violation_error_message=_("Cette séance est déjà proposée à ce noyau."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session} → {self.group}"


class Received(models.Model):
    """A card of an offered room, once the noyau dealt with it."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="received")
    card = models.CharField(max_length=60)
    status = models.CharField(max_length=4, choices=ReceivedStatus)
    object_id = models.UUIDField(null=True)  # what it became

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offering", "card"],
                name="change_received_once",
                violation_error_message=_("Cette carte est déjà accueillie."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.get_status_display()}"
