"""The words of a method file in French, for those who read or change one without reading TOML."""

import re
from collections.abc import Container, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext as _n

from facilitation import Method, MethodError, Problem
from facilitation.definition import Stage
from facilitation.vocabulary import CONTROL, FACILITATOR, KEPT_SHEET, PROJECTOR, SCREENS
from maillage.lib.matching import fold
from maillage.lib.typography import NO_BREAK, grouped, typo

_CODE = re.compile(r'("[^"\n]*")')  # what is copied into the file keeps its straight quotes

RESERVED = ("end", KEPT_SHEET, PROJECTOR, CONTROL, FACILITATOR)  # names that mean something else in a file

ACTIVITIES = {
    "cards": _l("Cartes : de courts textes, écrits par les personnes"),
    "poll": _l("Vote : une question, un choix, caché jusqu’à la révélation"),
    "deal": _l("Consignes secrètes : une carte pour chaque personne"),
    "pot": _l("Pot commun : chacun donne en secret, le total est partagé"),
    "form": _l("Questions : échelle, choix, texte"),
}
SEES = {
    "nothing": _l("rien"),
    "count": _l("des nombres, jamais les textes"),
    "own": _l("ses propres cartes"),
    "group": _l("les cartes de son groupe"),
    "table": _l("les cartes de sa table"),
    "all": _l("les cartes de toute la salle"),
}
COMPOSE = {
    "mixed": _l("mélangées : les catégories d’acteurs réparties"),
    "free": _l("libres : comme les personnes arrivent"),
    "peers": _l("entre pairs : la même sorte de question, sans hiérarchie ni financeur"),
}
VERBS = {
    "lead": _l("Conduit la séance : étapes, minutes, rôles"),
    "open": _l("Ouvre la séance"),
    "advance": _l("Passe à l’étape suivante"),
    "back": _l("Revient à une étape"),
    "skip": _l("Saute une étape"),
    "extend": _l("Donne ou retire des minutes"),
    "pause": _l("Met en pause"),
    "resume": _l("Reprend"),
    "close": _l("Termine la séance"),
    "reopen": _l("Rouvre la séance"),
    "set_minutes": _l("Change la durée d’une étape"),
    "give_role": _l("Donne un rôle à quelqu’un"),
    "seat_at": _l("Place quelqu’un à une table"),
    "merge_tables": _l("Réunit deux tables"),
    "own_clock": _l("Donne son horloge à une table"),
    "hide": _l("Masque une carte"),
    "pin": _l("Épingle une carte"),
    "merge": _l("Réunit des cartes semblables"),
    "split": _l("Sépare des cartes réunies"),
    "look_at": _l("Regarde une table"),
    "for": _l("Écrit pour quelqu’un"),
    "late": _l("Écrit après la fin de l’étape"),
    "add_person": _l("Ajoute une personne sans téléphone"),
    "count": _l("Compte les mains levées"),
    "pick": _l("Choisit la carte du paquet"),
    "write": _l("Écrit toute carte"),
    "edit": _l("Corrige ses cartes"),
    "remove": _l("Retire ses cartes"),
    "choose": _l("Retient une carte"),
    "fill": _l("Remplit toute la fiche"),
    "answer": _l("Répond"),
    "give": _l("Donne au pot"),
    "reveal": _l("Révèle"),
}


def refusals(error: MethodError) -> list[dict[str, object]]:
    """Every problem of a file with its line, its key and its sentence, as a person reads them."""
    return [{"line": one.line, "key": one.key, "sentence": refusal_words(one.sentence)} for one in error.problems]


def refusal_words(sentence: str) -> str:
    """French typography, but for the examples: « ["un"] » is TOML, and guillemets in it would be refused again."""
    return "".join(part if index % 2 else typo(part) for index, part in enumerate(_CODE.split(sentence)))


def numbers_of(method: Method) -> dict[str, str]:
    """« 3 » for each stage, as the screens count them: one that is optional has no number."""
    counted = [id_ for id_, stage in method.stages.items() if not stage.optional]
    return {id_: str(counted.index(id_) + 1) if id_ in counted else "" for id_ in method.stages}


