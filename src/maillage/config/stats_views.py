"""/stats: counts only, for anybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.config.stats import FLOOR, table
from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv


@require_safe
@needs(Need.ANYBODY)
def stats(request: HttpRequest) -> HttpResponse:
    """`?annee=2025`: that year alone; whatever else is asked, all of them."""
    years, rows = table(today=timezone.localdate())
    asked = request.GET.get("annee", "")
    chosen = next((year for year in years if str(year) == asked), None)
    shown = [chosen] if chosen else years
    lines = [
        {"title": row.title, "total": row.total, "cells": [(year, row.by_year[year]) for year in shown]} for row in rows
    ]
    context = {"years": years, "shown": shown, "chosen": chosen, "lines": lines, "floor": FLOOR}
    return render(request, "config/stats.html", context)


@require_safe
@needs(Need.ANYBODY)
def stats_csv(request: HttpRequest) -> HttpResponse:
    years, rows = table(today=timezone.localdate())
    headers = [
        _("ce qui est compté"),
        _("en tout (au moins)"),
        *(_("{year} (au moins)").format(year=year) for year in years),
    ]
    unsaid = _("non montré")
    lines = [
        [
            str(row.title),
            unsaid if row.total is None else str(row.total),
            *(unsaid if number is None else str(number) for number in row.by_year.values()),
        ]
        for row in rows
    ]
    response = HttpResponse(write_csv(headers, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="maillage-en-nombres.csv"'
    return response
