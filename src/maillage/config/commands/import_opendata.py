import argparse
import json
from pathlib import Path

from maillage.atlas.opendata.importing import import_open_data
from maillage.config.commands.import_territories import read_file
from maillage.config.finding import find_space
from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, join_words, typo


def run(options: argparse.Namespace) -> int:
    given = [read_file(Path(name)) for name in options.files]
    prepare_tables()
    numbers = import_open_data(space=find_space(options.space), given=given, by="maillage import-opendata")
    print(json.dumps(numbers, indent=2) if options.json else typo(sentence(numbers)))
    return 0


def sentence(numbers: dict[str, int]) -> str:
    said = [f"{name} ({count(number, 'ligne', 'lignes', zero='vide')})" for name, number in sorted(numbers.items())]
    return f"Importé : {join_words(said, last='et')}."
