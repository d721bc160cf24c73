"""Texts may name somebody, and the list of those written to names people: both go by the rule of names of the space.

Counts stay: what was ticked has no author.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.gatherings.models import Gathering
from maillage.office.retention import BY, Due, Rule, names_months
from maillage.office.services import drop_mail, record_activity
from maillage.people.models import Person, Space
from maillage.questionnaires.enums import QuestionKind
from maillage.questionnaires.models import Answer, Invitation, Questionnaire, Response
from maillage.registrations.retention import names_over

TABLES = (
    "questionnaires_answer",
    "questionnaires_invitation",
    "questionnaires_response",
    "office_mail",
)


def _texts(gatherings: "QuerySet[Gathering] | list[UUID]") -> "QuerySet[Answer]":
    return Answer.objects.filter(question__kind=QuestionKind.TEXT, response__questionnaire__gathering__in=gatherings)


def _of_space(space: UUID) -> "QuerySet[Gathering]":
    return Gathering.objects.filter(space=space).exclude(questionnaires=None).distinct()


def _invited(gathering: Gathering) -> "QuerySet[Invitation]":
    """A refusal stays as long as the registration: somebody who is still known for a later day refused for good."""
    return Invitation.objects.filter(questionnaire__gathering=gathering, refused=False)


def due_texts(space: UUID, _now: dt.datetime) -> list[Due]:
    months = names_months(space)
    found = []
    for gathering in _of_space(space):
        number = _texts([gathering.pk]).count()
        if number or _invited(gathering).exists():
            words = ngettext(
                "{gathering} : {n} texte de questionnaire", "{gathering} : {n} textes de questionnaires", number
            )
            found.append(Due(words.format(gathering=gathering, n=number), names_over(gathering, months)))
    return found


def erase_past_texts(*, now: dt.datetime) -> int:
    """How many texts went."""
    number = 0
    for space in Space.objects.order_by("pk"):
        months = names_months(space.pk)
        for gathering in _of_space(space.pk):
            if names_over(gathering, months) <= now:
                number += _erase(gathering)
    return number


@transaction.atomic
def _erase(gathering: Gathering) -> int:
    """Nothing left to erase writes nothing, not even in the log."""
    texts, _details = _texts([gathering.pk]).delete()
    invited, _details = _invited(gathering).delete()
    typed = Response.objects.filter(questionnaire__gathering=gathering).exclude(typed_by="").update(typed_by="")
    letters = sum(drop_mail(about=pk) for pk in gathering.questionnaires.values_list("pk", flat=True))
    if texts or invited or typed or letters:
        record_activity(
            space=gathering.space.slug, by=BY, verb="erase-texts", about=str(gathering), about_id=gathering.pk
        )
    return texts


def forget_people(sender: object, *, gathering: Gathering, **_news: object) -> None:
    """Receiver of `names_erased`: who was written to is somebody's name too, and so are the letters."""
    _invited(gathering).delete()
    for pk in gathering.questionnaires.values_list("pk", flat=True):
        drop_mail(about=pk)


def what_stays(person: Person) -> str:
    """Of somebody who is erased: nobody can find their answers, to erase them no more than to read them."""
    asked = Questionnaire.objects.filter(gathering__registrations__person=person)
    if not asked.exists():
        return ""
    return _("les réponses données aux questionnaires : elles sont sans nom, nul ne sait lesquelles")


def _months_words(space: UUID) -> str:
    return _("{n} mois après la rencontre").format(n=names_months(space))


TEXTS = Rule(
    key="questionnaire-texts",
    title=gettext_lazy("Les textes des questionnaires, et la liste des personnes à qui l’on a écrit"),
    term=_months_words,
    stays=gettext_lazy("Les nombres restent : combien de personnes ont donné chaque réponse, sans nom."),
    due=due_texts,
    erase=lambda now: erase_past_texts(now=now),
)
