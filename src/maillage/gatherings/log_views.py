"""The activity log of a space, for who organises it: who did what, when. Here, since a reader looks for a gathering."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.needs import Need, needs
from maillage.lib.paging import KeyPaginator
from maillage.lib.spreadsheets import write_csv
from maillage.office.models import Activity
from maillage.office.queries import log_of, who_acted
from maillage.office.services import record_activity
from maillage.office.verbs import LogKind, words_of
from maillage.people.access import fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise
from maillage.people.retention import ENTRY_MONTHS, LOG_MONTHS

PER_PAGE = 100
MOST_LINES = 20_000  # of a file


class LogForm(forms.Form):
    """What a shared address says wrongly is passed over: the whole log is shown."""

    genre = forms.ChoiceField(
        label=gettext_lazy("Genre"), required=False, choices=[("", gettext_lazy("tous")), *LogKind.choices]
    )
    qui = forms.ChoiceField(label=gettext_lazy("Qui"), required=False)
    rencontre = forms.ChoiceField(label=gettext_lazy("Rencontre"), required=False)

    def __init__(self, data: Any, *, people: list[str], gatherings: list[Gathering]) -> None:
        super().__init__(data)
        everybody, everywhere = [("", _("toutes les personnes"))], [("", _("toutes"))]
        who, where = cast(forms.ChoiceField, self.fields["qui"]), cast(forms.ChoiceField, self.fields["rencontre"])
        who.choices = everybody + [(name, name) for name in people]
        where.choices = everywhere + [(str(row.pk), str(row)) for row in gatherings]


@never_cache
@require_safe
@needs(Need.ORGANISE)
def log(request: HttpRequest, slug: str) -> HttpResponse:
    space = _space(request, slug)
    form, said = _asked(request, space)
    rows = _rows(space, said)
    page = KeyPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "space": space,
        "form": form,
        "page": page,
        "lines": [{"at": row.at, "by": row.by, "words": words_of(row.verb), "about": row.about} for row in page],
        "asked": urlencode(said),
        "entry_months": ENTRY_MONTHS,
        "log_months": LOG_MONTHS,
    }
    return render(request, "gatherings/log.html", context)


@never_cache
@require_safe
@needs(Need.ORGANISE)
def log_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same lines, as a table. Taking it is a line too."""
    space = _space(request, slug)
    _form, said = _asked(request, space)
    headers = [_("quand"), _("qui"), _("quoi"), _("à propos de")]
    lines = [_line(row) for row in _rows(space, said)[:MOST_LINES]]
    record_activity(space=space.slug, by=str(request.user), verb="export", about=_("le journal"), about_id=space.pk)
    response = HttpResponse(write_csv(headers, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{space.slug}.csv"'
    return response


def _space(request: HttpRequest, slug: str) -> Space:
    return fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)


def _asked(request: HttpRequest, space: Space) -> tuple[LogForm, dict[str, str]]:
    gatherings = list(Gathering.objects.filter(space=space).order_by("-date", "title"))
    form = LogForm(request.GET, people=who_acted(space.slug), gatherings=gatherings)
    form.is_valid()
    return form, {name: value for name, value in form.cleaned_data.items() if value}


def _rows(space: Space, said: dict[str, str]) -> Any:
    about: list[str] = []
    ids = []
    if "rencontre" in said:
        gathering = Gathering.objects.get(pk=said["rencontre"])
        workshops = Workshop.objects.filter(slot__gathering=gathering)
        about = [str(gathering), gathering.title, *(str(row) for row in workshops)]
        ids = [gathering.pk, *(row.pk for row in workshops)]
    return log_of(space.slug, kind=said.get("genre", ""), by=said.get("qui", ""), about=about, about_ids=ids)


def _line(row: Activity) -> list[str]:
    at = timezone.localtime(row.at)
    return [f"{at:%Y-%m-%d %H:%M}", row.by, words_of(row.verb), row.about]
