"""The last confirmed import, taken back: what it wrote and nobody touched since goes, or is again what it was.

The import keeps, for a few days, what it wrote over and a digest of each row as it left it: a row that is no longer
that, or that another noun has used since, is somebody's, and stays.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.spreadsheets import short_name
from maillage.lib.typography import join_words
from maillage.office.services import record_activity
from maillage.people.models import Organisation, Person
from maillage.people.services import drop_unused_organisations
from maillage.registrations.enums import ImportStatus
from maillage.registrations.models import Answer, Registration, RegistrationImport, Wish
from maillage.registrations.reading import digest
from maillage.registrations.services import Refused, follow_address, new_links_words, write_wishes
from maillage.registrations.waiting import lock_opening, settle

MOST_NAMED = 10  # beyond, they are counted
# token_version only ever rises: put back, it would reach again the number of a link that another address was sent.
KEYS = frozenset({"id", "gathering_id", "person_id", "space_id", "token_version"})
PERSON = [field.attname for field in Person._meta.concrete_fields if field.attname not in KEYS]
ROW = [field.attname for field in Registration._meta.concrete_fields if field.attname not in KEYS]

State = dict[str, dict[str, Any]]  # of "person", "registration", "wishes", "answers": key → value, as JSON holds it

_holds: dict[type[models.Model], dict[str, Any]] = {}


def hold_only_when(model: type[models.Model], **only: Any) -> None:
    """Called from a later noun's AppConfig.ready(): of its rows, those alone keep a registration where it is."""
    _holds[model] = only


class NotUndoable(Refused):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Cet import ne s’annule plus : il l’est déjà, un autre l’a suivi, il est trop ancien, ou la rencontre "
                "est sur un serveur de salle."
            )
        )


class AllChangedSince(Refused):
    def __init__(self, left: Sequence[str]) -> None:
        super().__init__(_("Rien n’est annulé. {left}").format(left=left_words(left)))


@dataclass(frozen=True)
class Undone:
    removed: int
    restored: int
    left: tuple[str, ...]  # names, of rows changed or used since
    moved: int  # people whose address is again what it was: their links are new

    @property
    def sentence(self) -> str:
        parts = (
            (self.removed, ngettext("{n} inscription retirée", "{n} inscriptions retirées", self.removed)),
            (
                self.restored,
                ngettext(
                    "{n} inscription redevenue ce qu’elle était",
                    "{n} inscriptions redevenues ce qu’elles étaient",
                    self.restored,
                ),
            ),
        )
        said = ", ".join(words.format(n=number) for number, words in parts if number)
        words = _("L’import est annulé : {what}.").format(what=said)
        return f"{words} {new_links_words(self.moved)}".rstrip()


def left_words(names: Sequence[str]) -> str:
    shown, more = list(names[:MOST_NAMED]), len(names) - MOST_NAMED
    if more > 0:
        shown.append(ngettext("{n} autre", "{n} autres", more).format(n=more))
    return ngettext(
        "Une inscription changée, placée ou utilisée depuis reste comme elle est : {names}.",
        "{n} inscriptions changées, placées ou utilisées depuis restent comme elles sont : {names}.",
        len(names),
    ).format(n=len(names), names=join_words(shown))


def undoable_import(gathering: Gathering) -> RegistrationImport | None:
    """The last one, as long as it can be. None while another server has the gathering."""
    if gathering.away_since is not None:
        return None
    return gathering.imports.filter(status=ImportStatus.DONE).exclude(record={}).defer("content", "record").first()


def forget_records(imports: "models.QuerySet[RegistrationImport]") -> int:
    """What they wrote over is kept no more: they cannot be undone."""
    return imports.exclude(record={}).update(record={})


def states(registrations: Iterable[object]) -> dict[str, State]:
    """Rows as the database holds them, by key: a handful of queries, whatever their number."""
    rows = Registration.objects.filter(pk__in=list(registrations)).select_related("person")
    rows = rows.prefetch_related(Prefetch("wishes", Wish.objects.order_by("slot_id", "rank")), "answers")
    return {str(row.pk): _state(row) for row in rows}


def state_of_person(person: Person) -> State:
    return {"person": _columns(person, PERSON)}


def make_record(
    before: Mapping[str, State], created: Mapping[str, State], organisations: Iterable[UUID]
) -> dict[str, Any]:
    """After the writing: for each row what it replaced, and a digest of what it left.

    `before`: rows there were. `created`: rows there were not, with their person if there was one, {} if not.
    """
    rows = {}
    for key, state in states([*before, *created]).items():
        was = before.get(key) or created[key]
        rows[key] = {
            "made": [] if key in before else ["registration"] if was else ["registration", "person"],
            "after": _digest(state),
            "before": {part: _replaced(was[part], state[part]) for part in was},
        }
    return {"rows": rows, "organisations": [str(pk) for pk in organisations]}


