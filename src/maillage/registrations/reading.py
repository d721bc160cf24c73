"""Rows of a file → who would be registered, and what is doubtful. Decides; touches no database, raises on nothing.

Every row of the file is in exactly one candidate: registered, merged with a named row, or left out by an answer.
A doubt has a key made of what it is about (a value, or a row's content), not of its line: an answer given once holds
for every row with that value, and when the same file comes back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.people.enums import ActorCategory
from maillage.registrations.mapping import read_wish_key
from maillage.registrations.needs import (
    NUMBER_UNSAID,
    read_children,
    read_interpreter,
    read_meal,
    read_needs,
    says_no_number,
)
from maillage.registrations.offer import Offer
from maillage.registrations.values import (
    clean,
    nested,
    organisation_key,
    phone_key,
    read_category,
    read_email,
    read_moment,
    read_yes,
    split_name,
)

EMPTY = "-"  # the answer « laisser vide »
AS_WRITTEN = "="  # the answer « garder tel quel »
LEAVE_OUT = "out"
LIMITS = {  # characters the tables hold
    "first_name": 100,
    "last_name": 100,
    "phone": 30,
    "organisation": 200,
    "commune": 100,
    "territory": 200,
    "subject": 300,
    "needs": 300,
}


@dataclass(frozen=True)
class Doubt:
    """A question about a value or a row. Without `proposed`, nothing is written before it is answered."""

    key: str
    field: str
    sentence: str
    choices: tuple[tuple[str, str], ...]
    proposed: str | None = None
    answer: str | None = None
    harmless: bool = False  # the proposed answer loses nothing of what the file says

    @property
    def settled(self) -> str | None:
        return self.answer if self.answer is not None else self.proposed


@dataclass(frozen=True)
class Record:
    """What would be written. An empty value says nothing: it never erases what is known."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    category: str = ""
    organisation: str = ""
    commune: str = ""  # its INSEE code
    commune_text: str = ""
    territory: str = ""
    wishes: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (slot, workshops, best first), slots in the day's order
    volunteer: bool | None = None
    subject: str = ""
    needs: str = ""
    meal: str = ""
    children: int | None = None
    interpreter: str = ""
    newsletter: bool | None = None
    registered_at: datetime | None = None

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def name_key(self) -> str:
        """The words of the name in any order; a name made of signs alone stays itself."""
        return " ".join(sorted(fold(self.full_name).split())) or self.full_name.casefold()


@dataclass(frozen=True)
class Known:
    """Somebody already registered."""

    registration: str
    record: Record
    cancelled: bool = False


@dataclass(frozen=True)
class Candidate:
    """One person of the file. `rows` are line numbers as a spreadsheet shows them."""

    rows: tuple[int, ...]
    record: Record
    digest: str  # of the first row's content
    doubts: tuple[Doubt, ...] = ()
    left_out: bool = False
    known: Known | None = None
    changes: tuple[str, ...] = ()  # what the file would change to somebody known: sentences
    repeated: tuple[int, ...] = ()  # of its rows, those that say what an earlier one says

    @property
    def waiting(self) -> tuple[Doubt, ...]:
        return tuple(doubt for doubt in self.doubts if doubt.settled is None)

    @property
    def is_doubtful(self) -> bool:
        return any(doubt.answer is None for doubt in self.doubts)

    @property
    def is_safe(self) -> bool:
        """May be written without anybody's word."""
        return all(doubt.answer is not None or doubt.harmless for doubt in self.doubts)

    @property
    def verdict(self) -> str:
        """left_out | new | changed | same"""
        if self.left_out:
            return "left_out"
        if self.known is None:
            return "new"
        return "changed" if self.changes else "same"


@dataclass(frozen=True)
class Place:
    insee: str
    name: str
    sure: bool
    others: tuple[tuple[str, str], ...] = ()  # (INSEE code, name) of the other communes it may be
    likely: bool = True  # False: only offered among others, the organiser must choose it


