"""What was decided: proposed on the desk, agreed to by whoever bears it, followed until it is done or given up.

Nothing is public before it is agreed. The name and the address of a person are in no version, no page but the
organisers', and go once they no longer serve.
"""

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.enums import ActionState
from maillage.memory.history import lock_gathering
from maillage.memory.models import Action, ActionVersion, Takeaway
from maillage.memory.queries import actions_of
from maillage.office.services import drop_mail, record_activity

_signer = Signer(salt="maillage.memory.action", sep="~")

CONTENT = ("what", "bearer", "due", "state", "outcome")
FINISHED = (ActionState.DONE, ActionState.DROPPED)
FORGET_OWNER_AFTER = dt.timedelta(days=60)  # once it is done, given up or refused
OWNER = "qui s’en charge"  # as the history and the log name them


class ActionChanged(Exception):
    """Both wrote the same thing of it, and nothing was saved. `action` is as the other left it."""

    def __init__(self, action: Action, by: str, theirs: Mapping[str, Any]) -> None:
        self.action, self.by, self.theirs = action, by, dict(theirs)
        self.sentence = _("Entre-temps, %s a changé cette action.") % by
        super().__init__(self.sentence)


@transaction.atomic
def add_action(
    *,
    gathering: Gathering,
    what: str,
    by: str,
    bearer: str = "",
    due: dt.date | None = None,
    workshop: Workshop | None = None,
    takeaway: Takeaway | None = None,
    rehearsal: bool = False,
) -> Action:
    """Waits for the agreement of whoever bears it."""
    action = Action.objects.create(
        gathering=gathering,
        workshop=workshop,
        takeaway=takeaway,
        what=what,
        bearer=bearer,
        due=due,
        rehearsal=rehearsal,
    )
    _record(action, verb="a noté une action", by=by)
    return action


@transaction.atomic
def add_action_once(
    *,
    gathering: Gathering,
    what: str,
    by: str,
    bearer: str = "",
    due: dt.date | None = None,
    workshop: Workshop | None = None,
    takeaway: Takeaway | None = None,
    rehearsal: bool = False,
) -> Action:
    """A page sent again, or by two at once, adds nothing: that of these words, or of this sentence, is given back."""
    lock_gathering(gathering)
    known = actions_of(gathering, rehearsal=rehearsal)
    found = known.filter(takeaway=takeaway).first() if takeaway is not None else known.filter(what=what).first()
    return found or add_action(
        gathering=gathering,
        what=what,
        by=by,
        bearer=bearer,
        due=due,
        workshop=workshop,
        takeaway=takeaway,
        rehearsal=rehearsal,
    )


@transaction.atomic
def change_action(*, action: Action, content: Mapping[str, Any], seen: int, by: str) -> Action:
    """`content`: some of CONTENT; `seen`: the version the page showed. What only one of the two changed is all kept.

    Raises ActionChanged when both changed the same part.
    """
    locked = lock_action(action)
    current = snapshot(locked)
    shown = locked.versions.filter(number=seen).first()
    base = shown.content if shown else current
    wanted = {part: _plain(value) for part, value in content.items()}
    both = {
        part: current[part]
        for part, value in wanted.items()
        if value != base[part] and current[part] not in (base[part], value)
    }
    if both:
        last = locked.versions.exclude(by="").first()
        raise ActionChanged(locked, last.by if last else _("quelqu’un d’autre"), both)
    merged = current | {part: value for part, value in wanted.items() if value != base[part]}
    if merged == current:
        return locked
    apply_content(locked, merged)
    _record(locked, verb="a changé une action", by=by)
    return locked


@transaction.atomic
def set_state(*, action: Action, state: str, outcome: str | None = None, by: str) -> Action:
    """One tap. Nobody overwrites words by it."""
    locked = lock_action(action)
    content = {"state": ActionState(state)} | ({"outcome": outcome} if outcome is not None else {})
    return change_action(action=locked, content=content, seen=locked.version, by=by)


@transaction.atomic
def agree_action(*, action: Action, by: str, reminders: bool | None = None) -> Action:
    """Whoever bears it says yes: by their link, or aloud to an organiser, who then writes their own name."""
    locked = lock_action(action)
    if reminders is not None:
        locked.reminders = reminders and bool(locked.email)
        locked.save(update_fields=["reminders"])
    if locked.agreed_at is None:
        locked.agreed_at, locked.declined_at = timezone.now(), None
        _record(locked, verb="a accepté une action", by=by)
    return locked


@transaction.atomic
def decline_action(*, action: Action, by: str) -> Action:
    """It is no longer theirs: no longer public, no letter any more."""
    locked = lock_action(action)
    if locked.declined_at is None:
        locked.agreed_at, locked.declined_at, locked.reminders = None, timezone.now(), False
        _record(locked, verb="n’a pas accepté une action", by=by)
    return locked


@transaction.atomic
def remove_action(*, action: Action, by: str) -> None:
    locked = lock_action(action)
    if locked.removed_at is None:
        locked.removed_at = timezone.now()
        _record(locked, verb="a retiré une action", by=by)


