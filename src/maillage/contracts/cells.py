"""The columns of a table of contracts, and what their cells say. `read_cell` reads back what `write_cell` wrote."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import DATES, LISTS, one_line
from maillage.contracts.services import facts_of_nothing
from maillage.lib.languages import in_french
from maillage.lib.matching import fold
from maillage.lib.typography import join_words

# Files keep one language: French, as the import reads it. Column → what it says.
COLUMNS = {
    "SIREN": "epci",
    "Intercommunalité": "",  # to be read by people; who the contract is of, when there is no SIREN
    "Périmètre": "perimeter",
    "Référence": "reference",
    "Première année": "first_year",
    "Dernière année": "last_year",
    "Signature": "status",
    "Source": "source",
    "Date de la source": "source_date",
    "Signé le": "signed_on",
    "Signataires": "signatories",
    "Axes": "axes",
    "Réunion annuelle": "annual_meeting_on",
    "Révision": "revision_on",
    "Conseil citoyen ou table de quartier": "residents_body",
    "Source sur le conseil citoyen": "residents_body_source",
    "Documents": "documents",
    "Note interne": "note",
    "Version": "",
}
SIREN, NAME, VERSION, NOTE = "SIREN", "Intercommunalité", "Version", "Note interne"
COLUMN_OF = {name: column for column, name in COLUMNS.items() if name}
ALSO = {"epci": SIREN, "nom": NAME, "statut": "Signature", "debut": "Première année", "fin": "Dernière année"}


@in_french
def _read_as(choices: Any) -> dict[str, str]:
    """Folded label → value, whatever the page that first asks for this module speaks."""
    return {fold(str(label)): value for value, label in choices}


@in_french
def _labels(choices: Any) -> str:
    return join_words([f"« {label} »" for _value, label in choices], last="ou")


STATUSES = _read_as(SignatureStatus.choices) | {
    "": SignatureStatus.UNKNOWN.value,
    "non connue": SignatureStatus.UNKNOWN.value,
    "inconnue": SignatureStatus.UNKNOWN.value,
    "oui": SignatureStatus.SIGNED.value,
    "non": SignatureStatus.NOT_SIGNED.value,
}
CATEGORIES = _read_as(SignatoryCategory.choices)
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


@in_french
def write_cell(name: str, value: Any) -> str:
    if name == "status":
        return str(SignatureStatus(value).label)
    if name == "axes":
        return "\n".join(value)
    if name == "documents":
        return "\n".join(f"{line['title']} {line['url']}" for line in value)
    if name == "signatories":
        return "\n".join(_signatory_line(line) for line in value)
    return str(value)


def _signatory_line(line: Mapping[str, str]) -> str:
    written = f"{SignatoryCategory(line['category']).label} ; {line['name']}"
    return f"{written} ; {line['signed_on']}".rstrip(" ") if line["signed_on"] or ";" in line["name"] else written


def read_cell(name: str, cell: str) -> Any:
    """Raises ValueError with a sentence."""
    text = cell.strip()
    if name in ("first_year", "last_year"):
        return _year(text, name)
    if name == "status":
        if fold(text) not in STATUSES:
            choices = _labels(SignatureStatus.choices)
            raise ValueError(_("« %(text)s » : on attend %(choices)s.") % {"text": text[:40], "choices": choices})
        return STATUSES[fold(text)]
    if name in DATES:
        return _day(text)
    if name == "source_date":
        return _day(text) if "/" in text else text
    if name in LISTS:
        lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
        return [_LINES[name](line) for line in lines]
    return one_line(text) if name == "perimeter" else cell


def _year(text: str, name: str) -> int:
    if not text:
        return int(facts_of_nothing()[name])
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(_("« %s » : on attend une année en quatre chiffres, par exemple 2024.") % text[:40])
    return int(text)


def _day(text: str) -> str:
    if not text:
        return ""
    found = DAY.fullmatch(text)
    if found:
        year, month, day, day_fr, month_fr, year_fr = found.groups()
        try:
            return dt.date(int(year or year_fr), int(month or month_fr), int(day or day_fr)).isoformat()
        except ValueError:
            pass
    raise ValueError(_("« %s » : on attend une date, par exemple 12/03/2024.") % text[:40])


def _document(line: str) -> dict[str, str]:
    title, _space, url = line.rpartition(" ")
    if not title:
        sentence = _("« %s » : on attend un titre puis un lien, par exemple « Le contrat https://… ».")
        raise ValueError(sentence % line[:60])
    return {"title": title, "url": url}


def _signatory(line: str) -> dict[str, str]:
    category, _sign, rest = line.partition(";")
    name, sign, end = rest.rpartition(";")
    signed_on = ""
    if sign and (not end.strip() or DAY.fullmatch(end.strip())):
        signed_on = _day(end.strip())
    else:
        name = rest
    if fold(category) not in CATEGORIES or not name.strip():
        choices = _labels(SignatoryCategory.choices)
        sentence = _("« %(line)s » : on attend « catégorie ; nom ; date », la catégorie étant l’une de : %(choices)s.")
        raise ValueError(sentence % {"line": line[:60], "choices": choices})
    return {"category": CATEGORIES[fold(category)], "name": name.strip(), "signed_on": signed_on}


_LINES: dict[str, Callable[[str], Any]] = {"axes": str, "documents": _document, "signatories": _signatory}
