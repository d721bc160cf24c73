"""Building a programme: moments, workshops, rooms. Each form is a page of its own, so that nothing needs a script."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.clashes import find_clashes
from maillage.gatherings.enums import SlotKind
from maillage.gatherings.forms import RoomForm, SlotForm, WorkshopForm
from maillage.gatherings.models import Gathering, Room, Slot, Workshop
from maillage.gatherings.queries import method_titles, programme_of
from maillage.gatherings.removal import hold_on
from maillage.gatherings.services import (
    NotRemovable,
    add_room,
    add_slot,
    add_workshop,
    change_part,
    move_part,
    remove_part,
    set_facilitators,
    set_speakers,
)
from maillage.lib.needs import Need, needs
from maillage.methods.queries import preset_titles
from maillage.people.queries import can_organise, can_read

# What a form holds beside the columns of its row.
BESIDE = ("speakers", "facilitators")


@require_safe
@needs(Need.READ)
def programme(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can_read)
    slots = programme_of(gathering)
    clashes = find_clashes(slots)
    return render(
        request,
        "gatherings/programme.html",
        {
            "gathering": gathering,
            "slots": slots,
            "rooms": list(gathering.rooms.all()),
            "clashes": clashes,
            "clashing": {workshop for clash in clashes for workshop in clash.workshops},
            "methods": method_titles(gathering.space),
            "lengths": preset_titles(gathering.space),
            "can_organise": can_organise(request.user, gathering.space),
        },
    )


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_slot(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        slot = add_slot(gathering=gathering, by=str(request.user), **facts)
        set_speakers(slot=slot, workshop=None, speakers=beside["speakers"])
        return f"moment-{slot.pk}"

    return _part_page(request, gathering, SlotForm(request.POST or None), _("Ajouter un créneau"), save)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def slot(request: HttpRequest, gathering_id: UUID, slot_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = get_object_or_404(Slot, pk=slot_id, gathering=gathering)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        change_part(part=row, by=str(request.user), **facts)
        set_speakers(slot=row, workshop=None, speakers=beside["speakers"])
        return f"moment-{row.pk}"

    return _part_page(request, gathering, SlotForm(request.POST or None, instance=row), str(row), save)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_workshop(request: HttpRequest, gathering_id: UUID, slot_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    moment = get_object_or_404(Slot, pk=slot_id, gathering=gathering, kind=SlotKind.WORKSHOPS)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        row = add_workshop(slot=moment, by=str(request.user), **facts)
        _set_people(row, beside)
        return f"atelier-{row.pk}"

    form = WorkshopForm(request.POST or None, gathering=gathering)
    return _part_page(request, gathering, form, _("Ajouter un atelier"), save)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def workshop(request: HttpRequest, gathering_id: UUID, workshop_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = _workshop(gathering, workshop_id)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        if "method" in form.changed_data:
            facts["method_proposed"] = False  # chosen, no longer only proposed
        change_part(part=row, by=str(request.user), **facts)
        _set_people(row, beside)
        return f"atelier-{row.pk}"

    form = WorkshopForm(request.POST or None, instance=row, gathering=gathering)
    return _part_page(request, gathering, form, str(row), save)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def new_room(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        add_room(gathering=gathering, by=str(request.user), **facts)
        return "salles"

    form = RoomForm(request.POST or None, gathering=gathering)
    return _part_page(request, gathering, form, _("Ajouter une salle"), save)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, gathering_id: UUID, room_id: int) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = get_object_or_404(Room, pk=room_id, gathering=gathering)

    def save(facts: dict[str, Any], beside: dict[str, Any]) -> str:
        change_part(part=row, by=str(request.user), **facts)
        return "salles"

    form = RoomForm(request.POST or None, instance=row, gathering=gathering)
    return _part_page(request, gathering, form, str(row), save)


@needs(Need.ORGANISE)
@require_POST
def move_slot(request: HttpRequest, gathering_id: UUID, slot_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = get_object_or_404(Slot, pk=slot_id, gathering=gathering)
    move_part(part=row, up=request.POST.get("to") == "up", by=str(request.user))
    return _back(gathering, f"moment-{row.pk}")


@needs(Need.ORGANISE)
@require_POST
def move_workshop(request: HttpRequest, gathering_id: UUID, workshop_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = _workshop(gathering, workshop_id)
    move_part(part=row, up=request.POST.get("to") == "up", by=str(request.user))
    return _back(gathering, f"atelier-{row.pk}")


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_slot(request: HttpRequest, gathering_id: UUID, slot_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = get_object_or_404(Slot, pk=slot_id, gathering=gathering)
    loss = _("Ses ateliers, les vœux et les places qui y ont été donnés disparaissent avec lui.")
    return _removal(request, gathering, row, loss if row.workshops.exists() else "")


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_workshop(request: HttpRequest, gathering_id: UUID, workshop_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    loss = _("Les vœux, les places et les séances de cet atelier disparaissent avec lui.")
    return _removal(request, gathering, _workshop(gathering, workshop_id), loss)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_room(request: HttpRequest, gathering_id: UUID, room_id: int) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    row = get_object_or_404(Room, pk=room_id, gathering=gathering)
    return _removal(request, gathering, row, _("Les ateliers qui s’y tenaient n’auront plus de salle."))


def _workshop(gathering: Gathering, workshop_id: UUID) -> Workshop:
    return get_object_or_404(Workshop.objects.select_related("slot"), pk=workshop_id, slot__gathering=gathering)


def _set_people(row: Workshop, beside: dict[str, Any]) -> None:
    set_facilitators(workshop=row, names=beside["facilitators"])
    set_speakers(slot=row.slot, workshop=row, speakers=beside["speakers"])


def _part_page(
    request: HttpRequest,
    gathering: Gathering,
    form: SlotForm | WorkshopForm | RoomForm,
    heading: str,
    save: Callable[[dict[str, Any], dict[str, Any]], str],
) -> HttpResponse:
    """`save` gets the columns, then what stands beside them, and says where in the programme to come back to."""
    if form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name not in BESIDE}
        beside = {name: value for name, value in form.cleaned_data.items() if name in BESIDE}
        with transaction.atomic():
            anchor = save(facts, beside)
        return _back(gathering, anchor)
    return render(
        request,
        "gatherings/part.html",
        {"form": form, "gathering": gathering, "part_heading": heading},
        status=422 if form.errors else 200,
    )


def _removal(request: HttpRequest, gathering: Gathering, part: Slot | Workshop | Room, loss: str) -> HttpResponse:
    workshops = Workshop.objects.filter(slot__gathering=gathering)
    held = {Slot: "slot", Workshop: "pk"}.get(type(part))
    refusal = hold_on(workshops.filter(**{held: part.pk})) if held else ""
    if request.method == "POST" and not refusal:
        try:
            remove_part(part=part, by=str(request.user))
        except NotRemovable as error:
            refusal = error.sentence
        else:
            return _back(gathering, "")
    return render(
        request,
        "gatherings/removal.html",
        {"gathering": gathering, "part": part, "loss": loss, "refusal": refusal},
        status=422 if refusal else 200,
    )


def _back(gathering: Gathering, anchor: str) -> HttpResponse:
    url = reverse("gatherings:programme", args=[gathering.pk])
    return redirect(f"{url}#{anchor}" if anchor else url)
