"""The services of an import: a file waits, is answered, then is written in one transaction or dropped."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.lib.spreadsheets import Table, read_table, short_name
from maillage.office.services import record_activity
from maillage.people.enums import ActorCategory
from maillage.people.models import Person
from maillage.people.services import find_or_make_organisation
from maillage.registrations.doubles import Reading
from maillage.registrations.enums import ImportStatus, Source
from maillage.registrations.mapping import NAMES, check_mapping, propose_mapping, says_who
from maillage.registrations.models import Registration, RegistrationImport, Wish
from maillage.registrations.queries import numbered_rows, offer_of, read_content, reading_of
from maillage.registrations.reading import Candidate, Record
from maillage.registrations.services import Refused, follow_address, new_links_words
from maillage.registrations.undoing import State, forget_records, make_record, state_of_person, states
from maillage.registrations.values import nested, organisation_key

UNTITLED = re.compile(r"Colonne \d+")  # what `lib.spreadsheets` calls a column without a title
MARKUP = ("# ", "##", "[", "{", "<")  # how TOML, Markdown, JSON, HTML begin; a form may call a column « # »
TITLES_SHOWN, TITLE_SHOWN = 6, 40  # titles of a refused file, characters of one
KEEP_IMPORTS = timedelta(days=7)  # a file that waits for an answer holds names, an undo too: a week, then it is gone
MAX_ROWS = 10_000  # people of one file; a gathering has some hundreds


class ImportClosed(Refused):
    def __init__(self) -> None:
        super().__init__(_("Cet import est déjà terminé ou abandonné."))


class QuestionsWait(Refused):
    """The organiser has not answered everything that must be."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(
            ngettext(
                "{n} personne attend une réponse : rien n’est encore écrit.",
                "{n} personnes attendent une réponse : rien n’est encore écrit.",
                number,
            ).format(n=number)
        )


class NothingToRead(Refused):
    pass


class NoNames(NothingToRead):
    """No column says who registers. `is_table`: its titles may be others, the organiser can tell."""

    def __init__(self, table: Table) -> None:
        titles = [title for title in table.headers if not UNTITLED.fullmatch(title)]
        self.is_table = len(titles) > len(table.headers) / 2 and not titles[0].startswith(MARKUP)
        if self.is_table:
            shown = ", ".join(Truncator(title).chars(TITLE_SHOWN) for title in titles[:TITLES_SHOWN])
            said = _(
                "Ce fichier ne dit pas qui s’inscrit. Ses colonnes sont : {titles}. Il en faut une pour le nom : "
                "« Nom », « Prénom » ou « Prénom et nom »."
            ).format(titles=_("{titles}, etc").format(titles=shown) if len(titles) > TITLES_SHOWN else shown)
        else:
            said = _(
                "Ce fichier n’est pas un tableau d’inscriptions : c’est un texte, qui commence par « {start} ». Il "
                "faut un fichier CSV ou Excel dont la première ligne donne les titres : « Nom », « Prénom »…"
            ).format(start=nested(Truncator((titles or [""])[0]).chars(TITLE_SHOWN)))
        super().__init__(said)


@dataclass(frozen=True)
class ImportResult:
    created: int
    changed: int
    unchanged: int
    left_out: int
    merged_rows: int
    moved: int = 0  # whose address is another: their links are new
    doubts: tuple[str, ...] = field(default=())  # « ligne 12 : … », of the rows that were not written

    @property
    def sentence(self) -> str:
        if not self.created and not self.changed and not self.doubts:
            return _("Rien à changer : ce fichier est déjà importé.")
        parts = [
            ngettext("{n} personne inscrite", "{n} personnes inscrites", self.created).format(n=self.created)
            if self.created
            else _("aucune nouvelle personne")
        ]
        if self.changed:
            parts.append(ngettext("{n} mise à jour", "{n} mises à jour", self.changed).format(n=self.changed))
        if self.unchanged:
            parts.append(
                ngettext("{n} déjà inscrite, inchangée", "{n} déjà inscrites, inchangées", self.unchanged).format(
                    n=self.unchanged
                )
            )
        if self.left_out:
            parts.append(ngettext("{n} laissée de côté", "{n} laissées de côté", self.left_out).format(n=self.left_out))
        sentence = ", ".join(parts)
        return f"{sentence[:1].upper()}{sentence[1:]}. {new_links_words(self.moved)}".rstrip()


