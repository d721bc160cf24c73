"""A person carried to another table on the plan: what it would do is said before, by the same rules as the form."""

from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from maillage.gatherings.models import Workshop
from maillage.lib.needs import Need, needs
from maillage.plans.forms import MoveForm
from maillage.plans.models import Placement
from maillage.plans.refusals import Refused, SizeAssumed
from maillage.plans.services import Effect, move_effect, move_person
from maillage.plans.views import fetch_placement, offer_undo


@require_POST
@needs(Need.ORGANISE)
def move(request: HttpRequest, gathering: UUID, placement: int) -> JsonResponse:
    """`place`: « workshop:table »; `action`: "move" does it, anything else only says what it would do."""
    row = fetch_placement(request, gathering, placement)
    form = MoveForm(request.POST, slot=row.slot, tables=tables_of(row))
    if not form.is_valid():
        return JsonResponse({"sentence": _("Cette table n’est plus là : rechargez la page.")}, status=422)
    try:
        if request.POST.get("action") != "move":
            effect = move_effect(row, form.workshop, form.table)
            return JsonResponse(effect_words(row, effect, people=_people_at(row, form.workshop, form.table) + 1))
        done = move_person(placement=row, workshop=form.workshop, table=form.table, by=request.user)
    except SizeAssumed as refusal:
        page = reverse("plans:place", args=[gathering, placement])
        ask = f"{page}?{urlencode({'place': request.POST['place']})}#effect"  # where it is asked, and confirmed
        return JsonResponse({"sentence": refusal.sentence, "ask": ask}, status=409)
    except Refused as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=409)
    offer_undo(request, row, done.step, _("{name} change de place, et y reste."), done.said)
    for sentence in done.worse:
        messages.warning(request, sentence)
    return JsonResponse({"sentence": "", "anchor": f"place-{row.slot_id}-{row.registration_id}"})


def tables_of(placement: Placement) -> dict[UUID, int]:
    """How many tables each workshop of the moment has in this plan."""
    tables: dict[UUID, int] = defaultdict(int)
    for workshop, number in placement.plan.placements.filter(slot=placement.slot_id).values_list(
        "workshop_id", "table"
    ):
        tables[workshop] = max(tables[workshop], number or 0)
    return tables


def _people_at(row: Placement, workshop: Workshop, table: int | None) -> int:
    there = row.plan.placements.filter(slot=row.slot_id, workshop=workshop).exclude(pk=row.pk)
    return there.filter(table=table).count() if workshop.table_max else there.count()


def effect_words(placement: Placement, effect: Effect, *, people: int) -> dict[str, object]:
    """One sentence for the eye and for a screen reader, and whether it may be done. `people`: there, once moved."""
    name = placement.registration.person.full_name
    if effect.refused:
        return {"allowed": False, "sentence": " ".join([_("Impossible."), *effect.refused])}
    said = [
        _("{sizes} Cette taille est une hypothèse : il faudra confirmer.").format(sizes=each) for each in effect.assumed
    ]
    said += [_("En plus : {what}").format(what=what) for what in effect.worse]
    said += [_("Évité : {what}").format(what=what) for what in effect.better]
    nothing = _("{name} peut s’asseoir là : rien d’autre ne change.").format(name=name)
    if not effect.assumed:  # a sentence about a size says how many already
        nothing = " ".join(said) or nothing
        said = [nothing, ngettext("{n} personne y serait.", "{n} personnes y seraient.", people).format(n=people)]
    return {"allowed": True, "sentence": " ".join(said)}
