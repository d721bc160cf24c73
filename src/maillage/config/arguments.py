"""What the command `maillage` accepts, said in French from end to end."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from maillage.config.bench.measures import MEASURES
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

# The line of the list of commands, then what `maillage COMMANDE --help` says first.
COMMANDS = {
    "demo": (
        "la journée du 2 octobre 2025, prête à jouer",
        "Prépare la journée du 2 octobre 2025 (vrai programme, inscriptions inventées), donne les adresses, et sert "
        "jusqu’à Ctrl+C. Une seconde fois, les données sont gardées.",
    ),
    "serve": ("sert l’installation", "Met les tables à jour, puis sert l’installation jusqu’à Ctrl+C."),
    "import-gathering": (
        "importe un fichier de rencontres (TOML)",
        "Lit un fichier de rencontres et enregistre ce qu’il dit. Le même fichier importé deux fois ne change rien.",
    ),
    "import-registrations": (
        "importe un fichier d’inscriptions (CSV ou XLSX)",
        "Enregistre les inscriptions d’un fichier. Les lignes qui font douter sont listées, non devinées : elles se "
        "règlent dans le navigateur.",
    ),
    "import-contracts": (
        "importe un fichier de contrats de ville (CSV ou XLSX)",
        "Note dans un espace les contrats d’un fichier : un export de Maillage, ou la liste de l’ANCT pour 2015–2023. "
        "Chaque cellule qui ne va pas est dite avec sa ligne et sa colonne, et rien n’est alors importé.",
    ),
    "import-territories": (
        "importe des territoires officiels (GeoJSON, JSON, CSV, zip)",
        "Lit les fichiers officiels : QPV de l’ANCT, régions, départements, intercommunalités et communes de l’IGN ou "
        "de @etalab/decoupage-administratif, France services, cités éducatives. Tous à la fois, dans n’importe quel "
        "ordre. Au premier doute, rien n’est importé et chaque point est dit.",
    ),
    "import-opendata": (
        "reprend les listes publiées par une page « données » de Maillage",
        "Lit les fichiers CSV, JSON ou GeoJSON pris sur la page « données » d’un atlas : territoires et leurs sources, "
        "contrats de ville, rencontres, expériences. Tous à la fois, dans n’importe quel ordre ; tout est pris, "
        "ou rien.",
    ),
    "territories": (
        "dit ce qui est connu d’une région",
        "Compte les intercommunalités, les communes et les quartiers prioritaires connus d’une région.",
    ),
    "plan": (
        "répartit les inscrits dans les ateliers et les tables",
        "Répartit les inscrits dans les ateliers et les tables, et dit ce qui n’a pas pu être satisfait.",
    ),
    "rehearse": (
        "joue la journée avec des robots",
        "Des robots rejoignent chaque séance comme le feraient des téléphones, la jouent, et disent ce qu’ils ont vu. "
        "Sans adresse de serveur, tout se passe sur une copie des données.",
    ),
    "report": (
        "écrit le compte rendu d’une rencontre",
        "Écrit le compte rendu d’une rencontre : PDF accessible, DOCX, ODT ou HTML, selon le nom du fichier. Aussi sa "
        "synthèse, son affiche, ses diapositives (PDF). Ces documents comptent les participants et n’en nomment aucun.",
    ),
    "change-report": (
        "écrit le récit d’un noyau sur une période",
        "Écrit ce qu’un noyau a vu changer : sa vision, ses observations, ce qui n’était pas attendu, ce qui a été "
        "décidé. En PDF accessible, DOCX, ODT ou HTML. Avec --public, sans aucun nom.",
    ),
    "carry": (
        "emporte une rencontre sur le serveur d’une salle, et la rapporte",
        "« carry out RENCONTRE -o FICHIER » écrit la rencontre dans un fichier chiffré : ses séances se jouent alors "
        "sur le serveur qui l’importe, et lui seul. « carry in FICHIER » l’importe, à l’aller comme au retour. "
        "« carry back RENCONTRE » la reprend ici quand l’autre serveur est perdu. « carry status » dit où est chacune.",
    ),
    "archive": (
        "archive une rencontre, sans aucun nom ; ou tout un espace, chiffré",
        "« archive RENCONTRE -o FICHIER.zip » écrit ce qui reste d’une rencontre : programme, à retenir, nombres, "
        "territoires, sous Licence Ouverte 2.0 et sans donnée personnelle. « archive --complete ESPACE -o FICHIER » "
        "écrit tout un espace, noms compris, dans un fichier chiffré : c’est sa sauvegarde.",
    ),
    "archive-import": (
        "reprend une archive",
        "« archive-import FICHIER.zip --space ESPACE » reprend l’archive d’une rencontre. « archive-import FICHIER "
        "--complete » remet tout un espace dans une installation vide ; ce dont le temps est passé depuis s’efface "
        "aussitôt. Tout est repris, ou rien.",
    ),
    "retention": (
        "dit ce qui sera effacé, et quand",
        "Liste ce qui sera effacé, espace par espace, avec sa date. Rien ne s’efface sans --apply ; le serveur, lui, "
        "efface chaque heure ce qui est dû.",
    ),
    "method": (
        "liste les méthodes livrées, ou vérifie un fichier de méthode",
        "« method list » dit les méthodes livrées avec Maillage. « method check FICHIER » lit un fichier de méthode et "
        "dit chaque point à corriger, avec sa ligne et sa clé.",
    ),
    "doctor": (
        "vérifie que cette installation est saine",
        "Vérifie que cette installation est saine ; ce qui ne va pas est dit avec la façon d’en sortir.",
    ),
    "sign-in-link": (
        "donne un lien de connexion à une personne de l’équipe",
        "Écrit un lien qui connecte une personne de l’équipe, sans mot de passe. Il n’est que pour elle.",
    ),
    "synthetic-country": (
        "invente un pays entier, pour mesurer",
        "Remplit une base vide d’un pays qui n’existe pas, aussi grand que le vrai : 1 600 quartiers prioritaires, "
        "1 250 intercommunalités, 35 000 communes, 20 000 structures, 5 000 rencontres, 10 000 expériences. "
        "Une base qui contient déjà quelque chose est refusée.",
    ),
    "bench": (
        "mesure, à côté d’une référence",
        "Mesure ce que coûtent les pages, les gestes et les documents, à côté d’une référence. Demande Linux.",
    ),
}


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
        if name not in ("demo", "serve", "report", "change-report", "sign-in-link"):
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
    "retention": _retention,
    "method": _method,
    "doctor": lambda command: None,
    "sign-in-link": _sign_in_link,
    "synthetic-country": _synthetic_country,
    "bench": _bench,
}
