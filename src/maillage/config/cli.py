"""The command `maillage`. Exit codes: 0 done, 1 refused (a sentence says why), 2 wrong usage."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import django

from maillage.config.bench.measures import MEASURES
from maillage.config.environment import BadSetting

DEFAULT_PORT = 8000

COMMANDS = {
    "demo": "la journée du 2 octobre 2025, prête à jouer",
    "serve": "sert l’installation",
    "import-gathering": "importe un fichier de rencontres (TOML)",
    "import-registrations": "importe un fichier d’inscriptions (CSV ou XLSX)",
    "plan": "répartit les inscrits dans les ateliers et les tables",
    "rehearse": "joue la journée avec des robots",
    "report": "écrit le compte rendu d’une rencontre",
    "doctor": "vérifie que cette installation est saine",
    "sign-in-link": "donne un lien de connexion à une personne de l’équipe",
    "bench": "mesure, à côté d’une référence",
}

# argparse speaks English only; these are the sentences a user of ours can meet.
FRENCH = {
    "usage: ": "usage : ",
    "positional arguments": "arguments ",
    "options": "options ",
    "show this help message and exit": "montre cette aide",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "the following arguments are required: %s": "il manque : %s",
    "unrecognized arguments: %s": "argument inconnu : %s",
    "argument %(argument_name)s: %(message)s": "argument %(argument_name)s : %(message)s",
    "expected one argument": "on attend une valeur",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’existe pas (au choix : %(choices)s)",
    "invalid %(type)s value: %(value)r": "« %(value)s » n’est pas une valeur possible",
}


def whole_number(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un nombre entier")


def positive_number(text: str) -> int:
    number = whole_number(text)
    if number:
        return number
    raise argparse.ArgumentTypeError("on attend un nombre plus grand que zéro")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # argparse declares NoReturn: exit() never returns
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog} : {message}\nAide : {self.prog} --help\n")


def port_number(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas un port (0 à 65535)")


def measure_name(text: str) -> str:
    if text in MEASURES:
        return text
    raise argparse.ArgumentTypeError(f"« {text} » n’est pas une mesure (au choix : {', '.join(MEASURES)})")


def make_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="maillage",
        description="Prépare, fait vivre et garde en mémoire les journées de coopération de la politique de la ville.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="commande", parser_class=Parser)
    subs = {}
    for name, help_text in COMMANDS.items():
        sub = subparsers.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        sub.add_argument("--data", metavar="DOSSIER", help="les données (sinon MAILLAGE_DATA_DIR, sinon ./data)")
        subs[name] = sub
    for name in ("demo", "serve"):
        subs[name].add_argument("--host", default="127.0.0.1", metavar="ADRESSE", help="0.0.0.0 : réseau de la salle")
        subs[name].add_argument("--port", type=port_number, default=DEFAULT_PORT, help=f"{DEFAULT_PORT} par défaut")
    subs["demo"].add_argument("--reset", action="store_true", help="efface les données et recommence")
    subs["demo"].add_argument("--no-serve", action="store_true", help="prépare la journée, puis rend la main")
    subs["import-gathering"].add_argument("file", metavar="FICHIER.toml")
    subs["import-gathering"].add_argument("--assumptions", metavar="FICHIER.toml", help="places et tables supposées")
    subs["import-registrations"].add_argument("gathering", metavar="RENCONTRE", help="son nom court : jr-2025")
    subs["import-registrations"].add_argument("file", metavar="FICHIER")
    subs["plan"].add_argument("gathering", metavar="RENCONTRE")
    subs["plan"].add_argument("--seed", type=whole_number, default=0, help="même graine, même résultat")
    subs["plan"].add_argument("--publish", action="store_true", help="publie aussitôt")
    subs["rehearse"].add_argument("gathering", metavar="RENCONTRE")
    subs["rehearse"].add_argument("--url", help="un serveur qui tourne ; sinon, le sien sur une copie des données")
    subs["rehearse"].add_argument(
        "--speed", type=positive_number, default=300, help="secondes de méthode par seconde (300)"
    )
    subs["rehearse"].add_argument("--seed", type=whole_number, default=0, help="même graine, mêmes gestes")
    subs["rehearse"].add_argument("--code", help="sans les données : le code d’une séance (KAVU72)")
    subs["rehearse"].add_argument("--facilitator-code", metavar="CODE", help="sans les données : son code d’animation")
    subs["rehearse"].add_argument("--erase", action="store_true", help="efface la répétition de cette rencontre")
    subs["report"].add_argument("gathering", metavar="RENCONTRE")
    subs["report"].add_argument("--rehearsal", action="store_true", help="celui de la répétition")
    subs["report"].add_argument("--format", choices=["pdf"], default="pdf")
    subs["report"].add_argument("-o", "--output", metavar="FICHIER", required=True)
    subs["sign-in-link"].add_argument("email", metavar="ADRESSE", help="l’adresse électronique de la personne")
    subs["sign-in-link"].add_argument(
        "--organise", metavar="ESPACE", help="lui confie cet espace (son nom court), fait s’il n’existe pas"
    )
    subs["sign-in-link"].add_argument("--url", help="l’adresse du serveur, telle que la personne la tape")
    subs["bench"].add_argument(
        "names", nargs="*", metavar="MESURE", type=measure_name, help=f"{', '.join(MEASURES)} ; sans nom : toutes"
    )
    subs["bench"].add_argument("--repeat", type=positive_number, default=3, help="fois ; on garde la médiane (3)")
    subs["bench"].add_argument("--phones", type=positive_number, help="téléphones de « fanout » (200)")
    subs["bench"].add_argument("--quick", action="store_true", help="petit et sans valeur : pour voir que tout marche")
    for name in ("import-gathering", "import-registrations", "plan", "rehearse", "doctor", "bench"):
        subs[name].add_argument("--json", action="store_true", help="une réponse qu’une machine lit")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    argparse._ = lambda text: FRENCH.get(text, text)  # type: ignore[attr-defined]  # its own gettext hook, without a catalogue
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    if options.data:
        os.environ["MAILLAGE_DATA_DIR"] = options.data
    if options.command == "demo":
        os.environ["MAILLAGE_DEMO"] = "oui"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    try:
        django.setup()  # the settings are read here, once the options are known
        command = importlib.import_module(f"maillage.config.commands.{options.command.replace('-', '_')}")
        return command.run(options) or 0
    except BadSetting as refusal:
        print(refusal.sentence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # « maillage … | head »: nobody reads any more
        return 0
    except Exception as error:  # the edge of the process: a refusal is said in its words, the rest is ours
        sentence = getattr(error, "sentence", None)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 1
