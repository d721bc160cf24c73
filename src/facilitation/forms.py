"""The forms of a role. A page holds those of all stages, so that a push never carries an input."""

from typing import Any

from facilitation.definition import Kind, Method, Stage
from facilitation.sheet import LONGEST_SENTENCE
from facilitation.vocabulary import KEPT_SHEET
from facilitation.words import later, speak

RELEASE = {
    "label": later("Une phrase pour la synthèse de la journée"),
    "placeholder": later("Sans nom, sans détail qui désigne quelqu’un."),
    "help": later("Cette décision n’appartient qu’à vous. Relisez-la : elle sortira de la salle telle quelle."),
    "submit": later("Je rends cette phrase publique"),
    "again": later("Je remplace ma phrase publique"),
}


def forms(method: Method, role: str) -> list[dict[str, Any]]:
    """All the forms of a role, stage after stage."""
    return [form for stage in method.stages.values() for form in stage_forms(method, stage, role)]


def stage_forms(method: Method, stage: Stage, role: str) -> list[dict[str, Any]]:
    """The forms of a role at one stage: `move` says which move it sends, with which fields."""
    found = [_write_form(stage, method.kinds[kind]) for kind in method.kinds_for(stage.id, role)]
    sheet = method.sheet
    if sheet is not None and sheet.role == role:
        found += [
            _form(
                stage, "fill", field.id, field.label, placeholder=field.placeholder, help_=field.help,
                submit=speak("Noter sur ma fiche"), max_length=field.max_length, field=field.id, type_=field.type,
            )
            for field in sheet.fields
            if stage.allows(role, "fill", field.id)
        ]  # fmt: skip
    keep = stage.keep
    if keep is not None and keep.release == role and KEPT_SHEET in keep.what:
        found.append(
            _form(
                stage, "release", "release", speak(RELEASE["label"]), placeholder=speak(RELEASE["placeholder"]),
                help_=speak(RELEASE["help"]), submit=speak(RELEASE["submit"]), max_length=LONGEST_SENTENCE,
            )
            | {"submit_again": speak(RELEASE["again"])}
        )  # fmt: skip
    return found


def _write_form(stage: Stage, kind: Kind) -> dict[str, Any]:
    form = _form(
        stage, "write", kind.id, kind.label, placeholder=kind.placeholder, help_=kind.help, submit=kind.submit,
        max_length=kind.max_length,
    )  # fmt: skip
    return form | {
        "hint_words": list(kind.hint_words),
        "hint": kind.hint,
        "decline": kind.decline,
        "answers": list(kind.parents),
        "single": kind.single,
    }


def _form(
    stage: Stage,
    move: str,
    kind: str,
    label: str,
    *,
    placeholder: str,
    help_: str,
    submit: str,
    max_length: int,
    field: str = "",
    type_: str = "text",
) -> dict[str, Any]:
    return {
        "id": f"{stage.id}-{kind}",
        "stage": stage.id,
        "move": move,
        "kind": kind,
        "field": field,
        "type": type_,
        "label": label,
        "placeholder": placeholder,
        "help": help_,
        "submit": submit,
        "max_length": max_length,
        "hint_words": [],
        "hint": "",
        "decline": "",
        "submit_again": "",  # once something was sent
        "single": False,  # sent again, it replaces what was sent
        "answers": [],
        "parents": [],
    }
