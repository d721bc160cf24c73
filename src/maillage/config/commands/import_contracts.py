import argparse
import json

from maillage.config.files import read_file
from maillage.config.finding import find_space
from maillage.config.installation import prepare_tables
from maillage.contracts.sheets import import_contracts
from maillage.lib.typography import typo


def run(options: argparse.Namespace) -> int:
    prepare_tables()
    content, filename = read_file(options.file)
    done = import_contracts(space=find_space(options.space), content=content, filename=filename, by="ligne de commande")
    if options.json:
        said = {"made": done.made, "changed": done.changed, "same": done.same, "notes": done.notes}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        print(typo("\n".join([done.sentence, *done.notes])))
    return 0
