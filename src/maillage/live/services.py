"""Opening, closing, erasing sessions. `by` says who asked; the content of a room never reaches the activity log."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.codes import new_code
from maillage.live import keys, seats, signals
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.faults import report
from maillage.live.models import BoardPhoto, HelpCall, Seat, Session, Snapshot
from maillage.live.results import keep_results
from maillage.live.rooms import method_of, start_state
from maillage.live.runtime import live
from maillage.methods.models import MethodVersion
from maillage.methods.queries import latest_version
from maillage.office.ledger import SESSION, record_erasures
from maillage.office.models import Activity
from maillage.office.retention import BY

LAST_DAY = date.max - timedelta(days=400)  # a gathering of the year 9999 is a slip of the hand, not an error of ours
KEEP_DAYS = 30  # after the day: what was typed in a room erases itself
CODE_TRIES = 20
FACILITATOR_SIGNS = "ABCDEFGHJKMNPRTUVXYZ23456789"


class NoMethod(Exception):
    """The workshop names no method, or one that has no file: there is nothing to unfold."""

    def __init__(self, workshop: Workshop) -> None:
        self.sentence = _(
            "L’atelier « {workshop} » n’a pas de méthode : choisissez-en une avant d’ouvrir sa séance."
        ).format(workshop=workshop)
        super().__init__(self.sentence)


class AwayGathering(Exception):
    """Its home is another server: the session would be opened twice."""

    def __init__(self, gathering: Gathering) -> None:
        self.sentence = _(
            "« {gathering} » est emportée sur un autre serveur : ses séances s’ouvrent là-bas, jusqu’à son retour."
        ).format(gathering=gathering)
        super().__init__(self.sentence)


def open_session(
    *,
    workshop: Workshop,
    by: str,
    preset: str | None = None,
    tables: Sequence[dict[str, Any]] = (),
    minutes: dict[str, int] | None = None,
    rehearsal: bool = False,
) -> Session:
    """Opens a workshop's session, or gives the one it already has. Its key is on disk before its row is."""
    gathering = workshop.slot.gathering
    known = Session.objects.filter(workshop=workshop, rehearsal=rehearsal).exclude(status=SessionStatus.ERASED).first()
    if known is not None:
        return known
    if gathering.away_since is not None and not rehearsal:
        raise AwayGathering(gathering)
    version = latest_version(workshop.method, gathering.space) if workshop.method else None
    if version is None:
        raise NoMethod(workshop)
    options = {"preset": preset, "tables": list(tables), "minutes": minutes or {}}
    method = method_of(version)
    if preset is None and workshop.preset in method.presets:  # the programme's; a method that lost it has its own again
        options["preset"] = workshop.preset
    start_state(method, options)  # a preset or a table that is refused is refused now
    session = _create(gathering, workshop, version, options, rehearsal)
    _note(session, by, "a ouvert une séance de répétition" if rehearsal else "a ouvert une séance")
    return session


def close_session(*, session: Session, by: str) -> None:
    """Closes from outside of the room. The room's own « Terminer la séance » is the move `close`."""
    closed = Session.objects.filter(id=session.id, status=SessionStatus.OPEN, away=False).update(
        status=SessionStatus.CLOSED, closed_at=timezone.now()
    )
    HelpCall.objects.filter(session=session).delete()
    session.refresh_from_db()
    if closed:
        _note(session, by, "a clos une séance")


def change_lead_link(*, session: Session, by: str) -> bool:
    """The link « Animer » is lost, or held by somebody who leads no more: another one, and who came in by the first is
    out. False: it is erased, or on another server."""
    with transaction.atomic():
        locked = Session.objects.select_for_update().get(id=session.id)
        if locked.status == SessionStatus.ERASED or locked.away:
            return False
        locked.facilitator_code = _facilitator_code()
        locked.save(update_fields=["facilitator_code"])
        _note(session, by, "a changé un lien d’animation")
    room = live().rooms.load(session.id)
    for seat in Seat.objects.filter(session=session, kind=SeatKind.FACILITATOR):
        known = room.state.seats.get(str(seat.id))
        if known is not None and known.present and room.state.status != "closed":  # else they are counted as leading
            live().committer.submit(Submitted(session.id, seat.id, "leave", {}, f"link-{secrets.token_urlsafe(9)}"))
        seats.revoke_seat(seat=seat)
    return True


