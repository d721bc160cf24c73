"""What travels of the sessions: log, seats, photos, sheets, method and key. What is sealed travels as it is sealed.

A log is never merged: its home alone writes it. What arrives begins with all that is here, or it is refused.
"""

import base64
import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.codes import new_code
from maillage.live import bus, keys
from maillage.live.enums import SessionStatus
from maillage.live.models import BoardPhoto, Move, Seat, Session
from maillage.live.services import erase_session
from maillage.memory.enums import GleaningStatus
from maillage.memory.models import Gleaning, PorteurSheet, Takeaway
from maillage.methods.models import MethodVersion
from maillage.methods.queries import latest_version
from maillage.registrations.models import Registration
from maillage.trips.kinds import decode, encode
from maillage.trips.sealing import Damaged, FileRefused

SESSION = (
    *("id", "workshop_id", "method_version_id", "options", "status", "join_code", "facilitator_code", "last_number"),
    *("created_at", "closed_at", "erase_at", "erased_at"),
)
VERSION = ("id", "method", "version", "title", "source", "checksum", "created_at")
SEAT = ("id", "session_id", "kind", "registration_id", "generation", "created_at")
MOVE = ("session_id", "number", "seat", "kind", "payload", "key", "at")
PHOTO = ("id", "session_id", "seat", "table", "people_on_it", "added_at", "words", "image")
SHEET = ("id", "session_id", "lookup", "sealed", "takeaway_id", "release_heard", "created_at")
GLEANING = ("session_id", "key", "status", "takeaway_id", "text")
MOVES_A_BATCH = 500

Line = dict[str, Any]


class Diverged(FileRefused):
    def __init__(self, session: Session) -> None:
        super().__init__(
            f"La séance « {session} » a ici des gestes que ce fichier ne connaît pas : il est refusé. "
            "Rapportez d’abord cette copie à son serveur d’origine, ou supprimez la rencontre d’ici."
        )


def sessions_of(gathering: Gathering) -> "list[Session]":
    """Those of the day: a rehearsal stays where it was played. Locked, in the order of everybody."""
    rows = Session.objects.select_for_update(of=("self",)).filter(gathering=gathering, rehearsal=False)
    return list(rows.order_by("id"))


def _line(kind: str, thing: Any, columns: Sequence[str]) -> Line:
    return {"kind": kind, "row": {name: encode(getattr(thing, name)) for name in columns}}


def lines_of(gathering: Gathering, sessions: Sequence[Session]) -> Iterator[Line]:
    """What the room needs to play on, methods first."""
    for version in _versions(gathering, sessions):
        line = _line("version", version, VERSION)
        line["row"]["shipped"] = version.space_id is None
        yield line
    for session in sessions:
        yield _line("session", session, SESSION)
        if session.status != SessionStatus.ERASED and keys.has_key(session.pk):
            key = base64.b64encode(keys.read_key(session.pk)).decode()
            yield {"kind": "key", "row": {"session_id": str(session.pk), "key": key}}
        for seat in Seat.objects.filter(session=session).order_by("id"):
            yield _line("seat", seat, SEAT)
        for move in Move.objects.filter(session=session).order_by("number").iterator(MOVES_A_BATCH):
            yield _line("move", move, MOVE)
        for photo in BoardPhoto.objects.filter(session=session).order_by("id").iterator(1):
            yield _line("photo", photo, PHOTO)
        yield {"kind": "whole", "row": {"session_id": str(session.pk)}}
    for sheet in PorteurSheet.objects.filter(Q(session__in=sessions) | Q(session=None), gathering=gathering):
        yield _line("sheet", sheet, SHEET)
    for gleaning in Gleaning.objects.filter(session__in=sessions):
        yield _line("gleaning", gleaning, GLEANING)


def _versions(gathering: Gathering, sessions: Sequence[Session]) -> list[MethodVersion]:
    """Those that are played, and those a session opened in the room would take."""
    found = {session.method_version_id: session.method_version for session in sessions}
    for method in set(Workshop.objects.filter(slot__gathering=gathering).values_list("method", flat=True)) - {""}:
        version = latest_version(method, gathering.space)
        if version is not None:
            found[version.pk] = version
    return list(found.values())


