"""A gathering on its way to the server of a room, and back: docs/exploitation/salle-sans-internet.md."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from maillage.config.files import UnreadableFile
from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_tables
from maillage.gatherings.models import Gathering
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, typo
from maillage.trips.queries import born_here
from maillage.trips.sealing import clean_passphrase, make_passphrase
from maillage.trips.services import carry_back, carry_in, carry_out

BY = "ligne de commande"


class Missing(Exception):
    def __init__(self, what: str) -> None:
        self.sentence = f"Dites {what} (maillage carry --help)."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    ACTIONS[options.action](options)
    return 0


def _out(options: argparse.Namespace) -> None:
    gathering = find_gathering(_thing(options, "quelle rencontre emporter"))
    if not options.output:
        raise Missing("dans quel fichier l’écrire : -o FICHIER")
    typed = options.ask or options.passphrase_file
    passphrase = read_passphrase(options) if typed else make_passphrase()
    done = carry_out(gathering=gathering, path=Path(options.output), passphrase=passphrase, by=BY)
    answer: dict[str, Any] = {
        "file": str(done.path),
        "bytes": done.size,
        "sessions": done.sessions,
        "moves": done.moves,
        "again": done.again,
        "home": done.home,
    }
    sessions = count(done.sessions, "séance", "séances", zero="aucune séance")
    moves = count(done.moves, "geste", "gestes", zero="aucun geste")
    lines = [typo(f"« {gathering} » est dans {done.path} : {sessions}, {moves}, {done.size / 1_000_000:.1f} Mo.")]
    if done.again:
        lines.append(typo("Elle était déjà partie : c’est le même trajet, écrit de nouveau, pour un seul serveur."))
    if not typed:
        answer["passphrase"] = passphrase
        lines.append(typo(f"Phrase de passe, dite une seule fois : {passphrase}"))
    where = "son serveur d’origine" if done.home else "le serveur de la salle"
    lines.append(typo(f"Ici, ses séances n’acceptent plus rien. Sur {where} : maillage carry in {done.path.name}"))
    _say(options, lines, answer)


def _in(options: argparse.Namespace) -> None:
    path = Path(_thing(options, "quel fichier importer"))
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
    with file:
        done = carry_in(file=file, passphrase=read_passphrase(options), by=BY)
    answer = {
        "gathering": done.gathering.slug,
        "already": done.already,
        "home": done.back,
        "sessions": done.sessions,
        "moves": done.new_moves,
        "said": done.said,
    }
    if done.already:
        lines = [typo(f"Ce fichier est déjà importé : rien n’a changé pour « {done.gathering} ».")]
    else:
        sessions = count(done.sessions, "séance", "séances", zero="aucune séance")
        moves = count(done.new_moves, "geste nouveau", "gestes nouveaux", zero="aucun geste nouveau")
        came = "est de retour" if done.back else "est ici"
        lines = [typo(f"« {done.gathering} » {came} : {sessions}, {moves}. Ses séances se jouent sur ce serveur.")]
        lines += [typo(f"  À voir : {sentence}") for sentence in done.said]
        if not done.back:
            lines.append(typo("Pour la rapporter le soir : maillage carry out " + done.gathering.slug + " -o FICHIER"))
    _say(options, lines, answer)


def _back(options: argparse.Namespace) -> None:
    gathering = carry_back(gathering=find_gathering(_thing(options, "quelle rencontre reprendre")), by=BY)
    lines = [
        f"« {gathering} » est reprise ici : ses séances se jouent de nouveau sur ce serveur.",
        "Ce qui a été fait sur l’autre serveur depuis son départ ne sera plus accepté, même s’il revient.",
    ]
    _say(options, [typo(line) for line in lines], {"gathering": gathering.slug, "generation": gathering.generation})


def _status(options: argparse.Namespace) -> None:
    rows = [find_gathering(options.thing)] if options.thing else list(Gathering.objects.order_by("slug"))
    lines, answers = [], []
    for gathering in rows:
        away = gathering.away_since
        own = born_here(gathering)
        if away is not None:
            moment = timezone.localtime(away)
            gone = "est emportée" if own else "est repartie vers son serveur d’origine"
            lines.append(typo(f"« {gathering} » {gone} depuis le {moment:%d/%m/%Y à %H:%M}."))
        else:
            lines.append(typo(f"« {gathering} » est ici{'' if own else ', venue d’un autre serveur'}."))
        answers.append({"gathering": gathering.slug, "away": away is not None, "born_here": own})
    _say(options, lines or ["Aucune rencontre n’est encore enregistrée."], answers)


ACTIONS: dict[str, Callable[[argparse.Namespace], None]] = {"out": _out, "in": _in, "back": _back, "status": _status}


def _thing(options: argparse.Namespace, what: str) -> str:
    if not options.thing:
        raise Missing(what)
    return str(options.thing)


def read_passphrase(options: argparse.Namespace) -> str:
    """Never an argument of the command: a list of processes shows those."""
    if options.passphrase_file:
        try:
            return clean_passphrase(Path(options.passphrase_file).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            why = os_error_words(error) if isinstance(error, OSError) else "ce n’est pas du texte"
            raise UnreadableFile(Path(options.passphrase_file), why) from error
    if sys.stdin.isatty():
        return clean_passphrase(getpass.getpass(typo("Phrase de passe : ")))
    return clean_passphrase(sys.stdin.readline())


def _say(options: argparse.Namespace, lines: list[str], answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(lines))
