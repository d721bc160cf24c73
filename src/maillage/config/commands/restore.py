"""A backup put into an empty installation."""

import argparse
import json
from pathlib import Path

from django.utils import timezone

from maillage.archives.backup import restore_backup
from maillage.config.commands.carry import read_passphrase
from maillage.config.files import UnreadableFile
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, join_words, typo


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    path = Path(options.file)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
    with file:
        done = restore_backup(file=file, passphrase=read_passphrase(options))
    answer = {
        "spaces": [space.slug for space in done.spaces],
        "rows": done.rows,
        "keys": done.keys,
        "without_key": done.without_key,
        "erased": done.erased,
        "own_secret": done.own_secret,
        "at": done.mark.at.isoformat(),
        "moves": done.mark.moves,
    }
    named = join_words([f"« {space} »" for space in done.spaces])
    moment = timezone.localtime(done.mark.at)
    lines = [
        f"{named or 'Aucun espace'} : tout est ici comme le {moment:%d/%m/%Y à %H:%M:%S}, "
        f"{count(done.rows, 'ligne', 'lignes', zero='aucune ligne')}, "
        f"{count(done.mark.moves, 'geste', 'gestes', zero='aucun geste')} des séances."
    ]
    if done.erased:
        things = count(done.erased, "élément effacé", "éléments effacés", zero="")
        lines.append(f"Ce dont le temps est passé depuis a été effacé aussitôt : {things}.")
    if done.without_key:
        sessions = count(done.without_key, "séance n’a pas sa clé", "séances n’ont pas leur clé", zero="")
        lines.append(
            f"{sessions} : ce qui s’y est écrit n’est pas lisible. Remettez le dossier des clés (MAILLAGE_KEYS_DIR) si "
            "vous l’avez."
        )
    if not done.own_secret:
        lines.append(
            "MAILLAGE_SECRET_KEY est réglée : si ce n’est pas celle d’avant, les liens déjà envoyés n’ouvrent plus."
        )
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(map(typo, lines)))
    return 0