@dataclass
class Arrival:
    """The sessions of a file, taken in line by line."""

    gathering: Gathering
    known_before: frozenset[uuid.UUID]  # sessions both sides knew when they parted: gone here since, they stay gone
    said: list[str] = field(default_factory=list)
    new_keys: dict[uuid.UUID, bytes] = field(default_factory=dict)  # to write before the commit
    to_erase: list[uuid.UUID] = field(default_factory=list)  # erased on the other side: once this is committed
    heads: dict[uuid.UUID, int] = field(default_factory=dict)
    _versions: dict[str, uuid.UUID] = field(default_factory=dict)
    _session: Session | None = None  # the one whose lines follow; None: they are passed over
    _row: Line = field(default_factory=dict)
    _new: bool = False
    _had: int = 0  # moves here before
    _next: int = 1
    _batch: list[Move] = field(default_factory=list)
    _photos: set[str] = field(default_factory=set)
    _mine: dict[int, tuple[str, str, str]] = field(default_factory=dict)  # number → seat, kind and key of a move here

    def take(self, kind: str, row: Line) -> None:
        if kind in ("key", "seat", "move", "photo", "whole"):
            if row["session_id"] != self._row.get("id"):
                raise Damaged
            if self._session is None:
                return
        TAKERS[kind](self, row)

    def _version(self, row: Line) -> None:
        space = None if row["shipped"] else self.gathering.space_id
        if row["checksum"] != hashlib.sha256(row["source"].encode()).hexdigest():
            raise Damaged  # else a text could be kept under the checksum of one that a release to come will ship
        twin = MethodVersion.objects.filter(space=space, method=row["method"], checksum=row["checksum"]).first()
        if twin is None:
            values = {name: decode(MethodVersion, name, row[name]) for name in VERSION}
            twin = MethodVersion.objects.create(space_id=space, **values)
            MethodVersion.objects.filter(pk=twin.pk).update(created_at=values["created_at"])
        self._versions[row["id"]] = twin.pk

    def _take_session(self, row: Line) -> None:
        session_id = uuid.UUID(row["id"])
        self._row, self._batch, self._photos, self._next = row, [], set(), 1
        here = Session.objects.select_for_update(of=("self",)).filter(pk=session_id).first()
        self._session, self._new, self._had = here, here is None, here.last_number if here else 0
        if here is None:
            self._session = self._make(session_id, row) if self._may_make(session_id, row) else None
        elif here.gathering_id != self.gathering.pk or here.rehearsal:
            raise Damaged
        elif here.status == SessionStatus.ERASED:
            self._session = None  # erased on one side is erased
            if row["status"] != SessionStatus.ERASED:
                sentence = _("La séance « {session} » a été effacée ici : ce qui vient d’ailleurs n’en est pas repris.")
                self.said.append(sentence.format(session=here))
        elif row["status"] == SessionStatus.ERASED:
            self.to_erase.append(session_id)
            self._session = None

    def _may_make(self, session_id: uuid.UUID, row: Line) -> bool:
        if session_id in self.known_before:
            return False
        return Workshop.objects.filter(pk=row["workshop_id"], slot__gathering=self.gathering).exists()

    def _make(self, session_id: uuid.UUID, row: Line) -> Session:
        values = {name: decode(Session, name, row[name]) for name in SESSION if name != "method_version_id"}
        values |= {"method_version_id": self._versions[row["method_version_id"]], "last_number": 0}
        if Session.objects.filter(join_code=values["join_code"]).exists():
            values["join_code"] = new_code()
            sentence = _("Un code de salle servait déjà ici : celui de « {workshop} » change. Affichez le nouveau.")
            self.said.append(sentence.format(workshop=Workshop.objects.get(pk=values["workshop_id"])))
        session = Session(gathering=self.gathering, **values)
        session.save(force_insert=True)
        Session.objects.filter(pk=session_id).update(created_at=values["created_at"])
        return session

    def _key(self, row: Line) -> None:
        session_id = uuid.UUID(row["session_id"])
        key = base64.b64decode(row["key"], validate=True)
        if len(key) != keys.KEY_BYTES:
            raise Damaged
        if not keys.has_key(session_id):
            self.new_keys[session_id] = key
        elif keys.read_key(session_id) != key:
            if self._had:
                raise Damaged
            keys.destroy_key(session_id)  # left behind by an import that was cut: nothing was sealed with it
            self.new_keys[session_id] = key

    def _seat(self, row: Line) -> None:
        """A seat of a registration that is gone here stays, with nobody's name on it."""
        values = {name: decode(Seat, name, row[name]) for name in SEAT}
        registration = values.pop("registration_id")
        if registration and Registration.objects.filter(pk=registration, gathering=self.gathering).exists():
            values["registration_id"] = registration
        here = Seat.objects.filter(pk=values["id"]).first()
        if here is None:
            Seat.objects.create(**values)
        elif here.session_id != values["session_id"]:
            raise Damaged
        elif here.generation < values["generation"]:
            Seat.objects.filter(pk=here.pk).update(generation=values["generation"])

    def _move(self, row: Line) -> None:
        if row["number"] != self._next:
            raise Damaged
        self._next += 1
        if row["number"] <= self._had:
            self._check_same(row)
            return
        self._batch.append(Move(**{name: decode(Move, name, row[name]) for name in MOVE}))
        if len(self._batch) >= MOVES_A_BATCH:
            self._write_moves()

    def _check_same(self, row: Line) -> None:
        if row["number"] == 1:
            mine = Move.objects.filter(session=row["session_id"]).values_list("number", "seat", "kind", "key")
            self._mine = {number: (str(seat), kind, key) for number, seat, kind, key in mine}
        if self._mine.get(row["number"]) != (row["seat"], row["kind"], row["key"]):
            raise Diverged(self._session)  # type: ignore[arg-type]

    def _write_moves(self) -> None:
        Move.objects.bulk_create(self._batch)
        self._batch = []

    def _photo(self, row: Line) -> None:
        self._photos.add(row["id"])
        if not BoardPhoto.objects.filter(pk=row["id"], session=row["session_id"]).exists():
            BoardPhoto.objects.create(**{name: decode(BoardPhoto, name, row[name]) for name in PHOTO})

    def _whole(self, row: Line) -> None:
        """The session's lines are all there: its row says so."""
        session, told = self._session, self._row
        assert session is not None
        self._write_moves()
        if self._next - 1 != told["last_number"]:
            raise Damaged
        if self._next - 1 < self._had:
            raise Diverged(session)
        BoardPhoto.objects.filter(session=session).exclude(pk__in=self._photos).delete()
        Session.objects.filter(pk=session.pk).update(
            last_number=told["last_number"],
            status=told["status"],
            closed_at=decode(Session, "closed_at", told["closed_at"]),
            away=False,
        )
        self.heads[session.pk] = told["last_number"]

    def _sheet(self, row: Line) -> None:
        values = {name: decode(PorteurSheet, name, row[name]) for name in SHEET if name != "created_at"}
        if (
            values["session_id"]
            and not Session.objects.filter(pk=values["session_id"], gathering=self.gathering).exists()
        ):
            return  # gone here since
        if values["takeaway_id"] and not Takeaway.with_removed.filter(
            pk=values["takeaway_id"], gathering=self.gathering
        ):
            values["takeaway_id"] = None  # an organiser removed the sentence
        known = PorteurSheet.objects.filter(lookup=values.pop("lookup")).first()
        values.pop("id")
        if known is None:
            made = {"id": uuid.UUID(row["id"]), "lookup": row["lookup"], "gathering": self.gathering}
            PorteurSheet.objects.create(**values, **made)
        elif known.gathering_id != self.gathering.pk:
            raise Damaged
        else:
            PorteurSheet.objects.filter(pk=known.pk).update(**values)

    def _gleaning(self, row: Line) -> None:
        """What the desk of the other side did with a thing of a room: not offered again. What is kept here stays."""
        values = {name: decode(Gleaning, name, row[name]) for name in GLEANING}
        known = Gleaning.objects.filter(session=values["session_id"], key=values["key"]).first()
        if known is not None and known.status == GleaningStatus.KEPT:
            return
        if not Session.objects.filter(pk=values["session_id"], gathering=self.gathering).exists():
            return  # gone here since
        kept = Takeaway.with_removed.filter(pk=values["takeaway_id"], gathering=self.gathering).exists()
        if (values["status"] == GleaningStatus.KEPT) != kept:
            return  # its sentence is gone: it is to be sorted again
        if known is None:
            Gleaning.objects.create(**values)
        else:
            Gleaning.objects.filter(pk=known.pk).update(**values)

    def finish(self) -> None:
        """In the transaction, last: keys are on disk before the rows that need them are true."""
        for session_id, key in self.new_keys.items():
            keys.install_key(session_id, key)
        bus.tell(self.heads)

    def undo_keys(self) -> None:
        """The rows were not written: the keys go too."""
        for session_id in self.new_keys:
            if not Session.objects.filter(pk=session_id).exists():
                keys.destroy_key(session_id)

    def erase(self, by: str) -> None:
        for session in Session.objects.filter(pk__in=self.to_erase).select_related("gathering__space", "workshop"):
            erase_session(session=session, by=by)


TAKERS = {
    "version": Arrival._version,
    "session": Arrival._take_session,
    "key": Arrival._key,
    "seat": Arrival._seat,
    "move": Arrival._move,
    "photo": Arrival._photo,
    "whole": Arrival._whole,
    "sheet": Arrival._sheet,
    "gleaning": Arrival._gleaning,
}
