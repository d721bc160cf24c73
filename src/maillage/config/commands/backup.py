"""The whole installation in one file: docs/guides/exploitation.md, « Sauvegarder »."""

import argparse
import json
from pathlib import Path

from django.utils import timezone

from maillage.archives.backup import write_backup
from maillage.config.commands.carry import read_passphrase
from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, typo
from maillage.trips.sealing import make_passphrase


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    typed = options.ask or options.passphrase_file
    passphrase = read_passphrase(options) if typed else make_passphrase()
    done = write_backup(path=Path(options.output), passphrase=passphrase, with_keys=options.with_keys)
    moment = timezone.localtime(done.mark.at)
    megabytes = f"{done.size / 1_000_000:.1f}".replace(".", ",")
    answer = {
        "file": str(done.path),
        "bytes": done.size,
        "rows": done.rows,
        "keys": done.keys,
        "at": done.mark.at.isoformat(),
        "moves": done.mark.moves,
    }
    lines = [
        f"Tout est dans {done.path} : {count(done.rows, 'ligne', 'lignes', zero='aucune ligne')}, "
        f"{count(done.mark.moves, 'geste', 'gestes', zero='aucun geste')} des séances, {megabytes} Mo, "
        f"chiffrés, tels qu’ils étaient le {moment:%d/%m/%Y à %H:%M:%S}. Ce fichier contient des noms."
    ]
    if options.with_keys:
        lines.append(
            f"Les clés des séances y sont ({done.keys}) : qui l’ouvre lit ce qui s’est écrit dans les salles. "
            "Détruisez-le avant l’effacement de ces séances, trente jours après la rencontre."
        )
    else:
        lines.append(
            "Les clés des séances n’y sont pas (--with-keys) : copiez à part le dossier des clés "
            "(MAILLAGE_KEYS_DIR), et gardez cette copie moins longtemps."
        )
    if not typed:
        answer["passphrase"] = passphrase
        lines.append(f"Phrase de passe, dite une seule fois : {passphrase}")
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(map(typo, lines)))
    return 0
