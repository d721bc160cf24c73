"""What a questionnaire found: on screen, one question by another, in files."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv
from maillage.live.results import FLOOR
from maillage.questionnaires.access import fetch_questionnaire
from maillage.questionnaires.answering import set_hidden
from maillage.questionnaires.crossing import CrossTable
from maillage.questionnaires.enums import QuestionKind
from maillage.questionnaires.models import Answer, Question, Questionnaire
from maillage.questionnaires.queries import letters_counts
from maillage.questionnaires.results import CannotCross, counted, cross_of, crossable, line_words, results_of

HIDDEN = "–"


@never_cache
@require_safe
@needs(Need.ORGANISE)
def results(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    choices = crossable(found)
    rows, columns = request.GET.get("lignes", ""), request.GET.get("colonnes", "")
    crossed, refused = None, ""
    if rows and columns:
        try:
            crossed = _crossed(found, rows, columns)
        except CannotCross as refusal:
            refused = refusal.sentence
        else:
            refused = _nothing_to_read(crossed)
            crossed = None if refused else crossed
    context = {
        "questionnaire": found,
        "gathering": found.gathering,
        "results": results_of(found),
        "waiting": found.responses.count() - counted(found).count(),
        "letters": letters_counts(found),
        "choices": choices,
        "wanted_rows": rows,
        "wanted_columns": columns,
        "crossed": crossed,
        "refused": refused,
        "floor": FLOOR,
    }
    return render(request, "questionnaires/results.html", context)


def _nothing_to_read(crossed: dict[str, object]) -> str:
    """A table of dashes says nothing that its two questions do not say."""
    table = crossed["table"]
    assert isinstance(table, CrossTable)
    if table.hidden < len(table.rows) * len(table.columns):
        return ""
    return _(
        "{n} personnes ont répondu aux deux, mais trop de cases en comptent moins de {floor} : tout serait caché. "
        "Croisez des questions qui ont moins de réponses possibles."
    ).format(n=table.base, floor=FLOOR)


def _crossed(questionnaire: Questionnaire, rows: str, columns: str) -> dict[str, object]:
    by_id = {str(question.pk): question for _number, question in crossable(questionnaire)}
    if rows not in by_id or columns not in by_id:
        raise CannotCross(_("Cette question n’est plus dans le questionnaire : choisissez-en une autre."))
    row, column, table = cross_of(questionnaire, by_id[rows], by_id[columns])
    heads = [(line_words(head.ids, column), head.total) for head in table.columns]
    return {
        "row": row,
        "column": column,
        "table": table,
        "heads": heads,
        "lines": [
            (
                line_words(line.ids, row),
                line.total,
                [(head, HIDDEN if cell is None else cell) for (head, _total), cell in zip(heads, cells, strict=True)],
            )
            for line, cells in zip(table.rows, table.cells, strict=True)
        ],
    }


@never_cache
@require_safe
@needs(Need.ORGANISE)
def counts_file(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """A line an answer that could be given. Under the floor, one line without a number."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    headers = ["Numéro", "Question", "Façon de répondre", "Réponse", "Nombre", "Part en %", "Réponses à la question"]
    rows: list[list[str]] = []
    for result in results_of(found):
        about = [str(result.number), result.question.label, str(result.question.get_kind_display())]
        if result.question.kind == QuestionKind.TEXT:
            rows.append([*about, "", "", "", str(result.answered) if result.enough else ""])
        elif not result.enough:
            rows.append([*about, _("moins de {n} réponses").format(n=FLOOR), "", "", ""])
        for option in result.options:
            rows.append([*about, option["label"], str(option["count"]), str(option["share"]), str(result.answered)])
    return _csv(headers, rows, f"resultats-{found.gathering.slug}")


@never_cache
@require_safe
@needs(Need.ORGANISE)
def texts_file(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """Beside nothing else of what the same person answered, and without those put aside."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    rows = [
        [str(result.number), result.question.label, text.words]
        for result in results_of(found)
        for text in result.texts
        if not text.hidden
    ]
    return _csv(["Numéro", "Question", "Texte"], rows, f"textes-{found.gathering.slug}")


@never_cache
@require_safe
@needs(Need.ORGANISE)
def crossed_file(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID) -> HttpResponse:
    """The table on the screen: the same numbers are hidden."""
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    try:
        crossed = _crossed(found, request.GET.get("lignes", ""), request.GET.get("colonnes", ""))
    except CannotCross as refusal:
        raise Http404(refusal.sentence) from refusal
    row, table = crossed["row"], crossed["table"]
    assert isinstance(row, Question)
    assert isinstance(table, CrossTable)
    heads, lines = crossed["heads"], crossed["lines"]
    headers = [row.label, "Réponses", *(head for head, _total in heads)]  # type: ignore[attr-defined]
    body = [[label, str(total), *(str(cell) for _head, cell in cells)] for label, total, cells in lines]  # type: ignore[attr-defined]
    return _csv(headers, body, f"croisement-{found.gathering.slug}")


def _csv(headers: list[str], rows: list[list[str]], name: str) -> HttpResponse:
    response = HttpResponse(write_csv(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_POST
@needs(Need.ORGANISE)
def hiding(request: HttpRequest, gathering_id: UUID, questionnaire_id: UUID, answer_id: UUID) -> HttpResponse:
    found = fetch_questionnaire(request.user, gathering_id, questionnaire_id)
    rows = Answer.objects.select_related("response__questionnaire__gathering__space")
    answer = rows.filter(pk=answer_id, response__questionnaire=found, question__kind=QuestionKind.TEXT).first()
    if answer is None:
        raise Http404(_("Ce texte n’est plus là : la personne l’a peut-être corrigé."))
    hidden = request.POST.get("hidden") == "on"
    set_hidden(answer=answer, hidden=hidden, by=request.user)
    messages.success(
        request,
        _("Ce texte est mis de côté : il n’est plus dans aucun fichier.") if hidden else _("Ce texte est remis."),
    )
    to = redirect("questionnaires:results", gathering_id, found.pk)
    to["Location"] += f"#question-{answer.question_id}"
    return to
