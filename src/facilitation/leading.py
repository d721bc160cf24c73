"""What whoever leads is shown beside the rest: words to say, who is waited for, where to go; numbers, never names."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from facilitation import rounds
from facilitation.activities.answers import may_reveal
from facilitation.activities.ballots import counted, is_shown, rule_of
from facilitation.boards import shown_as
from facilitation.definition import Prompts, Stage
from facilitation.state import State
from facilitation.vocabulary import PAPER, SCREENS
from facilitation.words import later, speak, speak_of

if TYPE_CHECKING:
    from facilitation.view import Audience

CONTROLS = ("open", "advance", "back", "extend", "pause", "resume", "close", "reopen")
NOT_YET = {
    "poll": (later("{number} personne n’a pas encore voté."), later("{number} personnes n’ont pas encore voté.")),
    "form": (later("{number} personne n’a pas encore répondu."), later("{number} personnes n’ont pas encore répondu.")),
    "pot": (later("{number} personne n’a pas encore donné."), later("{number} personnes n’ont pas encore donné.")),
}
NOT_WRITTEN = (later("{number} personne n’a pas encore écrit."), later("{number} personnes n’ont pas encore écrit."))
REVEAL = {
    "poll": later("Montrer les votes"),
    "form": later("Montrer les réponses"),
    "deal": later("Montrer les consignes"),
    "pot": later("Partager le pot"),
}


def leads(state: State, role: str) -> bool:
    return role in state.method.roles and "advance" in state.rights(role)


def prompts(words: Prompts | None) -> dict[str, list[str]]:
    found = words or Prompts()
    return {"say": list(found.say), "watch": list(found.watch), "avoid": list(found.avoid)}


def notices(state: State, rule: Stage | None, group: "Audience") -> list[str]:
    """What whoever leads should know of the table they look at; numbers, never names."""
    people = [seat for seat in state.at_table(group.table) if seat.present]
    method = state.method
    found = []
    leading_now = sum(
        seat.present and seat.role in method.roles and not method.roles[seat.role].table
        for seat in state.seats.values()
    )
    if leading_now > 1:
        found.append(
            speak("{number} personnes animent cette séance : les boutons de chacune comptent.", number=leading_now)
        )
    if method.people_min and not people:
        found.append(
            speak(
                "Personne encore à cette table : cette méthode demande {least} personnes au moins.",
                least=method.people_min,
            )
        )
    elif method.people_min and len(people) < method.people_min:
        found.append(
            speak(
                "{people} à cette table : cette méthode en demande {least} au moins.",
                people=_people(len(people)), least=method.people_min,
            )
        )  # fmt: skip
    if method.people_max and len(people) > method.people_max:
        found.append(
            speak(
                "{people} à cette table : cette méthode en accepte {most} au plus.",
                people=_people(len(people)), most=method.people_max,
            )
        )  # fmt: skip
    sheet = method.sheet
    if rule and sheet and state.holder(sheet.role, group.table) is None and (rule.assign is None):
        found.append(speak("Personne n’a le rôle « {role} » à cette table.", role=method.role_name(sheet.role)))
    if rule is None or not state.on:
        return found
    if rule.activity == "pot" and people and len(people) <= rule.multiplier:
        found.append(speak("Trop peu de monde à cette table : tout donner y va de soi."))
    return [*found, *filter(None, [awaited(state, rule, group)])]


def awaited(state: State, rule: Stage | None, group: "Audience") -> str:
    """How many at the table looked at have not written or answered yet: no alarm, a step begins so."""
    if rule is None or not state.on:
        return ""
    if rule.activity in NOT_YET:
        answered, asked = _counted_here(state, group)
        waiting, (one, many) = asked - answered, NOT_YET[rule.activity]
    else:
        wrote = {card.author for card in state.cards_at(group.table) if card.stage == rule.id}
        writers = {role for role in state.method.roles if _is_asked_to_write(state, rule, role)}
        people = state.at_table(group.table)
        waiting = sum(seat.present and seat.role in writers and seat.id not in wrote for seat in people)
        one, many = NOT_WRITTEN
    return speak_of(waiting, one, many) if waiting else ""


def _counted_here(state: State, group: "Audience") -> tuple[int, int]:
    if state.step is None or group.table is None:
        return 0, 0
    return counted(state, state.step, frozenset({group.table}))


def _is_asked_to_write(state: State, rule: Stage, role: str) -> bool:
    """Replies are not asked of anybody; a card of one's own is."""
    return any(not state.method.kinds[kind].parents for kind in state.method.kinds_for(rule.id, role))


def _people(count: int) -> str:
    return speak_of(count, "{number} personne", "{number} personnes")


