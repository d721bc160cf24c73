import argparse

from maillage.config.installation import prepare_installation
from maillage.config.server import serve


def run(options: argparse.Namespace) -> int:
    prepare_installation()
    return serve(host=options.host, port=options.port)
