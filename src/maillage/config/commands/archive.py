"""What remains of a gathering, for anybody; or all of a space, for its own backup."""

import argparse
import json
from pathlib import Path

from maillage.archives.complete import write_complete
from maillage.archives.package import write_archive
from maillage.config.commands.carry import read_passphrase
from maillage.config.finding import find_gathering, find_space
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, typo
from maillage.trips.sealing import make_passphrase

BY = "maillage archive"


class Missing(Exception):
    sentence = "Dites quelle rencontre archiver, ou --complete ESPACE (maillage archive --help)."


class OnlyComplete(Exception):
    sentence = (
        "--with-keys, --ask et --passphrase-file vont avec --complete : l’archive d’une rencontre n’a pas de secret."
    )


class Unwritable(Exception):
    def __init__(self, path: Path, why: str) -> None:
        self.sentence = f"On ne peut pas écrire {path} : {why}."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> int:
    if bool(options.gathering) == bool(options.complete):
        raise Missing
    if not options.complete and (options.with_keys or options.ask or options.passphrase_file):
        raise OnlyComplete
    prepare_tables()
    path = Path(options.output)
    if options.complete:
        return _complete(options, path)
    gathering = find_gathering(options.gathering)
    content = write_archive(gathering)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Unwritable(path, "il existe déjà, et n’est pas remplacé") from None
    except OSError as error:
        raise Unwritable(path, os_error_words(error)) from error
    answer = {"file": str(path), "bytes": len(content), "gathering": gathering.slug}
    sentence = (
        f"« {gathering} » est dans {path} ({len(content) / 1000:.0f} ko), sous Licence Ouverte 2.0, sans aucun nom."
    )
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else typo(sentence))
    return 0


def _complete(options: argparse.Namespace, path: Path) -> int:
    space = find_space(options.complete)
    typed = options.ask or options.passphrase_file
    passphrase = read_passphrase(options) if typed else make_passphrase()
    done = write_complete(space=space, path=path, passphrase=passphrase, with_keys=options.with_keys, by=BY)
    answer = {"file": str(path), "bytes": done.size, "rows": done.rows, "keys": done.keys}
    lines = [
        f"« {space} » est dans {path} : {count(done.rows, 'ligne', 'lignes', zero='aucune ligne')}, "
        f"{done.size / 1_000_000:.1f} Mo, chiffrés. Ce fichier contient des noms : gardez-le comme on garde une liste "
        "d’inscrits."
    ]
    if options.with_keys:
        lines.append(
            f"Les clés des séances y sont ({done.keys}) : qui l’ouvre lit ce qui s’est écrit dans les salles. "
            "Détruisez-le avant l’effacement de ces séances, trente jours après la rencontre."
        )
    else:
        lines.append(
            "Les clés des séances n’y sont pas (--with-keys) : ce qui s’est écrit dans les salles n’y est pas lisible. "
            "Elles sont dans le dossier des clés (MAILLAGE_KEYS_DIR)."
        )
    if not typed:
        answer["passphrase"] = passphrase
        lines.append(f"Phrase de passe, dite une seule fois : {passphrase}")
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(map(typo, lines)))
    return 0
