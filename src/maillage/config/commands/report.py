import argparse
from collections.abc import Callable
from pathlib import Path

from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_tables
from maillage.gatherings.models import Gathering
from maillage.lib.system_errors import os_error_words
from maillage.reports.services import FORMS, make_deck, make_poster, make_report, make_summary


class CannotWrite(Exception):
    def __init__(self, path: Path, why: str) -> None:
        self.sentence = f"On ne peut pas écrire {path} : {why}."
        super().__init__(self.sentence)


class NoSuchForm(Exception):
    def __init__(self, form: str) -> None:
        self.sentence = (
            f"Ce document ne se fait pas en {form} : seuls le compte rendu et la synthèse se font en DOCX, ODT ou HTML."
        )
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> None:
    prepare_tables()
    gathering = find_gathering(options.gathering)
    path = Path(options.output)
    ending = path.suffix.lower().lstrip(".")
    form = options.format or (ending if ending in FORMS else "pdf")
    content = _made(gathering, options.document, form, rehearsal=options.rehearsal, plain=options.plain)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CannotWrite(path, os_error_words(error)) from error
    names = {
        "compte-rendu": "Compte rendu",
        "synthese": "Synthèse",
        "affiche": "Affiche",
        "diapositives": "Diapositives",
    }
    print(f"{names[options.document]} de « {gathering} » : {path}")


def _made(gathering: Gathering, document: str, form: str, *, rehearsal: bool, plain: bool) -> bytes:
    if document == "compte-rendu":
        return make_report(gathering, form=form, rehearsal=rehearsal, plain=plain)
    if document == "synthese":
        return make_summary(gathering, form=form, rehearsal=rehearsal, plain=plain)
    if form != "pdf":
        raise NoSuchForm(form.upper())
    makers: dict[str, Callable[..., bytes]] = {
        "affiche": make_poster,
        "diapositives": make_deck,
    }
    return makers[document](gathering, rehearsal=rehearsal, plain=plain)
