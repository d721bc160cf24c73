import argparse

from django.db import connection, connections

from maillage.config.installation import prepare_installation
from maillage.config.server import serve


class OneProcessOnly(Exception):
    sentence = (
        "Avec SQLite, un seul processus peut servir : la base est un fichier où l’on n’écrit qu’un à la fois, et rien "
        "n’y prévient un processus de ce qu’un autre a reçu. Servez sans --workers, ou mettez les données dans "
        "PostgreSQL (MAILLAGE_DATABASE_URL=postgresql://…)."
    )


def run(options: argparse.Namespace) -> int:
    if options.workers > 1 and connection.vendor == "sqlite":
        raise OneProcessOnly
    prepare_installation()
    connections.close_all()
    return serve(host=options.host, port=options.port, workers=options.workers)
