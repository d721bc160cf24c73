from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.lib.identifiers import uuid7
from maillage.people.enums import ActorCategory, OrganisationKind, SpaceRole, TieKind, Way
from maillage.territories.models import Commune, Epci, Region


def as_kept(email: str) -> str:
    """As it is compared: PostgreSQL ignores case by capitals, where « ı » is « i ». Only ASCII is lowered."""
    return email.lower() if email.isascii() else email


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str = "") -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def of_address(self, email: str) -> "models.QuerySet[User]":
        """Whose account an address opens, letter for letter: who reads gmaıl.com opens none of gmail.com."""
        return self.filter(email=as_kept(email))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.of_address(username or "").get()


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody of the staff. Participants have no account. No password: a link by mail, or a sign-in provider."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("adresse électronique"), unique=True)
    name = models.CharField(_("nom"), max_length=150, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Identity(models.Model):
    """An account of a sign-in provider that opens this one. The address it has there may change; the pair does not."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="people_identity_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.issuer})"


class SecondFactor(models.Model):
    """The application on somebody's phone that gives six digits. Until `confirmed_at` nothing is asked of it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_factor")
    sealed = models.BinaryField()  # its secret, under a key made from SECRET_KEY (lib/sealing.py)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # of the last code that served: none before it serves again
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes since `tries_since`
    tries_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"second facteur de {self.user}"


class RecoveryCode(models.Model):
    """For when the phone is lost: eighty random bits each, of which the digest is kept. Used, it is gone."""

    factor = models.ForeignKey(SecondFactor, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)  # SHA-256

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "digest"], name="people_recovery_code_once")]

    def __str__(self) -> str:
        return f"code de secours de {self.factor.user}"


class Presence(models.Model):
    """A place where somebody is signed in, as shown to them. No address of the network, no key that opens anything."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presences")
    session = models.CharField(max_length=64, unique=True)  # SHA-256 of the session's key
    device = models.CharField(max_length=80)  # « Firefox, Windows »
    way = models.CharField(max_length=10, choices=Way)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user} : {self.device}"


class Space(models.Model):
    """A resource centre's house: everything it owns, nobody else sees."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    host = models.CharField(max_length=200, blank=True)
    partners = models.JSONField(default=list)  # of names
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True)
    background = models.JSONField(
        default=list
    )  # of {period, title, steps}: the work before the gatherings, as told by the space

    # its atlas is read by anybody: what it published of its contracts, gatherings and experiences
    atlas_public = models.BooleanField(_("atlas ouvert à tous"), default=False)

    def __str__(self) -> str:
        return self.name


