"""What the command `maillage` accepts, said in French from end to end."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from maillage.config.bench.measures import MEASURES
from maillage.config.command_words import COMMANDS
from maillage.config.parsing import (
    FRENCH,
    Parser,
    measure_name,
    nearest,
    percent,
    port_number,
    positive_number,
    whole_number,
    workers_number,
)
from maillage.lib.typography import typo

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options. A wrong usage ends the process with 2, after a sentence that says what was meant."""
    # argparse's own gettext hooks, which it fills without a catalogue
    argparse._ = lambda text: FRENCH.get(text, text)  # type: ignore[attr-defined]
    argparse.ngettext = lambda one, many, n: FRENCH.get(one if n < 2 else many, many)  # type: ignore[attr-defined]
    parser, commands = make_parser()
    given = list(sys.argv[1:] if arguments is None else arguments)
    named = next((word for word in given if not word.startswith("-")), None)
    if named is not None and named not in commands:
        parser.error(f"la commande « {named} » n’existe pas{nearest(named, commands)}")
    options: argparse.Namespace
    options, rest = parser.parse_known_args(given)
    if rest:
        command = commands.get(options.command, parser)
        option = rest[0].partition("=")[0]
        known = re.findall(r"--[a-z-]+", command.format_usage())
        command.error(f"« {' '.join(rest)} » est en trop{nearest(option, known) if option.startswith('-') else ''}")
    if options.command is None:
        parser.print_help()
        parser.exit(2)
    return options


