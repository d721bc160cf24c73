"""What the parts of a method say of each other: rights that exist, stages that lead somewhere, rounds that end."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from facilitation import course
from facilitation.definition import Deck, Kind, Mark, Method, Role, Sheet, Stage, unfold
from facilitation.reading import Reader, nearest_words
from facilitation.toml_lines import Path
from facilitation.vocabulary import (
    CONTROL,
    DETAILED,
    LEADING,
    MAX_STEPS,
    PROJECTOR,
    RIGHTS,
    SCREENS,
    SEES,
)
from facilitation.words import speak


class Names(NamedTuple):
    """All that a method declares, for those who refer to it."""

    roles: Mapping[str, Role]
    kinds: Mapping[str, Kind]
    marks: Mapping[str, Mark]
    decks: Mapping[str, Deck]
    sheet: Sheet | None

    def declared(self, section: str) -> Collection[str]:
        if section == "sheet.fields":
            return [field.id for field in self.sheet.fields] if self.sheet else []
        names: Collection[str] = getattr(self, section)
        return names


def read_may(reader: Reader, path: Path, value: Any, names: Names) -> dict[str, frozenset[str]]:
    """`may`: for each role, the words of what it may do."""
    may = {}
    for role, raw in reader.table(path, value).items():
        here = (*path, role)
        if role in SCREENS:
            reader.say(here, speak("Un écran regarde et ne fait rien : il n’a pas de droit."))
        elif role not in names.roles:
            reader.say(
                here,
                speak(
                    "Le rôle « {role} » n’est pas déclaré.{near}", role=role[:40], near=nearest_words(role, names.roles)
                ),
            )
        rights = reader.texts(here, raw)
        for right in rights:
            _check_right(reader, here, right, names)
        may[role] = unfold(tuple(rights))
    return may


def _check_right(reader: Reader, path: Path, right: str, names: Names) -> None:
    verb, colon, detail = right.partition(":")
    if not colon:
        if verb in RIGHTS:
            if verb == "fill" and names.sheet is None:
                reader.say(path, speak("« fill » remplit la fiche : déclarez une section [sheet]."))
            return
        if verb in DETAILED:
            reader.say(path, speak("« {verb} » se complète : {verb}:nom.", verb=verb))
            return
        reader.say(
            path,
            speak(
                "Le droit « {right} » n’existe pas.{near}",
                right=right[:60],
                near=nearest_words(right, [*RIGHTS, *DETAILED]),
            ),
        )
        return
    if verb in RIGHTS and verb not in DETAILED:
        reader.say(
            path,
            speak("« {right} » : ce droit ne se complète pas, écrivez « {verb} » seul.", right=right[:60], verb=verb),
        )
        return
    if verb not in DETAILED:
        reader.say(
            path,
            speak(
                "Le droit « {right} » n’existe pas.{near}", right=right[:60], near=nearest_words(verb, list(DETAILED))
            ),
        )
        return
    known = names.declared(DETAILED[verb])
    if detail not in known:
        reader.say(
            path,
            speak(
                "« {right} » : « {detail} » n’est pas déclaré.{near}",
                right=right[:60],
                detail=detail[:40],
                near=nearest_words(detail, known),
            ),
        )


def read_sees(reader: Reader, path: Path, value: Any, names: Names) -> dict[str, str]:
    """`sees`: for each role and each screen, how far it sees the cards."""
    sees = {}
    for role, raw in reader.table(path, value).items():
        here = (*path, role)
        known = [*names.roles, PROJECTOR, CONTROL]
        if role not in known:
            reader.say(
                here,
                speak("Le rôle « {role} » n’est pas déclaré.{near}", role=role[:40], near=nearest_words(role, known)),
            )
        seen = reader.one_of(here, raw, SEES, needed=True, what="regard")
        if seen:
            sees[role] = seen
        if role in SCREENS and seen in ("own", "group", "table"):
            reader.say(here, speak("Un écran n’a ni carte ni table à lui : nothing, count ou all."))
    return sees


def in_order(stages: Mapping[str, Stage], first: str) -> dict[str, Stage]:
    """The stages as they are played; those nobody reaches come last, and are refused by `check`."""
    order: list[str] = []
    here = first
    while here in stages and here not in order:
        order.append(here)
        here = stages[here].next
    return {id_: stages[id_] for id_ in [*order, *(other for other in stages if other not in order)]}


def check(reader: Reader, method: Method) -> None:
    played = _check_chain(reader, method)
    for position, id_ in enumerate(played):
        stage = method.stages[id_]
        path = ("stages", id_)
        earlier = played[:position]
        _check_sources(reader, path, stage, earlier)
        _check_rounds(reader, path, stage, [*earlier, id_])
        _check_answers(reader, path, stage, method)
        _check_boards(reader, path, stage, method)
        for role, seen in stage.sees.items():
            if seen == "group" and not isinstance(stage.group, int):
                reader.say((*path, "sees", role), speak("« group » : cette étape ne forme pas de groupes (clé group)."))
    crossed = course.crossing(course.loops(method.stages, method.decks))
    if crossed:
        reader.say(
            ("stages", crossed.stage, crossed.key),
            speak("Ces tours en croisent d’autres : mettez les uns dans les autres."),
        )
    elif len(method.steps) > MAX_STEPS:
        reader.say(
            ("stages",), speak("Avec leurs tours, ces étapes sont trop nombreuses : {most} au plus.", most=MAX_STEPS)
        )
    if method.sheet and not any(_uses_sheet(stage, method.sheet.role) for stage in method.stages.values()):
        reader.say(
            ("sheet",), speak("Aucune étape ne laisse {role} remplir la fiche (droit fill).", role=method.sheet.role)
        )
    if not any(set(LEADING) & set(rights) for stage in method.stages.values() for rights in stage.may.values()):
        reader.say(
            ("stages",),
            speak('Personne ne peut mener la séance : donnez par exemple facilitator = ["lead"] dans [may].'),
        )


def _check_chain(reader: Reader, method: Method) -> list[str]:
    played: list[str] = []
    here = method.first
    while here in method.stages:
        if here in played:
            loop = " → ".join([*played[played.index(here) :], here])
            reader.say(
                ("stages", played[-1], "next"),
                speak("Les étapes tournent en rond : {loop}. Pour des tours : repeat.", loop=loop),
            )
            break
        played.append(here)
        here = method.stages[here].next
    for id_ in method.stages:
        if id_ not in played:
            reader.say(
                ("stages", id_), speak("Aucune étape ne mène à « {id} » : écrivez-la dans le next d’une autre.", id=id_)
            )
    if not any(not method.stages[id_].optional for id_ in played):
        reader.say(("stages",), speak("Toutes les étapes sont facultatives : une au moins se joue toujours."))
    return played


def _check_sources(reader: Reader, path: Path, stage: Stage, earlier: list[str]) -> None:
    for source in (*stage.sources, *filter(None, [stage.compare])):
        if source not in earlier:
            key = "from" if source in stage.sources else "compare"
            reader.say(
                (*path, key),
                speak(
                    "« {source} » n’est pas une étape d’avant celle-ci.{near}",
                    source=source,
                    near=nearest_words(source, earlier),
                ),
            )


def _check_rounds(reader: Reader, path: Path, stage: Stage, so_far: list[str]) -> None:
    for key, rounds in (("repeat", stage.repeat), ("for_each", stage.for_each)):
        if rounds is not None and rounds.back_to not in so_far:
            reader.say((*path, key, "back_to"), speak("On ne revient qu’à une étape d’avant, ou à celle-ci."))
    if stage.repeat and stage.for_each:
        reader.say(
            (*path, "repeat"), speak("Une étape a des tours (repeat) ou un jeu de cartes (for_each), pas les deux.")
        )


def _check_answers(reader: Reader, path: Path, stage: Stage, method: Method) -> None:
    """Somebody answers, somebody reveals, and the pot is worth a thought."""
    verbs = {"poll": "answer", "form": "answer", "pot": "give"}
    if stage.activity in verbs and not any(stage.asks(role) for role in method.roles if method.roles[role].table):
        verb = verbs[stage.activity]
        reader.say(
            (*path, "may"),
            speak("Personne ne peut répondre à cette étape : donnez le droit « {verb} » à un rôle.", verb=verb),
        )
    if stage.activity == "deal" and not any(stage.asks(role) for role in method.roles if method.roles[role].table):
        reader.say(
            (*path, "sees"), speak("Personne ne reçoit de carte : un rôle la reçoit s’il voit own, table ou all.")
        )
    if stage.activity != "cards" and stage.reveal == "button" and not _may_reveal(method):
        reader.say((*path, "reveal"), speak("Personne ne peut révéler : donnez le droit « reveal » à un rôle."))
    if stage.activity == "deal" and stage.reveal == "everyone":
        reader.say((*path, "reveal"), speak("Une consigne donnée n’attend pas de réponse : now, button ou end."))
    if stage.activity == "pot" and method.people_min and stage.multiplier >= method.people_min:
        reader.say(
            (*path, "multiplier"),
            speak(
                "Le multiplicateur reste sous la plus petite table ({least}) : sinon tout donner va de soi.",
                least=method.people_min,
            ),
        )
    if stage.compare and stage.compare in method.stages:
        other = method.stages[stage.compare]
        if [option.id for option in other.options] != [option.id for option in stage.options]:
            reader.say(
                (*path, "compare"),
                speak("« {compare} » n’est pas un vote qui a les mêmes réponses.", compare=stage.compare),
            )


def _may_reveal(method: Method) -> bool:
    return any("reveal" in rights for stage in method.stages.values() for rights in stage.may.values())


def _check_boards(reader: Reader, path: Path, stage: Stage, method: Method) -> None:
    """What is marked, chosen or answered at a stage is on the table at that stage."""
    if stage.activity != "cards":
        return
    shown = {kind for id_ in (stage.id, *stage.sources) if id_ in method.stages for kind in method.kinds_of(id_)}
    for role, rights in stage.may.items():
        if rights == method.may.get(role):
            continue
        for right in sorted(rights):
            verb, _colon, detail = right.partition(":")
            if verb == "mark" and detail in method.marks and not shown & set(method.marks[detail].on):
                reader.say(
                    (*path, "may", role),
                    speak("« {right} » : aucune carte à marquer ici. Ajoutez from = [une étape].", right=right),
                )
            if verb == "write" and detail in method.kinds:
                parents = method.kinds[detail].parents
                if parents and not shown & set(parents):
                    wanted = speak(" ou ").join(parents)
                    reader.say(
                        (*path, "may", role),
                        speak(
                            "« {right} » répond à {wanted}, que cette étape ne montre pas (from).",
                            right=right,
                            wanted=wanted,
                        ),
                    )
            if right == "choose" and stage.assign is None:
                reader.say((*path, "may", role), speak("« choose » : cette étape ne confie pas de rôle (clé assign)."))


def _uses_sheet(stage: Stage, role: str) -> bool:
    return any(right.partition(":")[0] == "fill" for right in stage.rights(role))
