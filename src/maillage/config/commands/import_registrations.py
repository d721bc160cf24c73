import argparse
import json
from dataclasses import asdict

from maillage.config.files import read_file
from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_tables
from maillage.registrations.imports import import_registrations


def run(options: argparse.Namespace) -> int:
    """Exit code 1 when rows were left for a person to decide: they are listed, and nothing was guessed."""
    prepare_tables()
    content, filename = read_file(options.file)
    result = import_registrations(
        gathering=find_gathering(options.gathering), content=content, filename=filename, by="ligne de commande"
    )
    if options.json:
        print(json.dumps(asdict(result) | {"sentence": result.sentence}, ensure_ascii=False, indent=2))
    else:
        print(result.sentence)
        if result.doubts:
            print("À vérifier (dans le navigateur, page « Importer des inscriptions ») :")
            print("\n".join(f"  {doubt}" for doubt in result.doubts))
    return 1 if result.doubts else 0
