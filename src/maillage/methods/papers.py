"""The paper twin of a method: sheets made from its own description, none written by hand, so that a day goes on without
a screen. `paper_facts` says what they hold, `make_papers` prints them; a whole day's are in reports."""

import math
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from facilitation import Method
from facilitation.definition import Question, Role, Stage
from facilitation.vocabulary import FACILITATOR, KEPT_SHEET
from maillage.lib.typography import NO_BREAK, count, duration_words, join_words, typo
from maillage.lib.typst import compile_pdf
from maillage.methods.paper_cards import blank_cards, copies_of, deck_cards, decks_used, people_dealt_to
from maillage.methods.words import COMPOSE, numbers_of, people_words, planned_minutes

ALL = "tout"
# The name of a sheet in its address, the key of its facts, and what it is called; in the order they are printed.
SHEETS: Mapping[str, tuple[str, str]] = {
    "animation": ("stages", "Feuille d’animation"),
    "table": ("table", "Feuille de table"),
    "decompte": ("counts", "Feuille de décompte"),
    "reponses": ("answers", "Feuilles de réponses"),
    "fiche": ("own", "Fiche personnelle"),
    "cartes": ("cards", "Cartes à découper"),
}
MOST_ROUNDS_ABREAST = 6  # on one sheet of answers: beyond that, a sheet a round
CHARACTERS_A_LINE = 75
MOST_LINES = 4  # for an answer in one's own words: what nobody fills standing up is room lost


def make_papers(method: Method, sheet: str = ALL) -> bytes:
    """One sheet of SHEETS, or all of them, as PDF/UA-1."""
    facts = paper_facts(method)
    if sheet != ALL:
        facts["sheets"] = [sheet]
    return compile_pdf("methods/typst/papers.typ", {"method": facts})


def sheet_names(method: Method) -> dict[str, str]:
    """The sheets this method has, by the name of their address; nothing empty is among them."""
    return {name: SHEETS[name][1] for name in paper_facts(method)["sheets"]}


def paper_facts(method: Method) -> dict[str, Any]:
    """Everything the sheets of a method say, as plain data in French typography."""
    facts: dict[str, Any] = {
        "title": method.title,
        "summary": method.summary,
        "about": _about(method),
        "roles": [
            {"title": role.title, "rule": role.rule, "many": _many(role)}
            for role in method.roles.values()
            if role.rule or role.max
        ],
        "materials": _materials(method),
        "others": _other_plans(method),
        "stages": _blocks(method),
        "table": _table(method),
        "counts": _counts(method),
        "answers": _answers(method),
        "own": _own_sheet(method),
        "cards": [*deck_cards(method), *blank_cards(method)],
    }
    facts["sheets"] = [name for name, (key, _label) in SHEETS.items() if facts[key]]
    typeset: dict[str, Any] = _set_in_type(facts)
    return typeset


# ---------------------------------------------------------------- the facilitator's sheet


def _about(method: Method) -> list[tuple[str, str]]:
    preset = method.presets.get(method.preset or "")
    total = duration_words(_length(method, method.preset))
    rows = [
        (_("Durée"), f"{total} ({preset.title})" if preset and _short(preset.title) != total else total),
        (_("Personnes"), people_words(method)),
        (_("Tables"), str(COMPOSE[method.compose])),
    ]
    return [row for row in rows if row[1]]


def _short(title: str) -> str:
    return title.replace(" minutes", f"{NO_BREAK}min")


def _length(method: Method, preset: str | None) -> float:
    minutes = planned_minutes(method, preset)
    return sum(minutes[step.stage] for step in method.steps)


def _many(role: Role) -> str:
    return count(role.max, _("personne par table"), _("personnes par table"), zero="") if role.max else ""


def _other_plans(method: Method) -> list[dict[str, Any]]:
    """The minutes of each stage in the presets that are not the usual one."""
    return [
        {
            "title": preset.title,
            "minutes": [duration_words(planned[id_]) if planned[id_] else "" for id_ in method.stages],
            "words": [
                _("« {stage} » : {minutes}").format(stage=stage.title, minutes=duration_words(planned[id_]))
                for id_, stage in method.stages.items()
                if planned[id_]
            ],
        }
        for preset in method.presets.values()
        if preset.id != method.preset and (planned := planned_minutes(method, preset.id))
    ]