class SpaceStyle(models.Model):
    """How a space's documents look (style.py). Apart from the space, which every page reads: an image weighs."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, related_name="style")
    accent = models.CharField(max_length=7, blank=True)  # #0c5a63; "": the house's
    logo = models.BinaryField(null=True)  # a PNG that we made
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"style de {self.space}"


OF_ONE_GATHERING = (SpaceRole.FACILITATOR, SpaceRole.DESK)  # roles somebody may have for one day only


class Right(models.Model):
    """What a user may do in a space; or in one gathering of it, and then nowhere else in that space."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="rights")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="rights")
    role = models.CharField(max_length=12, choices=SpaceRole)
    gathering = models.UUIDField(null=True, blank=True)  # the one it is for; no key: that noun is above

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "space", "role"],
                condition=models.Q(gathering=None),
                name="people_right_once",
                violation_error_message=_("Cette personne a déjà ce rôle."),
            ),
            models.UniqueConstraint(
                fields=["user", "space", "role", "gathering"],
                condition=models.Q(gathering__isnull=False),
                name="people_right_once_a_day",
                violation_error_message=_("Cette personne a déjà ce rôle pour cette rencontre."),
            ),
            models.CheckConstraint(
                condition=models.Q(gathering=None) | models.Q(role__in=OF_ONE_GATHERING),
                name="people_right_of_a_day",
                violation_error_message=_("Pour une seule rencontre, on confie l’animation ou l’accueil."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} : {self.get_role_display()} ({self.space})"


class Invitation(models.Model):
    """A role offered by mail: the link in the letter gives it, once, to whoever reads that address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("adresse électronique"))
    role = models.CharField(_("rôle"), max_length=12, choices=SpaceRole)
    gathering = models.UUIDField(null=True, blank=True)  # as a right's
    by = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(gathering=None) | models.Q(role__in=OF_ONE_GATHERING),
                name="people_invitation_of_a_day",
                violation_error_message=_("Pour une seule rencontre, on confie l’animation ou l’accueil."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} : {self.get_role_display()} ({self.space})"


class Organisation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="organisations")
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200)  # lib.matching.fold(name): one organisation, one row
    # what a directory says of it; all of it may be unknown
    kind = models.CharField(_("genre"), max_length=20, choices=OrganisationKind, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)  # digits; two rows of one number: doubles.py
    website = models.URLField(_("site"), max_length=300, blank=True)
    about = models.CharField(_("ce qu’elle fait"), max_length=300, blank=True)
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("commune"),
    )
    epci = models.ForeignKey(
        Epci,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("intercommunalité"),
    )
    listed = models.BooleanField(_("dans l’annuaire public"), default=False)  # an organiser says so, one by one
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        indexes = [
            # the public directory: its pages by name, its kinds; a page far down skips rows without reading them
            models.Index(
                fields=["space", "folded_name", "id"],
                condition=models.Q(listed=True),
                name="people_organisation_listed",
            ),
            models.Index(fields=["space", "kind"], condition=models.Q(listed=True), name="people_organisation_kinds"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "folded_name"],
                name="people_organisation_name",
                violation_error_message=_("Cette structure existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationMerge(models.Model):
    """Two rows that were one organisation: what was removed and moved, so that it can be undone exactly.

    While it stands, the name that was removed leads to the one kept: whoever writes it again makes no new double.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="organisation_merges")
    kept = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="merges")
    gone_id = models.UUIDField()
    gone_name = models.CharField(max_length=200)
    gone_folded_name = models.CharField(max_length=200)
    record = models.JSONField()  # people.merging.Record
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "gone_folded_name"],
                condition=models.Q(undone_at=None),
                name="people_merge_name",
                violation_error_message=_("Ce nom mène déjà à une autre structure."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.gone_name} → {self.kept}"


class ToldApart(models.Model):
    """Two organisations whose names are alike, and of which somebody said that they are two: not proposed again.

    Keys and no foreign keys: a row that is merged away, then comes back, is still told apart.
    """

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="told_apart")
    first = models.UUIDField()  # the lower of the two
    second = models.UUIDField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["space", "first", "second"],
                name="people_told_apart_once",
                violation_error_message=_("C’est déjà dit de ces deux structures."),
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="people_told_apart_of_two",
                violation_error_message=_("On distingue deux structures."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class OrganisationImport(models.Model):
    """A file of organisations that waits for the organiser's word; gone once it is taken or dropped."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="organisation_imports")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    source = models.CharField(max_length=300)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class Tie(models.Model):
    """« X finance Y », « X encadre Y »: at a table of peers one does not sit with one's funder, nor with one's head."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=12, choices=TieKind)
    upper = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")  # who funds, who supervises
    lower = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "upper", "lower"],
                name="people_tie_once",
                violation_error_message=_("Ce lien est déjà noté."),
            ),
            models.CheckConstraint(
                condition=~models.Q(upper=models.F("lower")),
                name="people_tie_of_two",
                violation_error_message=_("Un lien unit deux structures différentes."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upper} {self.get_kind_display()} {self.lower}"


class Person(models.Model):
    """Somebody who takes part. Only what the day needs: no birth date, no address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="people")
    first_name = models.CharField(_("prénom"), max_length=100)
    last_name = models.CharField(_("nom"), max_length=100, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    category = models.CharField(_("vous êtes"), max_length=20, choices=ActorCategory, default=ActorCategory.UNSAID)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="people"
    )
    commune = models.ForeignKey(Commune, on_delete=models.SET_NULL, null=True, blank=True)
    commune_text = models.CharField(max_length=100, blank=True)  # as written, when no commune matched
    territory_text = models.CharField(max_length=200, blank=True)  # the intercommunalité as written

    class Meta:
        indexes = [models.Index(fields=["space", "last_name", "first_name"], name="people_person_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