class Gazetteer(Protocol):
    def find(self, commune: str, territory: str) -> Place | None: ...

    def name(self, insee: str) -> str:
        """Of a commune, by its code; the code itself when it is not known."""
        ...

    def territory(self, name: str) -> str:
        """The official name, or the name as written."""
        ...


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class RowReader:
    """Reads one row after the other with the same mapping, offer, gazetteer and answers."""

    def __init__(
        self,
        *,
        headers: Sequence[str],
        mapping: Mapping[str, int],
        offer: Offer,
        places: Gazetteer,
        answers: Mapping[str, str],
        zone: ZoneInfo,
    ) -> None:
        self._headers = headers
        self._columns = {name: column for name, column in mapping.items() if read_wish_key(name) is None}
        wishes = ((read_wish_key(name), column) for name, column in mapping.items())
        self._wish_columns = sorted((wish, column) for wish, column in wishes if wish is not None)
        self._offer = offer
        self._places = places
        self._answers = answers
        self._zone = zone
        self._doubts: list[Doubt] = []
        self._row: Sequence[str] = ()
        self._digest = ""

    def read(self, number: int, row: Sequence[str]) -> Candidate:
        self._row = [clean(cell) for cell in row]
        self._digest = digest(*self._row)
        self._doubts = []
        first, last, left_out = self._name()
        commune, commune_text = self._commune()
        record = Record(
            first_name=first,
            last_name=last,
            email=self._email(),
            phone=self._text("phone"),
            category=self._category(),
            organisation=self._text("organisation"),
            commune=commune,
            commune_text=commune_text,
            territory=self._places.territory(self._text("territory")),
            wishes=self._wishes(),
            volunteer=self._yes("volunteer"),
            subject=self._text("subject"),
            **self._needs(),
            newsletter=self._yes("newsletter"),
            registered_at=self._moment(),
        )
        return Candidate((number,), record, self._digest, tuple(self._doubts), left_out)

    def _needs(self) -> dict[str, Any]:
        """The free answer, and the columns of their own; what those do not say plainly is kept in its words."""
        written = self._text("needs")
        said = read_needs(written)
        rest = [said.rest]
        meal, children = read_meal(self._cell("meal")), read_children(self._cell("children"))
        if children and NUMBER_UNSAID not in written:  # our own words come back as they went
            rest = [each for each in said.rest.split(", ") if each != NUMBER_UNSAID]  # the column says the number
            rest += [NUMBER_UNSAID] if says_no_number(self._cell("children")) else []
        if meal is None:
            rest.append(self._cell("meal"))
        if children is None:
            rest.append(self._cell("children"))
        return {
            "needs": self._limited("needs", ", ".join(filter(None, rest))),
            "meal": meal or said.meal,
            "children": children or said.children or None,
            "interpreter": read_interpreter(self._cell("interpreter")) or said.interpreter,
        }

    def _cell(self, name: str) -> str:
        column = self._columns.get(name)
        return self._row[column] if column is not None and column < len(self._row) else ""

    def _header(self, name: str) -> str:
        column = self._columns.get(name)
        return self._headers[column] if column is not None and column < len(self._headers) else ""

    def _ask(
        self,
        key: str,
        name: str,
        sentence: str,
        choices: Sequence[tuple[str, str]],
        proposed: str | None = None,
        *,
        harmless: bool = False,
    ) -> str | None:
        """The answer given, else the one proposed, else None. An answer that is no longer a choice is forgotten."""
        answer = self._answers.get(key)
        if answer not in {value for value, _label in choices}:
            answer = None
        doubt = Doubt(key, name, sentence, tuple(choices), proposed, answer, harmless)
        if key not in {other.key for other in self._doubts}:
            self._doubts.append(doubt)
        return doubt.settled

    def _text(self, name: str) -> str:
        return self._limited(name, self._cell(name))

    def _limited(self, name: str, value: str) -> str:
        limit = LIMITS[name]
        if len(value) <= limit:
            return value
        answer = self._ask(
            f"long:{name}:{digest(value)}",
            name,
            _("« {start}… » est trop long : {length} caractères, on en garde {limit} au plus.").format(
                start=nested(value[:40]), length=len(value), limit=limit
            ),
            [("cut", _("couper à {limit} caractères").format(limit=limit)), (EMPTY, _("laisser vide"))],
            "cut",
        )
        return value[:limit].rstrip() if answer == "cut" else ""

    def _name(self) -> tuple[str, str, bool]:
        first, last = self._text("first_name"), self._text("last_name")
        if not first and not last and self._cell("full_name"):
            first, last = split_name(self._cell("full_name"))
            first, last = self._limited("first_name", first), self._limited("last_name", last)
        if first:
            return first, last, False
        if last:
            return "", last, False
        address, likely = read_email(self._cell("email"))
        from_mail = (address or likely or "").split("@")[0]
        choices = [(LEAVE_OUT, _("ne pas importer cette ligne"))]
        if from_mail:
            choices.append(("mail", _("l’inscrire sous « {name} »").format(name=nested(from_mail[:100]))))
        choices.append(("unnamed", _("l’inscrire sans nom")))
        answer = self._ask(f"name:{self._digest}", "name", _("Le nom manque."), choices)
        if answer == "mail":
            return from_mail[:100], "", False
        return _("Sans nom"), "", answer == LEAVE_OUT

    def _email(self) -> str:
        value = self._cell("email")
        if not value:
            return ""
        address, likely = read_email(value)
        if address:
            return address
        choices = [(likely, likely)] if likely else []
        answer = self._ask(
            f"email:{digest(value)}",
            "email",
            _("« {value} » n’est pas une adresse électronique.").format(value=nested(value[:80])),
            [*choices, (EMPTY, _("laisser vide"))],
            likely or EMPTY,
        )
        return answer if answer and answer != EMPTY else ""

    def _category(self) -> str:
        value = self._cell("category")
        if not value:
            return ""
        category, sure = read_category(value)
        if category is not None and sure:
            return category.value
        choices = [(item.value, str(item.label)) for item in ActorCategory]
        sentence = _("Catégorie « {value} » : laquelle est-ce ?").format(value=nested(value[:80]))
        answer = self._ask(f"category:{digest(fold(value))}", "category", sentence, choices, category)
        return answer or ""

    def _commune(self) -> tuple[str, str]:
        value = self._text("commune")
        if not value:
            return "", ""
        place = self._places.find(value, self._text("territory"))
        if place is not None and place.sure:
            return place.insee, ""
        near = [] if place is None else [(place.insee, place.name), *place.others]
        near = [(insee, name) for insee, name in near if insee]
        choices = [
            *near,
            (AS_WRITTEN, _("garder « {value} » tel quel").format(value=nested(value))),
            (EMPTY, _("laisser vide")),
        ]
        proposed = near[0][0] if place is not None and place.likely and len(near) == 1 else AS_WRITTEN
        if proposed != AS_WRITTEN:
            sentence = _("Commune « {value} » : est-ce {name} ?").format(value=nested(value), name=near[0][1])
        elif len(near) > 1:
            sentence = _("Commune « {value} » : laquelle est-ce ?").format(value=nested(value))
        else:
            sentence = _("Commune « {value} » : elle n’est pas dans nos listes.").format(value=nested(value))
        answer = self._ask(
            f"commune:{digest(fold(value), fold(self._cell('territory')))}",
            "commune",
            sentence,
            choices,
            proposed,
            harmless=proposed == AS_WRITTEN,
        )
        if answer in (None, AS_WRITTEN):
            return "", value
        return ("", "") if answer == EMPTY else (str(answer), "")

    def _yes(self, name: str) -> bool | None:
        value = self._cell(name)
        if not value:
            return None
        said = read_yes(value, self._header(name))
        if said is not None:
            return said
        answer = self._ask(
            f"yes:{name}:{digest(fold(value), value)}",
            name,
            _("« {header} » : « {value} », est-ce oui ou non ?").format(
                header=nested(self._header(name)), value=nested(value[:80])
            ),
            [("yes", _("oui")), ("no", _("non"))],
            "no" if name == "newsletter" else None,  # consent is never presumed
        )
        return None if answer is None else answer == "yes"

    def _moment(self) -> datetime | None:
        value = self._cell("registered_at")
        if not value:
            return None
        moment = read_moment(value, self._zone)
        if moment is None:
            self._ask(
                f"date:{digest(value)}",
                "registered_at",
                _("« {value} » n’est pas une date.").format(value=nested(value[:80])),
                [(EMPTY, _("laisser vide"))],
                EMPTY,
            )
        return moment

    def _wishes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found: dict[str, list[str]] = {slot.id: [] for slot in self._offer.slots}
        for (slot_id, _rank), column in self._wish_columns:
            value = self._row[column] if column < len(self._row) else ""
            if not value or slot_id not in found:
                continue
            for part in self._offer.split(slot_id, value):
                workshop = self._workshop(slot_id, part)
                if workshop is None:
                    continue
                ranked = found[self._offer.slot_of(workshop)]
                if workshop in ranked:
                    self._ask(
                        f"twice:{workshop}:{self._digest}",
                        "wishes",
                        _("« {title} » est demandé deux fois.").format(
                            title=nested(self._offer.workshop_name(workshop))
                        ),
                        [("once", _("le compter une fois, à sa meilleure place"))],
                        "once",
                        harmless=True,
                    )
                else:
                    ranked.append(workshop)
        return tuple((slot, tuple(ranked)) for slot, ranked in found.items() if ranked)

    def _workshop(self, slot_id: str, value: str) -> str | None:
        match = self._offer.match(slot_id, value)
        if match is not None and match.sure and match.slot == slot_id:
            return match.workshop
        slot = self._offer.slot(slot_id)
        choices = [(workshop.id, workshop.name) for workshop in slot.workshops]
        proposed = None
        if match is None:
            sentence = _("Atelier « {value} » : aucun atelier de « {slot} » ne porte ce nom.")
        elif match.slot == slot_id:
            sentence, proposed = _("Atelier « {value} » : est-ce « {title} » ?"), match.workshop
        else:
            sentence, proposed = _("« {title} » n’est pas un atelier de « {slot} »."), match.workshop
            choices.insert(0, (match.workshop, self._offer.workshop_name(match.workshop)))
        answer = self._ask(
            f"workshop:{slot_id}:{digest(fold(value))}",
            "wishes",
            sentence.format(
                value=nested(value[:80]),
                slot=nested(slot.title),
                title=nested(self._offer.workshop_name(match.workshop)) if match else "",
            ),
            [*choices, (EMPTY, _("laisser vide"))],
            proposed,
        )
        return None if answer in (None, EMPTY) else answer


def evidence(record: Record) -> tuple[str, str, str, str]:
    """What tells two people of one name apart: address, telephone, structure, commune. Folded; "" when unknown."""
    return (
        record.email.lower(),
        phone_key(record.phone),
        organisation_key(record.organisation),
        record.commune or fold(record.commune_text),
    )