def read_upload(content: bytes, filename: str) -> Table:
    """The table of a file, or why it cannot be one (UnreadableTable, NothingToRead)."""
    table = read_table(content, filename)
    rows = numbered_rows(table)
    if not rows:
        raise NothingToRead(_("Ce fichier n’a aucune ligne sous ses titres de colonnes."))
    if len(rows) > MAX_ROWS:
        raise NothingToRead(
            _("Ce fichier a {rows} lignes : on en lit {most} au plus.").format(rows=len(rows), most=MAX_ROWS)
        )
    return table


@transaction.atomic
def start_import(
    *, gathering: Gathering, content: bytes, filename: str, by: str, other_titles: bool = False
) -> RegistrationImport:
    """`other_titles`: somebody will say which column is the name, even though none looks like it."""
    table = read_upload(content, filename)
    mapping = _proposed(table, gathering)
    if not other_titles and not says_who(mapping):
        raise NoNames(table)
    return RegistrationImport.objects.create(
        gathering=gathering,
        filename=short_name(filename),
        content=content,
        mapping=mapping,
        answers=earlier_answers(gathering),
        by=by,
    )


def _proposed(table: Table, gathering: Gathering) -> dict[str, int]:
    return propose_mapping(table.headers, [cells for _number, cells in numbered_rows(table)], offer_of(gathering))


def earlier_answers(gathering: Gathering, but: RegistrationImport | None = None) -> dict[str, str]:
    """What was answered for this gathering already: a question is asked once, even when the file comes back.

    `but`: what was answered before that import began.
    """
    answers: dict[str, str] = {}
    others = gathering.imports.filter(status__in=(ImportStatus.DONE, ImportStatus.DRAFT))
    if but is not None:
        others = others.exclude(pk=but.pk).filter(created_at__lte=but.created_at)
    for given in others.order_by("created_at", "pk").values_list("answers", flat=True):
        answers |= given
    return answers


def _settled(candidates: Iterable[Candidate]) -> dict[str, str]:
    return {
        doubt.key: doubt.settled for candidate in candidates for doubt in candidate.doubts if doubt.settled is not None
    }


@transaction.atomic
def choose_columns(*, import_: RegistrationImport, mapping: Mapping[str, int], by: str) -> None:
    """Raises BadMapping."""
    import_ = _open(import_)
    table = read_table(bytes(import_.content), import_.filename)
    check_mapping(mapping, len(table.headers), offer_of(import_.gathering))
    import_.mapping = dict(mapping)
    import_.save(update_fields=["mapping"])


@transaction.atomic
def answer_doubts(*, import_: RegistrationImport, answers: Mapping[str, str], by: str) -> None:
    """An empty answer takes the answer back."""
    import_ = _open(import_)
    import_.answers = {key: answer for key, answer in (import_.answers | dict(answers)).items() if answer}
    import_.save(update_fields=["answers"])


@transaction.atomic
def drop_import(*, import_: RegistrationImport, by: str) -> None:
    import_ = _open(import_)
    import_.status, import_.content, import_.answers = ImportStatus.DROPPED, b"", {}
    import_.save(update_fields=["status", "content", "answers"])


def drop_old_imports(*, before: datetime) -> int:
    """Forgets the files that nobody confirmed since, and what the others wrote over."""
    old = RegistrationImport.objects.filter(created_at__lt=before)
    waiting = old.filter(status=ImportStatus.DRAFT)
    return forget_records(old) + waiting.update(status=ImportStatus.DROPPED, content=b"", answers={})


