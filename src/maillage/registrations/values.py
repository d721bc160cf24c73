"""What one cell says: a category, yes or no, a date, an address. Pure: every function takes text and never raises."""

import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from maillage.lib.languages import in_french
from maillage.lib.matching import closest, fold
from maillage.people.enums import ActorCategory

# Unicode's hint is wide on purpose: an address may hold accents (RFC 6531), which Django's own check refuses.
EMAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(?:\.[^\s@<>(),;:\"\[\]\\.]+)+")
EMAIL_MAX = 254  # characters, RFC 5321
DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d-%m-%Y",
    "%d.%m.%Y",
)
MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre")
WRITTEN_DATE = re.compile(r"^(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4})(?: a)?(?: (\d{1,2})[ h]{1,2}(\d{2})?)?$")
ELIDED = re.compile(r"\bde (?=[aeiouyh])")  # in folded words; before an h, both are written
YES = {"oui", "o", "y", "yes", "vrai", "true", "x", "1", "ok", "d accord", "volontiers", "bien sur"}
NO = {"non", "n", "no", "faux", "false", "0", "pas", "non merci", "aucun"}
NO_NEEDS = {"", "non", "aucun", "aucune", "rien", "ras", "neant", "aucun besoin", "sans objet", "non merci", "0"}
CATEGORY_WORDS: dict[ActorCategory, tuple[str, ...]] = {
    ActorCategory.RESIDENT: ("habitant", "habitants", "citoyen", "conseiller citoyen", "resident"),
    ActorCategory.ELECTED_OFFICIAL: ("elu", "elus", "elected official"),
    ActorCategory.LOCAL_OFFICER: (
        "technicien de collectivite",
        "technicien de la collectivite",
        "technicien des collectivites",
        "technicien collectivite",
        "technicien d une collectivite",
        "technicien de collectivite territoriale",
        "agent de collectivite",
        "collectivite",
        "local officer",
    ),
    ActorCategory.STATE_OFFICER: (
        "technicien de l etat",
        "technicien etat",
        "agent de l etat",
        "service de l etat",
        "services de l etat",
        "etat",
        "state officer",
    ),
    ActorCategory.ASSOCIATION: (
        "acteur associatif",
        "acteurs associatifs",
        "association",
        "associatif",
        "monde associatif",
        "benevole associatif",
        "salarie associatif",
        "membre d une association",
    ),
    ActorCategory.PARTNER: ("autre partenaire institutionnel", "partenaire institutionnel", "partenaire", "partner"),
    ActorCategory.OTHER: ("autre", "autres", "other"),
    ActorCategory.UNSAID: ("prefere ne pas dire", "je prefere ne pas dire", "ne souhaite pas repondre", "unsaid"),
}
CATEGORY_HINTS: tuple[tuple[ActorCategory, tuple[str, ...]], ...] = (
    (ActorCategory.RESIDENT, ("habitant", "citoyen")),
    (ActorCategory.STATE_OFFICER, ("etat", "prefecture", "prefet", "ddets", "dreets", "education nationale")),
    (ActorCategory.ELECTED_OFFICIAL, ("elu", "maire", "adjoint", "conseiller municipal")),
    (ActorCategory.LOCAL_OFFICER, ("collectivite", "mairie", "metropole", "departement", "region", "communal")),
    (ActorCategory.ASSOCIATION, ("associatif", "association", "benevole", "centre social")),
    (ActorCategory.PARTNER, ("partenaire", "bailleur", "caf", "mission locale", "institution")),
)
# fold writes « technicien·ne » as the feminine; a file may use the masculine alone.
FEMININE = {
    "habitante": "habitant",
    "elue": "elu",
    "technicienne": "technicien",
    "actrice": "acteur",
    "associative": "associatif",
    "conseillere": "conseiller",
    "citoyenne": "citoyen",
    "residente": "resident",
    "institutionnelle": "institutionnel",
}


