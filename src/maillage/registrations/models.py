from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.identifiers import uuid7
from maillage.lib.typography import join_words
from maillage.people.models import Organisation, Person, Space
from maillage.registrations.enums import (
    Asked,
    HalfDay,
    ImportStatus,
    Meal,
    Presence,
    QuestionKind,
    RegistrationStatus,
    Source,
)
from maillage.territories.models import Commune


def everything_asked() -> list[str]:
    return list(Asked.values)


class Opening(models.Model):
    """How one registers for a gathering: when, how many, what is asked. Its row is the lock of the waiting list."""

    gathering = models.OneToOneField(Gathering, on_delete=models.CASCADE, related_name="opening")
    is_open = models.BooleanField(_("ouvrir les inscriptions"), default=False)
    opens_at = models.DateTimeField(_("à partir du"), null=True, blank=True)
    closes_at = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1)]
    )  # empty: no limit
    waiting_list = models.BooleanField(_("liste d’attente quand c’est complet"), default=True)
    asked = models.JSONField(default=everything_asked)  # of Asked
    welcome = models.TextField(_("mot d’accueil"), max_length=1_000, blank=True)
    contact = models.EmailField(_("adresse à qui écrire"), blank=True)
    reminders = models.BooleanField(_("rappels par courriel, sept et deux jours avant"), default=True)
    base_url = models.URLField(max_length=300, blank=True)  # where links of letters go: never a visitor's word
    half_days = models.JSONField(default=list, blank=True)  # of HalfDay: those the desk marks; none: once for all

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="registrations_opening_order",
                violation_error_message=_("La fermeture vient après l’ouverture."),
            )
        ]

    def __str__(self) -> str:
        return f"Inscriptions : {self.gathering}"


class Registration(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="registrations")
    status = models.CharField(max_length=12, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.EXPECTED)
    presence_at = models.DateTimeField(null=True)
    half_days = models.JSONField(default=list, blank=True)  # of HalfDay: seen at these; of who is present, none: at all
    self_arrived = models.BooleanField(default=False)  # said by the person, on their own page
    walk_in = models.BooleanField(default=False)  # registered at the desk on the day
    volunteer_porteur = models.BooleanField(_("volontaire pour apporter un sujet"), default=False)
    porteur_subject = models.CharField(_("sujet"), max_length=300, blank=True)
    needs = models.CharField(_("besoins"), max_length=300, blank=True)  # erased after the day
    needs_at = models.DateTimeField(default=timezone.now)  # said, or said anew: see `erase_past_needs`
    newsletter = models.BooleanField(
        _("accepte la lettre d’information"), default=False
    )  # another purpose: never presumed
    meal = models.CharField(_("repas"), max_length=10, choices=Meal, blank=True)  # this and the two below: erased too
    children = models.PositiveSmallIntegerField(_("enfants à garder"), default=0)
    interpreter = models.CharField(_("interprète"), max_length=60, blank=True)  # the language
    remember_encounters = models.BooleanField(_("se souvenir de mes rencontres"), default=False)
    wants_takeaways = models.BooleanField(_("recevoir ce qui aura été retenu"), default=False)
    takeaways_sent_at = models.DateTimeField(null=True)  # put in the queue: once
    source = models.CharField(max_length=10, choices=Source, default=Source.TEAM)
    form_key = models.CharField(max_length=64, null=True, unique=True)  # one sending of the form, one row
    waiting_rank = models.PositiveIntegerField(null=True)  # least first; kept dense by nobody
    promoted_at = models.DateTimeField(null=True)  # left the waiting list
    registered_at = models.DateTimeField(null=True)  # as the file says
    token_version = models.PositiveSmallIntegerField(default=1)  # raising it revokes the personal link

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gathering", "person"],
                name="registrations_person_once",
                violation_error_message=_("Cette personne est déjà inscrite."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=RegistrationStatus.WAITING, waiting_rank__isnull=False)
                | ~models.Q(status=RegistrationStatus.WAITING) & models.Q(waiting_rank__isnull=True),
                name="registrations_waiting_rank",
                violation_error_message=_("Un rang va avec la liste d’attente, et elle seule."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.gathering}"

    @property
    def presence_words(self) -> str:
        """« présent·e (matin) »."""
        labels = [str(HalfDay(half).label) for half in HalfDay.values if half in self.half_days]
        return f"{self.get_presence_display()} ({join_words(labels)})" if labels else self.get_presence_display()

    def say_needs(self, **said: str | int) -> None:
        """Takes `needs`, `meal`, `children`, `interpreter` as they are said now; what is new is kept from now on."""
        if any(getattr(self, name) != value for name, value in said.items()):
            self.needs_at = timezone.now()
        for name, value in said.items():
            setattr(self, name, value)


