"""The organiser's pages of the plan: by room, by person, one person's place."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.languages import current, in_language
from maillage.lib.matching import fold
from maillage.lib.needs import Need, needs
from maillage.office.services import ReportProgress, run_job
from maillage.people.access import fetch_in_space
from maillage.people.queries import can_organise
from maillage.plans.enums import PlanStatus
from maillage.plans.figures import figures_by_slot
from maillage.plans.forms import MoveForm
from maillage.plans.models import Placement, Plan
from maillage.plans.queries import lacking_first, latest_plan, placements, published_plan
from maillage.plans.refusals import Refused, SizeAssumed
from maillage.plans.services import (
    Effect,
    Said,
    Stay,
    lock_group,
    lock_placement,
    make_plan,
    move_effect,
    move_person,
    publish_plan,
    rebalance_plan,
    unpublish_plan,
)
from maillage.plans.telling import say_stored
from maillage.plans.third_person import about_them
from maillage.plans.undoing import LAST, UNDO, kept, read_kept, undo_move
from maillage.plans.versions import compare
from maillage.plans.ways_out import Field, lacks_of, take_way_out, undo_fields
from maillage.registrations.queries import needs_erased_words


def _gathering(request: HttpRequest, gathering: UUID) -> Gathering:
    return fetch_in_space(
        request.user,
        Gathering.objects.select_related("space"),
        can=can_organise,
        space_of=lambda row: row.space,
        pk=gathering,
    )


def fetch_placement(request: HttpRequest, gathering: UUID, placement: int) -> Placement:
    _gathering(request, gathering)
    return fetch_in_space(
        request.user,
        placements().select_related("plan__gathering__space").filter(plan__gathering=gathering),
        can=can_organise,
        space_of=lambda row: row.plan.gathering.space,
        pk=placement,
    )


def offer_undo(
    request: HttpRequest, placement: Placement, step: Sequence[Stay], said: str, before: Said | None = None
) -> None:
    """The next page of the plan says what was done, with « Défaire », which says again what it said `before`."""
    request.session[LAST] = {
        "plan": str(placement.plan_id),
        "said": said.format(name=placement.registration.person.full_name),
        "anchor": f"place-{placement.slot_id}-{placement.registration_id}",
        "step": kept(step),
        "before": asdict(before) if before is not None else None,
    }


@dataclass
class TableColumn:
    number: int | None
    people: list[Placement] = field(default_factory=list)

    @property
    def locked(self) -> bool:
        return all(row.locked for row in self.people)


@dataclass
class WorkshopColumn:
    workshop: Workshop
    tables: list[TableColumn] = field(default_factory=list)

    @property
    def people(self) -> int:
        return sum(len(table.people) for table in self.tables)

    @property
    def locked(self) -> bool:
        return all(table.locked for table in self.tables)


@dataclass
class SlotColumns:
    slot: Slot
    workshops: list[WorkshopColumn] = field(default_factory=list)


def by_room(rows: Iterable[Placement]) -> list[SlotColumns]:
    """Placements in the order of `queries.placements`, in their slots, workshops and tables."""
    slots: list[SlotColumns] = []
    for row in rows:
        if not slots or slots[-1].slot != row.slot:
            slots.append(SlotColumns(row.slot))
        workshops = slots[-1].workshops
        if not workshops or workshops[-1].workshop != row.workshop:
            workshops.append(WorkshopColumn(row.workshop))
        tables = workshops[-1].tables
        if not tables or tables[-1].number != row.table:
            tables.append(TableColumn(row.table))
        tables[-1].people.append(row)
    return slots


@require_safe
@needs(Need.ORGANISE)
def plan(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    last = latest_plan(found)
    rows = list(last.placements.all()) if last is not None else []
    first = lacking_first(found) if last is None else ""
    done = request.session.pop(LAST, None)
    if done is not None:
        # Shown once, but « Défaire » must find it.
        request.session[UNDO] = done
    lacks = [] if first else lacks_of(found)
    unseated = _unseated(found, rows) if last is not None else []
    seen = published_plan(found)
    return render(
        request,
        "plans/by_room.html",
        {
            "done": done if _still_of(done, last) else None,
            "undone": done is None and _still_of(request.session.get(UNDO), last),  # shown before, may still be undone
            "gathering": found,
            "plan": last,
            "published": seen,
            "changes": compare(seen, last) if seen is not None and last is not None and seen != last else None,
            "slots": by_room(rows),
            "figures": figures_by_slot(last.figures) if last is not None else [],
            "first": first,
            "lacks": lacks,
            "blocked": any(lack.blocking for lack in lacks),
            "unseated": unseated,
            "unseated_names": ", ".join(unseated),
            "erased": needs_erased_words(found),
        },
    )


def _still_of(done: dict[str, Any] | None, last: Plan | None) -> bool:
    """What was done is of this plan, or of the programme, which no plan holds."""
    return done is not None and done.get("plan") in (None, str(last.pk) if last is not None else None)


def _unseated(gathering: Gathering, rows: Iterable[Placement]) -> list[str]:
    """Names of those who came after the plan was made."""
    seated = {row.registration_id for row in rows}
    registered = gathering.registrations.filter(status="registered").exclude(presence="absent").select_related("person")
    return [row.person.full_name for row in registered if row.pk not in seated]


@require_safe
@needs(Need.ORGANISE)
def people(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    last = latest_plan(found)
    words, workshop = request.GET.get("q", "")[:100], request.GET.get("workshop", "")
    only = request.GET.get("only", "")
    rows: dict[UUID, list[Placement]] = {}
    for row in last.placements.all() if last is not None else ():
        rows.setdefault(row.registration_id, []).append(row)
    shown = [places for places in rows.values() if _shows(places, fold(words), workshop, only)]
    shown.sort(key=lambda places: fold(f"{places[0].registration.person.last_name} {places[0].registration.person}"))
    slots = list(dict.fromkeys(row.slot for places in rows.values() for row in places))
    workshops = list(dict.fromkeys(row.workshop for places in rows.values() for row in places))
    workshops.sort(key=lambda each: (each.slot_id, each.position))
    return render(
        request,
        "plans/by_person.html",
        {
            "gathering": found,
            "plan": last,
            "rows": shown,
            "total": len(rows),
            "slots": slots,
            "workshops": workshops,
            "q": words,
            "workshop": workshop,
            "only": only,
        },
    )


def _shows(places: list[Placement], words: str, workshop: str, only: str) -> bool:
    person = places[0].registration.person
    text = fold(f"{person} {person.organisation or ''} {person.commune or ''}")
    return (
        all(word in text for word in words.split())
        and (not workshop or any(str(row.workshop_id) == workshop for row in places))
        and (only != "locked" or any(row.locked for row in places))
        and (only != "porteur" or any(row.porteur for row in places))
    )


@require_POST
@needs(Need.ORGANISE)
def run(request: HttpRequest, gathering: UUID) -> HttpResponse:
    """Beside the request: a page shows the progress, then the plan."""
    found = _gathering(request, gathering)
    if lacking_first(found):
        return redirect("plans:plan", found.pk)  # which says what comes first
    by, calm = str(request.user), request.POST.get("how") == "calm"
    url = reverse("plans:plan", args=[found.pk])

    @in_language(current())  # what it says while it runs, and why it gives up, is for who waits
    def work(report_progress: ReportProgress) -> dict[str, str]:
        if calm:
            rebalance_plan(gathering=found, by=by)
        else:
            make_plan(gathering=found, by=by, on_progress=report_progress)
        return {"url": url}

    job = run_job(kind="plan", about=found.pk, by=by, work=work)
    return redirect("office:job", job.pk)


@require_POST
@needs(Need.ORGANISE)
def publication(request: HttpRequest, gathering: UUID, plan: UUID) -> HttpResponse:
    found = _gathering(request, gathering)
    row = fetch_in_space(
        request.user,
        Plan.objects.filter(gathering=found).select_related("gathering__space"),
        can=can_organise,
        space_of=lambda each: each.gathering.space,
        pk=plan,
    )
    try:
        if request.POST.get("publish") == "no":
            unpublish_plan(plan=row, by=request.user)
            messages.success(request, _("La répartition n’est plus publiée : les vœux peuvent changer."))
        else:
            publish_plan(plan=row, by=request.user)
            messages.success(request, _("La répartition est publiée : chacun voit sa place."))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("plans:plan", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def place(request: HttpRequest, gathering: UUID, placement: int) -> HttpResponse:
    """One person's place: why it is there, and another one chosen. « Voir l’effet » says before doing."""
    row = fetch_placement(request, gathering, placement)
    tables: dict[UUID, int] = {}
    for workshop_id, number in row.plan.placements.filter(slot=row.slot_id).values_list("workshop_id", "table"):
        tables[workshop_id] = max(tables.get(workshop_id, 0), number or 0)
    now = f"{row.workshop_id}:{row.table or ''}"
    asked = request.GET if "place" in request.GET else None  # carried on the plan into a room of a supposed size
    form = MoveForm(request.POST or asked, slot=row.slot, tables=tables, initial={"place": now})
    effect: Effect | None = None
    if form.is_bound and form.is_valid():
        confirmed = request.POST.get("confirm", "")  # the place that was asked about, and no other
        try:
            if request.POST.get("action") == "move" or confirmed:
                done = move_person(
                    placement=row,
                    workshop=form.workshop,
                    table=form.table,
                    by=request.user,
                    anyway=confirmed == form.cleaned_data["place"],
                )
                offer_undo(request, row, done.step, _("{name} change de place, et y reste."), done.said)
                for sentence in done.worse:
                    messages.warning(request, sentence)
                where = f"#place-{row.slot_id}-{row.registration_id}"
                return redirect(reverse("plans:plan", args=[row.plan.gathering_id]) + where)
            effect = move_effect(row, form.workshop, form.table)
        except SizeAssumed:
            effect = move_effect(row, form.workshop, form.table)
        except Refused as refusal:
            form.add_error("place", refusal.sentence)
    return render(
        request,
        "plans/place.html",
        {
            "gathering": row.plan.gathering,
            "placement": row,
            "reason": say_stored(row.reason, row.told, turn=about_them),
            "form": form,
            "effect": effect,
            "wishes": row.registration.wishes.filter(slot=row.slot_id).select_related("workshop").order_by("rank"),
            "replaced": row.plan.status == PlanStatus.REPLACED,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@needs(Need.ORGANISE)
def undo(request: HttpRequest, gathering: UUID) -> HttpResponse:
    """The last move, lock or way out of this visitor, put back."""
    found = _gathering(request, gathering)
    shown = request.session.pop(UNDO, None)
    done = request.session.pop(LAST, shown)
    if done is not None and "fields" in done:
        return _undo_fields(request, found, done)
    row = found.plans.filter(pk=done["plan"]).first() if done is not None else None
    if done is None or row is None:
        messages.error(request, _("Il n’y a rien à défaire."))
        return redirect("plans:plan", found.pk)
    try:
        before = done.get("before")
        said = Said(**before) if before is not None else None
        undo_move(plan=row, step=read_kept(done["step"]), by=request.user, said=said)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("C’est défait : chacun est à sa place d’avant."))
    return redirect(reverse("plans:plan", args=[found.pk]) + f"#{done['anchor']}")


@require_POST
@needs(Need.ORGANISE)
def lock(request: HttpRequest, gathering: UUID, placement: int) -> HttpResponse:
    row = fetch_placement(request, gathering, placement)
    locked = request.POST.get("locked") == "yes"
    try:
        stay = lock_placement(placement=row, locked=locked, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        said = _("La place de {name} est fixée.") if locked else _("La place de {name} est libre de changer.")
        offer_undo(request, row, [stay], said)
    return redirect(reverse("plans:plan", args=[row.plan.gathering_id]) + f"#place-{row.slot_id}-{row.registration_id}")


@require_POST
@needs(Need.ORGANISE)
def lock_many(request: HttpRequest, gathering: UUID, plan: UUID) -> HttpResponse:
    """A whole table or a whole workshop; `group`: « workshop:table:yes », the table empty for the workshop."""
    found = _gathering(request, gathering)
    row = found.plans.filter(pk=plan).first()
    workshop, table, locked = _group(found, request.POST.get("group", ""))
    if row is None or workshop is None:
        raise Http404
    try:
        steps = lock_group(plan=row, workshop=workshop.pk, table=table, locked=locked, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("plans:plan", found.pk)
    group = _("{workshop}, table {n}").format(workshop=workshop, n=table) if table else str(workshop)
    anchor = f"group-{workshop.pk}-{table or ''}"
    if steps:
        said = _("{group} : les places sont fixées.") if locked else _("{group} : les places sont libres de changer.")
        request.session[LAST] = {
            "plan": str(row.pk),
            "said": said.format(group=group),
            "anchor": anchor,
            "step": kept(steps),
        }
    return redirect(reverse("plans:plan", args=[found.pk]) + f"#{anchor}")


def _group(gathering: Gathering, text: str) -> tuple[Workshop | None, int | None, bool]:
    identifier, _colon, rest = text.partition(":")
    table, _colon, locked = rest.partition(":")
    try:
        workshop = Workshop.objects.filter(slot__gathering=gathering, pk=UUID(identifier)).first()
    except ValueError:
        return None, None, False
    return workshop, int(table) if table.isascii() and table.isdigit() and len(table) < 5 else None, locked == "yes"


@require_POST
@needs(Need.ORGANISE)
def way_out(request: HttpRequest, gathering: UUID) -> HttpResponse:
    """One of the ways out of a lack, taken; « Défaire » gives the bound or the lock back."""
    found = _gathering(request, gathering)
    try:
        change = take_way_out(gathering=found, key=request.POST.get("way", ""), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("plans:plan", found.pk)
    if isinstance(change, list):
        said = _("C’est changé au programme. Recalculez pour que la répartition en tienne compte.")
        request.session[LAST] = {"said": said, "anchor": "lacks", "fields": [asdict(field) for field in change]}
    else:
        said = _("Cette place est libre de changer. Recalculez pour que la répartition en tienne compte.")
        last = latest_plan(found)
        request.session[LAST] = {
            "plan": str(last.pk) if last else None,
            "said": said,
            "anchor": "lacks",
            "step": kept([change]),
        }
    return redirect("plans:plan", found.pk)


def _undo_fields(request: HttpRequest, gathering: Gathering, done: dict[str, Any]) -> HttpResponse:
    try:
        undo_fields(gathering=gathering, fields=[Field(**each) for each in done["fields"]], by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("C’est défait : le programme est comme avant."))
    return redirect(reverse("plans:plan", args=[gathering.pk]) + "#lacks")
