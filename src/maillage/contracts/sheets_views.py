"""Contracts to a spreadsheet and back."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maillage.contracts.access import fetch_space
from maillage.contracts.cells import COLUMNS
from maillage.contracts.forms import UploadForm
from maillage.contracts.sheets import SheetRefused, export_rows, import_contracts
from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv, write_xlsx
from maillage.people.queries import can_organise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEGABYTE = 1_000_000


@require_safe
@needs(Need.READ)
def export(request: HttpRequest, space: str, form: str) -> HttpResponse:
    """The organisers' notes are for them only."""
    row = fetch_space(request, space)
    if form not in ("csv", "xlsx"):
        raise Http404
    headers, rows = export_rows(row, internal=can_organise(request.user, row))
    content = write_csv(headers, rows) if form == "csv" else write_xlsx(headers, rows, _("Contrats de ville"))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="contrats-{row.slug}.{form}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def upload(request: HttpRequest, space: str) -> HttpResponse:
    row = fetch_space(request, space, can=can_organise)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    problems: list[str] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_MB * MEGABYTE:
            form.add_error("file", _("Ce fichier dépasse {most} Mo.").format(most=settings.MAX_UPLOAD_MB))
        else:
            try:
                done = import_contracts(space=row, content=file.read(), filename=file.name, by=request.user)
            except SheetRefused as refusal:
                problems = refusal.problems
            else:
                messages.success(request, done.sentence)
                for note in done.notes:
                    messages.info(request, note)
                return redirect("contracts:list", row.slug)
    context = {"space": row, "form": form, "problems": problems, "columns": list(COLUMNS)}
    return render(request, "contracts/import.html", context, status=422 if problems or form.errors else 200)
