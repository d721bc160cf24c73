"""How a line of command is read: argparse in French, options anywhere, and the kinds of values there are."""

import argparse
import difflib
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from maillage.config.bench.measures import MEASURES
from maillage.lib.typography import typo

MOST_WORKERS = 64  # processes; each holds some nine connections of PostgreSQL

# argparse speaks English only, through a gettext of its own; these are the sentences a user of ours can meet.
FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "à donner\u00a0",
    "options": "options\u00a0",
    "show this help message and exit": "montre cette aide",
    "the following arguments are required: %s": "il manque %s",
    "unrecognized arguments: %s": "en trop : %s",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "on attend une valeur",
    "expected at most one argument": "on attend une valeur au plus",
    "expected at least one argument": "on attend au moins une valeur",
    "expected %s argument": "on attend %s valeur",
    "expected %s arguments": "on attend %s valeurs",
    "not allowed with argument %s": "ne va pas avec %s",
    "ignored explicit argument %r": "on n’attend pas de valeur, et voilà %r",
    "one of the arguments %s is required": "il faut l’un de : %s",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s peut vouloir dire %(matches)s",
    "unexpected option string: %s": "option inattendue : %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’existe pas (au choix : %(choices)s)",
    "invalid %(type)s value: %(value)r": "« %(value)s » n’est pas une valeur possible",
}


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, typo(f"{self.prog} : {message}\nAide : {self.prog} --help\n"))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # argparse has five shapes of it
        """Options may stand anywhere. argparse takes a positional that may be left out for absent as soon as an option
        stands before it: « method check --json FICHIER » lost its file."""
        if args is not None and self._subparsers is None:
            args = self._options_first(list(args))
        return super().parse_known_args(args, namespace)

    def _options_first(self, given: list[str]) -> list[str]:
        options: list[str] = []
        others: list[str] = []
        while given:
            word = given.pop(0)
            if word == "--":
                return [*options, *others, word, *given]
            if not word.startswith("-") or word == "-":
                others.append(word)
                continue
            options.append(word)
            meant = [name for name in self._option_string_actions if name == word or name.startswith(word)]
            if meant and self._option_string_actions[min(meant, key=len)].nargs is None:
                if not given:
                    return [*others, *options]  # its value is missing: argparse says so
                options.append(given.pop(0))
        return [*options, *others]


def whole_number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre entier")


def positive_number(text: str) -> int:
    number = whole_number(text)
    if number:
        return number
    raise argparse.ArgumentTypeError("on attend un nombre plus grand que zéro")


def workers_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_WORKERS:
        return int(text)
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre de processus (1 à {MOST_WORKERS})")


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port (0 à 65535)")


def percent(text: str) -> float:
    try:
        number = float(text.replace(",", ".").removesuffix("%"))
    except ValueError:
        number = 0
    if 0 < number <= 100:
        return number
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un pourcentage (plus que 0, 100 au plus)")


def measure_name(text: str) -> str:
    if text in MEASURES:
        return text
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas une mesure{nearest(text, MEASURES)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """What follows a name nobody knows: the one that was meant, or all of them."""
    choices = list(known)
    close = difflib.get_close_matches(word, choices, n=1)
    return f". Vouliez-vous dire « {close[0]} » ?" if close else f" (au choix : {', '.join(choices)})"
