"""Actors, what each does when it has changed, and the markers of the way."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_text
from maillage.change.enums import MarkerLevel
from maillage.change.keeping import add_kept, keep, lock
from maillage.change.models import Actor, Change, CoreGroup, Marker, Member, Observation, Version
from maillage.lib.matching import fold


def add_actor(*, group: CoreGroup, name: str, by: Member) -> Actor:
    name = check_text(name, field="name", sentence=_("Nommez l’acteur : une structure, un service, un groupe."))
    for known in Actor.objects.filter(group=group, removed_at=None):
        if fold(known.name) == fold(name):
            return known
    return add_kept(Actor(group=group, name=name, position=_last(Actor, group)), by=by, verb=_("a ajouté un acteur"))


def add_change(*, group: CoreGroup, actor: Actor | None, text: str, by: Member, for_whom: str = "") -> Change:
    text = check_text(text, field="text", sentence=_("Dites ce que l’acteur fera, en une phrase."))
    known = Change.objects.filter(actor=_of(actor, group), text=text, removed_at=None).first()
    if known is not None:
        return known
    row = Change(group=group, actor=actor, text=text, for_whom=for_whom.strip(), position=_last(Change, group))
    return add_kept(row, by=by, verb=_("a ajouté un changement"))


def add_marker(
    *, group: CoreGroup, actor: Actor | None, level: str, text: str, by: Member, change: Change | None = None
) -> Marker:
    text = check_text(text, field="text", sentence=_("Écrivez le repère : une phrase que l’on pourrait voir arriver."))
    actor = _of(actor, group)
    if change is not None and change.actor_id != actor.pk:
        raise ChangeRefused("change", _("Ce changement est celui d’un autre acteur."))
    known = Marker.objects.filter(group=group, actor=actor, text=text, removed_at=None).first()
    if known is not None:
        return known
    level = MarkerLevel(level)
    row = Marker(group=group, actor=actor, change=change, level=level, text=text, position=_last(Marker, group))
    return add_kept(row, by=by, verb=_("a ajouté un repère"))


def _of(actor: Actor | None, group: CoreGroup) -> Actor:
    if actor is None:
        raise ChangeRefused(
            "actor",
            _("Dites de quel acteur il s’agit : choisissez-le, ou nommez-le s’il n’est pas encore sur le chemin."),
        )
    if actor.group_id != group.pk:
        raise ValueError("an actor of another noyau")
    return actor


@transaction.atomic
def merge_markers(*, marker: Marker, into: Marker, by: Member) -> Marker:
    """Two that say the same: what was seen of the one is seen of the other. Undone by split_marker."""
    gone, kept = lock(marker), lock(into)
    if gone.pk == kept.pk or gone.group_id != kept.group_id:
        raise ChangeRefused("into", _("Choisissez un autre repère de ce noyau."))
    if gone.into_id is not None or kept.removed_at is not None:
        raise ChangeRefused("into", _("L’un de ces repères a été retiré ou réuni entre-temps : relisez le chemin."))
    for observation in Observation.objects.select_for_update().filter(marker=gone):
        observation.marker = kept
        keep(observation, verb=_("a réuni deux repères"), by=by)
    gone.into, gone.removed_at = kept, gone.removed_at or kept.created_at
    keep(gone, verb=_("a réuni deux repères"), by=by)
    return kept


@transaction.atomic
def split_marker(*, marker: Marker, by: Member) -> Marker:
    """It stands alone again, with the observations that came with it, if nobody moved them since."""
    row = lock(marker)
    if row.into_id is None:
        return row
    moved = Version.objects.filter(group=row.group, kind="observation", content__marker=str(row.pk))
    ids = set(moved.values_list("object_id", flat=True))
    for observation in Observation.objects.select_for_update().filter(pk__in=ids, marker=row.into_id):
        observation.marker = row
        keep(observation, verb=_("a séparé deux repères"), by=by)
    row.into, row.removed_at = None, None
    return keep(row, verb=_("a séparé deux repères"), by=by)


def _last(model: Any, group: CoreGroup) -> int:
    return int(model.objects.filter(group=group).count())