def told(method: Method, problem: Problem) -> str:
    """A problem for who has forms before them, and no line: at which stage it is, by its title."""
    section, _dot, rest = problem.key.partition(".")
    stage, _dot, key = rest.partition(".")
    if section != "stages" or stage not in method.stages:
        return refusal_words(problem.sentence)
    place = f"« {method.stages[stage].title} »{f' ({key})' if key else ''}"
    return f"{typo(place)}{NO_BREAK}: {refusal_words(problem.sentence)}"


def right_words(method: Method, right: str) -> str:
    """What somebody who has this right does, in words."""
    verb, _colon, name = right.partition(":")
    if not name:
        return str(VERBS.get(verb, verb))
    if verb == "write" and name in method.kinds:
        return _("Écrit : {what}").format(what=method.kinds[name].title)
    if verb in ("mark", "reveal") and name in method.marks:
        label = method.marks[name].label
        return (_("Marque : {what}") if verb == "mark" else _("Révèle : {what}")).format(what=label)
    if verb == "take_role" and name in method.roles:
        return _("Prend le rôle : {what}").format(what=method.roles[name].title)
    if verb == "fill" and method.sheet is not None and (field := method.sheet.field(name)) is not None:
        return _("Remplit : {what}").format(what=field.label)
    return f"{VERBS.get(verb, verb)} : {name}"


def stage_rights(method: Method, stage: Stage, role: str) -> list[str]:
    """What a role may do at a stage beyond what it may do all along, in words."""
    return [right_words(method, right) for right in sorted(stage.rights(role) - method.may.get(role, frozenset()))]


def sees_words(sees: Mapping[str, str], role: str) -> str:
    """What a role sees; not named, a screen on a wall counts and anybody else sees nothing."""
    return str(SEES[sees.get(role, "count" if role in SCREENS else "nothing")])


def planned_minutes(method: Method, preset: str | None) -> dict[str, float]:
    """The minutes of each stage, of one round when it has several."""
    planned = {stage.id: stage.minutes for stage in method.stages.values()}
    return {**planned, **(method.presets[preset].minutes if preset else {})}


def minutes_words(method: Method) -> str:
    """How long it lasts: one figure, or from the shortest preset to the longest."""
    plans = [planned_minutes(method, preset) for preset in method.presets]
    if not plans:
        plans = [{id_: 0 if stage.optional else stage.minutes for id_, stage in method.stages.items()}]
    lengths = [sum(plan[step.stage] for step in method.steps) for plan in plans]
    low, high = round(min(lengths)), round(max(lengths))
    if low == high:
        return _n("{low} minute", "{low} minutes", low).format(low=low)
    return _("de {low} à {high} minutes").format(low=low, high=high)


def people_words(method: Method) -> str:
    """How many at a table; of the whole room when the method says no size of table."""
    at_table = bool(method.table_size)
    match method.people_min, method.people_max:
        case None, None:
            return ""
        case low, None:
            words = _("à partir de {low} personnes par table") if at_table else _("à partir de {low} personnes")
            return words.format(low=low)
        case None, high:
            words = _("jusqu’à {high} personnes par table") if at_table else _("jusqu’à {high} personnes")
            return words.format(high=grouped(high))
        case low, high:
            words = _("{low} à {high} personnes par table") if at_table else _("{low} à {high} personnes")
            return words.format(low=low, high=grouped(high))
    raise AssertionError


def free_name(title: str, taken: Container[str], *, else_: str) -> str:
    """What the file calls it: from its title, and not yet there."""
    plain = "_".join(sign for sign in fold(title).split() if sign.isascii())[:30].strip("_") or else_
    plain = "".join(sign for sign in plain if sign.isalnum() or sign == "_")
    plain = plain if plain[:1].isalpha() and plain not in RESERVED else f"{else_}_{plain}"
    names = [plain, *(f"{plain}_{number}" for number in range(2, 1_000))]
    return next(name for name in names if name not in taken)