def plan(state: State) -> dict[str, Any]:
    """How long each stage is to last, as it stands now, and the lengths the method offers."""
    rounds_of = Counter(state.method.step(id_).stage for id_ in state.path)
    stages = [
        {
            "id": stage.id,
            "title": stage.title,
            "minutes": state.minutes[stage.id],
            "rounds": rounds_of[stage.id],
            "on": stage.id == state.stage,
        }
        for stage in state.method.stages.values()
    ]
    return {
        "stages": stages,
        "minutes": sum(state.minutes[id_] * times for id_, times in rounds_of.items()),
        "presets": [{"id": preset.id, "title": preset.title} for preset in state.method.presets.values()],
        "preset": state.preset,
    }


def controls(state: State, role: str) -> list[str]:
    if role not in state.method.roles:
        return []
    rights = state.rights(role)
    path = state.path
    now = {
        "open": state.status == "waiting",
        "advance": state.on and state.step != path[-1],
        "back": state.on and state.step != path[0],
        "extend": state.on,
        "pause": state.status == "running",
        "resume": state.status == "paused",
        "close": state.status != "closed",
        "reopen": state.status == "closed",
    }
    return [kind for kind in CONTROLS if kind in rights and now[kind]]


def ways(state: State, role: str) -> dict[str, Any]:
    """Where whoever leads may go back to or skip to, and the cards they may pick."""
    rights = state.rights(role) if role in state.method.roles else frozenset()
    path = state.path if state.on else ()
    here = path.index(state.step) if state.step in path else 0
    earlier = path[:here] if "back" in rights else ()
    later = path[here + 1 :] if "skip" in rights else ()
    return {
        "earlier": [{"step": id_, "title": rounds.title(state, id_)} for id_ in earlier],
        "later": [{"step": id_, "title": rounds.title(state, id_)} for id_ in later],
        "deck": rounds.deck_view(state) if state.on and "pick" in rights else [],
    }


def reveals(state: State, group: "Audience") -> list[dict[str, str]]:
    """The steps already played that are still hidden, and that this role may show."""
    if group.role not in state.method.roles or state.step is None:
        return []
    found = []
    for step in state.method.steps:
        rule = state.method.stages[step.stage]
        if step.id not in state.visited or rule.activity == "cards" or not may_reveal(state, group.role, rule):
            continue
        if rule.activity == "pot":
            hidden = step.id == state.step and any(
                table.id not in state.shares.get(step.id, {}) for table in state.led if state.seated.get(table.id)
            )
        else:
            sits = state.method.roles[group.role].table
            hidden = not is_shown(state, step.id, group.table if sits or state.here is not None else None)
        if hidden:
            label = speak(REVEAL[rule.activity])
            if step.id != state.step:
                label = speak("{label} : {count}", label=label, count=rounds.title(state, step.id))
            found.append({"step": step.id, "label": label})
    return found


def tables(state: State, group: "Audience", *, reads: bool) -> list[dict[str, Any]]:
    """One line a table for those who lead the room and for screens: counts, and the headline of the table looked at."""
    role = state.method.roles.get(group.role)
    if group.role not in SCREENS and (role is None or role.table or not leads(state, group.role)):
        return []
    found = []
    for table in state.open_tables:
        local = state.through(table.id)
        answered, asked = _counted_at(local, table.id)
        cards = list(state.cards_at(table.id))
        looked_at = reads and group.role not in SCREENS and table.id == group.table
        found.append(
            {
                "id": table.id,
                "name": table.name,
                "people": sum(state.present(role_, table.id) for role_ in state.method.roles),
                "cards": len(cards),
                "headline": shown_as(state, cards, "headline") if looked_at else None,
                "stage": rounds.title(local, local.step) if local.step and table.id in state.clocks else None,
                "own_clock": table.id in state.clocks,
                "answered": answered,
                "asked": asked,
            }
        )
    return found


def gone(state: State, group: "Audience") -> list[dict[str, str]]:
    """Who left the table looked at, for whoever may say that they are back."""
    if "give_role" not in state.rights(group.role) or not state.method.people_shown:
        return []
    left = (seat for seat in state.at_table(group.table) if not seat.present and seat.by != PAPER)
    return [{"seat": seat.id, "name": seat.name} for seat in left]


def _counted_at(state: State, table: int) -> tuple[int, int]:
    if state.step is None or rule_of(state, state.step).activity not in NOT_YET:
        return 0, 0
    return counted(state, state.step, frozenset({table}))


def steps(state: State) -> list[dict[str, Any]]:
    """The stages as a person counts them: one each, whatever its rounds."""
    path = list(dict.fromkeys(state.method.step(id_).stage for id_ in state.path))
    now = path.index(state.stage) if state.stage else -1
    found = []
    number = 0
    for position, id_ in enumerate(path):
        stage = state.method.stages[id_]
        number += not stage.optional
        done = position < now or (state.status == "closed" and position <= now)
        found.append(
            {
                "id": id_,
                "title": stage.title,
                "number": None if stage.optional else number,
                "state": "done" if done else "now" if position == now else "todo",
                "optional": stage.optional,
                "minutes": state.minutes[id_],
                "debrief": stage.debrief,
            }
        )
    return found
