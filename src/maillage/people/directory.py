"""The directory of a space's organisations: what is found in it, what is written in it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from maillage.lib.matching import fold
from maillage.lib.siret import normalise_siret
from maillage.office.services import record_activity
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, Person, Space

FIELDS = ("name", "kind", "siret", "website", "about", "commune", "epci", "source", "listed")
UNKNOWN_KIND = "inconnu"  # the filter « genre non dit »


class OrganisationGone(Exception):
    """Merged into another since the page was read."""

    sentence = gettext_lazy("Cette structure a été réunie à une autre entre-temps : rien n’a été enregistré.")


def directory(
    space: Space, *, text: str = "", kind: str = "", listed: str = "", people: bool = True
) -> QuerySet[Organisation]:
    """By name. `listed`: « oui », « non » or all. `people`: each says how many it has (`people_count`)."""
    rows = space.organisations.select_related("commune__epci", "epci").order_by("folded_name")
    for word in fold(text).split():
        rows = rows.filter(Q(folded_name__contains=word) | Q(siret__startswith=word) | Q(commune__name__icontains=word))
    if len(digits := normalise_siret(text)) >= 9 and digits.isdigit():  # typed in groups
        rows = space.organisations.select_related("commune__epci", "epci").filter(siret__startswith=digits)
    if kind:
        rows = rows.filter(kind="" if kind == UNKNOWN_KIND else kind)
    if listed:
        rows = rows.filter(listed=listed == "oui")
    if not people:
        return rows
    members = Person.objects.filter(organisation=OuterRef("pk")).order_by().values("organisation")
    count = members.annotate(number=Count("pk")).values("number")  # of the rows of a page, not of all
    return rows.annotate(people_count=Coalesce(Subquery(count), 0)).order_by("folded_name")


@transaction.atomic
def write_organisation(*, organisation: Organisation, facts: Mapping[str, Any], by: str) -> Organisation:
    """Makes it, or changes it. `facts`: of FIELDS; its name is free, the form has looked."""
    made = organisation._state.adding
    if not made and not Organisation.objects.select_for_update().filter(pk=organisation.pk).exists():
        raise OrganisationGone  # saving it would bring a merged row back to life
    was_listed = organisation.listed and not made
    for name in FIELDS:
        if name in facts:
            setattr(organisation, name, facts[name])
    organisation.folded_name = fold(organisation.name)[:200]
    organisation.save()
    verb = "make-organisation" if made else "change-organisation"
    _log(organisation, by, verb)
    if organisation.listed != was_listed:
        _log(organisation, by, "list-organisation" if organisation.listed else "unlist-organisation")
    return organisation


@transaction.atomic
def list_organisations(*, space: Space, keys: Collection[UUID], listed: bool, by: str) -> int:
    """Shows these in the public directory, or no longer; how many changed."""
    rows = space.organisations.select_for_update().filter(pk__in=keys).exclude(listed=listed)
    changed = list(rows.select_related("space").order_by("folded_name"))
    for row in changed:  # each saved: a search above follows what is saved
        row.listed = listed
        row.save(update_fields=["listed"])
        _log(row, by, "list-organisation" if listed else "unlist-organisation")
    return len(changed)


def kinds_said(space: Space) -> list[tuple[str, str]]:
    """The kinds that this directory has, for the filter."""
    found = set(space.organisations.order_by().values_list("kind", flat=True).distinct())
    return [(str(kind.value), str(kind.label)) for kind in OrganisationKind if kind.value in found]


def _log(organisation: Organisation, by: str, verb: str) -> None:
    record_activity(space=organisation.space.slug, by=by, verb=verb, about=organisation.name, about_id=organisation.pk)
