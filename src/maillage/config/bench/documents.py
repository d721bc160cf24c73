"""The papers of a full day (150 people, 12 sessions): the report in its forms, first and again, the summary, the slides
and badges, beside typst compiling an empty page."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import typst

from maillage.config.bench import full_day
from maillage.config.bench.rows import Row, seconds_of
from maillage.config.commands.demo import DAY, prepare_day
from maillage.config.installation import prepare_installation
from maillage.gatherings.models import Gathering
from maillage.lib.typst import compile_pdf
from maillage.reports.facts import badge_facts
from maillage.reports.services import make_deck, make_report, make_summary

BADGES = 300
FIRST_GOAL, AGAIN_GOAL, BADGES_GOAL = 2.0, 0.5, 1.0  # seconds (DESIGN §8)
OTHERS = ("docx", "odt", "html", "summary", "deck")


def measure(*, repeat: int) -> list[Row]:
    prepare_installation()
    gathering = prepare_day()
    moves = full_day.fill(gathering)
    runs, empties, badges = [], [], []
    badges_of(gathering)  # the fonts are read once a process
    for _time in range(repeat):
        empties.append(_in_a_fresh_process("empty"))
        runs.append(_in_a_fresh_process("report"))
        badges.append(seconds_of(lambda: badges_of(gathering)))
    others = {what: _in_a_fresh_process(what) for what in OTHERS}
    first, again = median(run["first"] for run in empties), median(run["again"] for run in empties)
    note = f"150 personnes, 12 séances, {moves} gestes relus ; référence : typst, une page vide"
    told = "les mêmes faits relus, rien n’est remis en page"
    return [
        Row("report-first", median(run["first"] for run in runs), "s", first, FIRST_GOAL, note=note),
        Row("report-again", median(run["again"] for run in runs), "s", again, AGAIN_GOAL, note=told),
        *(Row(f"report-{what}-first", others[what]["first"], "s", first) for what in OTHERS),
        Row(
            "badges-300", median(badges), "s", again, BADGES_GOAL, note="les badges de la journée, répétés jusqu’à 300"
        ),
    ]


def made(what: str) -> bytes:
    """One of the papers of the day."""
    gathering = Gathering.objects.get(slug=DAY)
    if what == "summary":
        return make_summary(gathering)
    if what == "deck":
        return make_deck(gathering)
    return make_report(gathering, form="pdf" if what == "report" else what)


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