@transaction.atomic
def confirm_import(*, import_: RegistrationImport, by: str) -> ImportResult:
    """Write what the preview shows. The file itself is then forgotten; answers stay, for when it comes back."""
    import_ = _open(import_)
    reading = reading_of(import_)
    if reading.waiting:
        raise QuestionsWait(len(reading.waiting))
    result, import_.record = _write(import_.gathering, reading, reading.candidates, undoable=True)
    import_.answers |= _settled(reading.candidates)
    import_.status, import_.content = ImportStatus.DONE, b""
    import_.save(update_fields=["status", "content", "answers", "record"])
    _log(import_.gathering, result, import_.filename, by)
    return result


@transaction.atomic
def import_registrations(
    *, gathering: Gathering, content: bytes, filename: str, by: str, accept: str = "safe"
) -> ImportResult:
    """Without a person to answer. "safe": rows without a doubt; "proposed": also those whose doubts have a proposal."""
    if accept not in ("safe", "proposed"):
        raise ValueError(f"accept must be 'safe' or 'proposed', not {accept!r}")
    table = read_upload(content, filename)
    mapping = _proposed(table, gathering)
    if not any(name in mapping for name in NAMES):
        raise NoNames(table)
    check_mapping(mapping, len(table.headers), offer_of(gathering))
    reading = read_content(gathering, table, mapping=mapping, answers=earlier_answers(gathering))
    kept = [c for c in reading.candidates if (c.is_safe if accept == "safe" else not c.waiting)]
    result, _record = _write(gathering, reading, kept, undoable=False)  # nobody to offer it to
    written = {candidate.rows for candidate in kept}
    doubts = [
        _("Ligne {row} : {sentence}").format(row=candidate.rows[0], sentence=doubt.sentence)
        for candidate in reading.candidates
        if candidate.rows not in written
        for doubt in candidate.doubts
        if doubt.answer is None and not doubt.harmless
    ]
    result = replace(result, doubts=tuple(doubts))
    if result.created or result.changed:
        _log(gathering, result, filename, by)
    answers = _settled(kept)
    if answers:  # whoever brings the same file by the page is not asked what was taken as proposed here
        gathering.imports.create(
            filename=short_name(filename),
            content=b"",
            mapping=mapping,
            answers=answers,
            status=ImportStatus.DONE,
            by=by,
        )
    return result


def _open(import_: RegistrationImport) -> RegistrationImport:
    """The row, locked: two clicks on « confirmer » write once."""
    fresh = RegistrationImport.objects.select_for_update().select_related("gathering__space").get(pk=import_.pk)
    if fresh.status != ImportStatus.DRAFT:
        raise ImportClosed
    return fresh


def _log(gathering: Gathering, result: ImportResult, filename: str, by: str) -> None:
    record_activity(
        space=gathering.space.slug,
        by=by,
        verb="import",
        about=f"{gathering} : {short_name(filename)}, {result.sentence}"[:300],
        about_id=gathering.pk,
    )


def _write(
    gathering: Gathering, reading: Reading, candidates: Iterable[Candidate], *, undoable: bool
) -> tuple[ImportResult, dict[str, Any]]:
    """The second: what takes it back. What takes an earlier one back is kept no more."""
    candidates = list(candidates)
    writer = _Writer(gathering)
    changed = {c.known.registration: c for c in candidates if c.verdict == "changed" and c.known is not None}
    before = states(changed) if undoable else {}
    for candidate in candidates:
        if candidate.verdict == "new":
            writer.add(candidate.record)
    for registration, candidate in changed.items():
        writer.change(registration, candidate.record)
    writer.flush()
    record: dict[str, Any] = {}
    if changed or writer.created:
        forget_records(gathering.imports.all())
        if undoable:
            record = make_record(before, writer.created, writer.new_organisations)
    count = {
        verdict: sum(c.verdict == verdict for c in candidates) for verdict in ("new", "changed", "same", "left_out")
    }
    result = ImportResult(
        created=count["new"],
        changed=count["changed"],
        unchanged=count["same"],
        left_out=count["left_out"],
        merged_rows=sum(len(c.rows) - 1 for c in candidates),
        moved=writer.moved,
    )
    return result, record


