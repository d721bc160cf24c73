"""Photos of paper boards: who may add one, who sees it, and how it is sealed with its session's key.

A photo is its group's: the people of its table, or of the room where it is the whole room's, and who leads. No screen
on a wall, no control room, no report, no export ever holds one. It is no move: the log keeps its weight.
"""

import json
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from facilitation import Seat as SeatState
from maillage.lib.pictures import clean_picture
from maillage.live import keys
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import BoardPhoto, Session
from maillage.live.outcomes import refuse
from maillage.live.rooms import Room
from maillage.live.seats import Ticket, find_kind

logger = logging.getLogger(__name__)

MOST_PHOTOS = 12  # a session: a board a stage and a table, and some 5 MB
LONGEST_CAPTION = 1_000  # characters: what a full sheet says
PEOPLE = (SeatKind.PARTICIPANT, SeatKind.ROBOT, SeatKind.FACILITATOR)  # a screen on a wall is nobody's eyes


class PhotoRefused(Exception):
    def __init__(self, status: int, sentence: str | Promise) -> None:
        self.status = status
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person's seat in a session, and what photos are to it."""

    room: Room
    seat: SeatState

    @property
    def leads_room(self) -> bool:
        return self.seat.table is None and self.room.leads(self.seat.role)

    @property
    def leads_table(self) -> bool:
        """Their table runs itself: its people have the buttons of who leads."""
        table = self.seat.table
        return table is not None and (table in self.room.state.clocks or self.room.leads(self.seat.role))

    @property
    def may_add(self) -> bool:
        return self.leads_room or self.leads_table

    def sees(self, table: int | None) -> bool:
        return self.leads_room or table is None or table == self.seat.table

    def may_change(self, table: int | None) -> bool:
        """Add a photo of this table, or remove one; the whole room's belong to who leads the room."""
        return self.leads_room or (self.leads_table and table == self.seat.table)

    def may_remove(self, photo: BoardPhoto) -> bool:
        return self.may_change(photo.table) or str(photo.seat) == self.seat.id

    def table_name(self, table: int | None) -> str:
        return next((one.name for one in self.room.state.tables if one.id == table), "")


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo in a list: everything but its image."""

    id: uuid.UUID
    caption: str
    stage: str  # its title; "" when none was on
    width: int
    height: int
    table: str  # its name; "" for the whole room
    people_on_it: bool
    added_at: datetime
    may_remove: bool


def find_viewer(room: Room, ticket: Ticket | None) -> Viewer:
    kind = find_kind(ticket) if ticket is not None else ""
    if ticket is None or not kind:
        refusal = refuse("no-seat" if ticket is None else "revoked-seat")
        raise PhotoRefused(refusal.status, refusal.sentence)
    seat = room.state.seats.get(str(ticket.seat_id))
    if seat is None or kind not in PEOPLE:
        raise PhotoRefused(403, _("Les photos du tableau papier restent dans le groupe : cet écran ne les montre pas."))
    return Viewer(room, seat)


def count_seen(viewer: Viewer) -> int:
    """How many photos this seat may see, without opening one."""
    statement = f'SELECT "table" FROM {BoardPhoto._meta.db_table} WHERE session_id = %s'  # noqa: S608 - no outside text
    with connection.cursor() as cursor:  # at each page: its SQL is written here, as that of log.look
        cursor.execute(statement, [Session._meta.pk.get_db_prep_value(viewer.room.session_id, connection)])
        return sum(viewer.sees(table) for (table,) in cursor.fetchall())


def is_full(session_id: uuid.UUID) -> bool:
    return _photos(session_id).count() >= MOST_PHOTOS


def photos_seen(viewer: Viewer) -> list[Shown]:
    """In the order they were added."""
    rows: Iterable[BoardPhoto] = _photos(viewer.room.session_id).defer("image")
    return [_shown(viewer, row) for row in rows if viewer.sees(row.table)]


def find_photo(viewer: Viewer, photo_id: uuid.UUID) -> Shown:
    row = _photos(viewer.room.session_id).defer("image").filter(id=photo_id).first()
    return _shown(viewer, _or_refuse(viewer, row))


def read_image(viewer: Viewer, photo_id: uuid.UUID) -> bytes:
    row = _or_refuse(viewer, _photos(viewer.room.session_id).filter(id=photo_id).first())
    return _open(row, "image")


def add_photo(
    *,
    viewer: Viewer,
    table: int | None,
    content: bytes,
    caption: str,
    people_on_it: bool,
    agreed: bool,
    key: str,
) -> uuid.UUID:
    """Joins a photo to the session, says its id. The same key again changes nothing; PictureRefused: it is no photo."""
    if not viewer.may_change(table):
        raise PhotoRefused(403, _("Une photo s’ajoute depuis l’écran de qui anime."))
    if people_on_it and not agreed:
        raise PhotoRefused(422, _("Demandez d’abord à ces personnes, ou reprenez la photo sans elles."))
    picture = clean_picture(content)
    session_id = viewer.room.session_id
    stage = viewer.room.state.through(table if table is not None else viewer.seat.table).rule
    words = {"caption": caption, "stage": stage.title if stage else "", "size": [picture.width, picture.height]}
    photo = BoardPhoto(
        id=uuid.uuid5(session_id, f"photo/{viewer.seat.id}/{key}"),
        session_id=session_id,
        seat=uuid.UUID(viewer.seat.id),
        table=table,
        people_on_it=people_on_it,
    )
    with transaction.atomic():
        session = Session.objects.select_for_update().get(id=session_id)  # two phones at once do not make thirteen
        if session.status == SessionStatus.ERASED or session.away:
            raise _refusal("elsewhere" if session.away else "erased")
        if BoardPhoto.objects.filter(id=photo.id).exists():
            return photo.id
        if is_full(session_id):
            raise PhotoRefused(
                409, _("Cette séance a déjà ses {most} photos. Retirez-en une d’abord.").format(most=MOST_PHOTOS)
            )
        photo.words = _seal(photo, "words", json.dumps(words, ensure_ascii=False).encode())
        photo.image = _seal(photo, "image", picture.content)
        photo.save(force_insert=True)
    return photo.id


def remove_photo(*, viewer: Viewer, photo_id: uuid.UUID) -> None:
    """Harmless when repeated."""
    row = _photos(viewer.room.session_id).defer("image").filter(id=photo_id).first()
    if row is None:
        return
    if not viewer.may_remove(_or_refuse(viewer, row)):
        raise PhotoRefused(403, _("Une photo se retire depuis l’écran de qui l’a ajoutée, ou de qui anime."))
    with transaction.atomic():
        if Session.objects.select_for_update().get(id=viewer.room.session_id).away:
            raise _refusal("elsewhere")  # the server it was carried to has the photo too, and decides
        row.delete()


def _photos(session_id: uuid.UUID) -> "QuerySet[BoardPhoto]":
    return BoardPhoto.objects.filter(session=session_id).order_by("added_at", "id")


def _or_refuse(viewer: Viewer, row: BoardPhoto | None) -> BoardPhoto:
    """One sentence for a photo that is not there and one that is another table's."""
    if row is None or not viewer.sees(row.table):
        raise PhotoRefused(404, _("Cette photo n’est pas, ou n’est plus, parmi celles de votre groupe."))
    return row


