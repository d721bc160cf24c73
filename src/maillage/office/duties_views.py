"""What the law asks to be told: what is done with people's data, and the register of processings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv
from maillage.office.processing import lines, terms_of
from maillage.office.retention import rules
from maillage.ui.operator import operator


@require_safe
@needs(Need.ANYBODY)
def privacy(request: HttpRequest) -> HttpResponse:
    kept = [{"rule": rule, "terms": terms_of(rule)} for rule in rules()]
    told = [(line.processing.title, line.durations) for line in lines() if line.processing.kept]
    return render(request, "office/privacy.html", operator() | {"kept": kept, "told": told, "lines": lines()})


@require_safe
@needs(Need.ANYBODY)
def register(request: HttpRequest) -> HttpResponse:
    return render(request, "office/register.html", operator() | {"lines": lines()})


@require_safe
@needs(Need.ANYBODY)
def register_csv(request: HttpRequest) -> HttpResponse:
    who = operator()
    headers = [
        _("traitement"), _("responsable"), _("délégué·e à la protection des données"), _("finalité"), _("base légale"),
        _("personnes concernées"), _("données"), _("destinataires"), _("durées"), _("où, dans la base"),
    ]  # fmt: skip
    rows = [
        [
            str(each.title), who["operator"], who["dpo"], str(each.purpose), str(each.basis), str(each.people),
            str(each.data), str(each.recipients), " ; ".join(line.durations), ", ".join(each.fields),
        ]
        for line in lines()
        for each in [line.processing]
    ]  # fmt: skip
    response = HttpResponse(write_csv(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registre-des-traitements.csv"'
    return response
