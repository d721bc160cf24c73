import argparse
import json
from pathlib import Path

from maillage.archives.complete import restore_complete
from maillage.archives.importing import import_archive
from maillage.archives.opening import MOST_ZIP
from maillage.config.commands.carry import read_passphrase
from maillage.config.files import UnreadableFile
from maillage.config.finding import find_space
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, typo

BY = "maillage archive-import"


class WhichSpace(Exception):
    sentence = "Dites dans quel espace : --space ESPACE. Pour une archive complète : --complete."


class OwnSpace(Exception):
    sentence = "Une archive complète porte son espace : --complete va sans --space."


def run(options: argparse.Namespace) -> int:
    if bool(options.space) == bool(options.complete):
        raise OwnSpace if options.complete else WhichSpace
    prepare_tables()
    path = Path(options.file)
    return _complete(options, path) if options.complete else _public(options, path)


def _public(options: argparse.Namespace, path: Path) -> int:
    space = find_space(options.space)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_ZIP + 1)
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
    gathering = import_archive(content=content, space=space, by=BY)
    answer = {"gathering": gathering.slug, "space": space.slug}
    sentence = f"« {gathering} » est dans l’espace « {space.slug} », sous le nom court {gathering.slug}."
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else typo(sentence))
    return 0


def _complete(options: argparse.Namespace, path: Path) -> int:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
    with file:
        done = restore_complete(file=file, passphrase=read_passphrase(options), by=BY)
    answer = {
        "space": done.space.slug,
        "rows": done.rows,
        "keys": done.keys,
        "without_key": done.without_key,
        "erased": done.erased,
    }
    lines = [f"« {done.space} » est ici : {count(done.rows, 'ligne', 'lignes', zero='aucune ligne')}."]
    if done.erased:
        things = count(done.erased, "élément effacé", "éléments effacés", zero="")
        lines.append(f"Ce dont le temps est passé depuis a été effacé aussitôt : {things}.")
    if done.without_key:
        sessions = count(done.without_key, "séance n’a pas sa clé", "séances n’ont pas leur clé", zero="")
        lines.append(
            f"{sessions} : ce qui s’y est écrit n’est pas lisible. Remettez le dossier des clés (MAILLAGE_KEYS_DIR) si "
            "vous l’avez."
        )
    print(json.dumps(answer, ensure_ascii=False, indent=2) if options.json else "\n".join(map(typo, lines)))
    return 0