def _shown(viewer: Viewer, row: BoardPhoto) -> Shown:
    words = json.loads(_open(row, "words"))
    width, height = words["size"]
    return Shown(
        id=row.id,
        caption=words["caption"],
        stage=words["stage"],
        width=width,
        height=height,
        table=viewer.table_name(row.table),
        people_on_it=row.people_on_it,
        added_at=row.added_at,
        may_remove=viewer.may_remove(row),
    )


def _seal(photo: BoardPhoto, part: str, plain: bytes) -> bytes:
    try:
        return keys.seal(keys.read_key(photo.session_id), plain, context=_context(photo, part))
    except keys.KeyMissing:
        raise _refusal("no-key") from None


def _open(photo: BoardPhoto, part: str) -> bytes:
    try:
        key = keys.read_key(photo.session_id)
        return keys.open_sealed(key, bytes(getattr(photo, part)), context=_context(photo, part))
    except keys.KeyMissing:
        raise _refusal("erased") from None
    except keys.BadSeal:
        logger.error("a photo does not open: %s", photo.id)
        raise PhotoRefused(410, _("Cette photo ne s’ouvre plus.")) from None


def _context(photo: BoardPhoto, part: str) -> str:
    """What is sealed belongs to this session, this table, this answer: a row that was changed no longer opens."""
    return f"{photo.session_id}/photo/{photo.id}/{photo.table}/{photo.people_on_it}/{part}"


def _refusal(reason: str) -> PhotoRefused:
    refusal = refuse(reason)
    return PhotoRefused(refusal.status, refusal.sentence)
