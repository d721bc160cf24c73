"""A gathering leaves for the server of a room, comes back, or is taken back. One home at a time: its number says which.

The order that no crash upsets. Out: the file is sealed and on disk, but opens for nobody; the rows say that the home
has left, committed; then the file is given what opens it. In: keys on disk, then the rows, in one transaction.
"""

import contextlib
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.signals import carried
from maillage.lib.system_errors import os_error_words
from maillage.live.models import Session
from maillage.live.runtime import live
from maillage.office.services import record_activity
from maillage.people.enums import SpaceRole
from maillage.people.models import Right, Space, User
from maillage.registrations.models import Opening, Registration
from maillage.territories.models import Commune, Department, Epci, Qpv, Region
from maillage.territories.services import UnknownRegion, load_territories
from maillage.trips import sessions as of_sessions
from maillage.trips.enums import Direction
from maillage.trips.kinds import KINDS, Kind, Row, decode, encode
from maillage.trips.merging import Merge, NewerFile, digest
from maillage.trips.models import Trip, installation_id
from maillage.trips.queries import born_here, last_trip, origin_of
from maillage.trips.refusals import NOT_OURS, TripRefused, unwritable
from maillage.trips.sealing import Damaged, Writer, read_lines

FORMAT = 1
DRAFT = ".partiel"  # after the name of a file that is not finished: it opens for nobody
PLACES: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "region": (Region, ("code", "name")),
    "department": (Department, ("code", "name", "region_id")),
    "epci": (Epci, ("siren", "name", "department_id")),
    "commune": (Commune, ("insee", "name", "department_id", "epci_id", "population")),
    "qpv": (Qpv, ("code", "name", "epci_id", "population")),
}
SPACE = ("id", "slug", "name", "host", "partners", "region_id", "background")
USER = ("id", "email", "name")


@dataclass(frozen=True)
class Carried:
    """A file that was written."""

    path: Path
    gathering: Gathering
    sessions: int
    moves: int
    size: int  # bytes
    again: bool  # the gathering had left already: the file was written anew
    home: bool  # it goes back to where it was born


@dataclass
class Arrived:
    gathering: Gathering
    back: bool  # it came home
    already: bool = False  # the same file, imported before: nothing moved
    sessions: int = 0
    new_moves: int = 0
    said: list[str] = field(default_factory=list)


# --- out ---


def carry_out(*, gathering: Gathering, path: Path, passphrase: str, by: str) -> Carried:
    """Writes the gathering's file; from then on another server is its home. Again while away: the same trip, anew."""
    if path.exists():
        raise TripRefused(_("{path} existe déjà : choisissez un autre nom, il n’est pas remplacé.").format(path=path))
    draft = path.with_name(path.name + DRAFT)
    try:
        writer = Writer(draft, passphrase)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with transaction.atomic():
            carried = _leave(gathering, writer, path, by)
    except BaseException as error:
        writer.abandon()
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise
    _say_moved(gathering)
    try:
        writer.finish()
        os.replace(draft, path)
        _sync(path.parent)
        size = path.stat().st_size
    except OSError as error:
        raise TripRefused(
            _(
                "La rencontre est partie, mais {path} n’a pas pu être achevé ({words}). Recommencez : le "
                "fichier sera écrit de nouveau."
            ).format(path=path, words=os_error_words(error))
        ) from error
    return Carried(**{**carried.__dict__, "size": size})


def _leave(gathering: Gathering, writer: Writer, path: Path, by: str) -> Carried:
    gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
    sessions = of_sessions.sessions_of(gathering)
    away, home = gathering.away_since is not None, not born_here(gathering)
    trip = last_trip(gathering, Direction.OUT) if away else None
    if trip is None:
        trip = Trip(gathering=gathering, direction=Direction.OUT, generation=gathering.generation + 1, by=by[:200])
        trip.origin = origin_of(gathering)
    arrived = last_trip(gathering, Direction.IN) if home else None
    writer.line(
        {
            "maillage": FORMAT,
            "version": version("maillage"),
            "trip": str(trip.pk),
            "gathering": str(gathering.pk),
            "title": gathering.title,
            "generation": trip.generation,
            "received": arrived.generation if arrived else 0,  # the number its home of origin knows it under
            "origin": str(trip.origin),
            "home": home,
        }
    )
    lines = moves = 0
    base: dict[str, dict[str, dict[str, str]]] = {}
    for line in _lines(gathering, sessions, base, home=home):
        writer.line(line)
        lines += 1
        moves += line["kind"] == "move"
    writer.line({"end": lines})
    writer.flush()
    trip.base = base | {"sessions": {str(session.pk): {} for session in sessions}}
    _forget_bases(gathering)
    trip.save()
    if not away:
        Gathering.objects.filter(pk=gathering.pk).update(away_since=timezone.now(), generation=trip.generation)
        Session.objects.filter(pk__in=[session.pk for session in sessions]).update(away=True)
        _note(gathering, by, "carry-out")
    return Carried(path, gathering, len(sessions), moves, 0, away, home)