def erase_session(*, session: Session, by: str) -> None:
    """Destroys the session's key: names, texts, photos are lost for good; the numbers of its moves stay."""
    here = live()
    if not session.rehearsal and keys.has_key(session.id) and session.status != SessionStatus.ERASED:
        room = here.rooms.load(session.id)
        signals.tell_all_kept(room)
        keep_results(session, room)
    with transaction.atomic():
        Session.objects.select_for_update().get(id=session.id)  # the committer waits, then sees it erased
        keys.destroy_key(session.id)
        if not session.rehearsal:
            record_erasures(SESSION, [session.id])
        Session.objects.filter(id=session.id).exclude(status=SessionStatus.ERASED).update(
            status=SessionStatus.ERASED, erased_at=timezone.now()
        )
        HelpCall.objects.filter(session=session).delete()
        BoardPhoto.objects.filter(session=session).delete()  # unreadable without the key, and heavy
        Snapshot.objects.filter(session=session).delete()  # the same
        _note(session, by, "a effacé une séance")
    here.rooms.drop(session.id)
    here.end_streams(session.id)
    session.refresh_from_db()


def erase_due(*, now: datetime) -> int:
    """Erases the sessions whose time has come; says how many."""
    erased = 0
    for session in list(Session.objects.filter(erase_at__lte=now).exclude(status=SessionStatus.ERASED)):
        try:
            erase_session(session=session, by=BY)
        except Exception as error:  # an edge: one session's fault must not keep the others; the next hour tries again
            report("a session could not be erased", error)
        else:
            erased += 1
    return erased


def forget_deleted(sender: type[Session], instance: Session, **_more: object) -> None:
    """A session whose row goes, with its workshop or its gathering, leaves neither key, room nor open screen behind."""
    session_id = instance.id
    if not instance.rehearsal:
        record_erasures(SESSION, [session_id])

    def clean() -> None:
        keys.destroy_key(session_id)
        seats.forget(None)
        here = live()
        here.rooms.drop(session_id)
        here.end_streams(session_id)

    transaction.on_commit(clean)


def _create(
    gathering: Gathering, workshop: Workshop, version: MethodVersion, options: dict[str, Any], rehearsal: bool
) -> Session:
    for attempt in range(CODE_TRIES):
        session = Session(
            gathering=gathering,
            workshop=workshop,
            method_version=version,
            options=options,
            rehearsal=rehearsal,
            join_code=new_code(),
            facilitator_code=_facilitator_code(),
            erase_at=_erase_at(gathering),
        )
        if Session.objects.filter(join_code=session.join_code).exists():
            continue
        keys.create_key(session.id)
        try:
            with transaction.atomic():
                session.save(force_insert=True)
        except IntegrityError:
            keys.destroy_key(session.id)
            known = Session.objects.filter(workshop=workshop, rehearsal=rehearsal)
            opened = known.exclude(status=SessionStatus.ERASED).first()
            if opened is not None:  # somebody pressed the same button at the same moment
                return opened
            if attempt == CODE_TRIES - 1:
                raise
        else:
            return session
    raise ValueError("no free join code after many draws")


def _facilitator_code() -> str:
    """Twelve signs, 57 bits: it opens the whole session. Typed by hand at worst, so no sign taken for another."""
    return "".join(secrets.choice(FACILITATOR_SIGNS) for _ in range(12))


def _erase_at(gathering: Gathering) -> datetime:
    """Thirty days after the gathering, or after today when it has no date or it is past."""
    zone = ZoneInfo(gathering.timezone)
    today = timezone.now().astimezone(zone).date()
    day = min(max(gathering.date or today, today), LAST_DAY)
    return datetime.combine(day + timedelta(days=KEEP_DAYS + 1), time(), zone)


def doors_close_at(session: Session) -> datetime:
    """When a room's code lets nobody else in: at the end of the day after the gathering, or after its opening."""
    opened_for = session.erase_at - timedelta(days=KEEP_DAYS)  # the midnight that ended that day
    day, zone = session.gathering.date, ZoneInfo(session.gathering.timezone)
    if day is None or day >= LAST_DAY:
        return opened_for + timedelta(days=1)
    moved_to = datetime.combine(day + timedelta(days=1), time(), zone)  # the date may have changed since
    return max(opened_for, moved_to) + timedelta(days=1)


def _note(session: Session, by: str, verb: str) -> None:
    gathering = session.gathering
    Activity.objects.create(
        space=gathering.space.slug, by=by, verb=verb, about=str(session.workshop), about_id=session.id
    )
