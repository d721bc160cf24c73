"""The stages of a method file: the keys every stage has, and those of its activity."""

from collections.abc import Mapping
from typing import Any

from facilitation.checking import Names, read_may, read_sees
from facilitation.definition import Assign, Keep, Option, Prompts, Question, Rounds, Stage
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
    MAX_TEXT,
    QUESTION_TYPES,
    REVEAL,
    REVEAL_BY_DEFAULT,
    SCREENS,
)
from facilitation.words import speak

MAX_ROUNDS = 50
MAX_TOKENS = 1_000
LONGEST_SCALE = 10  # from 0 to 10


def read_stages(
    reader: Reader,
    value: Any,
    names: Names,
    method_may: Mapping[str, frozenset[str]],
    method_sees: Mapping[str, str],
) -> dict[str, Stage]:
    if value is None:
        reader.say(("stages",), speak("Une méthode a au moins une étape : [stages.nom]."))
        return {}
    stages = {}
    for id_, entry, path in reader.named(("stages",), value):
        raw = reader.section(path, entry, "stages.*")
        if id_ == END:
            reader.say(path, speak("« end » est le mot de la fin : donnez un autre nom à cette étape."))
        stages[id_] = _read_stage(reader, path, raw, names, method_may, method_sees)
    if not stages:
        reader.say(("stages",), speak("Une méthode a au moins une étape : [stages.nom]."))
    for id_, stage in stages.items():
        if stage.next and stage.next != END and stage.next not in stages:
            near = nearest_words(stage.next, [*stages, END])
            reader.say(
                ("stages", id_, "next"), speak("« {next} » n’est pas une étape.{near}", next=stage.next, near=near)
            )
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
            reader.say(
                (*path, key),
                speak(
                    "La clé « {key} » est celle de l’activité {owner}, pas de {activity}.",
                    key=key,
                    owner=owner,
                    activity=activity,
                ),
            )
    for key in ACTIVITY_NEEDS[activity]:
        if key not in raw:
            reader.say(path, speak("L’activité {activity} demande la clé « {key} ».", activity=activity, key=key))
    if "next" not in raw:
        reader.say(path, speak('Cette étape ne mène nulle part : next = "étape suivante", ou next = "end".'))
    optional = reader.flag((*path, "optional"), raw.get("optional"), False)
    minutes = reader.number((*path, "minutes"), raw.get("minutes"), 0 if optional else 0.1, MAX_MINUTES, needed=True)
    quiet = reader.number((*path, "quiet"), raw.get("quiet"), 0, MAX_MINUTES)
    if quiet and minutes and quiet > minutes:
        reader.say((*path, "quiet"), speak("Le silence dure plus que l’étape."))
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
        debrief=reader.flag((*path, "debrief"), raw.get("debrief"), False),
        **_read_activity(reader, path, raw, activity, names),
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
            reader.say(
                (*path, role),
                speak(
                    "Le rôle « {role} » n’est pas déclaré.{near}", role=role[:40], near=nearest_words(role, names.roles)
                ),
            )
        rules[role] = reader.text((*path, role), sentence, needed=True)
    return rules


def _read_assign(reader: Reader, path: Path, value: Any, names: Names) -> Assign:
    assign = reader.section(path, value, "stages.*.assign")
    by = reader.names((*path, "by"), assign.get("by"), ASSIGN_BY, "façon de choisir") or ["choice"]
    mark = reader.one_of((*path, "mark"), assign.get("mark"), names.marks, what="marque")
    if "vote" in by and "mark" not in assign:
        reader.say((*path, "mark"), speak('Pour choisir par un vote, dites par quelle marque : mark = "vote".'))
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
        reader.say((*path, "what"), speak("Dites ce qui sort de la salle : une sorte de carte, ou sheet."))
    return Keep(tuple(what), release)


def _read_prompts(reader: Reader, path: Path, value: Any) -> Prompts:
    prompts = reader.section(path, value, "stages.*.prompts")
    say, watch, avoid = (tuple(reader.texts((*path, key), prompts.get(key))) for key in ("say", "watch", "avoid"))
    return Prompts(say, watch, avoid)