def _lines(
    gathering: Gathering, sessions: list[Session], base: dict[str, Any], *, home: bool
) -> Iterator[dict[str, Any]]:
    dumped: dict[str, list[Row]] = {kind.name: _rows(kind, gathering, home=home) for kind in KINDS}
    yield from _places(gathering, dumped)
    yield {"kind": "space", "row": {name: encode(getattr(gathering.space, name)) for name in SPACE}}
    if not home:  # whoever holds a laptop gives nobody rights on the server it came from
        of_it = Right.objects.filter(Q(gathering=None) | Q(gathering=gathering.pk), space=gathering.space)
        for right in of_it.filter(user__is_active=True).select_related("user"):
            user = {name: encode(getattr(right.user, name)) for name in USER}
            row = {"user": user, "role": right.role}
            yield {"kind": "right", "row": row | ({"of_it_only": True} if right.gathering else {})}
    for kind in KINDS:
        base[kind.name] = {
            kind.identity(row): {part: digest(value) for part, value in kind.parts_of(row).items()}
            for row in dumped[kind.name]
        }
        for row in dumped[kind.name]:
            yield {"kind": kind.name, "row": row}
    yield from of_sessions.lines_of(gathering, sessions)


def _rows(kind: Kind, gathering: Gathering, *, home: bool) -> list[Row]:
    rows = [kind.dump(thing) for thing in kind.rows(gathering)]
    for row in rows:
        for part in kind.at_home:
            if not home or not row[part]:
                del row[part]
    return rows


def _places(gathering: Gathering, dumped: dict[str, list[Row]]) -> Iterator[dict[str, Any]]:
    """The territories that rows name, those above them first."""
    named: dict[str, set[str]] = {name: set() for name in PLACES}
    for row in (row for rows in dumped.values() for row in rows):
        for name in ("commune", "epci", "qpv"):
            named[name].add(row.get(f"{name}_id") or "")
    named["region"].add(gathering.space.region_id or "")
    for name in ("qpv", "commune", "epci", "department"):  # upwards
        model, columns = PLACES[name]
        for above in (column for column in columns if column.endswith("_id")):
            named[above.removesuffix("_id")] |= set(
                model._default_manager.filter(pk__in=named[name] - {None, ""}).values_list(above, flat=True)
            )
    for name, (model, columns) in PLACES.items():
        for row in model._default_manager.filter(pk__in=named[name] - {None, ""}).values(*columns):
            yield {"kind": name, "row": row}


# --- in ---


def carry_in(*, file: BinaryIO, passphrase: str, by: str, expected: Gathering | None = None) -> Arrived:
    """Takes a file in, whole or not at all. FileRefused and TripRefused say why not.

    `expected`: from a page of a gathering, where nobody may bring another one.
    """
    reading = _Reading(read_lines(file, passphrase), by, expected)
    try:
        with transaction.atomic():
            arrived = reading.header() or reading.take_all()
    except BaseException as error:
        if reading.arrival is not None:
            reading.arrival.undo_keys()
        if isinstance(error, NOT_OURS):
            raise Damaged from error  # sealed with the passphrase, and yet no file that Maillage writes
        raise
    if reading.arrival is not None:
        reading.arrival.erase(by)
        _say_moved(arrived.gathering)
    return arrived


