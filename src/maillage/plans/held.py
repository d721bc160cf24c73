"""What a seat plan holds of one person. Pairs say something of two: they are counted, the other is not named."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.people.models import Person
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, SeatingPair, WorkshopWait
from maillage.registrations.held import Held, said
from maillage.registrations.models import Registration


def held(_person: Person, rows: Sequence[Registration]) -> list[Held]:
    ids = [row.pk for row in rows]
    every = Placement.objects.filter(registration__in=ids)
    placed = every.filter(plan__status=PlanStatus.PUBLISHED).select_related("slot", "workshop")
    lines = []
    for each in placed.order_by("slot__position", "pk"):
        table = _("table {n}").format(n=each.table) if each.table else ""
        place = ", ".join(part for part in (str(each.workshop), table) if part)
        lines += said((each.slot.title, f"{place}. {each.why}"))
    drafts = every.exclude(plan__status=PlanStatus.PUBLISHED).values("plan").distinct().count()
    lines += said((_("Brouillons de répartition où vous avez une place"), drafts))
    waits = WorkshopWait.objects.filter(registration__in=ids).select_related("workshop")
    lines += [(_("Vous attendez une place"), str(wait.workshop)) for wait in waits]
    pairs = SeatingPair.objects.filter(Q(first__in=ids) | Q(second__in=ids)).count()
    if pairs:
        lines.append((_("Consignes « ensemble » ou « pas ensemble » qui vous concernent"), str(pairs)))
    return [Held("plans", _("Vos places"), lines)]
