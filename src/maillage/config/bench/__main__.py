"""One measure in this process, over the data folder of the environment: its rows go to standard output as JSON."""

import argparse
import contextlib
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import django

from maillage.config.bench.measures import MEASURES, QUICK_SIZES
from maillage.config.bench.missing import NoDays, NoPeer


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(MEASURES))
    parser.add_argument("--repeat", type=int, required=True)
    parser.add_argument("--phones", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--instances", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--leaflet", type=Path)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    django.setup()
    sizes = QUICK_SIZES.get(options.name, {}) if options.quick else {}
    if options.name == "fanout" and options.phones:
        sizes = {**sizes, "phones": options.phones}
    if options.name == "seating" and options.instances:
        sizes = {"instances": options.instances, "peers": options.peers, "quick": options.quick}
    if options.name == "map":
        sizes = {"leaflet": options.leaflet}
    with contextlib.redirect_stdout(io.StringIO()):  # what a command says on its way is not a row
        from maillage.config.installation import prepare_installation  # Django is set up first

        prepare_installation()
        measure = importlib.import_module(f"maillage.config.bench.{MEASURES[options.name]}").measure
        try:
            rows = measure(repeat=options.repeat, **sizes)
        except (NoDays, NoPeer) as missing:
            sys.exit(missing.sentence)
    sys.stdout.write(json.dumps([row.as_json() for row in rows], ensure_ascii=False))


if __name__ == "__main__":
    main()
