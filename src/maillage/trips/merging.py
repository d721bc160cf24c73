"""A file's rows put beside ours, part by part, from what both sides knew when they parted.

Changed on one side only: that side is right. Changed on both: the server of the room decides what is of the day
(presence, needs, places), the home decides the rest, and it is said. Made on one side: it is there. Removed on one side
and left alone on the other: it is gone. Nothing is guessed from a name: rows are the same when their UUIDs are.
"""

import functools
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Room
from maillage.lib.matching import fold
from maillage.people.models import Organisation, OrganisationMerge, Person
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Plan
from maillage.registrations.erasure import CarriedAway, erase_person
from maillage.registrations.models import Registration
from maillage.registrations.retention import NAMELESS, forget_words
from maillage.registrations.signals import names_erased
from maillage.trips import kinds
from maillage.trips.kinds import Kind, Row, decode
from maillage.trips.sealing import Damaged, FileRefused

Base = Mapping[str, Mapping[str, Mapping[str, str]]]  # kind → identity → part → digest
TERRITORIES = frozenset({"commune_id", "epci_id", "qpv_id"})


class NewerFile(FileRefused):
    def __init__(self) -> None:
        super().__init__("Ce fichier vient d’une version plus récente de Maillage : mettez ce serveur à jour d’abord.")


