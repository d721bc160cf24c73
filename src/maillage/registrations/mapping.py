"""Which column of a file is what: proposed from the headers and the values, then corrected by the organiser. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from maillage.lib.matching import fold
from maillage.registrations.offer import Offer

FIELDS = {
    "registered_at": _("Date d’inscription"),
    "first_name": _("Prénom"),
    "last_name": _("Nom"),
    "full_name": _("Prénom et nom ensemble"),
    "email": _("Courriel"),
    "phone": _("Téléphone"),
    "category": _("Catégorie d’acteur (vous êtes)"),
    "organisation": _("Structure"),
    "commune": _("Commune"),
    "territory": _("Intercommunalité"),
    "volunteer": _("Veut bien apporter un sujet"),
    "subject": _("Sujet"),
    "needs": _("Besoins"),
    "meal": _("Repas"),
    "children": _("Enfants à garder"),
    "interpreter": _("Interprète"),
    "newsletter": _("Lettre d’information"),
}
# Folded words a header may hold; the longest found in a header decides.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "registered_at": (
        "horodatage",
        "horodateur",
        "date d inscription",
        "date de l inscription",
        "inscrit le",
        "inscription le",
        "date de soumission",
        "soumis le",
        "envoye le",
        "timestamp",
        "heure de fin",
        "date de reponse",
    ),
    "first_name": ("prenom", "prenoms", "prenom usuel", "votre prenom", "first name"),
    "last_name": ("nom", "nom de famille", "nom d usage", "votre nom", "last name"),
    "full_name": (
        "nom et prenom",
        "prenom et nom",
        "nom prenom",
        "prenom nom",
        "nom complet",
        "nom et prenoms",
        "participant",
        "participante",
        "full name",
    ),
    "email": (
        "courriel",
        "e mail",
        "email",
        "mail",
        "mel",
        "adresse electronique",
        "adresse e mail",
        "adresse mail",
        "adresse courriel",
        "adresse de messagerie",
    ),
    "phone": ("telephone", "tel", "portable", "mobile", "numero de telephone", "telephone portable", "gsm", "phone"),
    "category": (
        "vous etes",
        "categorie",
        "categorie d acteur",
        "type d acteur",
        "profil",
        "qui etes vous",
        "votre statut",
        "statut",
        "en tant que",
    ),
    "organisation": (
        "structure",
        "nom de la structure",
        "organisation",
        "organisme",
        "employeur",
        "association",
        "institution",
        "collectivite",
        "etablissement",
    ),
    "commune": ("commune", "ville", "localite", "commune de travail", "commune d intervention"),
    "territory": (
        "intercommunalite",
        "interco",
        "epci",
        "agglomeration",
        "agglo",
        "communaute d agglomeration",
        "communaute de communes",
        "territoire",
    ),
    "volunteer": (
        "je veux bien apporter un sujet",
        "apporter un sujet",
        "amener un sujet",
        "proposer un sujet",
        "volontaire",
        "porteur",
        "porteuse",
        "porteur de sujet",
    ),
    "subject": ("mon sujet", "sujet", "votre sujet", "quel sujet", "sujet propose", "thematique proposee"),
    "needs": (
        "de quoi avez vous besoin",
        "besoins",
        "besoin",
        "besoin particulier",
        "besoins particuliers",
        "besoins specifiques",
        "amenagements",
        "amenagement",
        "accessibilite",
    ),
    "meal": ("repas", "dejeuner", "regime", "regime alimentaire", "mangez vous sur place"),
    "children": ("enfants a garder", "garde d enfants", "garde d enfant", "nombre d enfants"),
    "interpreter": ("interprete", "interpretariat", "traduction", "langue d interpretation"),
    "newsletter": (
        "lettre d information",
        "j accepte de recevoir la lettre d information",
        "newsletter",
        "infolettre",
        "lettre d info",
    ),
}
OWN_QUESTION = "Question de l’équipe"  # begins a column of our own export that the import leaves out
NAMES = ("first_name", "last_name", "full_name")
OF_PLACES = ("commune", "territory", "registered_at")  # what any list may hold
WISH_WORDS = {"atelier", "ateliers", "voeu", "voeux", "souhait", "souhaits", "choix", "preference", "preferences"}
RANK_WORDS = {"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4}
RANK_AFTER = re.compile(r"\b(?:choix|voeux?|souhaits?|preferences?|rang|priorite)(?: n| no| numero)? ?(\d{1,2})\b")
RANK_BEFORE = re.compile(r"\b(\d{1,2}) ?(?:er|re|e|eme|ere|nd|nde|d)? (?:choix|voeux?|souhaits?|preferences?)\b")
MOMENT = re.compile(r"\b(?:creneau|temps|session|tour|partie|moment)(?: n| no)? ?(\d)\b")
CERTAIN = 4  # letters of a synonym from which it weighs more than « choix » in the same header
SAME_HALF = 0.5  # share of a column's values that must be titles of a slot


class BadMapping(Exception):
    """The columns chosen cannot be read; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def wish_key(slot_id: str, rank: int) -> str:
    return f"wish:{slot_id}:{rank}"


def read_wish_key(key: str) -> tuple[str, int] | None:
    kind, _sep, rest = key.partition(":")
    slot, _sep, rank = rest.rpartition(":")
    return (slot, int(rank)) if kind == "wish" and slot and rank.isdecimal() else None