def _read_activity(reader: Reader, path: Path, raw: dict[str, Any], activity: str, names: Names) -> dict[str, Any]:
    """The keys of the activities that are not cards, and the rounds, as Stage takes them."""
    found: dict[str, Any] = {}
    if "repeat" in raw:
        found["repeat"] = _read_repeat(reader, (*path, "repeat"), raw["repeat"], path[-1])
    if "for_each" in raw:
        each = reader.section((*path, "for_each"), raw["for_each"], "stages.*.for_each")
        deck = reader.one_of(
            (*path, "for_each", "deck"), each.get("deck"), names.decks, needed=True, what="jeu de cartes"
        )
        back_to = reader.text((*path, "for_each", "back_to"), each.get("back_to"), 40)
        found["for_each"] = Rounds(1, back_to or path[-1], deck)
    if "group" in raw:
        group = raw["group"]
        found["group"] = group if group in ("table", "all") else reader.whole((*path, "group"), group, 2, MAX_PEOPLE)
    reveal = reader.one_of((*path, "reveal"), raw.get("reveal"), REVEAL, what="moment")
    found["reveal"] = reveal or REVEAL_BY_DEFAULT.get(activity, "now")
    found["question"] = reader.text((*path, "question"), raw.get("question"))
    if "options" in raw:
        options = reader.named((*path, "options"), raw["options"])
        found["options"] = tuple(
            Option(id_, reader.text(here, label, 120, needed=True)) for id_, label, here in options
        )
        if len(found["options"]) < 2:
            reader.say((*path, "options"), speak("Un choix a au moins deux réponses possibles."))
    if "compare" in raw:
        found["compare"] = reader.text((*path, "compare"), raw["compare"], 40, needed=True)
    if "deck" in raw:
        found["deck"] = reader.one_of((*path, "deck"), raw["deck"], names.decks, needed=True, what="jeu de cartes")
    found["deal"] = reader.one_of((*path, "deal"), raw.get("deal"), DEAL, what="façon de donner") or "one"
    if "tokens" in raw:
        found["tokens"] = reader.whole((*path, "tokens"), raw["tokens"], 1, MAX_TOKENS) or 1
    if "multiplier" in raw:
        found["multiplier"] = reader.number((*path, "multiplier"), raw["multiplier"], 1.01, 100) or 2
    if "questions" in raw:
        found["questions"] = _read_questions(reader, (*path, "questions"), raw["questions"], names)
    return found


def _read_repeat(reader: Reader, path: Path, value: Any, stage: str) -> Rounds:
    if isinstance(value, int):
        return Rounds(reader.whole(path, value, 2, MAX_ROUNDS) or 2, stage)
    repeat = reader.section(path, value, "stages.*.repeat")
    times = reader.whole((*path, "times"), repeat.get("times"), 2, MAX_ROUNDS, needed=True)
    return Rounds(times or 2, reader.text((*path, "back_to"), repeat.get("back_to"), 40) or stage)


def _read_questions(reader: Reader, path: Path, value: Any, names: Names) -> tuple[Question, ...]:
    questions = tuple(
        _read_question(reader, (*path, str(index)), raw, names) for index, raw in enumerate(reader.tables(path, value))
    )
    reader.no_double(path, [question.id for question in questions])
    if not questions:
        reader.say(path, speak("Un questionnaire a au moins une question."))
    return questions


def _read_question(reader: Reader, path: Path, raw: Any, names: Names) -> Question:
    question = reader.section(path, raw, "stages.*.questions")
    type_ = reader.one_of((*path, "type"), question.get("type"), QUESTION_TYPES, needed=True, what="type") or "text"
    labels = reader.texts((*path, "options"), question.get("options"))
    options = tuple(Option(str(number), label) for number, label in enumerate(labels, 1))
    if type_ in ("choice", "choices") and len(options) < 2:
        reader.say((*path, "options"), speak("Une question à choix a au moins deux réponses possibles."))
    elif options and type_ not in ("choice", "choices"):
        reader.say(
            (*path, "options"),
            speak("« options » est la clé des questions choice et choices, pas de {type}.", type=type_),
        )
    low = reader.whole((*path, "min"), question.get("min"), 0, 100)
    high = reader.whole((*path, "max"), question.get("max"), 1, MAX_TEXT)
    if type_ == "scale":
        options = _read_scale(reader, path, 1 if low is None else low, 5 if high is None else high)
    elif low is not None:
        reader.say((*path, "min"), speak("« min » est la clé des questions scale, pas de {type}.", type=type_))
    return Question(
        reader.identifier((*path, "id"), question.get("id")),
        type_,
        reader.text((*path, "label"), question.get("label"), 200, needed=True),
        help=reader.text((*path, "help"), question.get("help")),
        options=options,
        low=reader.text((*path, "low"), question.get("low"), 60),
        high=reader.text((*path, "high"), question.get("high"), 60),
        max_length=(high or MAX_TEXT) if type_ == "text" else MAX_TEXT,
        required=reader.flag((*path, "required"), question.get("required"), False),
        roles=tuple(reader.names((*path, "for"), question.get("for"), names.roles, "rôle")),
    )


def _read_scale(reader: Reader, path: Path, low: int, high: int) -> tuple[Option, ...]:
    """The values of a scale; few enough to be buttons under a thumb."""
    if low >= high:
        reader.say((*path, "min"), speak("Le minimum n’est pas plus petit que le maximum."))
    elif high - low > LONGEST_SCALE:
        reader.say((*path, "max"), speak("Une échelle a {most} valeurs au plus.", most=LONGEST_SCALE + 1))
    else:
        return tuple(Option(str(value), str(value)) for value in range(low, high + 1))
    return ()