def digest(value: Any) -> str:
    """Enough to know a value again, nothing to read it by: what is erased since is not kept here."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(_digest_key(settings.SECRET_KEY), text.encode(), hashlib.sha256).hex()[:16]


@functools.cache
def _digest_key(secret: str) -> bytes:
    return hashlib.sha256(b"maillage.trips.base" + secret.encode()).digest()


def digests_of(kind: Kind, rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    return {kind.identity(row): {part: digest(value) for part, value in kind.parts_of(row).items()} for row in rows}


@dataclass
class Merge:
    gathering: Gathering
    base: Base
    from_room: bool  # the file comes from the server of the room
    said: list[str] = field(default_factory=list)
    same: dict[tuple[str, str], str] = field(default_factory=dict)  # their identity of a row → ours
    known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # kind → identities that are here
    made: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # kind → those this file brought
    agreed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)  # what both sides know from now on
    erased_there: list[Person] = field(default_factory=list)
    erased_here: list[Person] = field(default_factory=list)

    def apply(self, kind: Kind, rows: Sequence[Row]) -> None:
        """Takes over what the file says of one kind; its references must have been applied before."""
        for row in rows:
            if not kind.columns.issuperset(row):
                raise NewerFile
            if any(name not in row for name in kind.key):
                raise Damaged
            if kind in (kinds.GATHERING, kinds.OPENING) and row[kind.key[0]] != str(self.gathering.pk):
                raise Damaged  # a file speaks of its own gathering
        try:
            self._apply(kind, [self._translated(kind, row) for row in rows])
        except (ValidationError, TypeError, ValueError, KeyError) as error:
            raise Damaged from error

    def _apply(self, kind: Kind, rows: Sequence[Row]) -> None:
        mine = self._mine(kind, rows)
        base = self.base.get(kind.name, {})
        theirs: set[str] = set()
        new: list[Row] = []
        for row in rows:
            identity = kind.identity(row)
            theirs.add(identity)
            if identity in mine and kind is kinds.PERSON and self._is_erased(mine[identity], row):
                continue
            if identity in mine:
                self._meet(kind, mine[identity], row, base.get(identity))
            elif identity in base or not self._complete(kind, row):
                continue  # removed here since, or what it hangs on was
            else:
                new.append(row)
        self._make(kind, new)
        self.known[kind.name] |= set(mine) | {kind.identity(row) for row in new}
        self.made[kind.name] = {kind.identity(row) for row in new}
        self.agreed[kind.name] = digests_of(kind, rows)
        self._let_go(kind, mine, base, theirs)

    def _translated(self, kind: Kind, row: Row) -> Row:
        """Its references under our own identities."""
        changed = dict(row)
        for column, target in kind.refs.items():
            if row.get(column) is not None:
                changed[column] = self.same.get((target, row[column]), row[column])
        return changed

    def _mine(self, kind: Kind, rows: Sequence[Row]) -> dict[str, Any]:
        if kind is kinds.ORGANISATION:
            return self._my_organisations(rows)
        if kind is kinds.PERSON:
            found: Any = Person.objects.filter(space=self.gathering.space_id, pk__in=[row["id"] for row in rows])
        else:
            found = (kind.scope or kind.rows)(self.gathering)
        mine = {kind.identity({name: kinds.encode(getattr(one, name)) for name in kind.key}): one for one in found}
        if kind is kinds.ROOM:  # two rooms of one name are one
            named = {room.name: uid for uid, room in mine.items()}
            for row in rows:
                if row["uid"] not in mine and row["name"] in named:
                    self.same["room", row["uid"]] = named[row["name"]]
                    row["uid"] = named[row["name"]]
        return mine

    def _my_organisations(self, rows: Sequence[Row]) -> dict[str, Any]:
        """One organisation, one row: that of the same name is the same, whatever its identity elsewhere.

        One merged into another while the gathering was away is the one it was merged into.
        """
        here = Organisation.objects.filter(space=self.gathering.space_id)
        merges = OrganisationMerge.objects.filter(space=self.gathering.space_id, undone_at=None).select_related("kept")
        merged = {str(one.gone_id): one.kept for one in merges}
        merged_names = {one.gone_folded_name: one.kept for one in merges}
        mine = {str(one.pk): one for one in here.filter(pk__in=[row["id"] for row in rows])}
        named = {one.folded_name: one for one in here.filter(folded_name__in=[row["folded_name"] for row in rows])}
        for row in rows:
            twin = named.get(row["folded_name"]) or merged.get(row["id"]) or merged_names.get(row["folded_name"])
            if row["id"] not in mine and twin is not None:
                self.same["organisation", row["id"]] = row["id"] = str(twin.pk)
                mine[row["id"]] = twin
        return mine

    def _complete(self, kind: Kind, row: Row) -> bool:
        """Whether all it must hang on is here; what it may hang on and is gone is left out."""
        for column, target in kind.refs.items():
            if row.get(column) is None or row[column] in self.known[target]:
                continue
            if not kind.model._meta.get_field(column).null:
                return False
            row[column] = None
        return True

    def _make(self, kind: Kind, rows: Sequence[Row]) -> None:
        things = []
        for row in rows:
            if kind is kinds.PLAN and row["status"] == PlanStatus.PUBLISHED:
                self._replace_published(row["id"])
            thing = kind.model(**{name: self._value(kind, name, row[name]) for name in row if name not in kind.lists})
            for column in kind.implied:
                setattr(thing, column, self.gathering.space_id if column == "space_id" else self.gathering.pk)
            things.append(thing)
        kind.model._base_manager.bulk_create(things)
        for thing, row in zip(things, rows, strict=True):
            for name, of_it in kind.lists.items():
                if row.get(name):
                    of_it.write(thing, row[name])
            if "created_at" in row:  # bulk_create wrote the hour of the import
                moment = decode(kind.model, "created_at", row["created_at"])
                kind.model._base_manager.filter(pk=thing.pk).update(created_at=moment)

    def _meet(self, kind: Kind, thing: Any, row: Row, base: Mapping[str, str] | None) -> None:
        ours, theirs = kind.parts_of(kind.dump(thing)), kind.parts_of(row)
        taken = []
        for part, value in theirs.items():
            if value == ours[part] or not self._is_theirs(kind, thing, part, ours[part], value, base or {}):
                continue
            taken.append(part)
        if not taken or not self._complete(kind, row):
            return
        if kind is kinds.PLAN and "status" in taken and row["status"] == PlanStatus.PUBLISHED:
            self._replace_published(row["id"])
        columns: list[str] = []
        for part in taken:
            if part in kind.lists:
                kind.lists[part].write(thing, row[part])
                continue
            for column in kind.columns_of(part):
                setattr(thing, column, self._value(kind, column, row[column]))
                columns.append(column)
        if columns:
            thing.save(update_fields=columns)

    def _is_theirs(self, kind: Kind, thing: Any, part: str, ours: Any, theirs: Any, base: Mapping[str, str]) -> bool:
        """Which of two values stays. What neither side had when they parted is taken by whoever has none."""
        if part in base:
            if digest(ours) == base[part]:
                return True
            if digest(theirs) == base[part]:
                return False
        elif kind is kinds.ORGANISATION:
            return False  # one name, two spellings: ours stays
        elif not any(ours):
            return True
        elif not any(theirs):
            return False
        room_decides = part in kind.of_the_day
        if part not in kind.quiet:
            self._say_both(kind, thing, part, room=room_decides)
        return room_decides == self.from_room

    def _say_both(self, kind: Kind, thing: Any, part: str, *, room: bool) -> None:
        who = thing.registration.person if hasattr(thing, "registration") else getattr(thing, "person", thing)
        about = kind.words.get(part) or kind.label or _("une indication")
        kept = _("on garde ce que dit le serveur de la salle") if room else _("on garde ce que dit celui d’origine")
        sentence = _("{who} : {about} a changé des deux côtés, {kept}.").format(who=who, about=about, kept=kept)
        if sentence not in self.said:
            self.said.append(sentence)

    def _let_go(self, kind: Kind, mine: Mapping[str, Any], base: Mapping[str, Any], theirs: set[str]) -> None:
        for identity in set(base) & set(mine) - theirs:
            if kind.gone == kinds.LEAVE:
                continue
            thing = mine[identity]
            if kind is kinds.PLACEMENT and identity.partition("/")[0] not in self.agreed["plan"]:
                continue  # another plan is published there: the places of this one are history
            if kind.gone == kinds.SAY:
                sentence = _(
                    "{kind} « {name} » : retiré de l’autre côté, gardé ici. Retirez-le ici aussi s’il le faut."
                )
                self.said.append(sentence.format(kind=kind.label, name=thing))
                continue
            ours = {part: value for part, value in kind.parts_of(kind.dump(thing)).items() if part not in kind.quiet}
            if all(digest(value) == base[identity].get(part) for part, value in ours.items()):
                thing.delete()
                self.known[kind.name].discard(identity)

    def _replace_published(self, plan_id: str) -> None:
        """One plan is what people see: the room's, which people followed."""
        others = Plan.objects.filter(gathering=self.gathering, status=PlanStatus.PUBLISHED).exclude(pk=plan_id)
        if any(str(other.pk) not in self.base.get("plan", {}) for other in others) and self.base:
            self.said.append(
                _(
                    "Une répartition a été publiée des deux côtés : celle qui arrive est publiée, l’autre reste dans "
                    "la liste des répartitions."
                )
            )
        others.update(status=PlanStatus.REPLACED)

    def _value(self, kind: Kind, column: str, value: Any) -> Any:
        if column == "room_id" and value is not None:
            return Room.objects.get(uid=value, gathering=self.gathering).pk
        if column in TERRITORIES and value is not None and self.from_room:  # one that is not here is left out
            there: Any = kind.model._meta.get_field(column).related_model
            return value if there._base_manager.filter(pk=value).exists() else None
        return decode(kind.model, column, value)

    def _is_erased(self, person: Person, row: Row) -> bool:
        """Erased on one side is erased. A merge would do it by halves: the address never left home (`at_home`)."""
        here, there = person.first_name == NAMELESS, row["first_name"] == NAMELESS
        if here and not there:
            self.erased_here.append(person)
        elif there and not here:
            self.erased_there.append(person)
        return here or there

    def erase(self, by: str) -> None:
        """Once the gathering is home: its people as if they had been erased here, and what the file brought of those
        whose time came meanwhile."""
        for person in self.erased_there:
            try:
                erase_person(person=person, by=by)
            except CarriedAway as carried:  # another of their gatherings
                self.said.append(f"{person} : {carried.sentence}")
        if self.erased_here:
            forget_words(Registration.objects.filter(person__in=self.erased_here))
            names_erased.send(Gathering, gathering=self.gathering)

    def say_homonyms(self) -> None:
        """Somebody registered on both sides is two people for the UUIDs: it is said, a person decides."""
        rows = Registration.objects.filter(gathering=self.gathering).select_related("person")
        names: dict[str, set[str]] = defaultdict(set)
        people: dict[str, str] = {}
        for row in rows:
            folded = fold(row.person.full_name)
            names[folded].add("theirs" if str(row.pk) in self.made["registration"] else "ours")
            people[folded] = row.person.full_name
        if not self.base:
            return  # the first time, all of them come by the file
        for folded, sides in names.items():
            if len(sides) == 2:
                sentence = _("{name} est inscrit·e des deux côtés : vérifiez si c’est la même personne.")
                self.said.append(sentence.format(name=people[folded]))
