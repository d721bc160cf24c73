"""The shared vision: the text in force, those beside it, those before, with what differs in the text."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.access import member_page
from maillage.change.checks import ChangeRefused
from maillage.change.enums import VisionState
from maillage.change.forms import ValidationForm, VisionForm
from maillage.change.members import member_token
from maillage.change.models import Member, Vision
from maillage.change.views import as_uuid, asked_version, context_of
from maillage.change.visions import (
    choose_vision,
    current_vision,
    differences,
    return_validation,
    validate_vision,
    validations_of,
    write_vision,
)
from maillage.lib.needs import Need, needs


@member_page
@needs(Need.LINK)
def vision(request: HttpRequest, member: Member) -> HttpResponse:
    group = member.group
    current = current_vision(group)
    form, validation = _fresh(current), ValidationForm(initial={"on": timezone.localdate()})
    asked = request.POST.get("do", "")
    if asked in ("write", "settle"):
        form = VisionForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            made = write_vision(
                group=group,
                text=said["text"],
                horizon=said["horizon"],
                seen=said["seen"] or 0,
                by=member,
                settles=asked == "settle",
            )
            _tell(request, made)
            return redirect("change:vision", member_token(member))
    elif asked == "choose":
        found = get_object_or_404(Vision, group=group, pk=as_uuid(request.POST.get("vision", "")))
        choose_vision(vision=found, by=member)
        messages.success(request, _("Ce texte est en vigueur. Les autres restent plus bas."))
        return redirect("change:vision", member_token(member))
    elif asked == "validate" and current is not None:
        validation = ValidationForm(request.POST)
        if validation.is_valid():
            try:
                validate_vision(
                    vision=current, who=validation.cleaned_data["who"], on=validation.cleaned_data["on"], by=member
                )
            except ChangeRefused as refusal:
                validation.add_error("who", refusal.sentence)
            else:
                messages.success(request, _("C’est noté : on sait qui a validé cette vision, et quand."))
                return redirect("change:vision", member_token(member))
    elif asked == "validation" and current is not None:
        number = 0 if request.POST.get("number") == "0" else asked_version(request, current)
        return_validation(vision=current, number=number, by=member)
        messages.success(request, _("C’est fait. Ce qui était noté reste dans l’historique."))
        return redirect("change:vision", member_token(member))
    rows = list(group.visions.select_related("by"))
    beside = [row for row in rows if row.state == VisionState.BESIDE]
    context = context_of(
        member,
        current=current,
        beside=[(row, differences(current.text, row.text) if current else []) for row in beside],
        earlier=_told(rows),
        form=form,
        validation=validation,
        validations=validations_of(current) if current else [],
        asked=asked,
    )
    return render(request, "change/vision.html", context, status=422 if form.errors or validation.errors else 200)


def _fresh(current: Vision | None) -> VisionForm:
    if current is None:
        return VisionForm(initial={"seen": 0})
    return VisionForm(initial={"text": current.text, "horizon": current.horizon, "seen": current.number})


def _tell(request: HttpRequest, made: Vision) -> None:
    if made.state == VisionState.BESIDE:
        sentence = _(
            "Quelqu’un a écrit la vision en même temps que vous. Les deux textes sont gardés, côte à côte : "
            "choisissez-en un, ou écrivez-en un troisième."
        )
        messages.warning(request, sentence)
    else:
        messages.success(request, _("La vision est enregistrée. Les textes d’avant sont gardés."))


def _told(rows: list[Vision]) -> list[tuple[Vision, Any]]:
    """Each that is not beside, newest first, with what it changed in the one its author had before their eyes."""
    by_number = {row.number: row for row in rows}
    told = []
    for row in rows:
        if row.state == VisionState.BESIDE:
            continue
        before = by_number.get(row.based_on)
        told.append((row, differences(before.text, row.text) if before else []))
    return told