@transaction.atomic
def bring_back_action(*, action: Action, by: str) -> Action:
    locked = lock_action(action)
    if locked.removed_at is not None:
        locked.removed_at = None
        _record(locked, verb="a repris une action", by=by)
    return locked


@transaction.atomic
def return_action_to(*, action: Action, number: int, by: str) -> Action:
    """As it was at that version, agreement included, as a new one: the history keeps both."""
    locked = lock_action(action)
    content = locked.versions.get(number=number).content
    apply_content(locked, content)
    was_agreed = bool(content["agreed"])
    locked.agreed_at = (locked.agreed_at or timezone.now()) if was_agreed else None
    locked.declined_at = (locked.declined_at or timezone.now()) if content["declined"] and not was_agreed else None
    locked.removed_at = (locked.removed_at or timezone.now()) if content["removed"] else None
    _record(locked, verb="a repris une version d’une action", by=by)
    return locked


@transaction.atomic
def name_owner(*, action: Action, name: str, email: str, base_url: str, by: str) -> Action:
    """Who is written to. Another address is another person: their link is new, their agreement is asked anew."""
    locked = lock_action(action)
    if email.casefold() != locked.email.casefold():
        locked.link_version += 1
        locked.reminders = False
        drop_mail(about=locked.pk)
        if locked.agreed_at is not None or locked.declined_at is not None:  # another's answer is not theirs
            locked.agreed_at = locked.declined_at = None
            _record(locked, verb="a changé qui porte une action", by=by)
    locked.owner_name, locked.email, locked.base_url = name, email, base_url[:200]
    locked.save(update_fields=["owner_name", "email", "base_url", "link_version", "reminders"])
    _note(locked, "a dit à qui écrire pour une action", by)
    return locked


@transaction.atomic
def forget_owner(*, action: Action, by: str) -> None:
    """Their name, their address and the letters; the action stays."""
    locked = lock_action(action)
    locked.owner_name, locked.email, locked.reminders = "", "", False
    locked.link_version += 1  # whoever had the link, had it by that address
    locked.save(update_fields=["owner_name", "email", "reminders", "link_version"])
    drop_mail(about=locked.pk)
    _note(locked, "a effacé l’adresse de qui porte une action", by)


def forget_owners(*, now: dt.datetime) -> int:
    """Those who are no longer written to: it is over for FORGET_OWNER_AFTER."""
    rows = Action.with_removed.exclude(email="", owner_name="").prefetch_related("versions")
    forgotten = 0
    for action in rows:
        over = action.state in FINISHED or action.declined_at is not None or action.removed_at is not None
        last = max((version.at for version in action.versions.all()), default=action.created_at)
        if over and now - last >= FORGET_OWNER_AFTER:
            forget_owner(action=action, by="la durée de conservation")
            forgotten += 1
    return forgotten


def owner_token(action: Action) -> str:
    """Opens this action's page, and nothing else, until its link_version is raised."""
    short = base64.urlsafe_b64encode(action.pk.bytes).decode().rstrip("=")
    return _signer.sign(f"{short}.{action.link_version}")


def find_by_owner_token(token: str) -> Action | None:
    try:
        identifier, _dot, version = _signer.unsign(token).partition(".")
        pk, link_version = uuid.UUID(bytes=base64.urlsafe_b64decode(identifier + "==")), int(version)
    except (BadSignature, ValueError, binascii.Error):
        return None
    return Action.objects.select_related("gathering__space").filter(pk=pk, link_version=link_version).first()


def lock_action(action: Action) -> Action:
    """Its row until the transaction ends; with the state it is in as its last version (as history.lock_takeaway)."""
    rows = Action.with_removed.select_for_update(of=("self",)).select_related("gathering__space")
    locked = rows.get(pk=action.pk)
    last = locked.versions.filter(number=locked.version).first()
    now = snapshot(locked)
    if last is not None and last.content != now:
        locked.version += 1
        locked.save(update_fields=["version"])
        last = None
    if last is None:
        ActionVersion.objects.create(action=locked, number=locked.version, content=now, verb="", by="")
    return locked


def snapshot(action: Action) -> dict[str, Any]:
    return {part: _plain(getattr(action, part)) for part in CONTENT} | {
        "agreed": action.agreed_at is not None,
        "declined": action.declined_at is not None,
        "removed": action.removed_at is not None,
    }


def apply_content(action: Action, content: Mapping[str, Any]) -> None:
    action.what, action.bearer, action.outcome = content["what"], content["bearer"], content["outcome"]
    action.state = content["state"]
    action.due = dt.date.fromisoformat(content["due"]) if content["due"] else None


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def _record(action: Action, *, verb: str, by: str) -> None:
    action.version += 1
    action.save()
    ActionVersion.objects.create(
        action=action, number=action.version, content=snapshot(action), verb=verb[:60], by=by[:200]
    )
    _note(action, verb, by)


def _note(action: Action, verb: str, by: str) -> None:
    gathering = action.gathering
    if action.rehearsal:
        verb = f"{verb} (répétition)"
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=str(gathering), about_id=gathering.pk)