def _blocks(method: Method) -> list[dict[str, Any]]:
    """The stages in order; those played again and again together are one block, with the time each round ends at."""
    minutes = planned_minutes(method, method.preset)
    numbers, order = numbers_of(method), list(method.stages)
    blocks, now = [], 0.0
    for _key, group in groupby(method.steps, key=lambda step: step.rounds[0][0] if step.rounds else step.stage):
        steps = list(group)
        rounds = [list(of) for _round, of in groupby(steps, key=lambda step: step.rounds[:1])]
        begins: dict[str, float] = {}
        ends: dict[str, float] = {}
        round_ends = []
        for number, round_steps in enumerate(rounds):
            for step in round_steps:
                if number == 0:
                    begins.setdefault(step.stage, now)
                now += minutes[step.stage]
                if number == 0:
                    ends[step.stage] = now
            round_ends.append(duration_words(now))
        blocks.append(
            {
                "rounds": len(rounds) if len(rounds) > 1 else 0,
                "words": _rounds_words(method, steps[0].rounds[0][0], len(rounds)) if len(rounds) > 1 else "",
                "ends": round_ends,
                "stages": [
                    _stage(method, method.stages[id_])
                    | {
                        "number": numbers[id_],
                        "place": order.index(id_),
                        "minutes": duration_words(minutes[id_]) if minutes[id_] else "",
                        "times": sum(step.stage == id_ for step in rounds[0]),
                        "begins": duration_words(begin),
                        "ends": duration_words(ends[id_]),
                    }
                    for id_, begin in begins.items()
                ],
            }
        )
    return blocks


def _rounds_words(method: Method, stage: str, times: int) -> str:
    each = method.stages[stage].for_each
    deck = method.decks.get(each.deck) if each and each.deck else None
    if deck is None:
        return _("{n} tours").format(n=times)
    return _("{n} tours, un par carte du jeu « {deck} »").format(n=times, deck=deck.title)


def _stage(method: Method, stage: Stage) -> dict[str, Any]:
    return {
        "title": stage.title,
        "optional": stage.optional,
        "aloud": stage.rules.get("projector") or stage.rules.get("", ""),
        "rule": stage.rules.get(FACILITATOR, ""),
        "roles": _rules_by_role(method, stage),
        "say": stage.prompts.say,
        "watch": stage.prompts.watch,
        "avoid": stage.prompts.avoid,
        "paper": _on_paper(method, stage),
    }


def _rules_by_role(method: Method, stage: Stage) -> list[dict[str, str]]:
    """A rule that several roles share is said once, with all their names."""
    told: dict[str, list[str]] = {}
    for role in method.roles.values():
        if role.id != FACILITATOR and stage.rules.get(role.id):
            told.setdefault(stage.rules[role.id], []).append(role.title)
    return [{"title": ", ".join(titles), "rule": rule} for rule, titles in told.items()]


def _on_paper(method: Method, stage: Stage) -> list[str]:
    """What hands do where phones did."""
    lines = []
    if stage.quiet:
        lines.append(_("Commencez par {time} de silence.").format(time=duration_words(stage.quiet)))
    if stage.group == "all":
        lines.append(_("Toute la salle ensemble."))
    elif isinstance(stage.group, int):
        lines.append(_("Par groupes de {n}.").format(n=stage.group))
    lines += {"poll": _of_poll, "deal": _of_deal, "pot": _of_pot, "form": _of_form}.get(stage.activity, _of_cards)(
        method, stage
    )
    if stage.assign:
        means = [_BY[way] for way in stage.assign.by]
        role = method.role_name(stage.assign.role)
        lines.append(_("Rôle « {role} » : {by}.").format(role=role, by=join_words(means, last=_("ou"))))
    if stage.keep:
        lines.append(_("Recopiez sur la feuille de table ce qui est gardé."))
    return lines


_BY = {
    "choice": "une carte que la table choisit",
    "vote": "la carte la plus choisie",
    "volunteer": "une personne volontaire",
}


