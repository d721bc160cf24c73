"""docs/rights.md, from the code."""

import argparse

from maillage.config.rights import write_page


def run(options: argparse.Namespace) -> int:
    print(write_page(), end="")
    return 0
