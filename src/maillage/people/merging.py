"""Two rows that were one organisation become one, and can be parted again exactly.

All that names the one that goes moves to the one kept, whatever table it stands in: keys are found on the models, so a
noun added later is moved too. Ties that would say the same twice, or tie an organisation to itself, are set aside
whole. The record holds what moved, by its key, and what was set aside: undoing moves back only what is still where the
merge put it; what somebody decided since stays decided.
"""

from collections.abc import Iterator
from typing import Any, TypedDict

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.office.services import record_activity
from maillage.people.models import Organisation, OrganisationMerge, Space, Tie
from maillage.people.signals import parted

FACTS = ("kind", "siret", "website", "about", "commune_id", "epci_id", "source")  # a blank one is filled by the other's
COLUMNS = ("name", "folded_name", *FACTS, "listed")


class Record(TypedDict):
    gone: dict[str, Any]  # its columns
    filled: dict[str, Any]  # facts the one kept took from it
    moved: dict[str, list[Any]]  # « app.model.column » → keys of the rows
    ties: list[dict[str, Any]]  # set aside: id, kind, upper, lower as they were


class MergeRefused(Exception):
    """A refusal a user can cause; `sentence` is for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@transaction.atomic
def merge_organisations(*, kept: Organisation, gone: Organisation, by: str) -> OrganisationMerge:
    """`gone` is removed; its name leads to `kept` from now on. Raises MergeRefused."""
    kept, gone = _locked(kept, gone)
    record: Record = {
        "gone": {name: _plain(getattr(gone, name)) for name in COLUMNS},
        "filled": _fill(kept, gone),
        "moved": {},
        "ties": _set_ties_aside(kept, gone),
    }
    for model, column in references():
        rows = model._base_manager.filter(**{column: gone.pk})
        keys = [_plain(key) for key in rows.order_by("pk").values_list("pk", flat=True)]
        if keys:
            record["moved"][f"{model._meta.label_lower}.{column}"] = keys
            rows.update(**{column: kept.pk})
    merge = OrganisationMerge.objects.create(
        space_id=kept.space_id,
        kept=kept,
        gone_id=gone.pk,
        gone_name=gone.name,
        gone_folded_name=gone.folded_name,
        record=record,
        by=by[:200],
    )
    gone.delete()
    _log(merge, by, "merge-organisations")
    return merge


@transaction.atomic
def undo_merge(*, merge: OrganisationMerge, by: str) -> Organisation:
    """Raises MergeRefused. The organisation comes back under its own key, with all that is still where it was moved."""
    Space.objects.select_for_update().get(pk=merge.space_id)
    merge = OrganisationMerge.objects.select_for_update().select_related("kept", "space").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise MergeRefused(_("Cette réunion est déjà défaite."))
    later = OrganisationMerge.objects.filter(kept=merge.kept, undone_at=None, pk__gt=merge.pk).first()
    if later is not None:
        words = _("Défaites d’abord la réunion plus récente : « {name} » a rejoint « {kept} » depuis.")
        raise MergeRefused(words.format(name=later.gone_name, kept=later.kept))
    if Organisation.objects.filter(space=merge.space_id, folded_name=merge.gone_folded_name).exists():
        words = _("Une autre structure s’appelle aujourd’hui « {name} » : renommez-la d’abord.")
        raise MergeRefused(words.format(name=merge.gone_name))
    record: Record = merge.record
    gone = Organisation.objects.create(pk=merge.gone_id, space_id=merge.space_id, **record["gone"])
    _empty_again(merge.kept, record["filled"])
    for label, keys in record["moved"].items():
        model_label, _dot, column = label.rpartition(".")
        model = apps.get_model(model_label)
        model._base_manager.filter(pk__in=keys, **{column: merge.kept_id}).update(**{column: gone.pk})
    _put_ties_back(merge.space_id, record["ties"])
    parted.send(sender=Organisation, kept=merge.kept, gone=gone)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])
    _log(merge, by, "undo-merge")
    return gone


def merges_of(space: Space) -> models.QuerySet[OrganisationMerge]:
    """Those that stand, the latest first."""
    return space.organisation_merges.filter(undone_at=None).select_related("kept")


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of every table that names an organisation."""
    for relation in Organisation._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):  # OneToOneRel is one; a link table's keys are found as its own
            yield relation.related_model, relation.field.attname