def _of_cards(method: Method, stage: Stage) -> list[str]:
    lines = []
    for kind in method.kinds_of(stage.id):
        writers = [role.title for role in method.roles.values() if stage.allows(role.id, "write", kind)]
        names = {"kind": method.kinds[kind].title, "who": ", ".join(writers)}
        lines.append(_("Cartes « {kind} », à écrire : {who}.").format(**names))
    if lines and stage.hidden_authors:
        lines.append(_("Pas de nom sur ces cartes."))
    for mark in method.marks.values():
        who = [role.title for role in method.roles.values() if f"mark:{mark.id}" in stage.rights(role.id)]
        if not who:
            continue
        names = {"mark": mark.label, "who": ", ".join(who)}
        if mark.private:
            lines.append(_("« {mark} » : la carte se met de côté, sans la montrer ({who}).").format(**names))
        elif mark.max:
            line = _("« {mark} » : une croix sur la carte, {n} par personne au plus ({who}).")
            lines.append(line.format(n=mark.max, **names))
        else:
            lines.append(_("« {mark} » : une croix sur la carte ({who}).").format(**names))
    return lines


def _of_poll(method: Method, stage: Stage) -> list[str]:
    asked = stage.question or stage.title
    return [
        _("Question : « {question} » Réponses : {options}.").format(
            question=asked, options=join_words([option.label for option in stage.options], last=_("ou"))
        ),
        _("Comptez les mains levées, réponse par réponse, et notez-les sur la feuille de décompte."),
    ]


def _of_deal(method: Method, stage: Stage) -> list[str]:
    deck = method.decks[stage.deck or ""].title
    if stage.deal == "same":
        return [_("Une carte « {deck} » par table, face cachée : toute la table la lit.").format(deck=deck)]
    return [
        _("Distribuez les cartes « {deck} », face cachée, une par personne, dans l’ordre de la pile.").format(deck=deck)
    ]


def _of_pot(method: Method, stage: Stage) -> list[str]:
    return [
        _("Chaque personne écrit un nombre de 0 à {tokens} sur un papier, le plie et le donne.").format(
            tokens=stage.tokens
        ),
        _("Additionnez, multipliez par {by}, partagez également. Seul le total se dit.").format(
            by=_number(stage.multiplier)
        ),
    ]


def _of_form(method: Method, stage: Stage) -> list[str]:
    return [_("Chaque personne remplit sa feuille de réponses.")]


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def _materials(method: Method) -> list[str]:
    activities = {stage.activity for stage in method.stages.values()}
    blank = list(dict.fromkeys(card["title"] for card in blank_cards(method)))
    lines = [_("De quoi lire l’heure, et des stylos."), _("Une feuille de table à chaque table.")]
    for deck in decks_used(method):
        cards = len(method.decks[deck].cards)
        words = _("« {deck} » : {cards}, à découper").format(
            deck=method.decks[deck].title, cards=count(cards, _("carte"), _("cartes différentes"), zero="")
        )
        if copies := copies_of(method, deck):
            words += _(" ; {n} au total, pour {people} personnes").format(
                n=copies * cards, people=people_dealt_to(method)
            )
        elif method.decks[deck].draw:
            words += _(" ; {n} seulement sont jouées, tirées au sort").format(n=method.decks[deck].draw)
        lines.append(f"{words}.")
    if blank:
        titles = join_words([f"« {title} »" for title in blank])
        lines.append(_("Des cartes à écrire : {titles}. Photocopiez les pages selon le nombre.").format(titles=titles))
    if "form" in activities:
        lines.append(_("Une feuille de réponses par personne."))
    if activities & {"poll", "pot"}:
        lines.append(_("La feuille de décompte."))
    if "pot" in activities:
        lines.append(_("De petits papiers à plier : un par personne et par tour."))
    if method.sheet:
        lines.append(
            _("« {sheet} », pour : {role}.").format(sheet=method.sheet.title, role=method.role_name(method.sheet.role))
        )
    return lines


# ---------------------------------------------------------------- on the table, by hand


def _table(method: Method) -> dict[str, Any]:
    minutes = planned_minutes(method, method.preset)
    times = {id_: sum(step.stage == id_ for step in method.steps) for id_ in method.stages}
    numbers = numbers_of(method)
    return {
        "stages": [
            {
                "number": numbers[id_],
                "title": stage.title,
                "optional": stage.optional,
                "minutes": _times_words(minutes[id_], times[id_]),
                "rule": stage.rules.get("projector") or stage.rules.get("", ""),
            }
            for id_, stage in method.stages.items()
        ],
        "kept": _kept(method),
    }


