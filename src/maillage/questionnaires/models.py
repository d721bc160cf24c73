"""A questionnaire, its questions, what was answered; and apart, who was asked.

Nothing leads from `Invitation`, which knows who, to `Response`, which knows what: no key, no date, no common number. A
response is named by chance (UUIDv4, where other rows carry the moment they were born).
"""

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.lib.identifiers import uuid7
from maillage.questionnaires.enums import Moment, QuestionKind, Way
from maillage.registrations.models import Registration


class Questionnaire(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gathering = models.ForeignKey(Gathering, on_delete=models.CASCADE, related_name="questionnaires")
    moment = models.CharField(_("moment"), max_length=10, choices=Moment, default=Moment.AFTER)
    title = models.CharField(_("titre"), max_length=150)
    welcome = models.TextField(_("mot d’accueil"), max_length=1_000, blank=True)
    code = models.CharField(max_length=6, unique=True)  # of the common link, as one says it: KAVU72
    is_open = models.BooleanField(_("prendre les réponses"), default=False)
    opens_at = models.DateTimeField(_("à partir du"), null=True, blank=True)
    closes_at = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    letter_on = models.DateField(_("courriel à envoyer le"), null=True, blank=True)
    remind_on = models.DateField(_("rappel à envoyer le"), null=True, blank=True)
    told = models.BooleanField(_("dire les résultats, en nombres, dans le compte rendu et l’archive"), default=True)
    base_url = models.URLField(max_length=300, blank=True)  # where links of letters go: never a visitor's word
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="questionnaires_order",
                violation_error_message=_("La fermeture vient après l’ouverture."),
            ),
            models.CheckConstraint(
                condition=models.Q(letter_on__isnull=True)
                | models.Q(remind_on__isnull=True)
                | models.Q(remind_on__gt=models.F("letter_on")),
                name="questionnaires_reminder_after",
                violation_error_message=_("Le rappel vient après le courriel."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()  # kept dense by nobody
    part = models.CharField(_("commence la partie"), max_length=100, blank=True)  # the title of a part of the page
    kind = models.CharField(_("on y répond par"), max_length=10, choices=QuestionKind, default=QuestionKind.CHOICE)
    label = models.CharField(_("la question"), max_length=200)
    help = models.CharField(_("précision sous la question"), max_length=300, blank=True)
    options = models.JSONField(default=list, blank=True)  # [{"id", "label"}]; the values of a scale too
    low = models.CharField(_("ce que veut dire le plus petit nombre"), max_length=60, blank=True)
    high = models.CharField(_("ce que veut dire le plus grand"), max_length=60, blank=True)
    required = models.BooleanField(_("il faut y répondre"), default=False)
    # Asked only of who gave one of these answers to an earlier question
    after = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followers")
    after_answers = models.JSONField(default=list, blank=True)
    removed_at = models.DateTimeField(null=True)  # asked no more; what was answered stays

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=QuestionKind.values),
                name="questionnaires_question_kind",
                violation_error_message=_("On répond par une échelle, un choix, plusieurs choix ou un texte."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def labels(self) -> dict[str, str]:
        return {option["id"]: option["label"] for option in self.options}


class Response(models.Model):
    """What one person answered, nobody knows who. `lookup` is the digest of the link they alone hold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="responses")
    lookup = models.CharField(max_length=64, unique=True)
    way = models.CharField(max_length=10, choices=Way, default=Way.LINK)
    # Counted where numbers are shown: by FLOOR at once, so that the page read twice does not say what the last one said
    counted = models.BooleanField(default=False)
    number = models.PositiveIntegerField(null=True)  # of a paper sheet: what whoever typed it wrote in its corner
    typed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "number"],
                name="questionnaires_sheet_once",
                violation_error_message=_("Cette feuille est déjà saisie."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_way_display())


class Answer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # a number tells an order
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    values: Any = models.JSONField()  # of option ids, in their order; of one text
    hidden = models.BooleanField(default=False)  # a text an organiser put aside: in no list, no file

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "question"],
                name="questionnaires_answer_once",
                violation_error_message=_("Cette question a déjà sa réponse."),
            )
        ]

    def __str__(self) -> str:
        return ", ".join(self.values)


class Invitation(models.Model):
    """Who was written to, and whether a reminder would still make sense. Never when they answered, nor what."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="invitations")
    registration = models.ForeignKey(Registration, on_delete=models.CASCADE, related_name="questionnaires")
    sent_at = models.DateTimeField(null=True)  # put in the queue: once
    reminded_at = models.DateTimeField(null=True)
    answered = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "registration"],
                name="questionnaires_invited_once",
                violation_error_message=_("Cette personne est déjà invitée à répondre."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.registration} : {self.questionnaire}"


class PublishedResults(models.Model):
    """Of a gathering that came in a public archive: what its questionnaires had found, as the archive says."""

    gathering = models.OneToOneField(Gathering, on_delete=models.CASCADE, related_name="published_results")
    rows = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.gathering)
