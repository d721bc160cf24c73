"""The shared vision: one text in force, all the others kept. Two written at once stand side by side until chosen."""

import datetime as dt
import difflib
import re
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_horizon, check_past, check_text
from maillage.change.enums import VisionState
from maillage.change.models import CoreGroup, Member, Version, Vision
from maillage.office.services import record_activity


@transaction.atomic
def write_vision(
    *, group: CoreGroup, text: str, horizon: int | None, seen: int, by: Member | None, settles: bool = False
) -> Vision:
    """`seen`: the number of the text in force that the page showed; 0: there was none.

    If another one came meanwhile, this one is kept beside it. `settles`: it was written with all of them in sight.
    """
    CoreGroup.objects.select_for_update().get(pk=group.pk)
    text = check_text(text, field="text", sentence=_("Écrivez la vision : ce que vous verrez quand cela aura changé."))
    horizon = check_horizon(horizon, today=timezone.localdate())
    current = current_vision(group)
    same = group.visions.filter(text=text, horizon=horizon, state__in=[VisionState.CURRENT, VisionState.BESIDE]).first()
    if same is not None and not (settles and same.state == VisionState.BESIDE):
        if settles:
            group.visions.filter(state=VisionState.BESIDE).update(state=VisionState.EARLIER)
        return same
    beside = not settles and current is not None and current.number != seen
    if not beside:
        group.visions.filter(state=VisionState.CURRENT).update(state=VisionState.EARLIER)
    if settles:
        group.visions.filter(state=VisionState.BESIDE).update(state=VisionState.EARLIER)
    last = group.visions.aggregate(last=Max("number"))["last"] or 0
    made = Vision.objects.create(
        group=group,
        number=last + 1,
        based_on=seen,
        text=text,
        horizon=horizon,
        state=VisionState.BESIDE if beside else VisionState.CURRENT,
        by=by,
    )
    who = _("un membre du noyau")
    verb = _("a écrit la vision")
    record_activity(space=group.space.slug, by=who, verb=verb, about=group.name, about_id=group.pk)
    return made


def choose_vision(*, vision: Vision, by: Member) -> Vision:
    """Of several texts, or an earlier one taken again: as a new number, the history keeps all."""
    return write_vision(
        group=vision.group,
        text=vision.text,
        horizon=max(vision.horizon, timezone.localdate().year),
        seen=vision.number,
        by=by,
        settles=True,
    )


@transaction.atomic
def validate_vision(*, vision: Vision, who: str, on: dt.date, by: Member) -> Vision:
    who = check_text(who, field="who", sentence=_("Dites qui l’a validée : le noyau, un comité, une assemblée."))
    check_past(on, today=timezone.localdate())
    present = Member.objects.filter(group=vision.group, left_on=None, removed_at=None).count()
    if present < 2:
        sentence = _(
            "Vous êtes seul·e dans ce noyau : une vision se valide à deux au moins. Accueillez d’abord quelqu’un."
        )
        raise ChangeRefused("who", sentence)
    locked = Vision.objects.select_for_update().get(pk=vision.pk)
    return _keep_validation(locked, who, on, by=by, verb=_("a noté qui a validé la vision"))


@transaction.atomic
def return_validation(*, vision: Vision, number: int, by: Member) -> Vision:
    """As it was said then; 0: as nobody had validated it yet. What was said since stays in the history."""
    locked = Vision.objects.select_for_update().get(pk=vision.pk)
    content = validations_of(locked).get(number=number).content if number else {}
    day = dt.date.fromisoformat(content["on"]) if content.get("on") else None
    return _keep_validation(locked, content.get("who", ""), day, by=by, verb=_("est revenu sur la validation"))


def _keep_validation(row: Vision, who: str, on: dt.date | None, *, by: Member, verb: str) -> Vision:
    row.validated_by, row.validated_on = who, on
    row.save(update_fields=["validated_by", "validated_on"])
    last = validations_of(row).aggregate(last=Max("number"))["last"] or 0
    content = {"who": who, "on": on.isoformat() if on else None}
    Version.objects.create(
        group=row.group, kind="vision", object_id=row.pk, number=last + 1, content=content, verb=verb[:60], by=by
    )
    said = row.group
    record_activity(space=said.space.slug, by=_("un membre du noyau"), verb=verb, about=said.name, about_id=said.pk)
    return row


def validations_of(vision: Vision) -> QuerySet[Version]:
    return Version.objects.filter(object_id=vision.pk, kind="vision").select_related("by").order_by("-number")


def current_vision(group: CoreGroup) -> Vision | None:
    return group.visions.filter(state=VisionState.CURRENT).select_related("by").first()


@dataclass(frozen=True)
class Piece:
    text: str
    change: str  # "": in both; "added", "gone"


def differences(before: str, after: str) -> list[Piece]:
    """Word by word, in the order one reads."""
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    pieces: list[Piece] = []
    bare = [[word.strip() for word in words] for words in (old, new)]
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=bare[0], b=bare[1], autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(new[j1:j2]), ""))
            continue
        if i2 > i1:
            pieces.append(Piece("".join(old[i1:i2]), "gone"))
        if j2 > j1:
            pieces.append(Piece("".join(new[j1:j2]), "added"))
    return pieces