class Wish(models.Model):
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="wishes")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE)
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="wishes")
    rank = models.PositiveSmallIntegerField()  # 1: first choice

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "slot", "rank"], name="registrations_wish_rank"),
            models.UniqueConstraint(
                fields=["registration", "workshop"],
                name="registrations_wish_once",
                violation_error_message=_("Le même atelier est choisi deux fois."),
            ),
        ]
        ordering = ["slot__position", "rank"]

    def __str__(self) -> str:
        return f"{self.rank}. {self.workshop}"


class Question(models.Model):
    """One of the organiser's own, on the registration form of one gathering. Never used to seat anybody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()  # kept dense by nobody
    kind = models.CharField(_("on y répond par"), max_length=10, choices=QuestionKind, default=QuestionKind.LINE)
    label = models.CharField(_("la question"), max_length=200)
    help = models.CharField(_("précision sous la question"), max_length=300, blank=True)
    choices = models.JSONField(default=list, blank=True)  # of words, for the kinds that choose
    required = models.BooleanField(_("il faut y répondre pour s’inscrire"), default=False)
    at_desk = models.BooleanField(_("l’accueil voit la réponse"), default=False)
    removed_at = models.DateTimeField(null=True)  # asked no more; what was answered stays

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class Answer(models.Model):
    """To one question. It lives and goes with the registration, as long as the rest of it."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    values = models.JSONField()  # of words: one text, or those chosen, as they were written then

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question"],
                name="registrations_answer_once",
                violation_error_message=_("Cette personne a déjà répondu à cette question."),
            )
        ]
        ordering = ["question__position", "question_id"]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        return ", ".join(self.values)


class RegistrationImport(models.Model):
    """A file of registrations that waits for the organiser's word. Nothing is written before it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="imports")
    filename = models.CharField(max_length=200)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)  # field → column number, as corrected by the organiser
    answers = models.JSONField(default=dict)  # row or value → the organiser's answer to a doubt
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.DRAFT)
    record = models.JSONField(default=dict)  # of the last one confirmed: what it made and wrote over (undoing.py)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.filename


class Reminder(models.Model):
    """One reminder sent: it is never sent again, unless the day moves."""

    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="reminders")
    days = models.PositiveSmallIntegerField()  # before the day
    date = models.DateField()  # the day it spoke of
    queued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "days", "date"],
                name="registrations_reminder_once",
                violation_error_message=_("Ce rappel est déjà parti."),
            )
        ]

    def __str__(self) -> str:
        return f"J-{self.days} : {self.registration}"


class CertificateTerms(models.Model):
    """What the certificates of attendance of one gathering say beside a name: asked of the organiser once."""

    gathering = models.OneToOneField(Gathering, on_delete=models.CASCADE, related_name="certificate_terms")
    signed_by = models.CharField(_("qui signe (nom)"), max_length=150)
    signed_as = models.CharField(_("à quel titre"), max_length=150)
    made_at = models.CharField(_("fait à"), max_length=100)
    duration = models.CharField(_("durée"), max_length=60)
    half_days = models.JSONField(_("demi-journées"), default=list)  # of HalfDay
    offered = models.BooleanField(_("chaque personne présente la télécharge sur sa page"), default=True)

    def __str__(self) -> str:
        return f"Attestations : {self.gathering}"


class CertificateLetter(models.Model):
    """The letter that says the certificate is ready: once."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="certificate_letter")
    queued_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.registration)


class Listing(models.Model):
    """What somebody agreed to show of themselves in the space's directory of persons: these words, and no others.

    Nobody is shown without one. Taken back, it is deleted, and the ledger of erasures holds its key.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="listings")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="listing")
    name = models.CharField(_("votre nom, tel qu’il sera lu"), max_length=120)
    about = models.CharField(_("ce que vous faites, ou ce que vous cherchez"), max_length=300, blank=True)
    contact = models.CharField(_("comment vous joindre"), max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.SET_NULL, null=True, related_name="+")
    folded_name = models.CharField(max_length=120)
    folded = models.TextField()  # all of it, for the search: lib.matching.fold
    agreed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["space", "folded_name", "id"], name="registrations_listing_by_name")]

    def __str__(self) -> str:
        return self.name