def make_parser() -> tuple[Parser, dict[str, Parser]]:
    parser = Parser(
        prog="maillage",
        description="Prépare, fait vivre et garde en mémoire les journées de coopération de la politique de la ville.",
        epilog=typo("« maillage COMMANDE --help » dit ce qu’attend une commande."),
    )
    parser.add_argument(
        "--version", action="version", version=f"maillage {version('maillage')}", help="dit quelle version c’est"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMANDE", parser_class=Parser, title="commandes\u00a0")
    commands: dict[str, Parser] = {}
    for name, (line, description) in COMMANDS.items():
        commands[name] = subparsers.add_parser(name, help=line, description=typo(description))
    for name, command in commands.items():
        PARTS[name](command)
        if name not in ("demo", "serve", "report", "change-report", "sign-in-link", "rights"):
            command.add_argument("--json", action="store_true", help="une réponse qu’une machine lit")
        if name != "bench":
            command.add_argument(
                "--data", metavar="DOSSIER", help="où sont les données ; sinon MAILLAGE_DATA_DIR, sinon ./data"
            )
    return parser, commands


def _gathering(command: Parser, help_text: str = "son nom court, par exemple jr-2025") -> None:
    command.add_argument("gathering", metavar="RENCONTRE", help=help_text)


def _address(command: Parser) -> None:
    command.add_argument(
        "--host", default=DEFAULT_HOST, metavar="ADRESSE", help="0.0.0.0 sert tout le réseau de la salle"
    )
    command.add_argument(
        "--port", type=port_number, default=DEFAULT_PORT, metavar="PORT", help=f"{DEFAULT_PORT} si rien n’est dit"
    )


def _serve(command: Parser) -> None:
    _address(command)
    command.add_argument(
        "--workers",
        type=workers_number,
        default=1,
        metavar="NOMBRE",
        help="combien de processus servent, un par cœur au plus ; plusieurs demandent PostgreSQL (1)",
    )
    command.add_argument(
        "--room", action="store_true", help="serveur de salle : tout le réseau de la salle, sans internet"
    )
    command.add_argument("--wifi-name", metavar="NOM", help="avec --room : le nom du Wi-Fi, pour le QR à scanner")
    command.add_argument("--wifi-password", metavar="MOT", help="avec --room : son mot de passe")
    command.add_argument("--tls", action="store_true", help="avec --room : chiffre, par un certificat fait ici")


def _seed(command: Parser, help_text: str) -> None:
    command.add_argument("--seed", type=whole_number, default=0, metavar="GRAINE", help=help_text)


def _demo(command: Parser) -> None:
    _address(command)
    command.add_argument("--reset", action="store_true", help="efface les données et recommence")
    command.add_argument("--no-serve", action="store_true", help="prépare la journée, puis rend la main")


def _import_gathering(command: Parser) -> None:
    command.add_argument("file", metavar="FICHIER.toml", help="le fichier ; docs/gatherings.md dit comment l’écrire")
    command.add_argument(
        "--assumptions", metavar="FICHIER.toml", help="les places et les tables que le fichier ne dit pas"
    )


def _import_registrations(command: Parser) -> None:
    _gathering(command)
    command.add_argument("file", metavar="FICHIER", help="le fichier d’inscriptions, CSV ou XLSX")


def _import_contracts(command: Parser) -> None:
    command.add_argument("space", metavar="ESPACE", help="son nom court, par exemple grand-est")
    command.add_argument("file", metavar="FICHIER", help="le fichier de contrats, CSV ou XLSX")


def _import_territories(command: Parser) -> None:
    command.add_argument("files", nargs="+", metavar="FICHIER", help="GeoJSON, JSON, CSV, ou un zip de ceux-là")
    command.add_argument(
        "--title", default="", metavar="TITRE", help="le nom de ce jeu de données ; sinon, des fichiers"
    )
    command.add_argument("--producer", default="", metavar="QUI", help="qui le produit : ANCT, IGN, Insee…")
    command.add_argument("--licence", default="", metavar="LICENCE", help="par exemple « Licence Ouverte 2.0 »")
    command.add_argument("--date", default="", metavar="DATE", help="de sa publication : AAAA, AAAA-MM ou AAAA-MM-JJ")


def _import_opendata(command: Parser) -> None:
    command.add_argument(
        "files", nargs="+", metavar="FICHIER", help="CSV, JSON ou GeoJSON pris sur une page « données »"
    )
    command.add_argument("--space", required=True, metavar="ESPACE", help="le nom court de l’espace qui les reçoit")


def _territories(command: Parser) -> None:
    command.add_argument("--region", default="44", metavar="CODE", help="code Insee de la région (44 : Grand Est)")


def _plan(command: Parser) -> None:
    _gathering(command)
    _seed(command, "un nombre ; le même donne la même répartition (0)")
    command.add_argument("--publish", action="store_true", help="publie aussitôt")


def _rehearse(command: Parser) -> None:
    _gathering(command)
    command.add_argument("--url", metavar="SERVEUR", help="l’adresse d’un serveur qui tourne déjà")
    command.add_argument(
        "--speed",
        type=positive_number,
        default=300,
        metavar="VITESSE",
        help="combien de fois plus vite que la vraie journée ; 300 sinon : une heure en 12 secondes",
    )
    _seed(command, "un nombre ; le même donne les mêmes gestes (0)")
    command.add_argument(
        "--code", metavar="CODE", help="celui d’une séance, quand les données ne sont pas lisibles d’ici"
    )
    command.add_argument("--facilitator-code", metavar="CODE", help="le code d’animation de cette séance")
    command.add_argument("--erase", action="store_true", help="efface la répétition de cette rencontre")


def _report(command: Parser) -> None:
    _gathering(command)
    command.add_argument("--rehearsal", action="store_true", help="celui de la répétition")
    command.add_argument(
        "--document",
        choices=["compte-rendu", "synthese", "affiche", "diapositives"],
        default="compte-rendu",
        help="lequel ; le compte rendu s’il n’est pas dit",
    )
    command.add_argument("--format", choices=["pdf", "docx", "odt", "html"], help="sinon, la fin du nom du fichier")
    command.add_argument("--plain", action="store_true", help="sans le logo ni la couleur de l’espace")
    command.add_argument("-o", "--output", metavar="FICHIER", required=True, help="le fichier à écrire")


def _change_report(command: Parser) -> None:
    command.add_argument("group", metavar="NOYAU", help="son nom court, par exemple demo")
    command.add_argument("--since", metavar="DATE", help="le premier jour, comme 2026-01-31 ; sinon il y a un an")
    command.add_argument("--until", metavar="DATE", help="le dernier jour ; sinon aujourd’hui")
    command.add_argument("--public", action="store_true", help="sans nom, ni ce qui est noté pour le noyau seul")
    command.add_argument("--format", choices=["pdf", "docx", "odt", "html"], help="sinon, la fin du nom du fichier")
    command.add_argument("-o", "--output", metavar="FICHIER", required=True, help="le fichier à écrire")


def _rights(command: Parser) -> None:
    command.add_argument("--limits", action="store_true", help="combien de fois chaque porte s’ouvre, de SECURITY.md")


def _method(command: Parser) -> None:
    command.add_argument("action", choices=["list", "check"], metavar="list|check", help="liste, ou vérifie un fichier")
    command.add_argument("file", nargs="?", metavar="FICHIER.toml", help="le fichier ; docs/methods.md dit le format")


def _carry(command: Parser) -> None:
    command.add_argument("action", choices=["out", "in", "back", "status"], metavar="out|in|back|status", help="quoi")
    command.add_argument(
        "thing", nargs="?", metavar="RENCONTRE|FICHIER", help="out, back : la rencontre ; in : le fichier"
    )
    command.add_argument("-o", "--output", metavar="FICHIER", help="le fichier à écrire (out)")
    command.add_argument("--ask", action="store_true", help="out : demande la phrase de passe au lieu d’en donner une")
    command.add_argument("--passphrase-file", metavar="FICHIER", help="lit la phrase de passe dans un fichier")


def _archive(command: Parser) -> None:
    command.add_argument("gathering", nargs="?", metavar="RENCONTRE", help="son nom court, par exemple jr-2025")
    command.add_argument("--complete", metavar="ESPACE", help="tout cet espace, noms compris, chiffré")
    command.add_argument("-o", "--output", metavar="FICHIER", required=True, help="le fichier à écrire")
    command.add_argument(
        "--with-keys", action="store_true", help="complète : avec les clés, ce qui s’est écrit dans les salles s’y lit"
    )
    _passphrase(command)


def _archive_import(command: Parser) -> None:
    command.add_argument("file", metavar="FICHIER", help="l’archive")
    command.add_argument("--space", metavar="ESPACE", help="le nom court de l’espace qui reçoit la rencontre")
    command.add_argument("--complete", action="store_true", help="l’archive est celle de tout un espace")
    command.add_argument("--passphrase-file", metavar="FICHIER", help="lit la phrase de passe dans un fichier")


def _backup(command: Parser) -> None:
    command.add_argument("-o", "--output", metavar="FICHIER", required=True, help="le fichier à écrire")
    command.add_argument(
        "--with-keys", action="store_true", help="avec les clés : ce qui s’est écrit dans les salles s’y lit"
    )
    _passphrase(command)


def _restore(command: Parser) -> None:
    command.add_argument("file", metavar="FICHIER", help="la sauvegarde")
    command.add_argument("--passphrase-file", metavar="FICHIER", help="lit la phrase de passe dans un fichier")


def _verify(command: Parser) -> None:
    command.add_argument("file", nargs="?", metavar="FICHIER", help="la sauvegarde ; sans rien, cette installation")
    command.add_argument("--passphrase-file", metavar="FICHIER", help="lit la phrase de passe dans un fichier")


def _upgrade(command: Parser) -> None:
    _address(command)
    what = command.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="essaie sur une copie des données, sans rien toucher ici")
    what.add_argument(
        "--back", action="store_true", help="remet les tables d’avant la dernière mise à jour, ou celles d’une copie"
    )
    command.add_argument("copy", nargs="?", metavar="COPIE", help="avec --back : laquelle, par son nom")


