"""Making a questionnaire, its settings, its copies, its end. Its questions are in `questions.py`."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from maillage.gatherings.models import Gathering
from maillage.lib.codes import new_code
from maillage.office.services import drop_mail, record_activity
from maillage.questionnaires.enums import Moment
from maillage.questionnaires.library import Model, options_of
from maillage.questionnaires.models import Question, Questionnaire

MOST = 12  # questionnaires of one gathering
CODE_TRIES = 20
UNNAMED = gettext_noop("Questionnaire")
COPIED = ("part", "kind", "label", "help", "options", "low", "high", "required", "after_answers", "position")


class QuestionnaireRefused(Exception):
    """A refusal a user can cause; `sentence` is for them, under `field` where it is of one."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.field = sentence, field


@transaction.atomic
def make_questionnaire(*, gathering: Gathering, model: Model | None, by: object) -> Questionnaire:
    """From one of ours, or empty. Closed: nothing is asked of anybody yet."""
    _refuse_many(gathering)
    made = _new(
        gathering,
        moment=model.moment if model else Moment.AFTER,
        title=model.title if model else UNNAMED,
        welcome=model.welcome if model else "",
    )
    written: dict[str, Question] = {}
    for asked in model.questions if model else ():
        words = options_of(asked, gathering)
        if asked["kind"] in ("choice", "choices") and not words:
            continue  # a list of the gathering that is empty: no workshop, nobody registered
        options = [{"id": str(number), "label": label} for number, label in enumerate(words, start=1)]
        after = written.get(asked.get("after", ""))
        ids = {option["label"]: option["id"] for option in after.options} if after else {}
        question = Question(
            questionnaire=made,
            position=len(written) + 1,
            options=options,
            after=after,
            after_answers=[ids[answer] for answer in asked.get("answers", [])] if after else [],
            **{name: asked.get(name, "") for name in ("part", "kind", "label", "help", "low", "high")},
        )
        question.save()
        written[asked["id"]] = question
    log(made, by, "make-questionnaire")
    return made


def _new(gathering: Gathering, **facts: Any) -> Questionnaire:
    """With a code of its own: a few are drawn, as somebody may take the same at the same moment."""
    for _try in range(CODE_TRIES):
        try:
            with transaction.atomic():
                return Questionnaire.objects.create(gathering=gathering, code=new_code(), **facts)
        except IntegrityError:
            continue
    raise RuntimeError("no free code was drawn")


@transaction.atomic
def set_questionnaire(*, questionnaire: Questionnaire, by: object, base_url: str, **facts: Any) -> None:
    """`facts`: moment, title, welcome, is_open, opens_at, closes_at, letter_on, remind_on, told."""
    if facts.get("is_open") and not questionnaire.questions.filter(removed_at__isnull=True).exists():
        raise QuestionnaireRefused(_("Ajoutez une question avant d’ouvrir : la page serait vide."), "is_open")
    for name, value in facts.items():
        setattr(questionnaire, name, value)
    questionnaire.base_url = base_url
    questionnaire.save(update_fields=[*facts, "base_url"])
    log(questionnaire, by, "set-questionnaire")


@transaction.atomic
def copy_questionnaire(*, questionnaire: Questionnaire, gathering: Gathering, by: object) -> Questionnaire:
    """Its questions, for another gathering: closed, without dates, without an answer."""
    _refuse_many(gathering)
    copy = _new(
        gathering,
        moment=questionnaire.moment,
        title=questionnaire.title,
        welcome=questionnaire.welcome,
        told=questionnaire.told,
    )
    born: dict[UUID, Question] = {}
    for question in questionnaire.questions.filter(removed_at__isnull=True):
        new = Question(questionnaire=copy, **{name: getattr(question, name) for name in COPIED})
        new.after = born.get(question.after_id) if question.after_id else None
        if new.after is None:
            new.after_answers = []
        new.save()
        born[question.pk] = new
    log(copy, by, "copy-questionnaire")
    return copy


@transaction.atomic
def remove_questionnaire(*, questionnaire: Questionnaire, by: object) -> int:
    """For good, with its answers: how many."""
    number = questionnaire.responses.count()
    drop_mail(about=questionnaire.pk)
    log(questionnaire, by, "remove-questionnaire")
    questionnaire.delete()
    return number


def copy_with_gathering(*, gathering: Gathering, copy: Gathering, **_signal: object) -> None:
    """Receiver of `copied`: a day prepared from another has its questionnaires."""
    for questionnaire in gathering.questionnaires.all():
        copy_questionnaire(questionnaire=questionnaire, gathering=copy, by="")


def gatherings_to_copy_to(questionnaire: Questionnaire) -> list[Gathering]:
    rows = Gathering.objects.filter(space=questionnaire.gathering.space).exclude(pk=questionnaire.gathering_id)
    return list(rows.order_by("-date", "title", "pk"))


def _refuse_many(gathering: Gathering) -> None:
    Gathering.objects.select_for_update().get(pk=gathering.pk)  # two organisers may make one at the same moment
    if gathering.questionnaires.count() >= MOST:
        raise QuestionnaireRefused(
            _("Cette rencontre a déjà {n} questionnaires : effacez-en un d’abord.").format(n=MOST)
        )


def log(questionnaire: Questionnaire, by: object, verb: str, more: str = "") -> None:
    """The questionnaire, never an answer."""
    gathering = questionnaire.gathering
    about = " – ".join(part for part in (str(gathering), questionnaire.title, more) if part)
    if str(by):
        record_activity(space=gathering.space.slug, by=str(by), verb=verb, about=about[:300], about_id=gathering.pk)
