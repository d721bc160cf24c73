import argparse
import datetime as dt
from pathlib import Path

from maillage.config.finding import find_group
from maillage.config.installation import prepare_tables
from maillage.lib.system_errors import os_error_words
from maillage.reports.change_story import describe_period
from maillage.reports.services import FORMS, set_document


class BadDay(Exception):
    def __init__(self, said: str) -> None:
        self.sentence = f"« {said} » n’est pas une date : on l’écrit 2026-01-31."
        super().__init__(self.sentence)


class CannotWrite(Exception):
    def __init__(self, path: Path, why: str) -> None:
        self.sentence = f"On ne peut pas écrire {path} : {why}."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> None:
    prepare_tables()
    group = find_group(options.group)
    path = Path(options.output)
    ending = path.suffix.lower().lstrip(".")
    form = options.format or (ending if ending in FORMS else "pdf")
    document = describe_period(group, since=_day(options.since), until=_day(options.until), public=options.public)
    content = set_document(document, form)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CannotWrite(path, os_error_words(error)) from error
    print(f"Récit de « {group} » : {path}")


def _day(said: str | None) -> dt.date | None:
    if not said:
        return None
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise BadDay(said) from None
