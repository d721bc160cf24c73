"""One target under atheris, which watches which lines of ours an input reaches and keeps those that reach new ones.

    python -m tests.fuzz.guided TARGET RUNS FOLDER

It ends its process, as atheris does: test_guided starts it. An input that breaks the target stays in FOLDER.
"""

import os
import sys
from pathlib import Path

import atheris

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
WATCHED = [
    "facilitation", "maillage.lib", "maillage.live.requests", "maillage.live.seats", "maillage.registrations.values",
    "maillage.registrations.needs", "maillage.territories.reading", "maillage.gatherings.files", "maillage.gatherings.reading",
    "maillage.archives", "maillage.config.environment", "maillage.contracts.cells", "maillage.contracts.facts", "maillage.trips.sealing",
]  # fmt: skip
with atheris.instrument_imports(include=WATCHED, enable_loader_override=False):
    import django

    django.setup()
    from tests.fuzz.files import TARGETS, Target
    from tests.fuzz.rooms import play_bytes

GUIDED = TARGETS | {"rooms": Target("rooms", play_bytes, lambda: [bytes(range(200)), bytes(200)])}


def main(name: str, runs: str, folder: str) -> None:
    target = GUIDED[name]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(seed)
    limits = [
        f"-runs={runs}",
        "-max_len=4096",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={folder}/", str(corpus)], target.play)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