def _locked(kept: Organisation, gone: Organisation) -> tuple[Organisation, Organisation]:
    if kept.pk == gone.pk:
        raise MergeRefused(_("C’est la même structure : choisissez-en deux."))
    if kept.space_id != gone.space_id:
        raise ValueError("two spaces")
    Space.objects.select_for_update().get(pk=kept.space_id)
    rows = Organisation.objects.select_for_update().in_bulk([kept.pk, gone.pk])
    if len(rows) < 2:
        raise MergeRefused(_("L’une de ces deux structures a été retirée ou réunie entre-temps."))
    return rows[kept.pk], rows[gone.pk]


def _fill(kept: Organisation, gone: Organisation) -> dict[str, Any]:
    """What only the other knew. « Dans l’annuaire public » is never filled: the organiser lists what they read."""
    filled = {name: getattr(gone, name) for name in FACTS if getattr(gone, name) and not getattr(kept, name)}
    for name, value in filled.items():
        setattr(kept, name, value)
    if filled:
        kept.save(update_fields=list(filled))
    return {name: _plain(value) for name, value in filled.items()}


def _empty_again(kept: Organisation, filled: dict[str, Any]) -> None:
    """Unless somebody wrote something else since."""
    unchanged = [name for name, value in filled.items() if _plain(getattr(kept, name)) == value]
    for name in unchanged:
        setattr(kept, name, None if name.endswith("_id") else "")
    if unchanged:
        kept.save(update_fields=unchanged)


def _set_ties_aside(kept: Organisation, gone: Organisation) -> list[dict[str, Any]]:
    """Those that would be of one organisation with itself, or twice the same, once moved."""

    def moved(tie: Tie) -> tuple[str, Any, Any]:
        upper, lower = (kept.pk if pk == gone.pk else pk for pk in (tie.upper_id, tie.lower_id))
        return tie.kind, upper, lower

    ties = Tie.objects.filter(models.Q(upper__in=[kept, gone]) | models.Q(lower__in=[kept, gone])).order_by("pk")
    seen = {moved(tie) for tie in ties if gone.pk not in (tie.upper_id, tie.lower_id)}
    aside = []
    for tie in ties:
        key = moved(tie)
        if gone.pk not in (tie.upper_id, tie.lower_id):
            continue
        if key[1] == key[2] or key in seen:
            aside.append({"id": tie.pk, "kind": tie.kind, "upper": str(tie.upper_id), "lower": str(tie.lower_id)})
        seen.add(key)
    Tie.objects.filter(pk__in=[one["id"] for one in aside]).delete()
    return aside


def _put_ties_back(space_id: Any, ties: list[dict[str, Any]]) -> None:
    """But where one of the two is gone for good, or the same was said again since."""
    named = {key for one in ties for key in (one["upper"], one["lower"])}
    here = {str(pk) for pk in Organisation.objects.filter(pk__in=named).values_list("pk", flat=True)}
    for one in ties:
        if one["upper"] in here and one["lower"] in here:
            said = {"kind": one["kind"], "upper_id": one["upper"], "lower_id": one["lower"]}
            if not Tie.objects.filter(**said).exists():
                Tie.objects.create(pk=one["id"], space_id=space_id, **said)


def _plain(value: Any) -> Any:
    """As JSON holds it: keys are numbers, texts or UUIDs."""
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _log(merge: OrganisationMerge, by: str, verb: str) -> None:
    record_activity(space=merge.space.slug, by=by, verb=verb, about=str(merge), about_id=merge.pk)
