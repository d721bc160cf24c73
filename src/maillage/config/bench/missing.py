"""What a measure needs from outside the project, and does not find: a sentence, not a traceback."""

from pathlib import Path

MAKER = "gatherings/make_days.py"


class NoDays(Exception):
    def __init__(self, folder: Path) -> None:
        self.sentence = f"Les journées inventées manquent : {folder / MAKER} n’existe pas (--instances DOSSIER)."
        super().__init__(self.sentence)


class NoPeer(Exception):
    def __init__(self, python: Path) -> None:
        self.sentence = (
            f"Les autres outils ne répondent pas : {python} (--peers PYTHON, l’environnement de make peers)."
        )
        super().__init__(self.sentence)
