"""The archive of a gathering, and what a space erases. Complete archives are for the command line: they hold people."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maillage.archives.forms import NamesForm
from maillage.archives.package import write_archive
from maillage.atlas.opendata.answering import answer
from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import public_gathering
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.office.models import Activity
from maillage.office.retention import Due, change_names_rule, names_months, waiting
from maillage.people.access import fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise
from maillage.registrations.retention import due_names

MOST_SHOWN = 50  # things of one rule
MOST_LINES = 30  # of the log
VERBS = {  # of the log
    "a effacé une séance": gettext_lazy("notes effacées"),
    "erase-needs": gettext_lazy("besoins effacés"),
    "erase-names": gettext_lazy("noms effacés"),
    "erase-person": gettext_lazy("une personne effacée, à sa demande"),
    "change-names-rule": gettext_lazy("règle des noms changée, en mois"),
}


@never_cache
@require_safe
@needs(Need.ORGANISE)
def archive(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    response = HttpResponse(write_archive(gathering), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{_name(gathering)}"'
    return response


@require_safe
@needs(Need.PUBLISHED)
@limited(FILES, methods=READING)
def public(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    gathering = public_gathering(space, slug)
    if gathering is None:
        raise Http404
    # a closed atlas gives none of its own; what the desk keeps and did not publish stays with the desk
    content = write_archive(gathering, of_space=gathering.space.atlas_public, for_anybody=True)
    return answer(request, content, "application/zip", file_name=_name(gathering))


def _name(gathering: Gathering) -> str:
    return f"archive-{gathering.slug}.zip"


@never_cache
@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest, slug: str) -> HttpResponse:
    """What will be erased, and when. A new rule is shown with what it would erase before it is taken."""
    space = fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)
    months = names_months(space.pk)
    tried = request.method != "POST" and "months" in request.GET
    given = request.POST if request.method == "POST" else request.GET if tried else None
    form = NamesForm(given, initial={"months": months})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["months"]
        if wanted != months:
            change_names_rule(space=space.pk, slug=space.slug, months=wanted, by=str(request.user))
        messages.success(request, _("Les noms se gardent {n} mois après la rencontre.").format(n=wanted))
        return redirect("archives:retention", space.slug)
    context = {
        "space": space,
        "months": months,
        "form": form,
        "trial": _trial(space, form.cleaned_data["months"], months) if tried and form.is_valid() else None,
        "rules": [{"rule": rule, "term": rule.term(space.pk), **_shown(due)} for rule, due in waiting(space.pk)],
        "log": [
            {"at": row.at, "words": VERBS[row.verb], "about": row.about, "by": row.by}
            for row in Activity.objects.filter(space=space.slug, verb__in=VERBS)[:MOST_LINES]
        ],
    }
    return render(request, "archives/retention.html", context, status=422 if form.errors else 200)


def _trial(space: Space, wanted: int, months: int) -> dict[str, Any]:
    """With another rule: what would go within the hour, then the rest."""
    return {"months": wanted, "same": wanted == months, **_shown(due_names(space.pk, wanted))}


def _shown(due: list[Due]) -> dict[str, Any]:
    now = timezone.now()
    ordered = sorted(due, key=lambda each: (each.at, each.words))
    return {
        "now": [each.words for each in ordered if each.at <= now],
        "later": [each for each in ordered if each.at > now][:MOST_SHOWN],
        "more": max(0, sum(each.at > now for each in ordered) - MOST_SHOWN),
    }
