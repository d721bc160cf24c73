"""A method file changed piece by piece: the text keeps its comments, its order and whatever the form does not show."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from facilitation import Method

Facts = Mapping[str, Any]


def change_general(source: str, facts: Facts) -> str:
    """title, summary, group_min, group_max, size, compose, people."""
    document = tomlkit.parse(source)
    _set(document, "title", facts["title"])
    _set(document, "summary", facts["summary"])
    _set_inside(document, "group", {"min": facts["group_min"], "max": facts["group_max"]})
    _set_inside(document, "tables", {"compose": facts["compose"] or None, "size": facts["size"]})
    _set(document, "people", None if facts["people"] else False)
    return tomlkit.dumps(document)


def change_minutes(source: str, preset: str, minutes: Mapping[str, float | None]) -> str:
    """The minutes of a preset, or with "" those of the stages themselves."""
    document = tomlkit.parse(source)
    for stage, value in minutes.items():
        if preset:
            table = document["presets"][preset]["minutes"]
            _set(table, stage, _plain(value))
        elif value is not None:
            document["stages"][stage]["minutes"] = _plain(value)
    return tomlkit.dumps(document)


def change_preset(source: str, preset: str, title: str) -> str:
    document = tomlkit.parse(source)
    _set(document["presets"][preset], "title", title)
    return tomlkit.dumps(document)


def change_role(source: str, role: str, facts: Facts) -> str:
    """title, rule, max."""
    document = tomlkit.parse(source)
    roles = _table(document, "roles")
    if not isinstance(roles.get(role), Mapping):
        roles[role] = tomlkit.table()  # it was only its rule
    for key in ("title", "rule", "max"):
        _set(roles[role], key, facts[key])
    return tomlkit.dumps(document)


def add_role(source: str, method: Method, role: str, facts: Facts) -> str:
    """A new role sees what the usual one does: not named, it would see nothing."""
    document = tomlkit.parse(change_role(source, role, facts))
    if usual := method.sees.get(method.default_role):
        _table(document, "sees")[role] = usual
    return tomlkit.dumps(document)


def change_kind(source: str, kind: str, facts: Facts) -> str:
    """title, label, placeholder, help, submit, empty, max_length."""
    document = tomlkit.parse(source)
    table = _table(_table(document, "kinds"), kind)
    for key in ("title", "label", "placeholder", "help", "submit", "empty", "max_length"):
        _set(table, key, facts[key])
    return tomlkit.dumps(document)


def change_stage(source: str, stage: str, facts: Facts) -> str:
    """title, minutes, optional, quiet, rules by role ("": everybody), may and sees by role, say, watch, avoid."""
    document = tomlkit.parse(source)
    _write_stage(document["stages"][stage], facts)
    return tomlkit.dumps(document)


def change_poll(source: str, stages: Sequence[str], question: str, options: Mapping[str, str]) -> str:
    """The question of the first; the answers of all: votes that are compared offer the same ones."""
    document = tomlkit.parse(source)
    for place, stage in enumerate(stages):
        table = document["stages"][stage]
        if place == 0:
            _set(table, "question", question)
        _replace_inside(table, "options", options)
    return tomlkit.dumps(document)


def change_questions(source: str, stage: str, questions: Sequence[Facts]) -> str:
    document = tomlkit.parse(source)
    _replace_rows(document["stages"][stage], "questions", questions)
    return tomlkit.dumps(document)


def change_pot(source: str, stage: str, facts: Facts) -> str:
    """tokens, multiplier."""
    document = tomlkit.parse(source)
    table = document["stages"][stage]
    _set(table, "tokens", facts["tokens"])
    if table.get("multiplier", 2) != facts["multiplier"]:  # 2 is what a file means by saying nothing
        _set(table, "multiplier", _plain(facts["multiplier"]))
    return tomlkit.dumps(document)


def change_deck(source: str, deck: str, facts: Facts) -> str:
    """title, draw, cards."""
    document = tomlkit.parse(source)
    table = document["decks"][deck]
    _set(table, "title", facts["title"])
    _set(table, "draw", facts["draw"])
    _replace_rows(table, "cards", facts["cards"])
    return tomlkit.dumps(document)


def change_mark(source: str, mark: str, facts: Facts) -> str:
    """label, label_on, max."""
    document = tomlkit.parse(source)
    for key in ("label", "label_on", "max"):
        _set(document["marks"][mark], key, facts[key])
    return tomlkit.dumps(document)


def add_stage(source: str, method: Method, stage: str, after: str, facts: Facts) -> str:
    """A new stage of cards after another, or first with ""."""
    document = tomlkit.parse(source)
    table = tomlkit.table()
    table["title"] = facts["title"]
    table["minutes"] = _plain(facts["minutes"])
    table["activity"] = "cards"
    table["next"] = "end"
    stages = _table(document, "stages")
    stages[stage] = table
    order = list(method.stages)
    order.insert(order.index(after) + 1 if after else 0, stage)
    _chain(document, order)
    return tomlkit.dumps(document)


def move_stage(source: str, method: Method, stage: str, by: int) -> str:
    document = tomlkit.parse(source)
    order = list(method.stages)
    place = order.index(stage)
    order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
    _chain(document, order)
    return tomlkit.dumps(document)


def remove_stage(source: str, method: Method, stage: str) -> str:
    document = tomlkit.parse(source)
    del _table(document, "stages")[stage]
    for preset in document.get("presets", {}).values():
        preset.get("minutes", {}).pop(stage, None)
    for other in document["stages"].values():  # what the others took from it goes with it
        if stage in other.get("from", []):
            left = [id_ for id_ in other["from"] if id_ != stage]
            _set(other, "from", left or None)
        if other.get("compare") == stage:
            del other["compare"]
    _chain(document, [id_ for id_ in method.stages if id_ != stage])
    return tomlkit.dumps(document)


def rename(source: str, *, id_: str, title: str) -> str:
    document = tomlkit.parse(source)
    document["id"], document["title"], document["version"] = id_, title, 1
    return tomlkit.dumps(document)


def number_version(source: str, version: int) -> str:
    """The same file with this version number: each version a space keeps has its own."""
    document = tomlkit.parse(source)
    if document.get("version") != version:
        document["version"] = version
    return tomlkit.dumps(document)


def _write_stage(table: Any, facts: Facts) -> None:
    table["title"] = facts["title"]
    table["minutes"] = _plain(facts["minutes"])
    _set(table, "optional", True if facts["optional"] else None)
    _set(table, "quiet", _plain(facts["quiet"]) or None)
    everybody = facts["rules"].get("", "")
    rules = {role: sentence or everybody for role, sentence in facts["rules"].items() if role}
    if any(sentence != everybody for sentence in rules.values()):  # one for everybody, or one a role: never both
        _replace_inside(table, "rule", {role: sentence for role, sentence in rules.items() if sentence})
    else:
        _set(table, "rule", everybody)
    _replace_inside(table, "may", {role: list(rights) for role, rights in facts["may"].items() if rights})
    _replace_inside(table, "sees", {role: seen for role, seen in facts["sees"].items() if seen})
    _replace_inside(table, "prompts", {key: list(facts[key]) for key in ("say", "watch", "avoid") if facts[key]})


def _chain(document: TOMLDocument, order: Sequence[str]) -> None:
    """Each stage leads to the next; tables stand in the file in the order they are played."""
    stages = _table(document, "stages")
    for id_, following in zip(order, [*order[1:], "end"], strict=False):
        if stages[id_].get("next") != following:
            stages[id_]["next"] = following
    if order and document.get("first") != order[0]:
        document["first"] = order[0]


def _table(parent: Any, key: str) -> Any:
    if key not in parent:
        parent[key] = tomlkit.table()
    return parent[key]


def _set(table: Any, key: str, value: Any) -> None:
    """Nothing is not written; what did not change is left as it was typed."""
    if value is None or value == "":
        if key in table:
            del table[key]
    elif table.get(key) != value:
        table[key] = value


def _set_inside(parent: Any, key: str, values: Facts) -> None:
    if key not in parent:
        if all(value is None for value in values.values()):
            return
        parent[key] = tomlkit.inline_table()
    for name, value in values.items():
        _set(parent[key], name, value)
    if not parent[key]:
        del parent[key]


def _replace_inside(parent: Any, key: str, values: Mapping[str, Any]) -> None:
    """The table holds exactly these keys; untouched ones keep their text."""
    if not values:
        _set(parent, key, None)
        return
    known = parent.get(key)
    if not isinstance(known, Mapping):
        parent[key] = tomlkit.table() if isinstance(parent, Table) else tomlkit.inline_table()
    table = parent[key]
    for name in [name for name in table if name not in values]:
        del table[name]
    for name, value in values.items():
        if table.get(name) == value:
            continue
        if isinstance(value, list):
            lines = tomlkit.array()
            for one in value:
                lines.append(one)
            lines.multiline(sum(len(one) for one in value) > 80)
            table[name] = lines
        else:
            table[name] = value


def _replace_rows(parent: Any, key: str, rows: Sequence[Facts]) -> None:
    """The list holds these rows, by their id: those that stay keep what the form does not show."""
    listed = parent[key]
    wanted = {row["id"] for row in rows}
    for place in reversed(range(len(listed))):
        if listed[place]["id"] not in wanted:
            del listed[place]
    known = {table["id"]: table for table in listed}
    for row in rows:
        table = known.get(row["id"])
        made = table if table is not None else (tomlkit.table() if isinstance(listed, AoT) else tomlkit.inline_table())
        for name, value in row.items():
            _set(made, name, value)
        if table is None:
            listed.append(made)


def _plain(value: Any) -> Any:
    """12 rather than 12.0 in a file that people read."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
