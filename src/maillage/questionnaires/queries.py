from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from maillage.gatherings.models import Gathering
from maillage.questionnaires.enums import Way
from maillage.questionnaires.models import Invitation, Question, Questionnaire


def questionnaires_rows() -> QuerySet[Questionnaire]:
    """With how many answered, on screen or on paper."""
    paper = Count("responses", filter=Q(responses__way=Way.PAPER))
    rows = Questionnaire.objects.select_related("gathering__space", "gathering__commune", "gathering__epci")
    rows = rows.annotate(answered=Count("responses"), on_paper=paper)
    return rows.order_by("created_at", "pk")  # the model's own order is lost where rows are counted


def questionnaires_of(gathering: Gathering) -> QuerySet[Questionnaire]:
    return questionnaires_rows().filter(gathering=gathering)


def asked(questionnaire: Questionnaire) -> list[Question]:
    """Those asked now, in their order."""
    return list(questionnaire.questions.filter(removed_at__isnull=True).select_related("after"))


def everything_asked(questionnaire: Questionnaire) -> list[Question]:
    """Those asked no more too, last; `answered` is how many answered."""
    rows = questionnaire.questions.select_related("after").annotate(answered=Count("answers"))
    rows = rows.order_by("position", "pk")  # the model's own order is lost where rows are counted
    return sorted(rows, key=lambda row: row.removed_at is not None)


def numbers_of(questions: Iterable[Question]) -> dict[UUID, int]:
    """The number each carries on the page, on paper, in a sentence."""
    return {question.pk: number for number, question in enumerate(questions, start=1)}


def condition_words(question: Question, numbers: dict[UUID, int]) -> tuple[int, list[str]] | None:
    """(number of the question it follows, the answers that lead to it), in words."""
    if question.after is None or question.after_id not in numbers:
        return None
    labels = question.after.labels
    return numbers[question.after_id], [labels[id_] for id_ in question.after_answers if id_ in labels]


def letters_counts(questionnaire: Questionnaire) -> dict[str, int]:
    """How many were written to, answered by their link, refused: numbers, nobody's name."""
    rows = Invitation.objects.filter(questionnaire=questionnaire)
    return rows.aggregate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        answered=Count("pk", filter=Q(answered=True, sent_at__isnull=False)),
        refused=Count("pk", filter=Q(refused=True)),
        reminded=Count("pk", filter=Q(reminded_at__isnull=False)),
    )