class _Reading:
    def __init__(self, lines: Iterator[dict[str, Any]], by: str, expected: Gathering | None) -> None:
        self.lines = lines
        self.by = by
        self.expected = expected
        self.arrival: of_sessions.Arrival | None = None
        self.here: Gathering | None = None
        self.head: dict[str, Any] = {}

    def header(self) -> Arrived | None:
        """Whether this file may come in. An answer: it has already."""
        self.head = head = next(self.lines, {})
        if head.get("maillage") != FORMAT:
            raise NewerFile if isinstance(head.get("maillage"), int) and head["maillage"] > FORMAT else Damaged
        self.trip, gathering_id = uuid.UUID(head["trip"]), uuid.UUID(head["gathering"])
        if self.expected is not None and self.expected.pk != gathering_id:
            raise TripRefused(_("Ce fichier est celui d’une autre rencontre : « {head} ».").format(head=head["title"]))
        here = Gathering.objects.select_for_update().filter(pk=gathering_id).first()
        known = Trip.objects.filter(pk=self.trip).first()
        if known is not None and known.direction == Direction.IN:
            return Arrived(known.gathering, back=head["home"], already=True)
        self._check(here, uuid.UUID(head["origin"]))
        self.here = here
        return None

    def _check(self, here: Gathering | None, origin: uuid.UUID) -> None:
        """One home: a file moves it only from where it is."""
        head, own = self.head, installation_id()
        if not head["home"] and origin == own:
            raise TripRefused(
                _(
                    "Ce fichier est parti d’ici : importez-le sur le serveur de la salle. Pour reprendre la "
                    "rencontre sans lui : maillage carry back."
                )
            )
        if head["home"] and origin != own:
            raise TripRefused(
                _(
                    "Ce fichier ramène « {head} » à un autre serveur que celui-ci : c’est là-bas qu’il s’importe."
                ).format(head=head["title"])
            )
        if head["home"]:
            self._check_return(here)
        elif here is not None and origin_of(here) != origin:
            raise TripRefused(
                _("« {here} » existe déjà ici et vient d’un autre serveur : on ne les mélange pas.").format(here=here)
            )
        elif here is not None and head["generation"] <= here.generation:
            raise TripRefused(
                _(
                    "Ce fichier n’est pas plus récent que ce qui est ici de « {here} » : il est refusé, rien n’a "
                    "changé."
                ).format(here=here)
            )

    def _check_return(self, here: Gathering | None) -> None:
        if here is None:
            raise TripRefused(
                _("« {head} » a été supprimée d’ici : ce fichier n’a plus où revenir.").format(head=self.head["title"])
            )
        back = last_trip(here, Direction.BACK)
        if back is not None and back.generation > self.head["received"]:
            raise TripRefused(
                _(
                    "« {here} » a été reprise ici le {localtime:%d/%m/%Y à %H:%M} par {by}, sans attendre cette "
                    "copie : ce qui s’y est fait depuis son départ n’est plus accepté."
                ).format(here=here, localtime=timezone.localtime(back.at), by=back.by)
            )
        if here.away_since is None or self.head["received"] != here.generation:
            raise TripRefused(
                _(
                    "Ce fichier est plus ancien que ce qui est déjà ici de « {here} » : il est refusé, rien n’a changé."
                ).format(here=here)
            )

    def take_all(self) -> Arrived:
        head = self.head
        moves_before = 0
        waiting: dict[str, list[Row]] = {kind.name: [] for kind in KINDS}
        space: Space | None = None
        merge: Merge | None = None
        for count, line in enumerate(self.lines):
            if "end" in line:
                if line["end"] != count or next(self.lines, None) is not None:
                    raise Damaged
                break
            kind, row = line["kind"], line["row"]
            if kind in PLACES:
                if not self.head["home"]:  # every space of a home reads its territories: no organiser writes there
                    _keep_place(kind, row)
            elif kind == "space":
                space = self._space(row)
            elif kind == "right":
                self._right(space, row)
            elif kind in waiting:
                waiting[kind].append(row)
            elif kind in of_sessions.TAKERS:
                if merge is None:
                    moves_before = _count_moves(self.here)
                    merge = self._merge(space, waiting)
                assert self.arrival is not None
                self.arrival.take(kind, row)
            else:
                raise NewerFile
        else:
            raise Damaged
        if merge is None:  # no session yet, nor a method: a programme and people
            merge = self._merge(space, waiting)
        assert self.arrival is not None
        Gathering.objects.filter(pk=merge.gathering.pk).update(away_since=None, generation=head["generation"])
        gathering = Gathering.objects.select_related("space").get(pk=merge.gathering.pk)
        Session.objects.filter(gathering=gathering, rehearsal=False).update(away=False)
        carried.send(sender=Gathering, gathering=gathering)
        self.arrival.finish()
        merge.erase(self.by)
        _forget_bases(gathering)
        Trip.objects.create(
            id=self.trip,
            gathering=gathering,
            direction=Direction.IN,
            generation=head["generation"],
            origin=uuid.UUID(head["origin"]),
            base={} if head["home"] else merge.agreed | {"sessions": {str(pk): {} for pk in self.arrival.heads}},
            by=self.by[:200],
        )
        _note(gathering, self.by, "carry-home" if head["home"] else "carry-in")
        merge.say_homonyms()
        return Arrived(
            gathering,
            back=head["home"],
            sessions=len(self.arrival.heads),
            new_moves=_count_moves(gathering) - moves_before,
            said=[*merge.said, *self.arrival.said],
        )

    def _space(self, row: Row) -> Space:
        """The space, made here the first time. One of the same short name that was born elsewhere is another."""
        known = Space.objects.filter(pk=row["id"]).first()
        if known is not None:
            return known
        if self.head["home"]:
            raise Damaged
        if Space.objects.filter(slug=row["slug"]).exists():
            raise TripRefused(
                _(
                    "Un espace « {row} » existe déjà ici, né sur un autre serveur : on ne les mélange pas. Importez "
                    "dans un dossier de données neuf (--data DOSSIER)."
                ).format(row=row["slug"])
            )
        if row["region_id"] and not Commune.objects.filter(department__region=row["region_id"]).exists():
            with contextlib.suppress(UnknownRegion):  # the communes one may be asked at the desk; the file has its own
                load_territories(region=row["region_id"])
        values = {name: decode(Space, name, row[name]) for name in SPACE}
        return Space.objects.create(**values)

    def _right(self, space: Space | None, row: Row) -> None:
        if self.head["home"] or space is None:
            raise Damaged
        told = row["user"]
        user = User.objects.of_address(told["email"]).first()
        if user is None:
            user = User(id=uuid.UUID(told["id"]), email=told["email"].lower(), name=told["name"])
            user.set_unusable_password()
            user.save(force_insert=True)
        of_it_only = uuid.UUID(self.head["gathering"]) if row.get("of_it_only") else None
        Right.objects.get_or_create(user=user, space=space, role=SpaceRole(row["role"]), gathering=of_it_only)

    def _gathering(self, space: Space | None, rows: list[Row]) -> Gathering:
        if space is None or len(rows) != 1 or rows[0]["id"] != self.head["gathering"]:
            raise Damaged
        if self.here is not None:
            if self.here.space_id != space.pk:
                raise Damaged
            return self.here
        if Gathering.objects.filter(space=space, slug=rows[0]["slug"]).exists():
            raise TripRefused(
                _("Une rencontre « {rows} » existe déjà ici et n’est pas la même : on ne les mélange pas.").format(
                    rows=rows[0]["slug"]
                )
            )
        return Gathering(id=uuid.UUID(rows[0]["id"]), space=space)

    def _merge(self, space: Space | None, waiting: dict[str, list[Row]]) -> Merge:
        gathering = self._gathering(space, waiting["gathering"])
        trip = last_trip(gathering, Direction.OUT, Direction.IN) if self.here is not None else None
        base = trip.base if trip is not None else {}
        merge = Merge(gathering, base, from_room=self.head["home"])
        for kind in KINDS:
            merge.apply(kind, waiting[kind.name])
        if self.here is None:
            Opening.objects.filter(gathering=gathering).update(reminders=False)  # letters leave from home
        known = frozenset(uuid.UUID(pk) for pk in base.get("sessions", {}))
        self.arrival = of_sessions.Arrival(gathering, known)
        return merge


