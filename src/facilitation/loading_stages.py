"""The stages of a method file: the keys every stage has, and those of its activity."""

from collections.abc import Mapping
from typing import Any

from facilitation.checking import Names, read_may, read_sees
from facilitation.definition import Assign, Keep, Prompts, Stage
from facilitation.reading import Reader, nearest_words
from facilitation.toml_lines import Path
from facilitation.vocabulary import (
    ACTIVITIES,
    ACTIVITY_KEYS,
    ACTIVITY_NEEDS,
    ASSIGN_BY,
    AUTHORS,
    DEAL,
    END,
    KEPT_SHEET,
    MAX_MINUTES,
    MAX_PEOPLE,
    NOT_PLAYED_KEYS,
    QUESTION_TYPES,
    REVEAL,
    SCREENS,
)

MAX_ROUNDS = 50
MAX_TOKENS = 1_000


def read_stages(
    reader: Reader,
    value: Any,
    names: Names,
    method_may: Mapping[str, frozenset[str]],
    method_sees: Mapping[str, str],
) -> dict[str, Stage]:
    if value is None:
        reader.say(("stages",), "Une méthode a au moins une étape : [stages.nom].")
        return {}
    stages = {}
    for id_, entry, path in reader.named(("stages",), value):
        raw = reader.section(path, entry, "stages.*")
        if id_ == END:
            reader.say(path, "« end » est le mot de la fin : donnez un autre nom à cette étape.")
        stages[id_] = _read_stage(reader, path, raw, names, method_may, method_sees)
    if not stages:
        reader.say(("stages",), "Une méthode a au moins une étape : [stages.nom].")
    for id_, stage in stages.items():
        if stage.next and stage.next != END and stage.next not in stages:
            near = nearest_words(stage.next, [*stages, END])
            reader.say(("stages", id_, "next"), f"« {stage.next} » n’est pas une étape.{near}")
    return stages


def _read_stage(
    reader: Reader,
    path: Path,
    raw: dict[str, Any],
    names: Names,
    method_may: Mapping[str, frozenset[str]],
    method_sees: Mapping[str, str],
) -> Stage:
    activity = (
        reader.one_of((*path, "activity"), raw.get("activity"), ACTIVITIES, needed=True, what="activité") or "cards"
    )
    for key, owner in ACTIVITY_KEYS.items():
        if key in raw and owner != activity:
            reader.say((*path, key), f"La clé « {key} » est celle de l’activité {owner}, pas de {activity}.")
    for key in ACTIVITY_NEEDS[activity]:
        if key not in raw:
            reader.say(path, f"L’activité {activity} demande la clé « {key} ».")
    if "next" not in raw:
        reader.say(path, 'Cette étape ne mène nulle part : next = "étape suivante", ou next = "end".')
    optional = reader.flag((*path, "optional"), raw.get("optional"), False)
    minutes = reader.number((*path, "minutes"), raw.get("minutes"), 0 if optional else 0.1, MAX_MINUTES, needed=True)
    quiet = reader.number((*path, "quiet"), raw.get("quiet"), 0, MAX_MINUTES)
    if quiet and minutes and quiet > minutes:
        reader.say((*path, "quiet"), "Le silence dure plus que l’étape.")
    may = read_may(reader, (*path, "may"), raw.get("may", {}), names)
    authors = reader.one_of((*path, "authors"), raw.get("authors"), AUTHORS, what="réglage")
    return Stage(
        id=path[-1],
        title=reader.text((*path, "title"), raw.get("title"), 80, needed=True),
        minutes=minutes if minutes is not None else 1,
        activity=activity,
        next=reader.text((*path, "next"), raw.get("next", END), 40, needed=True),
        optional=optional,
        rules=_read_rules(reader, (*path, "rule"), raw.get("rule"), names),
        may={role: may.get(role, frozenset()) | method_may.get(role, frozenset()) for role in {**may, **method_may}},
        sees={**method_sees, **read_sees(reader, (*path, "sees"), raw.get("sees", {}), names)},
        sources=tuple(reader.texts((*path, "from"), raw.get("from"))),
        hidden_authors=authors == "hidden",
        assign=_read_assign(reader, (*path, "assign"), raw["assign"], names) if "assign" in raw else None,
        keep=_read_keep(reader, (*path, "keep"), raw["keep"], names) if "keep" in raw else None,
        quiet=quiet or 0,
        prompts=_read_prompts(reader, (*path, "prompts"), raw.get("prompts", {})),
        not_played=tuple(key for key in NOT_PLAYED_KEYS if key in raw and raw[key] != "now"),
        settings=_read_settings(reader, path, raw),
    )