class _Writer:
    """Rows to write, gathered so that a file of 1,000 people takes a handful of queries."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        known = list(gathering.space.organisations.all())
        self._organisations = {organisation_key(each.name): each for each in known}
        self._known_organisations = {each.pk for each in known}
        self.moved = 0  # people whose address is another, and whose links are new
        self.created: dict[str, State] = {}  # registration → its person as they were known, {} of a new one
        self._known_people = self._people_of_space()
        self._people: list[Person] = []
        self._registrations: list[Registration] = []
        self._wishes: list[Wish] = []

    def _people_of_space(self) -> dict[tuple[str, str], Person]:
        """People of earlier gatherings, by name and address: the same person keeps one row."""
        people = Person.objects.filter(space=self._gathering.space).exclude(email="")
        people = people.exclude(registrations__gathering=self._gathering)
        found: dict[tuple[str, str], Person] = {}
        for person in people:
            name = Record(first_name=person.first_name, last_name=person.last_name).name_key
            found.setdefault((name, person.email.lower()), person)
        return found

    def _organisation(self, name: str) -> Any:
        if not name:
            return None
        key = organisation_key(name)
        if key not in self._organisations:
            self._organisations[key] = find_or_make_organisation(space=self._gathering.space, name=name)
        return self._organisations[key]

    def add(self, record: Record) -> None:
        person = self._known_people.pop((record.name_key, record.email.lower()), None) if record.email else None
        known = state_of_person(person) if person is not None else {}
        if person is None:
            person = Person(space=self._gathering.space, category=ActorCategory.UNSAID)
            self._people.append(self._filled(person, record))
        else:
            self._filled(person, record).save()
        registration = Registration(
            gathering=self._gathering,
            person=person,
            volunteer_porteur=bool(record.volunteer),
            porteur_subject=record.subject,
            needs=record.needs,
            meal=record.meal,
            children=record.children or 0,
            interpreter=record.interpreter,
            newsletter=bool(record.newsletter),
            registered_at=record.registered_at,
            source=Source.IMPORT,
        )
        self._registrations.append(registration)
        self.created[str(registration.pk)] = known
        self._wish(registration, record)

    def change(self, registration_id: str, record: Record) -> None:
        """What the file leaves empty stays as it is."""
        registration = Registration.objects.select_related("person").get(pk=registration_id, gathering=self._gathering)
        if record.email:
            self.moved += follow_address(registration, record.email)
        self._filled(registration.person, record).save()
        if record.volunteer is not None:
            registration.volunteer_porteur = record.volunteer
        if record.newsletter is not None:
            registration.newsletter = record.newsletter
        registration.porteur_subject = record.subject or registration.porteur_subject
        registration.say_needs(
            needs=record.needs or registration.needs,
            meal=record.meal or registration.meal,
            children=record.children or registration.children,
            interpreter=record.interpreter or registration.interpreter,
        )
        registration.save()
        registration.wishes.filter(slot__in=[slot for slot, _ranked in record.wishes]).delete()
        self._wish(registration, record)

    def _filled(self, person: Person, record: Record) -> Person:
        for name in ("first_name", "last_name", "email", "phone", "category"):
            if getattr(record, name):
                setattr(person, name, getattr(record, name))
        if record.organisation:
            person.organisation = self._organisation(record.organisation)
        if record.commune or record.commune_text:
            person.commune_id, person.commune_text = record.commune or None, record.commune_text
        if record.territory:
            person.territory_text = record.territory
        return person

    def _wish(self, registration: Registration, record: Record) -> None:
        for slot, ranked in record.wishes:
            for rank, workshop in enumerate(ranked, start=1):
                self._wishes.append(Wish(registration=registration, slot_id=slot, workshop_id=workshop, rank=rank))

    @property
    def new_organisations(self) -> set[UUID]:
        return {each.pk for each in self._organisations.values()} - self._known_organisations

    def flush(self) -> None:
        Person.objects.bulk_create(self._people)
        Registration.objects.bulk_create(self._registrations)
        Wish.objects.bulk_create(self._wishes)