def _count_moves(gathering: Gathering | None) -> int:
    return sum(Session.objects.filter(gathering=gathering, rehearsal=False).values_list("last_number", flat=True))


def _keep_place(kind: str, row: Row) -> None:
    model, columns = PLACES[kind]
    model._default_manager.get_or_create(pk=row[columns[0]], defaults={name: row[name] for name in columns[1:]})


# --- back ---


def carry_back(*, gathering: Gathering, by: str) -> Gathering:
    """The other server is lost, or will not be waited for: the home is here again, and a later return is refused."""
    with transaction.atomic():
        gathering = Gathering.objects.select_for_update().get(pk=gathering.pk)
        if gathering.away_since is None:
            raise TripRefused(
                _("« {gathering} » est déjà ici : il n’y a rien à reprendre.").format(gathering=gathering)
            )
        sessions = of_sessions.sessions_of(gathering)
        gathering.away_since = None
        gathering.generation += 1
        gathering.save(update_fields=["away_since", "generation"])
        Session.objects.filter(pk__in=[session.pk for session in sessions]).update(away=False)
        Trip.objects.create(
            gathering=gathering,
            direction=Direction.BACK,
            generation=gathering.generation,
            origin=origin_of(gathering),
            by=by[:200],
        )
        _note(gathering, by, "carry-back")
    _say_moved(gathering)
    return gathering


def _say_moved(gathering: Gathering) -> None:
    """This process's own screens: those of a session that left end, those of one that came back open again."""
    here = live()
    for session_id, away in Session.objects.filter(gathering=gathering).values_list("id", "away"):
        here.rooms.say_away(session_id, away)
        if away:
            here.end_streams(session_id)


def _forget_bases(gathering: Gathering) -> None:
    Trip.objects.filter(gathering=gathering).exclude(base={}).update(base={})


def forget_names(sender: object, *, gathering: Gathering, **_signal: object) -> None:
    """Receiver of `registrations.signals.names_erased`: a digest of a name is as good as the name to who guesses it."""
    _forget_bases(gathering)


def forget_person(sender: object, *, registrations: Sequence[Registration], **_signal: object) -> None:
    """Receiver of `registrations.signals.person_erased`: nothing of theirs is away, so no base serves any more."""
    for registration in registrations:
        _forget_bases(registration.gathering)


def _note(gathering: Gathering, by: str, verb: str) -> None:
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=str(gathering), about_id=gathering.pk)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
