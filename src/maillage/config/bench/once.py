"""A paper in a process that never made one: python -m maillage.config.bench.once report|docx|empty. Seconds as JSON."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from statistics import median

import django

AGAIN = 5  # times


def run(what: str) -> dict[str, float]:
    from maillage.config.bench import documents  # Django is set up first
    from maillage.config.bench.rows import seconds_of

    work: Callable[[], object] = documents.empty_page if what == "empty" else partial(documents.made, what)
    first = seconds_of(work)
    return {"first": first, "again": median(seconds_of(work) for _n in range(AGAIN))}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(sys.argv[1])))
