"""docs/rights.md, or the table of SECURITY.md, from the code."""

import argparse

from maillage.config.limits import write_table
from maillage.config.rights import write_page


def run(options: argparse.Namespace) -> int:
    print(write_table() if options.limits else write_page(), end="")
    return 0
