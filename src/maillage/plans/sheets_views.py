"""A plan to a spreadsheet and back."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.services import record_export
from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv, write_xlsx
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import Refused
from maillage.plans.sheets import HEADERS, FileRefused, export_rows, import_plan
from maillage.plans.versions import plans_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier des places"),
        help_text=gettext_lazy("CSV ou Excel (.xlsx) : une ligne par personne et par créneau."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )


@require_safe
@needs(Need.ORGANISE)
def export(request: HttpRequest, gathering: UUID, plan: UUID, form: str) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    row = plans_of(found).filter(pk=plan).first()
    if row is None or form not in ("csv", "xlsx"):
        raise Http404
    headers, rows = export_rows(row)
    record_export(gathering=found, what=_("les places"), by=request.user)
    content = write_csv(headers, rows) if form == "csv" else write_xlsx(headers, rows, _("Places"))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="places-{found.slug}.{form}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def upload(request: HttpRequest, gathering: UUID) -> HttpResponse:
    """Refused lines are listed with their number; a file that is accepted becomes a draft, whatever it changes."""
    found = fetch_gathering(request.user, gathering)
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.MAX_UPLOAD_MB * 1_000_000:
            form.add_error("file", _("Ce fichier dépasse {most} Mo.").format(most=settings.MAX_UPLOAD_MB))
        else:
            try:
                import_plan(gathering=found, content=file.read(), filename=file.name, by=request.user)
                messages.success(
                    request,
                    _("Le fichier est devenu un brouillon. Ce qu’il ne respecte pas est sous « À savoir »."),
                )
                return redirect("plans:plan", found.pk)
            except FileRefused as refusal:
                problems = refusal.problems
            except Refused as refusal:
                problems = [refusal.sentence]
    context = {"gathering": found, "form": form, "problems": problems, "headers": HEADERS, "plan": latest_plan(found)}
    return render(request, "plans/import.html", context, status=422 if problems or form.errors else 200)
