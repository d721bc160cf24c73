"""How many examples a property is shown: those written beside it in `make long`, two fifths of them in `make test`."""

import os

LONG = bool(os.environ.get("MAILLAGE_LONG"))


def several(examples: int) -> int:
    return examples if LONG else max(10, examples * 2 // 5)
