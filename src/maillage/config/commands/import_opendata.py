import argparse
import json
from pathlib import Path

from maillage.atlas.opendata.importing import import_open_data
from maillage.config.commands.import_territories import read_file
from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, join_words, typo
from maillage.people.models import Space


class UnknownSpace(Exception):
    def __init__(self, slug: str) -> None:
        known = ", ".join(Space.objects.order_by("slug").values_list("slug", flat=True)) or "aucun"
        self.sentence = f"L’espace « {slug} » n’existe pas ; ceux qui existent : {known}."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> int:
    given = [read_file(Path(name)) for name in options.files]
    prepare_tables()
    space = Space.objects.filter(slug=options.space).first()
    if space is None:
        raise UnknownSpace(options.space)
    numbers = import_open_data(space=space, given=given, by="maillage import-opendata")
    print(json.dumps(numbers, indent=2) if options.json else typo(sentence(numbers)))
    return 0


def sentence(numbers: dict[str, int]) -> str:
    said = [f"{name} ({count(number, 'ligne', 'lignes', zero='vide')})" for name, number in sorted(numbers.items())]
    return f"Importé : {join_words(said, last='et')}."
