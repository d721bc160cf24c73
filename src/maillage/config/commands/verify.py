"""Is this backup whole? Or, without a file: is what this installation holds consistent?"""

import argparse
import json
from pathlib import Path

from django.utils import timezone

from maillage.archives.backup import verify_backup
from maillage.archives.consistency import faults_here
from maillage.config.commands.carry import read_passphrase
from maillage.config.files import UnreadableFile
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, typo

SOUND = "Ce que cette installation contient se tient : liens entre les lignes, gestes des séances, clés."


def run(options: argparse.Namespace) -> int:
    return _file(options, Path(options.file)) if options.file else _here(options)


def _file(options: argparse.Namespace, path: Path) -> int:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
    with file:
        found = verify_backup(file=file, passphrase=read_passphrase(options))
    answer = {
        "version": found.version,
        "spaces": found.spaces,
        "rows": found.rows,
        "keys": found.keys,
        "at": found.mark.at.isoformat(),
        "moves": found.mark.moves,
    }
    moment = timezone.localtime(found.mark.at)
    sentence = (
        f"Cette sauvegarde est entière : {count(found.spaces, 'espace', 'espaces', zero='aucun espace')}, "
        f"{count(found.rows, 'ligne', 'lignes', zero='aucune ligne')}, et tous les gestes des séances jusqu’au "
        f"{moment:%d/%m/%Y à %H:%M:%S} ({found.mark.moves}). Elle se remet avec Maillage {found.version}."
    )
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else typo(sentence))
    return 0


def _here(options: argparse.Namespace) -> int:
    prepare_tables()
    faults = faults_here()
    if options.json:
        print(json.dumps({"sound": not faults, "faults": faults}, ensure_ascii=False, indent=2))
    else:
        for sentence in faults or [
            "Ce que cette installation contient se tient : liens entre les lignes, gestes des séances, clés."
        ]:
            print(typo(sentence))
    return 1 if faults else 0
