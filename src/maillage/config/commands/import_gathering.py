import argparse
import json

from maillage.config.files import read_file
from maillage.config.importing import import_gatherings
from maillage.config.installation import prepare_installation, prepare_tables


def run(options: argparse.Namespace) -> None:
    source, filename = read_file(options.file)
    assumptions, assumptions_filename = read_file(options.assumptions) if options.assumptions else (None, "")
    prepare_tables()  # first: those of another version are not a command's to change
    prepare_installation()
    report = import_gatherings(
        source,
        filename=filename,
        by="ligne de commande",
        assumptions=assumptions,
        assumptions_filename=assumptions_filename,
    )
    if options.json:
        answer = {"space": report.space, "gatherings": report.gatherings, "changed": report.changed}
        print(json.dumps(answer | {"sentences": report.sentences}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(report.sentences))
