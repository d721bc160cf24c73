import argparse

from django.db import connection, connections

from maillage.config.arguments import DEFAULT_HOST
from maillage.config.closed_door import UPGRADING, behind_closed_door
from maillage.config.commands.serve_room import EVERYWHERE, serve_room
from maillage.config.installation import base_url, prepare_installation
from maillage.config.server import serve
from maillage.config.upgrading import hold_serving, look
from maillage.config.upkeep import erase_before_serving
from maillage.lib.typography import typo


class OneProcessOnly(Exception):
    sentence = (
        "Avec SQLite, un seul processus peut servir : la base est un fichier où l’on n’écrit qu’un à la fois, et rien "
        "n’y prévient un processus de ce qu’un autre a reçu. Servez sans --workers, ou mettez les données dans "
        "PostgreSQL (MAILLAGE_DATABASE_URL=postgresql://…)."
    )


class OneProcessInARoom(Exception):
    sentence = "--workers ne va pas avec --room : un ordinateur portable sert une salle d’un seul processus."


class OnlyInARoom(Exception):
    sentence = "--tls, --wifi-name et --wifi-password vont avec --room, le serveur de salle."


def run(options: argparse.Namespace) -> int:
    if not options.room and (options.tls or options.wifi_name is not None or options.wifi_password is not None):
        raise OnlyInARoom
    if options.workers > 1 and options.room:
        raise OneProcessInARoom
    if options.workers > 1 and connection.vendor == "sqlite":
        raise OneProcessOnly
    tables = look()
    if options.room or not tables.plan or tables.empty:
        _prepare()
    else:
        behind_closed_door(_prepare, host=options.host, port=options.port, patience=0, words=UPGRADING, say=False)
    connections.close_all()
    hold_serving()
    if options.room:  # a laptop's base is small, and its address may be a secure one
        erase_before_serving()
        return serve_room(options, EVERYWHERE if options.host == DEFAULT_HOST else options.host)
    behind_closed_door(erase_before_serving, host=options.host, port=options.port)
    welcome = typo(f"Maillage répond à {base_url(options.host, options.port)} ; Ctrl+C l’arrête.")
    return serve(host=options.host, port=options.port, workers=options.workers, welcome=welcome)


def _prepare() -> None:
    try:
        prepare_installation()
    finally:
        connections.close_all()  # this thread's