def _read_rules(reader: Reader, path: Path, value: Any, names: Names) -> dict[str, str]:
    """One sentence for everybody, or one for each role; the projector's is what the whole room reads."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {"": reader.text(path, value)}
    rules = {}
    for role, sentence in reader.table(path, value).items():
        if role not in names.roles and role not in SCREENS:
            reader.say((*path, role), f"Le rôle « {role[:40]} » n’est pas déclaré.{nearest_words(role, names.roles)}")
        rules[role] = reader.text((*path, role), sentence, needed=True)
    return rules


def _read_assign(reader: Reader, path: Path, value: Any, names: Names) -> Assign:
    assign = reader.section(path, value, "stages.*.assign")
    by = reader.names((*path, "by"), assign.get("by"), ASSIGN_BY, "façon de choisir") or ["choice"]
    mark = reader.one_of((*path, "mark"), assign.get("mark"), names.marks, what="marque")
    if "vote" in by and "mark" not in assign:
        reader.say((*path, "mark"), 'Pour choisir par un vote, dites par quelle marque : mark = "vote".')
    return Assign(
        reader.one_of((*path, "role"), assign.get("role"), names.roles, needed=True, what="rôle") or "",
        reader.one_of((*path, "kind"), assign.get("kind"), names.kinds, what="sorte de carte"),
        tuple(by),
        mark,
    )


def _read_keep(reader: Reader, path: Path, value: Any, names: Names) -> Keep:
    keep = reader.section(path, value, "stages.*.keep")
    known = [*names.kinds, *([KEPT_SHEET] if names.sheet else [])]
    what = reader.names((*path, "what"), keep.get("what"), known, "sorte de carte")
    release = reader.one_of((*path, "release"), keep.get("release"), names.roles, needed=True, what="rôle") or ""
    if not what:
        reader.say((*path, "what"), "Dites ce qui sort de la salle : une sorte de carte, ou sheet.")
    return Keep(tuple(what), release)


def _read_prompts(reader: Reader, path: Path, value: Any) -> Prompts:
    prompts = reader.section(path, value, "stages.*.prompts")
    say, watch, avoid = (tuple(reader.texts((*path, key), prompts.get(key))) for key in ("say", "watch", "avoid"))
    return Prompts(say, watch, avoid)


def _read_settings(reader: Reader, path: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """The keys that only checked stages of other activities use, and the rounds."""
    settings: dict[str, Any] = {}
    if "repeat" in raw:
        settings["repeat"] = _read_repeat(reader, (*path, "repeat"), raw["repeat"])
    if "for_each" in raw:
        each = reader.section((*path, "for_each"), raw["for_each"], "stages.*.for_each")
        settings["for_each"] = {
            "deck": reader.text((*path, "for_each", "deck"), each.get("deck"), 40, needed=True),
            "back_to": reader.text((*path, "for_each", "back_to"), each.get("back_to"), 40),
        }
    if "group" in raw:
        group = raw["group"]
        whole = group if group in ("table", "all") else reader.whole((*path, "group"), group, 1, MAX_PEOPLE)
        settings["group"] = whole
    if "reveal" in raw:
        settings["reveal"] = reader.one_of((*path, "reveal"), raw["reveal"], REVEAL, needed=True, what="moment")
    if "question" in raw:
        settings["question"] = reader.text((*path, "question"), raw["question"], needed=True)
    if "options" in raw:
        options = reader.table((*path, "options"), raw["options"])
        settings["options"] = {
            id_: reader.text((*path, "options", id_), label, 120, needed=True) for id_, label in options.items()
        }
        if len(options) < 2:
            reader.say((*path, "options"), "Un choix a au moins deux réponses possibles.")
    if "compare" in raw:
        settings["compare"] = reader.text((*path, "compare"), raw["compare"], 40, needed=True)
    if "deck" in raw:
        settings["deck"] = reader.text((*path, "deck"), raw["deck"], 40, needed=True)
        settings["deal"] = reader.one_of((*path, "deal"), raw.get("deal"), DEAL, what="façon de donner") or "one"
    if "tokens" in raw:
        settings["tokens"] = reader.whole((*path, "tokens"), raw["tokens"], 1, MAX_TOKENS)
        settings["multiplier"] = reader.number((*path, "multiplier"), raw.get("multiplier", 2), 1.01, 100)
    if "questions" in raw:
        settings["questions"] = _read_questions(reader, (*path, "questions"), raw["questions"])
    return settings


def _read_repeat(reader: Reader, path: Path, value: Any) -> dict[str, Any]:
    if isinstance(value, int):
        return {"times": reader.whole(path, value, 2, MAX_ROUNDS), "back_to": ""}
    repeat = reader.section(path, value, "stages.*.repeat")
    return {
        "times": reader.whole((*path, "times"), repeat.get("times"), 2, MAX_ROUNDS, needed=True),
        "back_to": reader.text((*path, "back_to"), repeat.get("back_to"), 40),
    }


def _read_questions(reader: Reader, path: Path, value: Any) -> list[dict[str, Any]]:
    questions = []
    for index, raw in enumerate(reader.tables(path, value)):
        here = (*path, str(index))
        question = reader.section(here, raw, "stages.*.questions")
        type_ = reader.one_of((*here, "type"), question.get("type"), QUESTION_TYPES, needed=True, what="type") or "text"
        options = reader.texts((*here, "options"), question.get("options"))
        if type_ in ("choice", "choices") and len(options) < 2:
            reader.say((*here, "options"), "Une question à choix a au moins deux réponses possibles.")
        low = reader.whole((*here, "min"), question.get("min"), 0, 100)
        high = reader.whole((*here, "max"), question.get("max"), 1, 1_000)
        if low is not None and high is not None and low >= high:
            reader.say((*here, "min"), "Le minimum n’est pas plus petit que le maximum.")
        questions.append(
            {
                "id": reader.identifier((*here, "id"), question.get("id")),
                "type": type_,
                "label": reader.text((*here, "label"), question.get("label"), 200, needed=True),
                "help": reader.text((*here, "help"), question.get("help")),
                "options": options,
                "min": low,
                "max": high,
                "low": reader.text((*here, "low"), question.get("low"), 60),
                "high": reader.text((*here, "high"), question.get("high"), 60),
                "required": reader.flag((*here, "required"), question.get("required"), False),
            }
        )
    reader.no_double(path, [str(question["id"]) for question in questions])
    if not questions:
        reader.say(path, "Un questionnaire a au moins une question.")
    return questions
