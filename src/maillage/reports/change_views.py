"""The story of a period of a noyau: asked by a member, or by anybody when the noyau says it is public."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from maillage.change.access import member_page
from maillage.change.forms import day_field
from maillage.change.models import CoreGroup, Member
from maillage.change.queries import public_groups
from maillage.change.views import context_of
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.people.models import Space
from maillage.reports.change_story import YEAR, describe_period
from maillage.reports.services import FORMS, set_document


class PeriodForm(forms.Form):
    since = day_field(_("Du"))
    until = day_field(_("Au"))
    form = forms.ChoiceField(label=_("En"), choices=[(form, form.upper()) for form in FORMS])
    public = forms.BooleanField(label=_("Version publique, sans nom"), required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _now("La fin vient avant le début : échangez les deux dates."))
        return said


@member_page
@needs(Need.LINK)
def change_report(request: HttpRequest, member: Member) -> HttpResponse:
    today = timezone.localdate()
    asked = "form" in request.GET
    form = PeriodForm(request.GET) if asked else PeriodForm(initial={"since": today - YEAR, "until": today})
    if asked and form.is_valid():
        said = form.cleaned_data
        return _sent(member.group, said["since"], said["until"], said["form"], public=said["public"])
    context = context_of(member, form=form)
    return render(request, "reports/change_report.html", context, status=422 if asked else 200)


@require_safe
@needs(Need.PUBLISHED)
@limited(FILES, methods=READING)
def public_story(_request: HttpRequest, space: str, slug: str, form: str) -> HttpResponse:
    """Of a noyau that says it is public: the last twelve months, without a name."""
    home = Space.objects.filter(slug=space).first()
    group = public_groups(home).filter(slug=slug).first() if home is not None and form in FORMS else None
    if group is None:
        raise Http404
    today = timezone.localdate()
    return _sent(group, today - YEAR, today, form, public=True)


def _sent(group: CoreGroup, since: dt.date, until: dt.date, form: str, *, public: bool) -> HttpResponse:
    content = set_document(describe_period(group, since=since, until=until, public=public), form)
    response = HttpResponse(content, content_type=FORMS[form])
    shown = "inline" if form == "pdf" else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="recit-{group.slug}.{form}"'
    return response
