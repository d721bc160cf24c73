"""What a contract says, as plain values: what versions keep, what two people's changes are merged from.

It reads no clock and, but for a contract's signatories, no table. A date is "2024-03-12" or "", a list holds strings
or flat dictionaries.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.models import EARLIEST, LATEST, ContratDeVille
from maillage.lib.matching import fold

Facts = dict[str, Any]

# What belongs together is chosen together: a source goes with what it says. In the order of the form.
PARTS: dict[str, tuple[str, ...]] = {
    "place": ("epci", "perimeter", "reference"),
    "period": ("first_year", "last_year"),
    "signature": ("status", "source", "source_date", "signed_on"),
    "signatories": ("signatories",),
    "axes": ("axes",),
    "annual_meeting_on": ("annual_meeting_on",),
    "revision_on": ("revision_on",),
    "residents": ("residents_body", "residents_body_source"),
    "documents": ("documents",),
    "note": ("note",),
}
FIELDS = tuple(name for names in PARTS.values() for name in names)
LISTS = frozenset({"signatories", "axes", "documents"})
DATES = frozenset({"signed_on", "annual_meeting_on", "revision_on"})
INTERNAL = frozenset({"note"})  # shown to organisers only

LONGEST = {
    "perimeter": 200,
    "reference": 40,
    "source": 300,
    "residents_body": 300,
    "residents_body_source": 300,
    "note": 5_000,
}
LONGEST_AXIS = 300  # characters
LONGEST_TITLE = 200
LONGEST_URL = 500
LONGEST_NAME = 200
MOST_ITEMS = {"signatories": 80, "axes": 40, "documents": 40}  # the longest contracts have some thirty signatories
LONGEST_PERIOD = 20  # years
FIRST_SIGNATURES = 3  # years before a period: a contract may be signed ahead of it
PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True)
class Fault:
    field: str
    sentence: str
    item: int | None = None  # which of a list, from 0
    key: str = ""  # and which part of it


def facts_of(contract: ContratDeVille) -> Facts:
    """Reads its signatories: prefetch them for many."""
    facts: Facts = {name: getattr(contract, name) for name in FIELDS if name not in {"epci", "signatories", *DATES}}
    facts["epci"] = contract.epci_id
    facts["axes"] = list(contract.axes)
    facts["documents"] = [dict(document) for document in contract.documents]
    facts |= {name: written_day(getattr(contract, name)) for name in DATES}
    facts["signatories"] = [
        {"category": row.category, "name": row.name, "signed_on": written_day(row.signed_on)}
        for row in contract.signatories.all()
    ]
    return {name: facts[name] for name in FIELDS}


def written_day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def day_of(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def clean_facts(facts: Mapping[str, Any]) -> Facts:
    """Spaces put in order, empty lines and rows left out: what is stored is what an export gives back."""
    cleaned = dict(facts)
    for name, value in facts.items():
        if name == "note":
            cleaned[name] = one_note(value)
        elif isinstance(value, str) and name not in {"epci", "status"}:
            cleaned[name] = one_line(value)
    cleaned["axes"] = [line for line in map(one_line, facts["axes"]) if line]
    for name in ("documents", "signatories"):
        rows = [{key: one_line(value) for key, value in row.items()} for row in facts[name]]
        cleaned[name] = [row for row in rows if any(row.values())]
    return cleaned


def one_line(text: str) -> str:
    return " ".join(_printable(text).split())


def one_note(text: str) -> str:
    lines = [" ".join(line.split()) for line in _printable(text).split("\n")]
    return "\n".join(lines).strip()


def _printable(text: str) -> str:
    """Without what PostgreSQL or a workbook cannot hold, in one kind of line break."""
    text = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(c for c in text if c == "\n" or ((c.isprintable() or c.isspace()) and c not in "\ufffe\uffff"))


def check_facts(facts: Facts, *, today: dt.date) -> list[Fault]:
    """All that is wrong, in sentences; nothing here needs the database."""
    faults: list[Fault] = []

    def fault(name: str, sentence: str, item: int | None = None, key: str = "") -> None:
        faults.append(Fault(name, sentence, item, key))

    for name, most in LONGEST.items():
        if len(facts[name]) > most:
            fault(
                name,
                _("%(length)d signes : on en attend au plus %(most)d.") % {"length": len(facts[name]), "most": most},
            )
    _check_period(facts, fault)
    _check_signature(facts, today, fault)
    first, last = facts["first_year"], facts["last_year"]
    for name, latest in (("annual_meeting_on", last + 1), ("revision_on", last)):
        _check_day(facts[name], first, latest, lambda sentence, name=name: fault(name, sentence))
    if facts["residents_body"] and not facts["residents_body_source"]:
        fault(
            "residents_body_source",
            _("Dites d’où vous le savez : un document, un site, une personne de la collectivité."),
        )
    if facts["residents_body_source"] and not facts["residents_body"]:
        fault("residents_body", _("La source est donnée, mais pas ce qu’elle dit."))
    for name, count in MOST_ITEMS.items():
        if len(facts[name]) > count:
            fault(
                name,
                _("%(number)d lignes : on en attend au plus %(most)d.") % {"number": len(facts[name]), "most": count},
            )
    for index, axis in enumerate(facts["axes"]):
        if len(axis) > LONGEST_AXIS:
            fault(
                "axes",
                _("« %(start)s… » est trop long : %(most)d signes au plus par axe.")
                % {"start": axis[:40], "most": LONGEST_AXIS},
                index,
            )
    _check_documents(facts["documents"], fault)
    _check_signatories(facts, today, fault)
    return faults


def _check_period(facts: Facts, fault: Any) -> None:
    first, last = facts["first_year"], facts["last_year"]
    out = [(name, facts[name]) for name in ("first_year", "last_year") if not EARLIEST <= facts[name] <= LATEST]
    for name, year in out:
        fault(
            name,
            _("%(year)d : on attend une année entre %(first)d et %(last)d.")
            % {"year": year, "first": EARLIEST, "last": LATEST},
        )
    if out:
        return
    if last < first:
        fault(
            "last_year",
            _("La période est à l’envers : elle finirait en %(last)d, avant %(first)d.")
            % {"first": first, "last": last},
        )
    elif last - first > LONGEST_PERIOD:
        fault(
            "last_year",
            _("%(years)d ans : une période de contrat en dure au plus %(most)d.")
            % {"years": last - first, "most": LONGEST_PERIOD},
        )


def _check_signature(facts: Facts, today: dt.date, fault: Any) -> None:
    status = facts["status"]
    if status not in SignatureStatus.values:
        fault("status", _("« %s » n’est pas un état de la signature.") % str(status)[:40])
        return
    if status != SignatureStatus.UNKNOWN and not facts["source"]:
        fault("source", _("Dites d’où vous le savez : une signature se dit avec sa source."))
    if facts["source_date"] and not facts["source"]:
        fault("source", _("La date d’une source est donnée, mais pas la source."))
    if facts["source_date"]:
        sentence = partial_date_fault(facts["source_date"], today)
        if sentence:
            fault("source_date", sentence)
    if facts["signed_on"]:
        if status != SignatureStatus.SIGNED:
            fault(
                "signed_on",
                _("Une date de signature va avec un contrat signé : choisissez « signé », ou enlevez la date."),
            )
        _check_signing(facts["signed_on"], facts, today, lambda sentence: fault("signed_on", sentence))


def _check_signing(text: str, facts: Facts, today: dt.date, fault: Any) -> None:
    if text > today.isoformat():
        fault(_("Le %s n’est pas encore passé : un contrat n’est pas signé d’avance.") % french_day(text))
        return
    _check_day(text, facts["first_year"] - FIRST_SIGNATURES, facts["last_year"], fault)


def _check_day(text: str, first: int, last: int, fault: Any) -> None:
    if text and not first <= int(text[:4]) <= last:
        fault(
            _("Le %(day)s est loin de la période : on attend une date entre %(first)d et %(last)d.")
            % {"day": french_day(text), "first": first, "last": last}
        )


def partial_date_fault(text: str, today: dt.date) -> str:
    """Why « AAAA », « AAAA-MM » or « AAAA-MM-JJ » is none, or is one of a day to come; "" when it is well."""
    found = PARTIAL_DATE.fullmatch(text)
    try:
        day = dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else None
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST:
        return _("« %s » : on attend une année (2024), un mois (2024-03) ou un jour (2024-03-12).") % text[:40]
    return _("« %s » n’est pas encore passé : une source a déjà été lue.") % text if day > today else ""


def _check_documents(documents: Sequence[Mapping[str, str]], fault: Any) -> None:
    seen: set[str] = set()
    for index, document in enumerate(documents):
        title, url = document["title"], document["url"]
        if not title:
            fault("documents", _("Un document a un titre : celui de « %s » manque.") % url[:60], index)
        elif len(title) > LONGEST_TITLE:
            fault(
                "documents",
                _("« %(start)s… » est trop long : %(most)d signes au plus pour un titre.")
                % {"start": title[:40], "most": LONGEST_TITLE},
                index,
            )
        sentence = link_fault(url)
        if sentence:
            fault("documents", sentence, index, "url")
        elif url in seen:
            fault("documents", _("Le lien %s est noté deux fois.") % url[:80], index, "url")
        seen.add(url)


def link_fault(url: str) -> str:
    """Why this is no link to a page; "" when it is one. Only its words are read: nothing is fetched."""
    example = _("Un lien commence par https:// ou http://, par exemple https://www.oriv.org/.")
    if not url:
        return _("Le lien manque. %s") % example
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - raises on « :abc »
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"\\^`{|}]", url):
        return _("« %(url)s » n’est pas un lien que l’on peut donner à lire. %(example)s") % {
            "url": url[:60],
            "example": example,
        }
    if parts.username is not None or parts.password is not None:
        return _("« %s » contient un identifiant ou un mot de passe : donnez le lien sans eux.") % host
    if len(url) > LONGEST_URL:
        return _("Ce lien a %(length)d signes : on en attend au plus %(most)d.") % {
            "length": len(url),
            "most": LONGEST_URL,
        }
    return ""


def _check_signatories(facts: Facts, today: dt.date, fault: Any) -> None:
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(facts["signatories"]):
        name = row["name"]
        if row["category"] not in SignatoryCategory.values:
            words = (
                _("Choisissez la catégorie de « %s ».") % name[:60]
                if not row["category"]
                else _("« %s » n’est pas une catégorie de signataire.") % row["category"][:40]
            )
            fault("signatories", words, index)
        if not name:
            fault("signatories", _("Le nom d’un signataire manque."), index, "name")
        elif len(name) > LONGEST_NAME:
            fault(
                "signatories",
                _("« %(start)s… » est trop long : %(most)d signes au plus pour un nom.")
                % {"start": name[:40], "most": LONGEST_NAME},
                index,
            )
        key = (row["category"], fold(name))
        if name and key in seen:
            fault("signatories", _("« %s » est noté deux fois.") % name[:60], index, "name")
        seen.add(key)
        if row["signed_on"]:
            _check_signing(
                row["signed_on"],
                facts,
                today,
                lambda sentence, index=index: fault("signatories", sentence, index, "signed_on"),
            )


def french_day(text: str) -> str:
    return f"{text[8:]}/{text[5:7]}/{text[:4]}"


# Two people, one contract


@dataclass(frozen=True)
class Conflict:
    """A part both changed, each in their way."""

    part: str
    before: Facts
    theirs: Facts
    mine: Facts


@dataclass(frozen=True)
class Merged:
    facts: Facts  # where they conflict, mine
    conflicts: list[Conflict] = field(default_factory=list)


def merge(base: Facts, theirs: Facts, mine: Facts) -> Merged:
    """Three-way, part by part: what only one side changed is kept; in a list, lines added and taken away by each."""
    facts: Facts = {}
    conflicts = []
    for part, names in PARTS.items():
        before, other, own = ({name: side[name] for name in names} for side in (base, theirs, mine))
        if own == before:
            facts |= other
        elif other in (before, own):
            facts |= own
        else:
            lines = merge_lines(base[part], theirs[part], mine[part]) if part in LISTS else None
            if lines is None:
                conflicts.append(Conflict(part, before, other, own))
            facts |= own if lines is None else {part: lines}
    return Merged(facts, conflicts)


def merge_lines(base: Sequence[Any], theirs: Sequence[Any], mine: Sequence[Any]) -> list[Any] | None:
    """Theirs without the lines I took away, with those I added at their end; None where a choice is needed.

    That is: both took the same line away (rewriting is taking away and adding), both added the same thing in two
    ways, or one put lines in another order.
    """
    gone, lost = _missing(base, mine), _missing(base, theirs)
    added = [line for line in _missing(mine, base) if line not in theirs]
    others = [_subject(line) for line in _missing(theirs, base)]
    both = any(line in lost for line in gone) or any(_subject(line) in others for line in added)
    if both or _moved(base, mine) or _moved(base, theirs):
        return None
    return [*(line for line in theirs if line not in gone), *added]


def _missing(lines: Sequence[Any], side: Sequence[Any]) -> list[Any]:
    return [line for line in lines if line not in side]


def _subject(line: Any) -> object:
    """What a line speaks of, whatever it says of it."""
    if not isinstance(line, dict):
        return fold(line)
    return line["url"] if "url" in line else (line["category"], fold(line["name"]))


def _moved(base: Sequence[Any], side: Sequence[Any]) -> bool:
    return [line for line in base if line in side] != [line for line in side if line in base]


@dataclass(frozen=True)
class Change:
    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str] = FIELDS) -> list[Change]:
    return [Change(name, before[name], after[name]) for name in names if before[name] != after[name]]
