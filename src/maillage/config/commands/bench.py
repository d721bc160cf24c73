"""Each measure in a process of its own, over an empty data folder of its own: no real day is touched."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from maillage.config.bench.cluster import binaries, cluster
from maillage.config.bench.measures import MEASURES, ON_POSTGRESQL
from maillage.config.bench.rows import Row, row_from_json, table
from maillage.lib.typography import typo


class NeedsLinux(Exception):
    sentence = "Les mesures lisent le temps de processeur et la mémoire dans /proc : il faut Linux."


class MeasureFailed(Exception):
    def __init__(self, name: str) -> None:
        self.sentence = f"La mesure « {name} » s’est arrêtée avant la fin : la raison est écrite au-dessus."
        super().__init__(self.sentence)


def run(options: argparse.Namespace) -> int:
    if not Path("/proc/self/stat").exists():
        raise NeedsLinux
    rows: list[Row] = []
    for name in dict.fromkeys(options.names or MEASURES):
        if not options.json:
            print(f"{name}…", file=sys.stderr, flush=True)
        rows += measure(
            name,
            repeat=options.repeat,
            phones=options.phones,
            quick=options.quick,
            instances=options.instances,
            peers=options.peers,
            leaflet=options.leaflet,
        )
    if options.json:
        print(json.dumps({"rows": [row.as_json() for row in rows]}, ensure_ascii=False, indent=2))
    else:
        print(table(rows))
    return 0


def measure(
    name: str,
    *,
    repeat: int,
    phones: int | None,
    quick: bool,
    instances: Path | None = None,
    peers: Path | None = None,
    leaflet: Path | None = None,
) -> list[Row]:
    command = [sys.executable, "-m", "maillage.config.bench", name]
    command += ["--repeat", str(repeat), *(["--quick"] if quick else [])]
    command += ["--phones", str(phones)] if phones else []
    command += ["--instances", str(instances.resolve())] if instances else []
    command += ["--peers", str(peers.absolute())] if peers else []  # not resolved: the link is the environment
    command += ["--leaflet", str(leaflet.resolve())] if leaflet else []
    rows = [] if ON_POSTGRESQL.get(name) == "only" else _rows(name, command, {})
    if name in ON_POSTGRESQL and binaries() is not None:
        with cluster() as url:
            rows += _rows(name, command, {"MAILLAGE_DATABASE_URL": url})
    elif name in ON_POSTGRESQL:
        print(typo("PostgreSQL (initdb) n’est pas installé : ses lignes manquent."), file=sys.stderr)
    return rows


def _rows(name: str, command: list[str], more: dict[str, str]) -> list[Row]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MAILLAGE_", "DJANGO_")) or key.startswith("MAILLAGE_BENCH_")
    }
    with tempfile.TemporaryDirectory(prefix="maillage-mesure-") as folder:
        environment |= {"MAILLAGE_DATA_DIR": folder, "MAILLAGE_HOSTS": "127.0.0.1", **more}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise MeasureFailed(name)
    return [row_from_json(row) for row in json.loads(done.stdout)]