def propose_mapping(headers: Sequence[str], rows: Sequence[Sequence[str]], offer: Offer) -> dict[str, int]:
    """Field → column number. A column nobody recognises is left out; no field is given twice."""
    found: list[tuple[int, int, str]] = []  # (score, column, field)
    wishes: list[tuple[int, str, int | None]] = []  # (column, slot, rank)
    for column, header in enumerate(headers):
        if fold(header).startswith(f"{fold(OWN_QUESTION)} "):
            continue
        score, name = _field(fold(header))
        values = [row[column] for row in rows if column < len(row) and row[column].strip()]
        # How many children is a number, and so are workshops: the header says which.
        counted = name == "children" and score >= CERTAIN
        slot = None if counted else _wish_slot(fold(header), values, offer, is_field=score >= CERTAIN)
        if slot is not None:
            wishes.append((column, slot, _rank(fold(header))))
        elif name:
            found.append((-score, column, name))
    mapping: dict[str, int] = {}
    for _score, column, name in sorted(found):
        mapping.setdefault(name, column)
    if "first_name" in mapping and "last_name" in mapping:
        mapping.pop("full_name", None)
    elif "full_name" not in mapping and "last_name" in mapping and _two_words(rows, mapping["last_name"]):
        mapping["full_name"] = mapping.pop("last_name")  # « Nom » that holds « Jeanne Martin »
    for slot_id in dict.fromkeys(slot for _column, slot, _rank in wishes):
        mapping.update(_ranks(slot_id, [(column, rank) for column, slot, rank in wishes if slot == slot_id]))
    return dict(sorted(mapping.items(), key=lambda item: item[1]))


def check_mapping(mapping: Mapping[str, int], width: int, offer: Offer) -> None:
    """Refuse a mapping that cannot be read, in words."""
    slots = {slot.id for slot in offer.slots}
    for key, column in mapping.items():
        wish = read_wish_key(key)
        known = key in FIELDS if wish is None else wish[0] in slots
        if not known or not 0 <= column < width:
            raise BadMapping(str(_("Une colonne choisie n’existe pas. Recommencez la correspondance.")))
    if not any(name in mapping for name in NAMES):
        raise BadMapping(str(_("Indiquez la colonne du nom : sans elle, on ne sait pas qui s’inscrit.")))


def says_who(mapping: Mapping[str, int]) -> bool:
    """Whether these columns are of people: a name, or what only people answer. A list of places says no such thing."""
    return any(key not in OF_PLACES for key in mapping)


def _field(header: str) -> tuple[int, str]:
    """The field a folded header names, with the length of the words that say so (1,000 more when they say it all)."""
    best = (0, "")
    for name, synonyms in SYNONYMS.items():
        for synonym in synonyms:
            if header == synonym:
                return 1000 + len(synonym), name
            if f" {synonym} " in f" {header} " and len(synonym) > best[0]:
                best = (len(synonym), name)
    return best


def _wish_slot(header: str, values: Sequence[str], offer: Offer, *, is_field: bool) -> str | None:
    if not offer.slots:
        return None
    distinct = Counter(values)
    counts = {
        slot.id: sum(times for value, times in distinct.items() if offer.sure(slot.id, value) is not None)
        for slot in offer.slots
    }
    best = max(counts, key=lambda slot: counts[slot])
    if values and counts[best] >= SAME_HALF * len(values):
        named = _named_slot(header, offer)
        return named if named is not None and counts[named] == counts[best] else best
    words = set(header.split())
    if is_field or not words & WISH_WORDS:
        return None
    named = _named_slot(header, offer)
    if named is None and not words & {"atelier", "ateliers"} and not counts[best]:
        return None  # « choix du repas »
    return named or (best if counts[best] else offer.slots[0].id)


def _named_slot(header: str, offer: Offer) -> str | None:
    padded = f" {header} "
    for slot in offer.slots:
        if fold(slot.title) and f" {fold(slot.title)} " in padded:
            return slot.id
    position = None
    moment = MOMENT.search(header)
    if moment:
        position = int(moment[1]) - 1
    elif " apres midi " in padded or " aprem " in padded or " apresmidi " in padded:
        position = len(offer.slots) - 1
    elif " matin " in padded or " matinee " in padded:
        position = 0
    if position is None or not 0 <= position < len(offer.slots):
        return None
    return offer.slots[position].id


def _rank(header: str) -> int | None:
    found = RANK_AFTER.search(header) or RANK_BEFORE.search(header)
    if found:
        return int(found[1])
    ranks = [RANK_WORDS[word] for word in header.split() if word in RANK_WORDS]
    return ranks[0] if ranks else None


def _ranks(slot_id: str, columns: Sequence[tuple[int, int | None]]) -> dict[str, int]:
    """A rank for each wish column of a slot: as written, else the next free one, from left to right."""
    taken: dict[int, int] = {}
    waiting: list[int] = []
    for column, rank in columns:
        if rank is None or rank < 1 or rank in taken:
            waiting.append(column)
        else:
            taken[rank] = column
    for column in waiting:
        rank = 1
        while rank in taken:
            rank += 1
        taken[rank] = column
    return {wish_key(slot_id, rank): column for rank, column in taken.items()}


def _two_words(rows: Sequence[Sequence[str]], column: int) -> bool:
    values = [row[column].strip() for row in rows if column < len(row) and row[column].strip()]
    return bool(values) and sum(" " in value for value in values) > 0.8 * len(values)