def _times_words(minutes: float, times: int) -> str:
    if not minutes:
        return ""
    return f"{times} × {duration_words(minutes)}" if times > 1 else duration_words(minutes)


def _kept(method: Method) -> list[dict[str, str]]:
    """What leaves the room, each with room to write it; at least one place, for a table always has something to say."""
    found: dict[str, str] = {}
    for stage in method.stages.values():
        for what in stage.keep.what if stage.keep else ():
            if what == KEPT_SHEET and stage.keep:
                who = method.role_name(stage.keep.release)
                found[_("La phrase à retenir")] = _("De la main de : {who}. Personne d’autre n’en décide.").format(
                    who=who
                )
            elif what in method.kinds:
                found[method.kinds[what].title] = ""
    return [{"title": title, "hint": hint} for title, hint in (found or {_("Ce que nous gardons"): ""}).items()]


def _counts(method: Method) -> list[dict[str, Any]]:
    """Where raised hands and pots are noted: one entry a poll with the one it is compared to, one for all the pots."""
    entries: list[dict[str, Any]] = []
    compared = {stage.compare for stage in method.stages.values() if stage.compare}
    times = {id_: sum(step.stage == id_ for step in method.steps) for id_ in method.stages}
    for stage in method.stages.values():
        if stage.activity != "poll" or stage.id in compared:
            continue
        before = method.stages[stage.compare] if stage.compare else None
        entries.append(
            {
                "kind": "poll",
                "title": (before or stage).question or stage.title,
                "columns": [(before.title), stage.title] if before else [stage.title],
                "choices": [option.label for option in stage.options],
                "rounds": times[stage.id],
            }
        )
    pots = [stage for stage in method.stages.values() if stage.activity == "pot"]
    if pots:
        entries.append(
            {
                "kind": "pot",
                "phases": [
                    {
                        "title": stage.title,
                        "rounds": times[stage.id],
                        "tokens": stage.tokens,
                        "by": _number(stage.multiplier),
                    }
                    for stage in pots
                ],
            }
        )
    return entries


def _answers(method: Method) -> list[dict[str, Any]]:
    """One sheet a form, and one a role when they are not asked the same."""
    sheets = []
    for stage in method.stages.values():
        if stage.activity != "form":
            continue
        times = sum(step.stage == stage.id for step in method.steps)
        asked: dict[tuple[Question, ...], list[str]] = {}
        for role in method.roles.values():
            if stage.asks(role.id) and (questions := stage.questions_for(role.id)):
                asked.setdefault(questions, []).append(role.id)
        for questions, roles in asked.items():
            rules = {stage.rule(role) for role in roles}
            sheets.append(
                {
                    "title": stage.title,
                    "roles": ", ".join(method.role_name(role) for role in roles) if len(asked) > 1 else "",
                    "rule": rules.pop() if len(rules) == 1 else stage.rule(roles[0]),
                    "rounds": times if 1 < times <= MOST_ROUNDS_ABREAST else 0,
                    "each": times > MOST_ROUNDS_ABREAST,
                    "pass": not any(question.required for question in questions),
                    "questions": [
                        {
                            "type": question.type,
                            "label": question.label,
                            "help": question.help,
                            "options": [option.label for option in question.options],
                            "low": question.low,
                            "high": question.high,
                            "lines": max(2, min(MOST_LINES, math.ceil(question.max_length / CHARACTERS_A_LINE))),
                        }
                        for question in questions
                    ],
                }
            )
    return sheets


def _own_sheet(method: Method) -> dict[str, Any] | None:
    sheet = method.sheet
    if sheet is None or not (sheet.lines or sheet.fields):
        return None
    lines = [{"label": line.label, "help": "", "short": False} for line in sheet.lines]
    fields = [
        {"label": field.label, "help": field.help or field.placeholder, "short": field.type == "date"}
        for field in sheet.fields
    ]
    return {"title": sheet.title, "role": method.role_name(sheet.role), "lines": lines + fields}


def _set_in_type(value: Any) -> Any:
    """French spaces in every text, wherever it stands."""
    if isinstance(value, str):
        return typo(value)
    if isinstance(value, dict):
        return {key: _set_in_type(each) for key, each in value.items()}
    if isinstance(value, Iterable):
        return [_set_in_type(each) for each in value]
    return value
