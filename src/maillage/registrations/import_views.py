"""The organiser's way from a file to registrations: upload, columns, preview with its questions, confirmation."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import Table, UnreadableTable
from maillage.people.access import fetch_in_space
from maillage.people.queries import can_organise
from maillage.registrations.doubles import summary
from maillage.registrations.enums import ImportStatus
from maillage.registrations.forms import ColumnsForm, UploadForm
from maillage.registrations.imports import (
    KEEP_IMPORTS,
    NoNames,
    NothingToRead,
    QuestionsWait,
    answer_doubts,
    choose_columns,
    confirm_import,
    drop_import,
    earlier_answers,
    start_import,
)
from maillage.registrations.mapping import NAMES, BadMapping
from maillage.registrations.models import RegistrationImport
from maillage.registrations.opening import beyond_capacity_words
from maillage.registrations.queries import numbered_rows, offer_of, reading_of, table_of
from maillage.registrations.services import Refused
from maillage.registrations.undoing import left_words, undo_import, undoable_import
from maillage.registrations.values import nested
from maillage.registrations.views import JUST_IMPORTED, organised_gathering
from maillage.territories.models import Commune

EXAMPLES = 3  # values shown under a column
MEGABYTE = 1_000_000
FORM_SLACK = 10_000  # bytes of a multipart form around its file


def _import(request: HttpRequest, gathering: UUID, import_id: UUID) -> RegistrationImport:
    organised_gathering(request, gathering)
    return fetch_in_space(
        request.user,
        RegistrationImport.objects.select_related("gathering__space").filter(gathering=gathering),
        can=can_organise,
        space_of=lambda row: row.gathering.space,
        pk=import_id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def upload(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    status = 200
    form = UploadForm()
    may_tell = False
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        status = 422
        if _too_big(request):
            form.full_clean()
            form.add_error(
                "file",
                _("Ce fichier dépasse {most} Mo. Supprimez les images et les feuilles inutiles, ou coupez-le.").format(
                    most=settings.MAX_UPLOAD_MB
                ),
            )
            status = 413
        elif form.is_valid():
            try:
                import_ = start_import(
                    gathering=found,
                    content=form.upload.read(),
                    filename=form.upload.name or "",
                    by=str(request.user),
                    other_titles=form.cleaned_data["other_titles"],
                )
            except NoNames as refusal:
                form.add_error("file", refusal.sentence)
                may_tell = refusal.is_table
            except (UnreadableTable, NothingToRead) as refusal:
                form.add_error("file", refusal.sentence)
            else:
                named = any(name in import_.mapping for name in NAMES)
                return redirect(
                    "registrations:import-preview" if named else "registrations:import-columns", found.pk, import_.pk
                )
    waiting = found.imports.filter(status=ImportStatus.DRAFT).defer("content").order_by("-created_at")
    last = undoable_import(found)
    return render(
        request,
        "registrations/import_upload.html",
        {
            "gathering": found,
            "form": form,
            "waiting": waiting,
            "most": settings.MAX_UPLOAD_MB,
            "may_tell": may_tell,
            "last": last,
            "until": last and last.created_at + KEEP_IMPORTS,
        },
        status=status,
    )


def _too_big(request: HttpRequest) -> bool:
    """Said by the request's own length before anything is read into memory, then by the file's."""
    most = settings.MAX_UPLOAD_MB * MEGABYTE
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > most + FORM_SLACK:
        return True
    file = request.FILES.get("file")
    return file is not None and (file.size or 0) > most


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def columns(request: HttpRequest, gathering: UUID, import_id: UUID) -> HttpResponse:
    import_ = _import(request, gathering, import_id)
    if import_.status != ImportStatus.DRAFT:
        return _closed(request, import_)
    table = table_of(import_)
    form = ColumnsForm(
        request.POST or None, headers=table.headers, offer=offer_of(import_.gathering), mapping=import_.mapping
    )
    if request.method == "POST" and form.is_valid():
        try:
            choose_columns(import_=import_, mapping=form.cleaned_data["mapping"], by=str(request.user))
        except (BadMapping, Refused) as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("registrations:import-preview", import_.gathering_id, import_.pk)
    shown = []
    for column, field in enumerate(form):
        values = dict.fromkeys(row[column] for _number, row in numbered_rows(table) if row[column].strip())
        shown.append((field, [nested(value) for value in list(values)[:EXAMPLES]]))
    return render(
        request,
        "registrations/import_columns.html",
        {"gathering": import_.gathering, "import": import_, "form": form, "columns": shown, "notes": table.notes},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def preview(request: HttpRequest, gathering: UUID, import_id: UUID) -> HttpResponse:
    """What confirming would write. A POST keeps the answers; with action=confirm it then writes."""
    import_ = _import(request, gathering, import_id)
    if import_.status != ImportStatus.DRAFT:
        return _closed(request, import_)
    if not any(name in import_.mapping for name in NAMES):
        return redirect("registrations:import-columns", import_.gathering_id, import_.pk)
    refused = ""
    if request.method == "POST":
        answers = {
            key.removeprefix("answer-"): str(value) for key, value in request.POST.items() if key.startswith("answer-")
        }
        try:
            answer_doubts(import_=import_, answers=answers, by=str(request.user))
            if request.POST.get("action") == "confirm":
                result = confirm_import(import_=import_, by=str(request.user))
                messages.success(request, result.sentence)
                request.session[JUST_IMPORTED] = str(import_.pk)
                if beyond := beyond_capacity_words(import_.gathering):
                    messages.warning(request, beyond)
                return redirect("registrations:list", import_.gathering_id)
            return redirect("registrations:import-preview", import_.gathering_id, import_.pk)
        except QuestionsWait as refusal:
            refused = refusal.sentence
            import_.refresh_from_db()
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("registrations:list", import_.gathering_id)
    table = table_of(import_)
    reading = reading_of(import_, table)
    earlier = earlier_answers(import_.gathering, but=import_)
    questions = reading.asked_now(earlier)
    missing = next((n for n, (doubt, _rows) in enumerate(questions, start=1) if doubt.settled is None), None)
    only = request.GET.get("voir", "")
    candidates = reading.doubtful if only == "a-verifier" else reading.candidates
    offer = offer_of(import_.gathering)
    communes = Commune.objects.in_bulk({c.record.commune for c in candidates if c.record.commune})
    shown = [
        (
            candidate,
            communes.get(candidate.record.commune) or candidate.record.commune_text,
            [offer.workshop_name(workshop) for _slot, ranked in candidate.record.wishes for workshop in ranked],
        )
        for candidate in candidates
    ]
    return render(
        request,
        "registrations/import_preview.html",
        {
            "gathering": import_.gathering,
            "import": import_,
            "reading": reading,
            "questions": questions,
            "missing": missing,
            "answered": reading.asked_again(earlier),
            "shown": shown,
            "only": only,
            "summary": summary(reading),
            "notes": table.notes,
            "left_out": _columns_left_out(table, import_.mapping),
            "refused": refused,
        },
        status=422 if refused else 200,
    )


def _columns_left_out(table: Table, mapping: Mapping[str, int]) -> list[str]:
    """Columns that hold something nobody will read: a need may be among them."""
    used = set(mapping.values())
    return [
        header
        for number, header in enumerate(table.headers)
        if number not in used and any(row[number].strip() for row in table.rows)
    ]


@require_POST
@needs(Need.ORGANISE)
def abandonment(request: HttpRequest, gathering: UUID, import_id: UUID) -> HttpResponse:
    import_ = _import(request, gathering, import_id)
    try:
        drop_import(import_=import_, by=str(request.user))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("L’import est abandonné : rien n’a été écrit."))
    return redirect("registrations:list", import_.gathering_id)


@require_POST
@needs(Need.ORGANISE)
def cancellation(request: HttpRequest, gathering: UUID, import_id: UUID) -> HttpResponse:
    """A confirmed import, taken back."""
    import_ = _import(request, gathering, import_id)
    try:
        undone = undo_import(import_=import_, by=str(request.user))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, undone.sentence)
        if undone.left:
            messages.warning(request, left_words(undone.left))
    return redirect("registrations:list", import_.gathering_id)


def _closed(request: HttpRequest, import_: RegistrationImport) -> HttpResponse:
    messages.info(request, _("Cet import est déjà terminé ou abandonné."))
    return redirect("registrations:list", import_.gathering_id)
