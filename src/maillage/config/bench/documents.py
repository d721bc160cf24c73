"""The papers of the demo day: the report, first and again, and badges, beside typst compiling an empty page."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import typst

from maillage.config.bench.rows import Row, seconds_of
from maillage.config.commands.demo import DAY, prepare_day
from maillage.config.installation import prepare_installation
from maillage.gatherings.models import Gathering
from maillage.lib.typst import compile_pdf
from maillage.reports.facts import badge_facts
from maillage.reports.services import make_report

BADGES = 300
FIRST_GOAL, AGAIN_GOAL, BADGES_GOAL = 2.0, 0.5, 1.0  # seconds (DESIGN §8)


def measure(*, repeat: int) -> list[Row]:
    prepare_installation()
    gathering = prepare_day()
    runs, empties, badges = [], [], []
    badges_of(gathering)  # the fonts are read once a process
    for _time in range(repeat):
        empties.append(_in_a_fresh_process("empty"))
        runs.append(_in_a_fresh_process("report"))
        badges.append(seconds_of(lambda: badges_of(gathering)))
    first, again = median(run["first"] for run in empties), median(run["again"] for run in empties)
    note = "la journée de démonstration, sans répétition ; référence : typst, une page vide"
    return [
        Row("report-first", median(run["first"] for run in runs), "s", first, FIRST_GOAL, note=note),
        Row("report-again", median(run["again"] for run in runs), "s", again, AGAIN_GOAL),
        Row(
            "badges-300", median(badges), "s", again, BADGES_GOAL, note="les badges de la journée, répétés jusqu’à 300"
        ),
    ]


def report() -> bytes:
    return make_report(Gathering.objects.get(slug=DAY))


def empty_page() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "empty.typ"
        page.write_text("")
        return typst.compile(str(page), ignore_system_fonts=True)


def badges_of(gathering: Gathering) -> bytes:
    facts = badge_facts(gathering)
    known = facts["badges"]
    facts["badges"] = [known[n % len(known)] for n in range(BADGES)]
    return compile_pdf("reports/typst/badges.typ", facts)


def _in_a_fresh_process(what: str) -> dict[str, float]:
    command = [sys.executable, "-m", "maillage.config.bench.once", what]
    output = subprocess.run(command, env=os.environ, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - our own command
    seconds: dict[str, float] = json.loads(output)
    return seconds
