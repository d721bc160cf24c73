"""One target under atheris, which watches which lines of ours an input reaches and keeps those that reach new ones. What it
tries next keeps the shape of the file one time in two (shaping.hurt): a sum, a bracket, a quote would stop the others.

    python -m tests.fuzz.guided TARGET RUNS FOLDER

It ends its process, as atheris does: test_guided starts it. An input that breaks the target stays in FOLDER.
"""

import os
import sys
from pathlib import Path
from random import Random

import atheris

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
WATCHED = [
    "facilitation", "maillage.lib", "maillage.live.requests", "maillage.live.seats", "maillage.registrations.values",
    "maillage.registrations.needs", "maillage.territories.reading", "maillage.gatherings.files", "maillage.gatherings.reading",
    "maillage.archives", "maillage.config.environment", "maillage.contracts.cells", "maillage.contracts.facts", "maillage.trips.sealing",
    "maillage.people.presence",
]  # fmt: skip
with atheris.instrument_imports(include=WATCHED, enable_loader_override=False):
    import django

    django.setup()
    from tests.fuzz.rooms import play_bytes
    from tests.fuzz.shaping import hurt
    from tests.fuzz.targets import TARGETS, Target

LONGEST = {
    "archives": 40_000,
    "tables": 12_000,
    "methods": 12_000,
    "pictures": 8_000,
    "programmes": 12_000,
}  # of an input
GUIDED = TARGETS | {"rooms": Target("rooms", play_bytes, lambda: [bytes(range(200)), bytes(200)])}


def main(name: str, runs: str, folder: str) -> None:
    target = GUIDED[name]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(seed)
    limits = [
        f"-runs={runs}",
        f"-max_len={LONGEST.get(name, 4096)}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-verbosity=0",
        "-print_final_stats=1",
    ]

    def play(data: bytes) -> None:
        target.play(data)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        return (hurt(random, data) if data and random.random() < 0.5 else atheris.Mutate(data, longest))[:longest]

    command = [sys.argv[0], *limits, f"-artifact_prefix={folder}/", str(corpus)]
    atheris.Setup(command, play, custom_mutator=None if name == "rooms" else change)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