@transaction.atomic
def undo_import(*, import_: RegistrationImport, by: str) -> Undone:
    """Raises NotUndoable, AllChangedSince. Done twice, the second refuses."""
    import_ = RegistrationImport.objects.select_for_update().select_related("gathering__space").get(pk=import_.pk)
    gathering, kept = import_.gathering, import_.record.get("rows", {})
    opening = lock_opening(gathering)
    found = Registration.objects.select_for_update(of=("self", "person")).select_related("person", "gathering")
    rows = {str(row.pk): row for row in found.filter(pk__in=list(kept))}
    if import_.status != ImportStatus.DONE or not rows or gathering.away_since is not None:
        raise NotUndoable
    now = states(rows)
    same = {key for key in rows if _digest(now[key]) == kept[key]["after"]} - _held(rows, kept)
    left = sorted(row.person.full_name for key, row in rows.items() if key not in same)
    if not same:
        raise AllChangedSince(left)
    removed = {key for key in same if "registration" in kept[key]["made"]}
    moved = sum(_put_back(rows[key], kept[key]["before"]) for key in same if "person" not in kept[key]["made"])
    Registration.objects.filter(pk__in=removed).delete()
    _remove_people([rows[key].person_id for key in removed if "person" in kept[key]["made"]])
    drop_unused_organisations(import_.record["organisations"])
    settle(opening)
    import_.status, import_.record, import_.answers = ImportStatus.DROPPED, {}, {}
    import_.save(update_fields=["status", "record", "answers"])
    undone = Undone(len(removed), len(same) - len(removed), tuple(left), moved)
    record_activity(
        space=gathering.space.slug,
        by=by,
        verb="undo-import",
        about=f"{gathering} : {short_name(import_.filename)}, {undone.sentence}"[:300],
        about_id=gathering.pk,
    )
    return undone


def _held(rows: Mapping[str, Registration], kept: Mapping[str, Any]) -> set[str]:
    """Rows to remove that another table names, or whose person it names; rows whose former structure is no more."""
    made = {row.pk: row.person_id for key, row in rows.items() if "registration" in kept[key]["made"]}
    people = _named(Person, made.values(), but=(Registration,))
    held = _named(Registration, made, but=(Wish, Answer)) | {pk for pk, person in made.items() if person in people}
    former = {key: kept[key]["before"].get("person", {}).get("organisation_id") for key in rows}
    there = Organisation.objects.filter(pk__in={pk for pk in former.values() if pk}).values_list("pk", flat=True)
    known = {None, *map(str, there)}
    return {str(pk) for pk in held} | {key for key, organisation in former.items() if organisation not in known}


def _named(model: type[models.Model], ids: Iterable[UUID], *, but: Sequence[type[models.Model]]) -> set[UUID]:
    """Which of them a row of another table names: keys are found on the models, so a later noun's count too."""
    ids = list(ids)
    found: set[UUID] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model not in but:
            column = relation.field.attname
            rows = relation.related_model._base_manager.filter(**_holds.get(relation.related_model, {}))
            found |= set(rows.filter(**{f"{column}__in": ids}).values_list(column, flat=True))
    return found


def _remove_people(made: Sequence[UUID]) -> None:
    """But who was registered elsewhere since."""
    Person.objects.filter(pk__in=set(made) - _named(Person, made, but=())).delete()


def _put_back(row: Registration, before: State) -> bool:
    """Of a registration that is removed, its person alone. True: their address is another, so their links are new."""
    moved = follow_address(row, before.get("person", {}).get("email", row.person.email))
    for thing, part in ((row.person, "person"), (row, "registration")):
        columns = before.get(part, {})
        for field in thing._meta.concrete_fields:
            if field.attname in columns:
                setattr(thing, field.attname, field.to_python(columns[field.attname]))
        if columns:
            thing.save(update_fields=list(columns))
    if wishes := before.get("wishes"):
        workshops = Workshop.objects.filter(slot__in=[UUID(slot) for slot in wishes])
        offered = {str(pk) for pk in workshops.values_list("pk", flat=True)}
        write_wishes(row, {slot: [each for each in ranked or () if each in offered] for slot, ranked in wishes.items()})
    return moved


def _state(row: Registration) -> State:
    wishes: dict[str, list[str]] = {}
    for wish in row.wishes.all():
        wishes.setdefault(str(wish.slot_id), []).append(str(wish.workshop_id))
    return {
        **state_of_person(row.person),
        "registration": _columns(row, ROW),
        "wishes": wishes,
        "answers": {str(answer.question_id): answer.values for answer in row.answers.all()},
    }


def _columns(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _digest(state: State) -> str:
    return digest(json.dumps(state, sort_keys=True, ensure_ascii=False))


def _replaced(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {key: was.get(key) for key in {**was, **now} if was.get(key) != now.get(key)}