def clean(value: object, limit: int | None = None) -> str:
    """Text on one line, without the signs that no screen shows (and that PostgreSQL refuses)."""
    text = "" if value is None else str(value)
    text = "".join(" " if unicodedata.category(char)[0] == "Z" or char in "\t\r\n" else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    text = re.sub(r" +", " ", text).strip()
    return text if limit is None else text[:limit].rstrip()


def read_email(value: str) -> tuple[str, str | None]:
    """(address, None) when it is one; ("", a likely correction or "") when it is not."""
    text = value.removeprefix("mailto:").strip("<> ")
    if _is_email(text):
        return text.lower(), None
    repaired = re.sub(r"\s+", "", text).replace(" ", "").lower()
    repaired = re.sub(r"[;,]+(?=[^@]*$)", ".", repaired).strip(".")
    repaired = re.sub(r"\((?:at|arobase)\)|\[(?:at|arobase)\]", "@", repaired)
    return "", repaired if _is_email(repaired) else ""


def _is_email(text: str) -> bool:
    return len(text) <= EMAIL_MAX and EMAIL.fullmatch(text) is not None


def nested(text: str) -> str:
    """To stand between guillemets: those it holds itself become “ ”."""
    return re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", text))


def organisation_key(name: str) -> str:
    """What two spellings of one structure share: « Ville de Épinal » is « Ville d’Épinal »."""
    return ELIDED.sub("d ", fold(name))


def phone_key(value: str) -> str:
    """The digits that tell two numbers apart: « +33 6 00 » and « 06 00 » are one."""
    digits = re.sub(r"\D", "", value)
    for prefix in ("0033", "33"):
        if digits.startswith(prefix) and len(digits) >= len(prefix) + 9:
            digits = "0" + digits[len(prefix) :].removeprefix("0")
    return digits


def read_yes(value: str, header: str = "") -> bool | None:
    """None when it is neither. A ticked box often exports its own sentence: that is a yes."""
    folded = fold(value)
    if folded in NO or folded.startswith("non "):
        return False
    if folded in YES or folded.startswith("oui ") or value.strip() in {"✓", "✔", "☑", "☒", "✗"}:
        return value.strip() != "✗"
    asked = fold(header)
    if len(folded) >= 8 and asked and (folded in asked or asked in folded):
        return True
    return None


def read_moment(value: str, zone: ZoneInfo) -> datetime | None:
    text = value.strip().replace("T", " ").removesuffix("Z")
    for form in DATE_FORMATS:
        for candidate in (
            text,
            text.split(".")[0] if ":" in text else text,
            text.replace(" à ", " ").replace("h", ":"),
        ):
            try:
                return datetime.strptime(candidate, form).replace(tzinfo=zone)
            except ValueError:
                continue
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return _read_written_date(value, zone)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _read_written_date(value: str, zone: ZoneInfo) -> datetime | None:
    found = WRITTEN_DATE.match(fold(value))
    if not found:
        return None
    months = {name: number for number, name in enumerate((*MONTHS, "decembre"), start=1)}
    month = months.get(found[2])
    if month is None:
        return None
    try:
        return datetime(int(found[3]), month, int(found[1]), int(found[4] or 0), int(found[5] or 0), tzinfo=zone)
    except ValueError:
        return None


@in_french
def read_category(value: str) -> tuple[ActorCategory | None, bool]:
    """(category, sure): sure for the field's own words, in any gender; else what the words hint at, or None."""
    key = _category_key(value)
    for category, words in CATEGORY_WORDS.items():
        if key in words or key == _category_key(str(category.label)):
            return category, True
    near = closest(key, {word: category for category, words in CATEGORY_WORDS.items() for word in words})
    if near is not None and near.value is not None:
        return near.value, False
    padded = f" {key} "
    for category, hints in CATEGORY_HINTS:
        if any(f" {hint} " in padded or f" {hint}s " in padded for hint in hints):
            return category, False
    return None, False


def _category_key(value: str) -> str:
    words = fold(value).split()
    return " ".join(FEMININE.get(word, word) for word in words)


def split_name(value: str) -> tuple[str, str]:
    """(first, last) of a full name. Capitals say which is the last name; else the first word is the first name."""
    words = value.replace(",", " ").split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    others = [word for word in words if word not in capitals]
    if capitals and others:
        return " ".join(others), " ".join(capitals)
    return (words[0], " ".join(words[1:])) if words else ("", "")
