"""Conditions by year, shared findings, actions."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.access import member_page
from maillage.change.checks import ChangeRefused
from maillage.change.enums import PRECONDITIONS
from maillage.change.forms import CommitmentForm, ConditionForm, FindingForm
from maillage.change.members import member_token
from maillage.change.models import Commitment, ConditionNote, Finding, Member
from maillage.change.noting import (
    add_commitment,
    add_finding,
    note_condition,
    set_commitment_state,
    take_action,
)
from maillage.change.queries import actions_to_take, commitments_of, conditions_of, news_of
from maillage.change.views import as_uuid, context_of
from maillage.lib.needs import Need, needs
from maillage.memory.enums import ActionState


@member_page
@needs(Need.LINK)
def conditions(request: HttpRequest, member: Member) -> HttpResponse:
    group, today = member.group, timezone.localdate()
    form = ConditionForm(request.POST if request.method == "POST" else None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        note_condition(
            group=group,
            condition=said["condition"],
            state=said["state"],
            finding=said["finding"],
            on=said["on"],
            by=member,
        )
        messages.success(request, _("C’est noté."))
        return redirect("change:conditions", member_token(member))
    years, lines = conditions_of(group, year=today.year)
    before = [line for line in lines if line.condition in PRECONDITIONS]
    context = context_of(
        member,
        years=years,
        parts=[
            (_("Trois conditions de départ"), before),
            (_("Cinq composantes de l’impact collectif"), [line for line in lines if line not in before]),
        ],
        form=form,
        removed=ConditionNote.objects.filter(group=group, removed_at__isnull=False),
    )
    return render(request, "change/conditions.html", context, status=422 if form.errors else 200)


@member_page
@needs(Need.LINK)
def context(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    form = FindingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        add_finding(group=group, text=said["text"], said_by=said["said_by"], source=said["source"], by=member)
        messages.success(request, _("Le constat est noté."))
        return redirect("change:context", member_token(member))
    rows = Finding.objects.filter(group=group)
    more = context_of(
        member,
        findings=rows.filter(removed_at=None),
        removed=rows.filter(removed_at__isnull=False),
        form=form,
    )
    return render(request, "change/context.html", more, status=422 if form.errors else 200)


@member_page
@needs(Need.LINK)
def commitments(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    form = CommitmentForm(group=group)
    if request.method == "POST":
        asked = request.POST.get("do", "")
        if asked in ("state", "take"):
            return _tap(request, member, asked)
        form = CommitmentForm(request.POST, group=group)
        if form.is_valid():
            said = form.cleaned_data
            add_commitment(
                group=group, what=said["what"], who=said["who"], due=said["due"], change=said["change"], by=member
            )
            messages.success(request, _("L’action est notée."))
            return redirect("change:commitments", member_token(member))
    for name in ("state", "outcome", "seen"):
        del form.fields[name]
    rows = commitments_of(group)
    news = news_of(rows)
    today = timezone.localdate()
    context = context_of(
        member,
        rows=[(row, news.get(row.entrusted)) for row in rows],
        removed=Commitment.objects.filter(group=group, removed_at__isnull=False),
        states=ActionState.choices,
        form=form,
        today=today,
        offered=actions_to_take(group),
    )
    return render(request, "change/commitments.html", context, status=422 if form.errors else 200)


def _tap(request: HttpRequest, member: Member, asked: str) -> HttpResponse:
    pk = as_uuid(request.POST.get("row", ""))
    if asked == "take":
        action = next((row for row in actions_to_take(member.group) if row.pk == pk), None)
        if action is None:
            messages.info(request, _("Cette action n’est plus à reprendre : elle l’est déjà, ou a été retirée."))
        else:
            try:
                take_action(group=member.group, action=action, by=member)
                messages.success(request, _("L’action nourrit maintenant ce chemin. Son suivi reste où il est."))
            except ChangeRefused as refusal:
                messages.warning(request, refusal.sentence)
        return redirect("change:commitments", member_token(member))
    row = get_object_or_404(Commitment, pk=pk, group=member.group, decided=None)
    if request.POST.get("state") not in ActionState.values:
        raise Http404
    set_commitment_state(commitment=row, state=request.POST["state"], by=member)
    return redirect("change:commitments", member_token(member))