def _passphrase(command: Parser) -> None:
    command.add_argument("--ask", action="store_true", help="demande la phrase de passe au lieu d’en donner une")
    command.add_argument("--passphrase-file", metavar="FICHIER", help="lit la phrase de passe dans un fichier")


def _retention(command: Parser) -> None:
    command.add_argument("--space", metavar="ESPACE", help="cet espace seulement")
    command.add_argument(
        "--dry-run", action="store_true", help="montre, sans rien effacer : ce qui se fait sans option"
    )
    command.add_argument("--apply", action="store_true", help="efface ce qui est dû")


def _sign_in_link(command: Parser) -> None:
    command.add_argument("email", metavar="COURRIEL", help="l’adresse électronique de la personne")
    command.add_argument(
        "--organise", metavar="ESPACE", help="lui confie l’organisation de cet espace (son nom court), créé au besoin"
    )
    command.add_argument("--url", metavar="SERVEUR", help="l’adresse du serveur, telle que la personne la tape")
    command.add_argument(
        "--forget-code",
        action="store_true",
        help="ne demande plus de code en plus à cette personne (téléphone et codes de secours perdus)",
    )


def _bench(command: Parser) -> None:
    command.add_argument(
        "names", nargs="*", metavar="MESURE", type=measure_name, help=f"{', '.join(MEASURES)} ; sans nom, toutes"
    )
    command.add_argument(
        "--repeat", type=positive_number, default=3, metavar="FOIS", help="combien de fois ; on garde la médiane (3)"
    )
    command.add_argument(
        "--phones", type=positive_number, metavar="NOMBRE", help="combien de téléphones dans « fanout » (1 000)"
    )
    command.add_argument(
        "--instances", type=Path, metavar="DOSSIER", help="journées et instances de « seating » (make_days.py, mdgplib)"
    )
    command.add_argument(
        "--peers", type=Path, metavar="PYTHON", help="le Python où d’autres outils sont installés (make peers)"
    )
    command.add_argument(
        "--leaflet", type=Path, metavar="FICHIER", help="le leaflet.js de « map » (npm pack leaflet), sa feuille à côté"
    )
    command.add_argument("--quick", action="store_true", help="petit et sans valeur, pour voir que tout marche")


def _synthetic_country(command: Parser) -> None:
    command.add_argument(
        "--percent",
        type=percent,
        default=100,
        metavar="POURCENT",
        help="quelle part du pays ; 1 : un département (100)",
    )
    _seed(command, "un nombre ; le même donne le même pays (0)")


PARTS: dict[str, Callable[[Parser], None]] = {
    "demo": _demo,
    "serve": _serve,
    "import-gathering": _import_gathering,
    "import-registrations": _import_registrations,
    "import-contracts": _import_contracts,
    "import-territories": _import_territories,
    "import-opendata": _import_opendata,
    "territories": _territories,
    "plan": _plan,
    "rehearse": _rehearse,
    "report": _report,
    "change-report": _change_report,
    "carry": _carry,
    "archive": _archive,
    "archive-import": _archive_import,
    "backup": _backup,
    "restore": _restore,
    "verify": _verify,
    "upgrade": _upgrade,
    "rights": _rights,
    "retention": _retention,
    "method": _method,
    "doctor": lambda command: None,
    "sign-in-link": _sign_in_link,
    "synthetic-country": _synthetic_country,
    "bench": _bench,
}
