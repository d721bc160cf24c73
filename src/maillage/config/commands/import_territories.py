import argparse
import json
from dataclasses import asdict
from pathlib import Path

from maillage.config.files import UnreadableFile
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.lib.typography import count, join_words, typo
from maillage.territories.importing import Imported
from maillage.territories.reading import MOST_BYTES
from maillage.territories.services import import_territories


def run(options: argparse.Namespace) -> int:
    given = [read_file(Path(name)) for name in options.files]
    prepare_tables()
    imported = import_territories(
        given, title=options.title, producer=options.producer, licence=options.licence, published=options.date
    )
    print(json.dumps(asdict(imported), indent=2) if options.json else typo(sentence(imported)))
    return 0


def sentence(imported: Imported) -> str:
    said = [
        count(imported.regions, "région", "régions", zero=""),
        count(imported.departments, "département", "départements", zero=""),
        count(imported.epcis, "intercommunalité", "intercommunalités", zero=""),
        count(imported.communes, "commune", "communes", zero=""),
        count(imported.qpvs, "quartier prioritaire", "quartiers prioritaires", zero=""),
        count(imported.landmarks, "lieu", "lieux", zero=""),
        count(imported.outlines, "contour", "contours", zero=""),
    ]
    return f"Importé : {join_words([words for words in said if words], last='et')}."


def read_file(path: Path) -> tuple[str, bytes]:
    try:
        if path.stat().st_size > MOST_BYTES:
            limit = MOST_BYTES // 1_000_000
            raise UnreadableFile(
                path, f"plus de {limit} Mo : prenez le fichier d’une région, ou des contours simplifiés"
            )
        return path.name, path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFile(path, "ce fichier n’existe pas") from None
    except IsADirectoryError:
        raise UnreadableFile(path, "c’est un dossier") from None
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error
