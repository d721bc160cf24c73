"""Reviews: the agenda prepared, the sheet to print, what was learned and decided, the next date, the calendar."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.change.access import member_page
from maillage.change.checks import ChangeRefused
from maillage.change.forms import HarvestForm, HeldForm, ReviewForm
from maillage.change.keeping import ChangedMeanwhile, bring_back, remove_kept, return_to
from maillage.change.members import member_token
from maillage.change.models import Harvest, Member, Review
from maillage.change.noting import add_commitment, add_harvest, hold_review, plan_review
from maillage.change.queries import AGENDA_PARTS, agenda_of, commitments_of, review_before
from maillage.change.views import as_uuid, asked_version, context_of
from maillage.change.words import history_of
from maillage.lib.icalendar import Event, write_calendar
from maillage.lib.matching import fold
from maillage.lib.needs import Need, needs
from maillage.ui.addresses import public_address

HELD = ("attended", "learned", "decisions", "next_on")
TITLES = {
    "unseen": gettext_lazy("Repères que personne n’a regardés"),
    "late": gettext_lazy("Actions dont le jour est passé"),
    "coming": gettext_lazy("Actions à venir"),
    "moved": gettext_lazy("Conditions qui ont bougé"),
    "unexpected": gettext_lazy("Ce qu’on n’attendait pas"),
    "seen": gettext_lazy("Ce qui a été vu"),
}


@member_page
@needs(Need.LINK)
def reviews(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    form = ReviewForm(request.POST if request.method == "POST" else None, initial={"on": timezone.localdate()})
    if request.method == "POST" and "back" in request.POST:
        bring_back(get_object_or_404(Review, group=group, pk=as_uuid(request.POST["back"])), by=member)
        return redirect("change:reviews", member_token(member))
    if request.method == "POST" and form.is_valid():
        made = plan_review(group=group, kind=form.cleaned_data["kind"], on=form.cleaned_data["on"], by=member)
        messages.success(request, _("La revue est prévue, son ordre du jour se prépare de lui-même."))
        return redirect("change:review", member_token(member), made.pk)
    rows = Review.objects.filter(group=group)
    context = context_of(
        member,
        rows=rows.filter(removed_at=None),
        removed=rows.filter(removed_at__isnull=False),
        harvests=Harvest.objects.filter(group=group, removed_at=None),
        gone=Harvest.objects.filter(group=group, removed_at__isnull=False),
        form=form,
    )
    return render(request, "change/reviews.html", context, status=422 if form.errors else 200)


@member_page
@needs(Need.LINK)
def review(request: HttpRequest, member: Member, review_id: uuid.UUID) -> HttpResponse:
    group = member.group
    row = get_object_or_404(Review, pk=review_id, group=group)
    since = review_before(group, row.on, but=row)
    agenda = agenda_of(group, on=max(row.on, dt.date.min), since=since).as_json if row.agenda is None else row.agenda
    form, harvest, theirs = _held(row), HarvestForm(prefix="effet"), dict[str, Any]()
    asked = request.POST.get("do", "")
    if asked == "hold":
        form = HeldForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                hold_review(
                    review=row,
                    attended=said["attended"],
                    learned=said["learned"],
                    decisions=said["decisions"],
                    next_on=said["next_on"],
                    agenda=agenda,
                    seen=said["seen"],
                    by=member,
                )
            except ChangeRefused as refusal:
                form.add_error(refusal.field, refusal.sentence)
            except ChangedMeanwhile as both:
                theirs = both.theirs
                form = _held(both.row, {part: said[part] for part in theirs})
                messages.warning(request, both.sentence)
            else:
                _plan_next(row, said["next_on"], member)
                messages.success(request, _("La revue est notée. Son ordre du jour reste tel qu’il était."))
                return redirect("change:review", member_token(member), row.pk)
    elif asked == "harvest":
        harvest = HarvestForm(request.POST, prefix="effet")
        if harvest.is_valid():
            said = harvest.cleaned_data
            words = {name: said[name] for name in harvest.fields if name != "seen"}
            add_harvest(group=group, review=row, by=member, **words)
            messages.success(request, _("L’effet est récolté."))
            return redirect("change:review", member_token(member), row.pk)
    elif asked == "action":
        try:
            add_commitment(group=group, what=request.POST.get("what", ""), by=member)
            messages.success(request, _("C’est une action du noyau. « Modifier » dit qui s’en charge, et pour quand."))
        except ChangeRefused as refusal:
            messages.warning(request, refusal.sentence)
        return redirect("change:commitments", member_token(member))
    elif asked == "version":
        return_to(row, number=asked_version(request, row), by=member)
        messages.success(request, _("Cette version est reprise ; les autres restent dans l’historique."))
        return redirect("change:review", member_token(member), row.pk)
    elif asked in ("remove", "back"):
        (remove_kept if asked == "remove" else bring_back)(row, by=member)
        return redirect("change:reviews", member_token(member))
    lines = [line.strip() for line in row.decisions.splitlines() if line.strip()]
    known = {fold(action.what) for action in commitments_of(group)}
    context = context_of(
        member,
        tab="reviews",
        row=row,
        agenda=[(TITLES[part], agenda.get(part, [])) for part in AGENDA_PARTS],
        visions=agenda.get("visions", 0),
        since=agenda.get("since", ""),
        form=form,
        theirs=theirs,
        harvest=harvest,
        harvests=row.harvests.filter(removed_at=None),
        decisions=[(line, fold(line) in known) for line in lines],
        history=history_of(row),
    )
    faults = form.errors or harvest.errors or theirs
    return render(request, "change/review.html", context, status=422 if faults else 200)


def _held(row: Review, words: dict[str, Any] | None = None) -> HeldForm:
    initial = {part: getattr(row, part) for part in HELD} | {"seen": row.version}
    return HeldForm(initial=initial | (words or {}))


def _plan_next(row: Review, day: dt.date | None, by: Member) -> None:
    """The next of the same kind, unless one is planned for that day."""
    if day is not None and not Review.objects.filter(group=row.group, on=day, removed_at=None).exists():
        plan_review(group=row.group, kind=row.kind, on=day, by=by)


@member_page
@needs(Need.LINK)
def calendar(request: HttpRequest, member: Member) -> HttpResponse:
    """The reviews as any agenda reads them. No link of a member in it: such files are passed on."""
    group = member.group
    events = [
        Event(
            uid=f"{row.pk}@maillage",
            title=f"{row.get_kind_display()} – {group.name}",
            starts=row.on,
            ends=None,
            revised=row.created_at,
            sequence=row.version - 1,
        )
        for row in Review.objects.filter(group=group, removed_at=None)
    ]
    content = write_calendar(group.name, events, product="-//Maillage//FR", url=public_address(request))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="revues-{group.slug}.ics"'
    return response
