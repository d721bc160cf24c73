import argparse
from pathlib import Path

from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.reports.services import make_report


class CannotWrite(Exception):
    def __init__(self, path: Path, why: str) -> None:
        self.sentence = f"On ne peut pas écrire {path} : {why}."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> None:
    prepare_tables()
    gathering = find_gathering(options.gathering)
    pdf = make_report(gathering, rehearsal=options.rehearsal)
    path = Path(options.output)
    try:
        path.write_bytes(pdf)
    except OSError as error:
        raise CannotWrite(path, os_error_words(error)) from error
    print(f"Compte rendu de « {gathering} » : {path}")
