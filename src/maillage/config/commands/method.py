"""The library's methods, and the check of a file, without a database: for whoever writes a method."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from facilitation import Method, MethodError, load_method, shipped_methods
from maillage.lib.typography import count, typo
from maillage.methods.words import minutes_words, people_words, refusal_words


class NoFile(Exception):
    sentence = "Dites quel fichier vérifier : maillage method check FICHIER.toml"


class NotText(Exception):
    def __init__(self, name: str, place: int) -> None:
        self.sentence = f"{name} n’est pas du texte en UTF-8 (octet {place}) : une méthode est un fichier TOML."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> int:
    if options.action == "list":
        return _list(options)
    if not options.file:
        raise NoFile
    return _check(options)


def _list(options: argparse.Namespace) -> int:
    methods = sorted(shipped_methods().values(), key=lambda method: method.id)
    if options.json:
        print(json.dumps([_facts(method) for method in methods], ensure_ascii=False, indent=2))
        return 0
    width = max(len(method.id) for method in methods)
    for method in methods:
        about = ", ".join(filter(None, (minutes_words(method), people_words(method))))
        print(typo(f"{method.id:{width}}  {method.title} ({about})"))
    return 0


def _check(options: argparse.Namespace) -> int:
    try:
        source = Path(options.file).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotText(options.file, error.start + 1) from None
    try:
        method = load_method(source, name=options.file)
    except MethodError as error:
        if options.json:
            problems = [problem._asdict() for problem in error.problems]
            print(json.dumps({"sound": False, "problems": problems}, ensure_ascii=False, indent=2))
        else:
            for problem in error.problems:
                where = ", ".join(
                    filter(None, (problem.file, f"ligne {problem.line}" if problem.line else "", problem.key))
                )
                print(f"{where} : {refusal_words(problem.sentence)}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"sound": True, "problems": [], "method": _facts(method)}, ensure_ascii=False, indent=2))
    else:
        stages = count(len(method.stages), "étape", "étapes", zero="aucune étape")
        print(typo(f"{options.file} : rien à corriger. « {method.title} », {stages}, {minutes_words(method)}."))
    return 0


def _facts(method: Method) -> dict[str, object]:
    return {
        "id": method.id,
        "version": method.version,
        "title": method.title,
        "summary": method.summary,
        "people_min": method.people_min,
        "people_max": method.people_max,
        "minutes": {preset.id: sum(_minutes(method, preset.minutes).values()) for preset in method.presets.values()}
        or {"": sum(_minutes(method, {}).values())},
        "stages": [
            {"id": stage.id, "title": stage.title, "activity": stage.activity, "minutes": stage.minutes}
            for stage in method.stages.values()
        ],
    }


def _minutes(method: Method, preset: Mapping[str, float]) -> dict[str, float]:
    return {stage.id: stage.minutes for stage in method.stages.values() if not stage.optional} | dict(preset)
